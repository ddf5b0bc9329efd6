use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bindery_core::{Error, ErrorKind, Result};
use rusqlite::OpenFlags;

use crate::config::{Access, Location, SqliteConfig, Synchronous};
use crate::control::Control;
use crate::decimal;
use crate::error::{from_sqlite, while_opening};
use crate::handle::Handle;

/// The progress handler is asked each so many instructions of SQLite's virtual machine: some tens of microseconds.
const PROGRESS_INSTRUCTIONS: i32 = 1_000;

/// Makes the connections of one engine. Called on r2d2's own threads, where it may wait.
pub(crate) struct Source {
    location: Location,
    uri: String,
    busy_timeout: Duration,
    synchronous: Synchronous,
    statement_cache_size: usize,
    /// The first connection makes folders and switches to WAL; in memory it stays, so that the database does.
    first: Mutex<First>,
}

#[derive(Default)]
struct First {
    done: bool,
    keeper: Option<rusqlite::Connection>,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
}

impl Source {
    pub(crate) fn new(config: &SqliteConfig) -> Self {
        Source {
            uri: uri(&config.location),
            location: config.location.clone(),
            busy_timeout: config.busy_timeout,
            synchronous: config.synchronous,
            statement_cache_size: config.pool.statement_cache_size,
            first: Mutex::default(),
        }
    }

    /// Lets the in-memory database go.
    pub(crate) fn close(&self) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = First::default();
    }

    fn connect(&self, role: Role) -> Result<Handle> {
        self.prepare_database()?;
        let mut sqlite = self.open()?;
        let control = Arc::new(Control::new(sqlite.get_interrupt_handle()));
        self.set_up(&mut sqlite, &control, role).map_err(|error| self.failed(error))?;
        tracing::debug!(role = ?role, "a SQLite connection was opened");
        Ok(Handle::new(sqlite, control, self.statement_cache_size))
    }

    fn prepare_database(&self) -> Result<()> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.done {
            return Ok(());
        }
        match &self.location {
            Location::Memory => first.keeper = Some(self.open()?),
            Location::File { access: Access::ReadOnly, .. } => {}
            Location::File { path, access, .. } => {
                if let (Access::Create, Some(folder)) = (access, path.parent()) {
                    std::fs::create_dir_all(folder).map_err(|error| {
                        let message = format!("the folder {} can not be made", folder.display());
                        Error::new(ErrorKind::ConnectionLost, message).with_source(error)
                    })?;
                }
                self.switch_to_wal(&self.open()?).map_err(|error| self.failed(error))?;
            }
        }
        first.done = true;
        Ok(())
    }

    /// WAL is a property of the file: set once, it stays. Where it can't be (a network file system, another VFS), the database
    /// works on in its own mode.
    fn switch_to_wal(&self, sqlite: &rusqlite::Connection) -> rusqlite::Result<()> {
        let until = Instant::now() + self.busy_timeout;
        loop {
            // SQLite doesn't call its busy handler for every lock on the way.
            match sqlite.pragma_update(None, "journal_mode", "wal") {
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                result => return result,
            }
        }
    }

    fn open(&self) -> Result<rusqlite::Connection> {
        let access = match &self.location {
            Location::Memory => Access::Create,
            Location::File { access, .. } => *access,
        };
        let mode = match access {
            Access::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        // NO_MUTEX: a connection is used by one thread at a time.
        let flags = mode | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = rusqlite::Connection::open_with_flags(&self.uri, flags).map_err(|error| self.failed(error))?;
        sqlite.busy_timeout(self.busy_timeout).map_err(from_sqlite)?;
        Ok(sqlite)
    }

    fn set_up(&self, sqlite: &mut rusqlite::Connection, control: &Arc<Control>, role: Role) -> rusqlite::Result<()> {
        sqlite.pragma_update(None, "foreign_keys", true)?;
        let synchronous = match self.synchronous {
            Synchronous::Normal => "normal",
            Synchronous::Full => "full",
        };
        sqlite.pragma_update(None, "synchronous", synchronous)?;
        decimal::register(sqlite)?;
        // `like` minds the case, as it does on other backends.
        sqlite.pragma_update(None, "case_sensitive_like", true)?;
        // Reads the schema, so that a file that isn't a database is found here.
        sqlite.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        if role == Role::Reader {
            sqlite.pragma_update(None, "query_only", true)?;
        }
        // From here on whoever waits for a lock waits without a thread.
        sqlite.busy_timeout(Duration::ZERO)?;
        let progress = control.clone();
        sqlite.progress_handler(PROGRESS_INSTRUCTIONS, Some(move || progress.progress()))?;
        let authorizer = control.clone();
        sqlite.authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| authorizer.authorize(&context.action)))
    }

    fn failed(&self, error: rusqlite::Error) -> Error {
        match &self.location {
            Location::Memory => from_sqlite(error),
            Location::File { path, .. } => while_opening(error, path),
        }
    }
}

/// What SQLite opens. Always a URI, so that no file name is mistaken for one.
fn uri(location: &Location) -> String {
    static DATABASES: AtomicU64 = AtomicU64::new(0);
    match location {
        Location::Memory => {
            let number = DATABASES.fetch_add(1, Ordering::Relaxed);
            format!("file:/bindery-{}-{number}?vfs=memdb", std::process::id())
        }
        Location::File { path, parameters, .. } => {
            let mut uri = format!("file:{}", uri_path(path));
            for (index, (name, value)) in parameters.iter().enumerate() {
                uri.push(if index == 0 { '?' } else { '&' });
                uri.push_str(&format!("{name}={}", escape(value.as_bytes())));
            }
            uri
        }
    }
}

/// The path as it stands in a URI. Absolute, since two slashes at its beginning would name a host.
fn uri_path(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if cfg!(windows) {
        format!("/{}", escape(path.to_string_lossy().replace('\\', "/").as_bytes()))
    } else {
        // Byte by byte: a file's name need not be UTF-8.
        let path = escape(path.as_os_str().as_encoded_bytes());
        format!("/{}", path.trim_start_matches('/'))
    }
}

fn escape(bytes: &[u8]) -> String {
    let mut escaped = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// r2d2's view of a [`Source`].
pub(crate) struct Manager {
    pub(crate) source: Arc<Source>,
    pub(crate) role: Role,
}

/// A connection that could not be made is handed out as its error: r2d2 would try again until its timeout, and keep the error's
/// text only.
pub(crate) type Made = Result<Handle>;

impl r2d2::ManageConnection for Manager {
    type Connection = Made;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Made> {
        Ok(self.source.connect(self.role))
    }

    fn is_valid(&self, made: &mut Made) -> rusqlite::Result<()> {
        made.as_ref().map_or(Ok(()), Handle::ping)
    }

    fn has_broken(&self, made: &mut Made) -> bool {
        !made.as_ref().is_ok_and(Handle::is_clean)
    }
}
