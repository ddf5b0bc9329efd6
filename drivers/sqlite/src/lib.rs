//! The SQLite engine of bindery: [`Sqlite`], opened by [`SqliteDriver`] for binds whose URL begins with `sqlite:`.
//!
//! # URLs
//! - `sqlite:////abs/meta.db` is an absolute path, `sqlite:///relative.db` one from the configuration file's folder. Missing folders
//!   and the file are made at the first connection.
//! - `sqlite://` and `sqlite:///:memory:` are a database in memory: one for all connections of the bind; two binds never share. It
//!   lives as long as the engine, and ends at 1 GiB (SQLite's limit).
//! - `sqlite:///file:meta.db?mode=ro&uri=true`, with SQLite's own URI parameters (`mode`, `cache`, `immutable`, `nolock`, `psow`,
//!   `vfs`, `modeof`). With `mode=ro` nothing is made and nothing can be written: a write is
//!   [`PermissionDenied`](bindery_core::ErrorKind::PermissionDenied) before anything is sent.
//!
//! # Connections
//! A file has one connection that writes and up to `pool_size` that read, at the same time: the file is in WAL mode. In memory there is
//! no WAL: one writes, or several read. Whoever waits for a connection, or for a lock that another process holds, waits without a
//! thread, up to `pool_timeout` and `busy_timeout`. A transaction begins with `BEGIN IMMEDIATE`, so that it can't find out at its first
//! write that another was faster; a read-only one with `BEGIN`, on a reader, and sees one state throughout.
//!
//! Each connection has `foreign_keys` on. What a statement leaves on a connection (a pragma's setting, ATTACH, a temporary table) lasts
//! until the statement or its transaction is over: the connection is then closed instead of being given to someone else.
//! `PRAGMA busy_timeout = …`, in milliseconds, is how long a connection then waits for locks, until it is given back.
//!
//! # Options
//! - `busy_timeout`: how long to wait for a lock that another process holds; 5 seconds unless told (`10`, `"250ms"`). Then the error is
//!   [`Locked`](bindery_core::ErrorKind::Locked).
//! - `synchronous`: `"normal"` unless told: a commit survives the crash of the process, and after a power failure the file is whole,
//!   but the last commits may be missing. With `"full"` each commit waits for the disk, and none is missing.
//! - `execution`: where statements run, `"auto"` unless told.
//!
//! | `execution` | runs where | stalls the executor for |
//! | --- | --- | --- |
//! | `"auto"` | a read starts on the caller's thread, which saves the 30 to 45 µs of a thread hop. After 200 µs, 1,024 rows or 256 KiB it is interrupted and run again on tokio's blocking pool; it then goes there at once, until it turns out to be short again. Writes run on the blocking pool. | some 200 µs, and what one call takes that SQLite doesn't interrupt |
//! | `"blocking"` | whatever reads or writes on the blocking pool | nothing |
//! | `"inline"` | everything on the caller's thread, except results of more than 1,024 rows or 256 KiB: those come from the blocking pool | as long as the statement takes |
//!
//! What SQLite doesn't interrupt: one call of a built-in function (over hundreds of megabytes, seconds), reading one large value, a slow
//! disk. The interruption is SQLite's progress handler, asked every 1,000 instructions of its virtual machine. Where statements do such
//! things, `"blocking"` is the mode. A future that is dropped interrupts its statement in the same way.
//!
//! # Values
//! SQLite keeps integers, floats, text and blobs. A boolean is 0 or 1; decimals, dates, times, UUIDs and JSON are text. What it can't
//! keep is [`InvalidValue`](bindery_core::ErrorKind::InvalidValue), with the position of the parameter: NaN (SQLite makes it NULL),
//! unsigned integers beyond `i64::MAX`, years outside 0 to 9999. Text that is not UTF-8 is an error of its cell when it is read.
//!
//! Decimals as text are ordered by the collation `decimal` (`'1.50'` equals `'1.5'`), and summed exactly by the function `decimal_sum`.
//! Both are on every connection. They bear the names of SQLite's own `decimal` extension, which its shell has built in.
//!
//! # Reflection and migrations
//! What a file has is read from SQLite's pragmas and from the text of its definitions, whoever made it: [`bindery_core::catalog::sqlite`]. A
//! scratch database is one in memory. The write lock keeps those apart who change definitions, so no other lock is taken. How long a statement
//! waits for a lock can be bounded, how long it runs can't.
//!
//! # Statements
//! One statement at a time; `BEGIN`, `COMMIT`, `ROLLBACK` and savepoints are the session's own and refused as statements. A statement
//! that was sent as a read and writes is refused.

mod batch;
mod catalog;
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
