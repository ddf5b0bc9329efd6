use std::marker::PhantomData;

use super::node::Node;

/// One key of an order, ascending or descending: `User::email.asc()`. NULLs stand where the backend puts them, first in ascending
/// order on SQLite and MySQL, last on PostgreSQL, unless [`nulls_first`](Order::nulls_first) or [`nulls_last`](Order::nulls_last) says
/// where: then no index of the server's gives the order for free where that isn't its own.
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

#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct OrderKey {
    pub(crate) node: Node,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<Nulls>,
}

/// Where rows without a value stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Nulls {
    First,
    Last,
}

impl<B> Order<B> {
    pub(super) fn new(node: Node, descending: bool) -> Self {
        Order { key: OrderKey { node, descending, nulls: None }, bind: PhantomData }
    }

    /// Rows without a value come first, on every backend; for a union, MySQL has no words for it, and it is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let unrated_first = Post::select().order_by(Post::stars.desc().nulls_first());
    /// assert_eq!(session.all(unrated_first).await?[0].stars, None);
    ///
    /// let unrated_last = Post::select().order_by(Post::stars.asc().nulls_last());
    /// assert_eq!(session.all(unrated_last).await?[2].stars, None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.key.nulls = Some(Nulls::First);
        self
    }

    /// Rows without a value come last, on every backend. As [`nulls_first`](Order::nulls_first).
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.key.nulls = Some(Nulls::Last);
        self
    }

    pub(super) fn into_key(self) -> OrderKey {
        self.key
    }
}

impl<B> Clone for Order<B> {
    fn clone(&self) -> Self {
        Order { key: self.key.clone(), bind: PhantomData }
    }
}
