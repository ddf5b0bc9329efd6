use std::marker::PhantomData;

use super::condition::node;
use super::node::Node;
use super::{Condition, Filtered};
use crate::SameDatabase;
use crate::schema::{Columns, Table};

/// A DELETE from the table of `T`, a model, or a bare [`Table`]. Which rows it deletes is said by a filter, or by name: `User::delete_all()`;
/// one that doesn't say is [`Unfiltered`](super::Unfiltered), and can't be run.
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
///
/// ```compile_fail,E0277
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # async fn example(session: Session) -> bindery::Result<()> {
/// session.execute(Tag::delete()).await?; // every tag?
/// # Ok(())
/// # }
/// # fn main() {}
/// ```
pub struct Delete<T, F = Filtered> {
    pub(super) table: &'static Table,
    pub(super) filter: Option<Node>,
    types: PhantomData<fn() -> (T, F)>,
}

impl<T, F> Delete<T, F> {
    pub(super) fn of(table: &'static Table) -> Self {
        Delete { table, filter: None, types: PhantomData }
    }
}

impl<T: Columns, F> Delete<T, F> {
    /// Only rows for which this holds; called again, both must hold.
    #[must_use]
    pub fn filter<C: Condition>(self, condition: C) -> Delete<T>
    where
        T::ColumnBind: SameDatabase<C::Bind>,
    {
        Delete { table: self.table, filter: Some(Node::and(self.filter, node(condition))), types: PhantomData }
    }
}

impl<T, F> Clone for Delete<T, F> {
    fn clone(&self) -> Self {
        Delete { table: self.table, filter: self.filter.clone(), types: PhantomData }
    }
}
