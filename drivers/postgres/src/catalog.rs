use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::catalog::postgres::{self, Scratch};
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Connection, Effect, Engine, Fate};

use crate::Postgres;

#[async_trait]
impl Catalog for Postgres {
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        postgres::reflect(connection).await
    }

    async fn lock(&self, connection: &mut dyn Connection, patience: Duration) -> Result<()> {
        mark(connection);
        postgres::lock(connection, patience).await
    }

    async fn unlock(&self, connection: &mut dyn Connection) -> Result<()> {
        postgres::unlock(connection).await
    }

    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
        mark(connection);
        postgres::set_timeouts(connection, lock, statement).await
    }

    async fn create_scratch(&self, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        let scratch = postgres::create_scratch(connection).await?;
        match self.open_scratch(&scratch).await {
            Ok(engine) => Ok(Arc::new(engine)),
            Err(error) => {
                // Why it can't be used is what matters, more than that it is still there.
                let _ = postgres::drop_scratch(connection, &scratch.name).await;
                Err(error)
            }
        }
    }

    async fn drop_scratch(&self, connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        scratch.close().await;
        postgres::drop_scratch(connection, scratch.namespace()).await
    }
}

impl Postgres {
    async fn open_scratch(&self, scratch: &Scratch) -> Result<Postgres> {
        let engine = Postgres::open(self.config().for_scratch(scratch))?;
        let mut connection = engine.acquire(Effect::Write).await?;
        let made = scratch.create_schema(connection.as_mut()).await;
        connection.release(Fate::Clean);
        made.map(|()| engine)
    }
}

/// What follows is to be undone before anyone else has the connection, also where it is cut off: as if it had been lent.
fn mark(connection: &mut dyn Connection) {
    let _ = connection.native();
}
