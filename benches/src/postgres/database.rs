use std::sync::Arc;

use bindery::prelude::*;
use bindery_testkit::{TempPostgres, TempPostgresDatabase};
use futures_util::future::try_join_all;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use super::prepared::Prepared;
use super::processors::Processors;
use crate::Result;
use crate::race::{Goal, Race, Standings, current_thread, multi_thread};
use crate::reading::{NewReading, Reading};

/// How many rows the table has before the inserts.
pub(super) const ROWS: u32 = 10_000;

/// Who asks.
///
/// One task alone on a runtime of several threads is not measured: whether tokio runs the client's own task on the same thread or on another
/// one is its choice of the moment, and counts for three times as much as everything else, on both sides. So does the system's choice
/// whether the server answers on the client's processor or on another one: hence one task asks from a processor of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    /// One task on a runtime of one thread, on a processor of its own: how long an answer takes.
    OneTask,
    /// Eight tasks at once on a runtime of two threads, beside the server: how much gets done. Without goals: where all of them and the server
    /// share the processors, one run differs from the next by more than what is looked for.
    EightTasks,
}

impl Load {
    fn name(self) -> &'static str {
        match self {
            Load::OneTask => "1 task",
            Load::EightTasks => "8 tasks",
        }
    }

    fn tasks(self) -> usize {
        match self {
            Load::OneTask => 1,
            Load::EightTasks => 8,
        }
    }
}

/// Two databases of one server with the same table and rows: one is bindery's, the other one tokio-postgres'.
pub(super) struct Database {
    load: Load,
    /// Of the tasks that ask, and of those that drive both sides' connections.
    runtime: Runtime,
    pub(super) bindery: Databases,
    /// A client for each task, as bindery's pool has a connection for each.
    raw: Vec<Arc<Client>>,
    /// A database of each side, deleted at the end, and then their server.
    _databases: [TempPostgresDatabase; 2],
    _server: TempPostgres,
}

impl Database {
    pub(super) fn new(load: Load, processors: &Processors) -> Result<Self> {
        let runtime = match load {
            Load::OneTask => current_thread()?,
            Load::EightTasks => multi_thread()?,
        };
        let server = match load {
            Load::OneTask => processors.apart(|| Ok(TempPostgres::start()?))?,
            Load::EightTasks => {
                processors.together()?;
                TempPostgres::start()?
            }
        };
        let databases = [server.database()?, server.database()?];
        let bindery = runtime.block_on(connect(databases[0].url()))?;
        let url = databases[1].url().to_string();
        let raw = runtime.block_on(try_join_all((0..load.tasks()).map(|_| connect_raw(&url))))?;
        runtime.block_on(fill_raw(&raw[0]))?;
        // Planned as after a while, for both.
        for database in &databases {
            database.psql("VACUUM ANALYZE readings")?;
        }
        Ok(Database { load, runtime, bindery, raw, _databases: databases, _server: server })
    }

    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Prepared by each of tokio-postgres' clients.
    pub(super) fn prepare(&self, sql: &str) -> Result<Vec<Prepared>> {
        self.block_on(try_join_all(self.raw.iter().map(async |client| {
            let statement = client.prepare(sql).await?;
            Ok(Prepared { client: Arc::clone(client), statement })
        })))
    }

    /// Every task runs the workload so many times, one side's tasks after the other's.
    pub(super) fn race<R, O>(
        &self,
        standings: &mut Standings,
        workload: Workload<'_>,
        raw: impl Fn(Prepared, u32) -> R,
        ours: impl Fn(Session, u32) -> O,
    ) -> Result<()>
    where
        R: Future<Output = Result<()>> + Send + 'static,
        O: Future<Output = bindery::Result<()>> + Send + 'static,
    {
        let Workload { name, times, goal, prepared } = workload;
        let name = format!("postgres: {name}, {}", self.load.name());
        let session = self.bindery.session();
        standings.run_async(
            Race { name, times, goal: (self.load == Load::OneTask).then_some(goal), runtime: &self.runtime },
            |times| at_once(prepared.iter().map(|prepared| raw(prepared.clone(), times)).collect()),
            |times| at_once(prepared.iter().map(|_| ours(session.clone(), times)).collect()),
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
    /// What tokio-postgres runs: one for each task.
    pub(super) prepared: &'a [Prepared],
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

async fn connect_raw(url: &str) -> Result<Arc<Client>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(Arc::new(client))
}

async fn fill_raw(client: &Client) -> Result<()> {
    client
        .batch_execute(
            "CREATE TABLE readings (id bigserial PRIMARY KEY, sensor text COLLATE \"C\" NOT NULL, note text COLLATE \"C\", \
             celsius double precision NOT NULL)",
        )
        .await?;
    let insert = client.prepare("INSERT INTO readings (sensor, note, celsius) VALUES ($1, $2, $3)").await?;
    client.batch_execute("BEGIN").await?;
    for row in (0..ROWS).map(NewReading::numbered) {
        client.execute(&insert, &[&row.sensor, &row.note, &row.celsius]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(())
}
