use bindery::prelude::*;
use futures_util::future::try_join_all;
use tokio::runtime::Runtime;

use super::load::Load;
use super::processors::Processors;
use super::raw::{Backend, Raw};
use crate::Result;
use crate::race::{Goal, Race, Standings, current_thread, multi_thread};
use crate::reading::{NewReading, Reading};

/// How many rows the table has before the inserts.
pub(super) const ROWS: u32 = 10_000;

/// Two databases of one server with the same table and rows: one is bindery's, the other one the raw driver's.
pub(super) struct Database<B: Backend> {
    load: Load,
    /// Of the tasks that ask, and of those that drive both sides' connections.
    runtime: Runtime,
    pub(super) bindery: Databases,
    /// A connection for each task, as bindery's pool has one for each.
    pub(super) raw: Vec<B::Raw>,
    /// A database of each side, deleted at the end, and then their server.
    _databases: [B::Database; 2],
    _server: B,
}

impl<B: Backend> Database<B> {
    pub(super) fn new(load: Load, processors: &Processors) -> Result<Self> {
        let runtime = match load {
            Load::OneTask => current_thread()?,
            Load::EightTasks => multi_thread()?,
        };
        let server = match load {
            Load::OneTask => processors.apart(B::start)?,
            Load::EightTasks => {
                processors.together()?;
                B::start()?
            }
        };
        let databases = [server.database()?, server.database()?];
        let bindery = runtime.block_on(connect(B::url(&databases[0])))?;
        B::create(&databases[1])?;
        let raw: Vec<B::Raw> = runtime.block_on(try_join_all((0..load.tasks()).map(|_| B::Raw::connect(B::url(&databases[1])))))?;
        runtime.block_on(raw[0].insert_many(ROWS))?;
        for database in &databases {
            B::settle(database)?;
        }
        Ok(Database { load, runtime, bindery, raw, _databases: databases, _server: server })
    }

    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Every task runs the workload so many times, one side's tasks after the other's.
    pub(super) fn race<R, O>(
        &self,
        standings: &mut Standings,
        workload: Workload<'_>,
        raw: impl Fn(B::Raw, u32) -> R,
        ours: impl Fn(Session, u32) -> O,
    ) -> Result<()>
    where
        R: Future<Output = Result<()>> + Send + 'static,
        O: Future<Output = bindery::Result<()>> + Send + 'static,
    {
        let Workload { name, times, goal } = workload;
        let name = format!("{}: {name}, {}", B::NAME, self.load.name());
        let session = self.bindery.session();
        standings.run_async(
            Race { name, times, goal: (self.load == Load::OneTask).then_some(goal), runtime: &self.runtime },
            |times| at_once(self.raw.iter().map(|client| raw(client.clone(), times)).collect()),
            |times| at_once(self.raw.iter().map(|_| ours(session.clone(), times)).collect()),
        )
    }
}

/// One line of the table.
pub(super) struct Workload<'a> {
    pub(super) name: &'a str,
    /// How often a task repeats it in a round.
    pub(super) times: u32,
    /// Of one task's time.
    pub(super) goal: Goal,
}

async fn at_once<F, E>(tasks: Vec<F>) -> Result<()>
where
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<crate::Error> + Send + 'static,
{
    for ended in try_join_all(tasks.into_iter().map(tokio::spawn)).await? {
        ended.map_err(Into::into)?;
    }
    Ok(())
}

async fn connect(url: bindery::config::DatabaseUrl) -> bindery::Result<Databases> {
    let databases = bindery::builder().bind("default", url).connect().await?;
    databases.create_all(All).await?;
    databases.session().execute(Reading::insert((0..ROWS).map(NewReading::numbered))).await?;
    Ok(databases)
}
