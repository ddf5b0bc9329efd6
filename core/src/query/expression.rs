use super::node::{Aggregate, Node, Operator};
use super::{Expr, InOperand, Operand, Order};
use crate::SameDatabase;
use crate::value::{Comparable, Numeric, Ordered, Scalar};

/// What can be done with a column or an expression. Comparisons follow SQL: with NULL on either side they are neither true nor
/// false, and a filter drops the row; ask with [`is_null`](Expression::is_null).
///
/// Text compares and sorts by its bytes, and `like` minds the case, on every backend.
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

    /// `LIKE`: `%` stands for any text, `_` for one character, `\` before either for itself. It minds the case on every backend.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::title.like("%otes"))).await?, 2);
    /// assert_eq!(session.count(Post::select().filter(Post::title.like(r"100\%"))).await?, 0); // `%` itself
    /// # Ok(())
    /// # }
    /// ```
    fn like(self, pattern: &str) -> Expr<bool, Self::Bind>
    where
        Self::Value: Scalar<Base = String>,
    {
        Expr::new(Node::binary(self.into_expr().into_node(), Operator::Like, Node::value(pattern.to_owned())))
    }

    /// `NOT LIKE`, as [`like`](Expression::like).
    fn not_like(self, pattern: &str) -> Expr<bool, Self::Bind>
    where
        Self::Value: Scalar<Base = String>,
    {
        Expr::new(Node::binary(self.into_expr().into_node(), Operator::NotLike, Node::value(pattern.to_owned())))
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
    fn count(self) -> Expr<i64, Self::Bind> {
        aggregate(self, Aggregate::Count)
    }

    /// `COUNT(DISTINCT x)`: how many different values, NULL apart.
    fn count_distinct(self) -> Expr<i64, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Comparable,
    {
        aggregate(self, Aggregate::CountDistinct)
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
    fn sum(self) -> Expr<Option<SumOf<Self::Value>>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Numeric,
    {
        aggregate(self, Aggregate::Sum)
    }

    /// `AVG(x)` as a float; `None` where no row has a value. Its last digit may differ between backends.
    fn avg(self) -> Expr<Option<f64>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Numeric,
    {
        aggregate(self, Aggregate::Average)
    }

    /// `MIN(x)`; `None` where no row has a value.
    fn min(self) -> Expr<Option<<Self::Value as Scalar>::Base>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        aggregate(self, Aggregate::Min)
    }

    /// `MAX(x)`; `None` where no row has a value.
    fn max(self) -> Expr<Option<<Self::Value as Scalar>::Base>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Ordered,
    {
        aggregate(self, Aggregate::Max)
    }
}

/// What a sum over a column of `V` is.
type SumOf<V> = <<V as Scalar>::Base as Numeric>::Sum;

fn compare<E: Expression, T: Operand<E::Value>>(left: E, operator: Operator, right: T) -> Expr<bool, E::Bind> {
    Expr::new(Node::binary(left.into_expr().into_node(), operator, right.into_node()))
}

fn aggregate<E: Expression, V>(expression: E, function: Aggregate) -> Expr<V, E::Bind> {
    Expr::new(Node::Aggregate(function, Box::new(expression.into_expr().into_node()), <E::Value as Scalar>::TYPE))
}
