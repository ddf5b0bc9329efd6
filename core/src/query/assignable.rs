#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::node::Node;
use super::operand::Operand;
use super::{Aggregate, Expr, TableColumn, TypedColumn, Windowed};
use crate::AnyBind;
use crate::schema::Columns;
use crate::value::Scalar;

/// What a column of `V` can be set to: a value of its type, for a nullable column with or without the `Option`, or a column or
/// expression of the same type.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let update = Post::update()
///     .set(Post::title.to("Notes, revised")) // a value
///     .set(Post::stars.to(5)) // of a nullable column: with or without `Some`
///     .set(Post::answers.to(None)) // NULL
///     .set(Post::author.to(Post::id)); // another column, as it was before; MySQL takes one that was set before it as it is now
/// assert_eq!(session.execute(update.filter(Post::id.eq(1))).await?.rows_affected, Some(1));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of `{V}` can't be set to `{Self}`",
    label = "not a `{V}`",
    note = "a column takes a value of its own Rust type, or an expression of that type; only a column of an `Option` takes `None`"
)]
pub trait Assignable<V> {
    /// The bind of its columns.
    type Bind;

    #[doc(hidden)]
    fn into_assigned(self) -> Node;
}

impl<V: Scalar> Assignable<V> for V {
    type Bind = AnyBind;

    fn into_assigned(self) -> Node {
        Node::value(self)
    }
}

impl<T: Scalar> Assignable<Option<T>> for T {
    type Bind = AnyBind;

    fn into_assigned(self) -> Node {
        Node::value(self)
    }
}

macro_rules! operands {
    ($([$($generics:tt)*] $ty:ty, $base:ty, $bind:ty;)+) => {$(
        impl<V: Scalar<Base = $base>, $($generics)*> Assignable<V> for $ty {
            type Bind = $bind;

            fn into_assigned(self) -> Node {
                Operand::<V>::into_node(self)
            }
        }
    )+};
}

operands! {
    [] &str, String, AnyBind;
    [] &String, String, AnyBind;
    [] &[u8], Vec<u8>, AnyBind;
    [O: Columns, W: Scalar] TypedColumn<O, W>, W::Base, O::ColumnBind;
    [W: Scalar] TableColumn<W>, W::Base, AnyBind;
    [W: Scalar, B: Send + Sync + 'static] Expr<W, B>, W::Base, B;
    [W: Scalar, B: Send + Sync + 'static] Aggregate<W, B>, W::Base, B;
    [W: Scalar, B: Send + Sync + 'static] Windowed<W, B>, W::Base, B;
}
