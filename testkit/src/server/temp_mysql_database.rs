use std::io;

use bindery_core::config::DatabaseUrl;

use super::temp_mysql::TempMysql;

/// One test's own database on a [`TempMysql`]; dropped with this value, whoever is still connected.
///
/// A prepared XA transaction belongs to the whole server, and nothing tells what database it has written to: it isn't ended with this one,
/// which on MariaDB stays with it. A test ends its own.
#[derive(Debug)]
pub struct TempMysqlDatabase {
    server: TempMysql,
    name: String,
}

impl TempMysqlDatabase {
    pub(super) fn new(server: TempMysql, name: String) -> Self {
        TempMysqlDatabase { server, name }
    }

    /// Its name: letters, digits and `_`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its server.
    pub fn server(&self) -> &TempMysql {
        &self.server
    }

    /// `mysql://root@127.0.0.1:PORT/NAME`.
    pub fn url(&self) -> DatabaseUrl {
        self.server.urls().tcp.clone().with_path(&self.name)
    }

    /// The same by the server's socket: `mysql://root@localhost/NAME?socket=%2FFOLDER%2Fs.sock`.
    pub fn socket_url(&self) -> DatabaseUrl {
        self.server.urls().socket.clone().with_path(&self.name)
    }

    /// Runs a script by `mariadb` or `mysql`, the servers' own client, as `root` and by the socket: the independent witness of what a test has
    /// done.
    ///
    /// Each statement commits on its own, unless the script says `BEGIN`; of the client's own commands `DELIMITER` is understood. What
    /// comes back is one line for each row, with a tab between columns, `NULL` for NULL, values as they are (`--raw`: a tab or a line's end in
    /// a value stands there as such), and without the end of the last line.
    ///
    /// ```
    /// let database = bindery_testkit::TempMysql::shared(bindery_testkit::MysqlFlavor::MariaDb)?.database()?;
    /// assert_eq!(database.sql("SELECT 1, NULL, 'ä'; SELECT 2")?, "1\tNULL\tä\n2");
    ///
    /// let error = database.sql("SELECT * FROM nothing").unwrap_err();
    /// assert!(error.to_string().contains("nothing' doesn't exist"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where a statement fails, with what the server said; those after it have not run.
    pub fn sql(&self, sql: &str) -> io::Result<String> {
        self.server.sql_in(&self.name, sql)
    }
}

impl Drop for TempMysqlDatabase {
    fn drop(&mut self) {
        if self.server.is_last() || !self.server.answers() {
            return;
        }
        // An open transaction keeps its tables from being dropped, so who is connected is ended first; it may have gone meanwhile.
        let connected = format!("SELECT id FROM information_schema.processlist WHERE db = '{}'", self.name);
        for id in self.server.sql(&connected).unwrap_or_default().lines() {
            let _ = self.server.sql(&format!("KILL {id}"));
        }
        // The limits are for what a prepared XA transaction has locked. What is left after an error goes with the server.
        let _ = self.server.sql(&format!("SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; DROP DATABASE {}", self.name));
    }
}
