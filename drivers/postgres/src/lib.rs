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
//! reached however silent the first are; who waits for a connection waits at most `pool_timeout`. A server that can't be
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

mod batch;
mod cancel;
mod capabilities;
mod client;
#[cfg(test)]
mod codec_tests;
mod config;
mod connect;
mod connect_failure;
mod connection;
mod custom_types;
mod decode;
mod driver;
mod encode;
mod epoch;
mod error;
mod hosts;
mod leading_word;
mod link;
mod manager;
mod notifications;
mod numeric;
mod open_result;
mod option_reader;
mod pool;
mod postgres;
mod problem;
mod reader;
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
