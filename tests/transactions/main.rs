//! Transactions on real SQLite files, on PostgreSQL, on MariaDB and MySQL 5.7, and over three backends. Plain rusqlite on the same file, or
//! the server's own client, is the witness of what is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod cancellation;
mod futures_are_send;
mod mysql;
mod nested;
mod one_bind;
mod postgres;
mod several_binds;
mod streams;
mod three_backends;
mod two_files;
mod waiting;
