//! Where statements start: on a model, or on a bare table.

use std::borrow::Cow;

use super::node::Source;
use super::{Alias, Assignment, ColumnList, Delete, DynamicRow, Insert, RowsFor, Select, TableColumn, Unfiltered, Update, WholeRow};
use crate::AnyBind;
use crate::schema::{Insertable, Model, Table};
use crate::value::Scalar;

/// The statements of a model: `User::select()`, `User::update()` …
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// session.execute(Post::update().set(Post::stars.to(2)).filter(Post::stars.is_null())).await?;
/// session.execute(Post::delete().filter(Post::id.eq(2))).await?;
/// assert_eq!(session.all(Post::select()).await?.len(), 2);
/// # Ok(())
/// # }
/// ```
pub trait ModelExt: Model {
    /// Its rows.
    fn select() -> Select<Self, Self::Bind> {
        Select::of::<Self>()
    }

    /// Inserts rows: models with all their columns, or their `New…` without the generated ones.
    ///
    /// Where a row brings its generated key, SQLite goes on above it. PostgreSQL goes on from the last key that it generated itself, and
    /// so may come to one that is there: after loading rows with their keys, set its sequence (`setval`).
    fn insert<T: Insertable<Model = Self>>(rows: impl IntoIterator<Item = T>) -> Insert<Self> {
        Insert::rows_of(rows)
    }

    /// Inserts the rows of a select or union of the same database: what it lists goes into these columns, one for each. Inside the server, so however
    /// many there are. Columns that aren't named get their defaults. The types are checked, but for NULL: one that comes into a column that takes none is the
    /// server's error, [`ErrorKind::NotNullViolation`](crate::ErrorKind::NotNullViolation).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let unrated = Post::select().columns((Post::id, value("unrated"))).filter(Post::stars.is_null());
    /// let done = session.execute(Tag::insert_from((Tag::post, Tag::name), unrated)).await?;
    /// assert_eq!(done.rows_affected, Some(1));
    /// # Ok(())
    /// # }
    /// ```
    fn insert_from<C: ColumnList<Self>>(columns: C, query: impl RowsFor<C::Values, Self::Bind>) -> Insert<Self> {
        Insert::of_query(Self::table(), columns, query)
    }

    /// Changes the rows that a filter names; without one, running it does not compile.
    fn update() -> Update<Self, Unfiltered> {
        Update::of(Self::table())
    }

    /// Changes every row.
    fn update_all() -> Update<Self> {
        Update::of(Self::table())
    }

    /// Deletes the rows that a filter names; without one, running it does not compile.
    fn delete() -> Delete<Self, Unfiltered> {
        Delete::of(Self::table())
    }

    /// Deletes every row.
    fn delete_all() -> Delete<Self> {
        Delete::of(Self::table())
    }

    /// Its table under another name.
    fn alias(name: impl Into<Cow<'static, str>>) -> Alias<Self, Self::Bind> {
        Alias::of_table(name.into())
    }

    /// All its columns, for a [selection](super::Selection).
    fn row() -> WholeRow<Self, Self::Bind> {
        WholeRow::new(Source::plain(Self::table()))
    }
}

impl<M: Model> ModelExt for M {}

/// The statements of a bare [`Table`]: rows are dynamic, and what names two binds is an error before anything is sent. Joins, aliases, inserts of many rows and rows
/// that come back are a model's.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// // table! { #[table(name = "events", bind = "auth")] static EVENTS { … } }
/// let (kind, user) = (EVENTS.col::<String>("kind"), EVENTS.col::<Option<i64>>("user"));
///
/// session.execute(EVENTS.insert([kind.clone().to("logout"), user.clone().to(1)])).await?;
/// session.execute(EVENTS.update().set(user.to(None)).filter(kind.clone().eq("login"))).await?;
/// let rows = session.all(EVENTS.select().filter(kind.eq("logout"))).await?;
/// assert_eq!(rows[0].get::<Option<i64>>("user")?, Some(1));
/// # Ok(())
/// # }
/// ```
pub trait TableExt {
    /// One of its columns, whose values are `V`. A name that the table lacks, or another type
    /// than it declares, is an error when the statement is run.
    fn col<V: Scalar>(&'static self, name: impl Into<Cow<'static, str>>) -> TableColumn<V>;

    /// Its rows.
    fn select(&'static self) -> Select<DynamicRow, AnyBind>;

    /// Inserts a row of these values; a column that isn't named is left to the server.
    fn insert(&'static self, values: impl IntoIterator<Item = Assignment<Table>>) -> Insert<Table>;

    /// Inserts the rows of a select or union of the same database: what it lists goes into these columns, one for each.
    fn insert_from<C: ColumnList<Table>>(&'static self, columns: C, query: impl RowsFor<C::Values, AnyBind>) -> Insert<Table>;

    /// Changes the rows that a filter names; without one, running it does not compile.
    fn update(&'static self) -> Update<Table, Unfiltered>;

    /// Changes every row.
    fn update_all(&'static self) -> Update<Table>;

    /// Deletes the rows that a filter names; without one, running it does not compile.
    fn delete(&'static self) -> Delete<Table, Unfiltered>;

    /// Deletes every row.
    fn delete_all(&'static self) -> Delete<Table>;
}

impl TableExt for Table {
    fn col<V: Scalar>(&'static self, name: impl Into<Cow<'static, str>>) -> TableColumn<V> {
        TableColumn::new(self, name.into())
    }

    fn select(&'static self) -> Select<DynamicRow, AnyBind> {
        Select::new(Source::plain(self))
    }

    fn insert(&'static self, values: impl IntoIterator<Item = Assignment<Table>>) -> Insert<Table> {
        Insert::of_row(self, values)
    }

    fn insert_from<C: ColumnList<Table>>(&'static self, columns: C, query: impl RowsFor<C::Values, AnyBind>) -> Insert<Table> {
        Insert::of_query(self, columns, query)
    }

    fn update(&'static self) -> Update<Table, Unfiltered> {
        Update::of(self)
    }

    fn update_all(&'static self) -> Update<Table> {
        Update::of(self)
    }

    fn delete(&'static self) -> Delete<Table, Unfiltered> {
        Delete::of(self)
    }

    fn delete_all(&'static self) -> Delete<Table> {
        Delete::of(self)
    }
}
