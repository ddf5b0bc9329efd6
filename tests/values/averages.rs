//! An average is a float on every backend, whose last digit may differ.

use bindery::prelude::*;
use bindery::value::Numeric;
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::column::{Backend, Column, for_lists};

fn average<T: Column + Numeric>(backend: Backend, values: impl Strategy<Value = T>, to_float: fn(&T) -> f64) {
    for_lists(backend, values, async |session, list| {
        let there: Vec<f64> = list.iter().flatten().map(to_float).collect();
        let (average,) = session.one(T::Row::select().columns(T::VALUE.avg())).await?;
        assert_eq!(average.is_none(), there.is_empty(), "NULL is no value, and of no value there is no average");
        if let Some(average) = average {
            let expected = there.iter().sum::<f64>() / there.len() as f64;
            assert!((average - expected).abs() <= expected.abs() * 1e-12, "{average} is not {expected}");
        }
        Ok(())
    });
}

/// Of one sign: where large values cancel each other, floats have no digits left to compare.
fn averages(backend: Backend) {
    average(backend, 1..=i64::MAX / 64, |&value| value as f64);
    average(backend, 1..=u8::MAX, |&value| value.into());
    average(backend, 1e-3..1e9_f64, |&value| value);
    average(backend, 1e-3..1e9_f32, |&value| value.into());
    let decimals = (1..=i64::MAX, 0..=9_u32).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    average(backend, decimals, |value| value.to_f64().unwrap());
}

#[test]
fn averages_on_sqlite() {
    averages(Backend::Sqlite);
}

#[test]
fn averages_on_postgres() {
    averages(Backend::Postgres);
}

#[test]
fn averages_on_mariadb() {
    averages(Backend::MariaDb);
}

#[test]
fn averages_on_mysql_5_7() {
    averages(Backend::MySql57);
}
