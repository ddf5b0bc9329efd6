use std::fmt;
use std::time::Duration;

use bindery_core::Result;
use bindery_core::config::{BindConfig, OptionReader, PoolOptions};
use mysql_async::{Opts, OptsBuilder, SslOpts};

use crate::tls::Tls;

/// Each an option of the bind or a parameter of its URL.
pub(crate) const OPTIONS: [&str; 7] = ["user", "password", "socket", "ssl_mode", "ssl_ca", "ssl_cert", "ssl_key"];

const PORT: u16 = 3306;
/// How long a connection is silent before the system asks whether the other end is there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// What holds in each session, whatever the server's own settings are. 0 is a key like any other; dates have no parts that are zero; a value
/// that doesn't fit is an error; literals compare as the text columns that bindery creates.
///
/// Each statement outside a transaction commits itself, and a commit begins no other transaction.
const SETUP: &str = "SET NAMES utf8mb4 COLLATE utf8mb4_bin, autocommit = 1, completion_type = 0, time_zone = '+00:00', sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,\
                     STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,\
                     NO_UNSIGNED_SUBTRACTION'";

/// One bind's configuration, read and checked. `Debug` shows no secret.
#[derive(Clone)]
pub(crate) struct MysqlConfig {
    /// what a connection needs, but for the pool and whether there is TLS
    settings: Opts,
    pub(crate) tls: Tls,
    backend: &'static str,
    server: String,
    database: String,
    is_local: bool,
    pool: PoolOptions,
}

impl MysqlConfig {
    /// Reads a bind's configuration and its certificates; one error has every problem of it.
    pub(crate) fn new(bind: &BindConfig) -> Result<Self> {
        let mut reader = OptionReader::new(bind);
        let url = bind.url();
        let user = reader.text_beside("user", url.user()).filter(|user| !user.is_empty());
        let user = user.or_else(|| whoami::username().ok()).unwrap_or_else(|| {
            reader.problem("`user` is not set, and the operating system doesn't say who runs this");
            String::new()
        });
        let password = reader.text_beside("password", url.password());
        let database = url.path().to_owned();
        if database.is_empty() {
            reader.problem("the URL names no database: it is `mysql://user@host/database`");
        }
        let (host, port) = match url.hosts() {
            [] => ("localhost", PORT),
            [host] => (host.name(), host.port().unwrap_or(PORT)),
            _ => {
                reader.problem("the URL names several hosts, and this driver connects to one: give it the one that may write, or a proxy");
                ("", PORT)
            }
        };
        let socket = reader.text("socket");
        let is_local = socket.is_some();
        let server = match &socket {
            Some(socket) => socket.clone(),
            None if host.contains(':') => format!("[{host}]:{port}"),
            None => format!("{host}:{port}"),
        };
        let tls = Tls::read(&mut reader, socket.is_some());
        reader.finish("the MySQL database is not configured correctly")?;
        let settings = OptsBuilder::default()
            .ip_or_hostname(host)
            .tcp_port(port)
            .socket(socket)
            .prefer_socket(false)
            .user(Some(user))
            .pass(password)
            .db_name(Some(database.as_str()))
            .client_found_rows(true)
            // A server that vanishes without a word would be waited for without an end.
            .tcp_keepalive(Some(KEEPALIVE))
            .stmt_cache_size(0) // the driver has one of its own
            .connect_attribute("program_name", "bindery")
            .setup(vec![SETUP]);
        let backend = if url.scheme() == "mariadb" { "mariadb" } else { "mysql" };
        Ok(MysqlConfig { settings: settings.into(), tls, backend, server, database, is_local, pool: bind.pool().clone() })
    }

    /// How a connection is made, encrypted so or not at all.
    pub(crate) fn settings(&self, ssl: Option<SslOpts>) -> OptsBuilder {
        OptsBuilder::from_opts(self.settings.clone()).ssl_opts(ssl)
    }

    /// The same for another database of the server, with a pool of this size.
    pub(crate) fn for_database(&self, database: &str, pool_size: u32) -> Self {
        let settings = OptsBuilder::from_opts(self.settings.clone()).db_name(Some(database));
        let mut config = MysqlConfig { settings: settings.into(), database: database.to_owned(), ..self.clone() };
        config.pool.size = pool_size;
        config
    }

    /// The backend's name, as the URL has it: which server it is, only a connection tells.
    pub(crate) fn backend(&self) -> &'static str {
        self.backend
    }

    /// Where the server is, for messages.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// Whether it is reached by a socket of this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.is_local
    }

    pub(crate) fn pool(&self) -> &PoolOptions {
        &self.pool
    }

    /// The database's name, which is no secret.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }
}

impl fmt::Debug for MysqlConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlConfig")
            .field("server", &self.server)
            .field("database", &self.database)
            .field("tls", &self.tls)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
