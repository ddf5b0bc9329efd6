//! [`Scalar`](super::Scalar) for the types of chrono.
//!
//! `DateTime<FixedOffset>` and `DateTime<Local>` are left out: no backend keeps the offset, so they would come back as others than
//! they went. Say so in the code, by `.to_utc()`.

use chrono::{Datelike, Timelike};

use super::temporal::{have_date, have_time, micros, temporal};
use crate::{Error, ErrorKind, Result};

/// The day number that chrono has for 1970-01-01.
const EPOCH: i32 = 719_163;

temporal! {
    chrono::NaiveDate: Date by read_date,
        |date| Ok(date.num_days_from_ce() - EPOCH),
        |days: i32| chrono::NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?);
    chrono::NaiveTime: Time by read_time,
        |time| {
            no_leap_second(&time)?;
            micros(i128::from(time.num_seconds_from_midnight()) * 1_000_000_000 + i128::from(time.nanosecond()))
        },
        |micros: i64| {
            let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok()?;
            let nanos = u32::try_from(micros.rem_euclid(1_000_000) * 1_000).ok()?;
            chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)
        };
    chrono::NaiveDateTime: DateTime by read_date_time,
        |moment| no_leap_second(&moment).map(|()| moment.and_utc().timestamp_micros()),
        |micros| chrono::DateTime::from_timestamp_micros(micros).map(|moment| moment.naive_utc());
    chrono::DateTime<chrono::Utc>: Timestamp by read_timestamp,
        |moment| no_leap_second(&moment).map(|()| moment.timestamp_micros()),
        chrono::DateTime::from_timestamp_micros;
}

/// chrono counts a leap second as the nanoseconds beyond 999,999,999 of the second before it; carried so it would become the
/// second after.
fn no_leap_second(time: &impl Timelike) -> Result<()> {
    if time.nanosecond() < 1_000_000_000 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidValue, "the time is a leap second, which no backend keeps"))
}

have_date!(chrono::NaiveDate: chrono::NaiveDate, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc>);
have_time!(chrono::NaiveTime, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc>);
