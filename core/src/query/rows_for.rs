#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::union::Composed;
use super::{Select, Union};
use crate::SameDatabase;
use crate::tuples::for_each_tuple;
use crate::value::Scalar;

/// A select or union of the bind `B` whose rows are `Values`, tuples of the types of columns: what
/// [`insert_from`](super::ModelExt::insert_from) takes. Sealed.
///
/// ```compile_fail,E0271
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # fn main() {
/// let insert = Tag::insert_from((Tag::post, Tag::name), Post::select().columns((Post::title, Post::id))); // the other way round
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the rows of `{Self}` can't be inserted into these columns",
    label = "not a select of this database that lists a column for each of them",
    note = "list them: `.columns((..))`"
)]
pub trait RowsFor<Values, B> {
    #[doc(hidden)]
    fn into_composed(self) -> Composed;
}

/// A row of selected values: a tuple of them. Sealed.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` can't be inserted from a select",
    label = "not a tuple of values",
    note = "list what is to be inserted, a column or expression for each column: `.columns((..))`"
)]
pub trait ValueRow {
    /// Their types, each without its `Option`.
    type Values;
}

impl<Values, B, R: ValueRow<Values = Values>, C> RowsFor<Values, B> for Select<R, C>
where
    B: SameDatabase<C>,
{
    fn into_composed(self) -> Composed {
        Composed::of(self.into_query())
    }
}

impl<Values, B, R: ValueRow<Values = Values>, C> RowsFor<Values, B> for Union<R, C>
where
    B: SameDatabase<C>,
{
    fn into_composed(self) -> Composed {
        self.into_query()
    }
}

macro_rules! value_row {
    ($($ty:ident $index:tt),+) => {
        impl<$($ty: Scalar),+> ValueRow for ($($ty,)+) {
            type Values = ($($ty::Base,)+);
        }
    };
}

for_each_tuple!(value_row);
