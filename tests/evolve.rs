//! The example `evolve` on each backend, and on all three at once: an application that grows through ten releases, back to nothing, and up
//! again. Each step is looked at by the application itself, which knows its rows; here it is compared with what the databases' own clients
//! see in the end.

// Clippy allows these in `#[test]` functions only, not in what they share.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../examples/sakila/backends.rs"]
mod backends;
#[path = "../examples/evolve/evolution.rs"]
mod evolution;
#[path = "../examples/evolve/places.rs"]
mod places;
#[path = "../examples/evolve/releases/mod.rs"]
mod releases;

use backends::{Backend, Backends};
use bindery::Result;
use bindery_testkit::MysqlFlavor;
use evolution::Evolution;
use places::Place;
use rusqlite::types::Value;

async fn evolve(backends: [Backend; 3]) -> Result<()> {
    let evolution = Evolution::new(Backends(backends))?;
    for release in evolution.releases() {
        evolution.write(&*release).await?;
        evolution.lead_up(&*release).await?;
        evolution.compare(&*release).await?;
    }
    let purchases = "SELECT cents, status FROM purchases ORDER BY id";
    let rows = [["1999", "paid"], ["500", "refunded"], ["5000000000", "open"]];
    assert_eq!(evolution.by_hand("default", purchases), rows);
    assert_eq!(
        evolution.by_hand("people", "SELECT first_name, last_name, level FROM users ORDER BY id"),
        [["Ada", "Lovelace", "3"], ["Bob", "Stone", "1"]]
    );
    let history = "SELECT version, name, state FROM bindery_migrations ORDER BY version";
    let applied = places::BINDS.map(|bind| evolution.by_hand(bind, history));
    assert_eq!(evolution.by_hand("meta", "SELECT what FROM events ORDER BY id"), [["opened"], ["first order"], ["moved"]]);
    for release in evolution.releases().into_iter().rev() {
        evolution.lead_down(&*release).await?;
    }
    for bind in places::BINDS {
        assert_eq!(evolution.by_hand(bind, "SELECT count(*) FROM bindery_migrations"), [["0"]], "{bind}");
        assert_eq!(evolution.by_hand(bind, evolution.list_tables(bind)), [["bindery_migrations"]], "{bind}");
    }
    for release in evolution.releases() {
        evolution.lead_up(&*release).await?;
    }
    assert_eq!(evolution.by_hand("default", purchases), rows);
    assert_eq!(places::BINDS.map(|bind| evolution.by_hand(bind, history)), applied);
    let newest = evolution.releases().pop().unwrap();
    evolution.compare(&*newest).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    evolve([Backend::Sqlite; 3]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() -> Result<()> {
    evolve([Backend::Postgres; 3]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_mariadb() -> Result<()> {
    evolve([Backend::Mysql(MysqlFlavor::MariaDb); 3]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_mysql_5_7() -> Result<()> {
    evolve([Backend::Mysql(MysqlFlavor::MySql); 3]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_all_three() -> Result<()> {
    evolve([Backend::Sqlite, Backend::Postgres, Backend::Mysql(MysqlFlavor::MariaDb)]).await
}

/// What the databases' own clients see, as text.
impl Evolution {
    fn list_tables(&self, bind: &str) -> &'static str {
        match self.places.place(bind).unwrap() {
            Place::File(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Place::Postgres(_) => "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
            Place::Mysql(_) => "SELECT table_name FROM information_schema.tables WHERE table_schema = database()",
        }
    }

    fn by_hand(&self, bind: &str, sql: &str) -> Vec<Vec<String>> {
        let lines = |rows: String, separator: char| rows.lines().map(|row| row.split(separator).map(str::to_owned).collect()).collect();
        match self.places.place(bind).unwrap() {
            Place::File(path) => {
                let witness = rusqlite::Connection::open(path).unwrap();
                let mut statement = witness.prepare(sql).unwrap();
                let width = statement.column_count();
                let text = |value: Value| match value {
                    Value::Integer(value) => value.to_string(),
                    Value::Text(value) => value,
                    other => panic!("{other:?}"),
                };
                let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column).map(text)).collect()).unwrap();
                rows.map(std::result::Result::unwrap).collect()
            }
            Place::Postgres(database) => lines(database.psql(sql).unwrap(), '|'),
            Place::Mysql(database) => lines(database.sql(sql).unwrap(), '\t'),
        }
    }
}
