//! bindery beside tokio-postgres, each on its own table of one server.

mod database;
mod workloads;

use self::database::Database;
use crate::Result;
use crate::race::{Runtimes, Standings};

pub(crate) fn run(standings: &mut Standings) -> Result<()> {
    let runtimes = Runtimes::new()?;
    let database = Database::new(&runtimes)?;
    workloads::one_row_by_key(standings, &runtimes, &database)?;
    for rows in [1, 100, 10_000] {
        workloads::rows_into_structs(standings, &runtimes, &database, rows)?;
    }
    workloads::insert_one(standings, &runtimes, &database)?;
    workloads::insert_many(standings, &runtimes, &database, 10_000)
}
