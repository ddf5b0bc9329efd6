use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use bindery_core::engine::{Effect, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use r2d2::PooledConnection;
use scheduled_thread_pool::ScheduledThreadPool;
use tokio::runtime::Handle as Runtime;
use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};

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
    timeout: Duration,
    connect_timeout: Duration,
    pre_ping: bool,
    out: Mutex<Out>,
    came_back: Notify,
}

struct Lane {
    seats: Arc<Semaphore>,
    size: u32,
    connections: Connections,
}

/// r2d2's pool, and the age beyond which a connection is not used again: r2d2 itself looks for old ones every 30 seconds only.
#[derive(Clone)]
struct Connections {
    pool: r2d2::Pool<Manager>,
    recycle: Option<Duration>,
}

/// Who has a connection.
#[derive(Default)]
struct Out {
    holders: Vec<Holder>,
    next_id: u64,
}

struct Holder {
    id: u64,
    effect: Effect,
    since: Instant,
    task: Task,
    in_transaction: bool,
}

/// A task of tokio's, or what a thread runs in `block_on`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Spawned(tokio::task::Id),
    Thread(ThreadId),
}

impl Task {
    fn current() -> Self {
        tokio::task::try_id().map_or_else(|| Task::Thread(std::thread::current().id()), Task::Spawned)
    }
}

/// A connection, with its seat in the pool. Dropped in whatever state, it does no harm: r2d2 closes what isn't clean.
pub(crate) struct Held {
    connection: PooledConnection<Manager>,
    // Below the connection, so dropped after it: a seat is free once its connection is.
    seat: Seat,
}

struct Seat {
    pool: Arc<Pool>,
    id: u64,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut out = self.pool.out();
        if let Some(index) = out.holders.iter().position(|holder| holder.id == self.id) {
            out.holders.swap_remove(index);
        }
        if out.holders.is_empty() {
            self.pool.came_back.notify_waiters();
        }
    }
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
        if let Ok(handle) = &mut *self.connection {
            handle.clean();
        }
    }

    /// Notes what it is held for, for those who wait for it.
    pub(crate) fn set_in_transaction(&self, in_transaction: bool) {
        if let Some(holder) = self.seat.pool.out().holders.iter_mut().find(|holder| holder.id == self.seat.id) {
            holder.in_transaction = in_transaction;
        }
    }
}

impl Pool {
    pub(crate) fn new(config: &SqliteConfig) -> Self {
        let source = Arc::new(Source::new(config));
        let exclusive = config.location == Location::Memory;
        let readers = Lane::new(config, &source, Role::Reader);
        let mut writer = Lane::new(config, &source, Role::Writer);
        if exclusive {
            // A writer takes every reader's seat. The semaphore is first come, first served, so neither starves.
            writer.seats = readers.seats.clone();
        }
        Pool {
            source,
            writer,
            readers,
            exclusive,
            read_only: config.location.is_read_only(),
            timeout: config.pool.timeout,
            connect_timeout: config.pool.connect_timeout,
            pre_ping: config.pool.pre_ping,
            out: Mutex::default(),
            came_back: Notify::new(),
        }
    }

    /// A connection for this effect.
    pub(crate) async fn acquire(self: &Arc<Self>, effect: Effect, runtime: &Runtime) -> Result<Held> {
        if effect == Effect::Write && self.read_only {
            let message = "the database was opened read-only (`mode=ro` or `immutable`): nothing can be written to it";
            return Err(Error::new(ErrorKind::PermissionDenied, message));
        }
        let lane = match effect {
            Effect::Read => &self.readers,
            Effect::Write => &self.writer,
        };
        let seats = if effect == Effect::Write && self.exclusive { self.readers.size } else { 1 };
        let permit = match lane.seats.clone().try_acquire_many_owned(seats) {
            Ok(permit) => permit,
            Err(_) => {
                let waiting = lane.seats.clone().acquire_many_owned(seats);
                tokio::time::timeout(self.timeout, waiting)
                    .await
                    .map_err(|_| self.timed_out(effect))?
                    .map_err(|_: AcquireError| closed())?
            }
        };
        let seat = self.clone().seat(effect, permit);
        // Whoever closes looks at the seats after closing the queue: one of the two sees the other.
        if lane.seats.is_closed() {
            return Err(closed());
        }
        let idle = if self.pre_ping { None } else { lane.connections.pool.try_get() };
        let old = match idle {
            Some(connection) if !lane.connections.is_old(&connection) => return Held { connection, seat }.opened(),
            old => old,
        };
        // None is idle: r2d2 opens one on its own threads, and we wait for that on the blocking pool. The seat waits with it, so
        // that a dropped wait gives back both.
        let (connections, timeout) = (lane.connections.clone(), self.connect_timeout);
        let opening = runtime.spawn_blocking(move || {
            // Not on the caller's thread: when the last connection of a file is closed, SQLite writes the WAL back.
            if let Some(old) = old {
                close(old);
            }
            connections.get(timeout).map(|connection| Held { connection, seat }).map_err(|error| {
                let message = format!("the database could not be opened within {timeout:?} (`connect_timeout`)");
                Error::new(ErrorKind::ConnectionLost, message).with_source(error)
            })
        });
        opening.await.map_err(|_| runtime_is_gone())??.opened()
    }

    fn seat(self: Arc<Self>, effect: Effect, permit: OwnedSemaphorePermit) -> Seat {
        let id = {
            let mut out = self.out();
            let id = out.next_id;
            out.next_id += 1;
            out.holders.push(Holder { id, effect, since: Instant::now(), task: Task::current(), in_transaction: false });
            id
        };
        Seat { pool: self, id, _permit: permit }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timed_out(&self, effect: Effect) -> Error {
        let out = self.out();
        let holders: Vec<_> = out.holders.iter().filter(|holder| self.exclusive || holder.effect == effect).collect();
        let longest = holders.iter().map(|holder| holder.since.elapsed()).max().unwrap_or_default();
        let in_transaction = holders.iter().any(|holder| holder.in_transaction);
        let transaction = if in_transaction { ", by an open transaction" } else { "" };
        let held = match effect {
            _ if self.exclusive => {
                format!("{} out (in memory one writes or several read), for up to {longest:.1?}{transaction}", holders.len())
            }
            Effect::Read => format!("all {} readers are out, for up to {longest:.1?}{transaction}", holders.len()),
            Effect::Write => format!("the one writer has been out for {longest:.1?}{transaction}"),
        };
        let task = Task::current();
        if !holders.is_empty() && holders.iter().all(|holder| holder.task == task) {
            let message = format!(
                "this task would wait for itself: {held}, all held by it; end that first, or send this statement to the open transaction"
            );
            return Error::new(ErrorKind::BindBusy, message);
        }
        let advice = match effect {
            Effect::Read if !self.exclusive => "read results to their end, keep transactions short, or raise `pool_size`",
            _ => "keep transactions short, or raise `pool_timeout`",
        };
        let timeout = self.timeout;
        Error::new(ErrorKind::Timeout, format!("no connection became free within {timeout:?} (`pool_timeout`): {held}; {advice}"))
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let idle = [&self.readers, &self.writer].map(|lane| lane.connections.pool.state().idle_connections as usize);
        let max = self.readers.size + if self.read_only { 0 } else { 1 };
        PoolStatus::new(max as usize, self.out().holders.len(), idle.iter().sum())
    }

    /// Refuses new callers, waits for the connections that are out, and closes all.
    pub(crate) async fn close(self: &Arc<Self>) {
        self.readers.seats.close();
        self.writer.seats.close();
        loop {
            let came_back = self.came_back.notified();
            if self.out().holders.is_empty() {
                break;
            }
            came_back.await;
        }
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
        let size = match role {
            Role::Writer => 1,
            Role::Reader => config.pool.size,
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
        Lane { seats: Arc::new(Semaphore::new(size as usize)), size, connections }
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

fn closed() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the engine is closed")
}

pub(crate) fn runtime_is_gone() -> Error {
    Error::new(ErrorKind::Interrupted, "the tokio runtime is shutting down")
}
