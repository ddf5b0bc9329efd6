use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bindery_core::engine::{Places, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use futures_util::FutureExt;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, IoError, Opts, PoolConstraints, PoolOpts, SslOpts};

use crate::config::MysqlConfig;
use crate::error::{Sent, from_mysql, internal, is_of_tls};
use crate::link::Link;
use crate::server::{Server, Servers};
use crate::tls::SslMode;

/// The least time between two looks of the client library for connections that are free for too long.
const LEAST_CHECK: Duration = Duration::from_secs(1);
const MOST_CHECK: Duration = Duration::from_secs(60);
/// No MySQL server has more connections.
const MOST: usize = 100_000;
/// How often a connection that is on its way back is looked for at once, and how long between two looks after that.
const QUICK_TRIES: u32 = 16;
const PAUSE: Duration = Duration::from_millis(1);
/// What is told of more connections than these is asked for again.
const LEAST_REMEMBERED: usize = 64;

/// The connections of one database: the client library's own pool, behind a place for each connection, so that who waits in vain is told
/// who has them.
pub(crate) struct Pool {
    route: Arc<Route>,
    places: Places,
    connect_timeout: Duration,
    pre_ping: bool,
}

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

struct Way {
    /// The client library's pool lives as long as the runtime that first used it.
    conns: Mutex<mysql_async::Pool>,
    /// Held while a caller takes the first step towards a connection.
    beginning: Mutex<()>,
    /// For such a pool.
    pooled: Opts,
    /// For a connection beside the pool.
    settings: Opts,
}

/// What came of the first step towards a connection.
enum Begun {
    Ended(Result<Conn, mysql_async::Error>),
    Connecting(Pin<Box<dyn Future<Output = Result<Conn, mysql_async::Error>> + Send>>),
    /// No connection is free, and none can be made yet.
    Nothing,
}

impl Way {
    fn new(settings: Opts, pooled: Opts) -> Self {
        Way { conns: Mutex::new(mysql_async::Pool::new(pooled.clone())), beginning: Mutex::new(()), pooled, settings }
    }

    fn conns(&self) -> mysql_async::Pool {
        self.conns.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a connection has just been given back, and is not in the pool yet: it gets there in a task of the client library's.
    fn is_unsettled(&self) -> bool {
        let metrics = self.conns().metrics();
        let there = metrics.connections_in_use.load(Ordering::Relaxed) + metrics.connections_in_pool.load(Ordering::Relaxed);
        there < metrics.connection_count.load(Ordering::Relaxed)
    }

    /// Takes a connection that is free, or makes one.
    ///
    /// Nobody waits in the client library's pool: its look for connections that were free for too long closes them and wakes nobody.
    async fn get(&self, is_open: bool) -> Result<Conn, mysql_async::Error> {
        let mut tries = 0;
        loop {
            let conns = self.conns();
            let got = match self.begin(&conns) {
                Begun::Ended(got) => got,
                Begun::Connecting(getting) => getting.await,
                // One is on its way back, or is being closed.
                Begun::Nothing if tries < QUICK_TRIES => {
                    tries += 1;
                    step_aside().await;
                    continue;
                }
                Begun::Nothing => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            match got {
                Err(mysql_async::Error::Driver(DriverError::PoolDisconnected)) if is_open => self.renew(&conns),
                got => return got,
            }
        }
    }

    /// The first step towards a connection. A look at one that is free ends in it, also where the task has used up its budget: the library's pool
    /// counts for ever one whose look is given up.
    fn begin(&self, conns: &mysql_async::Pool) -> Begun {
        // One at a time: so who waits in the library's pool right after the step is this caller, which then leaves before the next one comes.
        let _alone = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        let mut getting = Box::pin(conns.get_conn());
        match tokio::task::unconstrained(getting.as_mut()).now_or_never() {
            Some(got) => Begun::Ended(got),
            None if conns.metrics().active_wait_requests.load(Ordering::Relaxed) > 0 => Begun::Nothing,
            None => Begun::Connecting(getting),
        }
    }

    /// Has another pool for the one that ended with its runtime, unless there is one already.
    fn renew(&self, ended: &mysql_async::Pool) {
        let mut conns = self.conns.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&conns.metrics(), &ended.metrics()) {
            *conns = mysql_async::Pool::new(self.pooled.clone());
        }
    }
}

impl Route {
    fn new(config: &MysqlConfig) -> Result<Self> {
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

    fn way(&self) -> &Way {
        match &self.without_tls {
            Some(way) if self.is_plain.load(Ordering::Relaxed) => way,
            _ => &self.main,
        }
    }

    /// A connection of the pool's, new or used, and who is at its other end.
    async fn connect(&self, is_open: bool) -> Result<(Conn, Arc<Server>), mysql_async::Error> {
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

    fn ways(&self) -> impl Iterator<Item = &Way> {
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

impl Pool {
    pub(crate) fn new(config: MysqlConfig) -> Result<Self> {
        Ok(Pool {
            route: Arc::new(Route::new(&config)?),
            places: Places::new(config.pool()),
            connect_timeout: config.pool().connect_timeout,
            // By a socket of this machine nothing tells that the server has gone but asking it, which costs little there.
            pre_ping: config.pool().pre_ping || config.is_local(),
        })
    }

    /// A connection that is clean.
    pub(crate) async fn acquire(&self) -> Result<Link> {
        let place = self.places.take().await?;
        if self.route.way().is_unsettled() {
            // Another connection would be made.
            step_aside().await;
        }
        // Its future is large. Most often a connection is there, and a timer would take longer than taking it.
        let mut connecting = Box::pin(self.connect());
        let limit = self.connect_timeout;
        let (conn, server) = match connecting.as_mut().now_or_never() {
            Some(connected) => connected?,
            None => tokio::time::timeout(limit, connecting).await.map_err(|_| {
                let message = format!("the MySQL server at {} did not answer within {limit:?} (`connect_timeout`)", self.route.server);
                Error::new(ErrorKind::ConnectionLost, message)
            })??,
        };
        Ok(Link::new(conn, server, Arc::clone(&self.route), place))
    }

    async fn connect(&self) -> Result<(Conn, Arc<Server>)> {
        loop {
            let connected = self.route.connect(!self.places.is_closed()).await;
            let (mut conn, server) = connected.map_err(|error| not_connected(error, &self.route))?;
            if !self.pre_ping || conn.ping().await.is_ok() {
                return Ok((conn, server));
            }
            tracing::debug!("a MySQL connection is closed: it did not answer");
        }
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let idle = self.route.ways().map(|way| {
            let metrics = way.conns().metrics();
            let there = metrics.connection_count.load(Ordering::Relaxed);
            there.saturating_sub(metrics.connections_in_use.load(Ordering::Relaxed))
        });
        let size = usize::try_from(self.places.size()).unwrap_or(usize::MAX);
        PoolStatus::new(size, self.places.in_use(), idle.sum())
    }

    /// Refuses new callers, waits for the connections that are out, and closes all.
    pub(crate) async fn close(&self) {
        self.places.close().await;
        for way in self.route.ways() {
            // A server that doesn't answer must not be waited for without an end.
            let closing = tokio::time::timeout(self.connect_timeout, way.conns().disconnect());
            if !matches!(closing.await, Ok(Ok(()))) {
                tracing::debug!("the MySQL connections could not be closed in peace");
            }
        }
    }
}

/// Lets the tasks that are ready run before this one. Tokio's own `yield_now` looks at the network first, which takes as long as the rest of
/// taking a connection.
async fn step_aside() {
    let mut has_stepped = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_stepped, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The error of a connection that could not be made.
fn not_connected(error: mysql_async::Error, route: &Route) -> Error {
    const NO_DATABASE: u16 = 1049;
    if let mysql_async::Error::Server(said) = &error
        && said.code == NO_DATABASE
    {
        let message = format!("the MySQL server at {} has no database `{}`", route.server, route.database);
        return Error::new(ErrorKind::Configuration, message).with_source(crate::ServerError::new(said));
    }
    match from_mysql(error, &route.server, Sent::No) {
        error
            if error.kind() == ErrorKind::ConnectionLost
                && std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>()) =>
        {
            let message = format!("no connection could be made to the MySQL server at {}", route.server);
            Error::new(ErrorKind::ConnectionLost, message).with_source(error)
        }
        error => error,
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        f.debug_struct("Pool").field("max_size", &status.max_size).field("in_use", &status.in_use).field("idle", &status.idle).finish()
    }
}
