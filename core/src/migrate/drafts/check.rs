use std::fmt;

use crate::BindKey;

/// How models, migrations and the database of a bind differ. Where they don't, each list is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// the bind
    pub bind: BindKey,
    /// in what files and history don't fit: a file that was changed, a migration that is gone, one that was cut off
    pub history: Vec<String>,
    /// the migrations that are not applied yet
    pub pending: Vec<String>,
    /// what a migration would have to change so that the migrations make what the models say
    pub models: Vec<String>,
    /// in what the database differs from what its migrations have made: someone has changed it by hand
    pub database: Vec<String>,
}

impl Check {
    /// Whether models, migrations and database are the same.
    pub fn is_clean(&self) -> bool {
        let Check { bind: _, history, pending, models, database } = self;
        [history, pending, models, database].into_iter().all(Vec::is_empty)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_clean() {
            return write!(f, "bind `{}`: models, migrations and database are the same", self.bind);
        }
        write!(f, "bind `{}`:", self.bind)?;
        let parts = [
            ("the migrations do not fit the history", &self.history),
            ("not applied yet", &self.pending),
            ("the migrations do not make what the models say", &self.models),
            ("the database is not what its migrations have made", &self.database),
        ];
        for (what, lines) in parts.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            write!(f, "\n  {what}:")?;
            lines.iter().try_for_each(|line| write!(f, "\n    {line}"))?;
        }
        Ok(())
    }
}
