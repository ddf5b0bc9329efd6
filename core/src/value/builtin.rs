//! [`Scalar`] for the types of the standard library.

use super::{CastTo, Comparable, Computable, Divisible, Integer, Numeric, Ordered, Scalar, SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

impl Scalar for bool {
    type Base = bool;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Bool;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Bool(self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Bool(value) => Ok(value),
            // SQLite and MySQL have no boolean of their own.
            ValueRef::I64(0) | ValueRef::U64(0) => Ok(false),
            ValueRef::I64(1) | ValueRef::U64(1) => Ok(true),
            ValueRef::I64(_) | ValueRef::U64(_) => Err(Error::out_of_range("bool: it is neither 0 nor 1")),
            value => Err(Error::unexpected_value("a boolean", value)),
        }
    }
}

impl Comparable for bool {}
impl Ordered for bool {}

macro_rules! integers {
    ($($ty:ident $sql:ident $variant:ident),* $(,)?) => {$(
        impl Scalar for $ty {
            type Base = $ty;
            type Lifted<T: Scalar> = T;
            const TYPE: SqlType = SqlType::$sql;

            fn into_value(self) -> Result<Value> {
                Ok(Value::$variant(self.into()))
            }

            fn from_value(value: ValueRef<'_>) -> Result<Self> {
                match value {
                    ValueRef::I64(value) => value.try_into().map_err(|_| Error::out_of_range(stringify!($ty))),
                    ValueRef::U64(value) => value.try_into().map_err(|_| Error::out_of_range(stringify!($ty))),
                    // PostgreSQL and MySQL sum integers into a decimal.
                    ValueRef::Decimal(value) => value.parse().map_err(|_| Error::out_of_range(stringify!($ty))),
                    value => Err(Error::unexpected_value("an integer", value)),
                }
            }
        }
        impl Comparable for $ty {}
        impl Ordered for $ty {}
        impl Numeric for $ty {
            type Sum = i64;
        }
        impl Computable for $ty {}
        impl Divisible for $ty {}
        impl Integer for $ty {}
        impl CastTo<f64> for $ty {}
        impl CastTo<String> for $ty {}
    )*};
}

integers!(i8 I8 I64, i16 I16 I64, i32 I32 I64, i64 I64 I64, u8 U8 I64, u16 U16 I64, u32 U32 I64, u64 U64 U64);

macro_rules! casts {
    ($($from:ty => $to:ty;)+) => {$(
        impl CastTo<$to> for $from {}
    )+};
}

casts! {
    i8 => i64;
    i16 => i64;
    i32 => i64;
    i64 => i64;
    u8 => i64;
    u16 => i64;
    u32 => i64;
    bool => i64;
    bool => String;
    f32 => f64;
    f64 => i64;
    String => i64;
    String => f64;
}

impl Scalar for f64 {
    type Base = f64;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::F64;

    fn into_value(self) -> Result<Value> {
        if self.is_nan() {
            // SQLite would make it NULL, MySQL has none, and PostgreSQL's equals itself: no column of them agrees with Rust.
            return Err(Error::new(
                ErrorKind::InvalidValue,
                "NaN is no number that backends agree on: use NULL, an `Option` that is `None`",
            ));
        }
        Ok(Value::F64(self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::F64(value) => Ok(value),
            ValueRef::I64(value) => exact_float(value.into()),
            ValueRef::U64(value) => exact_float(value.into()),
            ValueRef::Decimal(value) => {
                value.parse().ok().filter(|float: &f64| float.is_finite()).ok_or_else(|| Error::out_of_range("f64"))
            }
            value => Err(Error::unexpected_value("a float", value)),
        }
    }
}

/// A 64-bit integer as a float, where that is the same number. Compared in 128 bits, for there the cast back does not saturate.
fn exact_float(integer: i128) -> Result<f64> {
    let float = integer as f64;
    if float as i128 == integer { Ok(float) } else { Err(Error::out_of_range("f64 exactly")) }
}

impl Comparable for f64 {}
impl Ordered for f64 {}
impl Numeric for f64 {
    type Sum = f64;
}
impl Computable for f64 {}
impl Divisible for f64 {}

impl Scalar for f32 {
    type Base = f32;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::F32;

    fn into_value(self) -> Result<Value> {
        f64::from(self).into_value()
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        let wide = f64::from_value(value)?;
        let narrow = wide as f32;
        if f64::from(narrow) == wide || wide.is_nan() { Ok(narrow) } else { Err(Error::out_of_range("f32 exactly: read it as f64")) }
    }
}

impl Comparable for f32 {}
impl Ordered for f32 {}
impl Numeric for f32 {
    type Sum = f64;
}

impl Scalar for String {
    type Base = String;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Text;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Text(self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            // JSON and the server's own types are text without a type of Rust's, so whoever has none reads them so.
            ValueRef::Text(value) | ValueRef::Json(value) | ValueRef::Other { text: value, .. } => Ok(value.to_owned()),
            value => Err(Error::unexpected_value("text", value)),
        }
    }
}

impl Comparable for String {}
impl Ordered for String {}

impl Scalar for Vec<u8> {
    type Base = Vec<u8>;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Bytes;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Bytes(self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Bytes(value) => Ok(value.to_owned()),
            value => Err(Error::unexpected_value("bytes", value)),
        }
    }
}

impl Comparable for Vec<u8> {}
impl Ordered for Vec<u8> {}
