use std::marker::PhantomData;

use super::node::{Node, Over, WindowCall};
use super::{Expr, Expression, Order, Selection};
use crate::value::Scalar;
use crate::{AnyBind, SameDatabase};

/// A function of the rows around each row: `row_number()`, `Post::stars.lag(1)`. [`over`](WindowFunction::over) makes it an expression, by
/// saying which rows those are.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::query::row_number;
///
/// let nth = row_number().over().partition_by(Post::author).order_by(Post::id.asc());
/// let posts = Post::select().columns((Post::title, nth)).order_by(Post::id.asc());
/// assert_eq!(session.all(posts).await?[2], ("Sketch".to_owned(), 2)); // the author's second
/// # Ok(())
/// # }
/// ```
pub struct WindowFunction<V, B> {
    node: Node,
    types: PhantomData<fn() -> (V, B)>,
}

/// A [window function](WindowFunction) or an [aggregate](super::Aggregate) with the rows that it is of: an [`Expression`], for what is selected and
/// for `order_by`. A server without such functions is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (MySQL 5.7).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::query::FrameBound;
///
/// let so_far = Post::stars.sum().over().order_by(Post::id.asc());
/// let of_two = Post::stars.sum().over().order_by(Post::id.asc()).rows(FrameBound::Preceding(1), FrameBound::CurrentRow);
/// let sums = Post::select().columns((so_far, of_two)).order_by(Post::id.asc());
/// assert_eq!(session.all(sums).await?, [(Some(5), Some(5)), (Some(8), Some(8)), (Some(8), Some(3))]);
/// # Ok(())
/// # }
/// ```
pub struct Windowed<V, B> {
    function: Node,
    over: Over,
    types: PhantomData<fn() -> (V, B)>,
}

/// Where the rows of a window begin or end: [`Windowed::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameBound {
    /// at the first row of the partition
    UnboundedPreceding,
    /// so many rows before this one
    Preceding(u32),
    /// at this row
    CurrentRow,
    /// so many rows behind this one
    Following(u32),
    /// at the last row of the partition
    UnboundedFollowing,
}

impl<V, B> WindowFunction<V, B> {
    pub(super) fn new(call: WindowCall, argument: Option<Node>) -> Self {
        WindowFunction { node: Node::WindowCall(call, argument.map(Box::new)), types: PhantomData }
    }

    /// `OVER (…)`: of all rows, unless [`partition_by`](Windowed::partition_by) says which, in the order of
    /// [`order_by`](Windowed::order_by).
    pub fn over(self) -> Windowed<V, B> {
        Windowed::new(self.node)
    }
}

impl<V, B> Windowed<V, B> {
    pub(super) fn new(function: Node) -> Self {
        Windowed { function, over: Over::default(), types: PhantomData }
    }

    /// `PARTITION BY`: of the rows that have this in common with each.
    #[must_use]
    pub fn partition_by<S: Selection<B>>(mut self, keys: S) -> Self {
        self.over.partition_by.extend(keys.into_listed().into_iter().map(|listed| listed.node));
        self
    }

    /// `ORDER BY`: in this order; called again, rows that are alike so far are in that one. An aggregate is then one of the rows up to each,
    /// those that are alike with it included.
    #[must_use]
    pub fn order_by<C>(mut self, order: Order<C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.over.order_by.push(order.into_key());
        self
    }

    /// `ROWS BETWEEN … AND …`: of these rows of the partition, in its order.
    #[must_use]
    pub fn rows(mut self, from: FrameBound, to: FrameBound) -> Self {
        self.over.rows = Some((from, to));
        self
    }
}

impl<V: Scalar, B: Send + Sync + 'static> Expression for Windowed<V, B> {
    type Value = V;
    type Bind = B;

    fn into_expr(self) -> Expr<V, B> {
        Expr::new(Node::Windowed(Box::new(self.function), Box::new(self.over), V::TYPE))
    }
}

impl<V, B> Clone for Windowed<V, B> {
    fn clone(&self) -> Self {
        Windowed { function: self.function.clone(), over: self.over.clone(), types: PhantomData }
    }
}

/// `ROW_NUMBER()`: 1 for the first row of the window, 2 for the next.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::query::{dense_rank, rank, row_number};
///
/// // By author: two posts are of the first one.
/// let places = (
///     row_number().over().order_by(Post::author.asc()).order_by(Post::id.asc()),
///     rank().over().order_by(Post::author.asc()),
///     dense_rank().over().order_by(Post::author.asc()),
/// );
/// let posts = Post::select().columns(places).order_by(Post::author.asc()).order_by(Post::id.asc());
/// assert_eq!(session.all(posts).await?, [(1, 1, 1), (2, 1, 1), (3, 3, 2)]);
/// # Ok(())
/// # }
/// ```
pub fn row_number() -> WindowFunction<i64, AnyBind> {
    WindowFunction::new(WindowCall::RowNumber, None)
}

/// `RANK()`: rows that are alike have one place, and as many places are left out behind them. As [`row_number`].
pub fn rank() -> WindowFunction<i64, AnyBind> {
    WindowFunction::new(WindowCall::Rank, None)
}

/// `DENSE_RANK()`: rows that are alike have one place, and the next ones the next. As [`row_number`].
pub fn dense_rank() -> WindowFunction<i64, AnyBind> {
    WindowFunction::new(WindowCall::DenseRank, None)
}

/// `NTILE(n)`: 1 to `parts`, of a window cut into so many parts of one size, or nearly. No part is
/// [`ErrorKind::InvalidStatement`](crate::ErrorKind::InvalidStatement). As [`row_number`].
pub fn ntile(parts: u32) -> WindowFunction<i64, AnyBind> {
    WindowFunction::new(WindowCall::Ntile(parts), None)
}
