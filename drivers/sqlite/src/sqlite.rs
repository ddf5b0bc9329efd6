use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bindery_core::engine::{Catalog, Connection, Dialect, Effect, Engine, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;

use crate::config::{Location, SqliteConfig};
use crate::connection::SqliteConnection;
use crate::pool::Pool;

/// One SQLite database: the engine of a bind whose URL begins with `sqlite:`, opened by [`SqliteDriver`](crate::SqliteDriver).
///
/// Its name is what `Session<Sqlite>` says, where every bind is SQLite; everything else about it is in the documentation of the
/// [crate](crate). Its `Debug` shows the file and the pool.
pub struct Sqlite {
    dialect: Dialect,
    namespace: String,
    config: SqliteConfig,
    pool: Arc<Pool>,
}

impl Sqlite {
    pub(crate) fn open(config: SqliteConfig) -> Self {
        let pool = Arc::new(Pool::new(&config));
        let namespace = match &config.location {
            Location::Memory => ":memory:".to_owned(),
            Location::File { path, .. } => path.display().to_string(),
        };
        Sqlite { dialect: Dialect::sqlite(), namespace, config, pool }
    }

    pub(crate) fn config(&self) -> &SqliteConfig {
        &self.config
    }
}

#[async_trait]
impl Engine for Sqlite {
    fn backend(&self) -> &'static str {
        "sqlite"
    }

    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn acquire(&self, effect: Effect) -> Result<Box<dyn Connection>> {
        let runtime = Runtime::try_current().map_err(|error| {
            Error::new(ErrorKind::Unsupported, "SQLite is used from a tokio runtime, and there is none here").with_source(error)
        })?;
        let held = self.pool.acquire(effect, &runtime).await?;
        let connection = SqliteConnection::new(held, effect, self.config.execution, self.config.busy_timeout, runtime)?;
        Ok(Box::new(connection))
    }

    fn pool_status(&self) -> PoolStatus {
        self.pool.status()
    }

    fn catalog(&self) -> Option<&dyn Catalog> {
        Some(self)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // Not on a thread of the executor. Outside one, the pool closes them as it is dropped.
        if let Ok(runtime) = Runtime::try_current() {
            let pool = self.pool.clone();
            runtime.spawn_blocking(move || pool.close_idle());
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("file", &self.namespace)
            .field("execution", &self.config.execution)
            .field("pool", &self.pool)
            .finish()
    }
}
