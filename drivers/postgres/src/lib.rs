//! The PostgreSQL engine of bindery: [`Postgres`], opened by [`PostgresDriver`] for binds whose URL begins with `postgresql:` or
//! `postgres:`.
//!
//! # URLs
//! As libpq takes them: `postgresql://user:password@host:port/database?name=value`, each part after `://` may be missing.
//!
//! | URL | means |
//! | --- | --- |
//! | `postgresql:///main` | the database `main` by the local socket, in `/var/run/postgresql` or `/tmp` |
//! | `postgresql:///main?host=/run/pg`, `postgresql://%2Frun%2Fpg/main` | by the socket in another folder |
//! | `postgresql://h1:5432,h2:5433/main`, `postgresql:///main?host=h1,h2&port=5432,5433` | the first server that will do |
//! | `postgresql://[::1]/main` | an IPv6 address |
//!
//! Without a user it is the operating system's, without a database that of the user's name, without a port 5432. libpq's
//! environment (`PGHOST`, `PGPASSWORD`), its password file and its service file are not read: a bind is what its configuration says.
//!
//! # Options
//! Each is an option of the bind or a parameter of its URL. One that is set in both places to different values is an error.
//!
//! | option | takes | default |
//! | --- | --- | --- |
//! | `host`, `port`, `user`, `password`, `dbname` | what the URL has a place for; hosts and ports are separated by commas | as above |
//! | `sslmode`, `sslrootcert`, `sslcert`, `sslkey` | [TLS](#tls) | `prefer` |
//! | `channel_binding` | `disable`, `prefer`, `require`: whether a login by SCRAM is bound to its TLS connection | `prefer` |
//! | `target_session_attrs` | `any`, `read-write`, `read-only`, `primary`, `standby`, `prefer-standby`: which servers will do | `any` |
//! | `load_balance_hosts` | `disable`: hosts and their addresses are tried in their order; `random`: in any | `disable` |
//! | `application_name` | what `pg_stat_activity` shows | `bindery` |
//! | `options` | settings of each session: `-c statement_timeout=5s -c search_path=shop`. pgbouncer refuses them | none |
//! | `keepalives` | true or false (`1` or `0` in a URL) | true |
//! | `keepalives_idle`, `keepalives_interval` | a duration (whole seconds in a URL), at most 32,767 seconds | 2 hours, the system's |
//! | `keepalives_count` | a whole number from 1 to 127 | the system's |
//!
//! # Connecting
//! A host's name may have several addresses. Each address of each host has `connect_timeout` for itself, so that the last one is
//! reached however silent the first are; who waits for a connection waits at most `pool_timeout` and one `connect_timeout`. A server that can't be
//! reached, starts or stops, has no connection left or isn't what `target_session_attrs` asks for is passed over; one that refuses the
//! login, the database or the `options` ends the search. The error names each server that was tried, and what was wrong with it.
//!
//! | what the servers said | [kind](bindery_core::ErrorKind) |
//! | --- | --- |
//! | user, password or `pg_hba.conf` don't let the bind in | `PermissionDenied` |
//! | there is no such database; the `options` are wrong | `Configuration` |
//! | anything else, a certificate that is refused included | `ConnectionLost` |
//!
//! Two settings hold in each session, whatever role, database and server say: `TimeZone` is UTC, so that `current_date` and casts between
//! timestamps with and without a zone mean the same on every bind, and `standard_conforming_strings` is on. A bind whose `options` name
//! one of them gets what they say. All else is the server's: date style, `search_path`, time limits.
//!
//! # TLS
//! By rustls, TLS 1.2 and 1.3; never over a Unix socket.
//!
//! | `sslmode` | encrypts | believes |
//! | --- | --- | --- |
//! | `disable` | never | anyone |
//! | `prefer` | where the server offers it and lets this user use it | anyone |
//! | `require` | always | anyone; with `sslrootcert` as `verify-ca` |
//! | `verify-ca` | always | a certificate from a root in `sslrootcert`, for any name |
//! | `verify-full` | always | a certificate from a root in `sslrootcert` or of the system, for the host's name or address |
//!
//! - Without `sslmode` it is `verify-full` where there is an `sslrootcert`, and `prefer` where there is none. `prefer` and `require` keep
//!   nobody out who sits between: what goes over a network that isn't yours wants `verify-full`.
//! - `sslrootcert` is a PEM file of roots, or `system` for those of the operating system, which `verify-full` takes without it too. Anyone
//!   can have a certificate from one of these: the other modes don't take them.
//! - `sslcert` and `sslkey` are the client's certificate, with those between it and its root, and its key, without a passphrase: PEM files.
//! - Relative files start from the configuration's folder. They are read once, when the bind is configured.
//! - A name is looked for among the certificate's subject alternative names, never in its common name. A certificate that is an
//!   authority (`CA:TRUE`) is not accepted as a server's own.
//!
//! ```toml
//! [databases.default]
//! url = "postgresql://shop@db.example.org/shop"
//! sslrootcert = "certificates/root.pem"
//! ```
//!
//! # Values
//! They go and come in PostgreSQL's binary form. A parameter with a type is sent as that type; without one, as the type that the server
//! infers. A value of another kind than that type goes as its text, which the server reads as it reads a literal in quotes: text as an
//! `inet`, an enumeration or a `date`, an integer as `text`. What would change silently on that way is
//! [`InvalidValue`](bindery_core::ErrorKind::InvalidValue), with the number of the parameter and its column: an integer out of
//! the column's range, a float that `real` doesn't hold exactly, a date and time without a zone as `timestamptz`, a timestamp as
//! `date`, text as `bytea`. So is text with the character NUL, which PostgreSQL has no room for.
//!
//! What comes back, beside the types of the [table](bindery_core::value):
//!
//! | column | value |
//! | --- | --- |
//! | `varchar`, `char(n)`, `name`, `citext`, `"char"`, enumerations | `Text`; a `char(n)` with its padding |
//! | `json` | `Json`, as it was written |
//! | `oid`, `xid` | `I64` |
//! | domains | that of their base |
//! | arrays | `Array` of their elements, NULLs too. One dimension, counted from 1; others are an error of the cell |
//! | `inet`, `cidr`, `macaddr`, `interval`, `timetz`, `bit`, `xml`, ranges, composites, `hstore`, `ltree`, `tsvector`, `point` and its like, `pg_lsn` | `Other`: the server's text, in the default `DateStyle` and `IntervalStyle`, moments in UTC; a `String` reads it |
//! | others (`money`, `regclass`, `tsquery`, types of extensions) | an error of the cell, that says: `column::text` |
//!
//! No Rust type holds the `numeric` NaN, an infinite number or date, or the time 24:00; nor has `Value` timestamps after the year 294246.
//! Each is [`Decode`](bindery_core::ErrorKind::Decode), with the column's name, when that cell is read.
//!
//! Cells are borrowed from the row, without an allocation; `numeric`, arrays and what is `Other` are made once per row.
//!
//! # The pool
//! Connections are made as they are needed, up to `pool_size`, and the one that was used last is used next. Before each use its client is
//! asked whether the server has closed it, without a round trip; where it has, or it is older than `pool_recycle`, another is made in its
//! place. That misses a server that vanished without a word: `pool_pre_ping` makes it answer first, within `connect_timeout`. One that was
//! free for longer than `idle_timeout` is closed within half of that time again, or a minute. A statement is never sent twice, but for one
//! that the server refused before it ran, since a table was altered.
//!
//! A dropped future, or a result that is half read, has its statement cancelled on the server. The connection keeps its place in the
//! pool until the server has answered and the transaction is rolled back, at most 5 seconds; then it is closed.
//!
//! # Statements
//! Each statement is prepared once per connection, and the last `statement_cache_size` stay prepared: the first run takes two round trips,
//! another one. With `statement_cache_size = 0` no name outlives its transaction; this is for a pooler that gives each transaction another
//! connection (pgbouncer with `pool_mode = transaction`). Each run takes one round trip there. The first one per connection of a statement
//! whose rows are read takes three more (in a transaction too), to learn its columns and to look up the database's own types among them;
//! and it begins with `DEALLOCATE ALL`, so that a `PREPARE` of your own doesn't last. Of a statement that is executed nothing is learned.
//! A table that is altered later, so that a statement which the connection knows returns a type that the connection doesn't, fails that
//! statement, which may have taken effect: name the columns, rather than `*`.
//!
//! Rows come as they arrive, up to 256 of them or about 1 MiB at once; the server waits for whoever reads slowly. A result that is given up early is read to
//! its end where that takes less than 5 ms. Else a read outside a transaction is cancelled, and anything else runs to its end, since a
//! cancel would undo it.
//!
//! One statement at a time. `BEGIN`, `COMMIT`, `ROLLBACK`, savepoints and `PREPARE TRANSACTION` are the session's own and refused as
//! statements, and `COPY` is for [native access](#native-access). After a `SET`, `LISTEN`, `CREATE TEMP …` and the like the connection is
//! closed instead of being given to someone else; a setting or lock that a function leaves (`set_config`, `pg_advisory_lock`) is not
//! noticed, so that these too are for native access, or for `set_config(…, true)` and `pg_advisory_xact_lock` in a transaction. That a
//! statement sent as a read writes nothing is checked in a read-only transaction alone.
//!
//! # Transactions
//! A failed statement fails its transaction: whatever follows, its commit included, is
//! [`TransactionAborted`](bindery_core::ErrorKind::TransactionAborted), but for a rollback to a savepoint, which revives it. Two-phase
//! commit is there where the server's `max_prepared_transactions` is not 0.
//!
//! # Native access
//! `session.native::<Postgres>(bind)` lends a [`Client`], which derefs to [`tokio_postgres::Client`]. Its connection is reset and closed
//! afterwards.
//!
//! # Reflection and migrations
//! What is read of a database is what its current schema has: the first of the `search_path` that is there. Who changes definitions holds an advisory
//! lock on that schema, which needs a connection of its own: none through a pooler that gives each transaction another one.
//!
//! Definitions are tried in a database that is made for it, `bindery_scratch_…`, on the same server and dropped afterwards: its user needs the right
//! `CREATEDB`. It is made from `template0` with the encoding, the collation and the locale of the bind's database, and has a current schema of the
//! same name. **No extension is created in it**, since a migration that needs one has to say so; nor has it the other schemas, or what is set for the
//! bind's database by `ALTER DATABASE … SET`. A process that is killed leaves its database behind.
//!
//! # Errors
//! Each has the kind of its meaning, the table and column that the server named, and a [`ServerError`] as its source.

mod cancel;
mod capabilities;
mod catalog;
mod client;
#[cfg(test)]
mod codec_tests;
mod config;
mod connect;
mod connect_failure;
mod connection;
mod decode;
mod drive_task;
mod driver;
mod encode;
mod epoch;
mod error;
mod hosts;
mod leading_word;
mod link;
mod look_ups;
mod manager;
mod notifications;
mod numeric;
mod open_result;
mod peer;
mod placeholders;

mod pool;
mod postgres;
mod problem;
mod reader;
mod row_cells;
mod server_error;
mod statement_cache;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod tls;
mod two_phase;

pub use client::Client;
pub use driver::PostgresDriver;
pub use postgres::Postgres;
pub use server_error::ServerError;
pub use tokio_postgres;
