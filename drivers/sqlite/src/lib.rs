//! The SQLite engine of bindery.

mod batch;
mod config;
mod connection;
mod control;
mod decimal;
mod driver;
mod error;
mod handle;
mod manager;
mod param;
mod pool;
mod sqlite;
#[cfg(test)]
mod tests;

pub use driver::SqliteDriver;
pub use sqlite::Sqlite;
