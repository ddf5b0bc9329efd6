//! What tests of applications and engines of [bindery](https://docs.rs/bindery) need: databases that are there for one test, and
//! a proof that nothing stalls the executor.
//!
//! It knows no driver, so it goes with any.

pub mod conformance;
pub mod recorder;
#[cfg(unix)]
mod server;
mod temp_sqlite;
mod ticker;

#[cfg(unix)]
pub use server::{TempDatabase, TempPostgres, TempPostgresBuilder};
pub use temp_sqlite::TempSqlite;
pub use ticker::Ticker;
