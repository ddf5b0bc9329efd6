//! The example `sakila`, checked by another reader: what it loads is read back with plain rusqlite from each file, and each of its
//! answers is computed again from there, in whole cents.

// Clippy allows these in `#[test]` functions only, not in what they share.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../examples/sakila/args.rs"]
mod args;
#[path = "../examples/sakila/backends.rs"]
mod backends;
#[path = "../examples/sakila/csv_file.rs"]
mod csv_file;
#[path = "../examples/sakila/load.rs"]
mod load;
#[path = "../examples/sakila/models/mod.rs"]
mod models;
#[path = "../examples/sakila/questions.rs"]
mod questions;
#[path = "../examples/sakila/report.rs"]
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use args::{Args, Opened, Temporary};
use bindery::ErrorKind;
use bindery::prelude::*;
use bindery_testkit::{TempMysqlDatabase, TempPostgresDatabase};
use clap::Parser;
use models::{Address, Film, FilmActor, Language, Staff, Store};
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;

/// A bind's file, with its tables and how many rows those have.
struct File {
    bind: &'static str,
    name: &'static str,
    tables: &'static [(&'static str, i64)],
}

const FILES: [File; 3] = [
    File {
        bind: "default",
        name: "films.db",
        tables: &[("actor", 200), ("category", 16), ("film", 1_000), ("film_actor", 5_462), ("film_category", 1_000), ("language", 6)],
    },
    File {
        bind: "people",
        name: "people.db",
        tables: &[("address", 603), ("city", 600), ("country", 109), ("customer", 599), ("staff", 2), ("store", 2)],
    },
    File { bind: "rentals", name: "rentals.db", tables: &[("inventory", 4_581), ("payment", 16_049), ("rental", 16_044)] },
];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sakila/data")
}

/// The databases of the example, run with an option and its path.
async fn connect(option: &str, path: &Path) -> bindery::Result<Databases> {
    Args::parse_from(["sakila".as_ref(), option.as_ref(), path.as_os_str()]).connect().await.map(|opened| opened.databases)
}

fn open(folder: &Path, file: &str) -> rusqlite::Connection {
    rusqlite::Connection::open_with_flags(folder.join(file), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// All rows of a query, read by `read`.
fn rows<T>(database: &rusqlite::Connection, sql: &str, read: impl Fn(&rusqlite::Row<'_>) -> T) -> Vec<T> {
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| Ok(read(row))).unwrap().map(Result::unwrap).collect()
}

/// `12.50` as 1250.
fn cents(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap();
    assert_eq!(fraction.len(), 2, "{amount}");
    whole.parse::<i64>().unwrap() * 100 + fraction.parse::<i64>().unwrap()
}

fn decimal(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Each payment: customer, rental, cents.
fn payments(folder: &Path) -> Vec<(i64, Option<i64>, i64)> {
    rows(&open(folder, "rentals.db"), "SELECT customer_id, rental_id, amount FROM payment", |row| {
        (row.get(0).unwrap(), row.get(1).unwrap(), cents(&row.get::<_, String>(2).unwrap()))
    })
}

/// The film of each rental.
fn rented_films(folder: &Path) -> BTreeMap<i64, i64> {
    let sql = "SELECT rental_id, film_id FROM rental, inventory WHERE rental.inventory_id = inventory.inventory_id";
    rows(&open(folder, "rentals.db"), sql, |row| (row.get(0).unwrap(), row.get(1).unwrap())).into_iter().collect()
}

/// The keys with the greatest sums, the lower key first where they are equal.
fn greatest(sums: BTreeMap<i64, i64>, limit: usize) -> Vec<(i64, i64)> {
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|&(key, sum)| (-sum, key));
    sums.truncate(limit);
    sums
}

#[tokio::test]
async fn every_answer_is_that_of_plain_rusqlite() {
    let folder = tempfile::tempdir().unwrap();
    let databases = connect("--folder", folder.path()).await.unwrap();
    load::load(&databases, &data()).await.unwrap();

    rows_per_table_and_bind(folder.path(), &databases).await;
    total_payments(folder.path(), &databases).await;
    the_customers_who_paid_most(folder.path(), &databases).await;
    revenue_by_category(folder.path(), &databases).await;
    the_films_rented_most(folder.path(), &databases).await;
}

async fn rows_per_table_and_bind(folder: &Path, databases: &Databases) {
    let answer = questions::rows_per_table(databases).await.unwrap();
    let mut expected = Vec::new();
    for File { bind, name, tables } in FILES {
        let database = open(folder, name);
        for &(table, known) in tables {
            let count: i64 = database.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap();
            assert_eq!(count, known, "{table}");
            expected.push((bind.to_owned(), table, count));
        }
    }
    let answer: Vec<_> = answer.into_iter().map(|(bind, table, count)| (bind.to_string(), table, count.cast_signed())).collect();
    assert_eq!(answer, expected);
}

async fn total_payments(folder: &Path, databases: &Databases) {
    let payments = payments(folder);
    let total: i64 = payments.iter().map(|(_, _, cents)| cents).sum();
    assert_eq!((payments.len(), total), (16_049, 6_741_651));
    assert_eq!(questions::total_payments(&databases.session()).await.unwrap(), (16_049, decimal(total)));
}

async fn the_customers_who_paid_most(folder: &Path, databases: &Databases) {
    let mut sums = BTreeMap::new();
    for (customer, _, cents) in payments(folder) {
        *sums.entry(customer).or_insert(0) += cents;
    }
    let people = open(folder, "people.db");
    for limit in [5, 599] {
        let answer = questions::best_customers(&databases.session(), limit).await.unwrap();
        let answer: Vec<_> = answer.into_iter().map(|(customer, paid)| (customer.first_name, customer.last_name, paid)).collect();
        let expected = greatest(sums.clone(), limit as usize).into_iter().map(|(customer, cents)| {
            let sql = "SELECT first_name, last_name FROM customer WHERE customer_id = ?";
            let (first, last) = people.query_row(sql, [customer], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            (first, last, decimal(cents))
        });
        assert_eq!(answer, expected.collect::<Vec<_>>());
    }
}

async fn revenue_by_category(folder: &Path, databases: &Databases) {
    let films = rented_films(folder);
    let sql = "SELECT film_id, name FROM film_category, category WHERE film_category.category_id = category.category_id";
    let categories: BTreeMap<i64, String> =
        rows(&open(folder, "films.db"), sql, |row| (row.get(0).unwrap(), row.get(1).unwrap())).into_iter().collect();
    assert_eq!(categories.len(), 1_000, "each film has one category");
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    let mut without_rental = 0;
    for (_, rental, cents) in payments(folder) {
        match rental {
            Some(rental) => *sums.entry(&categories[&films[&rental]]).or_default() += cents,
            None => without_rental += cents,
        }
    }
    assert_eq!(sums.values().sum::<i64>() + without_rental, 6_741_651);
    let mut expected: Vec<_> = sums.into_iter().map(|(category, cents)| (category.to_owned(), decimal(cents))).collect();
    expected.sort_by_key(|(_, revenue)| -revenue);
    assert_eq!(expected.len(), 16);
    assert_eq!(questions::revenue_by_category(&databases.session()).await.unwrap(), expected);
}

async fn the_films_rented_most(folder: &Path, databases: &Databases) {
    let mut counts = BTreeMap::new();
    for film in rented_films(folder).into_values() {
        *counts.entry(film).or_insert(0) += 1;
    }
    let films = open(folder, "films.db");
    for limit in [5, 958] {
        let answer = questions::most_rented_films(&databases.session(), limit).await.unwrap();
        let answer: Vec<_> = answer.into_iter().map(|(film, rentals)| (film.title, rentals)).collect();
        let expected = greatest(counts.clone(), limit as usize).into_iter().map(|(film, rentals)| {
            let title: String = films.query_row("SELECT title FROM film WHERE film_id = ?", [film], |row| row.get(0)).unwrap();
            (title, rentals)
        });
        assert_eq!(answer, expected.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_load_takes_less_than_five_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let databases = connect("--folder", folder.path()).await.unwrap();
    let started = std::time::Instant::now();
    load::load(&databases, &data()).await.unwrap();
    let took = started.elapsed();
    println!("the load took {took:.1?}");
    assert!(took.as_secs() < 5, "the load took {took:.1?}");
}

/// Each assignment of the three backends to the three binds, and each backend alone.
const ASSIGNMENTS: [&str; 10] = [
    "sqlite,sqlite,sqlite",
    "postgres,postgres,postgres",
    "mysql,mysql,mysql",
    "oracle-mysql,oracle-mysql,oracle-mysql",
    "sqlite,postgres,mysql",
    "sqlite,mysql,postgres",
    "postgres,sqlite,mysql",
    "postgres,mysql,sqlite",
    "mysql,sqlite,postgres",
    "mysql,postgres,sqlite",
];

#[tokio::test]
async fn the_answers_are_the_same_on_any_backends() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = None;
    for assignment in ASSIGNMENTS {
        let args = Args::parse_from(["sakila", "--backends", assignment, "--folder", folder.path().to_str().unwrap()]);
        let Opened { databases, temporary } = args.connect().await.unwrap();
        let began = std::time::Instant::now();
        load::load(&databases, &data()).await.unwrap();
        println!("{assignment}: loaded in {:.1?}", began.elapsed());
        let answers = report::answers(&databases).await.unwrap();
        assert_eq!(&answers, expected.get_or_insert_with(|| answers.clone()), "{assignment}");
        models_are_those_of_the_files(&databases.session()).await;
        for (file, database) in FILES.iter().zip(&temporary) {
            match database {
                Some(Temporary::Postgres(database)) => every_cell_on_postgres_is_that_of_the_files(database, file),
                Some(Temporary::Mysql(database)) => every_cell_on_mysql_is_that_of_the_files(database, file),
                None => {}
            }
        }
        databases.close().await;
    }
    assert!(expected.unwrap().contains("67416.51"), "the first of them are SQLite's, which another test computes again");
}

/// What PostgreSQL itself writes as CSV is the files, where a boolean is a number and a moment is in UTC.
fn every_cell_on_postgres_is_that_of_the_files(database: &TempPostgresDatabase, file: &File) {
    for (table, _) in file.tables {
        let columns = database.psql(&format!(
            "SELECT string_agg(
                CASE data_type
                    WHEN 'boolean' THEN column_name || '::int'
                    WHEN 'timestamp with time zone' THEN column_name || ' AT TIME ZONE ''UTC'''
                    ELSE column_name
                END, ', ' ORDER BY ordinal_position)
             FROM information_schema.columns WHERE table_name = '{table}'"
        ));
        let rows = format!("SELECT {} FROM {table} ORDER BY 1, 2", columns.unwrap());
        let csv = database.psql(&format!("COPY ({rows}) TO STDOUT (FORMAT csv)")).unwrap();
        assert!(csv == lines_of(table), "{table}");
    }
}

/// What MySQL's own client prints, each row put together as CSV by the server, is the files.
fn every_cell_on_mysql_is_that_of_the_files(database: &TempMysqlDatabase, file: &File) {
    for (table, _) in file.tables {
        let columns = format!(
            "SELECT column_name, data_type FROM information_schema.columns
             WHERE table_schema = database() AND table_name = '{table}' ORDER BY ordinal_position"
        );
        let columns = database.sql(&columns).unwrap();
        let cells = columns.lines().map(|line| match line.split_once('\t').unwrap() {
            (name, "datetime") => format!("ifnull(date_format({name}, '%Y-%m-%d %H:%i:%s'), '')"),
            (name, "longblob") => format!(r"ifnull(concat('\\x', lower(hex({name}))), '')"),
            (name, "varchar" | "longtext") => {
                format!(
                    "CASE WHEN {name} IS NULL THEN '' WHEN {name} = '' OR {name} LIKE '%,%' THEN concat('\"', {name}, '\"') ELSE {name} END"
                )
            }
            (name, _) => format!("ifnull({name}, '')"),
        });
        let csv = format!("SELECT concat_ws(',', {}) FROM {table} ORDER BY {}", cells.collect::<Vec<_>>().join(", "), key_of(&columns));
        assert!(database.sql(&csv).unwrap() == lines_of(table), "{table}");
    }
}

/// The rows of a file.
fn lines_of(table: &str) -> String {
    let text = std::fs::read_to_string(data().join(format!("{table}.csv"))).unwrap();
    text.split_once('\n').unwrap().1.trim_end().to_owned()
}

/// The first two columns, by which the files are sorted.
fn key_of(columns: &str) -> String {
    columns.lines().take(2).map(|line| line.split('\t').next().unwrap()).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn loading_again_replaces_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let databases = connect("--folder", folder.path()).await.unwrap();
        load::load(&databases, &data()).await.unwrap();
        models_are_those_of_the_files(&databases.session()).await;
        databases.close().await;
        each_table_is_on_its_own_bind_only(folder.path());
        every_cell_is_that_of_the_files(folder.path());
    }
}

fn each_table_is_on_its_own_bind_only(folder: &Path) {
    for file in FILES {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        let names = rows(&open(folder, file.name), sql, |row| row.get::<_, String>(0).unwrap());
        assert_eq!(names, file.tables.iter().map(|(table, _)| *table).collect::<Vec<_>>(), "{}", file.bind);
    }
}

/// What SQLite has, written as the files are, is the files: each number, NULL, empty string, timestamp and byte of the picture.
fn every_cell_is_that_of_the_files(folder: &Path) {
    for file in FILES {
        let database = open(folder, file.name);
        for (table, _) in file.tables {
            assert!(table_as_csv(&database, table) == std::fs::read_to_string(data().join(format!("{table}.csv"))).unwrap(), "{table}");
        }
        let violations = rows(&database, "PRAGMA foreign_key_check", |row| row.get::<_, String>(0).unwrap());
        assert!(violations.is_empty(), "{violations:?}");
    }
}

fn table_as_csv(database: &rusqlite::Connection, table: &str) -> String {
    let mut statement = database.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
    let columns = statement.column_count();
    let names: Vec<_> = (0..columns).map(|column| statement.column_name(column).unwrap()).collect();
    let mut csv = names.join(",") + "\n";
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cells = (0..columns).map(|column| match row.get_ref(column).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(value) => value.to_string(),
            ValueRef::Text(text) => match std::str::from_utf8(text).unwrap() {
                text if text.is_empty() || text.contains(',') => format!("\"{text}\""),
                text => text.to_owned(),
            },
            ValueRef::Blob(bytes) => format!("\\x{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
            ValueRef::Real(_) => panic!("Sakila has no floats"),
        });
        csv += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    csv
}

async fn models_are_those_of_the_files(session: &Session) {
    assert_eq!(session.all(Film::select().order_by(Film::film_id.asc())).await.unwrap(), csv_file::read::<Film>(&data()).unwrap());
    assert_eq!(session.all(Staff::select().order_by(Staff::staff_id.asc())).await.unwrap(), csv_file::read::<Staff>(&data()).unwrap());
    assert_eq!(session.all(Store::select().order_by(Store::store_id.asc())).await.unwrap(), csv_file::read::<Store>(&data()).unwrap());
    assert_eq!(session.get::<FilmActor>((1, 23)).await.unwrap().map(|row| (row.actor_id, row.film_id)), Some((1, 23)));
    // NULL and the empty string are two values.
    assert_eq!(session.count(Address::select().filter(Address::address2.is_null())).await.unwrap(), 4);
    assert_eq!(session.count(Address::select().filter(Address::address2.eq(""))).await.unwrap(), 599);
}

#[tokio::test]
async fn a_configuration_file_names_other_databases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sakila.toml");
    let toml = "[databases]\ndefault = 'sqlite:///a/films.db'\nrentals = 'sqlite:///rentals.db'\n\n\
                [databases.people]\nurl = 'sqlite:///b/people.db'\npool_size = 2\n";
    std::fs::write(&file, toml).unwrap();
    let databases = connect("--config", &file).await.unwrap();
    load::load(&databases, &data()).await.unwrap();

    assert_eq!(questions::total_payments(&databases.session()).await.unwrap(), (16_049, decimal(6_741_651)));
    for (file, table, expected) in [("a/films.db", "film", 1_000), ("b/people.db", "customer", 599), ("rentals.db", "payment", 16_049)] {
        let count: i64 = open(folder.path(), file).query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, expected, "{table}");
    }
}

#[tokio::test]
async fn a_bind_that_is_missing_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sakila.toml");
    std::fs::write(&file, "[databases]\ndefault = 'sqlite:///films.db'\nrentals = 'sqlite:///rentals.db'\n").unwrap();
    let error = connect("--config", &file).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert_eq!(error.problems().len(), 6, "the six tables of `people`: {error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_table_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let read = |text: &[u8]| {
        std::fs::write(folder.path().join("language.csv"), text).unwrap();
        csv_file::read::<Language>(folder.path())
    };
    let rows = read(b"language_id,name,last_update\n1,\"\",2006-02-15 05:02:19\n\n2,\"a \"\"b\"\",\nc\",2006-02-15 05:02:19").unwrap();
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["", "a \"b\",\nc"]);

    for (text, expected) in [
        (
            b"language_id,last_update,name\n".as_slice(),
            "the first line of the file is not the names of the table's columns (table `language`)",
        ),
        (b"language_id,name,last_update\n1,x\n", "the file has a row of 2 fields, and the table has 3 columns (table `language`)"),
        (b"language_id,name,last_update\nsecret,x,\n", "the file has a value that is not i32 (table `language`, column `language_id`)"),
        (b"language_id,name,last_update\n1,\xff,\n", "the file is not UTF-8 (table `language`)"),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected);
    }
    let null = read(b"language_id,name,last_update\n1,,2006-02-15 05:02:19\n").unwrap_err().to_string();
    assert!(null.contains("NULL") && null.contains("column `name`"), "{null}");
}
