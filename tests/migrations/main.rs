//! Migrations on real SQLite files and real servers (PostgreSQL, MariaDB, MySQL 5.7): what was done is looked at by plain rusqlite and the
//! servers' own clients.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod at_once;
mod child;
mod drafts;
mod dropped;
mod embedded;
mod foreign_keys;
mod ground;
mod killed;
mod ladder;
mod random;
mod refused;
mod rust;
mod settle;
mod squash;
mod timeouts;
mod upgrade;
mod written;
