use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

use super::sql_client;

/// PostgreSQL's own client, on a server's socket.
pub(super) struct Psql<'a> {
    pub(super) program: &'a Path,
    /// The folder of the socket.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) user: &'a str,
    pub(super) database: &'a str,
}

impl Psql<'_> {
    /// Runs a script, and ends at the first statement that fails. Gives what was printed, without the line's end.
    pub(super) fn run(&self, sql: &str) -> io::Result<String> {
        let mut command = Command::new(self.program);
        // The developer's own settings don't count.
        for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(variable);
        }
        command
            .args(["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1"])
            .args(["-h", self.host, "-p", &self.port.to_string(), "-U", self.user, "-d", self.database])
            .env("PGCLIENTENCODING", "UTF8");
        sql_client::run(&mut command, "psql", sql)
    }
}
