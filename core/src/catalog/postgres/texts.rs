use crate::value::{Scalar, SqlType, Value, ValueRef};
use crate::{Error, Result};

/// A `text[]` without NULLs.
pub(super) struct Texts(pub(super) Vec<String>);

impl Scalar for Texts {
    type Base = Texts;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Array(&SqlType::Text);

    fn into_value(self) -> Result<Value> {
        Ok(Value::Array(self.0.into_iter().map(Value::Text).collect()))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Array(values) => values.iter().map(|value| String::from_value(value.as_ref())).collect::<Result<_>>().map(Texts),
            value => Err(Error::unexpected_value("an array of texts", value)),
        }
    }
}
