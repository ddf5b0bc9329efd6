use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bindery_core::config::DatabaseUrl;
use rustix::process::Signal;

use super::data_template;
use crate::port::on_free_port;

use super::mysql_binaries::MysqlBinaries;
use super::mysql_client::MysqlClient;
use super::mysql_flavor::MysqlFlavor;
use super::restartable_process::RestartableProcess;
use super::server_folder::ServerFolder;
use super::server_process::ServerProcess;
use super::temp_mysql_builder::TempMysqlBuilder;
use super::temp_mysql_database::TempMysqlDatabase;

/// The superuser of each server, without a password on 127.0.0.1 and on its socket.
const USER: &str = "root";
const SOCKET: &str = "s.sock";

/// Names are not looked up, so that who comes by 127.0.0.1 isn't `root@localhost`. While it makes its data, a server knows no `CREATE
/// USER`.
const ROOT_BY_TCP: &str = "CREATE TABLE mysql.made AS SELECT * FROM mysql.user WHERE user = 'root';\n\
                           UPDATE mysql.made SET host = '127.0.0.1';\n\
                           INSERT INTO mysql.user SELECT * FROM mysql.made;\n\
                           DROP TABLE mysql.made;\n";

/// A MariaDB or Oracle MySQL server for tests, on a port of 127.0.0.1 and a socket, with its data in a temporary folder: in memory
/// (`/dev/shm`) where 2 GiB are free there and `TMPDIR` isn't set.
///
/// It runs what is installed; [`MysqlFlavor`] says where that is looked for. It also runs where the tests run as root, then as the account
/// `mysql` or `nobody`. Files of settings (`/etc/my.cnf`) don't count.
///
/// Cheap to clone. With the last clone the server ends and its folder goes; so they do, a moment later, when the test process ends in any other way, by
/// SIGKILL too.
///
/// The superuser is `root`, without a password; the character set is utf8mb4, the time zone is UTC; there is no binary log, no TLS unless a
/// setting names its files, and no `performance_schema`; up to 200 clients may be connected. What is committed isn't flushed to disk
/// (`innodb_flush_log_at_trx_commit = 2`), which loses nothing as long as the machine runs: a prepared XA transaction survives
/// [`kill`](Self::kill) too.
///
/// ```
/// use bindery_testkit::{MysqlFlavor, TempMysql};
///
/// let server = TempMysql::shared(MysqlFlavor::MariaDb)?;
/// let database = server.database()?;
/// database.sql("CREATE TABLE notes (body text); INSERT INTO notes VALUES ('remember')")?;
/// assert_eq!(database.sql("SELECT body FROM notes")?, "remember");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TempMysql {
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    // Ended before its folder goes.
    process: RestartableProcess,
    databases: AtomicU32,
    port: u16,
    urls: Urls,
    launch: Launch,
}

/// All that a start needs but the port.
#[derive(Debug)]
struct Launch {
    flavor: MysqlFlavor,
    binaries: MysqlBinaries,
    /// Of the builder.
    options: Vec<String>,
    folder: ServerFolder,
}

impl TempMysql {
    /// The server of this flavor that the tests of this process share; started when it is first asked for. Each test makes a
    /// [database](Self::database) of its own. For faults, [start](Self::start) another.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn shared(flavor: MysqlFlavor) -> io::Result<Self> {
        static MARIADB: Mutex<Option<TempMysql>> = Mutex::new(None);
        static MYSQL: Mutex<Option<TempMysql>> = Mutex::new(None);
        let shared = match flavor {
            MysqlFlavor::MariaDb => &MARIADB,
            MysqlFlavor::MySql => &MYSQL,
        };
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = &*shared {
            return Ok(server.clone());
        }
        Ok(shared.insert(Self::start(flavor)?).clone())
    }

    /// Starts a server of one's own; it takes 0.1 seconds for MariaDB, 0.3 for MySQL 5.7, the first time 0.5 and 2.
    ///
    /// # Errors
    /// Where no server of this flavor is installed ([`io::ErrorKind::NotFound`], with the package's name), or it doesn't start, with what it
    /// said.
    pub fn start(flavor: MysqlFlavor) -> io::Result<Self> {
        Self::builder(flavor).start()
    }

    /// A server with settings or files of one's own.
    pub fn builder(flavor: MysqlFlavor) -> TempMysqlBuilder {
        TempMysqlBuilder::new(flavor)
    }

    pub(super) fn start_with(builder: &TempMysqlBuilder) -> io::Result<Self> {
        let flavor = builder.flavor();
        let binaries = MysqlBinaries::find(flavor)?;
        let folder = ServerFolder::new(&format!("bindery-{}-", flavor.name()), &["mysql", "nobody"])?;
        let launch = Launch { flavor, binaries, options: builder.options(), folder };
        launch.make_data()?;
        for (name, contents) in builder.files() {
            launch.folder.write(Path::new("data").join(name), contents)?;
        }

        let (port, process) = on_free_port(|port| launch.start(port))?;
        let urls = Urls::new(port, &launch.path_text(SOCKET)).map_err(io::Error::other)?;
        // By SIGTERM, as `systemctl stop` does.
        let (process, databases) = (RestartableProcess::new(process, Signal::TERM), AtomicU32::new(0));
        Ok(TempMysql { server: Arc::new(Server { process, databases, port, urls, launch }) })
    }

    /// A new, empty database; dropped with its value.
    ///
    /// # Errors
    /// Where the server doesn't make it, with what it said.
    pub fn database(&self) -> io::Result<TempMysqlDatabase> {
        let name = format!("test_{}", self.server.databases.fetch_add(1, Ordering::Relaxed) + 1);
        self.sql(&format!("CREATE DATABASE {name}"))?;
        Ok(TempMysqlDatabase::new(self.clone(), name))
    }

    /// Runs SQL as `root` in no database, as [`TempMysqlDatabase::sql`] does: for users, global settings and what else belongs to the server.
    ///
    /// # Errors
    /// Where a statement fails, with what the server said.
    pub fn sql(&self, sql: &str) -> io::Result<String> {
        self.sql_in("", sql)
    }

    pub(super) fn sql_in(&self, database: &str, sql: &str) -> io::Result<String> {
        let Launch { binaries, folder, .. } = &self.server.launch;
        MysqlClient { program: &binaries.client, socket: &folder.path().join(SOCKET), database }.run(sql)
    }

    /// The URLs without a database: on 127.0.0.1, and on the socket.
    pub(super) fn urls(&self) -> &Urls {
        &self.server.urls
    }

    /// Which server it is.
    pub fn flavor(&self) -> MysqlFlavor {
        self.server.launch.flavor
    }

    /// The port of 127.0.0.1 on which it listens; the same after a restart.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The folder of its socket (`s.sock`), its `log` and, in `data`, its data. Deleted with the server.
    pub fn folder(&self) -> &Path {
        self.server.launch.folder.path()
    }

    /// Ends the server by SIGKILL, as a crash would; it has ended when this returns. What was committed, or prepared by XA, is there
    /// again after a [restart](Self::restart), unless `innodb_flush_log_at_trx_commit` was 0. Not running, it stays so.
    ///
    /// # Errors
    /// Where the system refuses to.
    pub fn kill(&self) -> io::Result<()> {
        self.server.process.kill()
    }

    /// Stops the server by SIGSTOP: its connections stay open, the system accepts new ones for it, and nothing is answered until
    /// [`cont`](Self::cont).
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

    /// Ends the server as an administrator does (SIGTERM): open transactions are rolled back, connections are closed; MySQL 5.7 takes
    /// more than a second for it. Killed where that takes longer than 10 seconds. Not running, it stays so.
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
        self.server.process.restart(|| self.server.launch.start(self.server.port))
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

/// Each has no database yet.
#[derive(Debug)]
pub(super) struct Urls {
    pub(super) tcp: DatabaseUrl,
    pub(super) socket: DatabaseUrl,
}

impl Urls {
    fn new(port: u16, socket: &str) -> bindery_core::Result<Self> {
        let url = DatabaseUrl::new("mysql")?.with_user(USER);
        let by_socket = url.clone().with_host("localhost", None)?.with_parameter("socket", socket);
        Ok(Urls { tcp: url.with_host("127.0.0.1", Some(port))?, socket: by_socket })
    }
}

impl Launch {
    fn make_data(&self) -> io::Result<()> {
        let Launch { flavor, binaries, folder, .. } = self;
        let key = format!("{}-{}-{}", flavor.name(), binaries.version, folder.owner());
        let key = key.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        data_template::copy_or_make(&key, &folder.path().join("data"), || match flavor {
            MysqlFlavor::MariaDb => {
                let own = ["--auth-root-authentication-method=normal", "--skip-test-db"];
                self.run(&binaries.installer, &own.map(str::to_owned))
            }
            MysqlFlavor::MySql => {
                folder.write("init.sql", ROOT_BY_TCP.as_bytes())?;
                let own = ["--initialize-insecure".to_owned(), format!("--init-file={}", self.path_text("init.sql"))];
                self.run(&binaries.installer, &own)?;
                // Each server is to find a name of its own for replication, not its template's.
                fs::remove_file(folder.path().join("data/auto.cnf"))
            }
        })
    }

    /// Starts the server and waits until it takes connections.
    fn start(&self, port: u16) -> io::Result<ServerProcess> {
        // MySQL's, which names a process that has ended: another may have its number by now.
        let _ = fs::remove_file(self.folder.path().join("s.sock.lock"));
        let listen = [
            "--bind-address=127.0.0.1".to_owned(),
            format!("--port={port}"),
            format!("--socket={}", self.path_text(SOCKET)),
            // `pid` is the guardian's.
            format!("--pid-file={}", self.path_text("server.pid")),
        ];
        let arguments = self.arguments().into_iter().chain(listen).chain(self.options.iter().cloned()).collect::<Vec<_>>();
        let arguments = arguments.iter().map(OsStr::new).collect::<Vec<_>>();
        self.folder.start(&self.binaries.server, &arguments, |_, said| said.contains(": ready for connections"))
    }

    fn run(&self, program: &Path, own: &[String]) -> io::Result<()> {
        let arguments = self.arguments();
        // `--no-defaults` must be the first.
        let arguments = arguments.iter().chain(own).map(OsStr::new).collect::<Vec<_>>();
        self.folder.run(program, &arguments)
    }

    /// For the making of the data too: the log's size is one of its files'.
    fn arguments(&self) -> Vec<String> {
        let common = [
            "--no-defaults",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--default-time-zone=+00:00",
            "--max-connections=200",
            "--skip-log-bin",
            "--performance-schema=OFF",
            // What is written survives the server, not the machine.
            "--innodb-flush-log-at-trx-commit=2",
            // In memory nothing can be written past the system, and a machine has a limited number of requests of the other kind.
            "--innodb-flush-method=fsync",
            "--innodb-use-native-aio=OFF",
            "--innodb-buffer-pool-size=32M",
            "--innodb-buffer-pool-dump-at-shutdown=OFF",
            "--innodb-buffer-pool-load-at-startup=OFF",
            "--key-buffer-size=1M",
            // Files may be read and written anywhere that the account may.
            "--secure-file-priv=",
        ];
        let of_flavor: &[&str] = match self.flavor {
            MysqlFlavor::MariaDb => &["--innodb-log-file-size=8M"],
            // A value may have a tenth of MySQL 5.7's two files. `loose`: there since some version, or until one.
            MysqlFlavor::MySql => {
                &["--loose-innodb-log-file-size=24M", "--loose-auto-generate-certs=OFF", "--loose-log-syslog=OFF", "--loose-mysqlx=OFF"]
            }
        };
        let places = [format!("--datadir={}", self.path_text("data")), format!("--tmpdir={}", self.folder.path_text())];
        let all = common.iter().chain(of_flavor).map(|option| (*option).to_owned());
        all.chain(places).chain(self.binaries.base()).collect()
    }

    fn path_text(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path_text())
    }
}
