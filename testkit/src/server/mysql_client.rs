use std::env;
use std::io;
use std::path::Path;
use std::process::Command;

use super::sql_client;

/// The command line client of MariaDB or MySQL, on a server's socket, as `root`.
pub(super) struct MysqlClient<'a> {
    pub(super) program: &'a Path,
    pub(super) socket: &'a Path,
    /// Empty for none.
    pub(super) database: &'a str,
}

impl MysqlClient<'_> {
    /// Runs a script, and ends at the first statement that fails. Gives what was printed, without the last line's end.
    pub(super) fn run(&self, sql: &str) -> io::Result<String> {
        let mut command = Command::new(self.program);
        // The developer's own settings don't count.
        let is_setting = |name: &str| name.starts_with("MYSQL_") || name.starts_with("MARIADB_");
        for (variable, _) in env::vars_os().filter(|(name, _)| is_setting(&name.to_string_lossy())) {
            command.env_remove(variable);
        }
        command.args(["--no-defaults", "--batch", "--raw", "--skip-column-names", "--default-character-set=utf8mb4"]);
        // The text arrives as it is: with its comments and line ends, and with no backslash that is the client's own command.
        command.args(["--comments", "--binary-mode"]);
        command.args(["--user=root", "--skip-password", "--socket"]).arg(self.socket).arg(self.database);
        sql_client::run(&mut command, "mysql", sql)
    }
}
