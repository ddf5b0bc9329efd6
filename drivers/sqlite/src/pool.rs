use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bindery_core::engine::{Effect, Holders, Place, Places, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use r2d2::PooledConnection;
use scheduled_thread_pool::ScheduledThreadPool;
use tokio::runtime::Handle as Runtime;

use crate::config::{Location, SqliteConfig};
use crate::error::internal;
use crate::handle::Handle;
use crate::manager::{Manager, Role, Source};

/// r2d2's workers open, check and close connections: the same two for all engines.
static WORKERS: LazyLock<Arc<ScheduledThreadPool>> =
    LazyLock::new(|| Arc::new(ScheduledThreadPool::builder().num_threads(2).thread_name_pattern("bindery-sqlite-{}").build()));

/// The connections of one database: one that writes, several that read. r2d2 keeps them; who waits, waits here, without a thread.
pub(crate) struct Pool {
    source: Arc<Source>,
    writer: Lane,
    readers: Lane,
    /// In memory there is no WAL: one writes or several read.
    exclusive: bool,
    read_only: bool,
    connect_timeout: Duration,
    pre_ping: bool,
}

struct Lane {
    places: Places,
    connections: Connections,
}

/// r2d2's pool, and the age beyond which a connection is not used again: r2d2 itself looks for old ones every 30 seconds only.
#[derive(Clone)]
struct Connections {
    pool: r2d2::Pool<Manager>,
    recycle: Option<Duration>,
}

/// A connection, with its place in the pool. Dropped in whatever state, it does no harm: r2d2 closes what isn't clean.
pub(crate) struct Held {
    connection: PooledConnection<Manager>,
    // Below the connection, so dropped after it: a place is free once its connection is.
    place: Place,
}

impl Held {
    /// Itself, or the error of a connection that could not be made.
    fn opened(mut self) -> Result<Self> {
        match &mut *self.connection {
            Ok(_) => Ok(self),
            Err(error) => Err(std::mem::replace(error, internal("its error was handed out already"))),
        }
    }

    /// The connection itself.
    pub(crate) fn handle(&mut self) -> Result<&mut Handle> {
        self.connection.as_mut().map_err(|_| internal("a connection that could not be made was handed out"))
    }

    /// Whether someone else may have it as it is.
    pub(crate) fn is_clean(&self) -> bool {
        self.connection.as_ref().is_ok_and(Handle::is_clean)
    }

    /// Makes it clean, if it can be. May take a while: for the blocking pool.
    pub(crate) fn clean(&mut self) {
        self.place.set_cleaning();
        if let Ok(handle) = &mut *self.connection {
            handle.clean();
        }
    }

    /// Notes what it is held for, for those who wait for it.
    pub(crate) fn set_in_transaction(&self, in_transaction: bool) {
        self.place.set_in_transaction(in_transaction);
    }
}

impl Pool {
    pub(crate) fn new(config: &SqliteConfig) -> Self {
        let source = Arc::new(Source::new(config));
        let exclusive = config.location == Location::Memory;
        let mut readers = Lane::new(config, &source, Role::Reader);
        let mut writer = Lane::new(config, &source, Role::Writer);
        if exclusive {
            // A writer takes every reader's place: they are first come, first served, so neither starves. So each waits for the others.
            let holders =
                Holders::of("connection", "in memory one writes or several read: keep transactions short, or raise `pool_timeout`");
            readers.places = Places::of(config.pool.size, config.pool.timeout, holders);
            writer.places = readers.places.clone();
        }
        Pool {
            source,
            writer,
            readers,
            exclusive,
            read_only: config.location.is_read_only(),
            connect_timeout: config.pool.connect_timeout,
            pre_ping: config.pool.pre_ping,
        }
    }

    /// A connection for this effect.
    pub(crate) async fn acquire(&self, effect: Effect, runtime: &Runtime) -> Result<Held> {
        if effect == Effect::Write && self.read_only {
            let message = "the database was opened read-only (`mode=ro` or `immutable`): nothing can be written to it";
            return Err(Error::new(ErrorKind::PermissionDenied, message));
        }
        let lane = match effect {
            Effect::Read => &self.readers,
            Effect::Write => &self.writer,
        };
        let alone = effect == Effect::Write && self.exclusive;
        let place = lane.places.take_several(if alone { self.readers.places.size() } else { 1 }).await?;
        let idle = if self.pre_ping { None } else { lane.connections.pool.try_get() };
        let old = match idle {
            Some(connection) if !lane.connections.is_old(&connection) => return Held { connection, place }.opened(),
            old => old,
        };
        // None is idle: r2d2 opens one on its own threads, and we wait for that on the blocking pool. The place waits with it, so
        // that a dropped wait gives back both.
        let (connections, timeout) = (lane.connections.clone(), self.connect_timeout);
        let opening = runtime.spawn_blocking(move || {
            // Not on the caller's thread: when the last connection of a file is closed, SQLite writes the WAL back.
            if let Some(old) = old {
                close(old);
            }
            connections.get(timeout).map(|connection| Held { connection, place }).map_err(|error| {
                let message = format!("the database could not be opened within {timeout:?} (`connect_timeout`)");
                Error::new(ErrorKind::ConnectionLost, message).with_source(error)
            })
        });
        opening.await.map_err(|_| runtime_is_gone())??.opened()
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let idle = [&self.readers, &self.writer].map(|lane| lane.connections.pool.state().idle_connections as usize);
        let max = self.readers.places.size() + if self.read_only { 0 } else { 1 };
        let out = self.readers.places.in_use() + if self.exclusive { 0 } else { self.writer.places.in_use() };
        PoolStatus::new(max as usize, out, idle.iter().sum())
    }

    /// Refuses new callers, waits for the connections that are out, and closes all.
    pub(crate) async fn close(self: &Arc<Self>) {
        self.readers.places.refuse(); // at once, and not only when the writer is back
        self.writer.places.close().await;
        self.readers.places.close().await;
        let pool = self.clone();
        match Runtime::try_current() {
            // It fails where the runtime is going down, and dropping the pool closes them then.
            Ok(runtime) => drop(runtime.spawn_blocking(move || pool.close_idle()).await),
            Err(_) => pool.close_idle(),
        }
    }

    /// Closes what is free. The last connection of a file moves the WAL into it, which waits for the disk.
    pub(crate) fn close_idle(&self) {
        self.readers.close_idle();
        self.writer.close_idle();
        self.source.close();
    }
}

impl Connections {
    /// One that is open and free, else a new one. Waits on this thread.
    fn get(&self, timeout: Duration) -> Result<PooledConnection<Manager>, r2d2::Error> {
        // After so many old ones it is new, however short the age that was configured.
        for _ in 0..self.pool.max_size() {
            let connection = self.pool.get_timeout(timeout)?;
            if !self.is_old(&connection) {
                return Ok(connection);
            }
            close(connection);
        }
        self.pool.get_timeout(timeout)
    }

    fn is_old(&self, connection: &PooledConnection<Manager>) -> bool {
        self.recycle.is_some_and(|recycle| connection.as_ref().is_ok_and(|handle| handle.age() > recycle))
    }
}

/// Drops it as broken: r2d2 closes those.
fn close(mut connection: PooledConnection<Manager>) {
    *connection = Err(internal("the connection was closed"));
}

impl Lane {
    fn new(config: &SqliteConfig, source: &Arc<Source>, role: Role) -> Self {
        let (size, holders) = match role {
            Role::Writer => (1, Holders::of("writer", "a file has one: keep transactions short, or raise `pool_timeout`")),
            Role::Reader => {
                (config.pool.size, Holders::of("reader", "read results to their end, keep transactions short, or raise `pool_size`"))
            }
        };
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(config.pool.pre_ping)
            .max_lifetime(config.pool.recycle)
            .idle_timeout(config.pool.idle_timeout)
            .connection_timeout(config.pool.connect_timeout)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .thread_pool(WORKERS.clone())
            .build_unchecked(Manager { source: source.clone(), role });
        let connections = Connections { pool: connections, recycle: config.pool.recycle };
        Lane { places: Places::of(size, config.pool.timeout, holders), connections }
    }

    fn close_idle(&self) {
        while let Some(connection) = self.connections.pool.try_get() {
            close(connection);
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        f.debug_struct("Pool").field("max_size", &status.max_size).field("in_use", &status.in_use).field("idle", &status.idle).finish()
    }
}

pub(crate) fn runtime_is_gone() -> Error {
    Error::new(ErrorKind::Interrupted, "the tokio runtime is shutting down")
}
