//! What the types of chrono, time and jiff share: the shape of their conversions, and how each kind is read from what backends give.

use super::{ValueRef, calendar};
use crate::{Error, ErrorKind, Result};

/// Implements [`Scalar`](super::Scalar) for types of a calendar crate. For each: its kind and how that is read, then the number
/// that carries it, and the way back, `None` where the type has no such value.
macro_rules! temporal {
    ($($ty:ty: $kind:ident by $read:ident, $carry:expr, $restore:expr;)+) => {$(
        impl $crate::value::Scalar for $ty {
            type Base = $ty;
            type Lifted<T: $crate::value::Scalar> = T;
            const TYPE: $crate::value::SqlType = $crate::value::SqlType::$kind;

            fn into_value(self) -> $crate::Result<$crate::value::Value> {
                let carry: fn($ty) -> $crate::Result<_> = $carry;
                carry(self).map($crate::value::Value::$kind)
            }

            fn from_value(value: $crate::value::ValueRef<'_>) -> $crate::Result<Self> {
                let restore: fn(_) -> Option<$ty> = $restore;
                restore($crate::value::temporal::$read(value)?).ok_or_else(|| $crate::Error::out_of_range(stringify!($ty)))
            }
        }
        impl $crate::value::Comparable for $ty {}
        impl $crate::value::Ordered for $ty {}
    )+};
}
pub(super) use temporal;

/// Says which types of a calendar crate have a date, each with the crate's type of dates.
macro_rules! have_date {
    ($date:ty: $($ty:ty),+) => {$(
        impl $crate::value::HasDate for $ty {
            type Date = $date;
        }
    )+};
}
pub(super) use have_date;

/// Says which types of a calendar crate have a time.
macro_rules! have_time {
    ($($ty:ty),+) => {$(
        impl $crate::value::HasTime for $ty {}
    )+};
}
pub(super) use have_time;

pub(super) fn read_date(value: ValueRef<'_>) -> Result<i32> {
    match value {
        ValueRef::Date(days) => Ok(days),
        ValueRef::Text(text) => calendar::parse_date(text).ok_or_else(|| malformed("a date", "2005-05-24")),
        value => Err(Error::unexpected_value("a date", value)),
    }
}

pub(super) fn read_time(value: ValueRef<'_>) -> Result<i64> {
    match value {
        ValueRef::Time(micros) => Ok(micros),
        ValueRef::Text(text) => calendar::parse_time(text).ok_or_else(|| malformed("a time", "22:53:30.25")),
        value => Err(Error::unexpected_value("a time", value)),
    }
}

pub(super) fn read_date_time(value: ValueRef<'_>) -> Result<i64> {
    match value {
        ValueRef::DateTime(micros) => Ok(micros),
        ValueRef::Text(text) => {
            calendar::parse_date_time(text).ok_or_else(|| malformed("a date and time without a zone", "2005-05-24 22:53:30.25"))
        }
        // A moment without its zone would be a silent change: it no longer says when it was.
        ValueRef::Timestamp(_) => {
            Err(Error::new(ErrorKind::Decode, "expected a date and time without a zone, found a timestamp: read it as a type in UTC"))
        }
        value => Err(Error::unexpected_value("a date and time without a zone", value)),
    }
}

pub(super) fn read_timestamp(value: ValueRef<'_>) -> Result<i64> {
    match value {
        // MySQL's functions (`now()`, `coalesce(…)`) give DATETIME for its TIMESTAMP columns too, in the session's zone, which is UTC.
        ValueRef::Timestamp(micros) | ValueRef::DateTime(micros) => Ok(micros),
        ValueRef::Text(text) => calendar::parse_timestamp(text).ok_or_else(|| malformed("a timestamp", "2005-05-24 22:53:30.25Z")),
        value => Err(Error::unexpected_value("a timestamp", value)),
    }
}

fn malformed(expected: &str, example: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("expected {expected}, found text that is not one: it is written as `{example}`"))
}

/// The carried microseconds of nanoseconds: what is finer is truncated, before 1970 too towards the past, so that order stays.
pub(super) fn micros(nanos: i128) -> Result<i64> {
    i64::try_from(nanos.div_euclid(1_000))
        .map_err(|_| Error::new(ErrorKind::InvalidValue, "the date is too far from 1970 to be carried in 64 bits of microseconds"))
}
