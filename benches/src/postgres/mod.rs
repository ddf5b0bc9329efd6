//! bindery beside tokio-postgres, each on its own table of one server.

mod database;
mod prepared;
mod processors;
mod workloads;

use self::database::{Database, Load};
use self::processors::Processors;
use crate::Result;
use crate::race::Standings;

pub(crate) fn run(standings: &mut Standings) -> Result<()> {
    let processors = Processors::given();
    for load in [Load::OneTask, Load::EightTasks] {
        let database = Database::new(load, &processors)?;
        workloads::one_row_by_key(standings, &database)?;
        for rows in [1, 100, 10_000] {
            workloads::rows_into_structs(standings, &database, rows)?;
        }
        workloads::insert_one(standings, &database)?;
        workloads::insert_many(standings, &database, 10_000)?;
    }
    Ok(())
}
