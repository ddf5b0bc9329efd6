use std::fmt;
use std::time::Duration;

use bindery_core::Result;
use bindery_core::catalog::postgres::Scratch;
use bindery_core::config::{BindConfig, OptionReader, PoolOptions};
use tokio_postgres::config::ChannelBinding;

use crate::hosts::{Host, LoadBalance};
use crate::target::Target;
use crate::tls::Tls;

/// What Linux takes as the times and the number of keepalives.
const MOST_SECONDS: u64 = 32_767;
const MOST_TIMES: u32 = 127;
/// Of the pool of a database that definitions are tried in: one to try them on, and one to look.
const SCRATCH_CONNECTIONS: u32 = 2;

/// libpq's names, each an option of the bind or a parameter of its URL.
pub(crate) const OPTIONS: [&str; 18] = [
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "channel_binding",
    "target_session_attrs",
    "load_balance_hosts",
    "application_name",
    "options",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
];

const CHANNEL_BINDING: [(&str, ChannelBinding); 3] =
    [("disable", ChannelBinding::Disable), ("prefer", ChannelBinding::Prefer), ("require", ChannelBinding::Require)];

/// One bind's configuration, read and checked. `Debug` shows no secret.
#[derive(Clone)]
pub(crate) struct PostgresConfig {
    pub(crate) hosts: Vec<Host>,
    pub(crate) load_balance: LoadBalance,
    pub(crate) target: Target,
    pub(crate) tls: Tls,
    /// everything else that a connection needs: all but the host and whether there is TLS
    pub(crate) settings: tokio_postgres::Config,
    database: String,
    pool: PoolOptions,
}

impl PostgresConfig {
    /// Reads a bind's configuration and its certificates; one error has every problem of it.
    pub(crate) fn new(bind: &BindConfig) -> Result<Self> {
        let mut reader = OptionReader::new(bind);
        let mut settings = tokio_postgres::Config::new();
        let database = read_login(&mut reader, &mut settings);
        read_keepalives(&mut reader, &mut settings);
        if let Some(binding) = reader.word("channel_binding", &CHANNEL_BINDING) {
            settings.channel_binding(binding);
        }
        settings.application_name(reader.text("application_name").unwrap_or_else(|| "bindery".to_owned()));
        if let Some(options) = reader.text("options") {
            settings.options(options);
        }
        let config = PostgresConfig {
            hosts: Host::read_all(&mut reader),
            load_balance: reader.word("load_balance_hosts", &LoadBalance::WORDS).unwrap_or_default(),
            target: reader.word("target_session_attrs", &Target::WORDS).unwrap_or_default(),
            tls: Tls::read(&mut reader),
            settings,
            database,
            pool: bind.pool().clone(),
        };
        reader.finish("the PostgreSQL database is not configured correctly").map(|()| config)
    }

    /// The configuration of a bind at this URL, everything else at its default.
    #[cfg(test)]
    pub(crate) fn at(url: &str) -> Self {
        let bind = BindConfig::new(bindery_core::BindKey::DEFAULT, url.parse().unwrap());
        PostgresConfig::new(&bind).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[cfg(test)]
    pub(crate) fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.pool.connect_timeout = timeout;
        self
    }

    /// The same for a database that was made beside this one, on the one server that it was made on, as far as there is a choice.
    pub(crate) fn for_scratch(&self, scratch: &Scratch) -> Self {
        let mut config = self.clone();
        config.database = scratch.name.clone();
        config.settings.dbname(&scratch.name);
        // The last one of a name counts.
        let options = format!("{} -c search_path={}", self.settings.get_options().unwrap_or_default(), escaped(&scratch.search_path));
        config.settings.options(options.trim_start());
        config.target = Target::ReadWrite;
        config.pool.size = SCRATCH_CONNECTIONS;
        config
    }

    pub(crate) fn pool(&self) -> &PoolOptions {
        &self.pool
    }

    /// The database's name, which is no secret.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }
}

/// The value of a setting, as it stands in `options`.
fn escaped(value: &str) -> String {
    value.chars().flat_map(|letter| (letter.is_whitespace() || letter == '\\').then_some('\\').into_iter().chain([letter])).collect()
}

/// User, password and database, whose name it returns.
fn read_login(reader: &mut OptionReader<'_>, settings: &mut tokio_postgres::Config) -> String {
    let url = reader.bind().url();
    let user = reader.text_beside("user", url.user()).filter(|user| !user.is_empty());
    let user = user.or_else(|| whoami::username().ok()).unwrap_or_else(|| {
        reader.problem("`user` is not set, and the operating system doesn't say who runs this");
        String::new()
    });
    if let Some(password) = reader.text_beside("password", url.password()) {
        settings.password(password);
    }
    let path = Some(url.path()).filter(|path| !path.is_empty());
    let database = reader.text_beside("dbname", path).filter(|name| !name.is_empty()).unwrap_or_else(|| user.clone());
    settings.user(user).dbname(&database);
    database
}

fn read_keepalives(reader: &mut OptionReader<'_>, settings: &mut tokio_postgres::Config) {
    if let Some(on) = reader.switch("keepalives") {
        settings.keepalives(on);
    }
    if let Some(idle) = seconds(reader, "keepalives_idle") {
        settings.keepalives_idle(idle);
    }
    if let Some(interval) = seconds(reader, "keepalives_interval") {
        settings.keepalives_interval(interval);
    }
    if let Some(count) = reader.integer("keepalives_count") {
        match u32::try_from(count).ok().filter(|count| (1..=MOST_TIMES).contains(count)) {
            Some(count) => _ = settings.keepalives_retries(count),
            None => reader.problem(format!("`keepalives_count` must be from 1 to {MOST_TIMES}")),
        }
    }
}

fn seconds(reader: &mut OptionReader<'_>, name: &'static str) -> Option<Duration> {
    let duration = reader.duration(name)?;
    if !(1..=MOST_SECONDS).contains(&duration.as_secs()) {
        reader.problem(format!("`{name}` must be from 1 to {MOST_SECONDS} seconds"));
    }
    Some(duration)
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("hosts", &self.hosts)
            .field("load_balance", &self.load_balance)
            .field("target", &self.target)
            .field("tls", &self.tls.mode)
            .field("database", &self.database)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
