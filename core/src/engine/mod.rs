//! The contract between bindery and a database: what an engine author implements.
//!
//! An engine is four pieces: a [`Driver`] that opens an [`Engine`] from a bind's configuration, the engine (a pool), its
//! [`Connection`]s and their [`Batch`]es of rows. In-tree drivers use no private door: what they can do, yours can.
//!
//! Each clause below has an id. An implementation MUST hold to every clause that says MUST.
//!
//! # Statements
//! - **STMT-1** Every [`Statement`] is sent as it is, with its parameters bound, never spliced.
//! - **STMT-2** A [`Param`] with a type MUST be sent as that type, NULL included, or refused with
//!   [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue) before anything is sent; without one the server infers.
//! - **STMT-3** [`Executed::rows_affected`] MUST be the rows *matched*, or `None` where the backend can't tell.
//! - **STMT-4** The key of a cache of prepared statements MUST include the parameter types, and the cache MUST be bounded.
//!
//! # Results
//! - **ROWS-1** [`Connection::query`] opens the one open result of the connection. Until [`Connection::fetch`] has given `None` or
//!   [`Connection::close_result`] was called, nothing else is asked of the connection.
//! - **ROWS-2** A long result MUST arrive in batches, read as they are asked for, never gathered first.
//! - **ROWS-3** A value that can't be carried MUST be an error of [`Batch::value`], not a changed value.
//!
//! # Cancellation
//! - **CANCEL-1** A future of a connection may be dropped at any await. The connection then sees only
//!   [`release`](Connection::release) with [`Fate::CutOff`].
//! - **CANCEL-2** A connection whose operation was cut off, or that came back with a transaction or a result open, MUST NOT serve
//!   anyone else before it is clean; if it can't be cleaned it MUST be discarded. It keeps its place in the pool until then.
//! - **CANCEL-3** A statement that was cut off SHOULD stop running on the server promptly.
//!
//! # Transactions
//! - **TX-1** `BEGIN` MUST be sent alone: pipelined with a first statement, a refused BEGIN leaves that statement autocommitted.
//! - **TX-2** [`Connection::commit`] MUST succeed only if the server committed. A server that answers COMMIT with a rollback is
//!   [`ErrorKind::TransactionAborted`](crate::ErrorKind::TransactionAborted).
//! - **TX-3** Once the server has failed or ended a transaction, every later statement of it and its commit MUST be
//!   `TransactionAborted`; nothing autocommits.
//! - **TX-4** A connection lost during a commit MUST be [`ErrorKind::CommitInDoubt`](crate::ErrorKind::CommitInDoubt), and is never retried.
//!
//! # Two-phase commit
//! Where [`Capabilities::two_phase`] is true; a server that loses prepared transactions with their connection has it false.
//! - **PREPARE-1** [`TwoPhase::prepare`] MUST succeed only if the server prepared; of a failed transaction it is `TransactionAborted`.
//! - **PREPARE-2** What was prepared MUST stay so, through [`release`](Connection::release) with any [`Fate`], the end of its connection
//!   and a crash of the server, until [`commit_prepared`](TwoPhase::commit_prepared) or
//!   [`rollback_prepared`](TwoPhase::rollback_prepared) finishes it, on the same or another connection.
//! - **PREPARE-3** Finishing an id that isn't prepared MUST be [`ErrorKind::UnknownTransaction`](crate::ErrorKind::UnknownTransaction).
//! - **PREPARE-4** [`TwoPhase::list_prepared`] MUST list each transaction that is prepared on this database, and none that is finished.
//!
//! # Waiting
//! - **WAIT-1** Nothing MUST wait for a connection, a lock or a server by blocking a thread of the executor.
//! - **WAIT-2** [`Engine::acquire`] MUST give up after the bind's `pool_timeout` with
//!   [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), which says what holds the connections.
//! - **WAIT-3** [`Engine::close`] MUST wait for the connections that are out, and later calls of `acquire` fail.
//!
//! # Errors
//! - **ERR-1** Each native error MUST have the [`ErrorKind`](crate::ErrorKind) of its meaning, and stand in the error's source.
//! - **ERR-2** No error, span or `Debug` MUST carry a password, a URL or a parameter's value.
//!
//! # Capabilities
//! - **CAP-1** A capability that is false MUST mean [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), with nothing sent.
//! - **CAP-2** Capabilities MUST be read from the server, once for each physical connection.
//!
//! # Native access
//! - **NATIVE-1** A connection that was lent ([`Fate::Lent`]) MUST NOT bring anything of its use to whoever has it next: no open
//!   transaction, setting, lock, temporary table or listener.

mod batch;
mod capabilities;
mod connection;
mod dialect;
mod driver;
#[allow(clippy::module_inception)] // a file is named for its main type
mod engine;
mod holders;
mod lease;
mod native;
mod row;
mod rows;
mod statement;
mod transaction_options;
mod watch;

pub use batch::{Batch, ColumnInfo};
pub use capabilities::Capabilities;
pub use connection::{Connection, Executed, Fate, TwoPhase};
pub(crate) use dialect::postgres_cast;
pub use dialect::{Dialect, Family};
pub use driver::Driver;
pub use engine::{Engine, PoolStatus};
pub use holders::{Holder, Holders};
pub use lease::Lease;
pub use native::Native;
pub use row::{FromRow, Row};
pub use rows::Rows;
pub use statement::{Effect, Param, Statement};
pub use transaction_options::{GlobalId, IsolationLevel, TransactionOptions};
pub(crate) use watch::Watched;
