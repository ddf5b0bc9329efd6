//! What tests of applications and engines of [bindery](https://docs.rs/bindery) need: servers and files that are there for one test, faults
//! of servers and networks, databases that aren't there at all, and a proof that nothing stalls the executor.
//!
//! A test brings its own databases, runs the application on them, and asks an **independent witness** what is in them: `psql`, not the
//! code that is tested.
//!
//! ```standalone_crate
//! use bindery::prelude::*;
//! use bindery_testkit::{TempPostgres, TempSqlite};
//!
//! #[derive(Model, Debug)]
//! #[model(table = "notes")]
//! struct Note {
//!     #[column(primary_key, generated)]
//!     id: i64,
//!     body: String,
//! }
//!
//! #[derive(Model, Debug)]
//! #[model(table = "events", bind = "audit")]
//! struct Event {
//!     #[column(primary_key, generated)]
//!     id: i64,
//!     what: String,
//! }
//!
//! # /*
//! #[tokio::test]
//! async fn a_note_is_stored() -> Result<(), Box<dyn std::error::Error>> {
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = TempPostgres::shared()?.database()?; // one server for the tests of a process, a database for each
//!     let files = TempSqlite::new()?;
//!     let builder = bindery::builder().bind("default", database.url()).bind("audit", files.url("audit"));
//!     let databases = builder.connect().await?;
//!     databases.create_all(All).await?;
//!
//!     databases.session().insert(NewNote { body: "remember".into() }).await?;
//!
//!     assert_eq!(database.psql("SELECT body FROM notes")?, "remember");
//!     assert_eq!(database.psql("SELECT to_regclass('events') IS NULL")?, "t"); // that is the other bind's
//!     databases.close().await;
//!     Ok(())
//! }
//! ```
//!
//! | what | for |
//! | --- | --- |
//! | [`TempPostgres`] | a real server and its faults: kill, stop, continue, restart; [`TempPgbouncer`] before it |
//! | [`TempMysql`] | the same of MariaDB and of Oracle MySQL |
//! | [`TempSqlite`] | a folder of database files |
//! | [`Proxy`] | a network's faults, before any server: refuse, cut off in mid-reply, delay, freeze; it counts round trips too |
//! | [`recorder`] | unit tests without a database: what was sent, and scripted answers |
//! | [`rolled_back`] | many tests on one database, each undone |
//! | [`Ticker`] | that no call keeps the executor from other tasks |
//!
//! Nothing is left behind, however a test ends: a server has a guardian, a process that ends it and deletes its files when the test
//! process is gone. A server that isn't installed is an error that names its package.
//!
//! It knows no driver, so it goes with any.

pub mod conformance;
mod owned_row;
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
pub use server::{
    MysqlFlavor, TempMysql, TempMysqlBuilder, TempMysqlDatabase, TempPgbouncer, TempPostgres, TempPostgresBuilder, TempPostgresDatabase,
};
pub use temp_sqlite::TempSqlite;
pub use ticker::Ticker;
