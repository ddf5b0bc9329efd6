//! What each Rust type reads of what a server gives.

use bindery::Result;
use bindery::prelude::*;
use bindery::query::DynamicRow;

use crate::page::{Page, Table, both, code, refusal};
use crate::place::{Place, Witness};
use crate::reading_of_mysql;
use crate::sample::State;

/// A Rust type, and its reading of the only column of a row.
pub(crate) type Reader = (&'static str, fn(&DynamicRow) -> Result<String>);

macro_rules! reader {
    ($name:literal $ty:ty) => {
        ($name, |row: &bindery::query::DynamicRow| row.at::<$ty>(0).map(|value| format!("{value:?}")))
    };
}
pub(crate) use reader;

const READERS: &[Reader] = &[
    reader!("bool" bool),
    reader!("i8" i8),
    reader!("i16" i16),
    reader!("i32" i32),
    reader!("i64" i64),
    reader!("u8" u8),
    reader!("u16" u16),
    reader!("u32" u32),
    reader!("u64" u64),
    reader!("f32" f32),
    reader!("f64" f64),
    reader!("rust_decimal::Decimal" rust_decimal::Decimal),
    reader!("String" String),
    reader!("Vec<u8>" Vec<u8>),
    reader!("chrono::NaiveDate" chrono::NaiveDate),
    reader!("time::Date" time::Date),
    reader!("jiff::civil::Date" jiff::civil::Date),
    reader!("chrono::NaiveTime" chrono::NaiveTime),
    reader!("time::Time" time::Time),
    reader!("jiff::civil::Time" jiff::civil::Time),
    reader!("chrono::NaiveDateTime" chrono::NaiveDateTime),
    reader!("time::PrimitiveDateTime" time::PrimitiveDateTime),
    reader!("jiff::civil::DateTime" jiff::civil::DateTime),
    reader!("chrono::DateTime<Utc>" chrono::DateTime<chrono::Utc>),
    reader!("time::UtcDateTime" time::UtcDateTime),
    reader!("time::OffsetDateTime" time::OffsetDateTime),
    reader!("jiff::Timestamp" jiff::Timestamp),
    reader!("uuid::Uuid" uuid::Uuid),
    reader!("serde_json::Value" serde_json::Value),
];

/// Texts, of which each type finds one that it might read.
pub(crate) const TEXTS: &[&str] =
    &["'Ada'", "'1'", "'2005-05-24'", "'22:53'", "'2005-05-24 22:53'", "'abcd0001-0203-0405-0607-08090a0b0cff'", "'{}'"];

/// The types of each server, each with values of it.
fn kinds_of(witness: &Witness) -> Vec<(&'static str, Vec<String>)> {
    let one = |value: &str| vec![value.to_owned()];
    let texts = |cast: &str| TEXTS.iter().map(|text| format!("{text}{cast}")).collect();
    let bytes = "abcd000102030405060708090a0b0cff";
    match witness {
        Witness::Sqlite(_) => {
            vec![("`INTEGER`", one("1")), ("`REAL`", one("1.0")), ("`TEXT`", texts("")), ("`BLOB`", one(&format!("x'{bytes}'")))]
        }
        Witness::Postgres(_) => {
            let mut kinds = vec![
                ("`smallint`", one("1::smallint")),
                ("`integer`", one("1::integer")),
                ("`bigint`", one("1::bigint")),
                ("`oid`", one("1::oid")),
                ("`numeric`", one("1::numeric")),
                ("`real`", one("1::real")),
                ("`double precision`", one("1::float8")),
                ("`text`", texts("::text")),
                ("`varchar`", texts("::varchar")),
                ("`citext`", texts("::citext")),
                ("`bytea`", one(&format!("'\\x{bytes}'::bytea"))),
            ];
            kinds.extend(
                [
                    ("`boolean`", "true"),
                    ("`date`", "date '2005-05-24'"),
                    ("`time`", "time '22:53'"),
                    ("`timestamp`", "timestamp '2005-05-24 22:53'"),
                    ("`timestamptz`", "timestamptz '2005-05-24 22:53Z'"),
                    ("`uuid`", "gen_random_uuid()"),
                    ("`json`", "json '{}'"),
                    ("`jsonb`", "jsonb '{}'"),
                    ("an enumeration", "'happy'::mood"),
                    ("`inet`", "inet '10.0.0.1'"),
                    ("`macaddr`", "macaddr '08:00:2b:01:02:03'"),
                    ("`interval`", "interval '1 day'"),
                    ("`timetz`", "timetz '22:53+02'"),
                    ("`bit`", "B'101'"),
                    ("`xml`", "xml '<a/>'"),
                    ("`tsvector`", "tsvector 'cat'"),
                    ("`point`", "point '(1,2)'"),
                    ("ranges", "int4range(1, 2)"),
                    ("composites", "ROW(1, 'a')"),
                    ("arrays", "ARRAY[1]"),
                    ("`money`", "1::money"),
                ]
                .map(|(name, value)| (name, one(value))),
            );
            kinds
        }
        Witness::Mysql(database) => reading_of_mysql::kinds(database.server().flavor()),
    }
}

pub(crate) async fn kinds(page: &mut Page, places: &[Place]) {
    page.text("## On the way out");
    page.text(
        "What each Rust type reads where the value fits it, of any expression and of tables that bindery didn't make. A newtype and an enum of `#[derive(Scalar)]` read what
they wrap; a domain is read as what it is over.",
    );
    let mut table = Table::of_backends(&["Rust type"]);
    let mut read = Vec::new();
    for place in places {
        let mut by_reader = vec![Vec::new(); READERS.len()];
        for (kind, expressions) in kinds_of(&place.witness) {
            let mut rows = Vec::new();
            for expression in expressions {
                rows.extend(place.session.one(raw("default", format!("SELECT {expression}"))).await);
            }
            for ((_, reader), kinds) in READERS.iter().zip(&mut by_reader) {
                if rows.iter().any(|row| reader(row).is_ok()) {
                    kinds.push(kind.to_owned());
                }
            }
        }
        read.push(by_reader);
    }
    for (index, (name, _)) in READERS.iter().enumerate() {
        let [sqlite, postgres, mariadb, mysql] = [0, 1, 2, 3].map(|place: usize| &read[place][index]);
        let of_mysql = reading_of_mysql::merged(mariadb, mysql);
        table.row([code(name), sqlite.join(", "), postgres.join(", "), of_mysql.join(", ")]);
    }
    page.table(&table);
    page.text("PostgreSQL's arrays are read as `bindery::value::Array`, or by a `Scalar` written by hand, and `money` as text (`price::text`) only.");
}

pub(crate) async fn values(page: &mut Page, places: &[Place]) {
    let [sqlite, postgres, mariadb, mysql] = places else { panic!("four places") };
    edges(page, "SQLite", ON_SQLITE, sqlite, sqlite).await;
    edges(page, "PostgreSQL", ON_POSTGRES, postgres, postgres).await;
    edges(page, "MySQL and MariaDB", reading_of_mysql::EDGES, mariadb, mysql).await;
}

async fn edges(page: &mut Page, name: &str, cases: &[(&str, Reader)], place: &Place, other: &Place) {
    page.text(&format!("### Values of {name} at the edges"));
    let mut table = Table::new(&["read as", "in the database", "comes as"]);
    for (expression, (ty, reader)) in cases {
        // What a column holds is told in its comment.
        let comes_as = async |place: &Place| {
            let row = place.session.one(raw("default", format!("SELECT {expression}"))).await;
            row.and_then(|row| reader(&row)).map_or_else(|error| refusal(&error), |value| code(&value))
        };
        let outcome = both(comes_as(place).await, &comes_as(other).await);
        table.row([code(ty), code(expression.rsplit(" -- ").next().unwrap_or_default()), outcome]);
    }
    page.table(&table);
}

const ON_SQLITE: &[(&str, Reader)] = &[
    ("NULL", reader!("i64" i64)),
    ("2", reader!("bool" bool)),
    ("256", reader!("u8" u8)),
    ("-1", reader!("u64" u64)),
    ("1.0", reader!("i64" i64)),
    ("9007199254740993", reader!("f64" f64)),
    ("0.1", reader!("f32" f32)),
    ("0.1", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("'1e3'", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("x'41'", reader!("String" String)),
    ("CAST(x'ff' AS TEXT)", reader!("String" String)),
    ("'Ada'", reader!("Vec<u8>" Vec<u8>)),
    ("'2005-02-29'", reader!("chrono::NaiveDate" chrono::NaiveDate)),
    ("'24:00'", reader!("chrono::NaiveTime" chrono::NaiveTime)),
    ("'2005-05-24 22:53:30Z'", reader!("chrono::NaiveDateTime" chrono::NaiveDateTime)),
    ("'2005-05-24T22:53:30+02:00'", reader!("chrono::DateTime<Utc>" chrono::DateTime<chrono::Utc>)),
    ("1116975210", reader!("chrono::DateTime<Utc>" chrono::DateTime<chrono::Utc>)),
    ("'{'", reader!("serde_json::Value" serde_json::Value)),
    ("'lost'", reader!("State" State)),
];

const ON_POSTGRES: &[(&str, Reader)] = &[
    ("NULL::bigint", reader!("i64" i64)),
    ("256", reader!("u8" u8)),
    ("-1", reader!("u64" u64)),
    ("2.0::numeric", reader!("i64" i64)),
    ("2.5::numeric", reader!("i64" i64)),
    ("9007199254740993", reader!("f64" f64)),
    ("0.1::numeric", reader!("f64" f64)),
    ("0.1::float8", reader!("f32" f32)),
    ("'NaN'::float8", reader!("f64" f64)),
    ("0.1::float8", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("2.50::numeric", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("79228162514264337593543950336::numeric", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("1e-29::numeric", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("1.0000000000000000000000000000000000::numeric", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("'NaN'::numeric", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("'NaN'::numeric", reader!("f64" f64)),
    ("1e40::numeric", reader!("f64" f64)),
    ("'ab'::char(4)", reader!("String" String)),
    ("1::money", reader!("String" String)),
    ("'infinity'::date", reader!("chrono::NaiveDate" chrono::NaiveDate)),
    ("'5874897-12-31'::date", reader!("chrono::NaiveDate" chrono::NaiveDate)),
    ("'24:00'::time", reader!("chrono::NaiveTime" chrono::NaiveTime)),
    ("'-infinity'::timestamptz", reader!("jiff::Timestamp" jiff::Timestamp)),
    ("'294276-12-31'::timestamp", reader!("chrono::NaiveDateTime" chrono::NaiveDateTime)),
    ("'2005-05-24 22:53Z'::timestamptz", reader!("chrono::NaiveDateTime" chrono::NaiveDateTime)),
    ("'2005-05-24 22:53'::timestamp", reader!("jiff::Timestamp" jiff::Timestamp)),
    ("'1e30'::jsonb", reader!("serde_json::Value" serde_json::Value)),
    ("'18446744073709551616'::jsonb", reader!("serde_json::Value" serde_json::Value)),
    ("'lost'::text", reader!("State" State)),
];
