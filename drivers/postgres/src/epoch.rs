//! PostgreSQL counts from 2000-01-01, bindery from 1970-01-01; and the ends of what PostgreSQL counts.

const DAYS: i32 = 10_957;
const MICROS: i64 = 946_684_800_000_000;
const MICROS_PER_DAY: i64 = 86_400_000_000;

// In PostgreSQL's own count: 4714-11-24 BC, which the Julian calendar calls 4713-01-01 BC, to 5874897-12-31; and to the end of 294276.
const MIN_DATE: i32 = -2_451_545;
const MAX_DATE: i32 = 2_145_031_948;
const MIN_TIMESTAMP: i64 = -211_813_488_000_000_000;
const MAX_TIMESTAMP: i64 = 9_223_371_331_199_999_999;

/// PostgreSQL's day of bindery's, if it has that day.
pub(crate) fn to_date(days: i32) -> Option<i32> {
    days.checked_sub(DAYS).filter(|days| (MIN_DATE..=MAX_DATE).contains(days))
}

/// Bindery's day of PostgreSQL's; `None` for the infinities.
pub(crate) fn from_date(days: i32) -> Option<i32> {
    if (MIN_DATE..=MAX_DATE).contains(&days) { days.checked_add(DAYS) } else { None }
}

/// PostgreSQL's microsecond of bindery's, if it has it.
pub(crate) fn to_timestamp(micros: i64) -> Option<i64> {
    micros.checked_sub(MICROS).filter(|micros| (MIN_TIMESTAMP..=MAX_TIMESTAMP).contains(micros))
}

/// Bindery's microsecond of PostgreSQL's, as wide as all of them; `None` for the infinities.
pub(crate) fn from_timestamp(micros: i64) -> Option<i128> {
    (MIN_TIMESTAMP..=MAX_TIMESTAMP).contains(&micros).then(|| i128::from(micros) + i128::from(MICROS))
}

/// Whether this is a time of one day. PostgreSQL's `24:00` is none.
pub(crate) fn is_time(micros: i64) -> bool {
    (0..MICROS_PER_DAY).contains(&micros)
}
