use std::fmt;

/// The type of a column or parameter, in bindery's own terms; each backend's name for it is its
/// [`Dialect`](crate::engine::Dialect)'s.
///
/// ```
/// use bindery_core::{engine::Dialect, value::SqlType};
///
/// assert_eq!(Dialect::postgres().type_name(SqlType::Timestamp, None, None), "timestamptz");
/// assert_eq!(SqlType::Array(&SqlType::I64).to_string(), "array of i64");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlType {
    /// true or false
    Bool,
    /// 8-bit signed integer
    I8,
    /// 16-bit signed integer
    I16,
    /// 32-bit signed integer
    I32,
    /// 64-bit signed integer
    I64,
    /// 8-bit unsigned integer
    U8,
    /// 16-bit unsigned integer
    U16,
    /// 32-bit unsigned integer
    U32,
    /// 64-bit unsigned integer
    U64,
    /// 32-bit IEEE float
    F32,
    /// 64-bit IEEE float
    F64,
    /// Unicode text
    Text,
    /// bytes
    Bytes,
    /// exact decimal number
    Decimal,
    /// calendar date
    Date,
    /// time of day, in microseconds
    Time,
    /// date and time without a zone, in microseconds
    DateTime,
    /// a moment in time, in microseconds
    Timestamp,
    /// 128-bit identifier
    Uuid,
    /// JSON document
    Json,
    /// array of an element type
    Array(&'static SqlType),
    /// a type of the server's own, by its name there
    Other(&'static str),
}

impl SqlType {
    /// Whether it is a number, as which truth is kept on some backends.
    pub(crate) fn is_number(self) -> bool {
        use SqlType::{Bool, Decimal, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
        matches!(self, Bool | I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64 | F32 | F64 | Decimal)
    }

    /// Whether it is a date with a time of day.
    pub(crate) fn is_moment(self) -> bool {
        matches!(self, SqlType::DateTime | SqlType::Timestamp)
    }

    /// Whether it is one that only the server knows, or an array of those.
    pub(crate) fn is_servers_own(self) -> bool {
        match self {
            SqlType::Other(_) => true,
            SqlType::Array(element) => element.is_servers_own(),
            _ => false,
        }
    }
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
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
            SqlType::Text => "text",
            SqlType::Bytes => "bytes",
            SqlType::Decimal => "decimal",
            SqlType::Date => "date",
            SqlType::Time => "time",
            SqlType::DateTime => "date and time",
            SqlType::Timestamp => "timestamp",
            SqlType::Uuid => "UUID",
            SqlType::Json => "JSON",
            SqlType::Array(element) => return write!(f, "array of {element}"),
            SqlType::Other(name) => name,
        })
    }
}
