#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::expression::Expression;
use super::node::Node;
use super::select::Select;
use super::{Aggregate, Expr, TableColumn, TypedColumn, Windowed};
use crate::AnyBind;
use crate::schema::Columns;
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
    message = "a column or expression of `{V}` can't be compared or computed with `{Self}`",
    label = "not a `{V}`",
    note = "both sides have the same Rust type; an `Option` is matched first: `None` is asked for by `is_null()`"
)]
pub trait Operand<V> {
    /// The type of its values.
    type Value: Scalar;
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    fn into_node(self) -> Node;
}

/// What is an expression by itself, whatever it stands beside: a Rust value, a column, an expression.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let posts = Post::select().columns((value("post"), value(7_i64))).limit(1);
/// assert_eq!(session.one(posts).await?, ("post".to_owned(), 7));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no expression",
    label = "neither a value that a column can have, nor a column, nor an expression"
)]
pub trait IntoExpr {
    /// The type of its values.
    type Value: Scalar;
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    fn into_node(self) -> Node;
}

/// A Rust value as an expression: what is selected as it is, or stands on the left side of an operator.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let missing = Post::select().columns(value(5_i16) - Post::stars).order_by(Post::id.asc());
/// assert_eq!(session.all(missing).await?, [(Some(0),), (Some(2),), (None,)]);
/// # Ok(())
/// # }
/// ```
pub fn value<T: IntoExpr>(value: T) -> Expr<T::Value, T::Bind> {
    Expr::new(value.into_node())
}

// A type that is its own base is not an `Option`.
impl<V: Scalar<Base = T>, T: Scalar<Base = T>> Operand<V> for T {
    type Value = T;
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self)
    }
}

impl<T: Scalar<Base = T>> IntoExpr for T {
    type Value = T;
    type Bind = AnyBind;

    fn into_node(self) -> Node {
        Node::value(self)
    }
}

macro_rules! borrowed {
    ($($ty:ty => $owned:ty;)+) => {$(
        impl<V: Scalar<Base = $owned>> Operand<V> for $ty {
            type Value = $owned;
            type Bind = AnyBind;

            fn into_node(self) -> Node {
                Node::value(<$owned>::from(self))
            }
        }

        impl IntoExpr for $ty {
            type Value = $owned;
            type Bind = AnyBind;

            fn into_node(self) -> Node {
                Node::value(<$owned>::from(self))
            }
        }
    )+};
}

borrowed! {
    &str => String;
    &String => String;
    &[u8] => Vec<u8>;
}

macro_rules! expressions {
    ($([$($generics:tt)*] $ty:ty, $bind:ty;)+) => {$(
        impl<V: Scalar, W: Scalar<Base = V::Base>, $($generics)*> Operand<V> for $ty {
            type Value = W;
            type Bind = $bind;

            fn into_node(self) -> Node {
                self.into_expr().into_node()
            }
        }

        impl<W: Scalar, $($generics)*> IntoExpr for $ty {
            type Value = W;
            type Bind = $bind;

            fn into_node(self) -> Node {
                self.into_expr().into_node()
            }
        }
    )+};
}

expressions! {
    [O: Columns] TypedColumn<O, W>, O::ColumnBind;
    [] TableColumn<W>, AnyBind;
    [] &TableColumn<W>, AnyBind;
    [B: Send + Sync + 'static] Expr<W, B>, B;
    [B: Send + Sync + 'static] Aggregate<W, B>, B;
    [B: Send + Sync + 'static] Windowed<W, B>, B;
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
