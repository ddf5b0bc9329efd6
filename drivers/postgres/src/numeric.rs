//! PostgreSQL's binary form of `numeric`, both ways: groups of four decimal digits, the weight of the first group, a sign, and how
//! many digits stand after the point.

use bytes::{BufMut, BytesMut};

use crate::problem::Problem;
use crate::reader::Reader;

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;

const MAX_WHOLE: usize = 131_072;
const MAX_FRACTION: usize = 16_383;

/// A decimal in plain notation, taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numeric<'a> {
    negative: bool,
    /// without leading zeros
    whole: &'a [u8],
    fraction: &'a [u8],
}

impl<'a> Numeric<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, Problem> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(malformed()),
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
            return Err(malformed());
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > MAX_WHOLE || fraction.len() > MAX_FRACTION {
            return Err("PostgreSQL's decimals end at 131,072 digits before and 16,383 after the point".into());
        }
        Ok(Numeric { negative, whole: whole.as_bytes(), fraction: fraction.as_bytes() })
    }

    pub(crate) fn put(self, out: &mut BytesMut) {
        let wholes = self.whole.len().div_ceil(4);
        let all = wholes + self.fraction.len().div_ceil(4);
        let is_zero = |index: &usize| self.group(*index, wholes) == 0;
        let first = (0..all).find(|index| !is_zero(index)).unwrap_or(all);
        let end = (first..all).rev().find(|index| !is_zero(index)).map_or(first, |last| last + 1);
        let zero = first == end;
        put_head(
            end - first,
            if zero { 0 } else { wholes as isize - 1 - first as isize },
            self.negative && !zero,
            self.fraction.len(),
            out,
        );
        for index in first..end {
            out.put_u16(self.group(index, wholes));
        }
    }

    /// Four digits: the groups meet at the point, so the first may have fewer, and the last is filled with zeros.
    fn group(&self, index: usize, wholes: usize) -> u16 {
        let value = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        if index < wholes {
            let end = self.whole.len() - 4 * (wholes - 1 - index);
            value(&self.whole[end.saturating_sub(4)..end])
        } else {
            let start = 4 * (index - wholes);
            let digits = &self.fraction[start..self.fraction.len().min(start + 4)];
            value(digits) * 10_u16.pow(4 - digits.len() as u32)
        }
    }
}

/// An integer as `numeric`.
pub(crate) fn put_integer(negative: bool, mut magnitude: u64, out: &mut BytesMut) {
    let mut groups = [0_u16; 5]; // of 20 digits
    let mut first = groups.len();
    while magnitude > 0 {
        first -= 1;
        groups[first] = (magnitude % 10_000) as u16;
        magnitude /= 10_000;
    }
    let weight = (groups.len() - first).saturating_sub(1);
    let last = groups.iter().rposition(|&group| group != 0).map_or(first, |last| last + 1);
    put_head(last - first, weight as isize, negative, 0, out);
    for group in &groups[first..last] {
        out.put_u16(*group);
    }
}

// The counts fit: `Numeric::parse` keeps to the server's limits.
fn put_head(groups: usize, weight: isize, negative: bool, scale: usize, out: &mut BytesMut) {
    out.put_u16(groups as u16);
    out.put_i16(weight as i16);
    out.put_u16(if negative { NEGATIVE } else { POSITIVE });
    out.put_u16(scale as u16);
}

/// Appends the decimal in plain notation, with its scale.
pub(crate) fn render(bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    let (groups, weight, sign, scale) = (reader.u16()?, reader.i16()?, reader.u16()?, reader.u16()?);
    match sign {
        POSITIVE => {}
        NEGATIVE => out.push('-'),
        NAN => return Err("the numeric is NaN, which no exact decimal is: filter it out, or select it as `column::float8`".into()),
        _ => return Err("the numeric is infinite, which no exact decimal is: filter it out, or select it as `column::float8`".into()),
    }
    let groups = reader.take(usize::from(groups) * 2)?;
    // The group of a weight: those before the first and after the last are zero.
    let group = |at: i32| -> u16 {
        let index = usize::try_from(i32::from(weight) - at).unwrap_or(usize::MAX).saturating_mul(2);
        groups.get(index..index.saturating_add(2)).map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]))
    };
    if weight < 0 {
        out.push('0');
    } else {
        push_group(group(weight.into()), true, out);
        (0..i32::from(weight)).rev().for_each(|at| push_group(group(at), false, out));
    }
    if scale > 0 {
        out.push('.');
        let end = out.len() + usize::from(scale);
        (1..=i32::from(scale.div_ceil(4))).for_each(|at| push_group(group(-at), false, out));
        out.truncate(end);
    }
    Ok(())
}

fn push_group(group: u16, is_first: bool, out: &mut String) {
    let digits = [group / 1000, group / 100 % 10, group / 10 % 10, group % 10];
    let start = if is_first { digits.iter().position(|&digit| digit != 0).unwrap_or(3) } else { 0 };
    out.extend(digits[start..].iter().map(|&digit| char::from(b'0' + digit as u8)));
}

fn malformed() -> Problem {
    "the decimal is not in plain notation: it is written as `-12.50`".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> Vec<u8> {
        let mut out = BytesMut::new();
        Numeric::parse(text).unwrap().put(&mut out);
        out.to_vec()
    }

    fn rendered(bytes: &[u8]) -> String {
        let mut out = String::new();
        render(bytes, &mut out).unwrap();
        out
    }

    // What `numeric_send` of PostgreSQL 15 gives.
    const KNOWN: [(&str, &str); 10] = [
        ("0", "0000000000000000"),
        ("0.00", "0000000000000002"),
        ("1", "00010000000000000001"),
        ("12345.67", "0003000100000002000109291a2c"),
        ("-0.00012", "0002ffff40000005000107d0"),
        ("10000", "00010001000000000001"),
        ("-10000.0001", "0003000140000004000100000001"),
        ("0.1", "0001ffff0000000103e8"),
        ("100000000", "00010002000000000001"),
        ("9999.9999", "0002000000000004270f270f"),
    ];

    #[test]
    fn known_bytes() {
        for (text, hex) in KNOWN {
            let actual: String = encoded(text).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(actual, hex, "{text}");
            assert_eq!(rendered(&encoded(text)), text);
        }
    }
}
