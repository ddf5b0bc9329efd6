//! Transactions on real SQLite files, and on PostgreSQL. Plain rusqlite on the same file, or psql, is the witness of what is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod cancellation;
mod futures_are_send;
mod nested;
mod one_bind;
mod postgres;
mod several_binds;
mod streams;
mod two_files;
mod waiting;
