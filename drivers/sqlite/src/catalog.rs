use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::catalog::sqlite;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Connection, Engine};

use crate::Sqlite;
use crate::config::{Location, SqliteConfig};

#[async_trait]
impl Catalog for Sqlite {
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        sqlite::reflect(connection).await
    }

    /// Nothing: one who writes excludes the others.
    async fn lock(&self, _: &mut dyn Connection, _: Duration) -> Result<()> {
        Ok(())
    }

    async fn unlock(&self, _: &mut dyn Connection) -> Result<()> {
        Ok(())
    }

    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
        sqlite::set_timeouts(connection, lock, statement).await
    }

    /// A database in memory.
    async fn create_scratch(&self, _: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        Ok(Arc::new(Sqlite::open(SqliteConfig { location: Location::Memory, ..self.config().clone() })))
    }

    async fn drop_scratch(&self, _: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        scratch.close().await;
        Ok(())
    }
}
