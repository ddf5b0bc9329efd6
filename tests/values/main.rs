//! Every type of column through a session on a real SQLite file, and on real servers, PostgreSQL, MariaDB and MySQL 5.7: there and back over its whole
//! range, filtered, ordered and aggregated as Rust does it, and refused where it does not fit.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod averages;
mod column;
mod decimals;
mod far_dates;
mod large;
mod locale;
mod padding;
mod refused;
mod refused_by_mysql;
mod refused_by_postgres;
mod servers_own;
mod servers_own_of_mysql;
mod strings;
mod types;
