//! Whole ranges: many values in one statement, as an array that the server takes apart, so arrays are tested with them.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// Sends values as elements of their type; gives back each as it is read, and as the server writes it.
fn round_trip<S>(sql_type: &'static SqlType, strategy: S, check: impl Fn(&Value, &Value, &str))
where
    S: Strategy<Value = Value>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    runtime.block_on(server.run("SET TIME ZONE 'UTC'"));
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let values = vec(weighted(0.9, strategy), 1..200);
    let result = runner.run(&values, |values| {
        let values: Vec<_> = values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect();
        let array = Value::Array(values.clone());
        let param = [typed(&array, SqlType::Array(sql_type))];
        let sql = "SELECT v, v::text FROM unnest($1) WITH ORDINALITY AS t (v, n) ORDER BY n";
        let batch = runtime.block_on(server.query(sql, &param)).unwrap();
        assert_eq!(batch.len(), values.len());
        for (row, value) in values.iter().enumerate() {
            match batch.value(row, 1).unwrap() {
                ValueRef::Text(written) => check(value, &batch.value(row, 0).unwrap().to_owned(), written),
                _ => assert_eq!((batch.value(row, 0).unwrap(), value), (ValueRef::Null, &Value::Null)),
            }
        }
        // each alone, by a statement that the driver does not know the types of
        for value in values.iter().filter(|value| !value.is_null()).take(5) {
            let name = bindery_core::engine::Dialect::postgres().type_name(*sql_type, None, None).replace(" COLLATE \"C\"", "");
            let sql = format!("SELECT $1::{name}, $2 IS NOT DISTINCT FROM $1");
            let batch = runtime.block_on(server.query_once(&sql, &[inferred(value), typed(value, *sql_type)])).unwrap();
            assert_eq!(batch.value(0, 1).unwrap(), ValueRef::Bool(true));
        }
        Ok(())
    });
    result.unwrap();
}

/// The server's order of values is Rust's.
fn sorts<T: Clone + Ord + std::fmt::Debug>(
    sql_type: &'static SqlType,
    collation: &str,
    strategy: impl Strategy<Value = T>,
    carry: impl Fn(T) -> Value,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let result = runner.run(&vec(strategy, 1..100), |mut values| {
        let array = Value::Array(values.iter().cloned().map(&carry).collect());
        let sql = format!("SELECT v FROM unnest($1) v ORDER BY v {collation}");
        let batch = runtime.block_on(server.query(&sql, &[typed(&array, SqlType::Array(sql_type))])).unwrap();
        values.sort();
        let sorted: Vec<_> = values.into_iter().map(&carry).collect();
        assert_eq!(column(&batch, 0), sorted);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn integers() {
    let check = |sent: &Value, read: &Value, written: &str| {
        assert_eq!(sent, read);
        assert_eq!(sent, &Value::I64(written.parse().unwrap()));
    };
    round_trip(&SqlType::I16, any::<i16>().prop_map(|value| Value::I64(value.into())), check);
    round_trip(&SqlType::I32, any::<i32>().prop_map(|value| Value::I64(value.into())), check);
    round_trip(&SqlType::I64, any::<i64>().prop_map(Value::I64), check);
    sorts(&SqlType::I64, "", any::<i64>(), Value::I64);
}

#[test]
fn unsigned_integers_are_numerics() {
    let any_size = (any::<u64>(), 0..64_u32).prop_map(|(value, shift)| Value::U64(value >> shift));
    round_trip(&SqlType::U64, any_size, |sent, read, written| {
        assert_eq!(sent, &Value::U64(written.parse().unwrap()));
        assert_eq!(read, &decimal(written));
    });
    let round = (0..20_u32).prop_map(|zeros| Value::U64(10_u64.pow(zeros)));
    round_trip(&SqlType::U64, round, |sent, _, written| assert_eq!(sent, &Value::U64(written.parse().unwrap())));
    let negative = (any::<i64>(), 0..64_u32).prop_map(|(value, shift)| Value::I64(value >> shift));
    round_trip(&SqlType::Decimal, negative, |sent, _, written| assert_eq!(sent, &Value::I64(written.parse().unwrap())));
}

#[test]
fn floats() {
    let any_double = prop_oneof![any::<u64>().prop_map(f64::from_bits), any::<i32>().prop_map(|value| f64::from(value) / 1000.0)];
    round_trip(&SqlType::F64, any_double.prop_map(Value::F64), |sent, read, written| {
        let (Value::F64(sent), Value::F64(read)) = (sent, read) else { panic!() };
        assert!(sent.to_bits() == read.to_bits() || (sent.is_nan() && read.is_nan()));
        let mut rendered = String::new();
        crate::text::float8(*sent, &mut rendered).unwrap();
        assert!(rendered == written || (rendered.parse() == Ok(*sent) && written.parse() == Ok(*sent)), "{rendered} {written}");
        assert_eq!((rendered.contains('e'), rendered.contains('.')), (written.contains('e'), written.contains('.')));
    });
    let any_single = prop_oneof![any::<u32>().prop_map(f32::from_bits), any::<i16>().prop_map(|value| f32::from(value) / 64.0)];
    round_trip(&SqlType::F32, any_single.prop_map(|value| Value::F64(value.into())), |sent, read, written| {
        let (Value::F64(sent), Value::F64(read)) = (sent, read) else { panic!() };
        assert!(sent == read || (sent.is_nan() && read.is_nan()));
        let mut rendered = String::new();
        crate::text::float4(*sent as f32, &mut rendered).unwrap();
        let same = |text: &str| text.parse() == Ok(*sent as f32);
        assert!(rendered == written || (same(&rendered) && same(written)), "{rendered} {written}");
        assert_eq!(rendered.contains('e'), written.contains('e'));
    });
}

#[test]
fn texts() {
    let any_text = || "[^\\x00]{0,40}";
    round_trip(&SqlType::Text, any_text().prop_map(Value::Text), |sent, read, written| {
        assert_eq!((sent, sent), (read, &text(written)));
    });
    sorts(&SqlType::Text, "COLLATE \"C\"", any_text(), Value::Text);
}

#[test]
fn blobs() {
    round_trip(&SqlType::Bytes, vec(any::<u8>(), 0..100).prop_map(Value::Bytes), |sent, read, written| {
        assert_eq!(sent, read);
        let Value::Bytes(bytes) = sent else { panic!() };
        assert_eq!(written, format!("\\x{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
    });
    sorts(&SqlType::Bytes, "", vec(any::<u8>(), 0..100), Value::Bytes);
}

#[test]
fn decimals() {
    // no leading zeros and no `-0`: the server writes those otherwise
    let plain = "-?(0|[1-9][0-9]{0,40}|[1-9]0{0,40})(\\.[0-9]{1,40}|\\.0{0,40}[0-9])?".prop_map(|decimal: String| {
        let is_zero = decimal.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
        if is_zero { decimal.trim_start_matches('-').to_owned() } else { decimal }
    });
    round_trip(&SqlType::Decimal, plain.prop_map(Value::Decimal), |sent, read, written| {
        assert_eq!((sent, sent), (read, &decimal(written)));
    });
    let not_canonical = "-?0{0,9}[0-9]{1,9}(\\.[0-9]{1,9})?".prop_map(Value::Decimal);
    round_trip(&SqlType::Decimal, not_canonical, |sent, read, written| {
        let Value::Decimal(sent) = sent else { panic!() };
        assert_eq!(read, &decimal(written));
        let (sent, written): (rust_decimal::Decimal, rust_decimal::Decimal) = (sent.parse().unwrap(), written.parse().unwrap());
        assert_eq!((sent, sent.scale()), (written, written.scale()));
    });
    let carry = |(mantissa, scale): (i64, u32)| rust_decimal::Decimal::new(mantissa, scale);
    // at one scale: equal decimals of several scales have no order between them
    sorts(&SqlType::Decimal, "", any::<i64>().prop_map(move |mantissa| carry((mantissa, 6))), |value| Value::Decimal(value.to_string()));
}

#[test]
fn dates() {
    let days = || -2_440_588..=2_145_042_905_i32;
    let check = |sent: &Value, read: &Value, written: &str| {
        assert_eq!(sent, read);
        let Value::Date(days) = sent else { panic!() };
        let mut rendered = String::new();
        crate::text::date((*days).into(), &mut rendered).unwrap();
        assert_eq!(rendered, written);
        if let Some(formatted) = bindery_core::value::calendar::format_date(*days).filter(|text| text.as_str() >= "0001") {
            assert_eq!(formatted, written);
        }
    };
    round_trip(&SqlType::Date, days().prop_map(Value::Date), check);
    round_trip(&SqlType::Date, (-800_000..800_000_i32).prop_map(Value::Date), check);
    sorts(&SqlType::Date, "", days(), Value::Date);
}

#[test]
fn times() {
    let micros = || prop_oneof![0..86_400_000_000_i64, (0..86_400_i64).prop_map(|seconds| seconds * 1_000_000)];
    round_trip(&SqlType::Time, micros().prop_map(Value::Time), |sent, read, written| {
        assert_eq!(sent, read);
        assert_eq!(sent, &Value::Time(bindery_core::value::calendar::parse_time(written).unwrap()));
    });
    sorts(&SqlType::Time, "", micros(), Value::Time);
}

#[test]
fn moments() {
    let all = || prop_oneof![-210_866_803_200_000_000..=i64::MAX, -100_000_000_000_000_000..100_000_000_000_000_000_i64];
    let check = |micros: i64, zone: &str, written: &str| {
        let mut rendered = String::new();
        crate::text::date_time(micros.into(), zone, &mut rendered).unwrap();
        assert_eq!(rendered, written);
    };
    round_trip(&SqlType::DateTime, all().prop_map(Value::DateTime), move |sent, read, written| {
        assert_eq!(sent, read);
        let Value::DateTime(micros) = sent else { panic!() };
        check(*micros, "", written);
    });
    round_trip(&SqlType::Timestamp, all().prop_map(Value::Timestamp), move |sent, read, written| {
        assert_eq!(sent, read);
        let Value::Timestamp(micros) = sent else { panic!() };
        check(*micros, "+00", written);
    });
    sorts(&SqlType::Timestamp, "", all(), Value::Timestamp);
}

#[test]
fn uuids() {
    round_trip(&SqlType::Uuid, any::<[u8; 16]>().prop_map(Value::Uuid), |sent, read, written| {
        assert_eq!(sent, read);
        let Value::Uuid(bytes) = sent else { panic!() };
        assert_eq!(written.replace('-', ""), bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    });
    sorts(&SqlType::Uuid, "", any::<[u8; 16]>(), Value::Uuid);
}

/// Makes values of a type on the server from text, and compares what the driver renders with what the server writes. `format` takes
/// the output function of the type; the cast to text of an `inet` is another.
fn renders(ty: &str, strategy: impl Strategy<Value = String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let result = runner.run(&vec(strategy, 1..100), |values| {
        let array = Value::Array(values.into_iter().map(Value::Text).collect());
        let sql = format!("SELECT v::{ty}, format('%s', v::{ty}) FROM unnest($1) v");
        let batch = runtime.block_on(server.query(&sql, &[typed(&array, SqlType::Array(&SqlType::Text))])).unwrap();
        for row in 0..batch.len() {
            let ValueRef::Other { type_name, text } = batch.value(row, 0).unwrap() else { panic!() };
            assert_eq!((type_name, ValueRef::Text(text)), (ty, batch.value(row, 1).unwrap()));
        }
        Ok(())
    });
    result.unwrap();
}

#[test]
fn intervals_as_the_server_writes_them() {
    let parts = (-30_000..30_000_i32, -40_000..40_000_i32, any::<i32>(), prop_oneof![Just(0), -1_000_000..1_000_000_i32]);
    renders(
        "interval",
        parts.prop_map(|(months, days, seconds, micros)| format!("{months} months {days} days {seconds} seconds {micros} microseconds")),
    );
    let small = (-13..13_i32, -2..2_i32, -2..2_i32);
    renders("interval", small.prop_map(|(months, days, seconds)| format!("{months} months {days} days {seconds} seconds")));
}

#[test]
fn addresses_as_the_server_writes_them() {
    let segment = || prop_oneof![2 => Just(0_u16), 1 => any::<u16>(), 1 => Just(1), 1 => Just(0xffff)];
    let address = (vec(segment(), 8), 0..=128_u8);
    renders(
        "inet",
        address.prop_map(|(segments, bits)| {
            format!("{}/{bits}", segments.iter().map(|segment| format!("{segment:x}")).collect::<Vec<_>>().join(":"))
        }),
    );
    renders("inet", (any::<[u8; 4]>(), 0..=32_u8).prop_map(|([a, b, c, d], bits)| format!("{a}.{b}.{c}.{d}/{bits}")));
}

proptest! {
    // A server that speaks another version, or is none: an error of the cell.
    #[test]
    fn no_bytes_panic(oid in 0_u32..6000, bytes in vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..80)) {
        use crate::decode::Decoder;
        use tokio_postgres::types::Type;

        for ty in [Type::from_oid(oid), Some(Type::NUMERIC), Some(Type::RECORD), Some(Type::TEXT_ARRAY)].into_iter().flatten() {
            match Decoder::of(&ty) {
                Decoder::Borrowed(borrowed) => drop(borrowed.value(&bytes)),
                Decoder::Array(element) => drop(element.array(&bytes)),
                decoder => drop(decoder.render(&bytes, &mut String::new())),
            }
        }
    }
}
