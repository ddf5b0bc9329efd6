use bindery_core::Result;
use bindery_core::config::BindConfig;
use bindery_core::engine::Driver;

use crate::Postgres;
use crate::config::{OPTIONS, PostgresConfig};

/// Opens [`Postgres`] engines: what the facade hands to `connect`, and what `builder().driver(..)` takes.
///
/// ```
/// use bindery_core::engine::Driver;
/// use bindery_postgres::PostgresDriver;
///
/// assert_eq!(PostgresDriver.schemes(), ["postgresql", "postgres"]);
/// assert!(PostgresDriver.options().contains(&"sslmode"));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct PostgresDriver;

impl Driver for PostgresDriver {
    type Engine = Postgres;

    fn name(&self) -> &'static str {
        "postgres"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["postgresql", "postgres"]
    }

    fn options(&self) -> &'static [&'static str] {
        &OPTIONS
    }

    fn parameters(&self) -> &'static [&'static str] {
        &OPTIONS
    }

    fn open(&self, bind: &BindConfig) -> Result<Postgres> {
        Postgres::open(PostgresConfig::new(bind)?)
    }
}
