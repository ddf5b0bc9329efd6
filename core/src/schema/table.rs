use std::borrow::Cow;
use std::sync::LazyLock;

use super::naming;
use super::texts::{InsertTexts, Kept, Texts};
use super::{Column, OnDelete};
use crate::engine::{ColumnInfo, Dialect};
use crate::{BindKey, Error, ErrorKind, Result};

/// What `bindery::table!` declares: a table that is built when it is first used.
///
/// ```
/// use bindery::prelude::*;
/// use bindery::schema::{Column, StaticTable, Table};
/// use bindery::BindKey;
///
/// static EVENTS: StaticTable = StaticTable::new(|| {
///     Table::new("events", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key())
/// }); // not registered: name it with `Builder::tables`
/// let events = EVENTS.select();
/// ```
pub type StaticTable = LazyLock<Table>;

/// One table as data: its name, its bind, its columns, keys and indexes.
///
/// `#[derive(Model)]` and `table!` make one and register it; by hand it is built up:
///
/// ```
/// use bindery_core::{BindKey, schema::{Column, Table}};
///
/// let table = Table::new("users", BindKey::from_static("auth"))
///     .column(Column::of::<i64>("id").primary_key().generated())
///     .column(Column::of::<String>("email").unique());
/// assert_eq!(table.primary_key().collect::<Vec<_>>(), ["id"]);
/// assert_eq!(table.uniques()[0].name, "uq_users_email");
/// ```
///
/// Constraints are named by one convention on every bind: `pk_users`, `uq_users_email`, `ix_users_name`,
/// `fk_posts_author_id_users`. A name beyond 63 bytes (PostgreSQL's limit) is cut and ends in a hash of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: Cow<'static, str>,
    bind: BindKey,
    columns: Vec<Column>,
    indexes: Vec<Index>,
    uniques: Vec<Index>,
    foreign_keys: Vec<ForeignKey>,
    by_key: Kept<Texts>,
    all_columns: Kept<Texts>,
    insert: Kept<InsertTexts>,
    update: Kept<Texts>,
    delete: Kept<Texts>,
}

/// An index or a unique constraint: its name and columns.
///
/// ```
/// use bindery::{BindKey, schema::{Column, Table}};
///
/// let table = Table::new("events", BindKey::DEFAULT)
///     .columns_from([Column::of::<i64>("at"), Column::of::<String>("kind").index()])
///     .index(None, vec!["at".into(), "kind".into()])
///     .unique(Some("one_each"), vec!["at".into()]);
/// let names: Vec<_> = table.indexes().iter().chain(table.uniques()).map(|index| index.name.as_str()).collect();
/// assert_eq!(names, ["ix_events_kind", "ix_events_at_kind", "one_each"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// the name, by the convention unless one was given
    pub name: String,
    /// the columns, in order
    pub columns: Vec<Cow<'static, str>>,
}

/// A foreign key of one column, on the bind of its table.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::{Model as _, OnDelete};
///
/// let key = &Tag::table().foreign_keys()[0];
/// assert_eq!(key.name, "fk_tags_post_posts");
/// assert_eq!((key.table.as_ref(), key.referred.as_ref(), key.on_delete), ("posts", "id", OnDelete::Cascade));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// the name, by the convention
    pub name: String,
    /// the column that refers
    pub column: Cow<'static, str>,
    /// the bind of the referred table; another than the table's own is an error at connect
    pub bind: BindKey,
    /// the referred table
    pub table: Cow<'static, str>,
    /// the referred column
    pub referred: Cow<'static, str>,
    /// what happens to a row when the row that it refers to is deleted
    pub on_delete: OnDelete,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<Cow<'static, str>>, bind: BindKey) -> Self {
        Table {
            name: name.into(),
            bind,
            columns: Vec::new(),
            indexes: Vec::new(),
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            by_key: Kept::default(),
            all_columns: Kept::default(),
            insert: Kept::default(),
            update: Kept::default(),
            delete: Kept::default(),
        }
    }

    /// Adds a column, with the index, unique constraint and foreign key that it asks for.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        let name: Cow<'static, str> = column.name().to_owned().into();
        if column.is_unique() {
            self = self.unique(None, vec![name.clone()]);
        }
        if column.is_indexed() {
            self = self.index(None, vec![name.clone()]);
        }
        if let Some(reference) = column.reference() {
            self.foreign_keys.push(ForeignKey {
                name: naming::foreign_key(&self.name, &name, &reference.table),
                column: name,
                bind: reference.bind.unwrap_or(self.bind),
                table: reference.table.clone(),
                referred: reference.column.clone(),
                on_delete: reference.on_delete,
            });
        }
        self.columns.push(column);
        self
    }

    /// Adds several columns.
    #[must_use]
    pub fn columns_from(self, columns: impl IntoIterator<Item = Column>) -> Self {
        columns.into_iter().fold(self, Table::column)
    }

    /// Adds an index over columns; without a name it is named by the convention.
    #[must_use]
    pub fn index(mut self, name: Option<&str>, columns: Vec<Cow<'static, str>>) -> Self {
        let name = name.map_or_else(|| naming::index(&self.name, &columns), str::to_owned);
        self.indexes.push(Index { name, columns });
        self
    }

    /// Adds a unique constraint over columns; without a name it is named by the convention.
    #[must_use]
    pub fn unique(mut self, name: Option<&str>, columns: Vec<Cow<'static, str>>) -> Self {
        let name = name.map_or_else(|| naming::unique(&self.name, &columns), str::to_owned);
        self.uniques.push(Index { name, columns });
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bind. It is fixed where the table is defined.
    pub fn bind(&self) -> BindKey {
        self.bind
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether a result begins with this table's columns, by name and in order. What the derive asks for rows of raw SQL.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], naming the columns.
    pub fn check_columns(&self, found: &[ColumnInfo]) -> Result<()> {
        self.check_names(found, "a row of this table").map_err(|error| error.at_table(self.name()))
    }

    pub(super) fn check_names(&self, found: &[ColumnInfo], what: &str) -> Result<()> {
        let mut columns = self.columns().iter().enumerate();
        let wrong = columns.find(|(place, column)| !found.get(*place).is_some_and(|info| info.name.eq_ignore_ascii_case(column.name())));
        let Some((_, column)) = wrong else { return Ok(()) };
        let names = self.columns().iter().map(|column| format!("`{}`", column.name())).collect::<Vec<_>>().join(", ");
        let message = format!("{what} is made from the columns {names}, first and in this order, and the SQL gives others");
        Err(Error::new(ErrorKind::Decode, message).at_column(column.name()))
    }

    /// A column by its name.
    pub fn find_column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// The names of the primary key's columns, in order.
    pub fn primary_key(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.is_primary_key()).map(Column::name)
    }

    /// The name of the primary key's constraint: `pk_users`.
    pub fn primary_key_name(&self) -> String {
        naming::primary_key(&self.name)
    }

    /// The indexes, unique constraints apart.
    pub fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    /// The unique constraints, the primary key apart.
    pub fn uniques(&self) -> &[Index] {
        &self.uniques
    }

    /// The foreign keys.
    pub fn foreign_keys(&self) -> &[ForeignKey] {
        &self.foreign_keys
    }

    /// The text that selects a row by its primary key, in a dialect; `write` makes it the first time.
    pub(crate) fn text_by_key(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.by_key.get_or_write(dialect, write)
    }

    /// All its columns as a select lists them, in a dialect; `write` makes it the first time.
    pub(crate) fn text_of_columns(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.all_columns.get_or_write(dialect, write)
    }

    /// The text that inserts one row that gives the columns at these places, in a dialect, and gives it back where that is asked for; `write` makes
    /// it the first time.
    pub(crate) fn text_of_insert(
        &self,
        dialect: &Dialect,
        places: &[usize],
        returning: bool,
        write: impl FnOnce() -> Result<String>,
    ) -> Result<Cow<'_, str>> {
        self.insert.get_or_write(places, returning, dialect, write)
    }

    /// The text that updates the row of a model, in a dialect; `write` makes it the first time.
    pub(crate) fn text_of_update(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.update.get_or_write(dialect, write)
    }

    /// The text that deletes the row of a model, in a dialect; `write` makes it the first time.
    pub(crate) fn text_of_delete(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.delete.get_or_write(dialect, write)
    }
}
