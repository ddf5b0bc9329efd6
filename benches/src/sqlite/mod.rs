//! bindery beside rusqlite.

mod database;
mod workloads;

use self::database::{Database, Place};
use crate::Result;
use crate::race::{Goal, Runtimes, Standings};

pub(crate) fn run(standings: &mut Standings) -> Result<()> {
    for place in [Place::File, Place::Memory] {
        let runtimes = Runtimes::new()?;
        let database = Database::new(place, &runtimes)?;
        workloads::one_row_by_key(standings, &runtimes, &database)?;
        workloads::page(standings, &runtimes, &database)?;
        workloads::rows_into_structs(standings, &runtimes, &database, 100, None)?;
        workloads::rows_into_structs(standings, &runtimes, &database, 10_000, Some(Goal::Ratio(1.15)))?;
        workloads::inserts(standings, &runtimes, &database)?;
    }
    Ok(())
}
