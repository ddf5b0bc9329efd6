use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Connection, Effect, Engine, Fate};

use crate::wrapper::Break;

type Stash = Mutex<Vec<Box<dyn Connection>>>;

/// Never gives a connection back that was cut off.
#[derive(Default)]
pub(crate) struct LosesConnections(Stash);

impl Break for LosesConnections {
    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        match fate {
            Fate::CutOff => self.0.lock().unwrap().push(inner),
            other => inner.release(other),
        }
    }
}

/// Gives a connection with an open transaction to whoever is next.
#[derive(Default)]
pub(crate) struct LeavesOpen(Stash);

#[async_trait]
impl Break for LeavesOpen {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        acquire_as_left(&self.0, inner, effect).await
    }

    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        match fate {
            Fate::InTransaction => self.0.lock().unwrap().push(inner),
            other => inner.release(other),
        }
    }
}

/// Gives a connection that was lent to whoever is next.
#[derive(Default)]
pub(crate) struct LeavesLoansOpen(Stash);

#[async_trait]
impl Break for LeavesLoansOpen {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        acquire_as_left(&self.0, inner, effect).await
    }

    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        match fate {
            Fate::Lent => self.0.lock().unwrap().push(inner),
            other => inner.release(other),
        }
    }
}

async fn acquire_as_left(stash: &Stash, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
    let left = stash.lock().unwrap().pop();
    match left {
        Some(connection) => Ok(connection),
        None => inner.acquire(effect).await,
    }
}

/// Lets a statement that was cut off run on.
#[derive(Default)]
pub(crate) struct RunsOn;

impl Break for RunsOn {
    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        if fate == Fate::CutOff {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(60)).await;
                inner.release(fate);
            });
        } else {
            inner.release(fate);
        }
    }
}

/// Gives a connection whose call was cut off to whoever is next.
#[derive(Default)]
pub(crate) struct LeavesCutOff(Stash);

#[async_trait]
impl Break for LeavesCutOff {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        acquire_as_left(&self.0, inner, effect).await
    }

    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        match fate {
            Fate::CutOff => self.0.lock().unwrap().push(inner),
            other => inner.release(other),
        }
    }
}
