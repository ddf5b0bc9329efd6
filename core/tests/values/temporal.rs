//! Dates and times: what holds for each calendar crate alike, then what is its own.

#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;
#[cfg(feature = "time")]
mod with_time;

use std::fmt::Debug;
use std::ops::{Range, RangeInclusive};

use bindery_core::value::{Scalar, Value, ValueRef, calendar};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::round_trip;

/// Days since 1970-01-01, and nanoseconds of the day.
type Moment = (i32, i64);

/// The days that have a text: years 0 to 9999.
const TEXT_DAYS: RangeInclusive<i32> = -719_528..=2_932_896;
const NANOS: Range<i64> = 0..86_400_000_000_000;

fn moments(days: RangeInclusive<i32>) -> impl Strategy<Value = Moment> {
    let (first, last) = (*days.start(), *days.end());
    let text_days = first.max(*TEXT_DAYS.start())..=last.min(*TEXT_DAYS.end());
    let days = prop_oneof![1 => Just(first), 1 => Just(last), 4 => days, 4 => text_days, 2 => -2..2];
    let nanos = prop_oneof![1 => Just(0), 1 => Just(NANOS.end - 1), 4 => NANOS, 4 => NANOS.prop_map(|nanos| nanos / 1_000_000 * 1_000_000)];
    (days, nanos)
}

/// The value as SQLite keeps it.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Date(days) => calendar::format_date(*days),
        Value::Time(micros) => calendar::format_time(*micros),
        Value::DateTime(micros) | Value::Timestamp(micros) => calendar::format_date_time(*micros),
        _ => None,
    }
}

/// What holds for each type; `build` makes one by its own crate's means.
fn check<T: Scalar + Clone + Ord + Debug>(build: impl Fn(Moment) -> T, a: Moment, b: Moment) -> Result<(), TestCaseError> {
    let truncated = |(days, nanos): Moment| build((days, nanos - nanos % 1_000));
    prop_assert_eq!(round_trip(build(a)).unwrap(), truncated(a));
    prop_assert_eq!(round_trip(Some(build(a))).unwrap(), Some(truncated(a)));

    let order = truncated(a).cmp(&truncated(b));
    let (value_a, value_b) = (build(a).into_value().unwrap(), build(b).into_value().unwrap());
    match (&value_a, &value_b) {
        (Value::Date(a), Value::Date(b)) => prop_assert_eq!(a.cmp(b), order),
        (Value::Time(a), Value::Time(b)) | (Value::DateTime(a), Value::DateTime(b)) | (Value::Timestamp(a), Value::Timestamp(b)) => {
            prop_assert_eq!(a.cmp(b), order);
        }
        values => prop_assert!(false, "{values:?}"),
    }

    prop_assert_eq!(as_text(&value_a).is_some(), TEXT_DAYS.contains(&a.0) || matches!(value_a, Value::Time(_)));
    if let (Some(text_a), Some(text_b)) = (as_text(&value_a), as_text(&value_b)) {
        prop_assert_eq!(T::from_value(ValueRef::Text(&text_a)).unwrap(), truncated(a));
        prop_assert_eq!(text_a.cmp(&text_b), order);
    }
    Ok(())
}

macro_rules! checks {
    ($($name:ident: $days:expr, $build:expr;)+) => {
        proptest! {$(
            #[test]
            fn $name(a in moments($days), b in moments($days)) {
                check($build, a, b)?;
            }
        )+}
    };
}
use checks;
