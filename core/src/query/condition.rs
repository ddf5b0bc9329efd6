use std::ops::Not;

use super::node::{Connective, Node};
use super::{Expr, Expression, TableColumn, TypedColumn};
use crate::schema::Columns;
use crate::value::Scalar;
use crate::{AnyBind, SameDatabase};

/// What holds of a row or doesn't: a comparison, or a column of truth values. What `filter`, `having` and joins take. NULL does not hold.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
///
/// #[derive(Model)]
/// struct Note { #[column(primary_key)] id: i64, public: bool, checked: Option<bool> }
///
/// let notes = Note::select().columns(Note::id).filter(Note::public.and(!Note::checked)).filter(Note::id.gt(7));
/// assert!(notes.to_sql(&Dialect::sqlite())?.contains(r#""note"."public" AND (NOT "note"."checked")"#));
/// # Ok::<(), bindery::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "neither a comparison nor a column of truth values",
    note = "conditions are made of columns: `Post::stars.gt(3)`, `Post::answers.is_null()`, `exists(..)`"
)]
pub trait Condition: Expression<Value: Scalar<Base = bool>> {
    /// Both hold. With NULL in one of them it is SQL's `AND`: false if the other is false, else unknown, and a filter drops the row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let mine = Post::author.eq(1).and(Post::stars.gt(3));
    /// let same = Post::select().filter(Post::author.eq(1)).filter(Post::stars.gt(3)); // for a filter
    /// # Ok(())
    /// # }
    /// ```
    fn and<C: Condition>(self, other: C) -> Expr<bool, Self::Bind>
    where
        Self::Bind: SameDatabase<C::Bind>,
    {
        Expr::new(Node::chain(node(self), Connective::And, node(other)))
    }

    /// One of them holds, or both.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let found = Post::title.eq("Notes").or(Post::title.eq("Sketch"));
    /// assert_eq!(session.count(Post::select().filter(found)).await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    fn or<C: Condition>(self, other: C) -> Expr<bool, Self::Bind>
    where
        Self::Bind: SameDatabase<C::Bind>,
    {
        Expr::new(Node::chain(node(self), Connective::Or, node(other)))
    }
}

impl<E: Expression<Value: Scalar<Base = bool>>> Condition for E {}

pub(super) fn node(condition: impl Expression) -> Node {
    condition.into_expr().into_node()
}

macro_rules! not {
    ($([$($generics:tt)*] $ty:ty, $bind:ty;)+) => {$(
        impl<V: Scalar<Base = bool>, $($generics)*> Not for $ty {
            type Output = Expr<bool, $bind>;

            /// It does not hold. Of NULL, `NOT` is NULL too.
            fn not(self) -> Self::Output {
                Expr::new(Node::Not(Box::new(node(self))))
            }
        }
    )+};
}

not! {
    [O: Columns] TypedColumn<O, V>, O::ColumnBind;
    [] TableColumn<V>, AnyBind;
    [B: Send + Sync + 'static] Expr<V, B>, B;
}
