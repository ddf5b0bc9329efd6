#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use std::marker::PhantomData;

use super::expression::Expression;
use super::node::{Node, Source};
use crate::engine::Row;
use crate::schema::{Relation, is_all_null};
use crate::tuples::for_each_tuple;
use crate::value::Scalar;
use crate::{Result, SameDatabase};

/// What [`Select::columns`](super::Select::columns) takes: a column, an expression or a [whole row](WholeRow), or a tuple of up to
/// sixteen of those or of such tuples. The row is a tuple of their values; of a single column it is `(T,)`.
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be selected",
    label = "not columns, expressions and whole rows of this database",
    note = "a plain value is selected by `value(..)`, a whole model by `Model::row()`; a tuple has sixteen entries at most, and they can be tuples"
)]
pub trait Selection<B> {
    /// A row of it.
    type Row: Send + 'static;

    #[doc(hidden)]
    fn into_listed(self) -> Vec<Listed>;

    #[doc(hidden)]
    fn read(row: &Row<'_>) -> Result<Self::Row>;
}

/// One entry of a [`Selection`]: a column or expression, a [whole row](WholeRow), or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be selected",
    label = "neither a column or expression of this database, nor a whole row",
    note = "a plain value is selected by `value(..)`, a whole model by `Model::row()`"
)]
pub trait Selectable<B> {
    /// What it is in a row.
    type Value: Send + 'static;

    #[doc(hidden)]
    const WIDTH: usize;

    #[doc(hidden)]
    fn list(self, into: &mut Vec<Listed>);

    /// Reads it from the columns of a row from this one on.
    #[doc(hidden)]
    fn read_at(row: &Row<'_>, offset: usize) -> Result<Self::Value>;
}

/// A selected expression.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Listed {
    pub(crate) node: Node,
    /// whether its type takes NULL
    pub(crate) nullable: bool,
}

/// All columns of a model or view in a row: `Post::row()`, or `row()` of an alias. Behind a left join it is
/// [optional](WholeRow::optional).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let tagged: Vec<(Post, Tag)> = session.all(Post::select().join::<Tag>().columns((Post::row(), Tag::row()))).await?;
/// assert_eq!((tagged.len(), tagged[0].1.post), (2, tagged[0].0.id));
/// # Ok(())
/// # }
/// ```
pub struct WholeRow<R, B> {
    source: Source,
    types: PhantomData<fn() -> (R, B)>,
}

/// A whole row of a table that is joined from the left: `None` where it has no partner. Made by [`WholeRow::optional`].
pub struct OptionalRow<R, B>(WholeRow<R, B>);

impl<R, B> WholeRow<R, B> {
    pub(super) fn new(source: Source) -> Self {
        WholeRow { source, types: PhantomData }
    }

    /// Where all its columns are NULL there is no such row: `None`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let untagged = Post::select().left_join::<Tag>().columns((Post::row(), Tag::row().optional())).filter(Tag::post.is_null());
    /// let posts: Vec<(Post, Option<Tag>)> = session.all(untagged.order_by(Post::id.asc())).await?;
    /// assert_eq!((posts[0].0.title.as_str(), &posts[0].1), ("On notes", &None));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn optional(self) -> OptionalRow<R, B> {
        OptionalRow(self)
    }

    fn list(self, nullable: bool, into: &mut Vec<Listed>) {
        let columns = self.source.columns().into_iter().zip(self.source.table.columns());
        into.extend(columns.map(|(node, column)| Listed { node, nullable: nullable || column.is_nullable() }));
    }
}

impl<B, E: Expression> Selectable<B> for E
where
    B: SameDatabase<E::Bind>,
{
    type Value = E::Value;
    const WIDTH: usize = 1;

    fn list(self, into: &mut Vec<Listed>) {
        into.push(Listed { node: self.into_expr().into_node(), nullable: E::Value::NULLABLE });
    }

    fn read_at(row: &Row<'_>, offset: usize) -> Result<E::Value> {
        row.get(offset)
    }
}

impl<B: SameDatabase<C>, C, R: Relation> Selectable<B> for WholeRow<R, C> {
    type Value = R;
    const WIDTH: usize = R::WIDTH;

    fn list(self, into: &mut Vec<Listed>) {
        WholeRow::list(self, false, into);
    }

    fn read_at(row: &Row<'_>, offset: usize) -> Result<R> {
        R::from_row_at(row, offset)
    }
}

impl<B: SameDatabase<C>, C, R: Relation> Selectable<B> for OptionalRow<R, C> {
    type Value = Option<R>;
    const WIDTH: usize = R::WIDTH;

    fn list(self, into: &mut Vec<Listed>) {
        self.0.list(true, into);
    }

    fn read_at(row: &Row<'_>, offset: usize) -> Result<Option<R>> {
        if is_all_null(row, offset, R::WIDTH)? { Ok(None) } else { R::from_row_at(row, offset).map(Some) }
    }
}

impl<B, E: Expression> Selection<B> for E
where
    B: SameDatabase<E::Bind>,
{
    type Row = (E::Value,);

    fn into_listed(self) -> Vec<Listed> {
        listed::<B>(self)
    }

    fn read(row: &Row<'_>) -> Result<(E::Value,)> {
        Ok((row.get(0)?,))
    }
}

macro_rules! whole_row {
    ($($ty:ident, $value:ty;)+) => {$(
        impl<B: SameDatabase<C>, C, R: Relation> Selection<B> for $ty<R, C> {
            type Row = $value;

            fn into_listed(self) -> Vec<Listed> {
                listed::<B>(self)
            }

            fn read(row: &Row<'_>) -> Result<$value> {
                <Self as Selectable<B>>::read_at(row, 0)
            }
        }
    )+};
}

whole_row! {
    WholeRow, R;
    OptionalRow, Option<R>;
}

fn listed<B>(selected: impl Selectable<B>) -> Vec<Listed> {
    let mut listed = Vec::with_capacity(1);
    selected.list(&mut listed);
    listed
}

macro_rules! selection {
    ($($ty:ident $index:tt),+) => {
        impl<Z, $($ty: Selectable<Z>),+> Selectable<Z> for ($($ty,)+) {
            type Value = ($($ty::Value,)+);
            const WIDTH: usize = 0 $(+ $ty::WIDTH)+;

            fn list(self, into: &mut Vec<Listed>) {
                $(self.$index.list(into);)+
            }

            #[allow(unused_assignments)] // of the last one nothing stands behind it
            fn read_at(row: &Row<'_>, mut offset: usize) -> Result<Self::Value> {
                Ok(($({
                    let value = $ty::read_at(row, offset)?;
                    offset += $ty::WIDTH;
                    value
                },)+))
            }
        }

        impl<Z, $($ty: Selectable<Z>),+> Selection<Z> for ($($ty,)+) {
            type Row = ($($ty::Value,)+);

            fn into_listed(self) -> Vec<Listed> {
                listed::<Z>(self)
            }

            fn read(row: &Row<'_>) -> Result<Self::Row> {
                <Self as Selectable<Z>>::read_at(row, 0)
            }
        }
    };
}

for_each_tuple!(selection);
