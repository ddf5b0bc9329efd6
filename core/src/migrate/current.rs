use std::fmt;

use super::{MigrationState, Version};
use crate::BindKey;

/// Where the database of a bind stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Current {
    /// the bind
    pub bind: BindKey,
    /// the newest migration that is through, with its name; `None` before the first
    pub version: Option<(Version, String)>,
    /// the migration that was begun and is not through, and which way
    pub unfinished: Option<(Version, MigrationState)>,
    /// the migrations that are not applied yet, with their names
    pub pending: Vec<(Version, String)>,
}

impl fmt::Display for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bind `{}` is at ", self.bind)?;
        match &self.version {
            Some((version, name)) => write!(f, "`{version}_{name}`")?,
            None => f.write_str("nothing")?,
        }
        if let Some((version, state)) = self.unfinished {
            write!(f, ", with {version} {state}")?;
        }
        match self.pending.len() {
            0 if self.version.is_none() => f.write_str(", and has no migrations"),
            0 => f.write_str(", the newest"),
            pending => write!(f, ", {pending} behind the newest"),
        }
    }
}
