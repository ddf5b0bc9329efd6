//! Histories that are written by hand: what someone says who has looked.

use super::files::{Migration, MigrationSet, checksum_of};
use super::history::{History, HistoryEntry, HistoryTable};
use super::run::{Goal, locked, two_keys, unlock};
use super::{Direction, MigrationState, Migrations, Settlement, Target, Version};
use crate::engine::{Engine, TransactionOptions};
use crate::session::Bound;
use crate::{BindKey, Error, ErrorKind, Result, ToBindKey};

impl Migrations {
    /// Says what a bind's database has, without running anything: the migrations up to the target are noted as there, and no others. For a
    /// database that was there before its migrations.
    ///
    /// # Errors
    /// As [`upgrade_to`](Migrations::upgrade_to); [`ErrorKind::Migration`] where one was cut off and is not [settled](Migrations::settle),
    /// and for a target by steps.
    pub async fn stamp(&self, bind: impl ToBindKey, target: impl Into<Target>) -> Result<()> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let target = target.into();
        let stamp = async {
            let set = self.set_of(bound).await?;
            self.change_history(bound, async |history| {
                let course = self.course(bound.key, &set);
                if let Some(unfinished) = history.unfinished() {
                    let HistoryEntry { version, name, .. } = unfinished;
                    let [there, not_there] = [Settlement::Applied, Settlement::NotApplied].map(|how| how.call(bound.key, *version));
                    let message =
                        format!("`{version}_{name}` was begun and is not through: say first how it is, by {there} or {not_there}");
                    return Err(Error::new(ErrorKind::Migration, message));
                }
                let direction = if target == Target::Nothing { Direction::Down } else { Direction::Up };
                if let Target::Steps(_) = target {
                    let message = "a stamp says what is there: give it a version, `Target::Newest` or `Target::Nothing`, and not steps";
                    return Err(Error::new(ErrorKind::Migration, message));
                }
                let limit = match course.goal(target, direction, history)? {
                    Goal::Up(limit) => limit.unwrap_or_else(|| Version::from_number(i64::MAX)),
                    Goal::Down(_) => Version::from_number(0),
                };
                let reach = |entry: &HistoryEntry| set.get(entry.version).map_or(entry.version, Migration::reach);
                let mut entries: Vec<_> = history.entries.iter().filter(|entry| reach(entry) <= limit).cloned().collect();
                // A squash is there in the place of those that it stands for.
                entries.retain(|entry| set.get(entry.version).is_some() || set.replacing(entry.version).is_none());
                let missing = course.pending(history).filter(|migration| migration.reach() <= limit);
                entries.extend(missing.map(|migration| HistoryEntry::new(migration, bound.key, MigrationState::Stamped)));
                Ok(entries)
            })
            .await
        };
        stamp.await.map_err(|error| error.on_bind(bound.key))
    }

    /// Says how a migration stands that was cut off, once someone has looked; or that a file that was changed after it was applied means
    /// the same.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`] where there is no such migration, or it has fewer statements.
    pub async fn settle(&self, bind: impl ToBindKey, version: Version, settlement: Settlement) -> Result<()> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let settle = async {
            let set = self.set_of(bound).await?;
            self.change_history(bound, async |history| settled(history, &set, version, bound.key, settlement)).await
        };
        settle.await.map_err(|error| error.on_bind(bound.key))
    }

    /// Makes the history what `change` says, under the lock.
    async fn change_history(
        &self,
        bound: &Bound<dyn Engine>,
        change: impl AsyncFnOnce(&History) -> Result<Vec<HistoryEntry>>,
    ) -> Result<()> {
        let (catalog, table) = (bound.catalog()?, HistoryTable::of(bound.engine.dialect(), bound.key));
        let mut lease = locked(bound, catalog, self.bounds()).await?;
        // Where definitions take no part in transactions the table comes first; elsewhere another process may make it until this one
        // begins.
        let transactional = lease.capabilities()?.transactional_ddl;
        if !transactional && !table.read(&mut lease).await?.exists {
            table.create(&mut lease).await?;
        }
        lease.begin(&TransactionOptions::default()).await?;
        let history = table.read(&mut lease).await?;
        if !history.exists {
            table.create(&mut lease).await?;
        }
        // Another bind's are not this one's to change.
        if let Some(foreign) = history.entries.iter().find(|entry| entry.bind != bound.key.as_str()) {
            return Err(Error::new(ErrorKind::Migration, two_keys(foreign, bound.key)));
        }
        let entries = change(&history).await?;
        for entry in &history.entries {
            if !entries.iter().any(|kept| kept.version == entry.version) {
                table.delete(&mut lease, entry.version).await?;
            }
        }
        for entry in &entries {
            match history.find(entry.version) {
                None => table.insert(&mut lease, entry).await?,
                Some(before) if before != entry => table.update(&mut lease, entry).await?,
                Some(_) => {}
            }
        }
        lease.commit().await?;
        unlock(bound, catalog, lease).await;
        Ok(())
    }
}

/// The history, with one migration as someone says that it stands. Of one that was begun the files may be gone.
fn settled(history: &History, set: &MigrationSet, version: Version, bind: BindKey, settlement: Settlement) -> Result<Vec<HistoryEntry>> {
    let refuse = |message: String| Err(Error::new(ErrorKind::Migration, message));
    let mut entries = history.entries.clone();
    let entry = entries.iter_mut().find(|entry| entry.version == version);
    match (settlement, entry, set.get(version)) {
        (_, None, None) => return refuse(format!("this bind has no migration {version}")),
        (Settlement::Applied, Some(entry), migration) => {
            entry.state = MigrationState::Applied;
            entry.fingerprint = None;
            migration.map_or("", Migration::checksum).clone_into(&mut entry.checksum);
        }
        (Settlement::Applied, None, Some(migration)) => entries.push(HistoryEntry::new(migration, bind, MigrationState::Stamped)),
        (Settlement::NotApplied, ..) => entries.retain(|entry| entry.version != version),
        (Settlement::StatementsDone(_), Some(entry), None) => {
            return refuse(format!("`{version}_{}` has no files here: say `Applied` or `NotApplied`", entry.name));
        }
        (Settlement::StatementsDone(done), Some(entry), Some(migration)) => {
            let Some(script) = entry.state.direction().and_then(|direction| migration.script(direction)) else {
                let message =
                    format!("`{migration}` is {}: only of one that was cut off can some statements have taken effect", entry.state);
                return refuse(message);
            };
            let Some(statements) = script.statements.get(..done) else {
                return refuse(format!("`{migration}` has {} statements, and not {done}", script.statements.len()));
            };
            entry.statements_done = done;
            entry.fingerprint = None;
            entry.checksum = checksum_of(statements);
        }
        (Settlement::StatementsDone(_), None, Some(migration)) => return refuse(format!("`{migration}` was not begun here")),
    }
    Ok(entries)
}
