use std::error::Error as _;

use bindery_core::value::{Scalar, Value, ValueRef};
use bindery_core::{ErrorKind, Result};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{kind, round_trip};

fn documents() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6).prop_map(Json::from_iter),
        ]
    })
}

fn read(text: &str) -> Result<Json> {
    Json::from_value(ValueRef::Json(text))
}

proptest! {
    #[test]
    fn documents_round_trip(document in documents()) {
        prop_assert_eq!(round_trip(Some(document.clone())).unwrap(), Some(document.clone()));
        prop_assert_eq!(Json::from_value(ValueRef::Text(&document.to_string())).unwrap(), document);
    }
}

#[test]
fn null_is_a_document() {
    assert_eq!(round_trip(Some(Json::Null)).unwrap(), Some(Json::Null));
    assert_eq!(Some(Json::Null).into_value().unwrap(), Value::Json("null".into()));
}

#[test]
fn malformed_text_is_not_shown() {
    let error = read(r#"{"password": "s3cret" "#).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Decode, "the text is not JSON"));
    assert!(error.source().is_some());
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[test]
fn integers_are_kept_or_refused() {
    assert_eq!(read("[18446744073709551615, -9223372036854775808]").unwrap(), json!([u64::MAX, i64::MIN]));
    for text in ["18446744073709551617", "-9223372036854775809", "{\"a\": [123456789012345678901234567890]}"] {
        assert_eq!(kind(read(text)), ErrorKind::Decode, "{text}");
    }
    // digits in a string are no number
    assert!(read(r#"["123456789012345678901234567890", "\\", "\"123456789012345678901234567890", "ä"]"#).is_ok());
    // 1e30 as PostgreSQL's jsonb writes it
    assert_eq!(read("1000000000000000000000000000000").unwrap(), json!(1e30));
    assert_eq!(read("-0").unwrap(), json!(-0.0));
}

#[test]
fn depth() {
    let nested = |levels: usize| (0..levels).fold(Json::Null, |inner, _| json!([inner]));
    assert_eq!(round_trip(nested(127)).unwrap(), nested(127));
    assert_eq!(kind(nested(128).into_value()), ErrorKind::InvalidValue);
    assert_eq!(kind(json!({ "a": nested(127) }).into_value()), ErrorKind::InvalidValue);
    assert_eq!(kind(read(&"[".repeat(100_000))), ErrorKind::Decode);
}
