//! The conformance suite on SQLite, in each mode of `execution` that lets the executor go on.

use std::error::Error;

use bindery_core::engine::Capabilities;
use bindery_sqlite::SqliteDriver;
use bindery_testkit::TempSqlite;
use bindery_testkit::conformance::{Setup, TestDatabase};

struct Sqlite {
    execution: &'static str,
}

impl Setup for Sqlite {
    type Driver = SqliteDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("SQLite 3.");
        capabilities.returning = true;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        capabilities.two_phase = false;
        capabilities.max_parameters = 32_766;
        capabilities.max_statement_bytes = 1_000_000_000;
        capabilities
    }

    fn has_catalog(&self) -> bool {
        true
    }

    async fn database(&self) -> Result<TestDatabase<SqliteDriver>, Box<dyn Error + Send + Sync>> {
        let files = TempSqlite::new()?;
        let database = TestDatabase::new(SqliteDriver, files.url("default"), files);
        Ok(database.with_option("execution", self.execution).with_option("busy_timeout", "100ms"))
    }
}

mod auto {
    use super::*;

    bindery_testkit::conformance!(Sqlite { execution: "auto" });
}

mod blocking {
    use super::*;

    bindery_testkit::conformance!(Sqlite { execution: "blocking" });
}
