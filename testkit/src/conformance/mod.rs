//! The conformance suite: one named test or more for each clause that an engine owes
//! ([the contract](bindery_core::engine)), run by its author with a [`Setup`] of two methods, and of more where the engine lacks something
//! or has a catalog.
//!
//! [`conformance!`](crate::conformance!) makes the tests, in a module `conformance` with one module for each section. Each runs
//! twice, on a new database each time: on the engine's own type and on `dyn Engine`. The name of a test begins with the id of its clause:
//! `tx_2_…` is of TX-2, and [`CLAUSES`] has them all.
//!
//! ```
//! use std::error::Error;
//!
//! use bindery_core::engine::Capabilities;
//! use bindery::SqliteDriver;
//! use bindery_testkit::TempSqlite;
//! use bindery_testkit::conformance::{Setup, TestDatabase};
//!
//! struct Sqlite;
//!
//! impl Setup for Sqlite {
//!     type Driver = SqliteDriver;
//!
//!     fn capabilities(&self) -> Capabilities {
//!         let mut capabilities = Capabilities::none("SQLite 3.");
//!         capabilities.returning = true;
//!         capabilities.common_table_expressions = true;
//!         capabilities.window_functions = true;
//!         capabilities.check_constraints = true;
//!         capabilities.transactional_ddl = true;
//!         capabilities.max_parameters = 32_766;
//!         capabilities
//!     }
//!
//!     fn has_catalog(&self) -> bool {
//!         true
//!     }
//!
//!     async fn database(&self) -> Result<TestDatabase<SqliteDriver>, Box<dyn Error + Send + Sync>> {
//!         let files = TempSqlite::new()?;
//!         Ok(TestDatabase::new(SqliteDriver, files.url("default"), files))
//!     }
//! }
//!
//! bindery_testkit::conformance!(Sqlite);
//! # fn main() {}
//! ```
//!
//! What the suite can't see through the contract (what a server process still does, what is on the wire), a driver's own tests look
//! at with the server's own tools.

// The suite is tests: it fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clauses;
mod client;
mod cut;
mod failure;
mod family;
mod ground;
mod listener;
mod run;
mod setup;

#[doc(hidden)]
pub mod cancellation;
#[doc(hidden)]
pub mod capabilities;
#[doc(hidden)]
pub mod catalog;
#[doc(hidden)]
pub mod concurrency;
#[doc(hidden)]
pub mod errors;
#[doc(hidden)]
pub mod native;
#[doc(hidden)]
pub mod pool;
#[doc(hidden)]
pub mod rows;
#[doc(hidden)]
pub mod savepoints;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod statements;
#[doc(hidden)]
pub mod transactions;
#[doc(hidden)]
pub mod two_phase;
#[doc(hidden)]
pub mod values;

pub use clauses::{CLAUSES, Clause};
#[doc(hidden)]
pub use ground::Ground;
#[doc(hidden)]
pub use run::run;
pub use setup::{Setup, TestDatabase};
