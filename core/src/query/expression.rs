use super::node::{Aggregate, Node, Operator};
use super::{Expr, InOperand, Operand, Order};
use crate::SameDatabase;
use crate::value::{Comparable, Numeric, Ordered, Scalar};

/// What can be done with a column or an expression. Comparisons follow SQL: with NULL on either side they are neither true nor
/// false, and a filter drops the row; ask with [`is_null`](Expression::is_null).
///
/// Text compares and sorts by its bytes, and `like` minds the case, on every backend.
#[allow(clippy::wrong_self_convention)] // `is_null` builds an expression out of its column; it doesn't look at it
pub trait Expression: Sized {
    /// The type of its values.
    type Value: Scalar;
    /// The bind of its columns.
    type Bind: Send + Sync + 'static;

    /// As a plain expression.
    fn into_expr(self) -> Expr<Self::Value, Self::Bind>;

    /// `=`
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
    fn is_null(self) -> Expr<bool, Self::Bind> {
        Expr::new(Node::IsNull { node: Box::new(self.into_expr().into_node()), negated: false })
    }

    /// `IS NOT NULL`
    fn is_not_null(self) -> Expr<bool, Self::Bind> {
        Expr::new(Node::IsNull { node: Box::new(self.into_expr().into_node()), negated: true })
    }

    /// `IN`: one of a list of values, or of the rows of a select of one column. Nothing is in an empty list.
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
    fn sum(self) -> Expr<Option<SumOf<Self::Value>>, Self::Bind>
    where
        <Self::Value as Scalar>::Base: Numeric,
    {
        aggregate(self, Aggregate::Sum)
    }

    /// `AVG(x)` as a float; `None` where no row has a value.
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
