use std::fmt;

use async_trait::async_trait;
use bindery_core::engine::{Catalog, Connection, Dialect, Effect, Engine, Native, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;

use crate::Client;
use crate::config::PostgresConfig;
use crate::connection::PostgresConnection;
use crate::pool::Pool;

/// One PostgreSQL database: the engine of a bind whose URL begins with `postgresql:` or `postgres:`, opened by
/// [`PostgresDriver`](crate::PostgresDriver).
///
/// Its name is what `Session<Postgres>` says, where every bind is PostgreSQL, and `session.native::<Postgres>(bind)`; everything else
/// about it is in the documentation of the [crate](crate). Its `Debug` shows the database's name and the pool.
pub struct Postgres {
    dialect: Dialect,
    config: PostgresConfig,
    pool: Pool,
}

impl Postgres {
    pub(crate) fn open(config: PostgresConfig) -> Result<Self> {
        Ok(Postgres { dialect: Dialect::postgres(), pool: Pool::new(config.clone())?, config })
    }

    pub(crate) fn config(&self) -> &PostgresConfig {
        &self.config
    }
}

#[async_trait]
impl Engine for Postgres {
    fn backend(&self) -> &'static str {
        "postgresql"
    }

    fn namespace(&self) -> &str {
        self.config.database()
    }

    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn acquire(&self, _: Effect) -> Result<Box<dyn Connection>> {
        let runtime = Runtime::try_current().map_err(|error| {
            Error::new(ErrorKind::Unsupported, "PostgreSQL is used from a tokio runtime, and there is none here").with_source(error)
        })?;
        let held = self.pool.acquire(&runtime).await?;
        Ok(Box::new(PostgresConnection::new(held, runtime)?))
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

impl Native for Postgres {
    type Client = Client;
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("database", &self.config.database()).field("pool", &self.pool).finish()
    }
}
