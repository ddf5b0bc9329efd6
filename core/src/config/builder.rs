use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::resolution::Resolution;
use super::setting::Setting;
use super::settings::Settings;
use super::{BindConfig, Config, DatabaseUrl, DriverInfo, Format, OptionValue};
use crate::{Error, ErrorKind, Result};

/// Puts a [`Config`] together from a file, the environment and code; what comes later wins, option by option.
///
/// Nothing is read before [`resolve`](ConfigBuilder::resolve).
#[derive(Clone, Default)]
pub struct ConfigBuilder {
    source: Option<FileSource>,
    environment: Environment,
    folder: Option<PathBuf>,
    code: Settings,
}

#[derive(Clone)]
enum FileSource {
    Path(PathBuf),
    Text(Format, String),
}

impl ConfigBuilder {
    /// Reads this file: TOML, YAML or JSON by the ending of its name. Relative paths in URLs start from its folder, and the
    /// environment is read too. A second file replaces the first.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.source = Some(FileSource::Path(path.into()));
        self
    }

    /// Reads this text as [`file`](ConfigBuilder::file) reads a file, and instead of one; without a folder and without the
    /// environment.
    #[must_use]
    pub fn text(mut self, format: Format, text: impl Into<String>) -> Self {
        self.source = Some(FileSource::Text(format, text.into()));
        self
    }

    /// Whether the process's variables `BINDERY__…` are read; by default they are where there is a [`file`](ConfigBuilder::file).
    #[must_use]
    pub fn environment(mut self, read: bool) -> Self {
        self.environment = if read { Environment::Process } else { Environment::Off };
        self
    }

    /// Reads these variables instead of the process's: for tests.
    ///
    /// ```
    /// use bindery_core::config::{Config, DriverInfo};
    ///
    /// let sqlite = DriverInfo { name: "sqlite", schemes: &["sqlite"], options: &[], parameters: &[] };
    /// let variables = [("BINDERY__DATABASES", "sqlite://"), ("BINDERY__ENGINE_OPTIONS__POOL_SIZE", "5")];
    /// let config = Config::builder().variables(variables).resolve(&[sqlite])?;
    /// assert_eq!(config.binds()[0].pool().size, 5);
    /// # Ok::<(), bindery_core::Error>(())
    /// ```
    #[must_use]
    pub fn variables<N: Into<String>, V: Into<String>>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self {
        self.environment = Environment::Given(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// The folder that relative paths in URLs start from, instead of the file's or, without one, the current folder.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Sets the URL of a bind, which is added where it is new; its options stay. The URL is a [`DatabaseUrl`] or its text.
    #[must_use]
    pub fn bind<U>(mut self, key: impl AsRef<str>, url: U) -> Self
    where
        U: TryInto<DatabaseUrl>,
        U::Error: fmt::Display,
    {
        self.code.bind(key.as_ref()).set_url(url);
        self
    }

    /// Sets an option of a bind, whatever file and environment say; durations are a number of seconds, a
    /// [`Duration`](std::time::Duration) or text with a unit.
    #[must_use]
    pub fn bind_option(mut self, key: impl AsRef<str>, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.code.bind(key.as_ref()).options.set(name.as_ref(), Setting::new(value.into()));
        self
    }

    /// Sets an option of all binds; a bind's own wins.
    #[must_use]
    pub fn engine_option(mut self, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.code.engine_options.set(name.as_ref(), Setting::new(value.into()));
        self
    }

    /// Sets an option of migrations, whatever file and environment say: one of [`MigrationOptions`](super::MigrationOptions).
    #[must_use]
    pub fn migration_option(mut self, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.code.migrations.set(name.as_ref(), Setting::new(value.into()));
        self
    }

    /// Reads every layer and checks the whole against these drivers; of two that serve a scheme, the first does.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: a file that can't be read, or every [problem](Error::problems) of the configuration at once,
    /// each with its bind and option. No URL and no value is shown.
    pub fn resolve(&self, drivers: &[DriverInfo]) -> Result<Config> {
        self.resolve_with(drivers, |_, _| Ok(())).map(|(config, _)| config)
    }

    /// As [`resolve`](ConfigBuilder::resolve), and calls `open` for each bind whose name and URL have no problem, with the index of its
    /// driver: the problems that a driver finds stand in the same error as all others. The engines come in the order of the binds.
    ///
    /// # Errors
    /// As [`resolve`](ConfigBuilder::resolve).
    pub fn resolve_with<T>(&self, drivers: &[DriverInfo], open: impl FnMut(usize, &BindConfig) -> Result<T>) -> Result<(Config, Vec<T>)> {
        let file = match &self.source {
            Some(FileSource::Path(path)) => Some(path.as_path()),
            _ => None,
        };
        let mut settings = match &self.source {
            Some(FileSource::Path(path)) => Format::read_file(path)?,
            Some(FileSource::Text(format, text)) => format.read(text, "the configuration text")?,
            None => Settings::default(),
        };
        settings.merge(self.environment.read(file.is_some())?);
        settings.merge(self.code.clone());
        Resolution { settings, drivers, folder: self.base_folder(file)?, file }.finish(open)
    }

    fn base_folder(&self, file: Option<&Path>) -> Result<PathBuf> {
        let folder = match (&self.folder, file) {
            (Some(folder), _) => std::path::absolute(folder),
            (None, Some(file)) => std::path::absolute(file).map(|file| file.parent().map(Path::to_owned).unwrap_or(file)),
            (None, None) => std::env::current_dir(),
        };
        folder.map_err(|error| Error::new(ErrorKind::Configuration, "the folder of the configuration can't be found").with_source(error))
    }
}

/// The binds that code has named; the file and the environment are not read yet, and their text may hold passwords.
impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ConfigBuilder");
        match &self.source {
            Some(FileSource::Path(path)) => debug.field("file", path),
            Some(FileSource::Text(format, _)) => debug.field("text", format),
            None => &mut debug,
        };
        let binds: Vec<&str> = self.code.binds.iter().map(|(key, _)| key.as_str()).collect();
        debug.field("folder", &self.folder).field("binds", &binds).finish_non_exhaustive()
    }
}
