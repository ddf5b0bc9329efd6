use std::time::Instant;

use super::course::{Course, Goal, Step};
use super::foreign_keys::ForeignKeysOff;
use super::lock::{locked, unlock};
use super::stepwise::Stepwise;
use crate::config::MigrationOptions;
use crate::engine::{Catalog, Effect, Engine, Lease, Statement, TransactionOptions};
use crate::migrate::files::{Body, Migration, Script, ScriptStatement};
use crate::migrate::history::{History, HistoryEntry, HistoryTable};
use crate::migrate::{Direction, MigrationState, RustMigration, StepDone, Target, Version};
use crate::session::{Bound, Databases, Transaction};
use crate::{Error, ErrorKind, Result};

/// Leads one bind's database along its course, each step on one connection: the lock, what is done under it, and the note of it
/// are of that one. Between two steps it holds nothing, so that a migration in Rust of another bind has this one's pool.
pub(in crate::migrate) struct Runner<'a> {
    pub(in crate::migrate) databases: &'a Databases,
    pub(in crate::migrate) bound: &'a Bound<dyn Engine>,
    pub(in crate::migrate) catalog: &'a dyn Catalog,
    pub(in crate::migrate) course: Course<'a>,
    pub(in crate::migrate) options: &'a MigrationOptions,
}

impl Runner<'_> {
    /// What a target means for the database as it is, and the version of the first step to it.
    pub(in crate::migrate) async fn begin(&self, target: Target, direction: Direction) -> Result<(Goal, Option<Version>)> {
        let history = self.history().await?;
        let goal = self.course.goal(target, direction, &history)?;
        Ok((goal, self.upcoming_of(goal, &history)?))
    }

    /// The version of the next step, as far as it can be told without the lock; `None` where the goal is reached. Of the many that start at
    /// the same time most find nothing to do, and wait for nobody.
    pub(in crate::migrate) async fn upcoming(&self, goal: Goal) -> Result<Option<Version>> {
        self.upcoming_of(goal, &self.history().await?)
    }

    fn upcoming_of(&self, goal: Goal, history: &History) -> Result<Option<Version>> {
        Ok(self.course.next(goal, history)?.map(|step| step.migration().version))
    }

    /// Does everything that there is to do.
    pub(in crate::migrate) async fn run(&self, goal: Goal) -> Result<()> {
        let mut steps = Vec::new();
        while self.upcoming(goal).await?.is_some() {
            self.step(goal, &mut steps).await?;
        }
        Ok(())
    }

    /// Does the next step, under the lock, and adds it to those that were done; where there is none any more, or another process was doing
    /// it, nothing.
    pub(in crate::migrate) async fn step(&self, goal: Goal, steps: &mut Vec<StepDone>) -> Result<()> {
        let mut lease = locked(self.bound, self.catalog, self.options).await?;
        let table = self.table().located(&mut lease).await?;
        let history = table.read(&mut lease).await?;
        if let Some(step) = self.course.next(goal, &history)? {
            self.refuse_again(&step, steps)?;
            let begun = Instant::now();
            let (version, name, direction) = (step.migration().version, step.migration().name.clone(), step.direction());
            let taken = self.take(lease, &table, goal, step.clone(), history.exists).await;
            let (back, is_done) = taken.map_err(|error| match error.kind() {
                ErrorKind::Migration => error,
                _ => self.failed(step.migration(), direction, error),
            })?;
            lease = back;
            if is_done {
                let duration = begun.elapsed();
                tracing::info!(bind = %self.bound.key, migration = %format_args!("{version}_{name}"), %direction, ?duration, "migrated");
                steps.push(StepDone { version, name, direction, duration });
            }
        }
        unlock(self.bound, self.catalog, lease).await;
        Ok(())
    }

    /// A step that was done is not there again, unless what it has noted is gone.
    fn refuse_again(&self, step: &Step<'_>, steps: &[StepDone]) -> Result<()> {
        let migration = step.migration();
        if steps.iter().all(|done| (done.version, done.direction) != (migration.version, step.direction())) {
            return Ok(());
        }
        let message = format!(
            "`{migration}` was run, and the note of it in the history is not there: what keeps it from being committed? Look at what the script \
             sets on its connection"
        );
        Err(Error::new(ErrorKind::Migration, message).on_bind(self.bound.key))
    }

    async fn history(&self) -> Result<History> {
        let mut lease = self.bound.acquire(Effect::Read).await?;
        self.table().read(&mut lease).await
    }

    pub(in crate::migrate) fn table(&self) -> HistoryTable<'_> {
        HistoryTable::of(self.bound.engine.dialect(), self.bound.key)
    }

    /// One step; whether it was done, or is another one by now.
    async fn take(&self, mut lease: Lease, table: &HistoryTable<'_>, goal: Goal, step: Step<'_>, has_table: bool) -> Result<(Lease, bool)> {
        let transactional = lease.capabilities()?.transactional_ddl;
        match step {
            Step::Adopt { migration } => {
                lease.begin(&TransactionOptions::default()).await?;
                let now = self.course.next(goal, &table.read(&mut lease).await?)?;
                if !now.is_some_and(|now| now.is_same(&Step::Adopt { migration })) {
                    lease.rollback().await?;
                    return Ok((lease, false));
                }
                self.adopt(&mut lease, table, migration).await?;
                lease.commit().await?;
                Ok((lease, true))
            }
            Step::Run { migration, direction, begun: None } if transactional && !no_transaction(migration, direction) => {
                self.in_transaction(lease, table, goal, migration, direction).await
            }
            Step::Run { migration, direction, begun } => {
                if !has_table {
                    table.create(&mut lease).await?;
                }
                let lease = Stepwise { runner: self, table, migration, direction }.run(lease, begun).await?;
                Ok((lease, true))
            }
        }
    }

    /// The migration and the note of it, both or neither.
    async fn in_transaction(
        &self,
        mut lease: Lease,
        table: &HistoryTable<'_>,
        goal: Goal,
        migration: &Migration,
        direction: Direction,
    ) -> Result<(Lease, bool)> {
        let started = Instant::now();
        let script = migration.script(direction);
        let keys_off = script.is_some_and(|script| script.foreign_keys_off);
        let keys = if keys_off { Some(ForeignKeysOff::begin(&mut lease).await?) } else { None };
        lease.begin(&TransactionOptions::default()).await?;
        // Where there is no lock but this transaction, another process may have come first.
        let history = table.read(&mut lease).await?;
        let now = self.course.next(goal, &history)?;
        let step = Step::Run { migration, direction, begun: None };
        if !now.is_some_and(|now| now.is_same(&step)) {
            lease.rollback().await?;
            return Ok((lease, false));
        }
        if !history.exists {
            table.create(&mut lease).await?;
        }
        match (&migration.body, script) {
            (Body::Rust(body), _) => lease = self.rust_in_transaction(lease, migration, body.as_ref(), direction).await?,
            (Body::Sql { .. }, Some(script)) => self.statements(&mut lease, migration, direction, script).await?,
            (Body::Sql { .. }, None) => {}
        }
        if let Some(keys) = &keys {
            keys.check(&mut lease).await.map_err(|error| self.failed(migration, direction, error))?;
        }
        match direction {
            Direction::Up => {
                let mut entry = HistoryEntry::new(migration, self.bound.key, MigrationState::Applied);
                entry.statements_done = script.map_or(0, |script| script.statements.len());
                entry.duration = started.elapsed();
                table.insert(&mut lease, &entry).await?;
            }
            Direction::Down => table.delete(&mut lease, migration.version).await?,
        }
        lease.commit().await.map_err(|error| self.failed(migration, direction, error))?;
        if let Some(keys) = keys {
            keys.end(&mut lease).await?;
        }
        Ok((lease, true))
    }

    async fn statements(&self, lease: &mut Lease, migration: &Migration, direction: Direction, script: &Script) -> Result<()> {
        let count = script.statements.len();
        for (at, statement) in script.statements.iter().enumerate() {
            let run = lease.execute(&Statement::new(&statement.sql, &[], Effect::Write)).await;
            run.map_err(|error| self.failed_at(migration, direction, (at, count), statement, "nothing of it was kept", error))?;
        }
        Ok(())
    }

    async fn rust_in_transaction(
        &self,
        lease: Lease,
        migration: &Migration,
        body: &dyn RustMigration,
        direction: Direction,
    ) -> Result<Lease> {
        let tx = Transaction::holding(self.databases, self.bound.key, lease)?;
        let run = match direction {
            Direction::Up => body.up(&tx).await,
            Direction::Down => body.down(&tx).await,
        };
        run.map_err(|error| self.failed(migration, direction, error))?;
        tx.give_back(self.bound.key).await
    }

    async fn adopt(&self, lease: &mut Lease, table: &HistoryTable<'_>, migration: &Migration) -> Result<()> {
        for version in migration.replaces() {
            table.delete(lease, *version).await?;
        }
        table.insert(lease, &HistoryEntry::new(migration, self.bound.key, MigrationState::Applied)).await
    }

    pub(in crate::migrate) fn failed(&self, migration: &Migration, direction: Direction, error: Error) -> Error {
        let message = format!("`{migration}` failed on its way {direction}");
        Error::new(ErrorKind::Migration, message).on_bind(self.bound.key).with_source(error)
    }

    /// Of a statement: which it was, and what there is of the migration now.
    pub(in crate::migrate) fn failed_at(
        &self,
        migration: &Migration,
        direction: Direction,
        (at, count): (usize, usize),
        statement: &ScriptStatement,
        left: &str,
        error: Error,
    ) -> Error {
        let message = format!(
            "`{migration}` failed on its way {direction} at statement {} of {count}, line {} of {direction}.sql: {}; {left}",
            at + 1,
            statement.line,
            statement.excerpt()
        );
        Error::new(ErrorKind::Migration, message).on_bind(self.bound.key).with_source(error)
    }
}

fn no_transaction(migration: &Migration, direction: Direction) -> bool {
    migration.script(direction).is_some_and(|script| script.no_transaction)
}
