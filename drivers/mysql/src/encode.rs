//! Parameters: bindery's values as the client library's.

use bindery_core::engine::Param;
use bindery_core::value::{SqlType, ValueRef, calendar};
use bindery_core::{Error, Result};
use mysql_async::Value;

use crate::problem::Problem;

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// The years that have four digits: <https://mariadb.com/kb/en/date/>, <https://dev.mysql.com/doc/refman/5.7/en/datetime.html>.
const YEARS: std::ops::RangeInclusive<i64> = 0..=9999;
/// The digits of a DECIMAL, and how many of them stand behind the point at most.
const MOST_DIGITS: usize = 65;
const MOST_SCALE: usize = 30;

/// The parameters of one statement. What can be told without the server is told here, before anything is sent.
pub(crate) fn arguments(params: &[Param<'_>]) -> Result<Vec<Value>> {
    let argument = |(index, param): (usize, &Param<'_>)| {
        encode(param.value, param.sql_type).map_err(|problem| {
            let error = Error::new(problem.kind, format!("parameter {}: {}", index + 1, problem.text));
            match param.column {
                Some(column) => error.at_column(column),
                None => error,
            }
        })
    };
    params.iter().enumerate().map(argument).collect()
}

/// One value in the form of a type. The server is left nothing to convert that it would convert in silence: of text it compares with a number
/// it takes the digits at the beginning, and a number that it stores as a date has its digits read as one.
fn encode(value: ValueRef<'_>, sql_type: Option<SqlType>) -> Result<Value, Problem> {
    use SqlType as T;
    use ValueRef as V;
    Ok(match (value, sql_type) {
        (V::Null, _) => Value::NULL,
        (V::Array(_), _) => return Err(Problem::unsupported("MySQL has no arrays: keep them as JSON, or in a table of their own")),
        (value, None | Some(T::Other(_))) => plain(value)?,

        (V::Bool(value), Some(T::Bool)) => Value::Int(value.into()),
        (V::I64(value), Some(sql_type)) if integer_range(sql_type).is_some() => integer(value.into(), sql_type)?,
        (V::U64(value), Some(sql_type)) if integer_range(sql_type).is_some() => integer(value.into(), sql_type)?,
        (V::F64(value), Some(T::F64)) => Value::Double(finite(value)?),
        (V::F64(value), Some(T::F32)) if f64::from(value as f32) == value => Value::Float(value as f32 + 0.0),
        (V::I64(value), Some(T::F32 | T::F64)) => whole(value.into(), sql_type)?,
        (V::U64(value), Some(T::F32 | T::F64)) => whole(value.into(), sql_type)?,
        (V::Decimal(_) | V::I64(_) | V::U64(_), Some(T::Decimal)) => plain(value)?,
        (V::Text(_) | V::Json(_) | V::Other { .. } | V::Uuid(_), Some(T::Text)) => plain(value)?,
        (V::I64(_) | V::U64(_), Some(T::Text)) => match plain(value)? {
            Value::Int(value) => Value::Bytes(value.to_string().into_bytes()),
            Value::UInt(value) => Value::Bytes(value.to_string().into_bytes()),
            other => other,
        },
        (V::Bytes(_), Some(T::Bytes)) => plain(value)?,
        (V::Date(_), Some(T::Date)) | (V::Time(_), Some(T::Time)) => plain(value)?,
        // A column without a zone, and all here are that, has its moments in UTC.
        (V::DateTime(_) | V::Timestamp(_), Some(T::DateTime)) | (V::Timestamp(_), Some(T::Timestamp)) => plain(value)?,
        (V::DateTime(_), Some(T::Timestamp)) => {
            return Err(Problem::new("a date and time without a zone can't be sent as a timestamp: send a type in UTC"));
        }
        (V::Uuid(_), Some(T::Uuid)) => plain(value)?,
        (V::Json(_) | V::Text(_), Some(T::Json)) => plain(value)?,

        // Text is read here as the server would read it, so that what is none of the type is refused in a comparison too.
        (V::Text(text), Some(T::Date)) => plain(V::Date(calendar::parse_date(text).ok_or_else(|| no_text_of("date"))?))?,
        (V::Text(text), Some(T::Time)) => plain(V::Time(calendar::parse_time(text).ok_or_else(|| no_text_of("time"))?))?,
        (V::Text(text), Some(T::DateTime)) => {
            plain(V::DateTime(calendar::parse_date_time(text).ok_or_else(|| no_text_of("date and time"))?))?
        }
        (V::Text(text), Some(T::Timestamp)) => plain(V::DateTime(calendar::parse_timestamp(text).ok_or_else(|| no_text_of("timestamp"))?))?,
        (V::Text(text), Some(T::Decimal)) if is_decimal(text) => plain(V::Decimal(text))?,
        (V::Text(text), Some(T::Uuid)) if is_uuid(text) => Value::Bytes(text.to_ascii_lowercase().into_bytes()),

        (V::F64(_), Some(T::F32)) => {
            return Err(Problem::new("the value is not exact in `float`: send an f32, or make the column a `double`"));
        }
        (value, Some(sql_type)) => {
            return Err(Problem::new(format!(
                "{} can't be sent as {sql_type:?}: send what the statement expects there",
                value.kind_name()
            )));
        }
    })
}

/// A value in a form of its own.
fn plain(value: ValueRef<'_>) -> Result<Value, Problem> {
    Ok(match value {
        ValueRef::Null => Value::NULL,
        ValueRef::Bool(value) => Value::Int(value.into()),
        ValueRef::I64(value) => Value::Int(value),
        ValueRef::U64(value) => Value::UInt(value),
        ValueRef::F64(value) => Value::Double(finite(value)?),
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Other { text, .. } => Value::Bytes(text.as_bytes().to_vec()),
        ValueRef::Decimal(text) => decimal(text)?,
        ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Date(days) => date(i64::from(days), 0)?,
        ValueRef::DateTime(micros) | ValueRef::Timestamp(micros) => {
            date(micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY))?
        }
        ValueRef::Time(micros) => {
            let [hour, minute, second, fraction] = clock(micros).ok_or_else(|| Problem::new("the value is no time of one day"))?;
            Value::Time(false, 0, small(hour)?, small(minute)?, small(second)?, small(fraction)?)
        }
        ValueRef::Uuid(_) => Value::Bytes(value.to_text().unwrap_or_default().into_owned().into_bytes()),
        other => return Err(Problem::unsupported(format!("MySQL can't store {}", other.kind_name()))),
    })
}

fn finite(value: f64) -> Result<f64, Problem> {
    // Zero without its sign: MySQL 5.7 counts and groups -0 apart from 0, which are equal.
    if value.is_finite() { Ok(value + 0.0) } else { Err(Problem::new("MySQL has neither NaN nor infinite numbers")) }
}

fn integer_range(sql_type: SqlType) -> Option<(i128, i128)> {
    Some(match sql_type {
        SqlType::Bool => (0, 1),
        SqlType::I8 => (i8::MIN.into(), i8::MAX.into()),
        SqlType::I16 => (i16::MIN.into(), i16::MAX.into()),
        SqlType::I32 => (i32::MIN.into(), i32::MAX.into()),
        SqlType::I64 => (i64::MIN.into(), i64::MAX.into()),
        SqlType::U8 => (0, u8::MAX.into()),
        SqlType::U16 => (0, u16::MAX.into()),
        SqlType::U32 => (0, u32::MAX.into()),
        SqlType::U64 => (0, u64::MAX.into()),
        _ => return None,
    })
}

fn integer(value: i128, sql_type: SqlType) -> Result<Value, Problem> {
    let (least, most) = integer_range(sql_type).unwrap_or_default();
    if !(least..=most).contains(&value) {
        return Err(Problem::new(format!("the value is out of the range of the column, {least} to {most}")));
    }
    match i64::try_from(value) {
        Ok(value) => Ok(Value::Int(value)),
        Err(_) => Ok(Value::UInt(small(value)?)),
    }
}

/// An integer as a float, where that is the same number. Compared in 128 bits, for there the cast back does not saturate.
fn whole(integer: i128, sql_type: Option<SqlType>) -> Result<Value, Problem> {
    let (double, single) = (integer as f64, integer as f32);
    match sql_type {
        Some(SqlType::F32) if single as i128 == integer => Ok(Value::Float(single)),
        Some(SqlType::F64) if double as i128 == integer => Ok(Value::Double(double)),
        _ => Err(Problem::new("the integer is not exact in a float")),
    }
}

/// Of more digits than a DECIMAL has, the server would cut those behind the point off.
fn decimal(text: &str) -> Result<Value, Problem> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if fraction.len() > MOST_SCALE || whole.len() > MOST_DIGITS || whole.len() + fraction.len() > MOST_DIGITS {
        return Err(Problem::new(format!("MySQL's decimals have at most {MOST_DIGITS} digits, {MOST_SCALE} of them behind the point")));
    }
    Ok(Value::Bytes(text.as_bytes().to_vec()))
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn no_text_of(what: &str) -> Problem {
    Problem::new(format!("the text is no {what}"))
}

fn date(days: i64, micros: i64) -> Result<Value, Problem> {
    let beyond = || Problem::new("MySQL's dates have the years 0000 to 9999");
    let (year, month, day) = calendar::civil_from_days(days);
    if !YEARS.contains(&year) {
        return Err(beyond());
    }
    let [hour, minute, second, fraction] = clock(micros).ok_or_else(beyond)?;
    Ok(Value::Date(small(year)?, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, small(fraction)?))
}

/// Hours, minutes, seconds and microseconds of a time of one day.
fn clock(micros: i64) -> Option<[i64; 4]> {
    let seconds = micros / 1_000_000;
    (0..MICROS_PER_DAY).contains(&micros).then_some([seconds / 3600, seconds / 60 % 60, seconds % 60, micros % 1_000_000])
}

/// Checked before: it fits.
fn small<N, T: TryFrom<N>>(number: N) -> Result<T, Problem> {
    T::try_from(number).map_err(|_| Problem::new("the value is out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(value: ValueRef<'_>, sql_type: SqlType) -> String {
        encode(value, Some(sql_type)).map(|_| ()).unwrap_err().text.into_owned()
    }

    #[test]
    fn what_the_server_would_change_in_silence_is_refused() {
        assert_eq!(refused(ValueRef::I64(-1), SqlType::U8), "the value is out of the range of the column, 0 to 255");
        assert_eq!(
            refused(ValueRef::U64(u64::MAX), SqlType::I64),
            "the value is out of the range of the column, -9223372036854775808 to 9223372036854775807"
        );
        assert_eq!(refused(ValueRef::Text("12x"), SqlType::I64), "text can't be sent as I64: send what the statement expects there");
        assert_eq!(
            refused(ValueRef::I64(20_050_524), SqlType::Date),
            "an integer can't be sent as Date: send what the statement expects there"
        );
        assert_eq!(refused(ValueRef::Text("yesterday"), SqlType::Date), "the text is no date");
        assert_eq!(
            refused(ValueRef::Text("1e3"), SqlType::Decimal),
            "text can't be sent as Decimal: send what the statement expects there"
        );
        assert!(refused(ValueRef::F64(0.1), SqlType::F32).starts_with("the value is not exact in `float`"));
        assert!(refused(ValueRef::F64(f64::INFINITY), SqlType::F64).starts_with("MySQL has neither NaN"));
        assert!(refused(ValueRef::DateTime(0), SqlType::Timestamp).starts_with("a date and time without a zone"));
        assert!(refused(ValueRef::Time(MICROS_PER_DAY), SqlType::Time).starts_with("the value is no time of one day"));
        assert!(refused(ValueRef::Date(i32::MAX), SqlType::Date).starts_with("MySQL's dates have the years"));
        let long = format!("0.{}", "1".repeat(31));
        assert!(refused(ValueRef::Decimal(&long), SqlType::Decimal).starts_with("MySQL's decimals have at most 65 digits"));
    }

    #[test]
    fn values_go_in_the_form_of_their_type() {
        let sent = |value, sql_type| encode(value, Some(sql_type)).map_err(|problem| problem.text).unwrap();
        assert_eq!(sent(ValueRef::U64(u64::MAX), SqlType::U64), Value::UInt(u64::MAX));
        assert_eq!(sent(ValueRef::I64(7), SqlType::Text), Value::Bytes(b"7".to_vec()));
        assert_eq!(sent(ValueRef::I64(7), SqlType::F64), Value::Double(7.0));
        assert_eq!(sent(ValueRef::DateTime(-1), SqlType::DateTime), Value::Date(1969, 12, 31, 23, 59, 59, 999_999));
        assert_eq!(sent(ValueRef::Text("2005-05-24"), SqlType::Date), Value::Date(2005, 5, 24, 0, 0, 0, 0));
        assert_eq!(sent(ValueRef::Text("1970-01-01T02:00:00+02:00"), SqlType::Timestamp), Value::Date(1970, 1, 1, 0, 0, 0, 0));
        assert_eq!(sent(ValueRef::Uuid([0xAB; 16]), SqlType::Uuid), Value::Bytes(b"abababab-abab-abab-abab-abababababab".to_vec()));
        assert_eq!(sent(ValueRef::Null, SqlType::I64), Value::NULL);
    }
}
