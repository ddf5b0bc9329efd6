use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::files::{Migration, MigrationSet, unknown_folders, version_and_name};
use super::history::{History, HistoryEntry, HistoryTable};
use super::report::{BindOutcome, Report, of_each};
use super::run::{Course, Goal, Policy, Runner};
use super::{Current, Direction, EmbeddedMigration, RustMigration, Target, Version};
use crate::config::MigrationOptions;
use crate::definition::DatabaseDefinition;
use crate::engine::{Effect, Engine, Lease};
use crate::session::{Binds, Bound, Databases};
use crate::{BindKey, Error, ErrorKind, Result, ToBindKey};

/// The migrations of an application: each bind has its own folder, its own history in its own database, its own lock and its own state.
///
/// The folders stand in that of the configuration, `migrations` unless it says otherwise:
///
/// ```text
/// migrations/auth/20261129120305_users/up.sql
/// migrations/auth/20261129120305_users/down.sql
/// migrations/default/20261130080000_orders/up.sql
/// ```
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let folder = tempfile::tempdir().unwrap();
/// # let write = |path: &str, sql: &str| {
/// #     let path = folder.path().join(path);
/// #     std::fs::create_dir_all(path.parent().unwrap()).unwrap();
/// #     std::fs::write(path, sql).unwrap();
/// # };
/// # write("auth/20261129120305_logins/up.sql", "create table logins (at text not null)");
/// # write("auth/20261129120305_logins/down.sql", "drop table logins");
/// use bindery::migrate::{Direction, Target};
///
/// let migrations = databases.migrations().directory(folder.path());
/// println!("{}", migrations.plan(All, Direction::Up, Target::Newest).await?); // the SQL, and nothing is run
/// println!("{}", migrations.upgrade(All).await?); // all binds, to the newest
/// println!("{}", migrations.downgrade("auth", Target::Steps(1)).await?);
/// # Ok(())
/// # }
/// ```
///
/// **At once.** Any number of processes may start an upgrade at the same time: a lock of each database lets one of them do it, and the
/// others find it done.
///
/// **Cut off.** Where definitions take part in transactions (SQLite, PostgreSQL) a migration and the note of it are one transaction. On
/// MySQL and MariaDB, and where a script says `-- bindery: no-transaction`, each statement is noted before it is run and after: the next
/// upgrade looks at the definitions that are there, and goes on where it was, or says what has to be looked at and how to
/// [settle](Migrations::settle) it. Nothing is repeated blindly.
///
/// **Several binds.** Their migrations are run in the order of their versions, whichever bind they are of: so one may rely on older ones of
/// other binds. A bind that fails doesn't stop the others, unless [`stop_at_failure`](Migrations::stop_at_failure) asks for it.
#[derive(Clone)]
#[must_use = "nothing happens before a method such as `upgrade`"]
pub struct Migrations {
    databases: Databases,
    options: MigrationOptions,
    embedded: Option<&'static [EmbeddedMigration]>,
    rust: Vec<(String, String, Arc<dyn RustMigration>)>,
    policy: Policy,
    ignored: Vec<String>,
    stop_at_failure: bool,
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rust: Vec<_> = self.rust.iter().map(|(bind, name, _)| format!("{bind}/{name}")).collect();
        f.debug_struct("Migrations")
            .field("databases", &self.databases)
            .field("options", &self.options)
            .field("rust", &rust)
            .finish_non_exhaustive()
    }
}

impl Databases {
    /// Its migrations.
    pub fn migrations(&self) -> Migrations {
        Migrations {
            options: self.migration_options().clone(),
            databases: self.clone(),
            embedded: None,
            rust: Vec::new(),
            policy: Policy::default(),
            ignored: Vec::new(),
            stop_at_failure: false,
        }
    }
}

impl Migrations {
    /// Reads them from this folder, which has one for each bind, and not from that of the configuration.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.options.directory = directory.into();
        self
    }

    /// Takes these, of the binary, and reads no files. `bindery::embed_migrations!` makes them.
    pub fn embedded(mut self, migrations: &'static [EmbeddedMigration]) -> Self {
        self.embedded = Some(migrations);
        self
    }

    /// Adds a migration in Rust to a bind; its version and name are written as a folder's: `20261201090000_hash_passwords`.
    pub fn rust(mut self, bind: impl AsRef<str>, version_and_name: impl Into<String>, migration: impl RustMigration) -> Self {
        self.rust.push((bind.as_ref().to_owned(), version_and_name.into(), Arc::new(migration)));
        self
    }

    /// How a run is bounded, and where its files are: instead of what the configuration says.
    pub fn options(mut self, change: impl FnOnce(&mut MigrationOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// Applies a migration also where a newer one is applied already, as happens where two branches were merged.
    pub fn out_of_order(mut self) -> Self {
        self.policy.out_of_order = true;
        self
    }

    /// Lets migrations pass that the database has and this program doesn't know: for an older release that starts again beside a newer one.
    pub fn ignore_missing(mut self) -> Self {
        self.policy.ignore_missing = true;
        self
    }

    /// Leaves these tables out of drafts and checks: those of other programs, and those that no model knows.
    pub fn ignore_tables<T: Into<String>>(mut self, tables: impl IntoIterator<Item = T>) -> Self {
        self.ignored.extend(tables.into_iter().map(Into::into));
        self
    }

    /// Leaves every bind as it is once one has failed.
    pub fn stop_at_failure(mut self) -> Self {
        self.stop_at_failure = true;
        self
    }

    /// Applies what isn't applied yet, to the newest.
    ///
    /// # Errors
    /// As [`upgrade_to`](Migrations::upgrade_to).
    pub async fn upgrade(&self, binds: impl Binds) -> Result<Report> {
        self.upgrade_to(binds, Target::Newest).await
    }

    /// Applies what isn't applied yet, up to a version or by a number of steps. What was begun and is not through is ended first, also
    /// where it is newer than that.
    ///
    /// # Errors
    /// - [`ErrorKind::UnknownBind`] before anything is run on any bind;
    /// - [`ErrorKind::Migration`] where files and histories don't fit, a migration fails, or one was cut off and has to be looked at. Where several binds were asked for, its
    ///   [problems](Error::problems) say precisely what each of them has, and its source is the first failure.
    pub async fn upgrade_to(&self, binds: impl Binds, target: impl Into<Target>) -> Result<Report> {
        self.run(&binds, target.into(), Direction::Up).await
    }

    /// Undoes migrations, down to a version, by a number of steps, or all.
    ///
    /// # Errors
    /// As [`upgrade_to`](Migrations::upgrade_to); a migration without a way back is refused before it is begun, and those behind it are
    /// undone by then.
    pub async fn downgrade(&self, binds: impl Binds, target: impl Into<Target>) -> Result<Report> {
        self.run(&binds, target.into(), Direction::Down).await
    }

    /// Step by step over all binds, in the order of the versions: so a migration may rely on those of other binds that are older.
    async fn run(&self, binds: &impl Binds, target: Target, direction: Direction) -> Result<Report> {
        let mut runs = Vec::new();
        for bound in self.databases.chosen(binds)? {
            runs.push(BindRun {
                bound,
                set: MigrationSet::default(),
                goal: Goal::Up(None),
                upcoming: None,
                outcome: BindOutcome::new(bound.key),
            });
        }
        for run in &mut runs {
            let begun = self.begin(run, target, direction).await;
            run.note(begun);
        }
        while let Some(next) = BindRun::next(&mut runs, direction) {
            if self.stop_at_failure && runs.iter().any(|run| run.outcome.failure.is_some()) {
                break;
            }
            let run = &mut runs[next];
            let stepped = self.step(run).await;
            run.note(stepped);
        }
        for run in &mut runs {
            match self.read_history(run.bound).await {
                Ok((_, history)) => run.outcome.current = history.current().map(|entry| entry.version),
                // The first failure says more.
                Err(_) if run.outcome.failure.is_some() => {}
                Err(error) => run.note(Err(error)),
            }
            run.outcome.stopped = run.upcoming.is_some();
        }
        Report::of(runs.into_iter().map(|run| run.outcome).collect())
    }

    async fn begin(&self, run: &mut BindRun<'_>, target: Target, direction: Direction) -> Result<()> {
        run.set = self.set_of(run.bound).await?;
        // An engine without a catalog may be beside others, as long as it has no migrations.
        if run.set.is_empty() && run.bound.engine.catalog().is_none() {
            return Ok(());
        }
        let runner = self.runner(run.bound, &run.set)?;
        (run.goal, run.upcoming) = runner.begin(target, direction).await?;
        Ok(())
    }

    async fn step(&self, run: &mut BindRun<'_>) -> Result<()> {
        let runner = self.runner(run.bound, &run.set)?;
        runner.step(run.goal, &mut run.outcome.steps).await?;
        run.upcoming = runner.upcoming(run.goal).await?;
        Ok(())
    }

    fn runner<'r>(&'r self, bound: &'r Bound<dyn Engine>, set: &'r MigrationSet) -> Result<Runner<'r>> {
        let course = self.course(bound.key, set);
        Ok(Runner { databases: &self.databases, bound, catalog: bound.catalog()?, course, options: &self.options })
    }

    /// Where each bind's database stands.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`]; files that can't be read, and what the servers say. Files that don't fit the history are no error here.
    /// Where several binds were asked for, the error's [problems](Error::problems) say what each of them has.
    pub async fn current(&self, binds: impl Binds) -> Result<Vec<Current>> {
        let mut all = Vec::new();
        for bound in self.databases.chosen(&binds)? {
            all.push(self.current_of(bound).await.map_err(|error| error.on_bind(bound.key)));
        }
        of_each(all)
    }

    async fn current_of(&self, bound: &Bound<dyn Engine>) -> Result<Current> {
        let set = self.set_of(bound).await?;
        let (_, history) = self.read_history(bound).await?;
        let pending = self.course(bound.key, &set).pending(&history).map(|migration| (migration.version, migration.name.clone())).collect();
        Ok(Current {
            bind: bound.key,
            version: history.current().map(|entry| (entry.version, entry.name.clone())),
            unfinished: history.unfinished().map(|entry| (entry.version, entry.state)),
            pending,
        })
    }

    /// The migrations that a bind's database has, by their versions: what was run when, how long it took, who did it.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`]; what the server says.
    pub async fn history(&self, bind: impl ToBindKey) -> Result<Vec<HistoryEntry>> {
        let (_, bound) = self.databases.bound(bind.to_bind_key()?)?;
        let (_, history) = self.read_history(bound).await.map_err(|error| error.on_bind(bound.key))?;
        Ok(history.entries)
    }

    pub(super) fn databases(&self) -> &Databases {
        &self.databases
    }

    /// A definition without what is ignored.
    pub(super) fn looked_at(&self, mut definition: DatabaseDefinition) -> DatabaseDefinition {
        definition.tables.retain(|table| !self.ignored.contains(&table.name));
        definition
    }

    /// How it is bounded.
    pub(super) fn bounds(&self) -> &MigrationOptions {
        &self.options
    }

    pub(super) fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// The folder of a bind's migrations.
    pub(super) fn directory_of(&self, bind: BindKey) -> PathBuf {
        self.options.directory.join(bind.as_str())
    }

    pub(super) async fn read_history(&self, bound: &Bound<dyn Engine>) -> Result<(Lease, History)> {
        let mut lease = bound.acquire(Effect::Read).await?;
        let history = HistoryTable::of(bound.engine.dialect(), bound.key).read(&mut lease).await?;
        Ok((lease, history))
    }

    pub(super) fn course<'m>(&self, bind: BindKey, set: &'m MigrationSet) -> Course<'m> {
        Course { bind, set, policy: self.policy }
    }

    fn known(&self) -> Vec<String> {
        self.databases.binds().map(|key| key.to_string()).collect()
    }

    fn is_known(&self, bind: &str) -> bool {
        self.databases.binds().any(|key| key.as_str() == bind)
    }

    /// The migrations of a bind.
    pub(super) async fn set_of(&self, bound: &Bound<dyn Engine>) -> Result<MigrationSet> {
        let (bind, family) = (bound.key, bound.engine.dialect().family());
        let mut migrations = match self.embedded {
            Some(embedded) => {
                let unknown: BTreeSet<_> = embedded.iter().map(|one| one.bind.to_owned()).filter(|name| !self.is_known(name)).collect();
                refuse_unknown("the binary", unknown.into_iter().collect(), &self.known())?;
                MigrationSet::of_embedded(embedded, bind, family)?
            }
            None => {
                let (directory, known) = (self.options.directory.clone(), self.known());
                let read = move || {
                    let unknown = unknown_folders(&directory, |name| known.iter().any(|known| known == name))?;
                    refuse_unknown(&format!("`{}`", directory.display()), unknown, &known)?;
                    MigrationSet::read_folder(&directory.join(bind.as_str()), family)
                };
                tokio::task::spawn_blocking(read)
                    .await
                    .map_err(|error| Error::new(ErrorKind::Interrupted, "the migrations were not read to their end").with_source(error))??
            }
        };
        for (key, name, migration) in &self.rust {
            if self.databases.bound(key.to_bind_key()?)?.1.key == bind {
                let (version, name) = version_and_name(name)?;
                migrations.push(Migration::rust(version, name, Arc::clone(migration)));
            }
        }
        MigrationSet::new(migrations)
    }
}

/// One bind on its way.
struct BindRun<'r> {
    bound: &'r Bound<dyn Engine>,
    set: MigrationSet,
    goal: Goal,
    /// `None` where it is there, or has failed
    upcoming: Option<Version>,
    outcome: BindOutcome,
}

impl BindRun<'_> {
    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.upcoming = None;
            self.outcome.failure = Some(error.on_bind(self.bound.key));
        }
    }

    /// The place of the bind whose turn it is: the one with the oldest version up, the one with the newest down. Of two that are alike, the
    /// order of the configuration counts, and its reverse.
    fn next(runs: &mut [Self], direction: Direction) -> Option<usize> {
        let upcoming = runs.iter().enumerate().filter_map(|(place, run)| Some((run.upcoming?, place)));
        let next = match direction {
            Direction::Up => upcoming.min(),
            Direction::Down => upcoming.max(),
        };
        next.map(|(_, place)| place)
    }
}

/// Migrations of a bind that isn't configured: a typing mistake, or those of a bind that is gone.
fn refuse_unknown(place: &str, unknown: Vec<String>, known: &[String]) -> Result<()> {
    if unknown.is_empty() {
        return Ok(());
    }
    let list = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let message = format!(
        "{place} has migrations of no configured bind: {}; the configured binds are {}. Rename their folders, or move them elsewhere",
        list(&unknown),
        list(known)
    );
    Err(Error::new(ErrorKind::Migration, message))
}
