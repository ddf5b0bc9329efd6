use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::engine::{Connection, Effect, Engine, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use tokio::sync::Mutex;

use crate::wrapper::Break;

/// Keeps a connection for itself.
#[derive(Default)]
pub(crate) struct OneFewer(Mutex<Option<Box<dyn Connection>>>);

#[async_trait]
impl Break for OneFewer {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        if effect == Effect::Read {
            let mut own = self.0.lock().await;
            if own.is_none() {
                *own = Some(inner.acquire(effect).await?);
            }
        }
        inner.acquire(effect).await
    }
}

/// Counts those who wait for a connection, and never learns that they have gone.
#[derive(Default)]
pub(crate) struct RemembersWaits(AtomicUsize);

#[async_trait]
impl Break for RemembersWaits {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        if self.0.fetch_add(1, Ordering::Relaxed) > 8 {
            return Err(Error::new(ErrorKind::Timeout, "too many are waiting"));
        }
        let acquired = inner.acquire(effect).await;
        self.0.fetch_sub(1, Ordering::Relaxed);
        acquired
    }
}

/// Counts no connection.
#[derive(Default)]
pub(crate) struct CountsNothing;

impl Break for CountsNothing {
    fn pool_status(&self, inner: PoolStatus) -> PoolStatus {
        PoolStatus::new(inner.max_size, 0, 0)
    }
}

/// Waits by blocking its thread.
#[derive(Default)]
pub(crate) struct BlocksItsThread;

#[async_trait]
impl Break for BlocksItsThread {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        std::thread::sleep(Duration::from_millis(50));
        inner.acquire(effect).await
    }
}

/// Gives up without a word.
#[derive(Default)]
pub(crate) struct SaysNothing;

#[async_trait]
impl Break for SaysNothing {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        inner.acquire(effect).await.map_err(|error| Error::new(error.kind(), "the pool timed out"))
    }
}

/// Closes without waiting for anyone.
#[derive(Default)]
pub(crate) struct ClosesAtOnce;

#[async_trait]
impl Break for ClosesAtOnce {
    async fn close(&self, _inner: &dyn Engine) {}
}

/// Lets a task wait for itself until its time is over.
#[derive(Default)]
pub(crate) struct KnowsNoTasks;

#[async_trait]
impl Break for KnowsNoTasks {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        let timed_out = |error: Error| Error::new(ErrorKind::Timeout, "no connection became free").with_source(error);
        inner.acquire(effect).await.map_err(timed_out)
    }
}
