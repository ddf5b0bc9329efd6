//! Writes `docs/TYPES.md` from what the real backends do, and compares it with the page as it is committed.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod columns;
mod going_in;
mod page;
mod place;
mod ranges;
mod reading;
mod reading_of_mysql;
mod sample;
mod servers_own;
mod servers_own_of_mysql;

use std::path::Path;

use bindery_testkit::MysqlFlavor;
use page::Page;
use place::Place;

const WRITE: &str = "BINDERY_WRITE_DOCS";

#[tokio::test]
async fn the_page_of_types_tells_what_the_backends_do() {
    let (mariadb, mysql) = (Place::mysql(MysqlFlavor::MariaDb).await, Place::mysql(MysqlFlavor::MySql).await);
    let places = [Place::sqlite().await, Place::postgres().await, mariadb, mysql];
    let mut page = Page::default();
    page.text(INTRODUCTION);
    columns::columns(&mut page, &places).await;
    ranges::ranges(&mut page, &places).await;
    going_in::values(&mut page, &places).await;
    reading::kinds(&mut page, &places).await;
    reading::values(&mut page, &places).await;
    servers_own::columns(&mut page, &places[1]).await;
    servers_own_of_mysql::columns(&mut page, &places[2], &places[3]).await;
    for place in places {
        place.close().await;
    }

    let written = page.finish();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/TYPES.md");
    if std::env::var_os(WRITE).is_some_and(|value| value == "1") {
        std::fs::write(&file, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if committed != written {
        let different = page::different_lines(&committed, &written);
        panic!(
            "docs/TYPES.md is not what the backends do (- the page, + the backends):\n{different}\n\
             Where that is meant, write the page: {WRITE}=1 cargo nextest run --test types"
        );
    }
}

const INTRODUCTION: &str = "\
# Types

<!-- Written by tests/types from what the backends do. Don't edit it: BINDERY_WRITE_DOCS=1 cargo nextest run --test types -->

This page is written by a test (`tests/types`), which does all of this on a real SQLite file and on real servers, PostgreSQL, MariaDB and Oracle's
MySQL 5.7: a value goes in by a session and is read back by it, and what stands in the database is what the backend's own client sees (rusqlite,
psql and mariadb, with their time zone in UTC). Where MySQL 5.7 is not named, it does what MariaDB does. The rules behind it are in the
documentation of `bindery::value`.";
