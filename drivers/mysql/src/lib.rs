//! The MySQL and MariaDB engine of bindery: [`Mysql`], opened by [`MysqlDriver`] for binds whose URL begins with `mysql:` or `mariadb:`.
//! Both words mean the same: which server it is, and of what version, each connection asks. It is tested on MariaDB 10.11 and Oracle
//! MySQL 5.7.
//!
//! # URLs
//! `mysql://user:password@host:port/database?name=value`.
//!
//! | URL | means |
//! | --- | --- |
//! | `mysql://shop@db.example.org/shop` | the database `shop` on port 3306 of that host |
//! | `mysql://shop@[::1]:3307/shop` | an IPv6 address |
//! | `mysql:///shop` | on `localhost`, over TCP |
//! | `mysql://shop@localhost/shop?socket=/run/mysqld/mysqld.sock` | by that socket of this machine |
//!
//! Without a user it is the operating system's. A database must be named, and one host: of several servers, name the one that may write, or a proxy
//! before them that keeps to one. Files of settings (`my.cnf`) and the environment (`MYSQL_PWD`) are not read: a bind is what its configuration says.
//!
//! # Options
//! Each is an option of the bind or a parameter of its URL. One that is set in both places to different values is an error.
//!
//! | option | takes | default |
//! | --- | --- | --- |
//! | `user`, `password` | what the URL has a place for | as above |
//! | `socket` | the path of the server's socket; then the URL's host and port don't count | none |
//! | `ssl_mode`, `ssl_ca`, `ssl_cert`, `ssl_key` | [TLS](#tls) | `preferred` |
//!
//! # Connecting
//! Making a connection may take `connect_timeout`; who waits for one waits at most `pool_timeout` and one `connect_timeout`. The error names the
//! server:
//!
//! | what the server said | [kind](bindery_core::ErrorKind) |
//! | --- | --- |
//! | user, password or host are not let in, the database is not theirs, or they log in by a method that is not known here (`sha256_password`) | `PermissionDenied` |
//! | there is no such database | `Configuration` |
//! | it has no connection left, for anyone or this user; it can't be reached, or does not answer; a certificate is refused | `ConnectionLost` |
//!
//! These settings hold in each session, whatever the server's own are; all else is the server's, the isolation level and time limits included.
//!
//! | setting | so that |
//! | --- | --- |
//! | `NAMES utf8mb4 COLLATE utf8mb4_bin` | text is Unicode, and literals and parameters compare by code point, as the columns that bindery creates; a column that was there keeps its own collation: with a `_ci` one `Ada` is `ada` |
//! | `time_zone = '+00:00'` | `now()` and `TIMESTAMP` columns mean the same on every bind |
//! | `autocommit = 1`, `completion_type = 0` | a statement outside a transaction commits itself, and a commit begins no other transaction |
//! | `sql_mode`, of which nothing is left of the server's: strict for every storage engine, `NO_ZERO_DATE`, `NO_ZERO_IN_DATE`, `ERROR_FOR_DIVISION_BY_ZERO`, `ONLY_FULL_GROUP_BY` | a value that doesn't fit is an error, and never changed |
//! | `sql_mode`: `NO_AUTO_VALUE_ON_ZERO` | a row with the key 0 has the key 0 |
//! | `sql_mode`: `NO_UNSIGNED_SUBTRACTION` | a difference of unsigned integers may be negative, as elsewhere |
//! | `sql_mode`: no `ANSI_QUOTES`, no `NO_BACKSLASH_ESCAPES` | text in quotes is read in one way |
//!
//! # TLS
//! By rustls, TLS 1.2 and 1.3; never over a socket, whatever `ssl_mode` says.
//!
//! | `ssl_mode` | encrypts | believes |
//! | --- | --- | --- |
//! | `disabled` | never | anyone |
//! | `preferred` | where the server offers it in a version that rustls speaks | anyone |
//! | `required` | always | anyone |
//! | `verify_ca` | always | a certificate from a root in `ssl_ca`, for any name |
//! | `verify_identity` | always | a certificate from a root in `ssl_ca` or of the system, for the host's name |
//!
//! - Without `ssl_mode` it is `verify_identity` where there is an `ssl_ca`, and `preferred` where there is none. `preferred` and `required` keep
//!   nobody out who sits between: what goes over a network that isn't yours wants `verify_identity`.
//! - `preferred` remembers that a server does not encrypt. A handshake that is only cut off is an error: that may be anyone's doing. MySQL before
//!   5.7.28, as Oracle built it, has TLS 1.1 at most, so `preferred` is plain text there.
//! - rustls's provider of the process is *ring*, unless the application has installed another before its first encrypted bind.
//! - `ssl_ca` is a PEM file of roots. `ssl_cert` and `ssl_key` are the client's certificate, for users who `REQUIRE X509`, and its key, without a
//!   passphrase: PEM files. Relative ones start from the configuration's folder. They are read once, when the bind is configured.
//!
//! ```toml
//! [databases.default]
//! url = "mysql://shop@db.example.org/shop"
//! ssl_ca = "certificates/root.pem"
//! ```
//!
//! # Values
//! They go and come in the binary form of prepared statements. A parameter with a type is sent as that type or refused with
//! [`InvalidValue`](bindery_core::ErrorKind::InvalidValue), its number and its column: an integer out of the column's range, a float that `float`
//! doesn't hold exactly, NaN, text where a number or bytes are wanted, text that is no date where one is, a decimal of more than 65 digits or 30
//! behind the point, a date outside the years 0000 to 9999, a date and time without a zone as a timestamp. Moments go in UTC.
//!
//! What comes back, beside the types of the [table](bindery_core::value):
//!
//! | column | value |
//! | --- | --- |
//! | integers of each width, `year` | `I64`; an unsigned one that is greater, `U64` |
//! | `tinyint(1)` | `I64`, read as `bool` too |
//! | `bit` | `I64` or `U64`: the number |
//! | `decimal` | `Decimal`, with the zeros of its scale; one with 30 digits behind the point without those at its end |
//! | `char`, `varchar`, `text`, `enum`, `set`, in whatever character set | `Text`; a `char` without the spaces at its end |
//! | `binary`, `varbinary`, `blob` | `Bytes`; a `binary` with its padding |
//! | `geometry` and its like | `Bytes`: the reference system's number in four bytes, then WKB |
//! | `json` | MySQL: `Json`, in the server's own form; MariaDB: `Text`, as it was written |
//! | `date`, `datetime` | `Date`, `DateTime` |
//! | `timestamp` | `Timestamp`, to the year 2038 |
//! | `time` | `Time` |
//!
//! No Rust type holds a date with a part that is zero, which a session with another `sql_mode` may have stored, or a `time` that is negative or
//! of more than a day. Each is [`Decode`](bindery_core::ErrorKind::Decode) when that cell is read; the cells beside it are what they are. Text is
//! compared without regard to the spaces at its end, for keys too: so does `utf8mb4_bin`.
//!
//! A value may be as long as the server's `max_allowed_packet`; a longer one is `InvalidValue`.
//!
//! # The pool
//! Connections are made as they are needed, up to `pool_size`, and the one that was used last is used next. Before each use its client looks
//! whether the server has closed it: over TCP without a round trip, by a socket with one; where it has, or it is older than `pool_recycle`,
//! another is made in its place. That misses a server that vanished without a word: `pool_pre_ping` makes it answer first, within
//! `connect_timeout`. One that was free for longer than `idle_timeout` is closed within half of that time again, at least a second and at most a
//! minute. A statement is never sent twice.
//!
//! What a dropped future has begun is interrupted on the server, its connection is closed, and the place in the pool is free once the server has
//! let go of it, with its transaction rolled back and its locks free, at most after 5 seconds. **Interrupting takes a connection beside the
//! pool**: leave the server's `max_connections` some room. Where there is none, it is tried for those 5 seconds; what runs then runs to its end.
//! All connections to one address must reach one server, for it is the connection's number that is interrupted.
//!
//! # Statements
//! Placeholders are `?`. Each statement is prepared once per connection, and the last `statement_cache_size` stay prepared: the first run takes
//! two round trips, another one. With `statement_cache_size = 0` none stays. What can't be prepared (on MySQL 5.7 `LOAD DATA`, `LOCK TABLES`,
//! `CREATE PROCEDURE`, …) is sent as text by `execute`, without parameters. A table that was altered meanwhile is seen as it is. One statement
//! has at most 65,535 parameters.
//!
//! The rows affected are those that matched, whether they were changed or not. Of `REPLACE` and `INSERT … ON DUPLICATE KEY UPDATE`, for which the
//! server counts a row that was replaced twice, none are told, nor of a procedure. Of a `CALL`, or a compound statement of MariaDB's, the first
//! result is given.
//!
//! Rows come as they arrive, up to 256 of them or about 1 MiB at once; the server waits for whoever reads slowly. A result that is given up early
//! is read to its end where that takes less than 5 ms. Else a read outside a transaction is interrupted, and anything else, a `CALL` too, runs to
//! its end, since an interrupt would undo it.
//!
//! Refused, with nothing sent or nothing run:
//! - several statements in one text;
//! - `BEGIN`, `COMMIT`, `ROLLBACK`, savepoints and `XA`, which are the session's own (`BEGIN NOT ATOMIC` is not);
//! - in a transaction, what would commit it: `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `RENAME`, `LOCK TABLES`, `ANALYZE`, `FLUSH`, …;
//! - `INSERT`, `CREATE` and others that write, sent as a read. That what begins otherwise writes nothing is checked in a read-only transaction alone;
//! - `:name`, which the client library would take for a placeholder: outside quotes and comments a colon must not stand before a small letter,
//!   but in what changes definitions, run by `execute` without parameters, where it is a label of a routine's body (`l:loop`);
//! - `LOAD DATA LOCAL`, which is for [native access](#native-access).
//!
//! After a `SET`, `USE`, `LOCK TABLES`, `CREATE TEMPORARY TABLE`, `PREPARE`, `HANDLER`, a compound statement and the like the connection is
//! closed instead of being given to someone else. A transaction that a procedure has left open is rolled back, and where it has left
//! `autocommit = 0` the connection is closed. What a function or a procedure leaves else is not noticed (`GET_LOCK`, `SELECT @a := 1`, a temporary table):
//! that is for native access too.
//!
//! # Transactions
//! A failed statement is undone, and its transaction goes on, unless the server has rolled that back: a deadlock's victim, or, with
//! `innodb_rollback_on_timeout`, who waited for a lock in vain. Then whatever follows, its commit included, is
//! [`TransactionAborted`](bindery_core::ErrorKind::TransactionAborted), and nothing of it commits by itself. So it is where a procedure, or a
//! MariaDB `BEGIN NOT ATOMIC`, has committed: the statement that did it says so, but what came before it is in the database. One that commits and
//! then begins another transaction can't be told from one that did neither: **a procedure that ends transactions is called outside of one**.
//! Tables of MyISAM, Aria and the like take no part in transactions.
//!
//! The primitives of two-phase commit ([`TwoPhase`](bindery_core::engine::TwoPhase)) are XA's; bindery's sessions don't use them yet. An id has
//! two parts, the global one and the database's name, for what is prepared belongs to the whole server; no other application may use the same
//! two. They are there on MySQL from 5.7.7 and MariaDB from 10.5.2, where what is prepared outlives its connection, and not on a Galera cluster. One
//! that is committed in one phase takes as many round trips as any. Once it is prepared its connection is closed, as only then may another finish
//! it; one that hangs on its connection still is [`Locked`](bindery_core::ErrorKind::Locked). What is prepared outlives a crash of the server
//! too, and what it has locked stays locked until it is finished.
//!
//! # Definitions
//! How the database is reflected is in [`bindery_core::catalog::mysql`]. Who changes its definitions holds a lock by name (`GET_LOCK`), which
//! is one of the server that the connection is to: of a Galera cluster, of that node, or of none. To try definitions in, a database
//! `bindery_scratch_…` is made beside the bind's own and dropped again, for which its user needs all rights on such:
//!
//! ```sql
//! GRANT ALL ON `bindery\_scratch\_%`.* TO shop@'%';
//! ```
//!
//! What a process has left there that was killed may be dropped by hand: the name has the time in it, in microseconds since 1970.
//!
//! # Native access
//! `session.native::<Mysql>(bind)` lends a [`mysql_async::Conn`]. Its connection is closed afterwards, with all that was left on it.
//!
//! # Errors
//! Each has the kind of its meaning, the column where the server named one, and a [`ServerError`] as its source, whose texts leave out what
//! may be a value. A connection that breaks says whether the statement had been sent, and a commit whose answer never came is
//! [`CommitInDoubt`](bindery_core::ErrorKind::CommitInDoubt). `SIGNAL` is a [`CheckViolation`](bindery_core::ErrorKind::CheckViolation).
//!
//! # MariaDB and MySQL
//!
//! | | MariaDB | MySQL |
//! | --- | --- | --- |
//! | rows of an INSERT come back | by `RETURNING`, from 10.5 | by their keys: the first that was generated, and `auto_increment_increment`. On a Galera cluster, which changes that, they are inserted one by one |
//! | `WITH` | from 10.2.2 | from 8.0.1 |
//! | window functions | from 10.2 | from 8.0.2 |
//! | `CHECK` is checked | from 10.2.1 | from 8.0.16 |
//! | primitives of two-phase commit | from 10.5.2, not on Galera | from 5.7.7 |
//! | a statement's time limit | `max_statement_time` | `max_execution_time`, of a SELECT; either is [`Timeout`](bindery_core::ErrorKind::Timeout) |
//! | default of `text` and bytes without a length | yes | no: give text a `max_length`, bytes `type = "varbinary(…)"` |

mod catalog;
mod config;
mod connection;
mod define;
mod doomed;
mod driver;
mod encode;
mod error;
mod link;
mod mysql;
mod pool;
mod problem;
mod route;
mod row_cells;
mod server;
mod server_error;
mod statement_cache;
mod statement_kind;
#[cfg(test)]
mod tests;
mod tls;
mod two_phase;
mod way;
mod xid;

pub use driver::MysqlDriver;
pub use mysql::Mysql;
pub use mysql_async;
pub use server_error::ServerError;
