//! [`Scalar`](super::Scalar) for the types of jiff.
//!
//! `Zoned` is left out: no backend keeps the zone, so it would come back as another than it went. Say so in the code, by
//! `.timestamp()`.

use jiff::SignedDuration;

use super::temporal::{have_date, have_time, micros, temporal};

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);
const MIDNIGHT: jiff::civil::Time = jiff::civil::Time::midnight();

temporal! {
    jiff::civil::Date: Date by read_date,
        // Within jiff's years, -9999 to 9999, every count of days fits.
        |date| Ok((date.duration_since(EPOCH).as_hours() / 24) as i32),
        |days| EPOCH.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok();
    jiff::civil::Time: Time by read_time,
        |time| micros(time.duration_since(MIDNIGHT).as_nanos()),
        |micros| MIDNIGHT.checked_add(SignedDuration::from_micros(micros)).ok();
    jiff::civil::DateTime: DateTime by read_date_time,
        |moment| micros(moment.duration_since(EPOCH.to_datetime(MIDNIGHT)).as_nanos()),
        |micros| EPOCH.to_datetime(MIDNIGHT).checked_add(SignedDuration::from_micros(micros)).ok();
    jiff::Timestamp: Timestamp by read_timestamp,
        |moment| micros(moment.as_nanosecond()),
        // Not `from_microsecond`: in jiff 0.2 that refuses the last second of the range.
        |micros| jiff::Timestamp::from_duration(SignedDuration::from_micros(micros)).ok();
}

have_date!(jiff::civil::Date: jiff::civil::Date, jiff::civil::DateTime, jiff::Timestamp);
have_time!(jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp);
