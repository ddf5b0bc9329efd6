//! Values as the server's text for them (`DateStyle` ISO, `IntervalStyle` postgres, both of which are its defaults).

use std::fmt::{self, Write};

use bindery_core::value::calendar::civil_from_days;

const MICROS_PER_DAY: i128 = 86_400_000_000;

/// Of days since 1970-01-01.
pub(crate) fn date(days: i64, out: &mut impl Write) -> fmt::Result {
    let (year, month, day) = civil_from_days(days);
    write!(out, "{:04}-{month:02}-{day:02}{}", anno(year), era(year))
}

/// Of microseconds since midnight.
pub(crate) fn time(micros: i64, out: &mut impl Write) -> fmt::Result {
    let seconds = micros / 1_000_000;
    write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    fraction(micros % 1_000_000, out)
}

/// Of microseconds since 1970-01-01, with this zone.
pub(crate) fn date_time(micros: i128, zone: &str, out: &mut impl Write) -> fmt::Result {
    let (year, month, day) = civil_from_days(micros.div_euclid(MICROS_PER_DAY) as i64);
    write!(out, "{:04}-{month:02}-{day:02} ", anno(year))?;
    time(micros.rem_euclid(MICROS_PER_DAY) as i64, out)?;
    write!(out, "{zone}{}", era(year))
}

/// There is no year 0: it is 1 BC.
fn anno(year: i64) -> i64 {
    if year > 0 { year } else { 1 - year }
}

fn era(year: i64) -> &'static str {
    if year > 0 { "" } else { " BC" }
}

/// `.` and six digits, without the zeros at the end.
fn fraction(micros: i64, out: &mut impl Write) -> fmt::Result {
    if micros == 0 {
        return Ok(());
    }
    out.write_str(format!(".{micros:06}").trim_end_matches('0'))
}

/// Of months, days and microseconds, each with a sign of its own.
pub(crate) fn interval(micros: i64, days: i32, months: i32, out: &mut impl Write) -> fmt::Result {
    match (micros, days, months) {
        (i64::MAX, i32::MAX, i32::MAX) => return out.write_str("infinity"),
        (i64::MIN, i32::MIN, i32::MIN) => return out.write_str("-infinity"),
        _ => {}
    }
    let (mut separator, mut after_negative) = ("", false);
    for (value, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if value != 0 {
            let plus = if after_negative && value > 0 { "+" } else { "" };
            let plural = if value == 1 { "" } else { "s" };
            write!(out, "{separator}{plus}{value} {unit}{plural}")?;
            (separator, after_negative) = (" ", value < 0);
        }
    }
    if micros != 0 || separator.is_empty() {
        let sign = match (micros < 0, after_negative) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let (micros, second) = (micros.unsigned_abs(), 1_000_000);
        let seconds = micros / second;
        write!(out, "{separator}{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        fraction((micros % second) as i64, out)?;
    }
    Ok(())
}

/// Of a zone in seconds east of UTC: `+02`, `-03:30`.
pub(crate) fn zone(seconds: i32, out: &mut impl Write) -> fmt::Result {
    let absolute = seconds.unsigned_abs();
    write!(out, "{}{:02}", if seconds < 0 { '-' } else { '+' }, absolute / 3600)?;
    if !absolute.is_multiple_of(3600) {
        write!(out, ":{:02}", absolute / 60 % 60)?;
    }
    if !absolute.is_multiple_of(60) {
        write!(out, ":{:02}", absolute % 60)?;
    }
    Ok(())
}

/// The shortest digits that are this float again, with an exponent where that is below -4, or from 15 on. (Right between two of
/// that length the server may choose the other, or write one digit more: the same number.)
pub(crate) fn float8(value: f64, out: &mut impl Write) -> fmt::Result {
    float(format!("{value:e}"), 15, out)
}

/// As [`float8`], with an exponent from 6 on.
pub(crate) fn float4(value: f32, out: &mut impl Write) -> fmt::Result {
    float(format!("{value:e}"), 6, out)
}

fn float(scientific: String, exponent_from: i32, out: &mut impl Write) -> fmt::Result {
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return out.write_str(match scientific.as_str() {
            "inf" => "Infinity",
            "-inf" => "-Infinity",
            _ => "NaN",
        });
    };
    let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
    if exponent < -4 || exponent >= exponent_from {
        return write!(out, "{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = digits.replace('.', "");
    out.write_str(sign)?;
    match usize::try_from(exponent) {
        Err(_) => write!(out, "0.{:0>width$}", digits, width = digits.len() + exponent.unsigned_abs() as usize - 1),
        Ok(exponent) if digits.len() <= exponent + 1 => write!(out, "{digits:0<width$}", width = exponent + 1),
        Ok(exponent) => write!(out, "{}.{}", &digits[..=exponent], &digits[exponent + 1..]),
    }
}

/// `\x`, and two hexadecimal digits for each.
pub(crate) fn bytes(bytes: &[u8], out: &mut impl Write) -> fmt::Result {
    out.write_str("\\x")?;
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

/// In its five groups.
pub(crate) fn uuid(bytes: [u8; 16], out: &mut impl Write) -> fmt::Result {
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.write_char('-')?;
        }
        write!(out, "{byte:02x}")?;
    }
    Ok(())
}

/// An IPv6 address. The standard library writes one that only maps an IPv4 address otherwise (`::1.2.3.4`).
pub(crate) fn ipv6(bytes: [u8; 16], out: &mut impl Write) -> fmt::Result {
    let address = std::net::Ipv6Addr::from(bytes);
    let segments = address.segments();
    let (zeros, rest) = segments.split_at(6);
    if zeros.iter().all(|&segment| segment == 0) && rest[0] != 0 {
        let [.., a, b, c, d] = bytes;
        return write!(out, "::{a}.{b}.{c}.{d}");
    }
    write!(out, "{address}")
}
