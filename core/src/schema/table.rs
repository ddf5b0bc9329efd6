use std::borrow::Cow;
use std::sync::LazyLock;

use super::naming;
use super::texts::{InsertTexts, Kept, Texts};
use super::{Check, Column, ForeignKey, Index, Reference, Unique};
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
/// Constraints and indexes are named by one convention on every bind: `pk_users`, `uq_users_email`, `ix_users_name`, `ux_users_name` for a
/// unique index, `fk_posts_author_id_users`, `ck_films_length` for the check of a column. What has no columns to be named for has a hash of
/// its text: `ck_films_508d080b`. A name beyond 63 bytes (PostgreSQL's limit) is cut and ends in a hash of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: Cow<'static, str>,
    bind: BindKey,
    columns: Vec<Column>,
    indexes: Vec<Index>,
    uniques: Vec<Unique>,
    foreign_keys: Vec<ForeignKey>,
    checks: Vec<Check>,
    comment: Option<Cow<'static, str>>,
    key_name: Option<String>,
    key_order: Vec<Cow<'static, str>>,
    options: Option<Cow<'static, str>>,
    by_key: Kept<Texts>,
    all_columns: Kept<Texts>,
    insert: Kept<InsertTexts>,
    update: Kept<Texts>,
    delete: Kept<Texts>,
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
            checks: Vec::new(),
            comment: None,
            key_name: None,
            key_order: Vec::new(),
            options: None,
            by_key: Kept::default(),
            all_columns: Kept::default(),
            insert: Kept::default(),
            update: Kept::default(),
            delete: Kept::default(),
        }
    }

    /// Adds a column, with the index, unique constraint, foreign key and check that it asks for.
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
            self = self.foreign_key(None, vec![name.clone()], reference.clone());
        }
        if let Some(sql) = column.get_check() {
            let check = naming::check_of_column(&self.name, &name);
            self = self.check(Some(&check), sql.to_owned());
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
    pub fn index(self, name: Option<&str>, columns: Vec<Cow<'static, str>>) -> Self {
        self.add_index(Index::over_columns(columns.into_iter().map(Cow::into_owned)).named(name.unwrap_or_default()))
    }

    /// Adds an index of any kind; without a name it is named by the convention.
    #[must_use]
    pub fn add_index(mut self, mut index: Index) -> Self {
        if index.name.is_empty() {
            index.name = naming::index(&self.name, &index);
        }
        self.indexes.push(index);
        self
    }

    /// Adds a unique constraint over columns; without a name it is named by the convention.
    #[must_use]
    pub fn unique(mut self, name: Option<&str>, columns: Vec<Cow<'static, str>>) -> Self {
        let name = name.map_or_else(|| naming::unique(&self.name, &columns), str::to_owned);
        self.uniques.push(Unique { name, columns });
        self
    }

    /// Adds a foreign key over columns; without a name it is named by the convention.
    ///
    /// ```
    /// use bindery::{BindKey, schema::{Column, Reference, Table}};
    ///
    /// let lines = Table::new("lines", BindKey::DEFAULT)
    ///     .columns_from(["shop", "number", "line"].map(|name| Column::of::<i64>(name).primary_key()))
    ///     .foreign_key(None, vec!["shop".into(), "number".into()], Reference::to_named("orders", "shop").and("number"));
    /// assert_eq!(lines.foreign_keys()[0].name, "fk_lines_shop_number_orders");
    /// ```
    #[must_use]
    pub fn foreign_key(mut self, name: Option<&str>, columns: Vec<Cow<'static, str>>, reference: Reference) -> Self {
        self.foreign_keys.push(ForeignKey {
            name: name.map_or_else(|| naming::foreign_key(&self.name, &columns, &reference.table), str::to_owned),
            columns,
            bind: reference.bind.unwrap_or(self.bind),
            table: reference.table,
            referred: reference.columns,
            on_delete: reference.on_delete,
            on_update: reference.on_update,
            options: reference.options,
        });
        self
    }

    /// Adds a check: what must not be false of any row, as SQL. Without a name it is named by a hash of its text. MySQL 5.7 reads checks
    /// and does not keep them: [`Capabilities::check_constraints`](crate::engine::Capabilities::check_constraints).
    ///
    /// ```
    /// use bindery::{BindKey, schema::{Column, Table}};
    ///
    /// let films = Table::new("films", BindKey::DEFAULT)
    ///     .column(Column::of::<i16>("length").check("length > 0"))
    ///     .column(Column::of::<i16>("cut"))
    ///     .check(Some("cut_is_shorter"), "cut < length");
    /// let names: Vec<_> = films.checks().iter().map(|check| check.name.as_str()).collect();
    /// assert_eq!(names, ["ck_films_length", "cut_is_shorter"]);
    /// ```
    #[must_use]
    pub fn check(mut self, name: Option<&str>, sql: impl Into<Cow<'static, str>>) -> Self {
        let sql = sql.into();
        let name = name.map_or_else(|| naming::check(&self.name, &sql), str::to_owned);
        self.checks.push(Check { name, sql });
        self
    }

    /// What is particular about the constraint of its primary key: another name than the convention's, none at all where it is empty; and the order of its columns, where that
    /// is not theirs in the table.
    ///
    /// ```
    /// use bindery::{BindKey, engine::Dialect, schema::{Column, Table}};
    ///
    /// let films = Table::new("film_actor", BindKey::DEFAULT)
    ///     .columns_from(["actor", "film"].map(|name| Column::of::<i64>(name).primary_key()))
    ///     .primary_key_as(Some("film_actor_pkey"), vec!["film".into(), "actor".into()]);
    /// let key = films.definition(&Dialect::postgres())?.primary_key.unwrap();
    /// assert_eq!((key.name.as_str(), key.columns), ("film_actor_pkey", vec!["film".to_owned(), "actor".to_owned()]));
    /// # Ok::<(), bindery::Error>(())
    /// ```
    #[must_use]
    pub fn primary_key_as(mut self, name: Option<&str>, order: Vec<Cow<'static, str>>) -> Self {
        self.key_name = name.map(str::to_owned);
        self.key_order = order;
        self
    }

    /// Whatever else is said when it is created, in the server's words, behind its columns: MySQL's `"ENGINE=InnoDB COLLATE=utf8mb4_bin"`, SQLite's `"STRICT"`,
    /// PostgreSQL's `"PARTITION BY RANGE (at)"`.
    #[must_use]
    pub fn options(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.options = Some(sql.into());
        self
    }

    /// What people are told of it in the database. SQLite keeps no comments.
    #[must_use]
    pub fn comment(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.comment = Some(text.into());
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

    /// The name of the primary key's constraint: `pk_users`, unless it was given another.
    pub fn primary_key_name(&self) -> String {
        self.key_name.clone().unwrap_or_else(|| naming::primary_key(&self.name))
    }

    /// The columns of the primary key, in the order of its constraint.
    pub(super) fn primary_key_order(&self) -> Vec<&str> {
        if self.key_order.is_empty() { self.primary_key().collect() } else { self.key_order.iter().map(AsRef::as_ref).collect() }
    }

    /// Whatever else is said when it is created, in the server's words.
    pub fn get_options(&self) -> Option<&str> {
        self.options.as_deref()
    }

    /// The indexes, unique constraints apart.
    pub fn indexes(&self) -> &[Index] {
        &self.indexes
    }

    /// The unique constraints, the primary key apart.
    pub fn uniques(&self) -> &[Unique] {
        &self.uniques
    }

    /// The foreign keys.
    pub fn foreign_keys(&self) -> &[ForeignKey] {
        &self.foreign_keys
    }

    /// The checks.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// What people are told of it in the database.
    pub fn get_comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The columns of each of its keys by which a row may be there already, with the key's name: the primary key, unique constraints, and
    /// unique indexes over whole columns of all rows.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Cow<'_, str>, Vec<&str>)> {
        let primary: Vec<_> = self.primary_key().collect();
        let primary = (!primary.is_empty()).then(|| (self.primary_key_name().into(), primary));
        let uniques = self.uniques.iter().map(|unique| (unique.name.as_str().into(), unique.columns.iter().map(AsRef::as_ref).collect()));
        let indexes = self.indexes.iter().filter_map(|index| Some((index.name.as_str().into(), index.key()?)));
        primary.into_iter().chain(uniques).chain(indexes)
    }

    /// The text that selects a row by its primary key, in a dialect; `write` makes it the first time.
    pub(crate) fn text_by_key(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.by_key.get_or_write(dialect, write)
    }

    /// All its columns as a select lists them, in a dialect; `write` makes it the first time.
    pub(crate) fn text_of_columns(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        self.all_columns.get_or_write(dialect, write)
    }

    /// The text that inserts one row that gives the columns at these places, in a dialect, and gives it back where that is asked for;
    /// `write` makes it the first time.
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
