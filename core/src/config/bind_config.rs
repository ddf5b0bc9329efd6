use std::path::{Path, PathBuf};

use super::{DatabaseUrl, PoolOptions};
use crate::BindKey;

/// The configuration of one bind, checked: what a [`Driver`](crate::engine::Driver) opens an engine from.
#[derive(Debug, Clone)]
pub struct BindConfig {
    key: BindKey,
    url: DatabaseUrl,
    pool: PoolOptions,
    options: Vec<(String, OptionValue)>,
    folder: PathBuf,
}

/// The value of a driver's own option.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OptionValue {
    /// true or false
    Bool(bool),
    /// a whole number
    Integer(i64),
    /// a number
    Float(f64),
    /// text
    Text(String),
}

impl BindConfig {
    /// The bind.
    pub fn key(&self) -> BindKey {
        self.key
    }

    /// Its URL.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The options that every bind has.
    pub fn pool(&self) -> &PoolOptions {
        &self.pool
    }

    /// An option of the driver's own.
    pub fn option(&self, name: &str) -> Option<&OptionValue> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The folder that relative paths start from: the configuration file's, else the current one.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
