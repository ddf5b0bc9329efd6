//! Every [`Scalar`]: there and back over its whole range, its order, and the refusal of what does not fit.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

#[cfg(feature = "rust_decimal")]
mod decimal;
#[cfg(feature = "serde_json")]
mod json;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod temporal;
#[cfg(feature = "uuid")]
mod uuids;

use std::fmt::Debug;

use bindery_core::value::{Scalar, Value, ValueRef};
use bindery_core::{ErrorKind, Result};
use proptest::option;
use proptest::prelude::*;

fn round_trip<T: Scalar>(value: T) -> Result<T> {
    T::from_value(value.into_value()?.as_ref())
}

fn kind<T: Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

macro_rules! round_trips {
    ($($name:ident: $ty:ty = $strategy:expr;)+) => {
        proptest! {$(
            #[test]
            fn $name(value in option::of($strategy)) {
                prop_assert_eq!(round_trip::<Option<$ty>>(value.clone()).unwrap(), value.clone());
                if let Some(value) = value {
                    prop_assert_eq!(round_trip::<$ty>(value.clone()).unwrap(), value);
                }
            }
        )+}
    };
}

/// A range with its bounds, which a uniform choice would hardly ever meet.
macro_rules! whole {
    ($ty:ident) => {
        prop_oneof![1 => Just($ty::MIN), 1 => Just($ty::MAX), 8 => any::<$ty>()]
    };
}

round_trips! {
    bools: bool = any::<bool>();
    i8s: i8 = whole!(i8);
    i16s: i16 = whole!(i16);
    i32s: i32 = whole!(i32);
    i64s: i64 = whole!(i64);
    u8s: u8 = whole!(u8);
    u16s: u16 = whole!(u16);
    u32s: u32 = whole!(u32);
    u64s: u64 = whole!(u64);
    f32s: f32 = proptest::num::f32::ANY.prop_filter("a number", |float| !float.is_nan());
    f64s: f64 = proptest::num::f64::ANY.prop_filter("a number", |float| !float.is_nan());
    strings: String = any::<String>();
    bytes: Vec<u8> = any::<Vec<u8>>();
}

proptest! {
    #[test]
    fn integers_out_of_range_are_refused(value in whole!(i64)) {
        prop_assert_eq!(i8::from_value(ValueRef::I64(value)).ok(), i8::try_from(value).ok());
        prop_assert_eq!(u32::from_value(ValueRef::I64(value)).ok(), u32::try_from(value).ok());
        prop_assert_eq!(u64::from_value(ValueRef::I64(value)).ok(), u64::try_from(value).ok());
        prop_assert_eq!(i64::from_value(ValueRef::Decimal(&value.to_string())).unwrap(), value);
    }

    #[test]
    fn an_integer_as_a_float_is_exact(value in whole!(i64), unsigned in whole!(u64)) {
        if let Ok(float) = f64::from_value(ValueRef::I64(value)) {
            prop_assert_eq!(float as i128, i128::from(value));
        }
        if let Ok(float) = f64::from_value(ValueRef::U64(unsigned)) {
            prop_assert_eq!(float as i128, i128::from(unsigned));
        }
    }
}

#[test]
fn floats_at_their_limits() {
    assert_eq!(kind(f64::NAN.into_value()), ErrorKind::InvalidValue);
    assert_eq!(kind(f32::NAN.into_value()), ErrorKind::InvalidValue);
    assert_eq!(round_trip(f64::NEG_INFINITY).unwrap(), f64::NEG_INFINITY);
    assert_eq!(kind(f32::from_value(ValueRef::F64(0.1))), ErrorKind::Decode);
    assert_eq!(f64::from_value(ValueRef::Decimal("2.50")).unwrap(), 2.5);
    assert_eq!(kind(f64::from_value(ValueRef::Decimal(&"9".repeat(400)))), ErrorKind::Decode);
    assert_eq!(kind(f64::from_value(ValueRef::I64(i64::MAX))), ErrorKind::Decode);
    assert_eq!(f64::from_value(ValueRef::U64(1 << 63)).unwrap(), 9_223_372_036_854_775_808.0);
}

/// One call of a macro for each scalar type there is.
macro_rules! every_scalar {
    ($check:ident!) => {
        $check!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, Vec<u8>);
        #[cfg(feature = "chrono")]
        $check!(::chrono::NaiveDate, ::chrono::NaiveTime, ::chrono::NaiveDateTime, ::chrono::DateTime<::chrono::Utc>);
        #[cfg(feature = "time")]
        $check!(::time::Date, ::time::Time, ::time::PrimitiveDateTime, ::time::UtcDateTime, ::time::OffsetDateTime);
        #[cfg(feature = "jiff")]
        $check!(::jiff::civil::Date, ::jiff::civil::Time, ::jiff::civil::DateTime, ::jiff::Timestamp);
        #[cfg(feature = "uuid")]
        $check!(::uuid::Uuid);
        #[cfg(feature = "rust_decimal")]
        $check!(::rust_decimal::Decimal);
        #[cfg(feature = "serde_json")]
        $check!(::serde_json::Value);
    };
}

/// What was read, sent and read again is the same; what is refused is a `Decode` that does not tell the value.
fn reads_or_refuses<T: Scalar + Clone + PartialEq + Debug>(value: ValueRef<'_>) {
    match T::from_value(value) {
        Ok(read) => match read.clone().into_value() {
            Ok(sent) => assert_eq!(T::from_value(sent.as_ref()).unwrap(), read, "from {value:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}"), // a NaN, which a backend may have
        },
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}

fn for_every_scalar(value: ValueRef<'_>) {
    macro_rules! check {
        ($($ty:ty),+) => {{ $(reads_or_refuses::<$ty>(value);)+ }};
    }
    every_scalar!(check!);
}

#[test]
fn every_kind_of_value_meets_every_type() {
    let texts = ["", "s3cret", "0", "-", "-.", "1.", ".5", "1e5", "1_0", "+1", "NaN", "{\"s3cret\": ", "\"s3cret", "[s3cret]", "null"]
        .into_iter()
        .chain(["2005-05-24", "22:53:30", "2005-05-24 22:53:30.1234567", "2005-05-24T22:53:30+02:00", "9999-12-31 23:59:59-23:59"])
        .chain(["0000-01-01 00:00:00+23:59", "2005-02-30", "67e55044-10b1-426f-9247-bb680e5fe0c8", "67e5504410b1426f9247bb680e5fe0c8"])
        .chain(["{67e5504410b1426f9247bb680e5fe0c8}", "67e55044-10b1-426f-9247-bb680e5s3cret", "ää-ä-ä ää:ää:ää"]);
    for text in texts {
        for_every_scalar(ValueRef::Text(text));
        for_every_scalar(ValueRef::Decimal(text));
        for_every_scalar(ValueRef::Json(text));
        for_every_scalar(ValueRef::Bytes(text.as_bytes()));
        for_every_scalar(ValueRef::Other { type_name: "inet", text });
    }
    for number in [i64::MIN, -1, 0, 1, 2, 86_399_999_999, 86_400_000_000, i64::MAX] {
        for_every_scalar(ValueRef::I64(number));
        for_every_scalar(ValueRef::U64(number as u64));
        for_every_scalar(ValueRef::F64(number as f64));
        for_every_scalar(ValueRef::Date(number.clamp(i32::MIN.into(), i32::MAX.into()) as i32));
        for_every_scalar(ValueRef::Time(number));
        for_every_scalar(ValueRef::DateTime(number));
        for_every_scalar(ValueRef::Timestamp(number));
    }
    for value in [ValueRef::F64(f64::NAN), ValueRef::F64(f64::INFINITY), ValueRef::Bool(true), ValueRef::Bool(false), ValueRef::Null] {
        for_every_scalar(value);
    }
    for_every_scalar(ValueRef::Uuid([0xff; 16]));
    for_every_scalar(ValueRef::Bytes(&[0xff; 16]));
    for_every_scalar(ValueRef::Array(&[Value::Null]));
}

proptest! {
    #[test]
    fn no_value_panics(days in whole!(i32), micros in whole!(i64), float: f64, bytes: Vec<u8>, text in "[-+:.0-9TZ ae{}\\[\\]\",\\\\]{0,40}|\\PC*") {
        for_every_scalar(ValueRef::Date(days));
        for_every_scalar(ValueRef::Time(micros));
        for_every_scalar(ValueRef::DateTime(micros));
        for_every_scalar(ValueRef::Timestamp(micros));
        for_every_scalar(ValueRef::F64(float));
        for_every_scalar(ValueRef::Bytes(&bytes));
        for_every_scalar(ValueRef::Text(&text));
        for_every_scalar(ValueRef::Decimal(&text));
        for_every_scalar(ValueRef::Json(&text));
    }
}

#[test]
fn null_is_only_an_option() {
    macro_rules! check {
        ($($ty:ty),+) => {$(
            let error = <$ty>::from_value(ValueRef::Null).map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().ends_with("found NULL: a column that can be NULL is an `Option`"), "{error}");
            assert!(Option::<$ty>::from_value(ValueRef::Null).unwrap().is_none());
            assert_eq!(None::<$ty>.into_value().unwrap(), Value::Null);
        )+};
    }
    every_scalar!(check!);
}
