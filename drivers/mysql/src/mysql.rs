use std::fmt;

use async_trait::async_trait;
use bindery_core::engine::{Catalog, Connection, Dialect, Effect, Engine, Native, PoolStatus};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;

use crate::config::MysqlConfig;
use crate::connection::MysqlConnection;
use crate::pool::Pool;

/// One MySQL or MariaDB database: the engine of a bind whose URL begins with `mysql:` or `mariadb:`, opened by
/// [`MysqlDriver`](crate::MysqlDriver).
///
/// Its name is what `Session<Mysql>` says, where every bind is MySQL, and `session.native::<Mysql>(bind)`; everything else about it is in
/// the documentation of the [crate](crate). Its `Debug` shows the database's name and the pool.
pub struct Mysql {
    config: MysqlConfig,
    dialect: Dialect,
    pool: Pool,
}

impl Mysql {
    pub(crate) fn open(config: MysqlConfig) -> Result<Self> {
        Ok(Mysql { pool: Pool::new(&config)?, dialect: Dialect::mysql(), config })
    }

    pub(crate) fn config(&self) -> &MysqlConfig {
        &self.config
    }
}

#[async_trait]
impl Engine for Mysql {
    fn backend(&self) -> &'static str {
        self.config.backend()
    }

    fn namespace(&self) -> &str {
        self.config.database()
    }

    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn acquire(&self, _: Effect) -> Result<Box<dyn Connection>> {
        let runtime = Runtime::try_current().map_err(|error| {
            Error::new(ErrorKind::Unsupported, "MySQL is used from a tokio runtime, and there is none here").with_source(error)
        })?;
        let link = self.pool.acquire().await?;
        Ok(Box::new(MysqlConnection::new(link, runtime)))
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

impl Native for Mysql {
    type Client = mysql_async::Conn;
}

impl fmt::Debug for Mysql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mysql").field("database", &self.config.database()).field("pool", &self.pool).finish()
    }
}
