//! The conformance suite on PostgreSQL.

use std::error::Error;

use bindery_core::engine::Capabilities;
use bindery_postgres::PostgresDriver;
use bindery_testkit::TempPostgres;
use bindery_testkit::conformance::{Setup, TestDatabase};

struct Postgres;

impl Setup for Postgres {
    type Driver = PostgresDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("PostgreSQL ");
        capabilities.returning = true;
        capabilities.transactional_ddl = true;
        capabilities.two_phase = true;
        capabilities.max_parameters = 65_535;
        capabilities
    }

    async fn database(&self) -> Result<TestDatabase<PostgresDriver>, Box<dyn Error + Send + Sync>> {
        let database = TempPostgres::shared()?.database()?;
        Ok(TestDatabase::new(PostgresDriver, database.url(), database))
    }
}

bindery_testkit::conformance!(Postgres);
