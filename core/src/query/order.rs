use std::marker::PhantomData;

use super::node::Node;

/// One key of an order, ascending or descending: `User::email.asc()`. NULLs stand where the backend puts them: first in ascending
/// order on SQLite and MySQL, last on PostgreSQL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::{bind, query::Order};
///
/// bind!(pub Main = "default");
///
/// /// What a client may sort by.
/// fn order(key: &str) -> Order<Main> {
///     match key {
///         "stars" => Post::stars.desc(),
///         _ => Post::title.asc(),
///     }
/// }
/// let posts = session.all(Post::select().order_by(order("stars")).order_by(Post::id.asc())).await?;
/// assert_eq!(posts[0].title, "Notes");
/// # Ok(())
/// # }
/// ```
pub struct Order<B> {
    key: OrderKey,
    bind: PhantomData<fn() -> B>,
}

#[derive(Clone)]
pub(crate) struct OrderKey {
    pub(crate) node: Node,
    pub(crate) descending: bool,
}

impl<B> Order<B> {
    pub(super) fn new(node: Node, descending: bool) -> Self {
        Order { key: OrderKey { node, descending }, bind: PhantomData }
    }

    pub(super) fn into_key(self) -> OrderKey {
        self.key
    }
}
