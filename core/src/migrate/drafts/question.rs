use std::fmt;

use crate::ddl::Candidate;

/// What a draft can't know: whether something that is gone and something like it that is new are one thing under another name. It is asked
/// for, never guessed.
///
/// [`Draft::rename_table`](crate::migrate::Draft::rename_table) and [`Draft::rename_column`](crate::migrate::Draft::rename_column) say yes,
/// [`Draft::keep_apart`](crate::migrate::Draft::keep_apart) says no.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Question {
    /// was this table renamed?
    Table {
        /// the name that is gone
        from: String,
        /// the new name
        to: String,
    },
    /// was this column renamed?
    Column {
        /// its table, by its new name
        table: String,
        /// the name that is gone
        from: String,
        /// the new name
        to: String,
    },
}

impl From<Candidate> for Question {
    fn from(candidate: Candidate) -> Self {
        match candidate {
            Candidate::Table { from, to } => Question::Table { from, to },
            Candidate::Column { table, from, to } => Question::Column { table, from, to },
        }
    }
}

impl Question {
    /// Whether both are of one kind and place, and name one thing.
    pub(in crate::migrate) fn shares_a_name(&self, other: &Question) -> bool {
        match (self, other) {
            (Question::Table { from, to }, Question::Table { from: other_from, to: other_to }) => from == other_from || to == other_to,
            (Question::Column { table, from, to }, Question::Column { table: other, from: other_from, to: other_to }) => {
                table == other && (from == other_from || to == other_to)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Table { from, to } => write!(f, "was the table `{from}` renamed to `{to}`?"),
            Question::Column { table, from, to } => write!(f, "was the column `{table}.{from}` renamed to `{table}.{to}`?"),
        }
    }
}
