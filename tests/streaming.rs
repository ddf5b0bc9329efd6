//! A stream's memory is constant: a process that reads a million rows has, at its peak, as much resident as one that reads ten thousand; and
//! so has one that inserts four times as many as another.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

use std::process::Command;

use bindery::config::DatabaseUrl;
use bindery::prelude::*;
use bindery::{MysqlDriver, PostgresDriver, SqliteDriver, sql};
use bindery_testkit::{MysqlFlavor, TempMysql, TempPostgres, TempSqlite};

/// What the other process is told: the database, and how many rows.
const URL: &str = "BINDERY_TEST_STREAM_URL";
const ROWS: &str = "BINDERY_TEST_STREAM_ROWS";

const FEW: u64 = 10_000;
/// By then the allocator has all that the statements of a thousand rows take.
const FEW_INSERTED: u64 = 100_000;
const MANY_INSERTED: u64 = 400_000;
const MANY: u64 = 1_000_000;

/// What is inserted.
#[derive(Model)]
struct Line {
    #[column(primary_key)]
    id: i64,
    text: String,
}

/// Rows that no table has to hold, with a hundred letters each, in the words of each backend.
fn rows(url: &DatabaseUrl, number: u64) -> bindery::query::Sql {
    match url.scheme() {
        "sqlite" => {
            sql!("with recursive n (i) as (select 1 union all select i + 1 from n where i < {number}) select i, printf('%0100d', i) from n")
        }
        "postgresql" => sql!("select i, lpad(i::text, 100, '0') from generate_series(1, {number}::bigint) as i"),
        // A thousand thousands, in a server that counts nothing by itself.
        _ => sql!(
            "select a.i * 1000 + b.i + 1 as i, lpad(a.i * 1000 + b.i + 1, 100, '0') from thousand a join thousand b having i <= {number}"
        ),
    }
}

/// What the other process is told, which does nothing else.
async fn told() -> Option<(Databases, DatabaseUrl, u64)> {
    let (url, number): (DatabaseUrl, u64) = (std::env::var(URL).ok()?.parse().unwrap(), std::env::var(ROWS).ok()?.parse().unwrap());
    let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver);
    let databases = builder.without_registered().models::<(Line,)>().bind("default", url.clone()).connect().await.unwrap();
    Some((databases, url, number))
}

/// How much this process had resident at its peak, in kibibytes.
fn own_peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

/// The other process, where it inserts.
#[tokio::test]
async fn the_writer() {
    let Some((databases, _, number)) = told().await else { return };
    databases.create_all(All).await.unwrap();
    let rows = futures_util::stream::iter((0..number as i64).map(|id| Line { id, text: format!("{id:0100}") }));
    assert_eq!(databases.session().insert_stream(rows).commit_every(10_000).await.unwrap(), number);
    assert_eq!(databases.session().count(Line::select()).await.unwrap(), number);
    databases.drop_all(All).await.unwrap();
    println!("peak {}", own_peak());
}

/// The other process, where it reads.
#[tokio::test]
async fn the_reader() {
    let Some((databases, url, number)) = told().await else { return };
    let session = databases.session();
    let mut stream = session.stream(raw("default", rows(&url, number)).rows::<(i64, String)>());
    let mut read = 0;
    while let Some((_, text)) = stream.try_next().await.unwrap() {
        assert_eq!(text.len(), 100);
        read += 1;
    }
    assert_eq!(read, number);
    println!("peak {}", own_peak());
}

/// The peak of a process that does this with so many rows.
fn peak(of: &str, url: &DatabaseUrl, number: u64) -> u64 {
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["--exact", of, "--nocapture"]).env(URL, url.to_string_with_password()).env(ROWS, number.to_string());
    let output = other.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let peak = printed.lines().find_map(|line| line.split("peak ").nth(1));
    peak.unwrap_or_else(|| panic!("{printed}\n{}", String::from_utf8_lossy(&output.stderr))).trim().parse().unwrap()
}

fn is_constant(url: &DatabaseUrl) {
    for (of, less, more) in [("the_reader", FEW, MANY), ("the_writer", FEW_INSERTED, MANY_INSERTED)] {
        let (few, many) = (peak(of, url, less), peak(of, url, more));
        assert!(many * 10 <= few * 11, "{of}: {less} rows: {few} KiB at the peak; {more} rows: {many} KiB");
    }
}

#[test]
fn on_sqlite() {
    let files = TempSqlite::new().unwrap();
    is_constant(&files.url("default"));
}

#[test]
fn on_postgres() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    is_constant(&database.url());
}

fn on(flavor: MysqlFlavor) {
    let database = TempMysql::shared(flavor).unwrap().database().unwrap();
    let digits = "(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 \
                  union all select 7 union all select 8 union all select 9)";
    database
        .sql(&format!("create table thousand as select a.d * 100 + b.d * 10 + c.d as i from {digits} a join {digits} b join {digits} c"))
        .unwrap();
    is_constant(&database.url());
}

#[test]
fn on_mariadb() {
    on(MysqlFlavor::MariaDb);
}

#[test]
fn on_mysql_5_7() {
    on(MysqlFlavor::MySql);
}
