//! [`Scalar`] for `uuid::Uuid`.

use uuid::Uuid;

use super::{Comparable, Ordered, Scalar, SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

impl Scalar for Uuid {
    type Base = Uuid;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Uuid;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Uuid(self.into_bytes()))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Uuid(bytes) => Ok(Uuid::from_bytes(bytes)),
            // The lengths tell the two forms that databases write from those that only the crate reads (braces, `urn:uuid:`).
            ValueRef::Text(text) if matches!(text.len(), 32 | 36) => Uuid::try_parse(text).map_err(|_| malformed("text")),
            ValueRef::Text(_) => Err(malformed("text")),
            ValueRef::Bytes(bytes) => Uuid::from_slice(bytes).map_err(|_| malformed("bytes")),
            value => Err(Error::unexpected_value("a UUID", value)),
        }
    }
}

impl Comparable for Uuid {}
impl Ordered for Uuid {}

fn malformed(found: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("expected a UUID, found {found} not of its form: 32 hexadecimal digits, hyphenated or not, or 16 bytes"),
    )
}
