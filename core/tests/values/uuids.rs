use bindery_core::ErrorKind;
use bindery_core::value::{Scalar, ValueRef};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{kind, round_trip};

proptest! {
    #[test]
    fn bytes_and_text(a: [u8; 16], b: [u8; 16]) {
        let (a, b) = (Uuid::from_bytes(a), Uuid::from_bytes(b));
        prop_assert_eq!(round_trip(Some(a)).unwrap(), Some(a));
        prop_assert_eq!(Uuid::from_value(ValueRef::Bytes(a.as_bytes())).unwrap(), a);
        prop_assert_eq!(Uuid::from_value(ValueRef::Text(&a.simple().to_string())).unwrap(), a);
        prop_assert_eq!(Uuid::from_value(ValueRef::Text(&a.hyphenated().to_string())).unwrap(), a);
        prop_assert_eq!(a.hyphenated().to_string().cmp(&b.hyphenated().to_string()), a.cmp(&b));
    }
}

#[test]
fn other_forms_are_refused() {
    let nil = Uuid::nil();
    for text in [nil.braced().to_string(), nil.urn().to_string(), String::new(), "x".repeat(36)] {
        assert_eq!(kind(Uuid::from_value(ValueRef::Text(&text))), ErrorKind::Decode);
    }
    assert_eq!(kind(Uuid::from_value(ValueRef::Bytes(&[0; 15]))), ErrorKind::Decode);
}
