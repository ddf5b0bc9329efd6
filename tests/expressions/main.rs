//! Random trees of expressions, over a small table on real databases (a SQLite file, PostgreSQL, MariaDB, MySQL 5.7): all of them agree with
//! a plain model in Rust. What is not asked here is in `docs/TYPES.md`: where backends truly differ.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod agree;
mod build;
mod covered;
mod model;
mod sample;
mod tree;
