//! The conformance suite on Turso: what every engine owes, on this one.

use std::error::Error;

use bindery_core::config::DatabaseUrl;
use bindery_core::engine::{Capabilities, Family};
use bindery_core::value::SqlType;
use bindery_testkit::TempSqlite;
use bindery_testkit::conformance::{Setup, TestDatabase};
use custom_engine::TursoDriver;

struct Turso;

impl Setup for Turso {
    type Driver = TursoDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("Turso, as SQLite 3.");
        capabilities.returning = true;
        // RETURNING gives the rows. The number of the last one alone is told, by `last_insert_rowid`:
        // https://github.com/tursodatabase/turso/blob/main/COMPAT.md#scalar-functions
        capabilities.generated_keys = false;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        // It has the statements of SQLite, and so none that prepares a transaction:
        // https://github.com/tursodatabase/turso/blob/main/COMPAT.md#statements
        capabilities.two_phase = false;
        capabilities.max_parameters = 32_766;
        capabilities
    }

    /// Of collations it has SQLite's three only: `decimal` is `no such collation sequence` in a table.
    /// <https://github.com/tursodatabase/turso/blob/main/COMPAT.md#collation-functions>
    fn without_types(&self) -> &'static [SqlType] {
        &[SqlType::Decimal]
    }

    /// Bytes that are no text are U+FFFD in Turso's texts already, so whatever it gives can be carried.
    /// <https://github.com/tursodatabase/turso/blob/main/COMPAT.md#limitations>
    fn uncarried(&self, _: Family) -> Option<&'static str> {
        None
    }

    fn has_catalog(&self) -> bool {
        true
    }

    async fn database(&self) -> Result<TestDatabase<TursoDriver>, Box<dyn Error + Send + Sync>> {
        let files = TempSqlite::new()?;
        let url = DatabaseUrl::new("turso")?.with_path(files.path("default").to_string_lossy());
        Ok(TestDatabase::new(TursoDriver, url, files).with_option("busy_timeout", "500ms"))
    }
}

bindery_testkit::conformance!(Turso);
