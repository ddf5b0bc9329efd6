use bindery_core::ErrorKind;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::*;
use crate::kind;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

fn days() -> RangeInclusive<i32> {
    let day = |date: Date| (date - EPOCH).get_days();
    day(Date::MIN)..=day(Date::MAX)
}
fn date((days, _): Moment) -> Date {
    EPOCH + days.days()
}
fn time((_, nanos): Moment) -> Time {
    Time::midnight() + nanos.nanoseconds()
}
fn date_time(moment: Moment) -> DateTime {
    date(moment).to_datetime(time(moment))
}
fn timestamp(moment: Moment) -> Timestamp {
    TimeZone::UTC.to_timestamp(date_time(moment)).unwrap()
}

checks! {
    dates: days(), date;
    times: days(), time;
    date_times: days(), date_time;
    // Its range stops short of the first and last days, for the sake of offsets: see `bounds`.
    timestamps: days().start() + 2..=days().end() - 2, timestamp;
}

#[test]
fn bounds() {
    assert_eq!(round_trip(Timestamp::MIN).unwrap(), Timestamp::MIN);
    assert_eq!(round_trip(Timestamp::MAX).unwrap().as_microsecond(), Timestamp::MAX.as_microsecond());
    assert_eq!(kind(Timestamp::from_value(ValueRef::Timestamp(i64::MAX))), ErrorKind::Decode);
    assert_eq!(kind(Date::from_value(ValueRef::Date(i32::MAX))), ErrorKind::Decode);
    assert_eq!(kind(Time::from_value(ValueRef::Time(-1))), ErrorKind::Decode);
    assert_eq!(kind(DateTime::from_value(ValueRef::DateTime(i64::MIN))), ErrorKind::Decode);
}
