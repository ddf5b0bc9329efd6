//! What tests of applications and engines of [bindery](https://docs.rs/bindery) need: databases that are there for one test, and
//! a proof that nothing stalls the executor.
//!
//! It knows no driver, so it goes with any.

pub mod conformance;
mod port;
mod proxy;
pub mod recorder;
mod rolled_back;
#[cfg(unix)]
mod server;
mod temp_sqlite;
mod ticker;

pub use proxy::Proxy;
pub use rolled_back::{RolledBack, rolled_back};
#[cfg(unix)]
pub use server::{TempDatabase, TempPgbouncer, TempPostgres, TempPostgresBuilder};
pub use temp_sqlite::TempSqlite;
pub use ticker::Ticker;
