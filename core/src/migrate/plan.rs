use std::fmt;

use super::{Direction, Version};
use crate::BindKey;

/// What an upgrade or a downgrade would do now, without doing it. `Display` is SQL for people to read. It is not for
/// running by hand: the notes in the history are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Plan {
    /// each bind that has something to do
    pub binds: Vec<BindPlan>,
}

/// What would be done on one bind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindPlan {
    /// the bind
    pub bind: BindKey,
    /// what makes the table of the history, where it isn't there yet
    pub creates_history: Option<String>,
    /// the migrations, in the order in which they would be run
    pub steps: Vec<PlannedStep>,
}

/// One migration that would be run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedStep {
    /// its version
    pub version: Version,
    /// its name
    pub name: String,
    /// which way
    pub direction: Direction,
    /// its statements, those apart that have taken effect already; `None` for a migration in Rust
    pub statements: Option<Vec<String>>,
    /// whether it would be run in a transaction
    pub in_transaction: bool,
    /// whether it is only noted, since what it stands for is there
    pub is_noted_only: bool,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binds.is_empty() {
            return f.write_str("-- nothing to do\n");
        }
        self.binds.iter().try_for_each(|bind| bind.fmt(f))
    }
}

impl fmt::Display for BindPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "-- bind `{}`", self.bind)?;
        if let Some(sql) = &self.creates_history {
            writeln!(f, "{sql};")?;
        }
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for PlannedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PlannedStep { version, name, direction, statements, in_transaction, is_noted_only } = self;
        writeln!(f, "-- {direction} {version}_{name}")?;
        if *is_noted_only {
            return writeln!(f, "-- (noted only: the migrations that it stands for are there)");
        }
        let Some(statements) = statements else { return writeln!(f, "-- (in Rust)") };
        if *in_transaction {
            f.write_str("BEGIN;\n")?;
        }
        for sql in statements {
            writeln!(f, "{sql};")?;
        }
        if *in_transaction { f.write_str("COMMIT;\n") } else { Ok(()) }
    }
}
