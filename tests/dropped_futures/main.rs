//! Thousands of operations on each engine whose futures are dropped: while they wait for the pool, for the answer to a statement, for the
//! rest of a result, in begin, in commit and in rollback; and every call of its catalog, at each
//! of its awaits. Afterwards everything is as if nobody had been there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // clippy knows tests by `#[test]`, and these are their helpers

mod catalogs;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
mod stage;
mod storm;
mod watched;
