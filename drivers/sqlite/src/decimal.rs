//! Decimals kept as text: a collation that orders them as numbers, and sums, differences and products that are exact, for any number of
//! digits. The names are those of SQLite's own `decimal` extension, which its shell has built in, so the shell can open a file that uses them.

use std::borrow::Cow;
use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::ValueRef;

pub(crate) fn register(sqlite: &rusqlite::Connection) -> rusqlite::Result<()> {
    sqlite.create_collation("decimal", collate)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    sqlite.create_scalar_function("decimal_add", 2, flags, |context| combined(context, sum_of))?;
    sqlite.create_scalar_function("decimal_sub", 2, flags, |context| combined(context, |a, b| sum_of(a, b.negated())))?;
    sqlite.create_scalar_function("decimal_mul", 2, flags, |context| combined(context, |a, b| a.times(b)))?;
    sqlite.create_window_function("decimal_sum", 1, flags, DecimalSum)
}

/// A function of two decimals; NULL where either is.
fn combined(context: &Context<'_>, combine: impl Fn(Parts<'_>, Parts<'_>) -> String) -> rusqlite::Result<Option<String>> {
    let (Some(a), Some(b)) = (number(context.get_raw(0))?, number(context.get_raw(1))?) else { return Ok(None) };
    let parse = |text| Parts::parse(text).ok_or_else(not_decimal);
    Ok(Some(combine(parse(&a)?, parse(&b)?)))
}

fn sum_of(a: Parts<'_>, b: Parts<'_>) -> String {
    let mut sum = Sum::default();
    sum.add(a);
    sum.add(b);
    sum.text()
}

/// What a function is given, as text.
fn number(value: ValueRef<'_>) -> rusqlite::Result<Option<Cow<'_, str>>> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(value) => Ok(Some(Cow::Owned(value.to_string()))),
        ValueRef::Text(text) => Ok(Some(String::from_utf8_lossy(text))),
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(not_decimal()),
    }
}

/// A number in plain notation, taken apart: `-`, digits, `.`, digits.
#[derive(Debug, Clone, Copy)]
struct Parts<'a> {
    negative: bool,
    /// without leading zeros
    whole: &'a [u8],
    /// as it is written
    fraction: &'a [u8],
}

impl<'a> Parts<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let point = digits.iter().position(|&byte| byte == b'.');
        let (whole, fraction) = match point {
            Some(point) => (&digits[..point], &digits[point + 1..]),
            None => (digits, &digits[digits.len()..]),
        };
        let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let zeros = whole.iter().take_while(|&&digit| digit == b'0').count();
        Some(Parts { negative, whole: &whole[zeros..], fraction })
    }

    fn negated(self) -> Self {
        Parts { negative: !self.negative, ..self }
    }

    /// As by hand: each digit with each. As many digits after the point as both have together.
    fn times(self, other: Self) -> String {
        let digits = |parts: Self| parts.whole.iter().chain(parts.fraction).rev().map(|digit| u32::from(digit - b'0')).collect::<Vec<_>>();
        let (a, b) = (digits(self), digits(other));
        let scale = self.fraction.len() + other.fraction.len();
        let mut product = vec![0_u32; (a.len() + b.len()).max(scale + 1)];
        for (place, digit) in a.iter().enumerate() {
            let mut carry = 0;
            for (product, other) in product[place..].iter_mut().zip(b.iter().chain(std::iter::repeat(&0))) {
                let sum = *product + digit * other + carry;
                (*product, carry) = (sum % 10, sum / 10);
            }
        }
        let zero = product.iter().all(|&digit| digit == 0);
        let text: String = product.iter().rev().filter_map(|&digit| char::from_digit(digit, 10)).collect();
        let (whole, fraction) = text.split_at(text.len() - scale);
        let whole = whole.trim_start_matches('0');
        let sign = if self.negative != other.negative && !zero { "-" } else { "" };
        let point = if scale == 0 { "" } else { "." };
        format!("{sign}{}{point}{fraction}", if whole.is_empty() { "0" } else { whole })
    }

    fn cmp(self, other: Self) -> Ordering {
        let (a, b) = (self.signed_size(), other.signed_size());
        match (a, b) {
            (Some(false), Some(false)) => self.cmp_size(other),
            (Some(true), Some(true)) => other.cmp_size(self),
            // negative, zero, positive
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }

    /// The sign, or `None` for zero, which has none: `-0` is `0`.
    fn signed_size(self) -> Option<bool> {
        let zero = self.whole.is_empty() && self.fraction.iter().all(|&digit| digit == b'0');
        (!zero).then_some(self.negative)
    }

    fn cmp_size(self, other: Self) -> Ordering {
        let significant = |fraction: &'a [u8]| {
            let zeros = fraction.iter().rev().take_while(|&&digit| digit == b'0').count();
            &fraction[..fraction.len() - zeros]
        };
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| significant(self.fraction).cmp(significant(other.fraction)))
    }
}

fn rank(negative: Option<bool>) -> u8 {
    match negative {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    }
}

/// The collation: numbers in their order, `1.50` equal to `1.5`; after them what is no number, byte by byte.
fn collate(a: &str, b: &str) -> Ordering {
    match (Parts::parse(a), Parts::parse(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// `decimal_sum(x)`: exact; as many digits after the point as the summand with the most; NULL for no summand.
struct DecimalSum;

/// What has been summed: positive and negative summands apart, so that a step only adds.
#[derive(Debug, Default)]
struct Sum {
    summands: usize,
    scale: usize,
    positive: Magnitude,
    negative: Magnitude,
}

/// Digits, nine to a limb.
#[derive(Debug, Default)]
struct Magnitude {
    /// before the point, the lowest limb first
    whole: Vec<u32>,
    /// after the point, the highest limb first
    fraction: Vec<u32>,
}

const LIMB_DIGITS: usize = 9;
const LIMB: u32 = 1_000_000_000;

impl Magnitude {
    fn add(&mut self, parts: Parts<'_>) {
        let fraction_limbs = parts.fraction.len().div_ceil(LIMB_DIGITS);
        let whole_limbs = parts.whole.len().div_ceil(LIMB_DIGITS);
        self.fraction.resize(self.fraction.len().max(fraction_limbs), 0);
        self.whole.resize(self.whole.len().max(whole_limbs), 0);
        let mut carry = false;
        for (index, digits) in parts.fraction.chunks(LIMB_DIGITS).enumerate().rev() {
            let padding = 10_u32.pow((LIMB_DIGITS - digits.len()) as u32);
            carry = add_limb(&mut self.fraction[index], limb(digits) * padding, carry);
        }
        for (index, digits) in parts.whole.rchunks(LIMB_DIGITS).enumerate() {
            carry = add_limb(&mut self.whole[index], limb(digits), carry);
        }
        for above in self.whole.iter_mut().skip(whole_limbs) {
            carry = add_limb(above, 0, carry);
        }
        if carry {
            self.whole.push(1);
        }
    }

    /// All limbs, the highest first, with this many before and after the point.
    fn limbs(&self, whole: usize, fraction: usize) -> Vec<u32> {
        let zeros = |count| std::iter::repeat_n(0, count);
        zeros(whole - self.whole.len())
            .chain(self.whole.iter().rev().copied())
            .chain(self.fraction.iter().copied())
            .chain(zeros(fraction - self.fraction.len()))
            .collect()
    }
}

/// Adds to a limb, and says whether one is carried on.
fn add_limb(limb: &mut u32, more: u32, carry: bool) -> bool {
    // Two limbs and a carry are below 2^31.
    let sum = *limb + more + u32::from(carry);
    *limb = if sum >= LIMB { sum - LIMB } else { sum };
    sum >= LIMB
}

fn limb(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |limb, digit| limb * 10 + u32::from(digit - b'0'))
}

impl Sum {
    fn add(&mut self, parts: Parts<'_>) {
        self.summands += 1;
        self.scale = self.scale.max(parts.fraction.len());
        if parts.negative { &mut self.negative } else { &mut self.positive }.add(parts);
    }

    fn text(&self) -> String {
        let whole = self.positive.whole.len().max(self.negative.whole.len());
        let fraction = self.positive.fraction.len().max(self.negative.fraction.len());
        let (positive, negative) = (self.positive.limbs(whole, fraction), self.negative.limbs(whole, fraction));
        let sign = positive.cmp(&negative);
        let (mut rest, less) = if sign == Ordering::Less { (negative, positive) } else { (positive, negative) };
        let mut borrow = 0;
        for (limb, less) in rest.iter_mut().zip(less).rev() {
            let take = less + borrow;
            borrow = u32::from(*limb < take);
            *limb = *limb + borrow * LIMB - take;
        }
        let digits: String = rest.iter().map(|limb| format!("{limb:09}")).collect();
        let (before, after) = digits.split_at(whole * LIMB_DIGITS);
        let before = before.trim_start_matches('0');
        let mut text = String::with_capacity(before.len() + self.scale + 3);
        if sign == Ordering::Less {
            text.push('-');
        }
        text.push_str(if before.is_empty() { "0" } else { before });
        if self.scale > 0 {
            text.push('.');
            text.push_str(&after[..self.scale]);
        }
        text
    }
}

impl Aggregate<Sum, Option<String>> for DecimalSum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Sum> {
        Ok(Sum::default())
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Sum) -> rusqlite::Result<()> {
        if let Some(summand) = number(context.get_raw(0))? {
            sum.add(Parts::parse(&summand).ok_or_else(not_decimal)?);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, mut sum: Option<Sum>) -> rusqlite::Result<Option<String>> {
        self.value(sum.as_mut())
    }
}

impl WindowAggregate<Sum, Option<String>> for DecimalSum {
    fn value(&self, sum: Option<&mut Sum>) -> rusqlite::Result<Option<String>> {
        Ok(sum.filter(|sum| sum.summands > 0).map(|sum| sum.text()))
    }

    fn inverse(&self, context: &mut Context<'_>, sum: &mut Sum) -> rusqlite::Result<()> {
        if let Some(summand) = number(context.get_raw(0))? {
            sum.add(Parts::parse(&summand).ok_or_else(not_decimal)?.negated());
            // That one has gone, and its opposite never was.
            sum.summands -= 2;
        }
        Ok(())
    }
}

fn not_decimal() -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(
        "only integers, and decimals kept as text, are computed with as decimals, and this is neither".into(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn sum(values: &[String]) -> Option<String> {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        register(&sqlite).unwrap();
        sqlite.execute("CREATE TABLE t (a DECIMAL_TEXT COLLATE decimal)", []).unwrap();
        for value in values {
            sqlite.execute("INSERT INTO t VALUES (?)", [value]).unwrap();
        }
        sqlite.query_row("SELECT decimal_sum(a) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn sums() {
        assert_eq!(sum(&[]), None);
        let cases: [(&[&str], &str); 8] = [
            (&["0.1", "0.20"], "0.30"),
            (&["1", "-1.000"], "0.000"),
            (&["-0.5"], "-0.5"),
            (&["999999999", "1"], "1000000000"),
            (&["0.999999999999999999", "0.000000000000000001"], "1.000000000000000000"),
            (&["999999999999999999999999999999999999999999", "1"], "1000000000000000000000000000000000000000000"),
            (&["1000000000000000000", "-0.0000000000000000001"], "999999999999999999.9999999999999999999"),
            (&["-3", "1", "1"], "-1"),
        ];
        for (values, expected) in cases {
            assert_eq!(sum(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn only_exact_numbers_are_summed() {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        register(&sqlite).unwrap();
        let sum = |value: &str| sqlite.query_row(&format!("SELECT decimal_sum({value})"), [], |row| row.get::<_, Option<String>>(0));
        assert_eq!(sum("-9223372036854775808").unwrap().as_deref(), Some("-9223372036854775808"));
        assert_eq!(sum("NULL").unwrap(), None);
        for wrong in ["0.5", "'1e5'", "'abc'", "''", "'.'", "'-'", "x'31'", "CAST(x'ff' AS TEXT)"] {
            assert!(sum(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_number_comes_last() {
        let mut values = ["b", "", "10", "9.99", "-1", "a", "+9.990", "-1e5", "9.99"];
        values.sort_by(|a, b| collate(a, b));
        assert_eq!(values, ["-1", "9.99", "+9.990", "9.99", "10", "", "-1e5", "a", "b"]);
        assert_eq!(collate("-0", "0.00"), Ordering::Equal);
        assert_eq!(collate("1.5", "001.50"), Ordering::Equal);
    }

    fn one(sql: &str) -> rusqlite::Result<Option<String>> {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        register(&sqlite).unwrap();
        sqlite.query_row(&format!("SELECT {sql}"), [], |row| row.get(0))
    }

    #[test]
    fn computes() {
        for (sql, expected) in [
            ("decimal_add('0.1', '0.20')", "0.30"),
            ("decimal_add(1, '-1.5')", "-0.5"),
            ("decimal_sub('1', '0.999')", "0.001"),
            ("decimal_sub('0', '-2.50')", "2.50"),
            ("decimal_mul('1.10', '-3')", "-3.30"),
            ("decimal_mul('-0.5', '0')", "0.0"),
            ("decimal_mul('', '1')", "error"),
            ("decimal_mul('0.001', '0.001')", "0.000001"),
            ("decimal_mul('99999999999999999999', '99999999999999999999')", "9999999999999999999800000000000000000001"),
        ] {
            match one(sql) {
                Ok(found) => assert_eq!(found.as_deref(), Some(expected), "{sql}"),
                Err(_) => assert_eq!(expected, "error", "{sql}"),
            }
        }
        assert_eq!(one("decimal_add('1', NULL)").unwrap(), None);
        assert!(one("decimal_sub('1', 0.5)").is_err());
    }

    #[test]
    fn sums_the_rows_of_a_window() {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        register(&sqlite).unwrap();
        sqlite
            .execute_batch("CREATE TABLE t (id, a); INSERT INTO t VALUES (1, '1.5'), (2, '-0.25'), (3, NULL), (4, NULL), (5, '3')")
            .unwrap();
        let mut statement =
            sqlite.prepare("SELECT decimal_sum(a) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t").unwrap();
        let sums: Vec<Option<String>> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(sums, [Some("1.5".into()), Some("1.25".into()), Some("-0.25".into()), None, Some("3.00".into())]);
    }

    proptest! {
        #[test]
        fn computes_as_rust_decimal(a in any::<i32>(), b in any::<i32>(), scale_a in 0_u32..9, scale_b in 0_u32..9) {
            let (a, b) = (Decimal::new(a.into(), scale_a), Decimal::new(b.into(), scale_b));
            for (name, expected) in [("add", a + b), ("sub", a - b), ("mul", a * b)] {
                let found = one(&format!("decimal_{name}('{a}', '{b}')")).unwrap().unwrap();
                prop_assert_eq!(found.parse::<Decimal>().unwrap(), expected, "{}", name);
                prop_assert!(!found.starts_with("-0") || found.contains(|digit| ('1'..='9').contains(&digit)), "{}", found);
            }
        }

        #[test]
        fn sums_as_rust_decimal(values in prop::collection::vec((-1_000_000_000_000_000_000_i64..1_000_000_000_000_000_000, 0_u32..9), 1..20)) {
            let decimals: Vec<_> = values.iter().map(|&(digits, scale)| Decimal::new(digits, scale)).collect();
            let expected: Decimal = decimals.iter().sum();
            let texts: Vec<_> = decimals.iter().map(ToString::to_string).collect();
            let result = sum(&texts).unwrap();
            prop_assert_eq!(result.parse::<Decimal>().unwrap(), expected);
            let scale = decimals.iter().map(Decimal::scale).max().unwrap_or(0) as usize;
            prop_assert_eq!(result.split_once('.').map_or(0, |(_, fraction)| fraction.len()), scale);
        }

        #[test]
        fn sums_long_integers_as_i128(values in prop::collection::vec(-(1_i128 << 120)..(1_i128 << 120), 1..60)) {
            let texts: Vec<_> = values.iter().map(ToString::to_string).collect();
            prop_assert_eq!(sum(&texts).unwrap(), values.iter().sum::<i128>().to_string());
        }

        #[test]
        fn orders_as_rust_decimal(a in any::<i64>(), b in any::<i64>(), scale_a in 0_u32..20, scale_b in 0_u32..20) {
            let (a, b) = (Decimal::new(a, scale_a), Decimal::new(b, scale_b));
            prop_assert_eq!(collate(&a.to_string(), &b.to_string()), a.cmp(&b));
        }

        #[test]
        fn the_collation_is_a_total_order(mut values in prop::collection::vec("[+-]?[0-9a]{0,3}[.]?[0-9]{0,2}", 3)) {
            values.sort_by(|a, b| collate(a, b));
            for (index, a) in values.iter().enumerate() {
                prop_assert_eq!(collate(a, a), Ordering::Equal);
                for b in &values[index..] {
                    prop_assert_ne!(collate(a, b), Ordering::Greater);
                    prop_assert_eq!(collate(a, b), collate(b, a).reverse());
                }
            }
        }
    }
}
