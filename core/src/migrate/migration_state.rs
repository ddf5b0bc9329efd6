use std::fmt;

use super::Direction;

/// How far a migration has come on a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationState {
    /// it is there
    Applied,
    /// it was begun and is not through
    Applying,
    /// its way back was begun and is not through
    Reverting,
    /// it was not run: someone has said that what it makes is there
    Stamped,
}

impl MigrationState {
    const ALL: [(MigrationState, &'static str); 4] = [
        (MigrationState::Applied, "applied"),
        (MigrationState::Applying, "applying"),
        (MigrationState::Reverting, "reverting"),
        (MigrationState::Stamped, "stamped"),
    ];

    /// By the word that a history has for it.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }

    /// As a history has it.
    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// Whether it was begun, and is neither through nor undone.
    pub fn is_unfinished(self) -> bool {
        self.direction().is_some()
    }

    /// Which way it is being run.
    pub(super) fn direction(self) -> Option<Direction> {
        match self {
            MigrationState::Applying => Some(Direction::Up),
            MigrationState::Reverting => Some(Direction::Down),
            MigrationState::Applied | MigrationState::Stamped => None,
        }
    }
}

impl fmt::Display for MigrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
