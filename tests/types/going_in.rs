//! Values at the edges, on their way in.

use rust_decimal::Decimal;
use serde_json::json;

use crate::page::{Page, Table, backends, code};
use crate::place::Place;
use crate::sample::{Columns, Digits, Email, Level, Light, Numbers, State};

pub(crate) async fn values(page: &mut Page, places: &[Place]) {
    page.text("## On the way in");
    page.text("Values at the edges: how each stands in the database, or its error. Times finer than a microsecond are truncated; nothing else comes back
as another value. SQLite itself does not check the digits before the point. `Email`, `State`, `Level` and `Light` are of
`#[derive(Scalar)]`, `Digits` and `Numbers` are written by hand.");
    let mut table = Table::of_backends(&["Rust type", "value"]);
    macro_rules! values {
        ($($name:literal $column:ident: $($what:literal = $value:expr),+;)+) => {$($(
            let mut outcomes = Vec::new();
            for place in places {
                outcomes.push(place.outcome(Columns::$column, $value).await);
            }
            table.row([code($name), $what.to_owned()].into_iter().chain(said_once(&backends(outcomes))));
        )+)+};
    }
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    values! {
        "bool" bool: "true" = true;
        "u64" u64: "`u64::MAX`" = u64::MAX;
        "f32" f32: "0.1" = 0.1, "NaN" = f32::NAN;
        "f64" f64: "0.1" = 0.1, "infinity" = f64::INFINITY, "the smallest" = 5e-324, "NaN" = f64::NAN;
        "String" string:
            "empty" = String::new(), "an emoji" = "🦀".to_owned(), "`e` and a combining accent" = "e\u{301}".to_owned(),
            "a quote" = "'".to_owned(), "a space at its end" = "a ".to_owned(), "with the character NUL" = "a\0b".to_owned();
        "String, max_length = 3" short: "3 characters" = "äöü".to_owned(), "4 characters" = "Adam".to_owned();
        "Vec<u8>" bytes: "empty" = Vec::new(), "0 and 255" = vec![0, 255];
        "Decimal" decimal:
            "2.50" = Decimal::new(250, 2), "the smallest" = Decimal::from_i128_with_scale(1, 28), "-0" = -Decimal::ZERO;
        "Decimal, type = decimal(5, 2)" price:
            "2.5" = Decimal::new(25, 1), "2.500" = Decimal::new(2_500, 3), "2.505" = Decimal::new(2_505, 3), "1000" = Decimal::ONE_THOUSAND;
        "chrono::NaiveDate" chrono_date: "1 BC" = day("0000-02-29"), "the year 10000" = day("+10000-01-01");
        "chrono::NaiveTime" chrono_time:
            "12:00:00.000001999" = chrono::NaiveTime::from_hms_nano_opt(12, 0, 0, 1_999).unwrap(),
            "a leap second" = chrono::NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        "jiff::Timestamp" jiff_timestamp: "a nanosecond before 1970" = jiff::Timestamp::from_nanosecond(-1).unwrap();
        "time::OffsetDateTime" time_timestamp:
            "1970-01-01 02:00 +02:00" = time::OffsetDateTime::UNIX_EPOCH.to_offset(time::UtcOffset::from_hms(2, 0, 0).unwrap());
        "uuid::Uuid" uuid: "any" = uuid::Uuid::from_u128(0xabcd_0001_0203_0405_0607_0809_0a0b_0cff);
        "serde_json::Value" json:
            "an object" = json!({"b": 1, "a": [null, 2.5]}), "the document `null`" = json!(null), "`u64::MAX`" = json!(u64::MAX),
            "1e30" = json!(1e30), "NUL in a text" = json!("a\0b"), "nested 31 levels" = nested(31),
            "nested 32 levels" = nested(32), "nested 99 levels" = nested(99), "nested 100 levels" = nested(100), "nested 128 levels" = nested(128);
        "Email" email: "`Email`" = Email("ada@example.org".to_owned());
        "State" state: "`State::InProgress`" = State::InProgress;
        "Level" level: "`Level::Low`" = Level::Low;
        "Light" light: "`Light::Green`" = Light::Green;
        "Digits" digits: "40 digits, 30 after the point" = Digits(format!("1234567890.{}", "0123456789".repeat(3)));
        "Numbers" numbers: "an array" = Numbers(vec![1, 2]), "an empty array" = Numbers(Vec::new());
    }
    page.table(&table);
}

/// A sentence that stands beside itself is said once.
fn said_once(cells: &[String; 3]) -> [String; 3] {
    let is_said = |index: usize| index > 0 && cells[index].contains(": ") && cells[index] == cells[index - 1];
    [0, 1, 2].map(|index| if is_said(index) { "the same".to_owned() } else { cells[index].clone() })
}

fn nested(levels: usize) -> serde_json::Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}
