use super::expression::Expression;
use super::node::Node;
use super::select::Select;
use super::{Expr, TableColumn, TypedColumn};
use crate::AnyBind;
use crate::schema::Fields;
use crate::value::Scalar;

/// What an expression of `V` can be compared with or set to: a Rust value (`"x"` for a `String`), a column or another expression of the same
/// type, whether or not either of them can be NULL.
#[diagnostic::on_unimplemented(
    message = "a column or expression of `{V}` can't be compared with or set to `{Self}`",
    label = "not a `{V}`",
    note = "both sides have the same Rust type, `Option` apart; compare with NULL by `is_null()` and `is_not_null()`"
)]
pub trait Operand<V> {
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    #[allow(private_interfaces)] // sealed by it: only this crate can name the tree
    fn into_node(self) -> Node;
}

impl<V: Scalar, T: Scalar<Base = V::Base>> Operand<V> for T {
    type Bind = AnyBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<V: Scalar<Base = String>> Operand<V> for &str {
    type Bind = AnyBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        Node::value(self.to_owned())
    }
}

impl<V: Scalar<Base = String>> Operand<V> for &String {
    type Bind = AnyBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        Node::value(self.clone())
    }
}

impl<V: Scalar<Base = Vec<u8>>> Operand<V> for &[u8] {
    type Bind = AnyBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        Node::value(self.to_owned())
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, O: Fields> Operand<V> for TypedColumn<O, W> {
    type Bind = O::ColumnBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>> Operand<V> for TableColumn<W> {
    type Bind = AnyBind;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, B: Send + Sync + 'static> Operand<V> for Expr<W, B> {
    type Bind = B;

    #[allow(private_interfaces)]
    fn into_node(self) -> Node {
        Expr::into_node(self)
    }
}

/// What `in_` takes: a list of values, or a select of one column.
#[diagnostic::on_unimplemented(
    message = "`in_` over a column of `{V}` takes a list of such values, or a select of one such column, not `{Self}`"
)]
pub trait InOperand<V> {
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node;
}

impl<V: Scalar, T: Operand<V>> InOperand<V> for Vec<T> {
    type Bind = T::Bind;

    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::InList { node: Box::new(node), list: self.into_iter().map(Operand::into_node).collect(), negated }
    }
}

impl<V: Scalar, T: Operand<V>, const N: usize> InOperand<V> for [T; N] {
    type Bind = T::Bind;

    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::InList { node: Box::new(node), list: self.into_iter().map(Operand::into_node).collect(), negated }
    }
}

impl<V: Scalar, T: Operand<V> + Clone> InOperand<V> for &[T] {
    type Bind = T::Bind;

    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node {
        self.to_vec().into_in(node, negated)
    }
}

impl<V: Scalar, T: Operand<V> + Clone> InOperand<V> for &Vec<T> {
    type Bind = T::Bind;

    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node {
        self.clone().into_in(node, negated)
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, B> InOperand<V> for Select<(W,), B> {
    type Bind = B;

    #[allow(private_interfaces)]
    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::InSelect { node: Box::new(node), select: Box::new(self.into_query()), negated }
    }
}
