use bindery_core::Result;
use bindery_core::config::BindConfig;
use bindery_core::engine::Driver;

use crate::Mysql;
use crate::config::{MysqlConfig, OPTIONS};

/// Opens [`Mysql`] engines: what the facade hands to `connect`, and what `builder().driver(..)` takes.
///
/// ```
/// use bindery_core::engine::Driver;
/// use bindery_mysql::MysqlDriver;
///
/// assert_eq!(MysqlDriver.schemes(), ["mysql", "mariadb"]);
/// assert!(MysqlDriver.options().contains(&"ssl_mode"));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct MysqlDriver;

impl Driver for MysqlDriver {
    type Engine = Mysql;

    fn name(&self) -> &'static str {
        "mysql"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["mysql", "mariadb"]
    }

    fn options(&self) -> &'static [&'static str] {
        &OPTIONS
    }

    fn parameters(&self) -> &'static [&'static str] {
        &OPTIONS
    }

    fn open(&self, bind: &BindConfig) -> Result<Mysql> {
        Mysql::open(MysqlConfig::new(bind)?)
    }
}
