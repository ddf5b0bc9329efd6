//! Drafts and checks: what models, migrations and databases have, as the server itself says it of a scratch database.

use super::draft::{Answers, Draft};
use super::scratch::{Scratch, without_history};
use crate::ddl::{self, Renames};
use crate::definition::DatabaseDefinition;
use crate::engine::{Effect, Engine};
use crate::migrate::files::MigrationSet;
use crate::migrate::history::History;
use crate::migrate::report::of_each;
use crate::migrate::run::Course;
use crate::migrate::{Check, Migrations};
use crate::session::{Binds, Bound};
use crate::{Error, ErrorKind, Result, ToBindKey};

impl Migrations {
    /// What leads from the migrations that there are to the application's tables. The migrations are applied in a scratch database: that of
    /// the bind is not looked at.
    ///
    /// Migrations in Rust change rows, and are left out; where one changes definitions, the draft doesn't know.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`](crate::ErrorKind::UnknownBind); [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) where
    /// the user may make no database; [`ErrorKind::Migration`](crate::ErrorKind::Migration) where a migration fails there; what the server
    /// says of a table.
    pub async fn draft(&self, bind: impl ToBindKey) -> Result<Draft> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let draft = async {
            let set = self.set_of(bound).await?;
            let scratch = Scratch::create(self.databases(), bound).await?;
            let compared = async {
                scratch.apply(&set).await?;
                let from = scratch.reflect().await?;
                let to = scratch.replace_by_models(&from).await?;
                Ok((from, to))
            };
            let compared = compared.await;
            let (from, to) = scratch.drop_after(compared).await?;
            Ok(self.draft_of(bound, &set, from, to))
        };
        draft.await.map_err(|error: Error| error.on_bind(bound.key))
    }

    /// What leads from the migrations that there are to the bind's database as it is now, which is only read: the first migration of a
    /// database that is older than its migrations, or what someone has changed by hand. Once it is written, [`stamp`](Migrations::stamp)
    /// it, for it is there already; then [`draft`](Migrations::draft) goes on from it to the application's tables.
    ///
    /// # Errors
    /// As [`draft`](Migrations::draft), and those of a database that has not all migrations that there are.
    pub async fn draft_baseline(&self, bind: impl ToBindKey) -> Result<Draft> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let draft = async {
            let set = self.set_of(bound).await?;
            self.refuse_pending(bound, &set).await?;
            let to = live(bound).await?;
            let scratch = Scratch::create(self.databases(), bound).await?;
            let made = async {
                scratch.apply(&set).await?;
                scratch.reflect().await
            };
            let made = made.await;
            let from = scratch.drop_after(made).await?;
            Ok(self.draft_of(bound, &set, from, to))
        };
        draft.await.map_err(|error: Error| error.on_bind(bound.key))
    }

    /// What leads from the bind's database, as it is now, to the application's tables. It is only read.
    ///
    /// What this writes fits this database. Where the migrations don't make what it has, they don't lead a new database there: begin with
    /// [`draft_baseline`](Migrations::draft_baseline), and then `draft`.
    ///
    /// # Errors
    /// As [`draft_baseline`](Migrations::draft_baseline).
    pub async fn draft_from_database(&self, bind: impl ToBindKey) -> Result<Draft> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let draft = async {
            let set = self.set_of(bound).await?;
            self.refuse_pending(bound, &set).await?;
            let from = live(bound).await?;
            let scratch = Scratch::create(self.databases(), bound).await?;
            let made = async {
                scratch.create_types(&from).await?;
                let types = scratch.reflect().await?;
                scratch.replace_by_models(&types).await
            };
            let made = made.await;
            let mut to = scratch.drop_after(made).await?;
            to.views.clone_from(&from.views);
            to.others.clone_from(&from.others);
            Ok(self.draft_of(bound, &set, from, to))
        };
        draft.await.map_err(|error: Error| error.on_bind(bound.key))
    }

    /// What a migration that is there already would do can't be drafted from a database that doesn't have it.
    async fn refuse_pending(&self, bound: &Bound<dyn Engine>, set: &MigrationSet) -> Result<()> {
        let (_, history) = self.read_history(bound).await?;
        let course = self.course(bound.key, set);
        let mut problems = misfits(&course, &history);
        problems.extend(course.pending(&history).map(|migration| format!("`{migration}` is not applied yet")));
        if problems.is_empty() {
            return Ok(());
        }
        let summary = "the database does not stand at its newest migration: upgrade it first, or `stamp` what it has";
        Err(Error::with_problems(ErrorKind::Migration, summary, problems))
    }

    fn draft_of(&self, bound: &Bound<dyn Engine>, set: &MigrationSet, from: DatabaseDefinition, to: DatabaseDefinition) -> Draft {
        Draft {
            bind: bound.key,
            dialect: bound.engine.dialect().clone(),
            folder: self.directory_of(bound.key),
            newest: set.iter().map(|migration| migration.version).max(),
            from: self.looked_at(from),
            to: self.looked_at(to),
            version: None,
            rust: set.in_rust().map(ToString::to_string).collect(),
            answers: Answers::default(),
            consents: Vec::new(),
            is_written: false,
        }
    }

    /// How models, migrations and database of each bind differ. Nothing is changed anywhere, but for a scratch database.
    ///
    /// # Errors
    /// As [`draft`](Migrations::draft). Where several binds were asked for, the error's [problems](Error::problems) say how each of them
    /// is.
    pub async fn check(&self, binds: impl Binds) -> Result<Vec<Check>> {
        let mut checks = Vec::new();
        for bound in self.databases().chosen(&binds)? {
            checks.push(self.check_bind(bound).await.map_err(|error| error.on_bind(bound.key)));
        }
        of_each(checks)
    }

    async fn check_bind(&self, bound: &Bound<dyn Engine>) -> Result<Check> {
        let set = self.set_of(bound).await?;
        let (_, history) = self.read_history(bound).await?;
        let course = self.course(bound.key, &set);
        let live = live(bound).await?;
        let scratch = Scratch::create(self.databases(), bound).await?;
        let applied = applied(&set, &history);
        let compared = async {
            scratch.apply(&applied).await?;
            let made = scratch.reflect().await?;
            scratch.apply(&set).await?;
            let all = scratch.reflect().await?;
            let models = scratch.replace_by_models(&all).await?;
            Ok((made, all, models))
        };
        let compared = compared.await;
        let (made, all, models) = scratch.drop_after(compared).await?;
        Ok(Check {
            bind: bound.key,
            history: misfits(&course, &history),
            pending: course.pending(&history).map(ToString::to_string).collect(),
            models: differences(bound, &self.looked_at(all), &self.looked_at(models)),
            database: differences(bound, &self.looked_at(made), &self.looked_at(live)),
        })
    }
}

/// The bind's own database, as it is now.
async fn live(bound: &Bound<dyn Engine>) -> Result<DatabaseDefinition> {
    let mut definition = bound.acquire(Effect::Read).await?.reflect(bound.catalog()?).await?;
    without_history(&mut definition);
    Ok(definition)
}

/// Those that the database has, and the squashes of those.
fn applied(set: &MigrationSet, history: &History) -> MigrationSet {
    set.filtered(|migration| {
        let stands_for = migration.replaces();
        history.find(migration.version).is_some_and(|entry| !entry.state.is_unfinished())
            || !stands_for.is_empty() && stands_for.iter().all(|version| history.find(*version).is_some())
    })
}

fn misfits(course: &Course<'_>, history: &History) -> Vec<String> {
    let mut misfits = course.check(history).err().map(|error| error.problems().to_vec()).unwrap_or_default();
    misfits.extend(history.unfinished().map(|entry| format!("`{}_{}` was cut off: it is {}", entry.version, entry.name, entry.state)));
    misfits
}

fn differences(bound: &Bound<dyn Engine>, from: &DatabaseDefinition, to: &DatabaseDefinition) -> Vec<String> {
    let difference = ddl::diff(bound.engine.dialect().family(), from, to, &Renames::default());
    difference.changes.iter().map(ToString::to_string).chain(difference.unseen).collect()
}
