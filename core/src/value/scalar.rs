use super::{SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

/// A Rust type that is the value of one column: `i64`, `String`, `Option<bool>`, `uuid::Uuid`, your own enum or newtype.
///
/// `#[derive(Scalar)]` implements it for a newtype (`struct Email(String)`) and for a fieldless enum, which is kept as text or
/// as an integer.
///
/// A value that does not fit is an error, never a silent change. The one exception: times finer than a microsecond are truncated
/// to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no column mapping",
    label = "this type can't be a column",
    note = "columns are bool, integers, floats, String, Vec<u8>, their Option, and the types of the features `chrono`, `time`, `jiff`, `uuid`, `rust_decimal` and `serde_json`",
    note = "for an enum or a newtype of your own: #[derive(Scalar)]"
)]
pub trait Scalar: Sized + Send + Sync + 'static {
    /// The type without its `Option`: what it is compared with.
    type Base: Scalar;
    /// The type of the column.
    const TYPE: SqlType;
    /// Whether NULL is one of its values.
    const NULLABLE: bool = false;

    /// The value as it is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`] where the value can't be carried at all.
    fn into_value(self) -> Result<Value>;

    /// The value as it came.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where it is of another type, out of range, or NULL in a type without NULL.
    fn from_value(value: ValueRef<'_>) -> Result<Self>;
}

/// A [`Scalar`] whose equality in SQL is Rust's: what `eq`, `ne`, `in_` and `group_by` take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared in SQL",
    note = "JSON documents have no equality that every backend agrees on: compare a part of them, or in Rust"
)]
pub trait Comparable: Scalar {}

/// A [`Comparable`] whose order in SQL is Rust's, on every backend: what `lt`, `order_by`, `min` and `max` take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order in SQL that is Rust's order",
    note = "an enum kept as text sorts by its text, not by its declaration: keep it as an integer with #[scalar(repr = \"i16\")], or sort in Rust"
)]
pub trait Ordered: Comparable {}

/// A [`Scalar`] that can be summed and averaged.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a number that SQL can sum")]
pub trait Numeric: Ordered {
    /// What a sum of it is: `i64` for integers, `f64` for floats, a decimal for decimals. A sum that overflows is an error.
    type Sum: Scalar;
}

impl Error {
    /// The error of a [`Scalar::from_value`] that got a value of the wrong kind.
    pub fn unexpected_value(expected: &str, found: ValueRef<'_>) -> Self {
        let hint = if found.is_null() { ": a column that can be NULL is an `Option`" } else { "" };
        Error::new(ErrorKind::Decode, format!("expected {expected}, found {}{hint}", found.kind_name()))
    }

    /// The error of a [`Scalar::from_value`] of an enum that got a value of none of its variants. The value itself is not shown.
    pub fn unknown_variant(type_name: &str, variants: &[&str]) -> Self {
        Error::new(ErrorKind::Decode, format!("the value is no variant of `{type_name}`: it has {}", variants.join(", ")))
    }

    /// The error of a [`Scalar::from_value`] that got a value out of its range.
    pub fn out_of_range(expected: &str) -> Self {
        Error::new(ErrorKind::Decode, format!("the value does not fit {expected}"))
    }
}

impl<T: Scalar> Scalar for Option<T> {
    type Base = T::Base;
    const TYPE: SqlType = T::TYPE;
    const NULLABLE: bool = true;

    fn into_value(self) -> Result<Value> {
        self.map_or(Ok(Value::Null), T::into_value)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}
