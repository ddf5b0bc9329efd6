use crate::migrate::files::{Body, Migration, MigrationSet};
use crate::migrate::history::{History, HistoryEntry};
use crate::migrate::{Direction, MigrationState, Settlement, Target, Version};
use crate::{BindKey, Error, ErrorKind, Result};

/// What is to be done next on a bind's database: decided anew before each step, from what the database says of itself then. Nothing here
/// asks anyone.
pub(in crate::migrate) struct Course<'m> {
    pub(in crate::migrate) bind: BindKey,
    pub(in crate::migrate) set: &'m MigrationSet,
    pub(in crate::migrate) policy: Policy,
}

/// What is let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::migrate) struct Policy {
    pub(in crate::migrate) out_of_order: bool,
    pub(in crate::migrate) ignore_missing: bool,
}

/// Where a course leads to: a target, once it is known what the database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::migrate) enum Goal {
    /// what is not newer than this, if it is given, is applied
    Up(Option<Version>),
    /// what is newer than this, or everything, is undone
    Down(Option<Version>),
}

/// One step of a course.
#[derive(Clone)]
pub(in crate::migrate) enum Step<'m> {
    /// A migration is run, or the rest of it.
    Run { migration: &'m Migration, direction: Direction, begun: Option<HistoryEntry> },
    /// A migration is noted as applied, for those that it stands for are.
    Adopt { migration: &'m Migration },
}

impl<'m> Step<'m> {
    pub(in crate::migrate) fn migration(&self) -> &'m Migration {
        match self {
            Step::Run { migration, .. } | Step::Adopt { migration } => migration,
        }
    }

    pub(in crate::migrate) fn direction(&self) -> Direction {
        match self {
            Step::Run { direction, .. } => *direction,
            Step::Adopt { .. } => Direction::Up,
        }
    }

    /// Whether both are the same step of the same migration.
    pub(in crate::migrate) fn is_same(&self, other: &Step<'_>) -> bool {
        match (self, other) {
            (Step::Run { migration, direction, begun }, Step::Run { migration: other, direction: other_direction, begun: other_begun }) => {
                (migration.version, direction, begun) == (other.version, other_direction, other_begun)
            }
            (Step::Adopt { migration }, Step::Adopt { migration: other }) => migration.version == other.version,
            _ => false,
        }
    }
}

impl<'m> Course<'m> {
    /// The goal that a target means for a database with this history.
    pub(in crate::migrate) fn goal(&self, target: Target, direction: Direction, history: &History) -> Result<Goal> {
        let goal = self.unchecked_goal(target, direction, history)?;
        let (Goal::Up(limit) | Goal::Down(limit)) = goal;
        let is_divided = |migration: &&Migration, limit| match goal {
            Goal::Up(_) => migration.is_divided_by(limit) && history.find(migration.version).is_none(),
            // What the first one stands for may be a squash itself, of which it isn't known how far back it goes.
            Goal::Down(_) => {
                let is_first = self.set.iter().next().is_some_and(|first| first.version == migration.version);
                migration.is_divided_by(limit) || is_first && !migration.replaces().is_empty() && limit < migration.reach()
            }
        };
        let divided = limit.and_then(|limit| self.set.iter().find(|migration| is_divided(migration, limit)));
        match divided {
            Some(squash) => Err(self.problem(format!(
                "`{squash}` stands for the migrations up to {} as a whole: lead the database to {}, or to nothing",
                squash.reach(),
                squash.reach()
            ))),
            None => Ok(goal),
        }
    }

    fn unchecked_goal(&self, target: Target, direction: Direction, history: &History) -> Result<Goal> {
        Ok(match (direction, target) {
            (Direction::Up, Target::Newest) => Goal::Up(None),
            (Direction::Up, Target::Version(version)) => Goal::Up(Some(version)),
            (Direction::Up, Target::Steps(steps)) => {
                // What was begun is one of them.
                let begun = history.unfinished().map(|entry| entry.version);
                let pending: Vec<_> = begun.into_iter().chain(self.pending(history).map(|migration| migration.version)).collect();
                match steps.checked_sub(1).map(|last| pending.get(last)) {
                    Some(last) => Goal::Up(last.copied()),
                    None => Goal::Up(Some(Version::from_number(0))),
                }
            }
            (Direction::Down, Target::Nothing) => Goal::Down(None),
            (Direction::Down, Target::Version(version)) => Goal::Down(Some(version)),
            (Direction::Down, Target::Steps(steps)) => {
                let mut present: Vec<_> = history.entries.iter().map(|entry| entry.version).collect();
                present.sort_unstable();
                present.truncate(present.len().saturating_sub(steps));
                Goal::Down(present.last().copied())
            }
            (Direction::Up, Target::Nothing) => return Err(self.problem("an upgrade does not lead to nothing: that is a downgrade")),
            (Direction::Down, Target::Newest) => return Err(self.problem("a downgrade does not lead to the newest: that is an upgrade")),
        })
    }

    /// The next step; `None` where the goal is reached.
    pub(in crate::migrate) fn next(&self, goal: Goal, history: &History) -> Result<Option<Step<'m>>> {
        self.check(history)?;
        match goal {
            Goal::Up(limit) => self.next_up(limit, history),
            Goal::Down(limit) => self.next_down(limit, history),
        }
    }

    /// What isn't in the history yet.
    pub(in crate::migrate) fn pending(&self, history: &History) -> impl Iterator<Item = &'m Migration> {
        self.set.iter().filter(|migration| history.find(migration.version).is_none())
    }

    /// Every way in which history and files don't fit each other.
    pub(in crate::migrate) fn check(&self, history: &History) -> Result<()> {
        let problems: Vec<_> = history.entries.iter().filter_map(|entry| self.problem_of(entry)).collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::with_problems(ErrorKind::Migration, "the migrations do not fit the history of this database", problems)
            .on_bind(self.bind))
    }

    fn problem_of(&self, entry: &HistoryEntry) -> Option<String> {
        let HistoryEntry { version, name, bind, checksum, .. } = entry;
        if *bind != self.bind.as_str() {
            return Some(two_keys(entry, self.bind));
        }
        let Some(migration) = self.set.get(*version) else {
            let known = self.policy.ignore_missing || self.set.replacing(*version).is_some();
            return (!known).then(|| {
                format!(
                    "`{version}_{name}` is {} here, and there is no such migration: this program is older than the database, or its folder was deleted. \
                     Get it back, or let it pass by `ignore_missing`",
                    entry.state
                )
            });
        };
        let is_changed = !entry.state.is_unfinished() && checksum != migration.checksum();
        is_changed.then(|| {
            format!(
                "`{migration}` was changed after it was applied: get its up.sql back as it was, and write another migration for the change; where it means the same, say so: \
                 {}",
                Settlement::Applied.call(self.bind, *version)
            )
        })
    }

    fn next_up(&self, limit: Option<Version>, history: &History) -> Result<Option<Step<'m>>> {
        if let Some(begun) = history.unfinished() {
            return self.go_on(begun, Direction::Up).map(Some);
        }
        let Some(migration) = self.pending(history).find(|migration| limit.is_none_or(|limit| migration.reach() <= limit)) else {
            return Ok(None);
        };
        let replaced: Vec<_> = migration.replaces().iter().map(|version| history.find(*version)).collect();
        if !replaced.is_empty() && replaced.iter().all(Option::is_some) {
            return Ok(Some(Step::Adopt { migration }));
        }
        if replaced.iter().any(Option::is_some) {
            let missing: Vec<_> =
                migration.replaces().iter().filter(|version| history.find(**version).is_none()).map(ToString::to_string).collect();
            return Err(self.problem(format!(
                "`{migration}` stands for migrations of which some are applied and others are not ({}): upgrade with a release that has them still, then with this \
                 one",
                missing.join(", ")
            )));
        }
        let newest = history.entries.iter().map(|entry| entry.version).max();
        if let Some(newest) = newest.filter(|newest| *newest > migration.version && !self.policy.out_of_order) {
            return Err(self.problem(format!(
                "`{migration}` is older than `{newest}`, which is applied already: give its folder a newer version if it was not applied anywhere yet, or let it pass \
                 by `out_of_order`"
            )));
        }
        Ok(Some(Step::Run { migration, direction: Direction::Up, begun: None }))
    }

    fn next_down(&self, limit: Option<Version>, history: &History) -> Result<Option<Step<'m>>> {
        if let Some(begun) = history.unfinished() {
            return self.go_on(begun, Direction::Down).map(Some);
        }
        // What was squashed is undone by the squash.
        let adoptable = |migration: &&Migration| {
            let replaced = migration.replaces();
            !replaced.is_empty() && replaced.iter().all(|version| history.find(*version).is_some())
        };
        if let Some(migration) = self.pending(history).find(adoptable) {
            return Ok(Some(Step::Adopt { migration }));
        }
        let reach = |entry: &HistoryEntry| self.set.get(entry.version).map_or(entry.version, Migration::reach);
        let newest =
            history.entries.iter().filter(|entry| limit.is_none_or(|limit| reach(entry) > limit)).max_by_key(|entry| entry.version);
        let Some(entry) = newest else { return Ok(None) };
        let Some(migration) = self.set.get(entry.version) else {
            return Err(self.problem(format!("`{}_{}` can't be undone: its files are not there", entry.version, entry.name)));
        };
        if matches!(migration.body, Body::Sql { down: None, .. }) {
            return Err(self.problem(format!("`{migration}` can't be undone: it has no down.sql")));
        }
        Ok(Some(Step::Run { migration, direction: Direction::Down, begun: None }))
    }

    /// What was begun is ended first, in its own direction.
    fn go_on(&self, begun: &HistoryEntry, direction: Direction) -> Result<Step<'m>> {
        let Some(migration) = self.set.get(begun.version) else {
            return Err(
                self.problem(format!("`{}_{}` was begun and is not through, and its files are not there", begun.version, begun.name))
            );
        };
        if begun.state.direction() != Some(direction) {
            let (was, way, back) = match begun.state {
                MigrationState::Reverting => ("its way back was begun", "a downgrade", Settlement::Applied),
                _ => ("it was begun", "an upgrade", Settlement::NotApplied),
            };
            return Err(self.problem(format!(
                "`{migration}`: {was} and is not through ({} of its statements have taken effect): {way} goes on with it; or lead the database to where it was by hand, \
                 and say so: {}",
                begun.statements_done,
                back.call(self.bind, begun.version)
            )));
        }
        Ok(Step::Run { migration, direction, begun: Some(begun.clone()) })
    }

    fn problem(&self, problem: impl Into<String>) -> Error {
        Error::new(ErrorKind::Migration, problem).on_bind(self.bind)
    }
}

/// Of an entry of another bind's.
pub(in crate::migrate) fn two_keys(entry: &HistoryEntry, bind: BindKey) -> String {
    let HistoryEntry { version, name, bind: other, .. } = entry;
    format!(
        "`{version}_{name}` was applied here for bind `{other}`: `{other}` and `{bind}` are one database. Give each its own, or make them one \
         bind; where the bind has got another name, correct the column `bind` of the table `bindery_migrations`"
    )
}

impl History {
    pub(in crate::migrate) fn find(&self, version: Version) -> Option<&HistoryEntry> {
        self.entries.iter().find(|entry| entry.version == version)
    }

    pub(in crate::migrate) fn unfinished(&self) -> Option<&HistoryEntry> {
        self.entries.iter().find(|entry| entry.state.is_unfinished())
    }

    /// The newest that is through.
    pub(in crate::migrate) fn current(&self) -> Option<&HistoryEntry> {
        self.entries.iter().filter(|entry| !entry.state.is_unfinished()).max_by_key(|entry| entry.version)
    }
}

#[cfg(test)]
mod tests;
