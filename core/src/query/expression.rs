use super::aggregate::aggregate;
use super::node::{AggregateFunction, Function, Node, Operator, WindowCall};
use super::text::call;
use super::{Aggregate, Assignable, Expr, InOperand, Operand, Order, WindowFunction};
use crate::SameDatabase;
use crate::value::{CastTo, Comparable, Numeric, Ordered, Scalar};

/// What can be done with a column or an expression. Comparisons follow SQL: with NULL on either side they are neither true nor
/// false, and a filter drops the row; ask with [`is_null`](Expression::is_null).
///
/// Text compares and sorts by its bytes. More can be done with [text](super::TextExpression), [dates](super::DateExpression),
/// [times](super::TimeExpression) and [JSON](super::JsonExpression).
///
/// Numbers are added, subtracted, multiplied, divided and negated by Rust's operators, a column or expression on the left: `Post::stars + 1`.
/// The server computes, in its own types: beyond their range it fails, or the result doesn't fit its Rust type. Integers are divided as in Rust, towards 0; divided by 0, the result is NULL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let found = Post::author.eq(1).and(Post::stars.ge(3)); // a comparison
/// let found = found.or(Post::title.like("On %")).or(Post::id.in_([7, 8])); // text, a list
/// assert_eq!(session.count(Post::select().filter(found)).await?, 2);
///
/// let stars = Post::select().columns((count(), Post::stars.count(), Post::stars.sum(), Post::stars.max()));
/// assert_eq!(session.one(stars).await?, (3, 2, Some(8), Some(5))); // one post has none: NULL
/// # Ok(())
/// # }
/// ```
#[allow(clippy::wrong_self_convention)] // `is_null` builds an expression out of its column; it doesn't look at it
pub trait Expression: Sized {
    /// The type of its values.
    type Value: Scalar;
    /// The bind of its columns.
    type Bind: Send + Sync + 'static;

    /// As a plain expression.
    fn into_expr(self) -> Expr<Self::Value, Self::Bind>;

    /// `=`
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::stars.eq(5))).await?, 1);
    /// assert_eq!(session.count(Post::select().filter(Post::stars.ne(5))).await?, 1); // not the post without stars
    /// assert_eq!(session.count(Post::select().filter(Post::author.eq(Post::id))).await?, 2); // two columns
    /// # Ok(())
    /// # }
    /// ```
    fn eq<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::Equal, other)
    }

    /// `<>`
    fn ne<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::NotEqual, other)
    }

    /// `<`
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let some = Post::stars.ge(3).and(Post::stars.lt(5));
    /// assert_eq!(session.one(Post::select().filter(some)).await?.title, "On notes");
    /// # Ok(())
    /// # }
    /// ```
    fn lt<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::Less, other)
    }

    /// `<=`
    fn le<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::LessOrEqual, other)
    }

    /// `>`
    fn gt<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::Greater, other)
    }

    /// `>=`
    fn ge<T: Operand<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
        Self::Bind: SameDatabase<T::Bind>,
    {
        compare(self, Operator::GreaterOrEqual, other)
    }

    /// `IS NULL`
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.one(User::select().filter(User::name.is_null())).await?.email, "bob@example.org");
    /// # Ok(())
    /// # }
    /// ```
    fn is_null(self) -> Expr<bool, Self::Bind> {
        Expr::new(Node::IsNull { node: Box::new(self.into_expr().into_node()), negated: false })
    }

    /// `IS NOT NULL`
    fn is_not_null(self) -> Expr<bool, Self::Bind> {
        Expr::new(Node::IsNull { node: Box::new(self.into_expr().into_node()), negated: true })
    }

    /// `IN`: one of a list of values, or of the rows of a select of one column. Nothing is in an empty list.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// // A select of one column of the same database …
    /// let tagged = Tag::select().columns(Tag::post).filter(Tag::name.eq("engines"));
    /// assert_eq!(session.one(Post::select().filter(Post::id.in_(tagged))).await?.title, "Notes");
    ///
    /// // … and across two databases: the keys first, then the rows.
    /// let named: Vec<(i64,)> = session.all(User::select().columns(User::id).filter(User::name.is_not_null())).await?;
    /// let ids: Vec<i64> = named.into_iter().map(|(id,)| id).collect();
    /// assert_eq!(session.count(Post::select().filter(Post::author.in_(ids))).await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    fn in_<T: InOperand<Self::Value>>(self, list: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        Expr::new(list.into_in(self.into_expr().into_node(), false))
    }

    /// `NOT IN`. As in SQL, it is never true where the list or select has a NULL.
    fn not_in<T: InOperand<Self::Value>>(self, list: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        Expr::new(list.into_in(self.into_expr().into_node(), true))
    }

    /// `BETWEEN`: not less than the one, nor greater than the other.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::stars.between(3, 5))).await?, 2);
    /// assert_eq!(session.count(Post::select().filter(!Post::stars.between(4, 5))).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    fn between<T: Operand<Self::Value>, U: Operand<Self::Value>>(self, low: T, high: U) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
        Self::Bind: SameDatabase<T::Bind> + SameDatabase<U::Bind>,
    {
        let node = Box::new(self.into_expr().into_node());
        Expr::new(Node::Between { node, low: Box::new(low.into_node()), high: Box::new(high.into_node()) })
    }

    /// `IS DISTINCT FROM`: other than it, where NULL is like NULL, and other than every value. It is never NULL itself.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::stars.is_distinct_from(5))).await?, 2); // with the post without stars
    /// assert_eq!(session.count(Post::select().filter(Post::stars.is_not_distinct_from(None))).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    fn is_distinct_from<T: Assignable<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        distinct(self, other, false)
    }

    /// `IS NOT DISTINCT FROM`: like it, where NULL is like NULL.
    fn is_not_distinct_from<T: Assignable<Self::Value>>(self, other: T) -> Expr<bool, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        distinct(self, other, true)
    }

    /// `COALESCE(x, other)`: this value, or the other one where this is NULL. Where the other one can't be, the whole can't.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let stars: Vec<(i16,)> = session.all(Post::select().columns(Post::stars.coalesce(0)).order_by(Post::id.asc())).await?;
    /// assert_eq!(stars, [(5,), (3,), (0,)]);
    /// # Ok(())
    /// # }
    /// ```
    fn coalesce<T: Operand<Self::Value>>(self, other: T) -> Expr<T::Value, Self::Bind>
    where
        Self::Bind: SameDatabase<T::Bind>,
    {
        call(Function::Coalesce, [self.into_expr().into_node(), other.into_node()])
    }

    /// `NULLIF(x, other)`: NULL where both are the same, else this.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let users = User::select().columns(User::name.null_if("Ada")).order_by(User::id.asc());
    /// assert_eq!(session.all(users).await?, [(None,), (None,)]);
    /// # Ok(())
    /// # }
    /// ```
    fn null_if<T: Operand<Self::Value>>(self, other: T) -> Expr<Option<<Self::Value as Scalar>::Base>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
        Self::Bind: SameDatabase<T::Bind>,
    {
        call(Function::NullIf, [self.into_expr().into_node(), other.into_node()])
    }

    /// `CAST`: as a value of another type. What can be cast to what, and how, is in [`CastTo`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let halves = Post::select().columns(Post::stars.cast::<f64>() / 2.0).order_by(Post::id.asc());
    /// assert_eq!(session.all(halves).await?, [(Some(2.5),), (Some(1.5),), (None,)]);
    ///
    /// let numbered = Post::select().columns(Post::id.cast::<String>().concat(". ").concat(Post::title)).order_by(Post::id.asc());
    /// assert_eq!(session.first(numbered).await?.unwrap().0, "1. Notes");
    /// # Ok(())
    /// # }
    /// ```
    fn cast<T: Scalar>(self) -> Expr<<Self::Value as Scalar>::Lifted<T>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: CastTo<T>,
    {
        let node = Box::new(self.into_expr().into_node());
        Expr::new(Node::Cast { node, from: <Self::Value as Scalar>::TYPE, to: T::TYPE })
    }

    /// The same, as an `Option`: for what is NULL in a row without a partner in a [left join](super::Select::left_join), and for conditions that are selected.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let good = Post::select().columns(Post::stars.gt(3).nullable()).order_by(Post::id.asc());
    /// assert_eq!(session.all(good).await?, [(Some(true),), (Some(false),), (None,)]);
    /// # Ok(())
    /// # }
    /// ```
    fn nullable(self) -> Expr<Option<<Self::Value as Scalar>::Base>, Self::Bind> {
        Expr::new(self.into_expr().into_node())
    }

    /// Ascending order, for `order_by`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let posts = Post::select().order_by(Post::author.desc()).order_by(Post::title.asc());
    /// let titles: Vec<(String,)> = session.all(posts.columns(Post::title)).await?;
    /// assert_eq!(titles.iter().map(|(title,)| title.as_str()).collect::<Vec<_>>(), ["On notes", "Notes", "Sketch"]);
    /// # Ok(())
    /// # }
    /// ```
    fn asc(self) -> Order<Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        Order::new(self.into_expr().into_node(), false)
    }

    /// Descending order, for `order_by`.
    fn desc(self) -> Order<Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        Order::new(self.into_expr().into_node(), true)
    }

    /// `COUNT(x)`: the rows of a group where it is not NULL.
    fn count(self) -> Aggregate<i64, Self::Bind> {
        aggregate(self, AggregateFunction::Count)
    }

    /// `COUNT(DISTINCT x)`: how many different values, NULL apart.
    fn count_distinct(self) -> Aggregate<i64, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
    {
        aggregate(self, AggregateFunction::CountDistinct)
    }

    /// `SUM(x)`; `None` where no row has a value. Exact for integers and decimals; beyond the range of the result it is an error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let by_author = Post::select().columns((Post::author, Post::stars.sum(), Post::stars.avg())).group_by(Post::author);
    /// let good = by_author.having(Post::stars.max().ge(5));
    /// assert_eq!(session.all(good).await?, [(1, Some(5), Some(5.0))]);
    /// # Ok(())
    /// # }
    /// ```
    fn sum(self) -> Aggregate<Option<SumOf<Self::Value>>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Numeric,
    {
        aggregate(self, AggregateFunction::Sum)
    }

    /// `AVG(x)` as a float; `None` where no row has a value. Its last digit may differ between backends.
    fn avg(self) -> Aggregate<Option<f64>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Numeric,
    {
        aggregate(self, AggregateFunction::Average)
    }

    /// `MIN(x)`; `None` where no row has a value.
    fn min(self) -> Aggregate<Option<<Self::Value as Scalar>::Base>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        aggregate(self, AggregateFunction::Min)
    }

    /// `MAX(x)`; `None` where no row has a value.
    fn max(self) -> Aggregate<Option<<Self::Value as Scalar>::Base>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        aggregate(self, AggregateFunction::Max)
    }

    /// `LAG(x, rows)`: its value so many rows before, in the order of a window; `None` where there are no such rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let before = Post::title.lag(1).over().order_by(Post::id.asc());
    /// let posts = Post::select().columns((Post::title, before)).order_by(Post::id.asc());
    /// assert_eq!(session.all(posts).await?[1], ("On notes".to_owned(), Some("Notes".to_owned())));
    /// # Ok(())
    /// # }
    /// ```
    fn lag(self, rows: u32) -> WindowFunction<Option<<Self::Value as Scalar>::Base>, Self::Bind> {
        WindowFunction::new(WindowCall::Lag(rows), Some(self.into_expr().into_node()))
    }

    /// `LEAD(x, rows)`: its value so many rows behind. As [`lag`](Expression::lag).
    fn lead(self, rows: u32) -> WindowFunction<Option<<Self::Value as Scalar>::Base>, Self::Bind> {
        WindowFunction::new(WindowCall::Lead(rows), Some(self.into_expr().into_node()))
    }

    /// `FIRST_VALUE(x)`: its value in the first row of a window; `None` where it has no rows. As [`lag`](Expression::lag).
    fn first_value(self) -> WindowFunction<Option<<Self::Value as Scalar>::Base>, Self::Bind> {
        WindowFunction::new(WindowCall::FirstValue, Some(self.into_expr().into_node()))
    }

    /// `LAST_VALUE(x)`: its value in the last row of a window. In an order, that is the row itself, unless
    /// [`rows`](super::Windowed::rows) says more. As [`lag`](Expression::lag).
    fn last_value(self) -> WindowFunction<Option<<Self::Value as Scalar>::Base>, Self::Bind> {
        WindowFunction::new(WindowCall::LastValue, Some(self.into_expr().into_node()))
    }
}

/// What a sum over a column of `V` is.
type SumOf<V> = <<V as Scalar>::Base as Numeric>::Sum;

fn compare<E: Expression, T: Operand<E::Value>>(left: E, operator: Operator, right: T) -> Expr<bool, E::Bind> {
    Expr::new(Node::binary(left.into_expr().into_node(), operator, right.into_node()))
}

fn distinct<E: Expression, T: Assignable<E::Value>>(left: E, right: T, negated: bool) -> Expr<bool, E::Bind> {
    Expr::new(Node::Distinct { left: Box::new(left.into_expr().into_node()), right: Box::new(right.into_assigned()), negated })
}
