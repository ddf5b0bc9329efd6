//! Where the backends differ in what they make of an expression: each case is asked of all of them, and the page has the answers.

use std::fmt::{Debug, Write};

use bindery::prelude::*;
use bindery::{MysqlDriver, PostgresDriver, Result, SqliteDriver, sql};
use bindery_testkit::{MysqlFlavor, TempMysql, TempPostgres, TempSqlite};

use crate::page::compare;

#[derive(Model)]

struct Sample {
    #[column(primary_key)]
    id: i64,
    name: String,
    most: i64,
    far: f64,
    digits: i32,
    json: serde_json::Value,
}

#[derive(Model)]

struct Two {
    #[column(primary_key)]
    id: i64,
}

const INTRODUCTION: &str = "# Where backends differ

<!-- Written by tests/book from what the backends do. Don't edit it: BINDERY_WRITE_DOCS=1 cargo nextest run --all-features --test book -->

An expression has one meaning, and random trees of them are compared with a model in Rust on all backends (`tests/expressions`). These are the cases
in which that can't be had; `None` is NULL, and a word alone is the kind of an error. Values and columns are in [TYPES.md](../TYPES.md).
";

const BEHIND: &str = "
Beside these:

- On MySQL and MariaDB an update takes a column that it has set before as it is then, on SQLite and PostgreSQL as it was.
- On MySQL 5.7 the text of a scalar subquery that is computed with (`concat`, `replace`) may have more behind it: a fault of that server.
- On MySQL and MariaDB a difference of `u64`s that is beyond `i64::MAX` is an error.
- On MySQL and MariaDB HAVING can't repeat a key of groups with values in it (`coalesce(0)`): to them it is another expression each time.
- On MySQL and MariaDB groups of such keys have no pages by cursor: the server refuses them.
- On MySQL and MariaDB a union is in no order with NULLs first or last: it is `Unsupported`, before it is sent. Its `.subquery(\"name\").select()` is.
- On MySQL 5.7 an update or delete can't read its own table in a subquery: it is `Unsupported`. A limit in an `in_` of it, however large, mends that.
- What is computed for a column of decimals keeps all its digits on SQLite, and is rounded to the column's on the others.
- The last digits of averages and of sums of floats are the backend's.
";

/// What each case is, and what came of it.
async fn answers(session: &Session) -> Vec<(&'static str, String)> {
    let mut answers = Vec::new();
    macro_rules! ask {
        ($($case:literal: $expression:expr;)+) => {$(
            answers.push(($case, outcome(session.one(Sample::select().columns($expression)).await)));
        )+};
    }
    ask! {
        "`i64::MAX + 1`": Sample::most + 1;
        "`i64::MAX + 1 > 0`, as a condition": (Sample::most + 1).gt(0);
        "`i64::MIN / -1`": (-Sample::most - 1) / -1;
        "an `i32` beyond its range: `digits * 1_000_000`": Sample::digits * 1_000_000;
        "a float beyond its range: `1e300 * 1e300`": Sample::far * 1e300;
        "`1e300` as an `i64`": Sample::far.cast::<i64>();
        "the text `É12` as an `i64`": Sample::name.cast::<i64>();
        "`É12` in small letters": Sample::name.lower();
        "`É12` matches `é%`, of either case": Sample::name.ilike("é%");
        "`'a'` equals `'a '`": value("a").eq("a ");
        "a scalar subquery of two rows": Two::select().columns(Two::id).scalar();
        "the number `1.0` in JSON, as an integer": Sample::json.key("whole").integer();
        "the number `1e3` in JSON, as an integer": Sample::json.key("thousand").integer();
    }
    answers
}

fn outcome<T: Debug>(answer: Result<(T,)>) -> String {
    match answer {
        Ok((value,)) => format!("`{value:?}`"),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// On one database: what its own client has put there.
async fn asked_of(url: bindery::config::DatabaseUrl) -> Vec<(&'static str, String)> {
    let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver).without_registered();
    let databases = builder.models::<(Sample, Two)>().bind("default", url).connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let session = databases.session();
    session.execute(Two::insert([Two { id: 1 }, Two { id: 2 }])).await.unwrap();
    // As text, for in Rust's documents the numbers are written otherwise.
    let json = r#"{"whole": 1.0, "thousand": 1e3}"#;
    let (name, most, far, digits) = ("É12", i64::MAX, 1e300, 3_000);
    let insert = sql!("insert into sample (id, name, most, far, digits, json) values (1, {name}, {most}, {far}, {digits}, {json})");
    session.execute(raw("default", insert)).await.unwrap();
    let answers = answers(&session).await;
    databases.close().await;
    answers
}

#[tokio::test]
async fn the_table_of_differences_is_what_the_backends_do() {
    let sqlite = TempSqlite::new().unwrap();
    let postgres = TempPostgres::shared().unwrap().database().unwrap();
    let mariadb = TempMysql::shared(MysqlFlavor::MariaDb).unwrap().database().unwrap();
    let mysql = TempMysql::shared(MysqlFlavor::MySql).unwrap().database().unwrap();
    let mut columns = Vec::new();
    for url in [sqlite.url("default"), postgres.url(), mariadb.url(), mysql.url()] {
        columns.push(asked_of(url).await);
    }
    let mut page = format!("{INTRODUCTION}\n| | SQLite | PostgreSQL | MariaDB | MySQL 5.7 |\n| --- | --- | --- | --- | --- |\n");
    for (row, (case, _)) in columns[0].iter().enumerate() {
        let cells: Vec<_> = columns.iter().map(|column| column[row].1.clone()).collect();
        writeln!(page, "| {case} | {} |", cells.join(" | ")).unwrap();
    }
    page.push_str(BEHIND);
    compare("differences.md", &page);
}
