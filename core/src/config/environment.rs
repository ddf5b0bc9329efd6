use std::collections::BTreeMap;

use config::{Source, ValueKind};

use super::settings::Settings;
use crate::{Error, ErrorKind, Result};

/// Which environment variables are read.
#[derive(Clone, Default)]
pub(super) enum Environment {
    /// the process's where there is a configuration file, else none
    #[default]
    WithFile,
    Off,
    Process,
    Given(BTreeMap<String, String>),
}

impl Environment {
    /// What the variables `BINDERY__…` set. Binds that only the environment names come in the order of their names: the
    /// environment itself has none.
    pub(super) fn read(&self, has_file: bool) -> Result<Settings> {
        let given = match self {
            Environment::Off => return Ok(Settings::default()),
            Environment::WithFile if !has_file => return Ok(Settings::default()),
            Environment::WithFile | Environment::Process => None,
            Environment::Given(variables) => Some(variables.clone().into_iter().collect()),
        };
        // An empty variable counts as unset: that is what `VAR=` in a shell or a compose file means.
        let variables = config::Environment::with_prefix("BINDERY").separator("__").ignore_empty(true).source(given);
        // The library's error would show the value.
        let variables = variables
            .collect()
            .map_err(|_| Error::new(ErrorKind::Configuration, "an environment variable that begins with `BINDERY__` is not UTF-8"))?;
        let mut variables: Vec<_> = variables.into_iter().collect();
        variables.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Settings::from_environment(variables.iter().filter_map(|(name, value)| match &value.kind {
            ValueKind::String(text) => Some((name.as_str(), text.clone())),
            _ => None,
        })))
    }
}
