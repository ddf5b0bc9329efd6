//! `TempPgbouncer` against a real server.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // clippy knows tests by `#[test]`, and these are their helpers

use std::process::{Command, Output};

use bindery_core::config::DatabaseUrl;
use bindery_testkit::{TempPgbouncer, TempPostgres};

fn psql(url: &DatabaseUrl, sql: &str) -> Output {
    Command::new("psql").args(["-XAtqw", "-v", "ON_ERROR_STOP=1", "-c", sql, &url.to_string()]).output().unwrap()
}

fn answer(url: &DatabaseUrl, sql: &str) -> String {
    let output = psql(url, sql);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn clients_share_its_connections_in_transaction_mode() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let pgbouncer = TempPgbouncer::before(&database, 1).unwrap();
    let url = pgbouncer.url();
    assert_eq!(answer(&url, "SELECT current_database()"), database.name());

    let server_process = answer(&url, "SELECT pg_backend_pid()");
    assert_eq!(answer(&url, "SELECT pg_backend_pid()"), server_process);
    assert_eq!(database.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").unwrap(), "2"); // and psql's

    let pools = answer(&url.with_path("pgbouncer"), "SHOW POOLS");
    let pool = pools.lines().find(|line| line.starts_with(database.name())).unwrap();
    assert!(pool.ends_with("|transaction"), "{pools}");
}

#[test]
fn startup_parameters_that_it_doesnt_know_are_refused() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let pgbouncer = TempPgbouncer::before(&database, 1).unwrap();
    let url = pgbouncer.url().to_string();
    let output = Command::new("psql").args(["-XAtqw", "-c", "SELECT 1", &url]).env("PGOPTIONS", "-c jit=off").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("unsupported startup parameter"), "{output:?}");
}

#[test]
fn dropped_it_listens_no_more() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let pgbouncer = TempPgbouncer::before(&database, 1).unwrap();
    let url = pgbouncer.url();
    answer(&url, "SELECT 1");
    drop(pgbouncer);
    assert!(String::from_utf8_lossy(&psql(&url, "SELECT 1").stderr).contains("Connection refused"));
}
