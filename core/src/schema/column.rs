use std::borrow::Cow;
use std::fmt;

use crate::engine::Dialect;
use crate::schema::Model;
use crate::value::{Scalar, SqlType, Value};
use crate::{BindKey, Error, ErrorKind, Result};

/// One column of a [`Table`](super::Table), as data.
///
/// ```
/// use bindery_core::schema::Column;
///
/// let email = Column::of::<String>("email").unique().max_length(120);
/// assert_eq!(email.name(), "email");
/// assert!(!email.is_nullable());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    name: Cow<'static, str>,
    sql_type: SqlType,
    nullable: bool,
    primary_key: bool,
    generated: bool,
    version: bool,
    unique: bool,
    indexed: bool,
    max_length: Option<u32>,
    decimal: Option<(u8, u8)>,
    type_override: Option<Cow<'static, str>>,
    sql_default: Option<Cow<'static, str>>,
    reference: Option<Reference>,
}

/// The one column that a column refers to: a foreign key of one column.
///
/// ```
/// use bindery::schema::{Column, OnDelete, Reference};
///
/// let author = Column::of::<i64>("author").references(Reference::to_named("users", "id").on_delete(OnDelete::Cascade));
/// assert_eq!(author.reference().unwrap().table, "users");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// the bind of the referred table; `None`: that of the table that has this column
    pub bind: Option<BindKey>,
    /// the referred table
    pub table: Cow<'static, str>,
    /// the referred column
    pub column: Cow<'static, str>,
    /// what happens to a row when the row that it refers to is deleted
    pub on_delete: OnDelete,
}

/// What happens to a row when the row that it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnDelete {
    /// the delete is refused at the end of the statement
    #[default]
    NoAction,
    /// the delete is refused
    Restrict,
    /// the row is deleted too
    Cascade,
    /// the column becomes NULL
    SetNull,
    /// the column becomes its `sql_default`; not on MySQL and MariaDB
    SetDefault,
}

impl Column {
    /// A column of this type; not nullable.
    pub fn new(name: impl Into<Cow<'static, str>>, sql_type: SqlType) -> Self {
        Column {
            name: name.into(),
            sql_type,
            nullable: false,
            primary_key: false,
            generated: false,
            version: false,
            unique: false,
            indexed: false,
            max_length: None,
            decimal: None,
            type_override: None,
            sql_default: None,
            reference: None,
        }
    }

    /// The column of a Rust type, nullable where that is an `Option`.
    pub fn of<T: Scalar>(name: impl Into<Cow<'static, str>>) -> Self {
        let mut column = Column::new(name, T::TYPE);
        column.nullable = T::NULLABLE;
        column
    }

    /// NULL is allowed.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// It is the primary key, or one column of it.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// The server generates its value: an identity column.
    #[must_use]
    pub fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// It counts the updates of a row, by whichever of bindery's statements, unless they set it; so
    /// [`Session::update`](crate::session::Session::update) finds out whether the row is as it was read. An integer without NULL.
    #[must_use]
    pub fn version(mut self) -> Self {
        self.version = true;
        self
    }

    /// No two rows have the same value, NULL apart.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// It has an index of its own.
    #[must_use]
    pub fn index(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// At most this many characters (Unicode scalar values) of text. A longer one is refused before it is sent, on every backend; SQLite
    /// itself does not check it in SQL that others send.
    #[must_use]
    pub fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// The digits of a decimal: in all, and after the point.
    #[must_use]
    pub fn decimal(mut self, precision: u8, scale: u8) -> Self {
        self.decimal = Some((precision, scale));
        self
    }

    /// The column's type in the server's own words, instead of the dialect's.
    #[must_use]
    pub fn type_override(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.type_override = Some(name.into());
        self
    }

    /// The default that the server fills in, as SQL: `"CURRENT_TIMESTAMP"`, `"0"`.
    #[must_use]
    pub fn sql_default(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.sql_default = Some(sql.into());
        self
    }

    /// It refers to a column of another table.
    #[must_use]
    pub fn references(mut self, reference: Reference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type, in bindery's terms.
    pub fn sql_type(&self) -> SqlType {
        self.sql_type
    }

    /// Whether NULL is allowed.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// Whether it is the primary key, or one column of it.
    pub fn is_primary_key(&self) -> bool {
        self.primary_key
    }

    /// Whether the server generates its value.
    pub fn is_generated(&self) -> bool {
        self.generated
    }

    /// Whether it counts the updates of a row.
    pub fn is_version(&self) -> bool {
        self.version
    }

    /// Whether it has a unique constraint of its own.
    pub fn is_unique(&self) -> bool {
        self.unique
    }

    /// Whether it has an index of its own.
    pub fn is_indexed(&self) -> bool {
        self.indexed
    }

    /// The default that the server fills in, as SQL.
    pub fn get_sql_default(&self) -> Option<&str> {
        self.sql_default.as_deref()
    }

    /// The column that it refers to.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// The type that its parameters are sent as. `None`: the server infers it, for one of its own types is none of ours, and a text
    /// beside it would make the comparison one of texts (PostgreSQL's `citext`) or an error (its enumerations).
    pub(crate) fn parameter_type(&self) -> Option<SqlType> {
        (self.type_override.is_none() && !self.sql_type.is_servers_own()).then_some(self.sql_type)
    }

    /// Whether the values of many rows can be one parameter. Arrays of arrays have another shape, and what an array of one of the
    /// server's own types is called is the server's to know.
    pub(crate) fn is_sent_in_arrays(&self) -> bool {
        self.parameter_type().is_some() && !matches!(self.sql_type, SqlType::Array(_))
    }

    /// The type of an array of its values.
    pub(crate) fn array_type(&'static self) -> SqlType {
        SqlType::Array(&self.sql_type)
    }

    /// Of a decimal with a length of its own.
    pub(crate) fn digits_before_point(&self) -> Option<u8> {
        self.decimal.map(|(precision, scale)| precision.saturating_sub(scale))
    }

    /// Refuses what servers treat differently: a decimal with more places than the column has, which some would round in silence, and a
    /// text that is longer, which SQLite would keep, and PostgreSQL cut where all the rest is spaces.
    pub(crate) fn check(&self, value: &Value) -> Result<()> {
        let message = match (value, self.decimal, self.max_length) {
            (Value::Decimal(digits), Some((_, scale)), _) => too_many_places(digits, scale),
            (Value::Text(text), _, Some(characters)) => too_long(text, characters),
            _ => None,
        };
        match message {
            Some(message) => Err(Error::new(ErrorKind::InvalidValue, message).at_column(self.name.clone())),
            None => Ok(()),
        }
    }

    /// The type in the words of a backend.
    ///
    /// ```
    /// use bindery::{engine::Dialect, schema::Column};
    ///
    /// let email = Column::of::<String>("email").max_length(120);
    /// assert_eq!(email.type_name(&Dialect::postgres()), r#"varchar(120) COLLATE "C""#);
    /// assert_eq!(email.type_override("citext").type_name(&Dialect::postgres()), "citext");
    /// ```
    pub fn type_name(&self, dialect: &Dialect) -> String {
        match &self.type_override {
            Some(name) => name.clone().into_owned(),
            None => dialect.type_name(self.sql_type, self.max_length, self.decimal),
        }
    }
}

fn too_many_places(digits: &str, scale: u8) -> Option<String> {
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches('0'));
    let message = || format!("the decimal has {} places after the point, and its column {scale}: round it first", fraction.len());
    (fraction.len() > usize::from(scale)).then(message)
}

fn too_long(text: &str, characters: u32) -> Option<String> {
    // Fewer bytes are no more characters: most texts are never counted.
    if text.len() as u64 <= u64::from(characters) {
        return None;
    }
    let given = text.chars().count();
    let message = || format!("the text has {given} characters, and its column at most {characters}: shorten it first");
    (given as u64 > u64::from(characters)).then(message)
}

impl Reference {
    /// Refers to a column of a model, on that model's bind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::schema::Reference;
    ///
    /// let reference = Reference::to::<Post>("id");
    /// assert_eq!((reference.table.as_ref(), reference.bind), ("posts", Some(BindKey::DEFAULT)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to<M: Model>(column: impl Into<Cow<'static, str>>) -> Self {
        Reference {
            bind: Some(<M::Bind as crate::BindName>::KEY),
            table: M::NAME.into(),
            column: column.into(),
            on_delete: OnDelete::default(),
        }
    }

    /// Refers to a column of a table on the same bind, both by name.
    pub fn to_named(table: impl Into<Cow<'static, str>>, column: impl Into<Cow<'static, str>>) -> Self {
        Reference { bind: None, table: table.into(), column: column.into(), on_delete: OnDelete::default() }
    }

    /// With what happens on delete.
    #[must_use]
    pub fn on_delete(mut self, on_delete: OnDelete) -> Self {
        self.on_delete = on_delete;
        self
    }
}

impl fmt::Display for OnDelete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OnDelete::NoAction => "NO ACTION",
            OnDelete::Restrict => "RESTRICT",
            OnDelete::Cascade => "CASCADE",
            OnDelete::SetNull => "SET NULL",
            OnDelete::SetDefault => "SET DEFAULT",
        })
    }
}
