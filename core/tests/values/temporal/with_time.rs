use bindery_core::ErrorKind;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

use super::*;
use crate::kind;

const EPOCH: Date = OffsetDateTime::UNIX_EPOCH.date();

fn days() -> RangeInclusive<i32> {
    let day = |date: Date| (date - EPOCH).whole_days() as i32;
    day(Date::MIN)..=day(Date::MAX)
}
fn date((days, _): Moment) -> Date {
    EPOCH + Duration::days(days.into())
}
fn time_of_day((_, nanos): Moment) -> Time {
    Time::MIDNIGHT + Duration::nanoseconds(nanos)
}
fn date_time(moment: Moment) -> PrimitiveDateTime {
    PrimitiveDateTime::new(date(moment), time_of_day(moment))
}
fn timestamp(moment: Moment) -> UtcDateTime {
    date_time(moment).as_utc()
}
fn offset_timestamp(moment: Moment) -> OffsetDateTime {
    date_time(moment).assume_utc()
}

checks! {
    dates: days(), date;
    times: days(), time_of_day;
    date_times: days(), date_time;
    timestamps: days(), timestamp;
    offset_timestamps: days(), offset_timestamp;
}

proptest! {
    #[test]
    fn offsets_come_back_in_utc((days, nanos) in moments(-100_000..=100_000), seconds in -86_399..=86_399) {
        let sent = offset_timestamp((days, nanos / 1_000 * 1_000)).to_offset(UtcOffset::from_whole_seconds(seconds).unwrap());
        let read = round_trip(sent).unwrap();
        prop_assert_eq!(read, sent);
        prop_assert_eq!(read.offset(), UtcOffset::UTC);
    }
}

#[test]
fn what_has_no_utc_is_refused() {
    let last = PrimitiveDateTime::MAX.assume_offset(UtcOffset::from_hms(-2, 0, 0).unwrap());
    assert_eq!(kind(last.into_value()), ErrorKind::InvalidValue);
}

#[test]
fn beyond_the_range_of_the_type() {
    assert_eq!(kind(Date::from_value(ValueRef::Date(i32::MIN))), ErrorKind::Decode);
    assert_eq!(kind(Time::from_value(ValueRef::Time(86_400_000_000))), ErrorKind::Decode);
    assert_eq!(kind(UtcDateTime::from_value(ValueRef::Timestamp(i64::MIN))), ErrorKind::Decode);
}
