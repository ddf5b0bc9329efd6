use bindery_core::Result;
use bindery_core::config::BindConfig;
use bindery_core::engine::Driver;

use crate::Sqlite;
use crate::config::{OPTIONS, PARAMETERS, SqliteConfig};

/// Opens [`Sqlite`] engines: what the facade hands to `connect`.
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
        Sqlite::open(SqliteConfig::read(bind)?)
    }
}
