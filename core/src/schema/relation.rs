use super::{Model, Table};
use crate::engine::{ColumnInfo, FromRow, Row};
use crate::{AnyBind, BindKey, Result};

/// A struct that has typed columns: a model, an abstract base of models, or a view (`#[derive(FromRow)]`). Not to be implemented by hand.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::{ColumnOwner, Columns};
///
/// assert!(matches!(Tag::OWNER, ColumnOwner::Table(BindKey::DEFAULT, "tags")));
/// # Ok(())
/// # }
/// ```
pub trait Columns: 'static {
    /// The bind of its typed columns: a model's; [`AnyBind`](crate::AnyBind) for an abstract base, whose children may be on several, and
    /// for a view.
    type ColumnBind: Send + Sync + 'static;
    /// What they are columns of.
    const OWNER: ColumnOwner;
}

/// What typed columns are columns of. See [`Columns`].
#[derive(Debug, Clone, Copy)]
pub enum ColumnOwner {
    /// of the table of this name, on this bind: a model's
    Table(BindKey, &'static str),
    /// of whichever table a statement is from: an abstract base's
    Base,
    /// of the select that gives such rows: a view's
    View(fn() -> &'static Table),
}

/// Whose columns a table has: its own, and those of a base that it may inherit. So a statement of one table sets no column of another one: that does
/// not compile. Not to be implemented by hand.
///
/// ```compile_fail,E0277
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # fn main() {
/// let update = Post::update().set(Tag::name.to("engines"));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of `{Self}` can't stand in a statement that changes `{T}`",
    label = "not a column of `{T}`",
    note = "a statement changes the rows of one table: several are changed by several statements, in a transaction"
)]
pub trait ColumnsOf<T> {}

impl Columns for Table {
    type ColumnBind = AnyBind;
    const OWNER: ColumnOwner = ColumnOwner::Base;
}

impl ColumnsOf<Table> for Table {}

/// What statements can be from: a model, which has a table, or a view, which is a select's row. Not to be implemented by hand.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::Relation;
///
/// assert_eq!(Tag::relation().columns().len(), Tag::WIDTH);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no columns that a statement can name",
    label = "neither a model nor a view",
    note = "a view is a struct with a field for each column of a select: add #[derive(FromRow)], and make the rows such structs by `.into::<TheView>()`"
)]
pub trait Relation: Columns + FromRow {
    /// How many columns.
    const WIDTH: usize;

    /// Its columns: of a model, the table itself.
    fn relation() -> &'static Table;

    /// Makes it from the cells of a row, the first of them at `offset`.
    ///
    /// # Errors
    /// As [`FromRow::from_row`].
    fn from_row_at(row: &Row<'_>, offset: usize) -> Result<Self>;
}

/// A struct that is a row of a select, one field for each column, in their order. Implemented by `#[derive(FromRow)]`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// #[derive(FromRow)]
/// struct Busy {
///     author: i64,
///     posts: i64,
/// }
/// let busy = Post::select().columns((Post::author, count())).group_by(Post::author).into::<Busy>();
/// assert_eq!(session.first(busy.order_by(Post::author.asc())).await?.unwrap().posts, 2);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view: a struct with a field for each column",
    note = "add #[derive(FromRow)] to the struct, whose fields have the types of the selected columns, in their order"
)]
pub trait View: Relation {
    /// Its fields, as a tuple: what a select must have as its row.
    type Row;
}

impl<M: Model> Relation for M {
    const WIDTH: usize = <M as super::Fields>::WIDTH;

    fn relation() -> &'static Table {
        M::table()
    }

    fn from_row_at(row: &Row<'_>, offset: usize) -> Result<Self> {
        <M as super::Fields>::from_row_at(row, offset)
    }
}

/// Whether every one of these cells is NULL: the row of an outer join that has no partner.
pub(crate) fn is_all_null(row: &Row<'_>, offset: usize, width: usize) -> Result<bool> {
    for column in offset..offset + width {
        if !row.value(column)?.is_null() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a result has the columns of a view, by name and in order.
pub fn check_view<V: Relation>(found: &[ColumnInfo]) -> Result<()> {
    let view = V::relation();
    view.check_names(found, &format!("a `{}`", view.name()))
}
