//! The backends whose engines are broken. They are one type, so that the suite is compiled for each break once and not four times.

use std::error::Error;

use bindery::{MysqlDriver, PostgresDriver, SqliteDriver};
use bindery_core::Result;
use bindery_core::config::{BindConfig, DatabaseUrl};
use bindery_core::engine::{Capabilities, Driver, Engine};
use bindery_testkit::{MysqlFlavor, TempMysql, TempPostgres, TempSqlite};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    /// Oracle's, 5.7.
    MySql57,
}

/// One method of a driver, on each backend's.
macro_rules! of_driver {
    ($backend:expr, $method:ident $arguments:tt) => {
        match $backend {
            Backend::Sqlite => SqliteDriver.$method $arguments,
            Backend::Postgres => PostgresDriver.$method $arguments,
            Backend::MariaDb | Backend::MySql57 => MysqlDriver.$method $arguments,
        }
    };
}

impl Backend {
    pub(crate) const ALL: [Backend; 4] = [Backend::Sqlite, Backend::Postgres, Backend::MariaDb, Backend::MySql57];

    /// As its driver's own tests restate them.
    pub(crate) fn capabilities(self) -> Capabilities {
        let is_old = self == Backend::MySql57;
        let mut capabilities = Capabilities::none(match self {
            Backend::Sqlite => "SQLite 3.",
            Backend::Postgres => "PostgreSQL ",
            Backend::MariaDb => "MariaDB 10.",
            Backend::MySql57 => "MySQL 5.7.",
        });
        capabilities.returning = !is_old;
        capabilities.generated_keys = matches!(self, Backend::MariaDb | Backend::MySql57);
        capabilities.common_table_expressions = !is_old;
        capabilities.window_functions = !is_old;
        capabilities.check_constraints = !is_old;
        capabilities.transactional_ddl = matches!(self, Backend::Sqlite | Backend::Postgres);
        capabilities.two_phase = self != Backend::Sqlite;
        capabilities.max_parameters = if self == Backend::Sqlite { 32_766 } else { 65_535 };
        capabilities.max_statement_bytes = match self {
            Backend::Sqlite => 1_000_000_000,
            Backend::Postgres => (1 << 30) - 1,
            Backend::MariaDb => 16 << 20,
            Backend::MySql57 => 4 << 20,
        };
        capabilities
    }

    /// A new, empty database, what keeps it, and an option of its bind.
    pub(crate) fn database(self) -> Result<(DatabaseUrl, Box<dyn std::any::Any + Send>), Box<dyn Error + Send + Sync>> {
        let mysql = |flavor| TempMysql::shared(flavor)?.database();
        Ok(match self {
            Backend::Sqlite => {
                let files = TempSqlite::new()?;
                (files.url("default"), Box::new(files))
            }
            Backend::Postgres => {
                let database = TempPostgres::shared()?.database()?;
                (database.url(), Box::new(database))
            }
            Backend::MariaDb => {
                let database = mysql(MysqlFlavor::MariaDb)?;
                (database.url(), Box::new(database))
            }
            Backend::MySql57 => {
                let database = mysql(MysqlFlavor::MySql)?;
                (database.url(), Box::new(database))
            }
        })
    }

    pub(crate) fn name(self) -> &'static str {
        of_driver!(self, name())
    }

    pub(crate) fn schemes(self) -> &'static [&'static str] {
        of_driver!(self, schemes())
    }

    pub(crate) fn options(self) -> &'static [&'static str] {
        of_driver!(self, options())
    }

    pub(crate) fn parameters(self) -> &'static [&'static str] {
        of_driver!(self, parameters())
    }

    pub(crate) fn open(self, bind: &BindConfig) -> Result<Box<dyn Engine>> {
        Ok(match self {
            Backend::Sqlite => Box::new(SqliteDriver.open(bind)?),
            Backend::Postgres => Box::new(PostgresDriver.open(bind)?),
            Backend::MariaDb | Backend::MySql57 => Box::new(MysqlDriver.open(bind)?),
        })
    }
}
