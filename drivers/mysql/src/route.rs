use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bindery_core::Result;
use futures_util::FutureExt;
use mysql_async::{Conn, DriverError, IoError, Opts, PoolConstraints, PoolOpts, SslOpts};

use crate::config::MysqlConfig;
use crate::error::{internal, is_of_tls};
use crate::server::{Server, Servers};
use crate::tls::SslMode;
use crate::way::Way;

/// The least time between two looks of the client library for connections that are free for too long.
const LEAST_CHECK: Duration = Duration::from_secs(1);
const MOST_CHECK: Duration = Duration::from_secs(60);
/// No MySQL server has more connections.
const MOST: usize = 100_000;
/// What is told of more connections than these is asked for again.
const LEAST_REMEMBERED: usize = 64;

/// How connections to the server are made.
pub(crate) struct Route {
    /// the server, for messages
    pub(crate) server: String,
    pub(crate) database: String,
    servers: Servers,
    /// How many statements a connection remembers.
    statements: usize,
    main: Way,
    /// where `ssl_mode` is `preferred`
    without_tls: Option<Way>,
    /// The server doesn't encrypt.
    is_plain: AtomicBool,
}

impl Route {
    pub(crate) fn new(config: &MysqlConfig) -> Result<Self> {
        let size = size(config);
        let servers = Servers::of_most(size.saturating_mul(2).max(LEAST_REMEMBERED));
        let statements = config.pool().statement_cache_size;
        let way = |ssl: Option<SslOpts>| -> Result<Way> {
            let settings = config.settings(ssl);
            let pool = pool_options(config, size)?;
            let remembered = servers.clone();
            let pooled = settings.clone().pool_opts(pool).after_connect(move |conn: &mut Conn| {
                let servers = remembered.clone();
                async move {
                    let server = Server::ask(conn, statements).await?;
                    servers.add(conn.id(), server);
                    Ok(())
                }
                .boxed()
            });
            Ok(Way::new(settings.into(), Opts::from(pooled)))
        };
        let ssl = config.tls.options.clone();
        let without_tls = if config.tls.mode == SslMode::Preferred { Some(way(None)?) } else { None };
        Ok(Route {
            server: config.server().to_owned(),
            database: config.database().to_owned(),
            main: way(ssl)?,
            without_tls,
            is_plain: AtomicBool::new(false),
            servers,
            statements,
        })
    }

    pub(crate) fn way(&self) -> &Way {
        match &self.without_tls {
            Some(way) if self.is_plain.load(Ordering::Relaxed) => way,
            _ => &self.main,
        }
    }

    /// A connection of the pool's, new or used, and who is at its other end.
    pub(crate) async fn connect(&self, is_open: bool) -> Result<(Conn, Arc<Server>), mysql_async::Error> {
        let mut conn = match (self.way().get(is_open).await, &self.without_tls) {
            (Err(error), Some(plain)) if is_about_tls(&error) => {
                self.is_plain.store(true, Ordering::Relaxed);
                plain.get(is_open).await?
            }
            (conn, _) => conn?,
        };
        let server = match self.servers.get(conn.id()) {
            Some(server) => server,
            None => {
                let server = Server::ask(&mut conn, self.statements).await?;
                self.servers.add(conn.id(), server)
            }
        };
        Ok((conn, server))
    }

    /// Nobody needs to know any more who is at the other end of a connection, which is being closed.
    pub(crate) fn forget(&self, connection: u32, server: &Arc<Server>) {
        self.servers.remove(connection, server);
    }

    /// A connection beside the pool, for what can't be asked of the one that it is about.
    pub(crate) async fn aside(&self) -> Result<Conn, mysql_async::Error> {
        Conn::new(self.way().settings.clone()).await
    }

    pub(crate) fn ways(&self) -> impl Iterator<Item = &Way> {
        std::iter::once(&self.main).chain(&self.without_tls)
    }
}

/// The server doesn't encrypt, or not in a way that is known here.
fn is_about_tls(error: &mysql_async::Error) -> bool {
    match error {
        mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer) | mysql_async::Error::Io(IoError::Tls(_)) => true,
        mysql_async::Error::Io(IoError::Io(error)) => is_of_tls(error),
        _ => false,
    }
}

/// The client library makes room for as many at its beginning.
fn size(config: &MysqlConfig) -> usize {
    usize::try_from(config.pool().size).map_or(MOST, |size| size.min(MOST))
}

fn pool_options(config: &MysqlConfig, size: usize) -> Result<PoolOpts> {
    let idle_timeout = config.pool().idle_timeout;
    // The library closes at once what is free beyond the least number, unless such connections may be free for a while.
    let least = if idle_timeout.is_some() { 0 } else { size };
    let constraints = PoolConstraints::new(least, size).ok_or_else(|| internal("a pool of no connections"))?;
    let idle_timeout = idle_timeout.unwrap_or_default();
    Ok(PoolOpts::new()
        .with_constraints(constraints)
        .with_reset_connection(false)
        .with_abs_conn_ttl(config.pool().recycle)
        .with_inactive_connection_ttl(idle_timeout)
        .with_ttl_check_interval((idle_timeout / 2).clamp(LEAST_CHECK, MOST_CHECK)))
}
