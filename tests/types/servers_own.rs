//! PostgreSQL's own types, as columns of a model.

use bindery::Scalar;
use bindery::prelude::*;
use serde_json::json;

use crate::page::{Page, Table, code};
use crate::place::Place;
use crate::sample::Numbers;

pub(crate) const TYPES: &str = "
    CREATE EXTENSION citext;
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE DOMAIN positive AS integer CHECK (value > 0);
    CREATE DOMAIN code AS varchar(3)";

#[derive(Model)]
#[model(columns = Columns)]
pub(crate) struct Own {
    #[column(primary_key)]
    id: i64,
    #[column(type = "citext")]
    citext: Option<String>,
    #[column(type = "mood")]
    mood_text: Option<String>,
    #[column(type = "mood")]
    mood: Option<Mood>,
    #[column(type = "inet")]
    inet: Option<String>,
    #[column(type = "interval")]
    interval: Option<String>,
    #[column(type = "positive")]
    positive: Option<i32>,
    #[column(type = "code")]
    code: Option<String>,
    #[column(type = "varchar(3)")]
    varchar: Option<String>,
    #[column(type = "numeric(5, 2)")]
    numeric: Option<rust_decimal::Decimal>,
    #[column(type = "numeric")]
    numeric_text: Option<String>,
    #[column(type = "numeric")]
    numeric_float: Option<f64>,
    #[column(type = "money")]
    money: Option<String>,
    #[column(type = "json")]
    json: Option<serde_json::Value>,
    #[column(type = "json")]
    json_text: Option<String>,
    #[column(type = "jsonb")]
    jsonb_text: Option<String>,
    #[column(type = "timestamptz")]
    timestamptz_text: Option<String>,
    #[column(type = "integer[]")]
    integers: Option<Numbers>,
    #[column(type = "int4range")]
    range: Option<String>,
}

#[derive(Scalar, Clone, Debug, PartialEq)]
#[scalar(rename_all = "snake_case")]
pub(crate) enum Mood {
    Sad,
    Happy,
}

pub(crate) async fn columns(page: &mut Page, place: &Place) {
    page.text("## PostgreSQL's own types");
    page.text(
        "Columns with `#[column(type = \"…\")]`. Their parameters are sent without a type, so the server compares and sorts them in its own way. `mood` is an enumeration of
`sad` and `happy`, `positive` a domain over `integer` with a check, `code` one over `varchar(3)`.

The server may change what it is sent: it rounds a decimal to the scale of a type in its own words (`decimal(5, 2)` without quotes is bindery's, which refuses it).",
    );
    let mut table = Table::new(&["column", "Rust type", "value", "in the database"]);
    macro_rules! values {
        ($($ty:literal as $rust:literal $column:ident: $($what:literal = $value:expr),+;)+) => {$($(
            let outcome = place.outcome(Columns::$column, $value).await;
            table.row([code($ty), code($rust), $what.to_owned(), outcome]);
        )+)+};
    }
    values! {
        "citext" as "String" citext: "`Ada`" = "Ada".to_owned();
        "mood" as "String" mood_text: "`happy`" = "happy".to_owned(), "`furious`" = "furious".to_owned();
        "mood" as "Mood" mood: "`Mood::Happy`" = Mood::Happy;
        "inet" as "String" inet: "`10.0.0.1`" = "10.0.0.1".to_owned(), "`10.0.0.0/8`" = "10.0.0.0/8".to_owned(), "`nowhere`" = "nowhere".to_owned();
        "interval" as "String" interval: "`1 day`" = "1 day".to_owned();
        "positive" as "i32" positive: "7" = 7, "0" = 0;
        "code" as "String" code: "`abc`" = "abc".to_owned(), "`abcd`" = "abcd".to_owned();
        "varchar(3)" as "String" varchar: "`abcd`" = "abcd".to_owned();
        "numeric(5, 2)" as "Decimal" numeric: "2.505" = rust_decimal::Decimal::new(2_505, 3);
        "numeric" as "String" numeric_text: "`1e40`" = "1e40".to_owned();
        "numeric" as "f64" numeric_float: "0.1" = 0.1, "1e40" = 1e40;
        "money" as "String" money: "`$1.50`" = "$1.50".to_owned();
        "json" as "serde_json::Value" json: "an object" = json!({"b": 1, "a": 2});
        "json" as "String" json_text: "`{\"b\":1,  \"a\":2}`" = "{\"b\":1,  \"a\":2}".to_owned();
        "jsonb" as "String" jsonb_text: "`{\"b\":1,  \"a\":2}`" = "{\"b\":1,  \"a\":2}".to_owned();
        "timestamptz" as "String" timestamptz_text: "`infinity`" = "infinity".to_owned();
        "integer[]" as "Numbers" integers: "1, 2" = Numbers(vec![1, 2]), "above `i32::MAX`" = Numbers(vec![1 << 40]);
        "int4range" as "String" range: "`[1,2]`" = "[1,2]".to_owned();
    }
    page.table(&table);
}
