use std::path::PathBuf;
use std::time::Duration;

use super::setting::{Expected, Setting};

/// The options of migrations, the same for every bind: the section `[migrations]`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationOptions {
    /// `directory`: the folder that has a folder for each bind; a relative one starts from the configuration file's folder. `migrations`
    /// unless told
    pub directory: PathBuf,
    /// `wait_timeout`: how long a bind that another process is migrating is waited for; five minutes unless told
    pub wait_timeout: Duration,
    /// `lock_timeout`: how long a statement of a migration waits for a lock that the application holds, while all who come later wait
    /// behind it; 30 seconds unless told
    pub lock_timeout: Option<Duration>,
    /// `statement_timeout`: how long a statement of a migration may run, where the server can bound that; without an end unless told
    pub statement_timeout: Option<Duration>,
}

impl Default for MigrationOptions {
    fn default() -> Self {
        MigrationOptions {
            directory: "migrations".into(),
            wait_timeout: Duration::from_secs(300),
            lock_timeout: Some(Duration::from_secs(30)),
            statement_timeout: None,
        }
    }
}

impl MigrationOptions {
    /// The names of the options, as a configuration spells them.
    pub const NAMES: &'static [&'static str] = &["directory", "wait_timeout", "lock_timeout", "statement_timeout"];

    /// Sets one option by its name; `None` where it is none of these, else what the option takes where the value isn't that.
    pub(super) fn set(&mut self, name: &str, setting: &Setting) -> Option<Result<(), Expected>> {
        Some(match name {
            "directory" => match setting.text() {
                Ok("") => Err("the path of a folder"),
                other => other.map(|directory| self.directory = directory.into()),
            },
            "wait_timeout" => setting.duration().map(|timeout| self.wait_timeout = timeout),
            "lock_timeout" => setting.duration_or_never().map(|timeout| self.lock_timeout = timeout),
            "statement_timeout" => setting.duration_or_never().map(|timeout| self.statement_timeout = timeout),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: impl Into<super::super::OptionValue>) -> Option<MigrationOptions> {
        let mut options = MigrationOptions::default();
        options.set(name, &Setting::new(value.into())).unwrap().ok().map(|()| options)
    }

    #[test]
    fn every_name_is_known() {
        for name in MigrationOptions::NAMES {
            assert!(MigrationOptions::default().set(name, &Setting::new(1.into())).is_some(), "{name}");
        }
        assert!(MigrationOptions::default().set("folder", &Setting::new(1.into())).is_none());
    }

    #[test]
    fn values_are_set() {
        assert_eq!(set("directory", "db/changes").unwrap().directory, PathBuf::from("db/changes"));
        assert_eq!(set("wait_timeout", "10s").unwrap().wait_timeout, Duration::from_secs(10));
        assert_eq!(set("lock_timeout", "never").unwrap().lock_timeout, None);
        assert_eq!(set("statement_timeout", 90).unwrap().statement_timeout, Some(Duration::from_secs(90)));
    }

    #[test]
    fn other_values_are_refused() {
        for (name, value) in [("directory", 1), ("lock_timeout", 0), ("statement_timeout", -1), ("wait_timeout", -1)] {
            assert_eq!(set(name, value), None, "{name} = {value}");
        }
        assert_eq!(set("directory", ""), None);
    }
}
