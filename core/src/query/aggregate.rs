use super::condition::node as condition_node;
use super::node::{AggregateFunction, Node};
use super::window::Windowed;
use super::{Condition, Expr, Expression};
use crate::value::Scalar;
use crate::{AnyBind, SameDatabase};

/// An aggregate: one value out of the rows of a group (`count()`, `Post::stars.sum()`), an [`Expression`] as any other; or, by
/// [`over`](Aggregate::over), out of the rows around each row.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let answers = count().filter(Post::answers.is_not_null());
/// let posts = Post::select().columns((Post::author, count(), answers)).group_by(Post::author).order_by(Post::author.asc());
/// assert_eq!(session.all(posts).await?, [(1, 2, 0), (2, 1, 1)]);
///
/// let share = Post::select().columns((Post::id, Post::stars.sum().over().partition_by(Post::author))).order_by(Post::id.asc());
/// assert_eq!(session.all(share).await?, [(1, Some(5)), (2, Some(3)), (3, Some(5))]);
/// # Ok(())
/// # }
/// ```
pub struct Aggregate<V, B> {
    expr: Expr<V, B>,
}

impl<V, B> Aggregate<V, B> {
    fn new(node: Node) -> Self {
        Aggregate { expr: Expr::new(node) }
    }

    pub(super) fn into_node(self) -> Node {
        self.expr.into_node()
    }

    /// Only of the rows for which this holds; of the others it takes no notice.
    #[must_use]
    pub fn filter<C: Condition>(self, condition: C) -> Self
    where
        B: SameDatabase<C::Bind>,
    {
        // In words that all have: MySQL knows no FILTER.
        let where_it_holds =
            |value: Node, sql_type| Box::new(Node::Case { branches: vec![(condition_node(condition), value)], otherwise: None, sql_type });
        Aggregate::new(match self.into_node() {
            Node::CountRows => {
                let one = Node::value(1_i64);
                Node::Aggregate(AggregateFunction::Count, where_it_holds(one, i64::TYPE), i64::TYPE)
            }
            Node::Aggregate(function, argument, sql_type) => Node::Aggregate(function, where_it_holds(*argument, sql_type), sql_type),
            other => other,
        })
    }
}

impl<V: Scalar, B> Aggregate<V, B> {
    /// `OVER (…)`: of the rows around each row, which all stay, instead of a group that becomes one. All rows, unless
    /// [`partition_by`](Windowed::partition_by) says which; up to each in an order, where [`order_by`](Windowed::order_by) gives one.
    pub fn over(self) -> Windowed<V, B> {
        Windowed::new(self.into_node())
    }
}

impl<V, B> Clone for Aggregate<V, B> {
    fn clone(&self) -> Self {
        Aggregate { expr: self.expr.clone() }
    }
}

impl<V: Scalar, B: Send + Sync + 'static> Expression for Aggregate<V, B> {
    type Value = V;
    type Bind = B;

    fn into_expr(self) -> Expr<V, B> {
        self.expr
    }
}

/// The aggregate of an expression.
pub(super) fn aggregate<E: Expression, V>(expression: E, function: AggregateFunction) -> Aggregate<V, E::Bind> {
    Aggregate::new(Node::Aggregate(function, Box::new(expression.into_expr().into_node()), <E::Value as Scalar>::TYPE))
}

/// `COUNT(*)`: the rows of a group.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let per_author = Post::select().columns((Post::author, count())).group_by(Post::author).order_by(Post::author.asc());
/// assert_eq!(session.all(per_author).await?, [(1, 2), (2, 1)]);
/// # Ok(())
/// # }
/// ```
pub fn count() -> Aggregate<i64, AnyBind> {
    Aggregate::new(Node::CountRows)
}
