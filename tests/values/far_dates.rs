//! Years that are not of four digits, over PostgreSQL's whole range as far as the Rust types go. SQLite's text has none of them.

use std::ops::RangeInclusive;

use proptest::prelude::*;

use crate::column::Backend;
use crate::types::{chrono_moment, jiff_moment, ordered, time_moment};

/// PostgreSQL's first day, 4714-11-24 BC, in microseconds since 1970.
const FIRST: i64 = -210_866_803_200_000_000;
/// The end of the year 9999, which is that of jiff and time.
const LAST: i64 = 253_402_300_799_999_999;
/// The end of the year 262142, which is chrono's.
const LAST_OF_CHRONO: i64 = 8_210_266_876_799_999_999;

/// With the bounds more often than chance would have them.
fn micros(range: RangeInclusive<i64>) -> impl Strategy<Value = i64> {
    let (first, last) = (*range.start(), *range.end());
    prop_oneof![8 => range, 1 => Just(first), 1 => Just(last)]
}

#[test]
fn dates_of_chrono() {
    let micros = || micros(FIRST..=LAST_OF_CHRONO).prop_map(chrono_moment);
    ordered(micros().prop_map(|moment| moment.date_naive()), Backend::Postgres);
    ordered(micros().prop_map(|moment| moment.naive_utc()), Backend::Postgres);
    ordered(micros(), Backend::Postgres);
}

#[test]
fn dates_of_time() {
    let micros = || micros(FIRST..=LAST).prop_map(time_moment);
    ordered(micros().prop_map(time::OffsetDateTime::date), Backend::Postgres);
    ordered(micros().prop_map(|moment| time::PrimitiveDateTime::new(moment.date(), moment.time())), Backend::Postgres);
    ordered(micros(), Backend::Postgres);
    ordered(micros().prop_map(time::UtcDateTime::from), Backend::Postgres);
}

#[test]
fn dates_of_jiff() {
    let micros = || micros(FIRST..=LAST).prop_map(jiff_moment);
    ordered(micros().prop_map(jiff::civil::DateTime::date), Backend::Postgres);
    ordered(micros(), Backend::Postgres);
    // A day before the end of the year: jiff leaves room for every offset.
    let moments = (FIRST..=LAST - 86_400_000_000).prop_map(|micros| jiff::Timestamp::from_microsecond(micros).unwrap());
    ordered(moments, Backend::Postgres);
}
