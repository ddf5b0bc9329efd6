//! Migrations where the backend's definitions take no part in transactions (MySQL, MariaDB), or that ask to be run without one: statement
//! by statement, each noted before it is run and after. So whoever comes after a crash knows the one statement of which it isn't known
//! whether it took effect. Of changes of rows it always is: they are committed with the note (in tables that know transactions). Of a
//! definition it shows: the statement was noted with a fingerprint of what it names.

use std::time::Instant;

use super::fingerprint::{Fingerprint, is_comparable};
use super::runner::Runner;
use super::statement_effect::{StatementEffect, asks_for_the_last, leaves_a_value, may_do_a_part, sets};
use crate::engine::{Effect, Family, Lease, Statement, TransactionOptions};
use crate::migrate::files::{Body, Migration, NoWayBack, Script, ScriptStatement, checksum_of};
use crate::migrate::history::{HistoryEntry, HistoryTable};
use crate::migrate::{Direction, MigrationState, RustMigration, Settlement};
use crate::{Error, ErrorKind, Result};

/// One migration on its way.
pub(in crate::migrate) struct Stepwise<'r> {
    pub(in crate::migrate) runner: &'r Runner<'r>,
    pub(in crate::migrate) table: &'r HistoryTable<'r>,
    pub(in crate::migrate) migration: &'r Migration,
    pub(in crate::migrate) direction: Direction,
}

impl Stepwise<'_> {
    /// Runs the migration, or the rest of it where it was begun.
    pub(in crate::migrate) async fn run(&self, mut lease: Lease, begun: Option<HistoryEntry>) -> Result<Lease> {
        let started = Instant::now();
        let mut entry = match (&self.migration.body, begun) {
            (Body::Rust(body), begun) => self.rust(&mut lease, body.as_ref(), begun).await?,
            (Body::Sql { .. }, begun) => self.sql(&mut lease, begun).await?,
        };
        match self.direction {
            Direction::Up => {
                entry.state = MigrationState::Applied;
                self.migration.checksum().clone_into(&mut entry.checksum);
                entry.duration = started.elapsed();
                self.table.update(&mut lease, &entry).await?;
            }
            Direction::Down => self.table.delete(&mut lease, self.migration.version).await?,
        }
        Ok(lease)
    }

    async fn note_beginning(&self, lease: &mut Lease) -> Result<HistoryEntry> {
        let state = match self.direction {
            Direction::Up => MigrationState::Applying,
            Direction::Down => MigrationState::Reverting,
        };
        let mut entry = HistoryEntry::new(self.migration, self.runner.bound.key, state);
        entry.checksum = checksum_of(&[]);
        match self.direction {
            Direction::Up => self.table.insert(lease, &entry).await?,
            Direction::Down => self.table.update(lease, &entry).await?,
        }
        Ok(entry)
    }

    /// As it was before it was begun.
    async fn take_back(&self, lease: &mut Lease) -> Result<()> {
        match self.direction {
            Direction::Up => self.table.delete(lease, self.migration.version).await,
            Direction::Down => {
                let entry = HistoryEntry::new(self.migration, self.runner.bound.key, MigrationState::Applied);
                self.table.update(lease, &entry).await
            }
        }
    }

    async fn sql(&self, lease: &mut Lease, begun: Option<HistoryEntry>) -> Result<HistoryEntry> {
        let Some(script) = self.migration.script(self.direction) else {
            return Err(self.problem("it has no script in this direction"));
        };
        let mut entry = match begun {
            Some(entry) => {
                self.check_done(script, &entry)?;
                self.set_again(lease, script, entry.statements_done).await?;
                entry
            }
            None => self.note_beginning(lease).await?,
        };
        if let Some(before) = entry.fingerprint.take() {
            self.look_at_unknown(lease, script, &before, &mut entry).await?;
        }
        while let Some(statement) = script.statements.get(entry.statements_done) {
            self.run_and_note(lease, script, statement, &mut entry).await?;
        }
        Ok(entry)
    }

    /// What has taken effect must still stand at the beginning of the script; the rest may have been mended.
    fn check_done(&self, script: &Script, entry: &HistoryEntry) -> Result<()> {
        let done = script.statements.get(..entry.statements_done);
        if done.is_some_and(|done| checksum_of(done) == entry.checksum) {
            return Ok(());
        }
        Err(self.problem(format!(
            "it was begun, and the first {} statements of its {}.sql, which have taken effect, were changed since: get them back as they were; \
             only what stands behind them may be mended",
            entry.statements_done, self.direction
        )))
    }

    /// What a script has set is gone with the connection on which it was. Values that were computed then can't be had again.
    async fn set_again(&self, lease: &mut Lease, script: &Script, done: usize) -> Result<()> {
        let (done, rest) = script.statements.split_at(done);
        let asks = || if done.is_empty() { None } else { asks_for_the_last(rest) };
        if let Some(lost) = done.iter().find(|statement| leaves_a_value(statement)).or_else(asks) {
            return Err(self.problem(format!(
                "it was begun, and line {} of its {}.sql is about the connection that is gone: {}. Lead the database to the end of the script by hand, or back to its \
                 beginning, and say so: {} or {}",
                lost.line,
                self.direction,
                lost.excerpt(),
                self.settle(Settlement::Applied),
                self.settle(Settlement::NotApplied),
            )));
        }
        for statement in done.iter().filter(|statement| sets(statement)) {
            lease.execute(&Statement::new(&statement.sql, &[], Effect::Write)).await?;
        }
        Ok(())
    }

    /// The statement that was running when someone was cut off: whether it took effect, the definitions tell.
    async fn look_at_unknown(&self, lease: &mut Lease, script: &Script, before: &str, entry: &mut HistoryEntry) -> Result<()> {
        let Some(statement) = script.statements.get(entry.statements_done) else { return Ok(()) };
        let shows = StatementEffect::of(statement) == StatementEffect::Definition
            && !self.is_of_another_schema(statement)
            && is_comparable(before, statement, &lease.capabilities()?.server);
        let problem = match (self.invalid_index(lease, statement).await?, shows) {
            (Some(index), _) => format!("the index `{index}` is there and invalid: drop it"),
            (None, true) if self.fingerprint(lease, statement).await?.text() == before => return Ok(()),
            (None, true) => return self.note_done(lease, script, entry).await,
            (None, false) => "whether it has taken effect does not show: look".to_owned(),
        };
        let (at, count) = (entry.statements_done + 1, script.statements.len());
        Err(self.problem(format!(
            "it was cut off on its way {} at statement {at} of {count}, line {} of {}.sql: {}; {problem}, and say so: {} where it \
             has not taken effect, {} where it has; then run this again",
            self.direction,
            statement.line,
            self.direction,
            statement.excerpt(),
            self.settle(Settlement::StatementsDone(at - 1)),
            self.settle(Settlement::StatementsDone(at)),
        )))
    }

    async fn run_and_note(&self, lease: &mut Lease, script: &Script, statement: &ScriptStatement, entry: &mut HistoryEntry) -> Result<()> {
        let effect = StatementEffect::of(statement);
        match effect {
            StatementEffect::Rows => lease.begin(&TransactionOptions::default()).await?,
            StatementEffect::Connection => {}
            StatementEffect::Definition | StatementEffect::Hidden => {
                entry.fingerprint = Some(self.fingerprint(lease, statement).await?.text().to_owned());
                self.table.update(lease, entry).await?;
            }
        }
        if let Err(error) = lease.execute(&Statement::new(&statement.sql, &[], Effect::Write)).await {
            // Of several things some may be done; elsewhere that doesn't show.
            let may_be_out_of_sight = effect == StatementEffect::Hidden && self.is_of_another_schema(statement);
            if was_refused(&error) && !may_do_a_part(statement) && !may_be_out_of_sight {
                // What the server has said of the statement is what the user needs. Where this fails, the next run looks again.
                let _ = self.forget_if_nothing_was_done(lease, statement, entry).await;
            }
            return Err(self.refused(script, statement, entry, error));
        }
        if effect == StatementEffect::Definition {
            self.refuse_invalid_index(lease, script, statement, entry).await?;
        }
        self.note_done(lease, script, entry).await?;
        if effect == StatementEffect::Rows { lease.commit().await } else { Ok(()) }
    }

    /// A statement that the server refuses may have done a part of what it says all the same: of two tables it has dropped one.
    async fn forget_if_nothing_was_done(&self, lease: &mut Lease, statement: &ScriptStatement, entry: &mut HistoryEntry) -> Result<()> {
        let Some(before) = &entry.fingerprint else { return Ok(()) };
        let is_same = self.fingerprint(lease, statement).await?.text() == before;
        if is_same && self.invalid_index(lease, statement).await?.is_none() {
            entry.fingerprint = None;
            self.table.update(lease, entry).await?;
        }
        Ok(())
    }

    /// `CREATE INDEX CONCURRENTLY IF NOT EXISTS` is content with what an earlier try has left behind.
    async fn refuse_invalid_index(
        &self,
        lease: &mut Lease,
        script: &Script,
        statement: &ScriptStatement,
        entry: &HistoryEntry,
    ) -> Result<()> {
        match self.invalid_index(lease, statement).await? {
            None => Ok(()),
            Some(index) => {
                let message = format!("the index `{index}` is there and invalid, so it does nothing: drop it, and run this again");
                Err(self.refused(script, statement, entry, Error::new(ErrorKind::Migration, message)))
            }
        }
    }

    /// What PostgreSQL has left behind of an index that the statement makes while others write: of its name; or where the server is to name
    /// it, of its table.
    async fn invalid_index(&self, lease: &mut Lease, statement: &ScriptStatement) -> Result<Option<String>> {
        const INVALID: &str = "SELECT i.relname::text, t.relname::text, n.nspname::text, n.nspname = current_schema() \
                               FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
                               JOIN pg_catalog.pg_class t ON t.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
                               WHERE NOT x.indisvalid AND t.relkind <> 'p' ORDER BY 1";
        let words = statement.words();
        let creates = words.first().is_some_and(|first| first == "CREATE") && statement.is_concurrent();
        if self.runner.bound.engine.dialect().family() != Family::Postgres || !creates {
            return Ok(None);
        }
        let has_no_name = words.windows(2).any(|pair| pair == ["CONCURRENTLY", "ON"]);
        let qualifiers = statement.qualifiers();
        let invalid: Vec<(String, String, String, bool)> = lease.all(INVALID).await?;
        let is_made = |(index, table, schema, is_current): &(String, String, String, bool)| {
            let name = if has_no_name { table } else { index };
            statement.has_name(name) && (*is_current && qualifiers.is_empty() || qualifiers.contains(&schema.to_lowercase()))
        };
        Ok(invalid.into_iter().find(is_made).map(|(index, ..)| index))
    }

    /// What is of another schema is not in what is reflected.
    fn is_of_another_schema(&self, statement: &ScriptStatement) -> bool {
        let own = self.table.schema().unwrap_or_else(|| self.runner.bound.engine.namespace());
        statement.qualifiers().iter().any(|qualifier| *qualifier != own.to_lowercase())
    }

    fn refused(&self, script: &Script, statement: &ScriptStatement, entry: &HistoryEntry, error: Error) -> Error {
        let (at, count) = (entry.statements_done, script.statements.len());
        let left = match at {
            _ if entry.fingerprint.is_some() => {
                "whether it has taken effect, or a part of it, is not known: the next run looks, and asks where it does not show".to_owned()
            }
            0 => "nothing of it has taken effect yet".to_owned(),
            1 => "the first statement has taken effect, and what comes next goes on behind it".to_owned(),
            at => format!("the first {at} statements have taken effect, and what comes next goes on behind them"),
        };
        self.runner.failed_at(self.migration, self.direction, (at, count), statement, &left, error)
    }

    async fn note_done(&self, lease: &mut Lease, script: &Script, entry: &mut HistoryEntry) -> Result<()> {
        entry.statements_done += 1;
        entry.fingerprint = None;
        entry.checksum = checksum_of(&script.statements[..entry.statements_done]);
        self.table.update(lease, entry).await
    }

    async fn fingerprint(&self, lease: &mut Lease, statement: &ScriptStatement) -> Result<Fingerprint> {
        let definition = lease.reflect(self.runner.catalog).await?;
        Ok(Fingerprint::of(&definition, statement, &lease.capabilities()?.server))
    }

    /// With a session of its own: what it does is not in one transaction.
    async fn rust(&self, lease: &mut Lease, body: &dyn RustMigration, begun: Option<HistoryEntry>) -> Result<HistoryEntry> {
        let Runner { bound, databases, .. } = self.runner;
        if bound.engine.pool_status().max_size == 1 {
            return Err(
                self.problem("it is in Rust, and needs a connection beside that of the lock: give the bind a `pool_size` of 2 or more")
            );
        }
        if begun.is_some() && !body.is_repeatable() {
            return Err(self.problem(format!(
                "it was begun on its way {}, and failed or was cut off, and does not say that it may be run once more. Look, and say how it is: \
                 {} or {}",
                self.direction,
                self.settle(Settlement::Applied),
                self.settle(Settlement::NotApplied),
            )));
        }
        let entry = match begun {
            Some(entry) => entry,
            None => self.note_beginning(lease).await?,
        };
        let session = databases.session();
        let run = match self.direction {
            Direction::Up => body.up(&session).await,
            Direction::Down => body.down(&session).await,
        };
        match run {
            Ok(()) => Ok(entry),
            Err(error) => {
                if NoWayBack::is(&error) {
                    self.take_back(lease).await?;
                }
                Err(self.runner.failed(self.migration, self.direction, error))
            }
        }
    }

    fn settle(&self, settlement: Settlement) -> String {
        settlement.call(self.runner.bound.key, self.migration.version)
    }

    fn problem(&self, problem: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Migration, format!("`{}`: {problem}", self.migration)).on_bind(self.runner.bound.key)
    }
}

/// Whether the server has said that it did not do it; else it may have.
fn was_refused(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::ConnectionLost | ErrorKind::Interrupted | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::Internal
    )
}
