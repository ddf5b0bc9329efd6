//! Dates and times as text, for backends that keep them so (SQLite), and back.
//!
//! The text is ISO 8601 with a space, without trailing zeros in the fraction, so that it sorts as the times do:
//! `2005-05-24 22:53:30`, `2005-05-24 22:53:30.25`. It is what SQLite's own date functions and `CURRENT_TIMESTAMP` use.
//! Text has years 0000 to 9999 only: outside them formatting gives `None`.

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// `YYYY-MM-DD` of days since 1970-01-01.
///
/// ```
/// use bindery_core::value::calendar::format_date;
///
/// assert_eq!(format_date(12_927).as_deref(), Some("2005-05-24"));
/// assert_eq!(format_date(i32::MAX), None);
/// ```
pub fn format_date(days: i32) -> Option<String> {
    let (year, month, day) = civil_from_days(days.into());
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// `HH:MM:SS[.ffffff]` of microseconds since midnight.
///
/// ```
/// use bindery_core::value::calendar::format_time;
///
/// assert_eq!(format_time(82_410_250_000).as_deref(), Some("22:53:30.25"));
/// assert_eq!(format_time(86_400_000_000), None);
/// ```
pub fn format_time(micros: i64) -> Option<String> {
    if !(0..MICROS_PER_DAY).contains(&micros) {
        return None;
    }
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    Some(text)
}

/// `YYYY-MM-DD HH:MM:SS[.ffffff]` of microseconds since 1970-01-01.
///
/// ```
/// use bindery_core::value::calendar::format_date_time;
///
/// assert_eq!(format_date_time(-1).as_deref(), Some("1969-12-31 23:59:59.999999"));
/// assert_eq!(format_date_time(i64::MAX), None);
/// ```
pub fn format_date_time(micros: i64) -> Option<String> {
    let date = format_date(i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok()?)?;
    Some(format!("{date} {}", format_time(micros.rem_euclid(MICROS_PER_DAY))?))
}

/// Days since 1970-01-01 of `YYYY-MM-DD`.
///
/// ```
/// use bindery_core::value::calendar::parse_date;
///
/// assert_eq!(parse_date("2005-05-24"), Some(12_927));
/// assert_eq!(parse_date("2005-02-29"), None);
/// ```
pub fn parse_date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    days_from_civil(year, month, day)
}

/// Microseconds since midnight of `HH:MM[:SS[.f…]]`; digits beyond the sixth are truncated.
///
/// ```
/// use bindery_core::value::calendar::parse_time;
///
/// assert_eq!(parse_time("22:53:30.25"), Some(82_410_250_000));
/// assert_eq!(parse_time("24:00:00"), None);
/// ```
pub fn parse_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || bytes[2] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&bytes[..2])?, digits(&bytes[3..5])?);
    let (second, fraction) = match &bytes[5..] {
        [] => (0, 0),
        [b':', tens, ones, rest @ ..] => {
            let fraction = match rest {
                [] => 0,
                [b'.', fraction @ ..] if !fraction.is_empty() => {
                    digits(fraction)?;
                    (0..6).fold(0, |sum, i| sum * 10 + fraction.get(i).map_or(0, |digit| i64::from(digit - b'0')))
                }
                _ => return None,
            };
            (digits(&[*tens, *ones])?, fraction)
        }
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction)
}

/// Microseconds since 1970-01-01 of a date, and a time after a space or `T`; a lone date is its midnight.
///
/// ```
/// use bindery_core::value::calendar::parse_date_time;
///
/// assert_eq!(parse_date_time("1970-01-02T00:00:01"), Some(86_401_000_000));
/// assert_eq!(parse_date_time("1970-01-02"), Some(86_400_000_000));
/// assert_eq!(parse_date_time("1970-01-02 00:00:01Z"), None);
/// ```
pub fn parse_date_time(text: &str) -> Option<i64> {
    let days = i64::from(parse_date(text.get(..10)?)?);
    let time = match &text[10..] {
        "" => 0,
        rest => parse_time(rest.strip_prefix([' ', 'T'])?)?,
    };
    Some(days * MICROS_PER_DAY + time)
}

/// As [`parse_date_time`], in UTC, which a `Z` may say, unless an offset (`+02:00`) follows.
///
/// ```
/// use bindery_core::value::calendar::parse_timestamp;
///
/// assert_eq!(parse_timestamp("1970-01-01 00:00:01"), Some(1_000_000));
/// assert_eq!(parse_timestamp("1970-01-01T02:00:00+02:00"), Some(0));
/// ```
pub fn parse_timestamp(text: &str) -> Option<i64> {
    if let Some(text) = text.strip_suffix('Z') {
        return parse_date_time(text);
    }
    if let Some(split) = text.len().checked_sub(6).filter(|&split| split > 10 && text.is_char_boundary(split)) {
        let (moment, offset) = text.split_at(split);
        if let Some(sign) = match offset.as_bytes()[0] {
            b'+' => Some(1),
            b'-' => Some(-1),
            _ => None,
        } {
            return Some(parse_date_time(moment)? - sign * parse_time(&offset[1..])?);
        }
    }
    parse_date_time(text)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'))))
}

/// The days since 1970-01-01 of a proleptic Gregorian year, month and day; `None` where there is no such day.
///
/// ```
/// use bindery_core::value::calendar::days_from_civil;
///
/// assert_eq!(days_from_civil(2005, 5, 24), Some(12_927));
/// assert_eq!(days_from_civil(2005, 2, 29), None);
/// ```
pub fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i32> {
    let days = i32::try_from(unchecked_days(year, month, day)).ok()?;
    // A day that isn't there (31 April) comes back as another one.
    (civil_from_days(days.into()) == (year, month, day)).then_some(days)
}

// Both directions after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras are 400 years.
fn unchecked_days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The proleptic Gregorian year, month and day of a number of days since 1970-01-01. The year 0 is 1 BC.
///
/// For backends whose years are not those of four digits: any day of an `i32` is right.
///
/// ```
/// use bindery_core::value::calendar::civil_from_days;
///
/// assert_eq!(civil_from_days(12_927), (2005, 5, 24));
/// assert_eq!(civil_from_days(-719_529), (-1, 12, 31));
/// ```
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * month_from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates() {
        assert_eq!(format_date(0).as_deref(), Some("1970-01-01"));
        assert_eq!(format_date_time(-1).as_deref(), Some("1969-12-31 23:59:59.999999"));
        assert_eq!(parse_date("2000-02-29"), Some(11_016));
        assert_eq!(parse_date("1900-02-29"), None);
        assert_eq!(parse_timestamp("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(parse_timestamp("1970-01-01 00:00:00Z"), Some(0));
        assert_eq!(parse_date_time("1970-01-01"), Some(0));
        assert_eq!(format_date_time(i64::MAX), None);
    }

    proptest! {
        #[test]
        fn text_round_trips_and_sorts(a in -62_167_219_200_000_000_i64..253_402_300_800_000_000, b in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
            let (text_a, text_b) = (format_date_time(a).unwrap(), format_date_time(b).unwrap());
            prop_assert_eq!(parse_date_time(&text_a), Some(a));
            prop_assert_eq!(text_a.cmp(&text_b), a.cmp(&b));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = (parse_date(&text), parse_time(&text), parse_date_time(&text), parse_timestamp(&text));
        }

        #[test]
        fn nearly_dates_do_not_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]?[0-9:.+-]{0,16}Z?") {
            let _ = (parse_date(&text), parse_time(&text), parse_date_time(&text), parse_timestamp(&text));
        }
    }
}
