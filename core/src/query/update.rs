use std::borrow::Cow;
use std::marker::PhantomData;

use super::condition::node;
use super::node::Node;
use super::{Assignment, Condition, Filtered};
use crate::SameDatabase;
use crate::schema::{Columns, ColumnsOf, Table};

/// An UPDATE of the table of `T`, a model, or a bare [`Table`]. Which rows it changes is said by a filter, or by name: `User::update_all()`;
/// one that doesn't say is [`Unfiltered`](super::Unfiltered), and can't be run.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let low = Post::stars.lt(4).or(Post::stars.is_null());
/// let updated = session.execute(Post::update().set(Post::stars.to(4)).filter(low)).await?;
/// assert_eq!(updated.rows_affected, Some(2));
///
/// session.execute(Post::update_all().set(Post::stars.to(Post::stars + 1))).await?;
/// assert_eq!(session.count(Post::select().filter(Post::stars.eq(5))).await?, 2);
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # async fn example(session: Session) -> bindery::Result<()> {
/// session.execute(Post::update().set(Post::stars.to(5))).await?; // every post?
/// # Ok(())
/// # }
/// # fn main() {}
/// ```
pub struct Update<T, F = Filtered> {
    pub(super) table: &'static Table,
    pub(super) assignments: Vec<(Cow<'static, str>, Node)>,
    pub(super) filter: Option<Node>,
    types: PhantomData<fn() -> (T, F)>,
}

impl<T, F> Update<T, F> {
    pub(super) fn of(table: &'static Table) -> Self {
        Update { table, assignments: Vec::new(), filter: None, types: PhantomData }
    }

    /// A column gets a value. An update that sets nothing is [`ErrorKind::InvalidStatement`](crate::ErrorKind::InvalidStatement) when it is run.
    #[must_use]
    pub fn set<O: ColumnsOf<T>>(mut self, assignment: Assignment<O>) -> Self {
        self.assignments.push((assignment.column, assignment.value));
        self
    }
}

impl<T: Columns, F> Update<T, F> {
    /// Only rows for which this holds; called again, both must hold.
    #[must_use]
    pub fn filter<C: Condition>(self, condition: C) -> Update<T>
    where
        T::ColumnBind: SameDatabase<C::Bind>,
    {
        let filter = Some(Node::and(self.filter, node(condition)));
        Update { table: self.table, assignments: self.assignments, filter, types: PhantomData }
    }
}

impl<T, F> Clone for Update<T, F> {
    fn clone(&self) -> Self {
        Update { table: self.table, assignments: self.assignments.clone(), filter: self.filter.clone(), types: PhantomData }
    }
}
