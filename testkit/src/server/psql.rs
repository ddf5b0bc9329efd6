use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

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
        let mut process = command
            .args(["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1"])
            .args(["-h", self.host, "-p", &self.port.to_string(), "-U", self.user, "-d", self.database])
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take();
        let output = thread::scope(|scope| {
            // From another thread: a script may print more than a pipe holds before it has been read.
            scope.spawn(move || {
                // psql stops reading at the first error, which it tells itself.
                let _ = input.map(|mut input| input.write_all(sql.as_bytes()));
            });
            process.wait_with_output()
        })?;
        if !output.status.success() {
            return Err(io::Error::other(format!("psql: {}", String::from_utf8_lossy(&output.stderr).trim())));
        }
        let mut text = String::from_utf8(output.stdout).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "psql printed no UTF-8"))?;
        if text.ends_with('\n') {
            text.pop();
        }
        Ok(text)
    }
}
