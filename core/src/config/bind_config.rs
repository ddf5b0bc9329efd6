use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::setting::{Expected, Setting};
use super::{DatabaseUrl, OptionValue, PoolOptions, TraceOptions};
use crate::{BindKey, Error, ErrorKind, Result};

/// The configuration of one bind, checked: what a [`Driver`](crate::engine::Driver) opens an engine from.
///
/// `Debug` shows no secret: no password, no parameter's value, no value of a driver's own option.
///
/// ```
/// use bindery_core::{BindKey, config::BindConfig};
///
/// let bind = BindConfig::new(BindKey::from_static("auth"), "sqlite:///auth.db".parse()?).with_option("execution", "inline");
/// assert_eq!(bind.pool().size, 10);
/// assert_eq!(bind.text("execution")?, Some("inline"));
/// assert_eq!(bind.integer("execution").unwrap_err().to_string(), "option `execution` must be a whole number");
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Clone)]
pub struct BindConfig {
    key: BindKey,
    url: DatabaseUrl,
    pool: PoolOptions,
    trace: TraceOptions,
    options: Vec<(String, Setting)>,
    folder: PathBuf,
}

impl BindConfig {
    /// A bind with every option at its default, whose relative paths start from the current folder.
    pub fn new(key: BindKey, url: DatabaseUrl) -> Self {
        BindConfig {
            key,
            url,
            pool: PoolOptions::default(),
            trace: TraceOptions::default(),
            options: Vec::new(),
            folder: PathBuf::from("."),
        }
    }

    /// At another URL.
    #[must_use]
    pub fn with_url(mut self, url: DatabaseUrl) -> Self {
        self.url = url;
        self
    }

    /// With these options of the pool.
    #[must_use]
    pub fn with_pool(mut self, pool: PoolOptions) -> Self {
        self.pool = pool;
        self
    }

    /// With these options of what is told of its statements.
    #[must_use]
    pub fn with_trace(mut self, trace: TraceOptions) -> Self {
        self.trace = trace;
        self
    }

    /// With an option of the driver's own, instead of one of the same name.
    #[must_use]
    pub fn with_option(self, name: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.with_setting(name.into(), Setting::new(value.into()))
    }

    pub(super) fn with_setting(mut self, name: String, setting: Setting) -> Self {
        self.options.retain(|(other, _)| *other != name);
        self.options.push((name, setting));
        self
    }

    /// With the folder that relative paths start from.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// The bind.
    pub fn key(&self) -> BindKey {
        self.key
    }

    /// Its URL.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The options of its pool.
    pub fn pool(&self) -> &PoolOptions {
        &self.pool
    }

    /// What is told of its statements. Core reads it; a driver has nothing to do for it.
    pub fn trace(&self) -> &TraceOptions {
        &self.trace
    }

    /// The folder that relative paths start from: the configuration file's, else the current one; absolute where a
    /// [`Config`](super::Config) was resolved.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// An option of the driver's own, as it was set; in the environment that is always text. The methods that ask for a type
    /// ([`bool`](BindConfig::bool), [`integer`](BindConfig::integer), [`text`](BindConfig::text),
    /// [`duration`](BindConfig::duration)) read that text too.
    pub fn option(&self, name: &str) -> Option<&OptionValue> {
        self.setting(name).map(|setting| &setting.value)
    }

    /// An option of the driver's own that is true or false.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it is something else.
    pub fn bool(&self, name: &str) -> Result<Option<bool>> {
        self.read(name, Setting::bool)
    }

    /// An option of the driver's own that is a whole number.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it is something else.
    pub fn integer(&self, name: &str) -> Result<Option<i64>> {
        self.read(name, Setting::integer)
    }

    /// An option of the driver's own that is text.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it is something else.
    pub fn text(&self, name: &str) -> Result<Option<&str>> {
        self.read(name, Setting::text)
    }

    /// An option of the driver's own that is a duration: a number of seconds, or text with a unit (`"500ms"`, `"30s"`).
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where it is something else, negative, or longer than 100 years.
    pub fn duration(&self, name: &str) -> Result<Option<Duration>> {
        self.read(name, Setting::duration)
    }

    fn setting(&self, name: &str) -> Option<&Setting> {
        self.options.iter().find(|(key, _)| key == name).map(|(_, setting)| setting)
    }

    fn read<'a, T>(&'a self, name: &str, read: impl Fn(&'a Setting) -> Result<T, Expected>) -> Result<Option<T>> {
        let Some(setting) = self.setting(name) else { return Ok(None) };
        read(setting).map(Some).map_err(|expected| {
            // Without the bind: who gathers the problems of all binds adds it.
            Error::new(ErrorKind::Configuration, setting.must_be(name, expected))
        })
    }
}

impl fmt::Debug for BindConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options: Vec<&str> = self.options.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("BindConfig")
            .field("key", &self.key)
            .field("url", &self.url)
            .field("pool", &self.pool)
            .field("trace", &self.trace)
            .field("options", &options)
            .field("folder", &self.folder)
            .finish()
    }
}
