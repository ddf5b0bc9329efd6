use std::borrow::Cow;

use super::Reference;
use crate::engine::Dialect;
use crate::value::{Enumeration, Scalar, SqlType, Value};
use crate::{Error, ErrorKind, Result};

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
    enumeration: Option<Enumeration>,
    computed: Option<Cow<'static, str>>,
    computed_when_read: bool,
    check: Option<Cow<'static, str>>,
    comment: Option<Cow<'static, str>>,
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
            enumeration: None,
            computed: None,
            computed_when_read: false,
            check: None,
            comment: None,
        }
    }

    /// The column of a Rust type, nullable where that is an `Option`, and of its enumeration where it is of one.
    pub fn of<T: Scalar>(name: impl Into<Cow<'static, str>>) -> Self {
        let mut column = Column::new(name, T::TYPE);
        (column.nullable, column.enumeration) = (T::NULLABLE, T::ENUMERATION);
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

    /// The server computes its value from the row's other columns, by this SQL, and keeps it with the row. bindery neither inserts nor
    /// updates it.
    ///
    /// ```
    /// use bindery::schema::Column;
    ///
    /// let total = Column::of::<i64>("total").computed("price * amount");
    /// assert_eq!(total.get_computed(), Some("price * amount"));
    /// ```
    #[must_use]
    pub fn computed(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.computed = Some(sql.into());
        self
    }

    /// The same, computed whenever it is read, and not kept: `VIRTUAL`. On PostgreSQL from 18 on.
    #[must_use]
    pub fn computed_when_read(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.computed_when_read = true;
        self.computed(sql)
    }

    /// What must not be false of any row, as SQL: a check constraint of the table, which has the column's name in its own:
    /// `ck_films_length`.
    #[must_use]
    pub fn check(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.check = Some(sql.into());
        self
    }

    /// What people are told of it in the database. SQLite keeps no comments.
    #[must_use]
    pub fn comment(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// Its values are those of an enumeration, which is a type of the server's own on PostgreSQL and MySQL. [`of`](Column::of) does it for
    /// a type that has one.
    #[must_use]
    pub fn enumeration(mut self, enumeration: Enumeration) -> Self {
        self.enumeration = Some(enumeration);
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

    /// The SQL that the server computes it by.
    pub fn get_computed(&self) -> Option<&str> {
        self.computed.as_deref()
    }

    /// Whether the server keeps what it computes.
    pub fn is_stored(&self) -> bool {
        !self.computed_when_read
    }

    /// Whether the server computes its value.
    pub fn is_computed(&self) -> bool {
        self.computed.is_some()
    }

    /// What must not be false of any row, as SQL.
    pub fn get_check(&self) -> Option<&str> {
        self.check.as_deref()
    }

    /// What people are told of it in the database.
    pub fn get_comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The enumeration that it is of, unless it has a type in the server's own words.
    pub fn get_enumeration(&self) -> Option<Enumeration> {
        self.enumeration.filter(|_| self.type_override.is_none())
    }

    /// The column that it refers to.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// Whether it is generated as SQLite numbers every row, by a type that begins with `INTEGER`.
    pub(crate) fn is_row_number(&self) -> bool {
        let name = self.type_override.as_deref().and_then(|name| name.split(' ').next());
        self.generated && name.is_some_and(|name| name.eq_ignore_ascii_case("integer"))
    }

    /// The type that its parameters are sent as. `None`: the server infers it, for one of its own types is none of ours, and a text
    /// beside it would make the comparison one of texts (PostgreSQL's `citext`) or an error (its enumerations).
    pub(crate) fn parameter_type(&self) -> Option<SqlType> {
        let is_ours = self.type_override.is_none() && self.enumeration.is_none() && !self.sql_type.is_servers_own();
        is_ours.then_some(self.sql_type)
    }

    /// Whether its values can be said to be of this type: the one that it is declared as. What a type of the server's own reads as is not bindery's to say, but that a number
    /// is a number, and a moment a moment.
    pub(crate) fn is_used_as(&self, used: SqlType) -> bool {
        let both = |is: fn(SqlType) -> bool| is(self.sql_type) && is(used);
        let is_servers = self.type_override.is_some() && (both(SqlType::is_number) || both(SqlType::is_moment));
        self.sql_type == used || self.sql_type.is_servers_own() || is_servers
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
    pub(crate) fn check_value(&self, value: &Value) -> Result<()> {
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

    /// Refuses to give a value to what the server computes.
    pub(crate) fn check_is_given(&self) -> Result<()> {
        if !self.is_computed() {
            return Ok(());
        }
        let message = "the server computes the column from others: leave it out, and give those";
        Err(Error::new(ErrorKind::InvalidStatement, message).at_column(self.name.clone()))
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
        match (&self.type_override, &self.enumeration) {
            (Some(name), _) => name.clone().into_owned(),
            (None, Some(enumeration)) => dialect.enumeration_type(enumeration),
            (None, None) => dialect.type_name(self.sql_type, self.max_length, self.decimal),
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
