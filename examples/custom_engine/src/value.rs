use bindery_core::Result;
use bindery_core::engine::Param;
use bindery_core::value::{Value, ValueRef};
use turso_core::{Numeric, Value as Kept};

/// A parameter as Turso keeps it. A NULL needs no type here: Turso's values have types, its columns don't.
pub(crate) fn encode(param: &Param<'_>) -> Result<Kept> {
    match param.value {
        ValueRef::Null => Ok(Kept::Null),
        ValueRef::Bool(value) => Ok(Kept::from_i64(value.into())),
        ValueRef::I64(value) => Ok(Kept::from_i64(value)),
        ValueRef::U64(value) => i64::try_from(value).map(Kept::from_i64).map_err(|_| param.refused("Turso's integers end at i64::MAX")),
        ValueRef::F64(value) if value.is_nan() => Err(param.refused("Turso has no NaN: it would keep NULL")),
        ValueRef::F64(value) => Ok(Kept::from_f64(value)),
        ValueRef::Bytes(bytes) => Ok(Kept::from_blob(bytes.to_vec())),
        ValueRef::Decimal(_) => Err(param.refused("Turso has no decimals")),
        other => match other.to_text() {
            Some(text) => Ok(Kept::from_text(text.into_owned())),
            None => Err(param.refused("Turso keeps dates and times as text, of the years 0000 to 9999, and has no arrays")),
        },
    }
}

/// A value of a row. What isn't Turso's own type is the text that `encode` made of it.
pub(crate) fn decode(value: &Kept) -> Value {
    match value {
        Kept::Null => Value::Null,
        Kept::Numeric(Numeric::Integer(number)) => Value::I64(*number),
        Kept::Numeric(Numeric::Float(float)) => Value::F64(f64::from(*float)),
        Kept::Text(text) => Value::Text(text.as_str().to_owned()),
        Kept::Blob(bytes) => Value::Bytes(bytes.clone()),
    }
}
