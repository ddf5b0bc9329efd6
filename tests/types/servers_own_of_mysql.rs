//! MySQL's and MariaDB's own types, as columns of a model.

use bindery::Scalar;
use bindery::prelude::*;
use serde_json::json;

use crate::page::{Page, Table, both, code};
use crate::place::Place;
use crate::sample::Digits;

#[derive(Model)]
#[model(columns = Columns)]
pub(crate) struct Own {
    #[column(primary_key)]
    id: i64,
    #[column(type = "enum('sad', 'happy')")]
    mood_text: Option<String>,
    #[column(type = "enum('sad', 'happy')")]
    mood: Option<Mood>,
    #[column(type = "set('read', 'write')")]
    rights: Option<String>,
    #[column(type = "year")]
    year: Option<u16>,
    #[column(type = "bit(8)")]
    bits: Option<u64>,
    #[column(type = "bit(1)")]
    bit: Option<bool>,
    #[column(type = "tinyint(1)")]
    tinyint: Option<i8>,
    #[column(type = "mediumint unsigned")]
    mediumint: Option<u32>,
    #[column(type = "varchar(3) CHARACTER SET latin1")]
    latin1: Option<String>,
    #[column(type = "char(3) CHARACTER SET utf8mb4")]
    char: Option<String>,
    #[column(type = "decimal(65, 30)")]
    decimal: Option<rust_decimal::Decimal>,
    #[column(type = "decimal(65, 30)")]
    digits: Option<Digits>,
    #[column(type = "decimal(5, 2)")]
    price: Option<rust_decimal::Decimal>,
    #[column(type = "double")]
    double: Option<f64>,
    #[column(type = "datetime")]
    datetime: Option<chrono::NaiveDateTime>,
    #[column(type = "datetime(6)")]
    datetime_6: Option<jiff::Timestamp>,
    #[column(type = "timestamp(6) NULL")]
    timestamp: Option<jiff::Timestamp>,
    #[column(type = "time")]
    time: Option<chrono::NaiveTime>,
    #[column(type = "time")]
    time_text: Option<String>,
    #[column(type = "json")]
    json: Option<serde_json::Value>,
    #[column(type = "json")]
    json_text: Option<String>,
    #[column(type = "point")]
    point: Option<Vec<u8>>,
    #[column(type = "binary(16)")]
    binary_uuid: Option<uuid::Uuid>,
}

#[derive(Scalar, Clone, Debug, PartialEq)]
#[scalar(rename_all = "snake_case")]
pub(crate) enum Mood {
    Sad,
    Happy,
}

/// A point as the servers keep it: the number of its reference system, the order of the bytes, and its kind before its places.
fn point() -> Vec<u8> {
    let (system, is_little_endian, kind) = (0_u32.to_le_bytes(), [1_u8], 1_u32.to_le_bytes());
    [&system[..], &is_little_endian, &kind, &1_f64.to_le_bytes(), &2_f64.to_le_bytes()].concat()
}

fn moment(text: &str) -> chrono::NaiveDateTime {
    text.parse().unwrap()
}

pub(crate) async fn columns(page: &mut Page, mariadb: &Place, mysql: &Place) {
    page.text("## MySQL's and MariaDB's own types");
    page.text(
        "Columns with `#[column(type = \"…\")]`. `mood` is an `enum('sad', 'happy')`. An enumeration sorts in the order of its declaration, and is compared as text.

The server may change what it is sent: it rounds a decimal to the scale of a type in its own words. Of a time MariaDB cuts off, and MySQL rounds, what the
type has no digits for. `timestamp` is not in 1970's first second, and ends in 2038. A `binary(16)` gives a UUID and takes none: its column is a `Vec<u8>`, or a `Scalar` of your own.",
    );
    let mut table = Table::new(&["column", "Rust type", "value", "in the database"]);
    macro_rules! values {
        ($($ty:literal as $rust:literal $column:ident: $($what:literal = $value:expr),+;)+) => {$($(
            let outcome = both(mariadb.outcome(Columns::$column, $value).await, &mysql.outcome(Columns::$column, $value).await);
            table.row([code($ty), code($rust), $what.to_owned(), outcome]);
        )+)+};
    }
    values! {
        "mood" as "String" mood_text: "`happy`" = "happy".to_owned(), "`furious`" = "furious".to_owned(), "empty" = String::new();
        "mood" as "Mood" mood: "`Mood::Happy`" = Mood::Happy;
        "set('read', 'write')" as "String" rights:
            "`read,write`" = "read,write".to_owned(), "empty" = String::new(), "`write,read`" = "write,read".to_owned(),
            "`delete`" = "delete".to_owned();
        "year" as "u16" year: "1901" = 1901, "1900" = 1900, "69" = 69;
        "bit(8)" as "u64" bits: "5" = 5, "256" = 256;
        "bit(1)" as "bool" bit: "true" = true;
        "tinyint(1)" as "i8" tinyint: "-128" = -128;
        "mediumint unsigned" as "u32" mediumint: "16777215" = 16_777_215, "16777216" = 16_777_216;
        "varchar(3) CHARACTER SET latin1" as "String" latin1:
            "`äöü`" = "äöü".to_owned(), "`שלום`" = "שלו".to_owned(), "`abcd`" = "abcd".to_owned();
        "char(3) CHARACTER SET utf8mb4" as "String" char: "`a`" = "a".to_owned(), "`a` and a space" = "a ".to_owned();
        "decimal(65, 30)" as "Decimal" decimal: "2.50" = rust_decimal::Decimal::new(250, 2);
        "decimal(65, 30)" as "Digits" digits:
            "65 digits" = Digits(format!("{}.{}", "9".repeat(35), "9".repeat(30))),
            "36 before the point" = Digits("9".repeat(36)), "31 after it" = Digits(format!("0.{}1", "0".repeat(30)));
        "decimal(5, 2)" as "Decimal" price: "2.505" = rust_decimal::Decimal::new(2_505, 3), "1000" = rust_decimal::Decimal::ONE_THOUSAND;
        "double" as "f64" double: "0.1" = 0.1;
        "datetime" as "chrono::NaiveDateTime" datetime:
            "2005-05-24 22:53:30.5" = moment("2005-05-24T22:53:30.5"), "the year 0" = moment("0000-01-01T00:00:00");
        "datetime(6)" as "jiff::Timestamp" datetime_6: "1969-12-31 23:59:59.999999" = jiff::Timestamp::from_microsecond(-1).unwrap();
        "timestamp(6)" as "jiff::Timestamp" timestamp:
            "2005-05-24 22:53:30.5" = "2005-05-24T22:53:30.5Z".parse::<jiff::Timestamp>().unwrap(),
            "1970" = jiff::Timestamp::UNIX_EPOCH,
            "the year 2039" = "2039-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
        "time" as "chrono::NaiveTime" time: "22:53:30.5" = chrono::NaiveTime::from_hms_milli_opt(22, 53, 30, 500).unwrap();
        "time" as "String" time_text: "`100:00:00`" = "100:00:00".to_owned();
        "json" as "serde_json::Value" json: "an object" = json!({"bb": 1, "a": 2.50});
        "json" as "String" json_text: "`{\"bb\":1,  \"a\":2.50}`" = "{\"bb\":1,  \"a\":2.50}".to_owned(), "`{`" = "{".to_owned();
        "point" as "Vec<u8>" point: "a point" = point(), "no point" = vec![1, 2, 3];
        "binary(16)" as "uuid::Uuid" binary_uuid: "any" = uuid::Uuid::from_u128(0xabcd_0001_0203_0405_0607_0809_0a0b_0cff);
    }
    page.table(&table);
}
