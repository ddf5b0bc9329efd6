use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bindery_core::engine::{Places, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use futures_util::FutureExt;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::config::MysqlConfig;
use crate::error::{Sent, from_mysql};
use crate::link::Link;
use crate::route::Route;
use crate::server::Server;

/// The connections of one database: the client library's own pool, behind a place for each connection, so that who waits in vain is told
/// who has them.
pub(crate) struct Pool {
    route: Arc<Route>,
    places: Places,
    connect_timeout: Duration,
    pre_ping: bool,
}

impl Pool {
    pub(crate) fn new(config: &MysqlConfig) -> Result<Self> {
        Ok(Pool {
            route: Arc::new(Route::new(config)?),
            places: Places::new(config.pool()),
            connect_timeout: config.pool().connect_timeout,
            // By a socket of this machine nothing tells that the server has gone but asking it, which costs little there.
            pre_ping: config.pool().pre_ping || config.is_local(),
        })
    }

    /// A connection that is clean.
    pub(crate) async fn acquire(&self) -> Result<Link> {
        let place = self.places.take().await?;
        self.route.way().settle().await;
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
