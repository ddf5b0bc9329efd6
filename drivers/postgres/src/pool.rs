use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use bindery_core::engine::{Holder, Holders, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use deadpool::Runtime as DeadpoolRuntime;
use deadpool::managed::{self, Object, PoolError, QueueMode, TimeoutType, Timeouts, WeakPool};
use futures_util::FutureExt;
use tokio::runtime::Handle as Runtime;
use tokio::task::JoinHandle;

use crate::config::PostgresConfig;
use crate::error::internal;
use crate::link::Link;
use crate::manager::Manager;

/// No PostgreSQL server has more connections, and the pool makes room for as many at its beginning.
const MOST: usize = 262_143;
/// Without waiting for a place in the pool.
const AT_ONCE: Timeouts = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };

/// The connections of one database.
pub(crate) struct Pool {
    links: managed::Pool<Manager>,
    holders: Holders,
    timeout: Duration,
    connect_timeout: Duration,
    idle_timeout: Option<Duration>,
    /// What closes the connections that are free for too long.
    sweeper: Mutex<Option<JoinHandle<()>>>,
}

/// A connection, with its place in the pool. Dropped before it was [given back](Held::give_back), it is closed.
pub(crate) struct Held {
    link: Option<Object<Manager>>,
    // Below the connection, so dropped after it: a place is free once its connection is.
    holder: Holder,
}

impl Held {
    /// The connection itself.
    pub(crate) fn link(&mut self) -> Result<&mut Link> {
        let link = self.link.as_deref_mut().ok_or_else(|| internal("a connection was used after it was given back"))?;
        Ok(link)
    }

    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Lets whoever waits have it: it is clean.
    pub(crate) fn give_back(mut self) {
        if let Some(mut link) = self.link.take() {
            if link.is_gone() {
                drop(Object::take(link));
            } else {
                link.set_free();
            }
        }
    }

    /// Closes it in peace: it is not waiting for any answer.
    pub(crate) fn close(mut self) {
        if let Some(link) = self.link.take() {
            drop(Object::take(link));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            Object::take(link).abort();
        }
    }
}

impl Pool {
    pub(crate) fn new(config: PostgresConfig) -> Result<Self> {
        let options = config.pool().clone();
        let size = usize::try_from(options.size).map_or(MOST, |size| size.min(MOST));
        let links = managed::Pool::builder(Manager::new(config))
            .max_size(size)
            .wait_timeout(Some(options.timeout))
            // The one that was used last: the others may become idle, and be closed.
            .queue_mode(QueueMode::Lifo)
            .runtime(DeadpoolRuntime::Tokio1)
            .build()
            .map_err(|error| internal("the pool could not be made").with_source(error))?;
        Ok(Pool {
            links,
            holders: Holders::new(),
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            idle_timeout: options.idle_timeout,
            sweeper: Mutex::default(),
        })
    }

    /// A connection that is clean.
    pub(crate) async fn acquire(&self, runtime: &Runtime) -> Result<Held> {
        let got = match self.in_time(pin!(self.links.timeout_get(&AT_ONCE))).await? {
            Err(PoolError::Timeout(TimeoutType::Wait)) => self.in_time(Box::pin(self.links.get())).await?,
            got => got,
        };
        let link = got.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => self.holders.timed_out(self.timeout),
            PoolError::Backend(error) => error,
            PoolError::Closed => closed(),
            error => internal("the pool failed").with_source(error),
        })?;
        let metrics = Object::metrics(&link);
        let since = metrics.recycled.unwrap_or(metrics.created);
        let held = Held { link: Some(link), holder: self.holders.add(since) };
        // Whoever closes looks at the holders after closing the queue: one of the two sees the other.
        if self.links.is_closed() {
            held.close();
            return Err(closed());
        }
        self.sweep(runtime);
        Ok(held)
    }

    /// Waiting for a place has its own limit; looking at old connections and trying one host after the other must end too. Most often
    /// a connection is there, and a timer would take longer than taking it: one is made where it isn't.
    async fn in_time<T>(&self, mut get: impl Future<Output = T> + Unpin) -> Result<T> {
        let limit = self.timeout.saturating_add(self.connect_timeout);
        let mut timer = None;
        let got = poll_fn(|context| match get.poll_unpin(context) {
            Poll::Ready(got) => Poll::Ready(Some(got)),
            Poll::Pending => timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit))).as_mut().poll(context).map(|()| None),
        });
        got.await.ok_or_else(|| {
            let message = format!("no connection could be made within {limit:?} (`pool_timeout` and `connect_timeout`)");
            Error::new(ErrorKind::Timeout, message)
        })
    }

    /// Has a task close what is free for too long, where none does: the first caller's runtime may have ended.
    fn sweep(&self, runtime: &Runtime) {
        let Some(timeout) = self.idle_timeout else { return };
        let mut sweeper = self.sweeper.lock().unwrap_or_else(PoisonError::into_inner);
        if sweeper.as_ref().is_none_or(JoinHandle::is_finished) {
            *sweeper = Some(runtime.spawn(close_idle(self.links.weak(), timeout)));
        }
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let status = self.links.status();
        PoolStatus::new(status.max_size, self.holders.len(), status.available)
    }

    /// Refuses new callers, waits for the connections that are out, and closes all.
    pub(crate) async fn close(&self) {
        self.links.close();
        self.holders.all_back().await;
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let sweeper = self.sweeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(sweeper) = sweeper.take() {
            sweeper.abort();
        }
    }
}

/// Closes each connection within half of the time again that it may be free for.
async fn close_idle(links: WeakPool<Manager>, timeout: Duration) {
    let pause = (timeout / 2).clamp(Duration::from_millis(10), Duration::from_secs(60));
    loop {
        tokio::time::sleep(pause).await;
        let Some(links) = links.upgrade() else { return };
        let now = Instant::now();
        let closed = links.retain(|link, _| links.manager().objection(link, now).is_none());
        if !closed.removed.is_empty() {
            tracing::debug!(number = closed.removed.len(), "PostgreSQL connections were closed that nobody used");
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
