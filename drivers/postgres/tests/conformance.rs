//! The conformance suite on PostgreSQL: over TCP with prepared statements, and over a socket without.

use std::error::Error;

use bindery_core::engine::Capabilities;
use bindery_postgres::PostgresDriver;
use bindery_testkit::TempPostgres;
use bindery_testkit::conformance::{Setup, TestDatabase};

/// Whether statements are prepared and kept.
enum Postgres {
    Cached,
    Uncached,
}

impl Setup for Postgres {
    type Driver = PostgresDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("PostgreSQL ");
        capabilities.returning = true;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.row_locks = true;
        capabilities.skip_locked = true;
        capabilities.no_wait = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        capabilities.two_phase = true;
        capabilities.max_parameters = 65_535;
        capabilities.max_statement_bytes = (1 << 30) - 1;
        capabilities
    }

    fn has_catalog(&self) -> bool {
        true
    }

    async fn database(&self) -> Result<TestDatabase<PostgresDriver>, Box<dyn Error + Send + Sync>> {
        let database = TempPostgres::shared()?.database()?;
        Ok(match self {
            Postgres::Cached => TestDatabase::new(PostgresDriver, database.url(), database),
            Postgres::Uncached => TestDatabase::new(PostgresDriver, database.socket_url(), database).with_option("statement_cache_size", 0),
        })
    }
}

mod cached {
    use super::*;

    bindery_testkit::conformance!(Postgres::Cached);
}

mod uncached {
    use super::*;

    bindery_testkit::conformance!(Postgres::Uncached);
}
