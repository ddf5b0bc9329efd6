//! [`Scalar`](super::Scalar) for the types of time.

use time::{Duration, UtcOffset};

use super::calendar::MICROS_PER_DAY;
use super::temporal::{have_date, have_time, micros, temporal};
use crate::{Error, ErrorKind};

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

temporal! {
    time::Date: Date by read_date,
        |date| Ok(date.to_julian_day() - EPOCH),
        |days: i32| time::Date::from_julian_day(days.checked_add(EPOCH)?).ok();
    time::Time: Time by read_time,
        |time| micros((time - time::Time::MIDNIGHT).whole_nanoseconds()),
        // The addition goes around midnight, so the range is checked first.
        |micros: i64| (0..MICROS_PER_DAY).contains(&micros).then(|| time::Time::MIDNIGHT + Duration::microseconds(micros));
    time::PrimitiveDateTime: DateTime by read_date_time,
        |moment| micros(moment.assume_utc().unix_timestamp_nanos()),
        |micros| moment(micros).map(|moment| time::PrimitiveDateTime::new(moment.date(), moment.time()));
    time::UtcDateTime: Timestamp by read_timestamp,
        |moment| micros(moment.unix_timestamp_nanos()),
        moment;
    time::OffsetDateTime: Timestamp by read_timestamp,
        // Near the ends of its range it can't be told in UTC, and so couldn't be read again.
        |moment| match moment.checked_to_offset(UtcOffset::UTC) {
            Some(moment) => micros(moment.unix_timestamp_nanos()),
            None => Err(Error::new(ErrorKind::InvalidValue, "the timestamp is out of range in UTC")),
        },
        |micros| moment(micros).map(time::OffsetDateTime::from);
}

fn moment(micros: i64) -> Option<time::UtcDateTime> {
    time::UtcDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()
}

have_date!(time::Date: time::Date, time::PrimitiveDateTime, time::UtcDateTime, time::OffsetDateTime);
have_time!(time::Time, time::PrimitiveDateTime, time::UtcDateTime, time::OffsetDateTime);
