use super::overrides::{LimitForm, Overrides, Placeholders, UpsertForm};
use crate::value::{Enumeration, SqlType};
use crate::{Error, ErrorKind, Result};

/// How a backend spells SQL: one of three families, and where it differs from that. A near relative (DuckDB, CockroachDB, TiDB, Turso)
/// is a constant of a few lines; it costs nothing to look at.
///
/// ```
/// use bindery_core::engine::{Dialect, Family, LimitForm, Placeholders, UpsertForm};
/// use bindery_core::value::SqlType;
///
/// const TURSO: Dialect = Dialect::sqlite().named("turso").without_types(&[SqlType::Decimal]);
/// assert!(!TURSO.has(SqlType::Decimal));
///
/// const COCKROACHDB: Dialect = Dialect::postgres().named("cockroachdb").with_types(&[(SqlType::Text, "string"), (SqlType::I16, "int2")]);
/// assert_eq!(COCKROACHDB.type_name(SqlType::I16, None, None), "int2");
/// assert_eq!((COCKROACHDB.family(), COCKROACHDB.quote("a")), (Family::Postgres, "\"a\"".to_owned())); // PostgreSQL's
///
/// const ANOTHER: Dialect = Dialect::mysql()
///     .named("another")
///     .with_quotes('[', ']')
///     .with_placeholders(Placeholders::Numbered("@p"))
///     .with_limit(LimitForm::OffsetFetch)
///     .with_upsert(UpsertForm::OnConflict);
/// assert_eq!((ANOTHER.quote("a]b"), ANOTHER.placeholder(2)), ("[a]]b]".to_owned(), "@p2".to_owned()));
/// ```
#[derive(Debug, Clone)]
pub struct Dialect {
    name: &'static str,
    spelling: Spelling,
}

/// All of a dialect that is seen in its SQL: texts are kept by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Spelling {
    family: Family,
    /// `None` for a family's own, which then costs no more to hash than its family.
    overrides: Option<Overrides>,
}

impl Spelling {
    /// The family, if it is the family's own.
    pub(crate) fn of_family(self) -> Option<Family> {
        self.overrides.is_none().then_some(self.family)
    }
}

/// The three families of SQL that bindery writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// `"quoted"`, `$1`
    Postgres,
    /// `` `quoted` ``, `?`
    MySql,
    /// `"quoted"`, `?`
    Sqlite,
}

impl Dialect {
    /// PostgreSQL's own.
    pub const fn postgres() -> Self {
        Dialect { name: "postgresql", spelling: Spelling { family: Family::Postgres, overrides: None } }
    }

    /// MySQL's and MariaDB's own.
    pub const fn mysql() -> Self {
        Dialect { name: "mysql", spelling: Spelling { family: Family::MySql, overrides: None } }
    }

    /// SQLite's own.
    pub const fn sqlite() -> Self {
        Dialect { name: "sqlite", spelling: Spelling { family: Family::Sqlite, overrides: None } }
    }

    /// Under a name of its own.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// With other quotes around names. In a name, the closing one is doubled.
    #[must_use]
    pub const fn with_quotes(self, opening: char, closing: char) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { quotes: Some((opening, closing)), ..overrides })
    }

    /// With other placeholders in the statements that bindery writes. Those of raw SQL are the server's own anyway.
    #[must_use]
    pub const fn with_placeholders(self, placeholders: Placeholders) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { placeholders: Some(placeholders), ..overrides })
    }

    /// With another form of LIMIT and OFFSET.
    #[must_use]
    pub const fn with_limit(self, limit: LimitForm) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { limit: Some(limit), ..overrides })
    }

    /// With another form of an insert of rows that may be there already.
    #[must_use]
    pub const fn with_upsert(self, upsert: UpsertForm) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { upsert: Some(upsert), ..overrides })
    }

    /// With these names of types, all at once. Each stands as it is, so it says for itself what the family's says: that text is sorted by code
    /// point, and what keeps a decimal exact. An array is named for its elements, unless it is listed itself.
    #[must_use]
    pub const fn with_types(self, types: &'static [(SqlType, &'static str)]) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { types, ..overrides })
    }

    /// Without these types, all at once: a table with such a column, unless that names a type of the server's own, and a parameter of such
    /// a type are [`ErrorKind::Unsupported`]; no table is made, and no statement sent.
    #[must_use]
    pub const fn without_types(self, types: &'static [SqlType]) -> Self {
        let overrides = self.overrides();
        self.with(Overrides { without_types: types, ..overrides })
    }

    const fn overrides(&self) -> Overrides {
        match self.spelling.overrides {
            Some(overrides) => overrides,
            None => Overrides::NONE,
        }
    }

    const fn with(mut self, overrides: Overrides) -> Self {
        self.spelling.overrides = Some(overrides);
        self
    }

    /// The family.
    pub const fn family(&self) -> Family {
        self.spelling.family
    }

    /// The name, for people.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// A name, quoted.
    pub fn quote(&self, name: &str) -> String {
        let (opening, closing) = self.quotes();
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(opening);
        for letter in name.chars() {
            if letter == closing {
                quoted.push(closing);
            }
            quoted.push(letter);
        }
        quoted.push(closing);
        quoted
    }

    fn quotes(&self) -> (char, char) {
        self.own_quotes().unwrap_or((self.family_quote(), self.family_quote()))
    }

    pub(crate) fn own_quotes(&self) -> Option<(char, char)> {
        self.overrides().quotes
    }

    pub(crate) fn family_quote(&self) -> char {
        match self.family() {
            Family::Postgres | Family::Sqlite => '"',
            Family::MySql => '`',
        }
    }

    /// The placeholder of a parameter, by its number from 1.
    pub fn placeholder(&self, number: usize) -> String {
        match self.placeholders() {
            Placeholders::Plain(mark) => mark.to_owned(),
            Placeholders::Numbered(mark) => format!("{mark}{number}"),
        }
    }

    pub(crate) fn placeholders(&self) -> Placeholders {
        self.overrides().placeholders.unwrap_or(match self.family() {
            Family::Postgres => Placeholders::Numbered("$"),
            Family::MySql | Family::Sqlite => Placeholders::Plain("?"),
        })
    }

    pub(crate) fn limit_form(&self) -> LimitForm {
        self.overrides().limit.unwrap_or(LimitForm::LimitOffset)
    }

    pub(crate) fn upsert_form(&self) -> UpsertForm {
        self.overrides().upsert.unwrap_or(match self.family() {
            Family::Postgres | Family::Sqlite => UpsertForm::OnConflict,
            Family::MySql => UpsertForm::OnDuplicateKey,
        })
    }

    /// Whether it has a type for these values.
    pub fn has(&self, sql_type: SqlType) -> bool {
        let has_elements = !matches!(sql_type, SqlType::Array(element) if !self.has(*element));
        has_elements && !self.overrides().without_types.contains(&sql_type)
    }

    /// Refuses what it has no type for.
    pub(crate) fn check_type(&self, sql_type: SqlType) -> Result<()> {
        if self.has(sql_type) {
            return Ok(());
        }
        let message = format!(
            "{} has no type for values of type {sql_type}: keep them as text or integers, or in a column with a `type` of its own",
            self.name
        );
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// What stands before a statement of ours to ask how it would be run.
    pub(crate) fn explain(&self) -> &'static str {
        match self.family() {
            Family::Sqlite => "EXPLAIN QUERY PLAN",
            Family::Postgres | Family::MySql => "EXPLAIN",
        }
    }

    /// The same for text of the user's, in which an `ANALYZE` would have it run: behind an option in these forms the grammar has a place
    /// for a statement only.
    pub(crate) fn explain_only(&self) -> &'static str {
        match self.family() {
            Family::Sqlite => "EXPLAIN QUERY PLAN",
            Family::Postgres => "EXPLAIN (COSTS)",
            Family::MySql => "EXPLAIN FORMAT=TRADITIONAL",
        }
    }

    /// A query whose one column are the names of the tables in the database (on PostgreSQL, in the current schema).
    pub fn list_tables(&self) -> &'static str {
        match self.family() {
            Family::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Family::Postgres => "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
            Family::MySql => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'"
            }
        }
    }

    /// A query whose one column are the names of the enumerations in the current schema, where these are types of their own.
    pub(crate) fn list_enumerations(&self) -> Option<&'static str> {
        match self.family() {
            Family::Postgres => Some(
                "SELECT typname::text FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
                 WHERE typtype = 'e' AND nspname = current_schema()",
            ),
            Family::MySql | Family::Sqlite => None,
        }
    }

    /// The type of a column, in this backend's words. `max_length` is a text's, `decimal` the precision and scale of a decimal.
    pub fn type_name(&self, sql_type: SqlType, max_length: Option<u32>, decimal: Option<(u8, u8)>) -> String {
        if let Some(name) = self.own_name(sql_type) {
            return name;
        }
        match self.family() {
            Family::Sqlite => sqlite_type(sql_type, max_length),
            // Sorted and compared by code point, as Rust does, whatever the database's locale.
            Family::Postgres if matches!(sql_type, SqlType::Text | SqlType::Array(SqlType::Text)) => {
                format!("{} COLLATE \"C\"", postgres_type(sql_type, max_length, None))
            }
            Family::Postgres => postgres_type(sql_type, max_length, decimal),
            Family::MySql => mysql_type(sql_type, max_length, decimal),
        }
    }

    /// The type of a column of an enumeration, in this backend's words. Where it has none, text: the table has a check then.
    pub(crate) fn enumeration_type(&self, enumeration: &Enumeration) -> String {
        match self.family() {
            Family::Postgres => self.quote(enumeration.name),
            Family::MySql => format!("enum({}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", self.text_list(enumeration.labels)),
            Family::Sqlite => self.type_name(SqlType::Text, None, None),
        }
    }

    /// A text, as SQL.
    pub(crate) fn text(&self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self.family() {
            Family::MySql => format!("'{}'", text.replace('\\', r"\\")),
            Family::Postgres | Family::Sqlite => format!("'{text}'"),
        }
    }

    /// Texts, as SQL, with commas between them.
    pub(crate) fn text_list(&self, texts: &[impl AsRef<str>]) -> String {
        texts.iter().map(|text| self.text(text.as_ref())).collect::<Vec<_>>().join(", ")
    }

    /// The name of a type where PostgreSQL is told the type of an expression: without a collation, which is a column's.
    pub(crate) fn cast_name(&self, sql_type: SqlType) -> String {
        match self.own_name(sql_type) {
            Some(name) => name.split(" COLLATE ").next().unwrap_or_default().to_owned(),
            None => postgres_type(sql_type, None, None),
        }
    }

    /// The name of a type where it isn't the family's.
    fn own_name(&self, sql_type: SqlType) -> Option<String> {
        let named = |sql_type| self.overrides().types.iter().find(|(listed, _)| *listed == sql_type).map(|(_, name)| *name);
        match (named(sql_type), sql_type, self.family()) {
            (Some(name), ..) => Some(name.to_owned()),
            (None, SqlType::Array(element), Family::Postgres) => named(*element).map(|name| match name.split_once(" COLLATE ") {
                Some((name, collation)) => format!("{name}[] COLLATE {collation}"),
                None => format!("{name}[]"),
            }),
            _ => None,
        }
    }
}

/// SQLite's declared types are chosen for their affinity (<https://sqlite.org/datatype3.html>, 3.1): what must stay text has a
/// name with TEXT or CHAR in it, so that `2.50` does not become the float 2.5.
fn sqlite_type(sql_type: SqlType, max_length: Option<u32>) -> String {
    match sql_type {
        SqlType::Bool => "BOOLEAN",
        SqlType::I8 | SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::U8 | SqlType::U16 | SqlType::U32 | SqlType::U64 => "INTEGER",
        SqlType::F32 | SqlType::F64 => "REAL",
        SqlType::Text => {
            return max_length.map_or_else(|| "TEXT".to_owned(), |length| format!("VARCHAR({length})"));
        }
        SqlType::Bytes => "BLOB",
        // The collation sorts and compares the text as numbers.
        SqlType::Decimal => "DECIMAL_TEXT COLLATE decimal",
        SqlType::Date => "DATE_TEXT",
        SqlType::Time => "TIME_TEXT",
        SqlType::DateTime => "DATETIME_TEXT",
        SqlType::Timestamp => "TIMESTAMP_TEXT",
        SqlType::Uuid => "UUID_TEXT",
        SqlType::Json | SqlType::Array(_) => "JSON_TEXT",
        SqlType::Other(name) => name,
    }
    .to_owned()
}

fn postgres_type(sql_type: SqlType, max_length: Option<u32>, decimal: Option<(u8, u8)>) -> String {
    match sql_type {
        SqlType::Bool => "boolean",
        SqlType::I8 | SqlType::I16 | SqlType::U8 => "smallint",
        SqlType::I32 | SqlType::U16 => "integer",
        SqlType::I64 | SqlType::U32 => "bigint",
        SqlType::U64 => "numeric(20)",
        SqlType::F32 => "real",
        SqlType::F64 => "double precision",
        SqlType::Text => return max_length.map_or_else(|| "text".to_owned(), |length| format!("varchar({length})")),
        SqlType::Bytes => "bytea",
        SqlType::Decimal => {
            return decimal.map_or_else(|| "numeric".to_owned(), |(precision, scale)| format!("numeric({precision}, {scale})"));
        }
        SqlType::Date => "date",
        SqlType::Time => "time",
        SqlType::DateTime => "timestamp",
        SqlType::Timestamp => "timestamptz",
        SqlType::Uuid => "uuid",
        SqlType::Json => "jsonb",
        SqlType::Array(element) => return format!("{}[]", postgres_type(*element, None, None)),
        SqlType::Other(name) => name,
    }
    .to_owned()
}

/// A `varchar` has to fit into a row of 65,535 bytes, and a character takes up to four.
const MYSQL_MOST_CHARACTERS: u32 = 16_383;

fn mysql_type(sql_type: SqlType, max_length: Option<u32>, decimal: Option<(u8, u8)>) -> String {
    match sql_type {
        SqlType::Bool => "tinyint(1)",
        SqlType::I8 => "tinyint",
        SqlType::I16 => "smallint",
        SqlType::I32 => "int",
        SqlType::I64 => "bigint",
        SqlType::U8 => "tinyint unsigned",
        SqlType::U16 => "smallint unsigned",
        SqlType::U32 => "int unsigned",
        SqlType::U64 => "bigint unsigned",
        SqlType::F32 => "float",
        SqlType::F64 => "double",
        SqlType::Text => {
            let length = max_length.filter(|length| *length <= MYSQL_MOST_CHARACTERS);
            let base = length.map_or_else(|| "longtext".to_owned(), |length| format!("varchar({length})"));
            // Sorted and compared by code point, as Rust does, whatever the database's own collation.
            return format!("{base} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        }
        SqlType::Bytes => "longblob",
        SqlType::Decimal => {
            // The most digits, and the most of them behind the point: what has more is refused, never rounded.
            let (precision, scale) = decimal.unwrap_or((65, 30));
            return format!("decimal({precision}, {scale})");
        }
        SqlType::Date => "date",
        SqlType::Time => "time(6)",
        // In UTC. MySQL's own `timestamp` ends in 2038, and the first of a table changes by itself with each update.
        SqlType::DateTime | SqlType::Timestamp => "datetime(6)",
        SqlType::Uuid => "char(36) CHARACTER SET ascii COLLATE ascii_bin",
        SqlType::Json | SqlType::Array(_) => "json",
        SqlType::Other(name) => name,
    }
    .to_owned()
}
