//! [`Recorder`]: databases that are not there, for unit tests of an application.
//!
//! A recorder stands in for the databases behind an application's binds. It notes what each bind is sent, answers from a script and
//! injects faults: a retry after a serialization failure, a commit in doubt and a lost connection can be tested in microseconds,
//! without a server.
//!
//! ```standalone_crate
//! use bindery::prelude::*;
//! use bindery::{ErrorKind, Result};
//! use bindery_testkit::recorder::{Call, Recorder};
//!
//! #[derive(Model, Debug, PartialEq)]
//! #[model(table = "users", bind = "auth")]
//! struct User {
//!     #[column(primary_key, generated)]
//!     id: i64,
//!     email: String,
//! }
//!
//! /// The application: where the server says that two transactions ran into each other, it tries again, once.
//! async fn rename(databases: &Databases, id: i64, email: &str) -> Result<()> {
//!     let once = async || {
//!         let tx = databases.session().begin().await?;
//!         tx.execute(User::update().set(User::email.to(email)).filter(User::id.eq(id))).await?;
//!         tx.commit().await
//!     };
//!     match once().await {
//!         Err(error) if error.kind() == ErrorKind::SerializationFailure => once().await,
//!         result => result,
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let recorder = Recorder::postgres();
//! recorder.on("UPDATE").affects(1);
//! recorder.on(Call::Commit).once().fails(ErrorKind::SerializationFailure);
//! let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://").bind("auth", "recorder://");
//! let databases = builder.connect().await?;
//!
//! rename(&databases, 7, "ada@example.org").await?;
//! let update = r#"UPDATE "users" SET "email" = $1 WHERE "users"."id" = $2"#;
//! assert_eq!(recorder.sent("auth")?, ["BEGIN", update, "COMMIT", "BEGIN", update, "COMMIT"]);
//! assert!(recorder.sent("default")?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # The script
//! A [`Rule`] says to what it answers ([`Recorder::on`]: a part of the SQL, or a [`Call`]), maybe on which bind and how often, and
//! what. The first rule that fits and is not used up answers. What begins and ends transactions and savepoints succeeds where no rule
//! says otherwise; a statement that no rule answers is [`ErrorKind::Unsupported`](bindery_core::ErrorKind::Unsupported), and the error shows it and how to script it.
//!
//! # What it does as a server would
//! - A pool of the bind's `pool_size` and `pool_timeout`: who waits in vain gets the errors of a real pool.
//! - Transactions and savepoints have a state. As on PostgreSQL, an error fails the transaction until it is rolled back, to a savepoint at
//!   least; in MySQL's dialect a deadlock or a serialization failure ends it; in SQLite's it goes on.
//! - After [`ErrorKind::ConnectionLost`](bindery_core::ErrorKind::ConnectionLost) nothing works on that connection any more; on a commit it is
//!   [`ErrorKind::CommitInDoubt`](bindery_core::ErrorKind::CommitInDoubt).
//! - A future that is dropped while its answer is outstanding cancels its statement, and its connection is closed.
//!
//! It holds no data: what is inserted is not there for the next query. For that there are real databases: see
//! [`TempSqlite`](crate::TempSqlite).

mod connection;
mod engine;
#[allow(clippy::module_inception)] // a file is named for its main type
mod recorder;
mod rows;
mod rule;
mod sent;

pub use engine::{RecorderDriver, RecorderEngine};
pub use recorder::Recorder;
pub use rows::{IntoCell, IntoRow};
pub use rule::{Rule, Trigger};
pub use sent::{Call, Sent};
