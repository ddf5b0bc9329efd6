#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::expression::Expression;
use super::node::Node;
use crate::SameDatabase;
use crate::engine::FromRow;
use crate::tuples::for_each_tuple;

/// What [`Select::columns`](super::Select::columns) takes: one column or expression, or a tuple of up to twelve. The row is a tuple of their values.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let row: (i64, i64, Option<i16>) = session.one(Post::select().columns((count(), Post::author.count_distinct(), Post::stars.max()))).await?;
/// assert_eq!(row, (3, 2, Some(5)));
/// # Ok(())
/// # }
/// ```
pub trait Selection<B> {
    /// A row of it.
    type Row: FromRow;

    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

impl<B, E: Expression> Selection<B> for E
where
    B: SameDatabase<E::Bind>,
{
    type Row = (E::Value,);

    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_expr().into_node()]
    }
}

macro_rules! selection {
    ($($ty:ident $index:tt),+) => {
        impl<Z, $($ty: Expression),+> Selection<Z> for ($($ty,)+)
        where
            $(Z: SameDatabase<$ty::Bind>),+
        {
            type Row = ($($ty::Value,)+);

            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$index.into_expr().into_node()),+]
            }
        }
    };
}

for_each_tuple!(selection);
