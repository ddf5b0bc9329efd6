use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::catalog::sqlite;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Connection, Engine, Holders, Places};

use crate::connection::TursoConnection;
use crate::{Turso, mapped, open_database};

#[async_trait]
impl Catalog for Turso {
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        let mut definition = sqlite::reflect(connection).await?;
        // What it counts keys in is its own.
        definition.tables.retain(|table| !table.name.starts_with("__turso_internal_"));
        Ok(definition)
    }

    // One who writes excludes the others, by `BEGIN IMMEDIATE`.
    async fn lock(&self, _: &mut dyn Connection, _: Duration) -> Result<()> {
        Ok(())
    }

    async fn unlock(&self, _: &mut dyn Connection) -> Result<()> {
        Ok(())
    }

    // Of the connection alone, which the next one gets anew. How long a statement runs Turso doesn't bound.
    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, _: Option<Duration>) -> Result<()> {
        let connection: &mut dyn Any = connection;
        if let (Some(connection), Some(lock)) = (connection.downcast_mut::<TursoConnection>(), lock) {
            connection.patience = lock;
        }
        Ok(())
    }

    async fn create_scratch(&self, _: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        let path = ":memory:".to_owned();
        let in_memory = Some(open_database(&path).map_err(mapped)?);
        let places = Places::of(1, self.busy_timeout, Holders::new());
        Ok(Arc::new(Turso { path, in_memory, busy_timeout: self.busy_timeout, places, idle: Arc::default() }))
    }

    async fn drop_scratch(&self, _: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        scratch.close().await;
        Ok(())
    }
}
