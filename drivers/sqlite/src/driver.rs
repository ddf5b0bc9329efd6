use bindery_core::Result;
use bindery_core::config::BindConfig;
use bindery_core::engine::Driver;

use crate::Sqlite;
use crate::config::{OPTIONS, PARAMETERS, SqliteConfig};

/// Opens [`Sqlite`] engines: what the facade hands to `connect`, and what `builder().driver(..)` takes.
///
/// ```
/// use bindery_core::engine::Driver;
/// use bindery_sqlite::SqliteDriver;
///
/// assert_eq!(SqliteDriver.schemes(), ["sqlite"]);
/// assert_eq!(SqliteDriver.options(), ["execution", "busy_timeout", "synchronous"]);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SqliteDriver;

impl Driver for SqliteDriver {
    type Engine = Sqlite;

    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["sqlite"]
    }

    fn options(&self) -> &'static [&'static str] {
        &OPTIONS
    }

    fn parameters(&self) -> &'static [&'static str] {
        &PARAMETERS
    }

    fn open(&self, bind: &BindConfig) -> Result<Sqlite> {
        Ok(Sqlite::open(SqliteConfig::read(bind)?))
    }
}
