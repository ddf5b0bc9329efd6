use std::path::{Path, PathBuf};
use std::time::Duration;

use bindery_core::config::{BindConfig, DatabaseUrl, OptionValue, PoolOptions};
use bindery_core::{Error, ErrorKind, Result};

pub(crate) const OPTIONS: [&str; 3] = ["execution", "busy_timeout", "synchronous"];
/// SQLite's own (<https://sqlite.org/uri.html>), and `uri`, which says that the path is one.
pub(crate) const PARAMETERS: [&str; 8] = ["uri", "mode", "cache", "immutable", "nolock", "psow", "vfs", "modeof"];

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// SQLite counts it in milliseconds, of 31 bits; rusqlite panics beyond.
const LONGEST_BUSY_TIMEOUT: Duration = Duration::from_secs(24 * 86_400);

/// One bind's configuration, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct SqliteConfig {
    pub(crate) location: Location,
    pub(crate) execution: Execution,
    pub(crate) busy_timeout: Duration,
    pub(crate) synchronous: Synchronous,
    pub(crate) pool: PoolOptions,
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// In memory, one for the whole engine.
    Memory,
    /// In a file.
    File {
        path: PathBuf,
        /// SQLite's own URI parameters, without those that stand here as fields.
        parameters: Vec<(&'static str, String)>,
        access: Access,
    },
}

/// SQLite's `mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    ReadWrite,
    Create,
}

/// Where statements run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Execution {
    #[default]
    Auto,
    Inline,
    Blocking,
}

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Synchronous {
    #[default]
    Normal,
    Full,
}

impl SqliteConfig {
    /// The default configuration of a database at this place.
    #[cfg(test)]
    pub(crate) fn at(location: Location) -> Self {
        SqliteConfig {
            location,
            execution: Execution::default(),
            busy_timeout: BUSY_TIMEOUT,
            synchronous: Synchronous::default(),
            pool: PoolOptions::default(),
        }
    }

    /// A bind's configuration; one error has every problem of it.
    pub(crate) fn read(bind: &BindConfig) -> Result<Self> {
        let mut problems = check_pool(bind.pool());
        let location = no_server(bind.url()).and_then(|()| location(bind.url().path(), &|name| bind.url().parameter(name), bind.folder()));
        let execution = bind.option("execution").map_or(Ok(Execution::default()), execution);
        let busy_timeout = bind.option("busy_timeout").map_or(Ok(BUSY_TIMEOUT), duration);
        let synchronous = bind.option("synchronous").map_or(Ok(Synchronous::default()), synchronous);
        if let (Ok(location), Ok(execution), Ok(busy_timeout), Ok(synchronous), []) =
            (&location, &execution, &busy_timeout, &synchronous, problems.as_slice())
        {
            return Ok(SqliteConfig {
                location: location.clone(),
                execution: *execution,
                busy_timeout: *busy_timeout,
                synchronous: *synchronous,
                pool: bind.pool().clone(),
            });
        }
        problems.extend([location.err(), execution.err(), busy_timeout.err(), synchronous.err()].into_iter().flatten());
        Err(Error::with_problems(ErrorKind::Configuration, "the SQLite database is not configured correctly", problems))
    }
}

/// What r2d2 would panic at.
fn check_pool(pool: &PoolOptions) -> Vec<String> {
    let durations = [("pool_recycle", pool.recycle), ("idle_timeout", pool.idle_timeout), ("connect_timeout", Some(pool.connect_timeout))];
    let zero = durations.into_iter().filter(|(_, duration)| duration.is_some_and(|duration| duration.is_zero()));
    let mut problems: Vec<_> = zero.map(|(name, _)| format!("option `{name}`: must be longer than 0")).collect();
    if pool.size == 0 {
        problems.push("option `pool_size`: must be at least 1".into());
    }
    problems
}

/// `sqlite://notes.db` has a host and no path, and would be a database in memory, which nobody has asked for.
fn no_server(url: &DatabaseUrl) -> std::result::Result<(), String> {
    if url.user().is_some() || url.password().is_some() {
        // Its host isn't shown either: with a login beside it, nobody knows which part is the secret.
        return Err("SQLite has no users and no servers: a file has three slashes and nothing before them, `sqlite:///notes.db`".into());
    }
    let [host, ..] = url.hosts() else { return Ok(()) };
    let file = match url.path() {
        "" => host.name().to_owned(),
        path => format!("{}/{path}", host.name()),
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if url.hosts().len() > 1 || host.port().is_some() || !file.chars().all(plain) {
        return Err("SQLite has no servers: a file has three slashes, `sqlite:///notes.db`".into());
    }
    Err(format!("`{}` stands where a host does: a file has three slashes, `sqlite:///{file}`", host.name()))
}

/// The place that a URL's path and parameters name.
pub(crate) fn location<'a>(
    path: &str,
    parameter: &dyn Fn(&str) -> Option<&'a str>,
    folder: &Path,
) -> std::result::Result<Location, String> {
    let is_uri = match parameter("uri") {
        None | Some("true" | "1" | "yes" | "on") => path.starts_with("file:"),
        Some("false" | "0" | "no" | "off") => false,
        Some(_) => return Err("URL parameter `uri`: must be `true` or `false`".into()),
    };
    let path = if is_uri { uri_path(&path["file:".len()..])? } else { path };
    let (access, in_memory) = match parameter("mode") {
        None | Some("rwc") => (Access::Create, false),
        Some("rw") => (Access::ReadWrite, false),
        Some("ro") => (Access::ReadOnly, false),
        Some("memory") => (Access::Create, true),
        Some(_) => return Err("URL parameter `mode`: must be `ro`, `rw`, `rwc` or `memory`".into()),
    };
    if in_memory || path.is_empty() || path == ":memory:" {
        return match access {
            Access::Create => Ok(Location::Memory),
            _ => Err("URL parameter `mode`: a database in memory can only be created".into()),
        };
    }
    if path.contains('\0') {
        return Err("the file name contains a NUL byte".into());
    }
    let parameters: Vec<_> = PARAMETERS
        .into_iter()
        .filter(|name| !matches!(*name, "uri" | "mode"))
        .filter_map(|name| Some((name, parameter(name)?.to_owned())))
        .collect();
    let immutable = parameters.iter().any(|(name, value)| *name == "immutable" && matches!(value.as_str(), "1" | "true" | "yes" | "on"));
    let access = if immutable { Access::ReadOnly } else { access };
    Ok(Location::File { path: folder.join(path), parameters, access })
}

/// The path of `file:path`, `file:/path`, `file:///path`, `file://localhost/path`.
fn uri_path(rest: &str) -> std::result::Result<&str, String> {
    match rest.strip_prefix("//") {
        None => Ok(rest),
        Some(rest) => {
            let path = rest.strip_prefix("localhost").unwrap_or(rest);
            if path.starts_with('/') { Ok(path) } else { Err("a `file:` URI with two slashes names no other host than `localhost`".into()) }
        }
    }
}

impl Location {
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self, Location::File { access: Access::ReadOnly, .. })
    }
}

fn execution(value: &OptionValue) -> std::result::Result<Execution, String> {
    match value {
        OptionValue::Text(text) if text == "auto" => Ok(Execution::Auto),
        OptionValue::Text(text) if text == "inline" => Ok(Execution::Inline),
        OptionValue::Text(text) if text == "blocking" => Ok(Execution::Blocking),
        _ => Err("option `execution`: must be \"auto\", \"inline\" or \"blocking\"".into()),
    }
}

fn synchronous(value: &OptionValue) -> std::result::Result<Synchronous, String> {
    match value {
        OptionValue::Text(text) if text == "normal" => Ok(Synchronous::Normal),
        OptionValue::Text(text) if text == "full" => Ok(Synchronous::Full),
        _ => Err("option `synchronous`: must be \"normal\" or \"full\"".into()),
    }
}

fn duration(value: &OptionValue) -> std::result::Result<Duration, String> {
    let seconds = match value {
        OptionValue::Integer(seconds) => Some(*seconds as f64),
        OptionValue::Float(seconds) => Some(*seconds),
        OptionValue::Text(text) => {
            let number = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            let factor = match &text[number.len()..] {
                "" | "s" => Some(1.0),
                "ms" => Some(0.001),
                "m" => Some(60.0),
                "h" => Some(3600.0),
                "d" => Some(86_400.0),
                _ => None,
            };
            number.trim_end().parse::<f64>().ok().zip(factor).map(|(number, factor)| number * factor)
        }
        _ => None,
    };
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| *duration <= LONGEST_BUSY_TIMEOUT)
        .ok_or_else(|| "option `busy_timeout`: must be seconds, or a duration such as \"5s\" or \"250ms\", of at most 24 days".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let text = |text: &str| OptionValue::Text(text.into());
        assert_eq!(execution(&text("inline")), Ok(Execution::Inline));
        assert_eq!(synchronous(&text("full")), Ok(Synchronous::Full));
        assert_eq!(duration(&OptionValue::Integer(3)), Ok(Duration::from_secs(3)));
        assert_eq!(duration(&OptionValue::Float(0.5)), Ok(Duration::from_millis(500)));
        for (given, millis) in [("250ms", 250), ("1.5s", 1_500), ("2", 2_000), ("2 m", 120_000), ("24d", 2_073_600_000)] {
            assert_eq!(duration(&text(given)), Ok(Duration::from_millis(millis)), "{given}");
        }
        let numbers = [OptionValue::Integer(-1), OptionValue::Integer(i64::MAX), OptionValue::Float(f64::NAN)];
        for wrong in [text("auto "), text(""), text("5 days"), text("25d"), OptionValue::Bool(true)].into_iter().chain(numbers) {
            assert!(execution(&wrong).is_err() && synchronous(&wrong).is_err() && duration(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_server_in_the_url_is_refused() {
        let read = |url: &str| SqliteConfig::read(&BindConfig::new(bindery_core::BindKey::DEFAULT, url.parse().unwrap()));
        for (url, problem) in [
            ("sqlite://notes.db", "`notes.db` stands where a host does: a file has three slashes, `sqlite:///notes.db`"),
            ("sqlite://data/notes.db?mode=ro", "`data` stands where a host does: a file has three slashes, `sqlite:///data/notes.db`"),
            ("sqlite://notes.db:5", "SQLite has no servers: a file has three slashes, `sqlite:///notes.db`"),
            ("sqlite://a,b/notes.db", "SQLite has no servers: a file has three slashes, `sqlite:///notes.db`"),
            ("sqlite://a%0Ab", "SQLite has no servers: a file has three slashes, `sqlite:///notes.db`"),
        ] {
            let error = read(url).unwrap_err();
            assert_eq!((error.kind(), error.problems()), (ErrorKind::Configuration, [problem.to_owned()].as_slice()), "{url}");
        }
        for url in ["sqlite://ada@notes.db", "sqlite://ada:hunter2@hunter2.db/hunter2", "sqlite://:hunter2@/notes.db"] {
            let error = read(url).unwrap_err();
            assert!(error.problems()[0].starts_with("SQLite has no users and no servers"), "{error}");
            assert!(!format!("{error:?}").contains("hunter2") && !format!("{error:?}").contains("ada"), "{error:?}");
        }
        for url in ["sqlite://", "sqlite:///:memory:"] {
            assert_eq!(read(url).unwrap().location, Location::Memory);
        }
        assert!(matches!(read("sqlite:///notes.db").unwrap().location, Location::File { .. }));
    }

    #[test]
    fn what_r2d2_would_panic_at_is_told() {
        assert!(check_pool(&PoolOptions::default()).is_empty());
        let mut pool = PoolOptions::default();
        pool.size = 0;
        pool.recycle = Some(Duration::ZERO);
        pool.connect_timeout = Duration::ZERO;
        assert_eq!(check_pool(&pool).len(), 3);
    }
}
