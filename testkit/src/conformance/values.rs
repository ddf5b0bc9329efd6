//! Values: what comes back is what was stored.

use bindery_core::ErrorKind;
use bindery_core::engine::{Effect, Engine, Param};
use bindery_core::value::{Scalar, SqlType, Value, ValueRef, calendar};

use super::client::{Client, typed};
use super::ground::Ground;

/// Every type that a column of any backend can have.
pub(super) const TYPES: [SqlType; 20] = [
    SqlType::Bool,
    SqlType::I8,
    SqlType::I16,
    SqlType::I32,
    SqlType::I64,
    SqlType::U8,
    SqlType::U16,
    SqlType::U32,
    SqlType::U64,
    SqlType::F32,
    SqlType::F64,
    SqlType::Text,
    SqlType::Bytes,
    SqlType::Decimal,
    SqlType::Date,
    SqlType::Time,
    SqlType::DateTime,
    SqlType::Timestamp,
    SqlType::Uuid,
    SqlType::Json,
];

/// Values of a type: its limits, and what drivers stumble over. A backend may refuse one that it can't keep.
fn samples(sql_type: SqlType) -> Vec<Value> {
    let signed = |least: i64, most: i64| vec![Value::I64(least), Value::I64(-1), Value::I64(0), Value::I64(most)];
    let unsigned = |most: i64| vec![Value::I64(0), Value::I64(1), Value::I64(most)];
    match sql_type {
        SqlType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        SqlType::I8 => signed(i8::MIN.into(), i8::MAX.into()),
        SqlType::I16 => signed(i16::MIN.into(), i16::MAX.into()),
        SqlType::I32 => signed(i32::MIN.into(), i32::MAX.into()),
        SqlType::I64 => signed(i64::MIN, i64::MAX),
        SqlType::U8 => unsigned(u8::MAX.into()),
        SqlType::U16 => unsigned(u16::MAX.into()),
        SqlType::U32 => unsigned(u32::MAX.into()),
        SqlType::U64 => vec![Value::U64(0), Value::U64(1), Value::U64(i64::MAX as u64), Value::U64(u64::MAX)],
        SqlType::F32 => [0.0, -1.5, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY].map(|float| Value::F64(float.into())).into(),
        SqlType::F64 => [0.0, -1.5, 0.1, f64::MIN_POSITIVE, f64::MAX, f64::NEG_INFINITY, f64::NAN].map(Value::F64).into(),
        SqlType::Text => {
            let long = "ü€😀".repeat(40_000);
            ["", " ", "ada", "it's", "a\0b", "😀", "e\u{301}", "\u{10ffff}", "\r\n\t\\", &long].map(|text| Value::Text(text.into())).into()
        }
        SqlType::Bytes => {
            let all: Vec<u8> = (0..=255).collect();
            [vec![], vec![0], all.clone(), all.repeat(4_000)].map(Value::Bytes).into()
        }
        SqlType::Decimal => ["0", "2.50", "-0.01", "12345678901234567890.0123456789"].map(|digits| Value::Decimal(digits.into())).into(),
        // 1970, 2000-02-29, 1600, 9999-12-31
        SqlType::Date => [0, 11_016, -135_140, 2_932_896].map(Value::Date).into(),
        SqlType::Time => [0, 1, 43_200_000_001, 86_399_999_999].map(Value::Time).into(),
        SqlType::DateTime => [0, -1, 951_782_400_000_001, 253_402_300_799_999_999].map(Value::DateTime).into(),
        SqlType::Timestamp => [0, -1, 951_782_400_000_001, 253_402_300_799_999_999].map(Value::Timestamp).into(),
        SqlType::Uuid => vec![Value::Uuid([0; 16]), Value::Uuid(std::array::from_fn(|index| index as u8 * 17))],
        SqlType::Json => ["{\"a\": [1, 2.5, null]}", "\"it's\"", "null", "[]"].map(|text| Value::Json(text.into())).into(),
        _ => Vec::new(),
    }
}

/// Whether what came back is the value that was sent as this type. Backends keep some types as others (a date as text); what
/// bindery's Rust types make of it is what counts.
pub(super) fn same(sql_type: SqlType, sent: &Value, found: ValueRef<'_>) -> bool {
    match (sent, found) {
        (Value::Null, found) => found.is_null(),
        (Value::Bool(sent), found) => bool::from_value(found).is_ok_and(|found| found == *sent),
        (Value::I64(sent), found) => i64::from_value(found).is_ok_and(|found| found == *sent),
        (Value::U64(sent), found) => u64::from_value(found).is_ok_and(|found| found == *sent),
        (Value::F64(sent), ValueRef::F64(found)) if sql_type == SqlType::F32 => *sent as f32 == found as f32,
        (Value::F64(sent), ValueRef::F64(found)) => sent.to_bits() == found.to_bits() || sent.is_nan() && found.is_nan(),
        (Value::Text(sent), ValueRef::Text(found)) => sent == found,
        (Value::Bytes(sent), ValueRef::Bytes(found)) => sent == found,
        // A server may keep a number, and not the zeros at its end.
        (Value::Decimal(sent), ValueRef::Decimal(found) | ValueRef::Text(found)) => without_zeros(sent) == without_zeros(found),
        (Value::Date(sent), ValueRef::Date(found)) => *sent == found,
        (Value::Date(sent), ValueRef::Text(found)) => calendar::parse_date(found) == Some(*sent),
        (Value::Time(sent), ValueRef::Time(found)) => *sent == found,
        (Value::Time(sent), ValueRef::Text(found)) => calendar::parse_time(found) == Some(*sent),
        (Value::DateTime(sent), ValueRef::DateTime(found)) => *sent == found,
        (Value::DateTime(sent), ValueRef::Text(found)) => calendar::parse_date_time(found) == Some(*sent),
        // Where no type has a zone, it is UTC.
        (Value::Timestamp(sent), ValueRef::Timestamp(found) | ValueRef::DateTime(found)) => *sent == found,
        (Value::Timestamp(sent), ValueRef::Text(found)) => calendar::parse_timestamp(found) == Some(*sent),
        (Value::Uuid(sent), ValueRef::Uuid(found)) => *sent == found,
        (Value::Uuid(sent), ValueRef::Text(found)) => ValueRef::Uuid(*sent).to_text().is_some_and(|sent| sent == found.to_lowercase()),
        // A server may keep a document's meaning, and not its spaces.
        (Value::Json(sent), ValueRef::Json(found) | ValueRef::Text(found)) => without_spaces(sent) == without_spaces(found),
        _ => false,
    }
}

fn without_zeros(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

fn without_spaces(json: &str) -> String {
    json.split_ascii_whitespace().collect()
}

/// Every type in a column of its own, both ways, limits included.
pub async fn value_1_what_is_stored_comes_back<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    for (number, sql_type) in ground.types(TYPES).into_iter().enumerate() {
        let table = format!("kept_{number}");
        let definition = ground.dialect().type_name(sql_type, None, None);
        ground.prepare([format!("CREATE TABLE {table} (id integer, c {definition})")]).await;
        let mut client = Client::of(&*engine, Effect::Write).await;
        let insert = format!("INSERT INTO {table} VALUES ({}, {})", ground.placeholder(1), ground.placeholder(2));
        let mut sent = Vec::new();
        for value in samples(sql_type) {
            let id = Value::I64(sent.len() as i64);
            let params = [typed(&id, SqlType::I32), typed(&value, sql_type).for_column(Some("c"))];
            match client.run_with(&insert, &params).await {
                Ok(_) => sent.push(value),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidValue, "{sql_type}: {error:?}");
                    assert_eq!(error.column(), Some("c"), "the error names the column: {error}");
                }
            }
        }
        assert!(!sent.is_empty(), "{sql_type} takes no value");
        drop(client);
        let kept = ground.witness().await.rows(&format!("SELECT c FROM {table} ORDER BY id")).await.unwrap();
        assert_eq!(kept.len(), sent.len());
        for (sent, kept) in sent.iter().zip(&kept) {
            assert!(same(sql_type, sent, kept[0].as_ref()), "{sql_type}: {} came back as another value", shown(sent, &kept[0]));
        }
    }
}

fn shown(sent: &Value, kept: &Value) -> String {
    let short = |value: &Value| format!("{value:?}").chars().take(60).collect::<String>();
    format!("{} (now {})", short(sent), short(kept))
}

/// A stored value is found by itself, as a parameter of its type.
pub async fn value_1_what_is_stored_is_found_by_its_value<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    for (number, sql_type) in ground.types(TYPES).into_iter().enumerate() {
        // Equality of documents is no backend's strength, of floats no number's.
        if matches!(sql_type, SqlType::Json | SqlType::F32) {
            continue;
        }
        let table = format!("sought_{number}");
        let definition = ground.dialect().type_name(sql_type, None, None);
        client.run(&format!("CREATE TABLE {table} (c {definition})")).await.unwrap();
        let Some(value) = samples(sql_type).into_iter().nth(1) else { continue };
        client.run_with(&format!("INSERT INTO {table} VALUES ({})", ground.placeholder(1)), &[typed(&value, sql_type)]).await.unwrap();
        let sought = format!("SELECT count(*) FROM {table} WHERE c = {}", ground.placeholder(1));
        assert_eq!(client.rows_with(&sought, &[typed(&value, sql_type)]).await.unwrap(), [[Value::I64(1)]], "{sql_type}");
    }
}

/// NULL of every type is NULL, also beside values.
pub async fn value_2_null_stays_null<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    for (number, sql_type) in ground.types(TYPES).into_iter().enumerate() {
        let table = format!("nulls_{number}");
        client.run(&format!("CREATE TABLE {table} (c {})", ground.dialect().type_name(sql_type, None, None))).await.unwrap();
        let insert = format!("INSERT INTO {table} VALUES ({})", ground.placeholder(1));
        client.run_with(&insert, &[Param::new(ValueRef::Null, Some(sql_type))]).await.unwrap();
        client.run_with(&insert, &[Param::new(ValueRef::Null, None)]).await.unwrap();
        let found = client.rows(&format!("SELECT c FROM {table} WHERE c IS NULL")).await.unwrap();
        assert_eq!(found, [[Value::Null], [Value::Null]], "{sql_type}");
    }
}

/// Decimals are ordered as numbers and text by code point, as Rust orders them.
pub async fn value_3_columns_are_ordered_as_rust_orders<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let sorted = [
        (SqlType::Decimal, ["-10.5", "-9", "0.10", "9.5", "10"].map(|text| Value::Decimal(text.into())).to_vec()),
        (SqlType::Text, ["", "Z", "a", "b", "é", "€", "😀"].map(|text| Value::Text(text.into())).to_vec()),
        (SqlType::I64, [i64::MIN, -1, 9, 10].map(Value::I64).to_vec()),
        (SqlType::Date, [-135_140, -1, 0, 11_016].map(Value::Date).to_vec()),
        (SqlType::Timestamp, [-1, 0, 1, 1_000_000, 951_782_400_000_001].map(Value::Timestamp).to_vec()),
    ];
    for (number, (sql_type, values)) in sorted.into_iter().filter(|(sql_type, _)| !ground.without_types().contains(sql_type)).enumerate() {
        let table = format!("sorted_{number}");
        client.run(&format!("CREATE TABLE {table} (c {})", ground.dialect().type_name(sql_type, None, None))).await.unwrap();
        let insert = format!("INSERT INTO {table} VALUES ({})", ground.placeholder(1));
        for value in values.iter().rev() {
            client.run_with(&insert, &[typed(value, sql_type)]).await.unwrap();
        }
        let found = client.rows(&format!("SELECT c FROM {table} ORDER BY c")).await.unwrap();
        for (expected, found) in values.iter().zip(&found) {
            assert!(same(sql_type, expected, found[0].as_ref()), "{sql_type}: {} is out of order", shown(expected, &found[0]));
        }
    }
}
