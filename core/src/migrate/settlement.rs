use super::Version;
use crate::BindKey;

/// How a migration that was cut off stands, as someone says who has looked: [`Migrations::settle`](super::Migrations::settle).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// all that it does is there; also for one whose file was changed after it was applied, and means the same
    Applied,
    /// nothing that it does is there
    NotApplied,
    /// this many of its statements, from its first, have taken effect in the direction in which it was run; the next run goes on behind
    /// them
    StatementsDone(usize),
}

impl Settlement {
    /// The call that says it, for messages.
    pub(super) fn call(self, bind: BindKey, version: Version) -> String {
        format!("`migrations.settle(\"{bind}\", \"{version}\".parse()?, Settlement::{self:?}).await?`")
    }
}
