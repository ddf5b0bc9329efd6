//! The conformance suite on MariaDB, over TCP with prepared statements and over a socket without, and on Oracle MySQL 5.7.

use std::error::Error;

use bindery_core::engine::Capabilities;
use bindery_mysql::MysqlDriver;
use bindery_testkit::conformance::{Setup, TestDatabase};
use bindery_testkit::{MysqlFlavor, TempMysql};

enum Mysql {
    MariaDb,
    /// No statement is kept.
    MariaDbUncached,
    MySql57,
}

impl Setup for Mysql {
    type Driver = MysqlDriver;

    fn capabilities(&self) -> Capabilities {
        let is_mariadb = !matches!(self, Mysql::MySql57);
        let mut capabilities = Capabilities::none(if is_mariadb { "MariaDB 10." } else { "MySQL 5.7." });
        capabilities.returning = is_mariadb;
        capabilities.generated_keys = true;
        capabilities.common_table_expressions = is_mariadb;
        capabilities.window_functions = is_mariadb;
        capabilities.row_locks = true;
        capabilities.skip_locked = is_mariadb;
        capabilities.no_wait = is_mariadb;
        capabilities.check_constraints = is_mariadb;
        capabilities.transactional_ddl = false; // each DDL statement commits
        capabilities.two_phase = true;
        capabilities.max_parameters = 65_535;
        capabilities.max_statement_bytes = if is_mariadb { 16 << 20 } else { 4 << 20 }; // the default of `max_allowed_packet`
        capabilities
    }

    fn has_catalog(&self) -> bool {
        true
    }

    async fn database(&self) -> Result<TestDatabase<MysqlDriver>, Box<dyn Error + Send + Sync>> {
        let flavor = if matches!(self, Mysql::MySql57) { MysqlFlavor::MySql } else { MysqlFlavor::MariaDb };
        let database = TempMysql::shared(flavor)?.database()?;
        Ok(match self {
            Mysql::MariaDbUncached => {
                TestDatabase::new(MysqlDriver, database.socket_url(), database).with_option("statement_cache_size", 0)
            }
            Mysql::MariaDb | Mysql::MySql57 => TestDatabase::new(MysqlDriver, database.url(), database),
        })
    }
}

mod mariadb {
    use super::*;

    bindery_testkit::conformance!(Mysql::MariaDb);
}

mod mariadb_uncached {
    use super::*;

    bindery_testkit::conformance!(Mysql::MariaDbUncached);
}

mod mysql_5_7 {
    use super::*;

    bindery_testkit::conformance!(Mysql::MySql57);
}
