//! What `#[derive(Scalar)]` makes of newtypes and enums.

use bindery::value::{Comparable, Numeric, Ordered, SqlType, Value, ValueRef};
use bindery::{ErrorKind, Scalar};

#[derive(Scalar, Debug, PartialEq)]
struct Email(String);

#[derive(Scalar, Debug, PartialEq)]
struct Cents {
    amount: i64,
}

/// Wraps what has no order in SQL: the newtype has none either, and compiles.
#[derive(Scalar, Debug, PartialEq)]
struct Wrapped(Rating);

#[derive(Scalar, Debug, PartialEq)]
enum Rating {
    G,
    PG,
    #[scalar(rename = "PG-13")]
    Pg13,
}

#[derive(Scalar, Debug, PartialEq)]
#[scalar(rename_all = "snake_case")]
enum State {
    InProgress,
    #[scalar(rename = "over")]
    Done,
}

#[derive(Scalar, Debug, PartialEq, Clone)]
#[scalar(repr = "i16")]
enum Level {
    Low = -5,
    Middle,
    High = 300,
}

#[test]
fn a_newtype_is_kept_as_what_it_wraps() {
    assert_eq!((Email::TYPE, Email::NULLABLE), (SqlType::Text, false));
    assert_eq!(Email("a".to_owned()).into_value().unwrap(), Value::Text("a".to_owned()));
    assert_eq!(Email::from_value(ValueRef::Text("a")).unwrap(), Email("a".to_owned()));
    assert_eq!(Cents { amount: 7 }.into_value().unwrap(), Value::I64(7));
    assert_eq!(Cents::from_value(ValueRef::I64(7)).unwrap(), Cents { amount: 7 });
    assert_eq!(Option::<Cents>::from_value(ValueRef::Null).unwrap(), None);
    assert_eq!(Cents::from_value(ValueRef::Null).unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(Wrapped::from_value(ValueRef::Text("G")).unwrap(), Wrapped(Rating::G));
}

#[test]
fn a_newtype_compares_orders_and_sums_as_what_it_wraps() {
    fn base<T: Scalar<Base = T>>() {}
    fn comparable<T: Comparable>() {}
    fn ordered<T: Ordered>() {}
    fn sums_to_i64<T: Numeric<Sum = i64>>() {}
    base::<Email>();
    ordered::<Email>();
    sums_to_i64::<Cents>();
    comparable::<Wrapped>();
    comparable::<Rating>();
    ordered::<Level>();
}

#[test]
fn an_enum_is_kept_as_text() {
    assert_eq!(Rating::TYPE, SqlType::Text);
    for (rating, text) in [(Rating::G, "G"), (Rating::PG, "PG"), (Rating::Pg13, "PG-13")] {
        assert_eq!(Rating::from_value(ValueRef::Text(text)).unwrap(), rating);
        assert_eq!(rating.into_value().unwrap(), Value::Text(text.to_owned()));
    }
    assert_eq!(State::InProgress.into_value().unwrap(), Value::Text("in_progress".to_owned()));
    assert_eq!(State::Done.into_value().unwrap(), Value::Text("over".to_owned()));
    assert_eq!(Rating::from_value(ValueRef::Other { type_name: "rating", text: "G" }).unwrap(), Rating::G);
}

#[test]
fn an_enum_is_kept_as_an_integer() {
    assert_eq!(Level::TYPE, SqlType::I16);
    for (level, number) in [(Level::Low, -5), (Level::Middle, -4), (Level::High, 300)] {
        assert_eq!(level.clone().into_value().unwrap(), Value::I64(number));
        assert_eq!(Level::from_value(ValueRef::I64(number)).unwrap(), level);
    }
}

#[test]
fn a_value_of_no_variant_names_the_type_and_lists_the_variants_but_not_the_value() {
    let error = Rating::from_value(ValueRef::Text("secret")).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Decode, "the value is no variant of `Rating`: it has G, PG, PG-13"));
    let error = Level::from_value(ValueRef::I64(0)).unwrap_err();
    assert_eq!(error.to_string(), "the value is no variant of `Level`: it has Low (-5), Middle (-4), High (300)");
    let error = Rating::from_value(ValueRef::I64(1)).unwrap_err();
    assert_eq!(error.to_string(), "expected text for `Rating`, found an integer");
}
