//! The column that bindery makes of each type.

use crate::page::{Page, Table, backends, code};
use crate::place::Place;
use crate::sample::Columns;

pub(crate) async fn columns(page: &mut Page, places: &[Place]) {
    page.text("## Columns");
    page.text("What `create_all` makes of each Rust type. `Option<T>` is the column of `T`, with NULL.");
    let mut table = Table::of_backends(&["Rust type"]);
    for (name, column) in [
        ("`bool`", Columns::bool.name()),
        ("`i8`", Columns::i8.name()),
        ("`i16`", Columns::i16.name()),
        ("`u8`", Columns::u8.name()),
        ("`i32`", Columns::i32.name()),
        ("`u16`", Columns::u16.name()),
        ("`i64`", Columns::i64.name()),
        ("`u32`", Columns::u32.name()),
        ("`u64`", Columns::u64.name()),
        ("`f32`", Columns::f32.name()),
        ("`f64`", Columns::f64.name()),
        ("`String`", Columns::string.name()),
        ("`String` with `max_length = 3`", Columns::short.name()),
        ("`Vec<u8>`", Columns::bytes.name()),
        ("`rust_decimal::Decimal`", Columns::decimal.name()),
        ("`Decimal` with `type = decimal(5, 2)`", Columns::price.name()),
        ("`chrono::NaiveDate`", Columns::chrono_date.name()),
        ("`time::Date`", Columns::time_date.name()),
        ("`jiff::civil::Date`", Columns::jiff_date.name()),
        ("`chrono::NaiveTime`", Columns::chrono_time.name()),
        ("`time::Time`", Columns::time_time.name()),
        ("`jiff::civil::Time`", Columns::jiff_time.name()),
        ("`chrono::NaiveDateTime`", Columns::chrono_date_time.name()),
        ("`time::PrimitiveDateTime`", Columns::time_date_time.name()),
        ("`jiff::civil::DateTime`", Columns::jiff_date_time.name()),
        ("`chrono::DateTime<Utc>`", Columns::chrono_timestamp.name()),
        ("`time::UtcDateTime`", Columns::time_utc.name()),
        ("`time::OffsetDateTime`", Columns::time_timestamp.name()),
        ("`jiff::Timestamp`", Columns::jiff_timestamp.name()),
        ("`uuid::Uuid`", Columns::uuid.name()),
        ("`serde_json::Value`", Columns::json.name()),
        ("`#[derive(Scalar)] struct Email(String)`", Columns::email.name()),
        ("`#[derive(Scalar)] enum`, as text", Columns::state.name()),
        ("`#[derive(Scalar)] enum` with `repr = \"i16\"`", Columns::level.name()),
        ("`#[derive(Scalar)] enum` of `red` and `green` with `enumeration = \"light\"`", Columns::light.name()),
        ("a `Scalar` written by hand with `SqlType::Decimal`", Columns::digits.name()),
        ("`Array<i64>`, a `Scalar` written by hand with `SqlType::Array(&SqlType::I64)`", Columns::numbers.name()),
    ] {
        let cells = backends(places.iter().map(|place| code(&place.witness.column_type(column))));
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    page.table(&table);
    page.text(
        "An enumeration is a type of the server's own on PostgreSQL, which `create_all` makes; on SQLite the table has a check of its values: `ck_sample_light_labels`.",
    );
}
