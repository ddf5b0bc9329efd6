use super::{Scalar, SqlType, Value, ValueRef};
use crate::{Error, Result};

/// A column of an array, which PostgreSQL has: `Array<String>` is a `text[]`. Where NULL is one of the elements, an `Array<Option<T>>`.
///
/// ```
/// use bindery_core::engine::Dialect;
/// use bindery_core::value::{Array, Scalar, Value, ValueRef};
///
/// assert_eq!(Dialect::postgres().type_name(Array::<i64>::TYPE, None, None), "bigint[]");
/// assert_eq!(Array(vec![1_i64]).into_value()?, Value::Array(vec![Value::I64(1)]));
/// assert_eq!(Array::<i64>::from_value(ValueRef::Array(&[Value::I64(1)]))?, Array(vec![1]));
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Array<T>(pub Vec<T>);

impl<T> From<Vec<T>> for Array<T> {
    fn from(elements: Vec<T>) -> Self {
        Array(elements)
    }
}

impl<T: Scalar> Scalar for Array<T> {
    type Base = Array<T>;
    type Lifted<U: Scalar> = U;
    const TYPE: SqlType = SqlType::Array(&T::TYPE);

    fn into_value(self) -> Result<Value> {
        self.0.into_iter().map(T::into_value).collect::<Result<_>>().map(Value::Array)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Array(elements) => elements.iter().map(|element| T::from_value(element.as_ref())).collect::<Result<_>>().map(Array),
            value => Err(Error::unexpected_value("an array", value)),
        }
    }
}
