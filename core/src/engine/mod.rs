//! The contract between bindery and a database: what an engine author implements.
//!
//! An engine is four pieces: a [`Driver`] that opens an [`Engine`] from a bind's configuration, the engine (a pool), its
//! [`Connection`]s and the [`Cells`] of their rows. In-tree drivers use no private door: what they can do, yours can.
//!
//! Each clause below has an id. An implementation MUST hold to every clause that says MUST. The conformance suite of the crate
//! `bindery-testkit` has a test or more for each, whose names begin with its id (`tx_2_…`), and an engine that is broken on purpose
//! for each, which the suite catches.
//!
//! # Statements
//! - **STMT-1** Every [`Statement`] MUST be sent as it is, with its parameters bound, never spliced into the text.
//! - **STMT-2** A [`Param`] with a type MUST be sent as that type, NULL included, or refused with
//!   [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue), which names the column where the `Param` does, before anything is
//!   sent; text may be left to the server to read as that type. Without a type the server infers.
//! - **STMT-3** [`Executed::rows_affected`] MUST be the rows *matched*, or `None` where the backend can't tell.
//! - **STMT-4** A cache of prepared statements MUST be bounded (`statement_cache_size`; 0 keeps none), and its key MUST include the parameter
//!   types, unless these go with each execution.
//!
//! # Values
//! - **VALUE-1** A value that was stored in a column of its type ([`Dialect::type_name`]) MUST come back as it was, or have been refused as in
//!   STMT-2. A backend without the type may give another that the same Rust type is read from: dates as text, booleans as integers.
//! - **VALUE-2** NULL MUST come back as NULL, whatever its type.
//! - **VALUE-3** Columns MUST be ordered as Rust orders their values: decimals as numbers, text by code point.
//!
//! # Results
//! - **ROWS-1** [`Connection::query`] opens the one open result of the connection. Until [`Connection::fetch`] has said that it has ended or
//!   [`Connection::close_result`] was called, nothing else is asked of the connection; then it MUST take the next statement, and
//!   nothing of the result comes after.
//! - **ROWS-2** A long result MUST be read as it is asked for, never gathered first: [`Connection::fetch`] gives some rows and returns.
//! - **ROWS-3** A value that can't be carried MUST be an error of [`Cells::value`], not a changed value, and the cells beside it
//!   what they are.
//! - **ROWS-4** Rows MUST be given in the server's order, none twice, and none left out before a later one. Once [`EachRow`] breaks,
//!   [`Connection::fetch`] MUST give it no more and say that there may be more, and the next call go on with the row after.
//!
//! # Schema
//! - **SCHEMA-1** Tables with columns of every type, keys, indexes and defaults MUST be created, listed and dropped by bindery's DDL in
//!   the words of the engine's [`Dialect`].
//! - **SCHEMA-2** The statements that bindery makes for such tables MUST do what they say.
//!
//! # Cancellation
//! - **CANCEL-1** A future of an engine or a connection may be dropped at any await: nothing MUST be lost by it, no place in the pool and
//!   no half of a transaction. The connection then sees only [`release`](Connection::release) with [`Fate::CutOff`].
//! - **CANCEL-2** A connection whose operation was cut off, or that came back with a transaction or a result open, MUST NOT serve
//!   anyone else before it is clean; if it can't be cleaned it MUST be discarded. It keeps its place in the pool until then.
//! - **CANCEL-3** A statement that was cut off SHOULD stop running on the server promptly.
//!
//! # Transactions
//! - **TX-1** `BEGIN` MUST be sent alone, and a refused one be the error of [`Connection::begin`]: pipelined with a first statement, a
//!   refused BEGIN leaves that statement autocommitted.
//! - **TX-2** [`Connection::commit`] MUST succeed only if the server committed. A server that answers COMMIT with a rollback is
//!   [`ErrorKind::TransactionAborted`](crate::ErrorKind::TransactionAborted).
//! - **TX-3** Once the server has failed or ended a transaction, every later statement of it and its commit MUST be
//!   `TransactionAborted`; nothing autocommits.
//! - **TX-4** A connection lost during a commit MUST be [`ErrorKind::CommitInDoubt`](crate::ErrorKind::CommitInDoubt), and is never retried.
//! - **TX-5** [`Connection::rollback`] MUST undo the whole transaction, succeed also where the server has ended it, and leave the
//!   connection ready for more.
//! - **TX-6** A transaction MUST have at least the isolation that was asked for, and one that only reads MUST write nothing.
//!
//! # Savepoints
//! - **SAVE-1** [`Connection::rollback_to_savepoint`] MUST undo what came after the savepoint, which stays.
//! - **SAVE-2** [`Connection::release_savepoint`] MUST keep what came after the savepoint, as a part of what is around it.
//! - **SAVE-3** After a statement has failed, a savepoint from before it MUST take the transaction on.
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
//! # The pool
//! - **POOL-1** As many connections as `pool_size` says MUST serve at once, and no more read at once.
//! - **POOL-2** A call of [`Engine::acquire`] that is dropped while it waits MUST leave nothing behind.
//! - **POOL-3** [`Engine::pool_status`] MUST count the connections that are in use, or being cleaned after use, and those that are free.
//!
//! # Waiting
//! - **WAIT-1** Nothing MUST wait for a connection, a lock or a server by blocking a thread of the executor.
//! - **WAIT-2** [`Engine::acquire`] MUST give up after the bind's `pool_timeout` with
//!   [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), which says what holds the connections; where all are the waiting task's own, with
//!   [`ErrorKind::BindBusy`](crate::ErrorKind::BindBusy).
//! - **WAIT-3** [`Engine::close`] MUST wait for the connections that are out, and later calls of `acquire` fail.
//!
//! # Concurrency
//! - **CONC-1** An engine is shared by all tasks and threads; a connection MUST be one holder's alone until it is released.
//!
//! # Errors
//! - **ERR-1** Each native error MUST have the [`ErrorKind`](crate::ErrorKind) of its meaning, and stand in the error's source. Outside a
//!   transaction a failed statement leaves the connection as it was.
//! - **ERR-2** No error, span or `Debug` MUST carry a password, a URL or a parameter's value.
//!
//! # Capabilities
//! - **CAP-1** A capability that is false MUST mean [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), with nothing sent, where bindery
//!   itself would need it; raw SQL is the server's to refuse. So does a type that the engine's [`Dialect`] says it lacks
//!   ([`Dialect::without_types`]); the clauses on values are about the others.
//! - **CAP-2** Capabilities MUST be read from the server, once for each physical connection, and what they claim MUST work.
//!
//! # Native access
//! - **NATIVE-1** A connection that was lent ([`Fate::Lent`]) MUST NOT bring anything of its use to whoever has it next: no open
//!   transaction, setting, lock, temporary table or listener.
//!
//! # Catalogs
//! Where [`Engine::catalog`] gives one. Each method is called on a connection of that engine, or on one that wraps such a connection.
//! - **CATALOG-1** [`Catalog::reflect`] MUST tell what bindery's DDL has made, and nothing of what it has dropped: each table, its columns
//!   in their order with type, NULL, default and what numbers them, its primary key, unique constraints, indexes, and foreign keys with
//!   their actions; checks, comments and enumerations where the server keeps these.
//! - **CATALOG-2** What is said twice MUST be told alike: two reflections of an unchanged database are equal, and so are those of two
//!   empty databases of one server, a scratch database one of them, in which the same statements were run.
//! - **CATALOG-3** One connection at a time MUST have the lock, whichever engine it is of. Whoever else asks for it is
//!   [`ErrorKind::Locked`](crate::ErrorKind::Locked) once their patience is over, and can go on. It ends with [`Catalog::unlock`], and
//!   with [`release`](Connection::release) by any [`Fate`]. An engine whose writing transactions exclude each other needs none, and
//!   refuses nobody.
//! - **CATALOG-4** After [`Catalog::set_timeouts`] a statement that waits for a lock of another connection MUST end as `Locked` once that
//!   time is over, and one that runs for too long, where the backend bounds that, as [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
//!   Whoever has the connection next has neither limit, by whichever [`Fate`] it came back.
//! - **CATALOG-5** A scratch database MUST be empty, and apart from this one and from every other; once [`Catalog::drop_scratch`] has
//!   returned, it is gone with everything in it, and its engine closed.
//! - **CATALOG-6** A future of a catalog may be dropped at any await, as in CANCEL-1: no place in a pool, no lock and no limit MUST be
//!   left by it. Of what stays of a scratch database [`Catalog::create_scratch`] tells.

mod capabilities;
mod catalog;
mod cells;
mod column_info;
mod connection;
mod dialect;
mod driver;
#[allow(clippy::module_inception)] // a file is named for its main type
mod engine;
mod holders;
mod lease;
mod native;
mod overrides;
mod places;
mod row;
mod rows;
mod statement;
mod transaction_options;
mod watch;

pub use capabilities::Capabilities;
pub use catalog::Catalog;
pub use cells::{Cells, EachRow};
pub use column_info::ColumnInfo;
pub use connection::{Connection, Executed, Fate, GeneratedKeys, TwoPhase};
pub(crate) use dialect::Spelling;
pub use dialect::{Dialect, Family};
pub use driver::Driver;
pub use engine::{Engine, PoolStatus};
pub use holders::{Holder, Holders};
pub use lease::Lease;
pub(crate) use lease::short_type_name;
pub use native::Native;
pub use overrides::{LimitForm, Placeholders, UpsertForm};
pub use places::{Place, Places};
pub use row::{FromRow, Row};
pub use rows::Rows;
pub use statement::{Effect, Param, Statement};
pub use transaction_options::{GlobalId, IsolationLevel, TransactionOptions};
pub(crate) use watch::Watched;
