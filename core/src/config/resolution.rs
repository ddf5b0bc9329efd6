use std::path::{Path, PathBuf};

use super::names::{closest, did_you_mean, quoted};
use super::setting::{Expected, Setting};
use super::settings::{BindSettings, Options, Settings};

use super::{BindConfig, Config, DatabaseUrl, DriverInfo, MigrationOptions, PoolOptions, TraceOptions};
use crate::{BindKey, Error, ErrorKind, Result};

/// The drivers of bindery itself: the Cargo feature, and the schemes that it serves.
const FEATURES: [(&str, &[&str]); 3] =
    [("sqlite", &["sqlite"]), ("postgres", &["postgresql", "postgres"]), ("mysql", &["mysql", "mariadb"])];

/// All layers put together, about to be checked against the drivers.
pub(super) struct Resolution<'a> {
    pub(super) settings: Settings,
    pub(super) drivers: &'a [DriverInfo],
    pub(super) folder: PathBuf,
    pub(super) file: Option<&'a Path>,
}

impl Resolution<'_> {
    /// Checks everything, gathers every problem, and opens what has none.
    pub(super) fn finish<T>(mut self, mut open: impl FnMut(usize, &BindConfig) -> Result<T>) -> Result<(Config, Vec<T>)> {
        let mut problems = std::mem::take(&mut self.settings.problems);
        if !self.settings.binds.iter().any(|(key, _)| key == BindKey::DEFAULT.as_str()) {
            problems.push("there is no bind `default`: add it to `databases`".to_owned());
        }
        let common = self.common_options(&mut problems);
        let migrations = self.migration_options(&mut problems);

        let (mut binds, mut opened) = (Vec::new(), Vec::new());
        for (name, settings) in &self.settings.binds {
            let mut found = Vec::new();
            if let Some((bind, driver)) = self.bind(name, settings, &common, &mut found) {
                match open(driver, &bind) {
                    Ok(engine) => opened.push(engine),
                    Err(error) if error.problems().is_empty() => found.push(error.to_string()),
                    Err(error) => found.extend_from_slice(error.problems()),
                }
                binds.push(bind);
            }
            problems.extend(found.into_iter().map(|problem| format!("bind {}: {problem}", quoted(name))));
        }
        if !problems.is_empty() {
            let place = self.file.map(|file| format!(" in or beside the file `{}`", file.display())).unwrap_or_default();
            let summary = format!("the configuration of the databases is wrong{place}");
            return Err(Error::with_problems(ErrorKind::Configuration, summary, problems));
        }
        Ok((Config { binds, migrations }, opened))
    }

    /// The common options of `engine_options`. A driver's own option may stand there too: it is for the binds of that driver.
    fn common_options(&self, problems: &mut Vec<String>) -> CommonOptions {
        let mut common = CommonOptions::default();
        let own: Vec<&str> = self.drivers.iter().flat_map(|driver| driver.options.iter().copied()).collect();
        let mut found = Vec::new();
        common.set_all(&self.settings.engine_options, &mut found, |name, _, found| {
            if !own.contains(&name) {
                found.push(unknown_option(name, own.iter().copied()));
            }
        });
        problems.extend(found.into_iter().map(|problem| format!("engine_options: {problem}")));
        common
    }

    fn migration_options(&self, problems: &mut Vec<String>) -> MigrationOptions {
        let mut options = MigrationOptions::default();
        for (name, setting) in self.settings.migrations.iter() {
            match options.set(name, setting) {
                Some(Ok(())) => {}
                Some(Err(expected)) => problems.push(format!("migrations: {}", setting.must_be(name, expected))),
                None => {
                    let hint = did_you_mean(name, MigrationOptions::NAMES.iter().copied());
                    problems.push(format!("migrations: unknown option {}{hint}", quoted(name)));
                }
            }
        }
        options.directory = self.folder.join(options.directory);
        options
    }

    /// One bind and the index of its driver, where no problem is found.
    fn bind(&self, name: &str, settings: &BindSettings, common: &CommonOptions, found: &mut Vec<String>) -> Option<(BindConfig, usize)> {
        let key = name.parse::<BindKey>().map_err(|_| {
            found.push("its name is not a lower-case letter, then up to 31 lower-case letters, digits and single underscores".to_owned());
        });
        let url = match &settings.url {
            Some(Ok(url)) => Some(url),
            Some(Err(problem)) => {
                found.push(problem.clone());
                None
            }
            None => {
                let meant = settings.options.iter().map(|(name, _)| name).find(|name| closest(name, ["url"]).is_some());
                let hint = meant.map(|name| format!(": did you mean it by {}?", quoted(name))).unwrap_or_default();
                found.push(format!("it has no `url`{hint}"));
                None
            }
        };
        let driver = url.and_then(|url| {
            let driver = self.drivers.iter().position(|driver| driver.serves(url.scheme()));
            match driver {
                Some(driver) => check_parameters(url, &self.drivers[driver], found),
                None => found.push(unknown_scheme(url.scheme(), self.drivers)),
            }
            driver
        });
        // What a driver says of a URL that is refused already would be said twice; a wrong option hides nothing of it.
        let url = url.filter(|_| found.is_empty());

        let mut common = common.clone();
        let mut own: Vec<(String, Setting)> = Vec::new();
        let driver_options = driver.map_or(&[] as &[&str], |driver| self.drivers[driver].options);
        for (name, setting) in self.settings.engine_options.iter().filter(|(name, _)| driver_options.contains(name)) {
            own.push((name.to_owned(), setting.clone()));
        }
        common.set_all(&settings.options, found, |name, setting, found| {
            if driver_options.contains(&name) {
                own.push((name.to_owned(), setting.clone()));
            } else if driver.is_some() || closest(name, CommonOptions::names()).is_some() {
                // Without a driver nobody knows which other options there are.
                found.push(unknown_option(name, driver_options.iter().copied().chain(["url"])));
            }
        });

        match (key, url, driver) {
            (Ok(key), Some(url), Some(driver)) => {
                let bind = BindConfig::new(key, url.clone()).with_pool(common.pool).with_trace(common.trace).with_folder(&self.folder);
                let bind = own.into_iter().fold(bind, |bind, (name, setting)| bind.with_setting(name, setting));
                Some((bind, driver))
            }
            _ => None,
        }
    }
}

/// The options that every bind has, whatever its backend.
#[derive(Clone, Default)]
struct CommonOptions {
    pool: PoolOptions,
    trace: TraceOptions,
}

impl CommonOptions {
    fn names<'a>() -> impl Iterator<Item = &'a str> {
        PoolOptions::NAMES.iter().chain(TraceOptions::NAMES).copied()
    }

    /// Sets those that are common, and hands the others on.
    fn set_all(&mut self, options: &Options, found: &mut Vec<String>, mut other: impl FnMut(&str, &Setting, &mut Vec<String>)) {
        for (name, setting) in options.iter() {
            match self.set(name, setting) {
                Some(Ok(())) => {}
                Some(Err(expected)) => found.push(setting.must_be(name, expected)),
                None => other(name, setting, found),
            }
        }
    }

    fn set(&mut self, name: &str, setting: &Setting) -> Option<Result<(), Expected>> {
        self.pool.set(name, setting).or_else(|| self.trace.set(name, setting))
    }
}

fn unknown_option<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let hint = did_you_mean(name, CommonOptions::names().chain(known));
    format!("unknown option {}{hint}", quoted(name))
}

fn check_parameters(url: &DatabaseUrl, driver: &DriverInfo, found: &mut Vec<String>) {
    for (name, _) in url.parameters().filter(|(name, _)| !driver.parameters.contains(name)) {
        let hint = if CommonOptions::names().chain(driver.options.iter().copied()).any(|option| option == name) {
            ": it is an option of the bind: set it beside `url`".to_owned()
        } else {
            did_you_mean(name, driver.parameters.iter().copied())
        };
        found.push(format!("the driver `{}` does not read the URL's query parameter {}{hint}", driver.name, quoted(name)));
    }
}

fn unknown_scheme(scheme: &str, drivers: &[DriverInfo]) -> String {
    let feature = |scheme: &str| FEATURES.iter().find(|(_, schemes)| schemes.contains(&scheme)).map(|(feature, _)| *feature);
    let shown = quoted_scheme(scheme);
    if let Some(feature) = feature(scheme) {
        return format!("no driver serves the scheme {shown}: enable the Cargo feature `{feature}` of bindery");
    }
    // SQLAlchemy's users name a Python driver: `postgresql+psycopg2`.
    if let Some((base, _)) = scheme.split_once('+')
        && (feature(base).is_some() || drivers.iter().any(|driver| driver.serves(base)))
    {
        return format!("no driver serves the scheme {shown}: write `{base}`, without the Python driver's name");
    }
    let known = drivers.iter().flat_map(|driver| driver.schemes.iter().copied());
    let known = known.chain(FEATURES.iter().flat_map(|(_, schemes)| schemes.iter().copied()));
    let hint = did_you_mean(scheme, known);
    if hint.is_empty() {
        format!("no driver serves the scheme {shown}: hand a driver for it to `.driver(..)`")
    } else {
        format!("no driver serves the scheme {shown}{hint}")
    }
}

/// A scheme has a charset of its own, which allows `+`.
fn quoted_scheme(scheme: &str) -> String {
    if scheme.len() <= 40 { format!("`{scheme}`") } else { "of its URL".to_owned() }
}
