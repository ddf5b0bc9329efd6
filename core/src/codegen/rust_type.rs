use crate::definition::ColumnDefinition;
use crate::engine::Family;
use crate::value::SqlType;

/// The Rust type that a column is read and written as, without `Option`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RustType {
    /// as it is written
    pub(super) name: String,
    /// the type of bindery's that it is kept as
    pub(super) sql_type: SqlType,
    /// whether bindery's type reads every value of the column; if not, this is the nearest
    pub(super) is_exact: bool,
}

impl RustType {
    pub(super) fn of(column: &ColumnDefinition, family: Family) -> Self {
        match column.sql_type {
            // Of MySQL's two, this one knows no zone.
            Some(SqlType::Timestamp) if family == Family::MySql && column.type_name.starts_with("datetime") => {
                RustType::known(SqlType::DateTime)
            }
            Some(sql_type) => RustType::known(sql_type),
            None => RustType::guessed(&column.type_name.to_ascii_lowercase(), family),
        }
    }

    /// An enum of the source's own.
    pub(super) fn enumeration(name: &str) -> Self {
        RustType { name: name.to_owned(), sql_type: SqlType::Text, is_exact: true }
    }

    fn known(sql_type: SqlType) -> Self {
        RustType { name: name(sql_type), sql_type, is_exact: true }
    }

    /// Of a type that bindery doesn't know.
    fn guessed(type_name: &str, family: Family) -> Self {
        let word = type_name.split(['(', ' ']).next().unwrap_or_default();
        let (sql_type, is_exact) = match (family, word) {
            (Family::MySql, "bit") if type_name == "bit(1)" => (SqlType::Bool, true),
            (Family::MySql, "bit") => (SqlType::U64, true),
            (Family::MySql, "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon") => {
                (SqlType::Bytes, true)
            }
            (Family::MySql, "geometrycollection" | "geomcollection") => (SqlType::Bytes, true),
            (Family::Postgres, "oid") => (SqlType::I64, true),
            (Family::Postgres, "money") => (SqlType::Text, false),
            (Family::Postgres, _) => (SqlType::Text, !type_name.ends_with("[]")),
            // Numbers are kept there as integers or floats, and what is no number as it came.
            (Family::Sqlite, "decimal" | "numeric" | "number" | "money") => (SqlType::F64, false),
            (Family::Sqlite, _) => (SqlType::Text, false),
            (Family::MySql, _) => (SqlType::Text, true),
        };
        RustType { is_exact, ..RustType::known(sql_type) }
    }

    /// The crate that it is of, which is also the name of bindery's feature.
    pub(super) fn feature(&self) -> Option<&'static str> {
        feature(self.sql_type)
    }

    pub(super) fn is_integer(&self) -> bool {
        use SqlType::{I8, I16, I32, I64, U8, U16, U32, U64};
        matches!(self.sql_type, I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64)
    }
}

fn name(sql_type: SqlType) -> String {
    match sql_type {
        SqlType::Bool => "bool",
        SqlType::I8 => "i8",
        SqlType::I16 => "i16",
        SqlType::I32 => "i32",
        SqlType::I64 => "i64",
        SqlType::U8 => "u8",
        SqlType::U16 => "u16",
        SqlType::U32 => "u32",
        SqlType::U64 => "u64",
        SqlType::F32 => "f32",
        SqlType::F64 => "f64",
        SqlType::Text | SqlType::Other(_) => "String",
        SqlType::Bytes => "Vec<u8>",
        SqlType::Decimal => "rust_decimal::Decimal",
        SqlType::Date => "chrono::NaiveDate",
        SqlType::Time => "chrono::NaiveTime",
        SqlType::DateTime => "chrono::NaiveDateTime",
        SqlType::Timestamp => "chrono::DateTime<chrono::Utc>",
        SqlType::Uuid => "uuid::Uuid",
        SqlType::Json => "serde_json::Value",
        SqlType::Array(element) => return format!("bindery::value::Array<{}>", name(*element)),
    }
    .to_owned()
}

fn feature(sql_type: SqlType) -> Option<&'static str> {
    match sql_type {
        SqlType::Decimal => Some("rust_decimal"),
        SqlType::Date | SqlType::Time | SqlType::DateTime | SqlType::Timestamp => Some("chrono"),
        SqlType::Uuid => Some("uuid"),
        SqlType::Json => Some("serde_json"),
        SqlType::Array(element) => feature(*element),
        _ => None,
    }
}
