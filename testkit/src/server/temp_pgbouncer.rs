use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use bindery_core::config::DatabaseUrl;

use super::server_folder::ServerFolder;
use super::server_process::ServerProcess;
use super::temp_postgres_database::TempPostgresDatabase;
use crate::port::on_free_port;

/// A pgbouncer in transaction mode before a database: its clients share a few connections, and each gets another one for each
/// transaction, so that nothing that a client left in its session is there the next time. Ends with this value, or with the test process.
///
/// ```
/// use bindery_testkit::{TempPgbouncer, TempPostgres};
///
/// let database = TempPostgres::shared()?.database()?;
/// let pgbouncer = TempPgbouncer::before(&database, 2)?; // two connections to the server, whatever the number of clients
/// assert_eq!(pgbouncer.url().path(), database.name());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TempPgbouncer {
    url: DatabaseUrl,
    // Ended before its folder goes.
    _process: ServerProcess,
    _folder: ServerFolder,
}

impl TempPgbouncer {
    /// Starts it, with at most so many connections to the server.
    ///
    /// Every client is taken for the superuser `postgres`, whatever it says. pgbouncer's other settings are its own: it refuses startup
    /// parameters that it doesn't know.
    ///
    /// # Errors
    /// Where pgbouncer isn't installed ([`io::ErrorKind::NotFound`], with the package's name), or doesn't start, with what it said.
    pub fn before(database: &TempPostgresDatabase, pool_size: u32) -> io::Result<Self> {
        let path: Vec<PathBuf> = env::var_os("PATH").iter().flat_map(env::split_paths).collect();
        let program = find_in(&path)?;
        let folder = ServerFolder::new("bindery-pgbouncer-", &["postgres", "nobody"])?;
        let (port, process) = on_free_port(|port| {
            folder.write("pgbouncer.ini", configuration(database, pool_size, port).as_bytes())?;
            folder.start(&program, &["pgbouncer.ini"].map(OsStr::new), |_, said| said.contains("process up"))
        })?;
        let url = DatabaseUrl::new("postgresql").and_then(|url| url.with_user("postgres").with_host("127.0.0.1", Some(port)));
        Ok(TempPgbouncer { url: url.map_err(io::Error::other)?.with_path(database.name()), _process: process, _folder: folder })
    }

    /// The database through pgbouncer. Its own database `pgbouncer`, which answers `SHOW POOLS`, is `url().with_path("pgbouncer")`.
    pub fn url(&self) -> DatabaseUrl {
        self.url.clone()
    }
}

fn configuration(database: &TempPostgresDatabase, pool_size: u32, port: u16) -> String {
    let (name, server) = (database.name(), database.server());
    let (socket, server_port) = (server.folder().display(), server.port());
    format!(
        "[databases]\n\
         {name} = host='{socket}' port={server_port} user=postgres\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         admin_users = postgres\n\
         pool_mode = transaction\n\
         default_pool_size = {pool_size}\n\
         max_client_conn = 1000\n"
    )
}

fn find_in(path: &[PathBuf]) -> io::Result<PathBuf> {
    // Debian's is where a user's `PATH` may not look.
    let usual = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = path.iter().chain(&usual).map(|folder| folder.join("pgbouncer")).find(|program| program.is_file());
    found.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "pgbouncer is not installed here: install it (`apt-get install pgbouncer`; macOS: `brew install pgbouncer`)",
        )
    })
}
