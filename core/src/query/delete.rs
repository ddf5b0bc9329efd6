use std::marker::PhantomData;

use super::Expr;
use super::node::Node;
use crate::SameDatabase;
use crate::schema::Table;

/// A DELETE from a table of the bind `B`. Without a filter it must be asked for by name: `User::delete_all()`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let deleted = session.execute(Tag::delete().filter(Tag::post.eq(1)).filter(Tag::name.ne("engines"))).await?;
/// assert_eq!(deleted.rows_affected, Some(1));
/// session.execute(Tag::delete_all()).await?;
/// # Ok(())
/// # }
/// ```
pub struct Delete<B> {
    pub(super) table: &'static Table,
    pub(super) filter: Option<Node>,
    pub(super) all: bool,
    bind: PhantomData<fn() -> B>,
}

impl<B> Delete<B> {
    pub(super) fn new(table: &'static Table, all: bool) -> Self {
        Delete { table, filter: None, all, bind: PhantomData }
    }

    /// Only rows for which this holds; called again, both must hold.
    #[must_use]
    pub fn filter<C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.filter = Some(Node::and(self.filter.take(), condition.into_node()));
        self
    }
}

impl<B> Clone for Delete<B> {
    fn clone(&self) -> Self {
        Delete { table: self.table, filter: self.filter.clone(), all: self.all, bind: PhantomData }
    }
}
