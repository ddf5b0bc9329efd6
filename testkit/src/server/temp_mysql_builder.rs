use std::io;

use super::mysql_flavor::MysqlFlavor;
use super::temp_mysql::TempMysql;

/// A [`TempMysql`] with settings of one's own.
///
/// ```
/// use bindery_testkit::{MysqlFlavor, TempMysql};
///
/// let server = TempMysql::builder(MysqlFlavor::MariaDb).setting("max_connections", "17").start()?;
/// assert_eq!(server.sql("SELECT @@max_connections")?, "17");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TempMysqlBuilder {
    flavor: MysqlFlavor,
    settings: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
}

impl TempMysqlBuilder {
    pub(super) fn new(flavor: MysqlFlavor) -> Self {
        TempMysqlBuilder { flavor, settings: Vec::new(), files: Vec::new() }
    }

    /// Sets one of the server's options, as `--name=value` does on its command line; the last one of a name counts, also over this crate's own
    /// (`default_time_zone`, `innodb_flush_log_at_trx_commit`, …). What decides how the data folder is made (`innodb_page_size`) comes too late.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Puts a file into the data folder, readable by the server alone: `server.key`, which a setting (`ssl_key`) may then name without a
    /// folder.
    pub fn file(mut self, name: impl Into<String>, contents: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), contents.into()));
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// Those of [`TempMysql::start`].
    pub fn start(&self) -> io::Result<TempMysql> {
        TempMysql::start_with(self)
    }

    pub(super) fn flavor(&self) -> MysqlFlavor {
        self.flavor
    }

    pub(super) fn files(&self) -> &[(String, Vec<u8>)] {
        &self.files
    }

    /// What the server is told on its command line, where it listens apart.
    pub(super) fn options(&self) -> Vec<String> {
        self.settings.iter().map(|(name, value)| format!("--{name}={value}")).collect()
    }
}
