use bindery_core::ErrorKind;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::*;
use crate::kind;

const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();

fn days() -> RangeInclusive<i32> {
    let day = |date: NaiveDate| date.signed_duration_since(EPOCH).num_days() as i32;
    day(NaiveDate::MIN)..=day(NaiveDate::MAX)
}
fn date((days, _): Moment) -> NaiveDate {
    EPOCH + TimeDelta::days(days.into())
}
fn time((_, nanos): Moment) -> NaiveTime {
    NaiveTime::MIN + TimeDelta::nanoseconds(nanos)
}
fn date_time(moment: Moment) -> NaiveDateTime {
    date(moment).and_time(time(moment))
}
fn timestamp(moment: Moment) -> DateTime<Utc> {
    date_time(moment).and_utc()
}

checks! {
    dates: days(), date;
    times: days(), time;
    date_times: days(), date_time;
    timestamps: days(), timestamp;
}

#[test]
fn leap_seconds_are_refused() {
    let time = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_000_000_000).unwrap();
    assert_eq!(kind(time.into_value()), ErrorKind::InvalidValue);
    assert_eq!(kind(EPOCH.and_time(time).into_value()), ErrorKind::InvalidValue);
    assert_eq!(kind(EPOCH.and_time(time).and_utc().into_value()), ErrorKind::InvalidValue);
}

#[test]
fn a_zone_may_be_assumed_but_not_dropped() {
    assert_eq!(DateTime::<Utc>::from_value(ValueRef::DateTime(0)).unwrap(), DateTime::UNIX_EPOCH);
    let error = NaiveDateTime::from_value(ValueRef::Timestamp(0)).unwrap_err();
    assert_eq!(error.to_string(), "expected a date and time without a zone, found a timestamp: read it as a type in UTC");
    assert_eq!(kind(NaiveDateTime::from_value(ValueRef::Text("1970-01-01 00:00:00Z"))), ErrorKind::Decode);
}

#[test]
fn beyond_the_range_of_the_type() {
    let error = NaiveDate::from_value(ValueRef::Date(i32::MAX)).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Decode, "the value does not fit chrono::NaiveDate"));
    for micros in [-1, 86_400_000_000, i64::MAX, i64::MIN] {
        assert_eq!(kind(NaiveTime::from_value(ValueRef::Time(micros))), ErrorKind::Decode);
    }
    assert_eq!(kind(NaiveDateTime::from_value(ValueRef::DateTime(i64::MAX))), ErrorKind::Decode);
}
