use bindery_core::value::{Scalar, Value, ValueRef};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::round_trip;

fn decimals() -> impl Strategy<Value = Decimal> {
    const MAX: i128 = i128::MAX >> 31; // 96 bits
    let mantissa = prop_oneof![1 => Just(MAX), 1 => Just(-MAX), 1 => Just(0), 4 => -MAX..=MAX, 4 => -100_000..100_000_i128];
    (mantissa, 0..=28_u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

fn read(text: &str) -> bindery_core::Result<Decimal> {
    Decimal::from_value(ValueRef::Decimal(text))
}

proptest! {
    #[test]
    fn value_and_scale_round_trip(value in decimals(), zeros in 1_usize..60) {
        prop_assert_eq!(round_trip(Some(value)).unwrap(), Some(value));
        let Value::Decimal(text) = value.into_value().unwrap() else { panic!("not a decimal") };
        prop_assert!(text.bytes().all(|byte| matches!(byte, b'-' | b'.' | b'0'..=b'9')), "{text}");
        let from_text = Decimal::from_value(ValueRef::Text(&text)).unwrap();
        prop_assert_eq!((from_text, from_text.scale()), (value, value.scale()));
        // as a column of a large scale gives it
        let padded = format!("{text}{}{}", if text.contains('.') { "" } else { "." }, "0".repeat(zeros));
        prop_assert_eq!(read(&padded).unwrap(), value);
    }

    #[test]
    fn nothing_is_rounded(whole in "-?[1-9][0-9]{0,32}", fraction in "[0-9]{0,32}[1-9]") {
        let text = format!("{whole}.{fraction}");
        match read(&text) {
            Ok(value) => prop_assert_eq!(value.to_string(), text),
            Err(_) => prop_assert!(whole.len() + fraction.len() > 28),
        }
    }

    #[test]
    fn integers_are_read(signed: i64, unsigned: u64) {
        prop_assert_eq!(Decimal::from_value(ValueRef::I64(signed)).unwrap(), Decimal::from(signed));
        prop_assert_eq!(Decimal::from_value(ValueRef::U64(unsigned)).unwrap(), Decimal::from(unsigned));
    }
}

#[test]
fn bounds() {
    assert_eq!(read("79228162514264337593543950335").unwrap(), Decimal::MAX);
    assert_eq!(read("79228162514264337593543950335.000000000000000000000000000000").unwrap(), Decimal::MAX);
    assert_eq!(read(&format!("0.{}", "0".repeat(1_000_000))).unwrap(), Decimal::ZERO);
    for too_much in ["79228162514264337593543950336", "79228162514264337593543950335.5", "0.00000000000000000000000000001"] {
        assert_eq!(read(too_much).unwrap_err().to_string(), "the value does not fit rust_decimal::Decimal exactly");
    }
    assert_eq!((-Decimal::new(0, 2)).into_value().unwrap(), Value::Decimal("0.00".into()));
}

#[test]
fn a_float_is_no_decimal() {
    let error = Decimal::from_value(ValueRef::F64(2.5)).unwrap_err();
    assert_eq!(error.to_string(), "expected a decimal, found a float: a float isn't exact, read it as f64");
}
