use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::Node;
use super::{Assignment, Expr};
use crate::SameDatabase;
use crate::schema::Table;

/// An UPDATE of a table of the bind `B`. Without a filter it must be asked for by name: `User::update_all()`.
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
/// # Ok(())
/// # }
/// ```
pub struct Update<B> {
    pub(super) table: &'static Table,
    pub(super) assignments: Vec<(Cow<'static, str>, Node)>,
    pub(super) filter: Option<Node>,
    pub(super) all: bool,
    bind: PhantomData<fn() -> B>,
}

impl<B> Update<B> {
    pub(super) fn new(table: &'static Table, all: bool) -> Self {
        Update { table, assignments: Vec::new(), filter: None, all, bind: PhantomData }
    }

    /// A column gets a value. An update that sets nothing is [`ErrorKind::InvalidStatement`](crate::ErrorKind::InvalidStatement) when it is run.
    #[must_use]
    pub fn set<C>(mut self, assignment: Assignment<C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.assignments.push((assignment.column, assignment.value));
        self
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

impl<B> Clone for Update<B> {
    fn clone(&self) -> Self {
        Update { table: self.table, assignments: self.assignments.clone(), filter: self.filter.clone(), all: self.all, bind: PhantomData }
    }
}
