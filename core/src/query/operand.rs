#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::expression::Expression;
use super::node::Node;
use super::select::Select;
use super::{Expr, TableColumn, TypedColumn};
use crate::AnyBind;
use crate::schema::Fields;
use crate::value::Scalar;

/// What an expression of `V` can be compared with: a Rust value (`"x"` for a `String`), a column or another expression of the same
/// type, whether or not either of those can be NULL. An `Option` is no operand: `= NULL` is never true.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let email = String::from("ada@example.org");
/// let same = User::email.eq(&email).and(User::email.eq("ada@example.org")).and(User::name.ne(User::email));
/// assert_eq!(session.count(User::select().filter(same)).await?, 1);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a column or expression of `{V}` can't be compared with `{Self}`",
    label = "not a `{V}`",
    note = "both sides have the same Rust type; an `Option` is matched first: `None` is asked for by `is_null()`"
)]
pub trait Operand<V> {
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    fn into_node(self) -> Node;
}

// A type that is its own base is not an `Option`.
impl<V: Scalar<Base = T>, T: Scalar<Base = T>> Operand<V> for T {
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<V: Scalar<Base = String>> Operand<V> for &str {
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self.to_owned())
    }
}

impl<V: Scalar<Base = String>> Operand<V> for &String {
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self.clone())
    }
}

impl<V: Scalar<Base = Vec<u8>>> Operand<V> for &[u8] {
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self.to_owned())
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, O: Fields> Operand<V> for TypedColumn<O, W> {
    type Bind = O::ColumnBind;

    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>> Operand<V> for TableColumn<W> {
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, B: Send + Sync + 'static> Operand<V> for Expr<W, B> {
    type Bind = B;

    fn into_node(self) -> Node {
        Expr::into_node(self)
    }
}

/// What `in_` takes: a list of values, or a select of one column.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let (vec, array) = (vec!["Notes".to_owned()], ["Notes", "Sketch"]);
/// assert_eq!(session.count(Post::select().filter(Post::title.in_(&vec))).await?, 1);
/// assert_eq!(session.count(Post::select().filter(Post::title.in_(array))).await?, 2);
/// assert_eq!(session.count(Post::select().filter(Post::title.not_in(vec))).await?, 2);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`in_` over a column of `{V}` takes a list of such values, or a select of one such column, not `{Self}`"
)]
pub trait InOperand<V> {
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    fn into_in(self, node: Node, negated: bool) -> Node;
}

impl<V: Scalar, T: Operand<V>> InOperand<V> for Vec<T> {
    type Bind = T::Bind;

    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::in_list(node, self.into_iter().map(Operand::into_node), negated)
    }
}

impl<V: Scalar, T: Operand<V>, const N: usize> InOperand<V> for [T; N] {
    type Bind = T::Bind;

    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::in_list(node, self.into_iter().map(Operand::into_node), negated)
    }
}

impl<V: Scalar, T: Operand<V> + Clone> InOperand<V> for &[T] {
    type Bind = T::Bind;

    fn into_in(self, node: Node, negated: bool) -> Node {
        self.to_vec().into_in(node, negated)
    }
}

impl<V: Scalar, T: Operand<V> + Clone> InOperand<V> for &Vec<T> {
    type Bind = T::Bind;

    fn into_in(self, node: Node, negated: bool) -> Node {
        self.clone().into_in(node, negated)
    }
}

impl<V: Scalar, W: Scalar<Base = V::Base>, B> InOperand<V> for Select<(W,), B> {
    type Bind = B;

    fn into_in(self, node: Node, negated: bool) -> Node {
        Node::InSelect { node: Box::new(node), select: Box::new(self.into_query()), negated }
    }
}
