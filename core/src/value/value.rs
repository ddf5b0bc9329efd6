use std::borrow::Cow;

use super::calendar;
/// One owned value, as it travels to or from a database: bindery's own plain types, so that no client library's and no
/// calendar crate's type stands in the contract.
///
/// `Null` has no type of its own; where the type of a NULL matters, the [`Param`](crate::engine::Param) beside it says it.
///
/// ```
/// use bindery_core::value::{Scalar, Value};
///
/// assert_eq!("Ada".to_owned().into_value()?, Value::Text("Ada".into()));
/// assert_eq!(u64::MAX.into_value()?, Value::U64(u64::MAX));
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// SQL's NULL
    Null,
    /// true or false
    Bool(bool),
    /// every signed integer, and unsigned ones that fit
    I64(i64),
    /// an unsigned integer
    U64(u64),
    /// every float; an `f32` is exact in it
    F64(f64),
    /// text
    Text(String),
    /// bytes
    Bytes(Vec<u8>),
    /// an exact decimal in plain notation: optional `-`, digits, optionally `.` and digits. No exponent.
    Decimal(String),
    /// days since 1970-01-01, proleptic Gregorian
    Date(i32),
    /// microseconds since midnight
    Time(i64),
    /// microseconds since 1970-01-01T00:00:00, no zone
    DateTime(i64),
    /// microseconds since 1970-01-01T00:00:00 UTC
    Timestamp(i64),
    /// the 16 bytes of a UUID, in the order of its text
    Uuid([u8; 16]),
    /// a JSON document as text
    Json(String),
    /// an array
    Array(Vec<Value>),
    /// a value of one of the server's own types, as the server's text for it
    Other {
        /// the server's name of the type
        type_name: String,
        /// the value as the server writes it
        text: String,
    },
}

/// A [`Value`] borrowed from a result or a statement. Small and `Copy`.
///
/// ```
/// use bindery_core::value::{Scalar, ValueRef};
///
/// assert_eq!(String::from_value(ValueRef::Text("Ada"))?, "Ada");
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// SQL's NULL
    Null,
    /// true or false
    Bool(bool),
    /// every signed integer, and unsigned ones that fit
    I64(i64),
    /// an unsigned integer
    U64(u64),
    /// every float
    F64(f64),
    /// text
    Text(&'a str),
    /// bytes
    Bytes(&'a [u8]),
    /// an exact decimal in plain notation
    Decimal(&'a str),
    /// days since 1970-01-01
    Date(i32),
    /// microseconds since midnight
    Time(i64),
    /// microseconds since 1970-01-01T00:00:00, no zone
    DateTime(i64),
    /// microseconds since 1970-01-01T00:00:00 UTC
    Timestamp(i64),
    /// the 16 bytes of a UUID
    Uuid([u8; 16]),
    /// a JSON document as text
    Json(&'a str),
    /// an array
    Array(&'a [Value]),
    /// a value of one of the server's own types
    Other {
        /// the server's name of the type
        type_name: &'a str,
        /// the value as the server writes it
        text: &'a str,
    },
}

impl Value {
    /// This value, borrowed.
    ///
    /// ```
    /// use bindery_core::value::{Value, ValueRef};
    ///
    /// assert_eq!(Value::Text("Ada".into()).as_ref(), ValueRef::Text("Ada"));
    /// ```
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::I64(value) => ValueRef::I64(*value),
            Value::U64(value) => ValueRef::U64(*value),
            Value::F64(value) => ValueRef::F64(*value),
            Value::Text(value) => ValueRef::Text(value),
            Value::Bytes(value) => ValueRef::Bytes(value),
            Value::Decimal(value) => ValueRef::Decimal(value),
            Value::Date(value) => ValueRef::Date(*value),
            Value::Time(value) => ValueRef::Time(*value),
            Value::DateTime(value) => ValueRef::DateTime(*value),
            Value::Timestamp(value) => ValueRef::Timestamp(*value),
            Value::Uuid(value) => ValueRef::Uuid(*value),
            Value::Json(value) => ValueRef::Json(value),
            Value::Array(value) => ValueRef::Array(value),
            Value::Other { type_name, text } => ValueRef::Other { type_name, text },
        }
    }

    /// Whether this is NULL.
    ///
    /// ```
    /// use bindery_core::value::Value;
    ///
    /// assert!(Value::Null.is_null());
    /// ```
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl<'a> ValueRef<'a> {
    /// The text that a backend without such a type keeps, and that bindery's types are read from: texts as they are, dates and times as
    /// [`calendar`](super::calendar) writes them, UUIDs in small letters. `None` for what isn't kept as text, and for a date or time
    /// that has none.
    ///
    /// ```
    /// use bindery_core::value::ValueRef;
    ///
    /// assert_eq!(ValueRef::Date(12_927).to_text().as_deref(), Some("2005-05-24"));
    /// assert_eq!(ValueRef::Uuid([0xa0; 16]).to_text().as_deref(), Some("a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0"));
    /// assert_eq!(ValueRef::I64(5).to_text(), None);
    /// ```
    pub fn to_text(self) -> Option<Cow<'a, str>> {
        match self {
            ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Decimal(text) | ValueRef::Other { text, .. } => Some(text.into()),
            ValueRef::Date(days) => calendar::format_date(days).map(Cow::Owned),
            ValueRef::Time(micros) => calendar::format_time(micros).map(Cow::Owned),
            ValueRef::DateTime(micros) | ValueRef::Timestamp(micros) => calendar::format_date_time(micros).map(Cow::Owned),
            ValueRef::Uuid(bytes) => Some(uuid_text(bytes).into()),
            _ => None,
        }
    }
}

fn uuid_text(bytes: [u8; 16]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    text
}

impl ValueRef<'_> {
    /// This value, owned.
    ///
    /// ```
    /// use bindery_core::value::{Value, ValueRef};
    ///
    /// assert_eq!(ValueRef::Bytes(b"\x01").to_owned(), Value::Bytes(vec![1]));
    /// ```
    pub fn to_owned(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::I64(value) => Value::I64(value),
            ValueRef::U64(value) => Value::U64(value),
            ValueRef::F64(value) => Value::F64(value),
            ValueRef::Text(value) => Value::Text(value.to_owned()),
            ValueRef::Bytes(value) => Value::Bytes(value.to_owned()),
            ValueRef::Decimal(value) => Value::Decimal(value.to_owned()),
            ValueRef::Date(value) => Value::Date(value),
            ValueRef::Time(value) => Value::Time(value),
            ValueRef::DateTime(value) => Value::DateTime(value),
            ValueRef::Timestamp(value) => Value::Timestamp(value),
            ValueRef::Uuid(value) => Value::Uuid(value),
            ValueRef::Json(value) => Value::Json(value.to_owned()),
            ValueRef::Array(value) => Value::Array(value.to_owned()),
            ValueRef::Other { type_name, text } => Value::Other { type_name: type_name.to_owned(), text: text.to_owned() },
        }
    }

    /// Whether this is NULL.
    ///
    /// ```
    /// use bindery_core::value::ValueRef;
    ///
    /// assert!(!ValueRef::Text("").is_null());
    /// ```
    pub fn is_null(&self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// What kind of value this is, for an error message; never the value itself.
    ///
    /// ```
    /// use bindery_core::value::ValueRef;
    ///
    /// assert_eq!(ValueRef::Timestamp(0).kind_name(), "a timestamp");
    /// ```
    pub fn kind_name(&self) -> &'static str {
        match self {
            ValueRef::Null => "NULL",
            ValueRef::Bool(_) => "a boolean",
            ValueRef::I64(_) | ValueRef::U64(_) => "an integer",
            ValueRef::F64(_) => "a float",
            ValueRef::Text(_) => "text",
            ValueRef::Bytes(_) => "bytes",
            ValueRef::Decimal(_) => "a decimal",
            ValueRef::Date(_) => "a date",
            ValueRef::Time(_) => "a time",
            ValueRef::DateTime(_) => "a date and time",
            ValueRef::Timestamp(_) => "a timestamp",
            ValueRef::Uuid(_) => "a UUID",
            ValueRef::Json(_) => "JSON",
            ValueRef::Array(_) => "an array",
            ValueRef::Other { .. } => "a value of a type of the server's own",
        }
    }
}
