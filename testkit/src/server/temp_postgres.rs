use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bindery_core::config::DatabaseUrl;
use rustix::process::Signal;

use super::data_template;
use crate::port::on_free_port;

use super::postgres_binaries::PostgresBinaries;
use super::psql::Psql;
use super::restartable_process::RestartableProcess;
use super::server_folder::ServerFolder;
use super::server_process::ServerProcess;
use super::temp_postgres_builder::TempPostgresBuilder;
use super::temp_postgres_database::TempPostgresDatabase;

/// The superuser of each server, whom it trusts on 127.0.0.1 and on its socket.
const USER: &str = "postgres";
/// What a running server writes about itself.
const LOCK_FILE: &str = "data/postmaster.pid";

/// A PostgreSQL server for tests, on a port of 127.0.0.1 and a socket, with its data in a temporary folder: in memory
/// (`/dev/shm`) where 2 GiB are free there and `TMPDIR` isn't set.
///
/// It runs the installed PostgreSQL: the one whose folder of programs `BINDERY_POSTGRES_BIN` names, else one in `PATH`, else the
/// newest where Debian, Red Hat, SUSE and Homebrew put theirs. It also runs where the tests run as root, then as the account `postgres`.
///
/// Cheap to clone. With the last clone the server ends and its folder goes; so they do, a moment later, when the test process ends in any other way, by
/// SIGKILL too.
///
/// The superuser is `postgres`, without a password; encoding and locale are UTF8 and `C.UTF-8`, the time zone is UTC; up to 64
/// transactions may be prepared; nothing is flushed to disk (`fsync = off`), which loses nothing as long as the machine runs.
///
/// ```
/// use bindery_testkit::TempPostgres;
///
/// let server = TempPostgres::shared()?;
/// let database = server.database()?;
/// database.psql("CREATE TABLE notes (body text); INSERT INTO notes VALUES ('remember')")?;
/// assert_eq!(database.psql("SELECT body FROM notes")?, "remember");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TempPostgres {
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    process: RestartableProcess,
    databases: AtomicU32,
    port: u16,
    urls: Urls,
    binaries: PostgresBinaries,
    folder: ServerFolder,
}

impl TempPostgres {
    /// The server that the tests of this process share; started when it is first asked for. Each test makes a
    /// [database](Self::database) of its own. For faults, [start](Self::start) another.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn shared() -> io::Result<Self> {
        static SHARED: Mutex<Option<TempPostgres>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = &*shared {
            return Ok(server.clone());
        }
        Ok(shared.insert(Self::start()?).clone())
    }

    /// Starts a server of one's own; it takes 0.2 seconds, the first time 0.7.
    ///
    /// # Errors
    /// Where no PostgreSQL is installed ([`io::ErrorKind::NotFound`], with the package's name), or it doesn't start, with what it said.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A server with settings, rules of access or files of one's own.
    pub fn builder() -> TempPostgresBuilder {
        TempPostgresBuilder::default()
    }

    pub(super) fn start_with(builder: &TempPostgresBuilder) -> io::Result<Self> {
        let binaries = PostgresBinaries::find()?;
        let folder = ServerFolder::new("bindery-postgres-", &["postgres", "nobody"])?;
        let data = folder.path().join("data");
        let key = format!("postgres-{}-{}", binaries.version()?, folder.owner()).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        data_template::copy_or_make(&key, &data, || {
            let arguments = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync", "-D", "data"];
            folder.run(&binaries.program("initdb"), &arguments.map(OsStr::new))
        })?;
        for (name, contents) in builder.files() {
            folder.write(data.join(name), contents)?;
        }
        if let Some(rules) = builder.access_rules() {
            folder.write("data/pg_hba.conf", rules.as_bytes())?;
        }
        let main = fs::read_to_string(data.join("postgresql.conf"))?;
        folder.write("data/postgresql.conf", format!("{main}\ninclude 'bindery.conf'\n").as_bytes())?;

        let (port, process) = on_free_port(|port| {
            folder.write("data/bindery.conf", builder.configuration(port, folder.path_text()).as_bytes())?;
            start_process(&folder, &binaries)
        })?;
        let urls = Urls::new(port, folder.path_text()).map_err(io::Error::other)?;
        // By SIGINT, as `pg_ctl stop -m fast` does.
        let (process, databases) = (RestartableProcess::new(process, Signal::INT), AtomicU32::new(0));
        Ok(TempPostgres { server: Arc::new(Server { process, databases, port, urls, binaries, folder }) })
    }

    /// A new, empty database; dropped with its value.
    ///
    /// # Errors
    /// Where the server doesn't make it, with what it said.
    pub fn database(&self) -> io::Result<TempPostgresDatabase> {
        let name = format!("test_{}", self.server.databases.fetch_add(1, Ordering::Relaxed) + 1);
        self.psql(&format!("CREATE DATABASE {name}"))?;
        Ok(TempPostgresDatabase::new(self.clone(), name))
    }

    /// Runs SQL as the superuser in the database `postgres`, as [`TempPostgresDatabase::psql`] does: for roles and what else belongs to the server.
    ///
    /// # Errors
    /// Where a statement fails, with what the server said.
    pub fn psql(&self, sql: &str) -> io::Result<String> {
        self.psql_in("postgres", sql)
    }

    pub(super) fn psql_in(&self, database: &str, sql: &str) -> io::Result<String> {
        let server = &*self.server;
        Psql { program: server.binaries.psql(), host: server.folder.path_text(), port: server.port, user: USER, database }.run(sql)
    }

    /// The URLs of the database `postgres`: on 127.0.0.1, and on the socket.
    pub(super) fn urls(&self) -> &Urls {
        &self.server.urls
    }

    /// The port of 127.0.0.1 on which it listens; the same after a restart.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The folder of its socket, its `log` and, in `data`, its data. Deleted with the server.
    pub fn folder(&self) -> &Path {
        self.server.folder.path()
    }

    /// Ends every process of the server by SIGKILL, as a crash would; they have ended when this returns. What was committed is there
    /// again after a [restart](Self::restart), unless `synchronous_commit` was off. Not running, it stays so.
    ///
    /// # Errors
    /// Where the system refuses to.
    pub fn kill(&self) -> io::Result<()> {
        self.server.process.kill()
    }

    /// Stops every process of the server by SIGSTOP: its connections stay open, the system accepts new ones for it, and nothing is
    /// answered until [`cont`](Self::cont).
    ///
    /// # Errors
    /// Where it isn't running.
    pub fn stop(&self) -> io::Result<()> {
        self.server.process.stop()
    }

    /// Lets a [stopped](Self::stop) server go on.
    ///
    /// # Errors
    /// Where it isn't running.
    pub fn cont(&self) -> io::Result<()> {
        self.server.process.cont()
    }

    /// Ends the server as an administrator does (`pg_ctl stop -m fast`): open transactions are rolled back, connections are closed with
    /// a message. Killed where that takes longer than 10 seconds. Not running, it stays so.
    ///
    /// # Errors
    /// Where the system refuses to.
    pub fn shutdown(&self) -> io::Result<()> {
        self.server.process.shutdown()
    }

    /// Starts the server again, on the same port and with the same data: after [`kill`](Self::kill), or shut down first where it is running.
    ///
    /// # Errors
    /// Where it doesn't start, with what it said.
    pub fn restart(&self) -> io::Result<()> {
        self.server.process.restart(|| start_process(&self.server.folder, &self.server.binaries))
    }

    /// Whether a statement would be answered.
    pub(super) fn answers(&self) -> bool {
        self.server.process.answers()
    }

    /// Whether nothing but this value holds the server, which ends with it.
    pub(super) fn is_last(&self) -> bool {
        Arc::strong_count(&self.server) == 1
    }
}

/// Each is the database `postgres`; another differs in the path alone.
#[derive(Debug)]
pub(super) struct Urls {
    pub(super) tcp: DatabaseUrl,
    pub(super) socket: DatabaseUrl,
}

impl Urls {
    fn new(port: u16, folder: &str) -> bindery_core::Result<Self> {
        let url = DatabaseUrl::new("postgresql")?.with_user(USER).with_path("postgres");
        Ok(Urls { tcp: url.clone().with_host("127.0.0.1", Some(port))?, socket: url.with_host(folder, Some(port))? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed: a shutdown would take longer, and nobody reads the data again. What then stays of PostgreSQL is a few bytes of the
        // system's shared memory, whose number is the last word in the seventh line of its file; nobody could be told of an error.
        let _ = self.process.kill();
        let memory = fs::read_to_string(self.folder.path().join(LOCK_FILE)).unwrap_or_default();
        if let Some(memory) = memory.lines().nth(6).and_then(|line| line.split_whitespace().last()) {
            let _ = Command::new("ipcrm").args(["-m", memory]).output();
        }
    }
}

/// Starts the server and waits until it takes connections.
fn start_process(folder: &ServerFolder, binaries: &PostgresBinaries) -> io::Result<ServerProcess> {
    folder.start(&binaries.program("postgres"), &["-D", "data"].map(OsStr::new), |process, _| {
        // The first line of the file is the process, which tells it from a file that a killed server left; the eighth is its state.
        let status = fs::read_to_string(folder.path().join(LOCK_FILE)).unwrap_or_default();
        let mut lines = status.lines().map(str::trim);
        lines.next() == Some(&process.to_string()) && lines.nth(6) == Some("ready")
    })
}
