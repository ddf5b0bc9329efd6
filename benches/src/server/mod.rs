//! bindery beside a raw driver of a server, each on its own table there.

mod database;
mod load;
mod processors;
mod raw;
mod workloads;

use self::database::Database;
use self::load::Load;
use self::processors::Processors;
pub(crate) use self::raw::{Backend, Raw};
use crate::Result;
use crate::race::Standings;

pub(crate) fn run<B: Backend>(standings: &mut Standings) -> Result<()> {
    let processors = Processors::given();
    for load in [Load::OneTask, Load::EightTasks] {
        let database = Database::<B>::new(load, &processors)?;
        workloads::one_row_by_key(standings, &database)?;
        for rows in [1, 100, 10_000] {
            workloads::rows_into_structs(standings, &database, rows)?;
        }
        workloads::insert_one(standings, &database)?;
        workloads::insert_many(standings, &database, 10_000)?;
    }
    Ok(())
}
