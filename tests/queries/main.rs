//! Statements: their SQL in each dialect, their rows on a real SQLite file and real servers (PostgreSQL, MariaDB, MySQL 5.7) beside
//! hand-written SQL run by plain rusqlite and the servers' own clients, what is refused before anything is sent, and what each verb makes of them.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod by_model;
mod dialect;
mod insert_streams;
mod inserts;
mod library;
mod pages;
mod raw_sql;
mod refused;
mod rows;
mod selects;
mod sql;
mod sql_of_expressions;
mod sql_of_selects;
mod sql_of_verbs;
mod upsert;
mod verbs;
