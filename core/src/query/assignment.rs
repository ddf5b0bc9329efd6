use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::Node;

/// A column of `O`, a model or a base, and what it gets: `User::name.to("Ada")`. For [`Update::set`](super::Update::set) and for inserts into bare tables.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// // A change that is put together at run time.
/// let changes = [Post::title.to("Notes, revised"), Post::stars.to(4)];
/// let update = changes.into_iter().fold(Post::update(), |update, change| update.set(change));
/// session.execute(update.filter(Post::id.eq(1))).await?;
/// # Ok(())
/// # }
/// ```
pub struct Assignment<O> {
    pub(super) column: Cow<'static, str>,
    pub(super) value: Node,
    owner: PhantomData<fn() -> O>,
}

impl<O> Assignment<O> {
    pub(super) fn new(column: Cow<'static, str>, value: Node) -> Self {
        Assignment { column, value, owner: PhantomData }
    }
}
