use crate::value::SqlType;

/// How a backend spells SQL: one of three families. A near relative (DuckDB, CockroachDB, TiDB) takes the one that it is like.
///
/// ```
/// use bindery_core::engine::{Dialect, Family};
/// use bindery_core::value::SqlType;
///
/// let dialect = Dialect::mysql();
/// assert_eq!(dialect.family(), Family::MySql);
/// assert_eq!(dialect.quote("a`b"), "`a``b`");
/// assert_eq!(dialect.type_name(SqlType::Bool, None, None), "tinyint(1)");
/// ```
#[derive(Debug, Clone)]
pub struct Dialect {
    family: Family,
    name: &'static str,
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
        Dialect { family: Family::Postgres, name: "postgresql" }
    }

    /// MySQL's and MariaDB's own.
    pub const fn mysql() -> Self {
        Dialect { family: Family::MySql, name: "mysql" }
    }

    /// SQLite's own.
    pub const fn sqlite() -> Self {
        Dialect { family: Family::Sqlite, name: "sqlite" }
    }

    /// The family.
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The name, for people.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A name, quoted.
    pub fn quote(&self, name: &str) -> String {
        match self.family {
            Family::Postgres | Family::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
            Family::MySql => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A query whose one column are the names of the tables in the database (on PostgreSQL, in the current schema).
    pub fn list_tables(&self) -> &'static str {
        match self.family {
            Family::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Family::Postgres => "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
            Family::MySql => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'"
            }
        }
    }

    /// The type of a column, in this backend's words. `max_length` is a text's, `decimal` the precision and scale of a decimal.
    pub fn type_name(&self, sql_type: SqlType, max_length: Option<u32>, decimal: Option<(u8, u8)>) -> String {
        match self.family {
            Family::Sqlite => sqlite_type(sql_type, max_length),
            // Sorted and compared by code point, as Rust does, whatever the database's locale.
            Family::Postgres if matches!(sql_type, SqlType::Text | SqlType::Array(SqlType::Text)) => {
                format!("{} COLLATE \"C\"", postgres_type(sql_type, max_length, None))
            }
            Family::Postgres => postgres_type(sql_type, max_length, decimal),
            Family::MySql => mysql_type(sql_type, max_length, decimal),
        }
    }
}

/// The name of a type where PostgreSQL is told the type of an expression.
pub(crate) fn postgres_cast(sql_type: SqlType) -> String {
    postgres_type(sql_type, None, None)
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
