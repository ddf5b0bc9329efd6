use bindery::query::Operand;
use bindery::value::{Numeric, Ordered};
use bindery::{AnyBind, ErrorKind, Scalar};
use proptest::prelude::*;

use crate::column::{Backend, Column, columns, equality, for_lists, order, round_trip, sum};

#[derive(Scalar, Clone, Copy, Debug, PartialEq)]
#[scalar(rename_all = "snake_case")]
pub(crate) enum State {
    New,
    InProgress,
    Done,
}

#[derive(Scalar, Clone, Copy, Debug, PartialEq, PartialOrd)]
#[scalar(repr = "i16")]
pub(crate) enum Level {
    Low = -5,
    Middle,
    High = 300,
}

#[derive(Scalar, Clone, Debug, PartialEq, PartialOrd)]
pub(crate) struct Cents(i64);

#[derive(Scalar, Clone, Debug, PartialEq, PartialOrd)]
pub(crate) struct Email(String);

columns! {
    bools: bool;
    i8s: i8;
    i16s: i16;
    i32s: i32;
    i64s: i64;
    u8s: u8;
    u16s: u16;
    u32s: u32;
    u64s: u64;
    f32s: f32;
    f64s: f64;
    texts: String;
    blobs: Vec<u8>;
    uuids: uuid::Uuid;
    chrono_dates: chrono::NaiveDate;
    chrono_times: chrono::NaiveTime;
    chrono_date_times: chrono::NaiveDateTime;
    chrono_timestamps: chrono::DateTime<chrono::Utc>;
    time_dates: time::Date;
    time_times: time::Time;
    time_date_times: time::PrimitiveDateTime;
    time_timestamps: time::OffsetDateTime;
    time_utc: time::UtcDateTime;
    jiff_dates: jiff::civil::Date;
    jiff_times: jiff::civil::Time;
    jiff_date_times: jiff::civil::DateTime;
    jiff_timestamps: jiff::Timestamp;
    documents: serde_json::Value;
    states: State;
    levels: Level;
    cents: Cents;
    emails: Email;
}

/// Each type alone on SQLite, and all of them in one test on each server.
macro_rules! ordered {
    ($servers:ident on $backend:ident { $($name:ident = $strategy:expr;)+ }) => {
        $(#[test]
        fn $name() {
            let $backend = Backend::Sqlite;
            ordered($strategy, $backend);
        })+

        mod $servers {
            use super::*;

            fn all($backend: Backend) {
                $(ordered($strategy, $backend);)+
            }

            #[test]
            fn on_postgres() {
                all(Backend::Postgres);
            }

            #[test]
            fn on_mariadb() {
                all(Backend::MariaDb);
            }

            #[test]
            fn on_mysql_5_7() {
                all(Backend::MySql57);
            }
        }
    };
}

pub(crate) fn ordered<T>(values: impl Strategy<Value = T>, backend: Backend)
where
    T: Column + Ordered + PartialOrd + Operand<Option<T>, Bind = AnyBind>,
{
    for_lists(backend, values, async |session, list| {
        equality(session, list).await?;
        order(session, list).await?;
        round_trip(session, list).await
    });
}

/// Whole range, with the bounds more often than chance would have them.
macro_rules! whole {
    ($ty:ty) => {
        prop_oneof![8 => any::<$ty>(), 1 => Just(<$ty>::MIN), 1 => Just(<$ty>::MAX)]
    };
}

/// The years 0 to 9999, in microseconds since 1970.
const FIRST: i64 = -62_167_219_200_000_000;
const LAST: i64 = 253_402_300_799_999_999;

fn micros() -> impl Strategy<Value = i64> {
    prop_oneof![8 => FIRST..=LAST, 1 => Just(FIRST), 1 => Just(LAST), 2 => -3_000_000..3_000_000_i64]
}

pub(crate) fn chrono_moment(micros: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(micros).unwrap()
}

pub(crate) fn time_moment(micros: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap()
}

pub(crate) fn jiff_moment(micros: i64) -> jiff::civil::DateTime {
    jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0).checked_add(jiff::SignedDuration::from_micros(micros)).unwrap()
}

ordered! {
    numbers on backend {
        a_bool = any::<bool>();
        an_i8 = whole!(i8);
        an_i16 = whole!(i16);
        an_i32 = whole!(i32);
        an_i64 = whole!(i64);
        a_u8 = whole!(u8);
        a_u16 = whole!(u16);
        a_u32 = whole!(u32);
        a_u64 = prop_oneof![8 => 0..=i64::MAX.unsigned_abs(), 1 => Just(0), 1 => Just(i64::MAX.unsigned_abs())];
        an_f32 = proptest::num::f32::ANY.prop_filter("it is refused", move |value| if backend.is_mysql() { value.is_finite() } else { !value.is_nan() });
        an_f64 = proptest::num::f64::ANY.prop_filter("it is refused", move |value| if backend.is_mysql() { value.is_finite() } else { !value.is_nan() });
        an_enum_as_integer = prop_oneof![Just(Level::Low), Just(Level::Middle), Just(Level::High)];
        a_newtype_of_an_integer = whole!(i64).prop_map(Cents);
    }
}

ordered! {
    texts_and_bytes on backend {
        a_text = texts(backend);
        a_newtype_of_text = texts(backend).prop_map(Email);
        some_bytes = prop::collection::vec(any::<u8>(), 0..6);
        a_uuid = any::<u128>().prop_map(uuid::Uuid::from_u128);
    }
}

ordered! {
    dates_and_times on backend {
        a_chrono_date = micros().prop_map(|micros| chrono_moment(micros).date_naive());
        a_chrono_time = micros().prop_map(|micros| chrono_moment(micros).time());
        a_chrono_date_time = micros().prop_map(|micros| chrono_moment(micros).naive_utc());
        a_chrono_timestamp = micros().prop_map(chrono_moment);
        a_time_date = micros().prop_map(|micros| time_moment(micros).date());
        a_time_time = micros().prop_map(|micros| time_moment(micros).time());
        a_time_date_time = micros().prop_map(|micros| time::PrimitiveDateTime::new(time_moment(micros).date(), time_moment(micros).time()));
        a_time_timestamp = micros().prop_map(time_moment);
        a_time_utc = micros().prop_map(|micros| time::UtcDateTime::from(time_moment(micros)));
        a_jiff_date = micros().prop_map(|micros| jiff_moment(micros).date());
        a_jiff_time = micros().prop_map(|micros| jiff_moment(micros).time());
        a_jiff_date_time = micros().prop_map(jiff_moment);
        a_jiff_timestamp = micros().prop_map(|micros| jiff::Timestamp::from_microsecond(micros.min(253_402_200_000_000_000)).unwrap());
    }
}

/// Without the character NUL, which PostgreSQL's text can't hold; on MySQL without what it takes for a space at the end, which is in
/// `padding`.
fn texts(backend: Backend) -> impl Strategy<Value = String> {
    let texts = prop_oneof![any::<String>(), Just(String::new()), "[aA0é\u{10ffff}\u{ffff}]{0,3}"];
    texts.prop_map(move |text| {
        let text = text.replace('\0', "0");
        if backend.is_mysql() { text.replace(|c: char| c < ' ', "0").trim_end_matches(' ').to_owned() } else { text }
    })
}

#[test]
fn a_text_with_nul_on_sqlite() {
    ordered("[a\0]{0,3}", Backend::Sqlite);
}

#[test]
fn the_greatest_u64_on_postgres() {
    ordered(prop_oneof![any::<u64>(), Just(u64::MAX)], Backend::Postgres);
}

#[test]
fn the_greatest_u64_on_mariadb() {
    ordered(prop_oneof![any::<u64>(), Just(u64::MAX)], Backend::MariaDb);
}

#[test]
fn the_greatest_u64_on_mysql_5_7() {
    ordered(prop_oneof![any::<u64>(), Just(u64::MAX)], Backend::MySql57);
}

#[test]
fn a_text_with_nul_on_mariadb() {
    ordered("[a\0]{3}", Backend::MariaDb);
}

#[test]
fn a_text_with_nul_on_mysql_5_7() {
    ordered("[a\0]{3}", Backend::MySql57);
}

fn an_enum_as_text(backend: Backend) {
    let states = prop_oneof![Just(State::New), Just(State::InProgress), Just(State::Done)];
    for_lists(backend, states, async |session, list| {
        equality(session, list).await?;
        round_trip(session, list).await
    });
}

fn a_json_document(backend: Backend) {
    // PostgreSQL keeps numbers as decimals, where `1e300` is an integer, and text without NUL. MySQL 5.7 reads a fraction of many
    // digits with an error in the last, and gives one that is whole as an integer.
    let is_postgres = backend == Backend::Postgres;
    let floats = match backend {
        Backend::Postgres => (-1e9..1e9).boxed(),
        Backend::MySql57 => any::<i32>().prop_map(|number| f64::from(number) + 0.25).boxed(),
        Backend::Sqlite | Backend::MariaDb => (-1e300..1e300).boxed(),
    };
    let text = || any::<String>().prop_map(move |text| if is_postgres { text.replace('\0', "0") } else { text });
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        floats.prop_map(|float: f64| float.into()),
        text().prop_map(Into::into),
    ];
    let documents = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    for_lists(backend, documents, async |session, list| round_trip(session, list).await);
}

#[test]
fn enums_as_text_and_documents_on_sqlite() {
    an_enum_as_text(Backend::Sqlite);
    a_json_document(Backend::Sqlite);
}

#[test]
fn enums_as_text_and_documents_on_postgres() {
    an_enum_as_text(Backend::Postgres);
    a_json_document(Backend::Postgres);
}

#[test]
fn enums_as_text_and_documents_on_mariadb() {
    an_enum_as_text(Backend::MariaDb);
    a_json_document(Backend::MariaDb);
}

#[test]
fn enums_as_text_and_documents_on_mysql_5_7() {
    an_enum_as_text(Backend::MySql57);
    a_json_document(Backend::MySql57);
}

macro_rules! integer_sums {
    ($($name:ident: $ty:ty = $strategy:expr;)+) => {
        $(#[test]
        fn $name() {
            integer_sum::<$ty>($strategy, Backend::Sqlite);
        })+

        #[test]
        fn sums_of_integers_on_postgres() {
            $(integer_sum::<$ty>($strategy, Backend::Postgres);)+
        }

        #[test]
        fn sums_of_integers_on_mariadb() {
            $(integer_sum::<$ty>($strategy, Backend::MariaDb);)+
        }

        #[test]
        fn sums_of_integers_on_mysql_5_7() {
            $(integer_sum::<$ty>($strategy, Backend::MySql57);)+
        }
    };
}

fn integer_sum<T>(values: impl Strategy<Value = T>, backend: Backend)
where
    T: Column + Numeric<Sum = i64> + Copy + Into<i128>,
{
    for_lists(backend, values, async |session, list| {
        let values: Vec<i128> = list.iter().flatten().map(|&value| value.into()).collect();
        let overflows = values
            .iter()
            .scan(0, |sum, value| {
                *sum += value;
                Some(*sum)
            })
            .any(|sum| i64::try_from(sum).is_err());
        match sum::<T>(session).await {
            Ok(sum) => {
                let expected = if values.is_empty() { None } else { Some(values.iter().sum::<i128>()) };
                assert_eq!(sum.map(i128::from), expected);
            }
            // SQLite adds one by one: an overflow on the way is one. The servers add up decimals, and the sum doesn't fit: PostgreSQL says so itself.
            Err(error) => {
                let kind = match backend {
                    Backend::Sqlite => ErrorKind::Sql,
                    Backend::Postgres => ErrorKind::InvalidValue,
                    _ => ErrorKind::Decode,
                };
                assert!(overflows && error.kind() == kind, "{error:?}");
            }
        }
        Ok(())
    });
}

integer_sums! {
    a_sum_of_i8: i8 = whole!(i8);
    a_sum_of_i16: i16 = whole!(i16);
    a_sum_of_i32: i32 = whole!(i32);
    a_sum_of_i64: i64 = prop_oneof![-1_000_000_000_000..1_000_000_000_000_i64, whole!(i64)];
    a_sum_of_u8: u8 = whole!(u8);
    a_sum_of_u16: u16 = whole!(u16);
    a_sum_of_u32: u32 = whole!(u32);
    a_sum_of_u64: u64 = prop_oneof![0..1_000_000_000_000_u64, 0..=i64::MAX.unsigned_abs()];
}

fn a_sum_of_floats(backend: Backend) {
    for_lists(backend, -1e6..1e6_f64, async |session, list| {
        let expected: f64 = list.iter().flatten().sum();
        let sum = sum::<f64>(session).await?;
        assert_eq!(sum.is_none(), list.iter().all(Option::is_none));
        assert!((sum.unwrap_or_default() - expected).abs() < 1e-6);
        Ok(())
    });
    for_lists(backend, -1e6..1e6_f32, async |session, list| {
        let expected: f64 = list.iter().flatten().copied().map(f64::from).sum();
        assert!((sum::<f32>(session).await?.unwrap_or_default() - expected).abs() < 1e-6);
        Ok(())
    });
}

#[test]
fn a_sum_of_floats_on_sqlite() {
    a_sum_of_floats(Backend::Sqlite);
}

#[test]
fn a_sum_of_floats_on_postgres() {
    a_sum_of_floats(Backend::Postgres);
}

#[test]
fn a_sum_of_floats_on_mariadb() {
    a_sum_of_floats(Backend::MariaDb);
}

#[test]
fn a_sum_of_floats_on_mysql_5_7() {
    a_sum_of_floats(Backend::MySql57);
}
