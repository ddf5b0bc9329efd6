//! bindery beside the raw drivers, rusqlite, tokio-postgres and mysql_async: `cargo run --release -p bindery-benches`, or with a word after `--` only the workloads that have it in
//! their name: `… -- 10,000`. It prints a table, and ends with an error where a goal is missed.
//!
//! Under `taskset -c 0` client and server share one processor, and a time is the work of both: the strictest ratios there are.
//!
//! Criterion is not used. What counts here is how much slower bindery is than the driver under it; a time on its own says more about the
//! machine and about who else is using it. So both run the same workload in one process in turn (A B A B …), and what is shown are
//! the medians of the rounds' own differences and ratios: noise that comes and goes is in both. Criterion measures one after the other, and builds
//! for a minute.
#![allow(clippy::print_stdout)] // a table on the terminal is what it is for

mod mysql;
mod postgres;
mod race;
mod reading;
mod server;
mod sqlite;

use std::process::ExitCode;

use crate::race::Standings;

/// What can go wrong here: bindery's, a raw driver's or the file system's errors.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

fn main() -> Result<ExitCode> {
    let mut standings = Standings::new(std::env::args().nth(1).unwrap_or_default());
    standings.print_head();
    sqlite::run(&mut standings)?;
    server::run::<postgres::Postgres>(&mut standings)?;
    server::run::<mysql::Mysql>(&mut standings)?;
    Ok(if standings.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
