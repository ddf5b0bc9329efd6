use std::fmt::Write;
use std::io;

use super::temp_postgres::TempPostgres;

/// A [`TempPostgres`] with settings of one's own.
///
/// ```
/// use bindery_testkit::TempPostgres;
///
/// let server = TempPostgres::builder().setting("max_connections", "7").start()?;
/// assert_eq!(server.psql("SHOW max_connections")?, "7");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct TempPostgresBuilder {
    settings: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    access: Vec<String>,
}

impl TempPostgresBuilder {
    /// Sets one of PostgreSQL's parameters; the last one of a name counts, also over this crate's own (`fsync`, `timezone`, …).
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Puts a file into the data folder, readable by the server alone: `server.key`, which a setting may then name without a folder.
    pub fn file(mut self, name: impl Into<String>, contents: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), contents.into()));
        self
    }

    /// Adds a line to `pg_hba.conf`, instead of the rule that trusts everybody on 127.0.0.1: `hostssl all all 127.0.0.1/32 scram-sha-256`. The
    /// first line that fits a connection decides. By the socket everybody is trusted still.
    pub fn access(mut self, rule: impl Into<String>) -> Self {
        self.access.push(rule.into());
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// Those of [`TempPostgres::start`].
    pub fn start(&self) -> io::Result<TempPostgres> {
        TempPostgres::start_with(self)
    }

    pub(super) fn files(&self) -> &[(String, Vec<u8>)] {
        &self.files
    }

    /// The text of `pg_hba.conf`, where it isn't initdb's.
    pub(super) fn access_rules(&self) -> Option<String> {
        (!self.access.is_empty()).then(|| format!("local all all trust\nlocal replication all trust\n{}\n", self.access.join("\n")))
    }

    /// The text of `bindery.conf`.
    pub(super) fn configuration(&self, port: u16, folder: &str) -> String {
        let (port, folder) = (port.to_string(), format!("\"{folder}\""));
        let own = [
            ("listen_addresses", "127.0.0.1"),
            ("port", &port),
            ("unix_socket_directories", &folder),
            ("max_prepared_transactions", "64"),
            ("shared_buffers", "32MB"),
            ("min_wal_size", "2MB"),
            ("max_wal_size", "64MB"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            // What is written survives the server, not the machine.
            ("fsync", "off"),
            ("full_page_writes", "off"),
            // Nothing that a test hasn't asked for.
            ("autovacuum", "off"),
            // In a file of the data folder: of a killed server, nothing else would be deleted.
            ("dynamic_shared_memory_type", "mmap"),
        ];
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        own.into_iter().chain(settings).fold(String::new(), |mut text, (name, value)| {
            // Writing to a `String` can't fail.
            let _ = writeln!(text, "{name} = '{}'", value.replace('\\', "\\\\").replace('\'', "''"));
            text
        })
    }
}
