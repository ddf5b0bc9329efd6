use std::io;

use bindery_core::config::DatabaseUrl;

use super::temp_postgres::TempPostgres;

/// One test's own database on a [`TempPostgres`]; dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct TempPostgresDatabase {
    server: TempPostgres,
    name: String,
}

impl TempPostgresDatabase {
    pub(super) fn new(server: TempPostgres, name: String) -> Self {
        TempPostgresDatabase { server, name }
    }

    /// Its name: letters, digits and `_`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its server.
    pub fn server(&self) -> &TempPostgres {
        &self.server
    }

    /// `postgresql://postgres@127.0.0.1:PORT/NAME`.
    pub fn url(&self) -> DatabaseUrl {
        self.server.urls().tcp.clone().with_path(&self.name)
    }

    /// The same by the server's socket: `postgresql://postgres@%2FFOLDER:PORT/NAME`.
    pub fn socket_url(&self) -> DatabaseUrl {
        self.server.urls().socket.clone().with_path(&self.name)
    }

    /// Runs a script by `psql`, PostgreSQL's own client, as the superuser and by the socket: the independent witness of what a test has done.
    ///
    /// Each statement commits on its own, unless the script says `BEGIN`; psql's own commands (`\gexec`) are understood. What comes back is
    /// one line for each row, with `|` between columns, nothing for NULL, and without the end of the last line.
    ///
    /// ```
    /// let database = bindery_testkit::TempPostgres::shared()?.database()?;
    /// assert_eq!(database.psql("SELECT 1, NULL, 'ä'; SELECT 2")?, "1||ä\n2");
    ///
    /// let error = database.psql("SELECT 1 / 0").unwrap_err();
    /// assert!(error.to_string().contains("division by zero"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where a statement fails, with what the server said; those after it have not run.
    pub fn psql(&self, sql: &str) -> io::Result<String> {
        self.server.psql_in(&self.name, sql)
    }
}

impl Drop for TempPostgresDatabase {
    fn drop(&mut self) {
        if self.server.is_last() || !self.server.answers() {
            return;
        }
        // A prepared transaction would keep the database. What is left after an error goes with the server.
        let _ = self.psql(&format!(
            "SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts WHERE database = current_database() \\gexec\n\
             \\connect postgres\n\
             DROP DATABASE {} WITH (FORCE)",
            self.name
        ));
    }
}
