//! [`Scalar`] for `rust_decimal::Decimal`.

use rust_decimal::Decimal;

use super::{CastTo, Comparable, Computable, Numeric, Ordered, Scalar, SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

/// The digits after the point that a `Decimal` has at most.
const MAX_SCALE: usize = 28;

impl Scalar for Decimal {
    type Base = Decimal;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Decimal;

    fn into_value(mut self) -> Result<Value> {
        if self.is_zero() {
            // Zero has no sign in SQL.
            self.set_sign_positive(true);
        }
        Ok(Value::Decimal(self.to_string()))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Decimal(text) | ValueRef::Text(text) if is_plain(text) => {
                parse(text).ok_or_else(|| Error::out_of_range("rust_decimal::Decimal exactly"))
            }
            ValueRef::Decimal(_) | ValueRef::Text(_) => {
                Err(Error::new(ErrorKind::Decode, "expected a decimal, found text that is not one: it is written as `-12.50`"))
            }
            ValueRef::I64(value) => Ok(value.into()),
            ValueRef::U64(value) => Ok(value.into()),
            ValueRef::F64(_) => {
                Err(Error::new(ErrorKind::Decode, "expected a decimal, found a float: a float isn't exact, read it as f64"))
            }
            value => Err(Error::unexpected_value("a decimal", value)),
        }
    }
}

impl Comparable for Decimal {}
impl Ordered for Decimal {}
impl Numeric for Decimal {
    type Sum = Decimal;
}
impl Computable for Decimal {}
impl CastTo<i64> for Decimal {}
impl CastTo<f64> for Decimal {}

macro_rules! from_integers {
    ($($integer:ty)+) => {$(
        impl CastTo<Decimal> for $integer {}
    )+};
}

from_integers!(i8 i16 i32 i64 u8 u16 u32 u64);

/// Plain notation: optional `-`, digits, optionally `.` and digits. rust_decimal itself would also take `+`, `_` and `1.`.
fn is_plain(text: &str) -> bool {
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(text),
    }
}

/// The exact value, with its scale; `None` where that takes more digits than there are. A column of a large scale pads each value
/// with zeros (`decimal(38, 20)`): those that don't fit go, for they are no part of the value.
fn parse(mut text: &str) -> Option<Decimal> {
    if let Some(point) = text.find('.') {
        let padded = text.len() - text.trim_end_matches('0').len();
        let fraction = text.len() - point - 1;
        let surplus = fraction.saturating_sub(MAX_SCALE).min(padded);
        text = &text[..text.len() - surplus];
    }
    loop {
        match Decimal::from_str_exact(text) {
            Ok(value) => return Some(value),
            Err(_) if text.contains('.') => text = text.strip_suffix('0')?,
            Err(_) => return None,
        }
    }
}
