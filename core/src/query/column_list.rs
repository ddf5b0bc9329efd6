#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::node::Node;
use super::{Expression, TableColumn, TypedColumn};
use crate::schema::{Columns, ColumnsOf, Table};
use crate::tuples::for_each_tuple;
use crate::value::Scalar;

/// Columns of the table of `T`, a model, or a bare [`Table`]: one, or a tuple of up to sixteen. What [`on_conflict`](super::Insert::on_conflict)
/// and [`insert_from`](super::ModelExt::insert_from) take. Sealed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let engines = Tag { post: 1, name: "engines".into() };
/// session.execute(Tag::insert([engines]).on_conflict((Tag::post, Tag::name)).do_nothing()).await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # fn main() {
/// let engines = Tag { post: 1, name: "engines".into() };
/// let insert = Tag::insert([engines]).on_conflict(Post::id).do_nothing(); // not a column of `Tag`
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of columns of `{T}`",
    label = "not columns of `{T}`",
    note = "one column of the table, or a tuple of up to sixteen"
)]
pub trait ColumnList<T> {
    /// What stands in them: a tuple of the columns' types, each without its `Option`.
    type Values;

    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

/// One column of a [`ColumnList`]. Sealed.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a column of `{T}`", label = "not a column of `{T}`")]
pub trait ListedColumn<T> {
    /// What stands in it: its type, without its `Option`.
    type Value;

    #[doc(hidden)]
    fn into_node(self) -> Node;
}

impl<T, O: Columns + ColumnsOf<T>, V: Scalar> ListedColumn<T> for TypedColumn<O, V> {
    type Value = V::Base;

    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<V: Scalar> ListedColumn<Table> for TableColumn<V> {
    type Value = V::Base;

    fn into_node(self) -> Node {
        self.into_expr().into_node()
    }
}

impl<T, O: Columns + ColumnsOf<T>, V: Scalar> ColumnList<T> for TypedColumn<O, V> {
    type Values = (V::Base,);

    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_node()]
    }
}

impl<V: Scalar> ColumnList<Table> for TableColumn<V> {
    type Values = (V::Base,);

    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_node()]
    }
}

macro_rules! column_list {
    ($($ty:ident $index:tt),+) => {
        impl<Z, $($ty: ListedColumn<Z>),+> ColumnList<Z> for ($($ty,)+) {
            type Values = ($($ty::Value,)+);

            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$index.into_node()),+]
            }
        }
    };
}

for_each_tuple!(column_list);
