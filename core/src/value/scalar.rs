use super::{Enumeration, SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

/// A Rust type that is the value of one column: `i64`, `String`, `Option<bool>`, `uuid::Uuid`, your own enum or newtype.
///
/// `#[derive(Scalar)]` implements it for a newtype (`struct Email(String)`) and for a fieldless enum, which is kept as text or
/// as an integer.
///
/// A value that does not fit is an error, never a silent change; times finer than a microsecond are truncated to it. The table of
/// types, and the rules of each, are in the [module's documentation](crate::value).
///
/// ```
/// use bindery_core::value::{Scalar, Value, ValueRef};
///
/// assert_eq!(Some(7_u8).into_value()?, Value::I64(7));
/// assert_eq!(u8::from_value(ValueRef::I64(7))?, 7);
/// assert_eq!(Option::<u8>::from_value(ValueRef::Null)?, None);
/// assert!(u8::from_value(ValueRef::I64(256)).is_err());
/// # Ok::<(), bindery_core::Error>(())
/// ```
///
/// By hand, for a type that needs more than a newtype:
///
/// ```
/// use bindery_core::value::{Comparable, Scalar, SqlType, Value, ValueRef};
/// use bindery_core::{Error, Result};
///
/// #[derive(Debug, PartialEq)]
/// struct Country([u8; 2]);
///
/// impl Scalar for Country {
///     type Base = Country;
///     type Lifted<T: Scalar> = T;
///     const TYPE: SqlType = SqlType::Text;
///
///     fn into_value(self) -> Result<Value> {
///         Ok(Value::Text(self.0.iter().map(|&letter| char::from(letter)).collect()))
///     }
///
///     fn from_value(value: ValueRef<'_>) -> Result<Self> {
///         match value {
///             ValueRef::Text(text) => text.as_bytes().try_into().map(Country).map_err(|_| Error::out_of_range("two letters")),
///             value => Err(Error::unexpected_value("a country", value)),
///         }
///     }
/// }
/// impl Comparable for Country {}
///
/// assert_eq!(Country::from_value(ValueRef::Text("CA"))?, Country(*b"CA"));
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no column mapping",
    label = "this type can't be a column",
    note = "columns are bool, integers, floats, String, Vec<u8>, their Option, and the types of the features `chrono`, `time`, `jiff`, `uuid`, `rust_decimal` and `serde_json`",
    note = "for an enum or a newtype of your own: #[derive(Scalar)]"
)]
pub trait Scalar: Sized + Send + Sync + 'static {
    /// The type without its `Option`: what it is compared with. `Self`, but for `Option<T>`.
    type Base: Scalar<Base = Self::Base>;
    /// The type of an expression that makes `T`s of these values, and NULL of NULL: `T`, but for `Option`, where it is an `Option` too.
    type Lifted<T: Scalar>: Scalar<Base = T::Base>;
    /// The type of the column.
    const TYPE: SqlType;
    /// Whether NULL is one of its values.
    const NULLABLE: bool = false;
    /// The enumeration that its columns are of, where that is a type of the server's own; its values are sent and read as text.
    const ENUMERATION: Option<Enumeration> = None;

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
///
/// ```
/// fn compares<T: bindery_core::value::Comparable>() {}
/// compares::<String>();
/// ```
///
/// ```compile_fail
/// # fn compares<T: bindery_core::value::Comparable>() {}
/// compares::<serde_json::Value>(); // JSON has no equality that backends agree on
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared in SQL",
    note = "JSON documents have no equality that every backend agrees on: compare a part of them, or in Rust"
)]
pub trait Comparable: Scalar {}

/// A [`Comparable`] whose order in SQL is Rust's, on every backend: what `lt`, `order_by`, `min` and `max` take.
///
/// ```
/// fn sorts<T: bindery_core::value::Ordered>() {}
/// sorts::<i64>();
/// ```
///
/// ```compile_fail
/// # fn sorts<T: bindery_core::value::Ordered>() {}
/// sorts::<serde_json::Value>(); // nor has JSON an order
/// ```
///
/// An enum that `#[derive(Scalar)]` keeps as text is [`Comparable`], and not this:
///
/// ```compile_fail,E0277
/// # use bindery_core::{Result, value::{Comparable, Scalar, SqlType, Value, ValueRef}};
/// # fn sorts<T: bindery_core::value::Ordered>() {}
/// # struct State;
/// # impl Scalar for State {
/// #     type Base = State;
/// #     type Lifted<T: Scalar> = T;
/// #     const TYPE: SqlType = SqlType::Text;
/// #     fn into_value(self) -> Result<Value> { Ok(Value::Text(String::new())) }
/// #     fn from_value(_: ValueRef<'_>) -> Result<Self> { Ok(State) }
/// # }
/// # impl Comparable for State {}
/// sorts::<State>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order in SQL that is Rust's order",
    note = "an enum kept as text sorts by its text, not by its declaration: keep it as an integer with #[scalar(repr = \"i16\")], or sort in Rust"
)]
pub trait Ordered: Comparable {}

/// A [`Scalar`] that can be summed and averaged.
///
/// ```
/// use bindery_core::value::{Numeric, Scalar, SqlType};
///
/// fn type_of_sum<T: Numeric>() -> SqlType {
///     T::Sum::TYPE
/// }
/// assert_eq!(type_of_sum::<u8>(), SqlType::I64);
/// assert_eq!(type_of_sum::<f32>(), SqlType::F64);
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a number that SQL can sum")]
pub trait Numeric: Ordered {
    /// What a sum of it is: `i64` for integers, `f64` for floats, a decimal for decimals. A sum that overflows is an error.
    type Sum: Scalar;
}

/// A [`Numeric`] that can be added, subtracted, multiplied and negated in SQL: integers, `f64`, decimals. Not `f32`: servers compute in 64 bits, and
/// the result would seldom be one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not computed with in SQL",
    note = "integers, `f64` and decimals are; an `f32` is cast first, since servers compute in 64 bits: `.cast::<f64>()`"
)]
pub trait Computable: Numeric {}

/// A [`Computable`] whose division is the same on every backend: integers, and floats. Decimals are divided as floats, by
/// [`cast`](crate::query::Expression::cast): backends differ in how many digits a quotient has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be divided in SQL",
    note = "integers and floats can; of decimals, backends give quotients of different digits: divide floats, by `.cast::<f64>()`"
)]
pub trait Divisible: Computable {}

/// A [`Divisible`] that is an integer: what has a remainder.
#[diagnostic::on_unimplemented(message = "`{Self}` has no remainder in SQL that backends agree on", note = "integers have one")]
pub trait Integer: Divisible {}

/// A [`Scalar`] that has a date: dates, and moments. What [`DateExpression`](crate::query::DateExpression) takes.
#[diagnostic::on_unimplemented(message = "`{Self}` has no date", note = "the dates and moments of chrono, time and jiff have one")]
pub trait HasDate: Ordered {
    /// The type of dates that goes with it.
    type Date: Scalar;
}

/// A [`Scalar`] that has a time of day: times, and moments. What [`TimeExpression`](crate::query::TimeExpression) takes.
#[diagnostic::on_unimplemented(message = "`{Self}` has no time of day", note = "the times and moments of chrono, time and jiff have one")]
pub trait HasTime: Ordered {}

/// A [`Scalar`] that is a JSON document. What [`JsonExpression`](crate::query::JsonExpression) takes.
#[diagnostic::on_unimplemented(message = "`{Self}` is no JSON document", note = "`serde_json::Value` is one, by the feature `serde_json`")]
pub trait JsonDocument: Scalar {}

/// A [`Scalar`] whose values can be cast to `T`: what [`cast`](crate::query::Expression::cast) takes.
///
/// | from | to | |
/// | --- | --- | --- |
/// | integers, but not `u64`; `bool` | `i64` | |
/// | integers | `f64` | the nearest |
/// | integers, `bool` | `String` | in digits; true is `1` |
/// | integers | a decimal | |
/// | `f32` | `f64` | |
/// | `f64`, decimals | `i64` | towards 0; beyond its range an error on PostgreSQL, and one of its ends on SQLite and MySQL |
/// | decimals | `f64` | the nearest |
/// | `String` | `i64`, `f64` | text that is no number is an error on PostgreSQL; SQLite and MySQL take the digits that it begins with, or 0 |
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cast to `{T}` in SQL",
    note = "casts on which the backends agree are those between integers, floats, decimals and text: see `CastTo`"
)]
pub trait CastTo<T>: Scalar {}

impl Error {
    /// The error of a [`Scalar::from_value`] that got a value of the wrong kind. It names the kind, never the value.
    ///
    /// ```
    /// use bindery_core::{Error, ErrorKind, value::ValueRef};
    ///
    /// let error = Error::unexpected_value("an integer", ValueRef::Text("secret"));
    /// assert_eq!(error.kind(), ErrorKind::Decode);
    /// assert_eq!(error.to_string(), "expected an integer, found text");
    /// ```
    pub fn unexpected_value(expected: &str, found: ValueRef<'_>) -> Self {
        let hint = if found.is_null() { ": a column that can be NULL is an `Option`" } else { "" };
        Error::new(ErrorKind::Decode, format!("expected {expected}, found {}{hint}", found.kind_name()))
    }

    /// The error of a [`Scalar::from_value`] of an enum that got a value of none of its variants. The value itself is not shown.
    pub fn unknown_variant(type_name: &str, variants: &[&str]) -> Self {
        Error::new(ErrorKind::Decode, format!("the value is no variant of `{type_name}`: it has {}", variants.join(", ")))
    }

    /// The error of a [`Scalar::from_value`] that got a value out of its range.
    ///
    /// ```
    /// use bindery_core::{Error, ErrorKind};
    ///
    /// let error = Error::out_of_range("u8");
    /// assert_eq!(error.kind(), ErrorKind::Decode);
    /// assert_eq!(error.to_string(), "the value does not fit u8");
    /// ```
    pub fn out_of_range(expected: &str) -> Self {
        Error::new(ErrorKind::Decode, format!("the value does not fit {expected}"))
    }
}

impl<T: Scalar> Scalar for Option<T> {
    type Base = T::Base;
    type Lifted<U: Scalar> = Option<U::Base>;
    const TYPE: SqlType = T::TYPE;
    const NULLABLE: bool = true;
    const ENUMERATION: Option<Enumeration> = T::ENUMERATION;

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
