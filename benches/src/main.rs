//! bindery beside rusqlite: `cargo run --release -p bindery-benches`, or with a word after `--` only the workloads that have it in
//! their name: `… -- 10,000`. It prints a table, and ends with an error where a goal is missed.
//!
//! Criterion is not used. What counts here is how much slower bindery is than the driver under it; a time on its own says more about the
//! machine and about who else is using it. So both run the same workload in one process in turn (A B A B …), and what is shown are
//! the medians of the rounds' own differences and ratios: noise that comes and goes is in both. Criterion measures one after the other, and builds
//! for a minute.
#![allow(clippy::print_stdout)] // a table on the terminal is what it is for

mod database;
mod race;
mod reading;
mod workloads;

use std::process::ExitCode;

use crate::database::{Database, Place};
use crate::race::{Runtimes, Standings};

/// What can go wrong here: bindery's, rusqlite's or the file system's errors.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result<ExitCode> {
    let mut standings = Standings::new(std::env::args().nth(1).unwrap_or_default());
    standings.print_head();
    for place in [Place::File, Place::Memory] {
        let runtimes = Runtimes::new()?;
        let database = Database::new(place, &runtimes)?;
        workloads::one_row_by_key(&mut standings, &runtimes, &database)?;
        workloads::page(&mut standings, &runtimes, &database)?;
        workloads::rows_into_structs(&mut standings, &runtimes, &database, 100, None)?;
        workloads::rows_into_structs(&mut standings, &runtimes, &database, 10_000, Some(race::Goal::Ratio(1.15)))?;
        workloads::inserts(&mut standings, &runtimes, &database)?;
    }
    Ok(if standings.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
