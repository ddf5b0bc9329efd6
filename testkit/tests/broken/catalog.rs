use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::definition::{DatabaseDefinition, ReferentialAction};
use bindery_core::engine::{Connection, Effect, Engine, Fate};

use crate::wrapper::{Break, catalog_of};

/// Knows no actions of foreign keys.
#[derive(Default)]
pub(crate) struct ForgetsActions;

#[async_trait]
impl Break for ForgetsActions {
    async fn reflect(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        let mut told = catalog_of(inner)?.reflect(connection).await?;
        for key in told.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
            key.on_delete = ReferentialAction::NoAction;
        }
        Ok(told)
    }
}

/// Tells what it told first for ever.
#[derive(Default)]
pub(crate) struct Remembers(Mutex<Option<DatabaseDefinition>>);

#[async_trait]
impl Break for Remembers {
    async fn reflect(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        let told = catalog_of(inner)?.reflect(connection).await?;
        Ok(self.0.lock().unwrap().get_or_insert(told).clone())
    }
}

/// Gives what it tells in whichever order.
#[derive(Default)]
pub(crate) struct Shuffles(AtomicUsize);

#[async_trait]
impl Break for Shuffles {
    async fn reflect(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        let mut told = catalog_of(inner)?.reflect(connection).await?;
        if self.0.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
            told.tables.reverse();
        }
        Ok(told)
    }
}

/// Locks nothing.
#[derive(Default)]
pub(crate) struct LocksNothing;

#[async_trait]
impl Break for LocksNothing {
    async fn lock(&self, _inner: &dyn Engine, _connection: &mut dyn Connection, _patience: Duration) -> Result<()> {
        Ok(())
    }
}

/// Gives a connection that came back clean to whoever is next, its lock and its limits too.
#[derive(Default)]
pub(crate) struct Bequeaths(Mutex<Vec<Box<dyn Connection>>>);

#[async_trait]
impl Break for Bequeaths {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        let left = self.0.lock().unwrap().pop();
        match left {
            Some(connection) => Ok(connection),
            None => inner.acquire(effect).await,
        }
    }

    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        match fate {
            Fate::Clean => self.0.lock().unwrap().push(inner),
            other => inner.release(other),
        }
    }
}

pub(crate) type BequeathsLimits = Bequeaths;

/// Takes no notice of how long a statement may wait.
#[derive(Default)]
pub(crate) struct WaitsOn;

#[async_trait]
impl Break for WaitsOn {
    async fn set_timeouts(
        &self,
        inner: &dyn Engine,
        connection: &mut dyn Connection,
        _lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<()> {
        catalog_of(inner)?.set_timeouts(connection, None, statement).await
    }
}

/// Has one scratch database for all.
#[derive(Default)]
pub(crate) struct Shares(tokio::sync::Mutex<Option<Arc<dyn Engine>>>);

#[async_trait]
impl Break for Shares {
    async fn create_scratch(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        let mut made = self.0.lock().await;
        if made.is_none() {
            *made = Some(catalog_of(inner)?.create_scratch(connection).await?);
        }
        Ok(made.iter().map(Arc::clone).next().unwrap())
    }
}

/// Closes a scratch database, and drops nothing.
#[derive(Default)]
pub(crate) struct OnlyCloses;

#[async_trait]
impl Break for OnlyCloses {
    async fn drop_scratch(&self, _inner: &dyn Engine, _connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        scratch.close().await;
        Ok(())
    }
}

/// Looks with a connection of its own, which is lost where nobody waits for what it sees.
#[derive(Default)]
pub(crate) struct LosesItsOwn(Mutex<Vec<Box<dyn Connection>>>);

#[async_trait]
impl Break for LosesItsOwn {
    async fn reflect(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        let own = inner.acquire(Effect::Read).await?;
        self.0.lock().unwrap().push(own);
        // SQLite's engine waits for nothing in what is short.
        tokio::task::yield_now().await;
        let told = catalog_of(inner)?.reflect(connection).await;
        let own = self.0.lock().unwrap().pop();
        own.into_iter().for_each(|own| own.release(Fate::Clean));
        told
    }
}
