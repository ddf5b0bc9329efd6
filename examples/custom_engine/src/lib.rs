//! An engine of its own for [bindery](https://docs.rs/bindery), by its contract alone: [Turso](https://docs.turso.tech), SQLite written
//! anew in Rust. `docs/DRIVERS.md` leads through it. A file is no server to lose: `pool_recycle`, `pool_pre_ping`, `idle_timeout` and
//! `connect_timeout` have nothing to do here, nor has `statement_cache_size`, since each statement is prepared when it is run.

mod catalog;
mod connection;
mod value;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::config::BindConfig;
use bindery_core::engine::{Capabilities, Catalog, Connection, Dialect, Driver, Effect, Engine, Place, Places, PoolStatus};
use bindery_core::value::SqlType;
use bindery_core::{Error, ErrorKind, Result};
use tokio::task::{JoinError, spawn_blocking};
use turso_core::{Database, LimboError, OpenOptions, SqliteDialect};

use crate::connection::TursoConnection;

/// Opens [`Turso`] engines: `turso:///path/of/the.db`. Of its own a bind may have `busy_timeout`: how long who writes waits for others.
#[derive(Debug, Clone, Copy, Default)]
pub struct TursoDriver;

impl Driver for TursoDriver {
    type Engine = Turso;

    fn name(&self) -> &'static str {
        "turso"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["turso"]
    }

    fn options(&self) -> &'static [&'static str] {
        &["busy_timeout"]
    }

    fn open(&self, bind: &BindConfig) -> Result<Turso> {
        let path = bind.folder().join(bind.url().path()).to_string_lossy().into_owned();
        let busy_timeout = bind.duration("busy_timeout")?.unwrap_or(Duration::from_secs(5));
        Ok(Turso { path, in_memory: None, busy_timeout, places: Places::new(bind.pool()), idle: Arc::default() })
    }
}

/// SQLite's, but for its decimals: their collation can't be defined in Turso.
const DIALECT: Dialect = Dialect::sqlite().named("turso").without_types(&[SqlType::Decimal]);

/// One file, and the connections to it.
pub struct Turso {
    path: String,
    /// The database itself, where there is no file.
    in_memory: Option<Arc<Database>>,
    busy_timeout: Duration,
    places: Places,
    idle: Arc<Mutex<Vec<Link>>>,
}

/// An open connection.
struct Link {
    turso: Arc<turso_core::Connection>,
    capabilities: Arc<Capabilities>,
    /// Ends what runs, and what is still to run, until it is taken back.
    cancelled: Arc<AtomicBool>,
    busy_timeout: Duration,
}

/// A connection that is out, and its place. Dropped, the connection is closed, and then the place free.
struct Seat {
    link: Link,
    place: Place,
    idle: Arc<Mutex<Vec<Link>>>,
}

fn open_database(path: &str) -> Result<Arc<Database>, LimboError> {
    Database::open(Database::io_for_path(path)?, path, OpenOptions::new(Arc::new(SqliteDialect)))
}

impl Link {
    fn open(database: &Arc<Database>, busy_timeout: Duration) -> Result<Self, LimboError> {
        let turso = database.connect()?;
        turso.execute("PRAGMA foreign_keys = on")?;
        // Its own `interrupt` ends only what runs at that moment.
        let cancelled = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&cancelled);
        turso.set_progress_handler(1_000, Some(Box::new(move || asked.load(Ordering::Relaxed))));
        let version = turso.prepare("SELECT sqlite_version()")?.run_collect_rows()?;
        let version: String = version.iter().flatten().map(ToString::to_string).collect();
        let mut capabilities = Capabilities::none(format!("Turso, as SQLite {version}"));
        capabilities.returning = true;
        (capabilities.common_table_expressions, capabilities.window_functions) = (true, true);
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        capabilities.max_parameters = 32_766;
        Ok(Link { turso, capabilities: Arc::new(capabilities), cancelled, busy_timeout })
    }
}

impl Seat {
    /// The connection is clean: the next one may have it. It is there before its place is free, so who closes finds it.
    fn give_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.link);
    }
}

fn lost(error: JoinError) -> Error {
    Error::new(ErrorKind::Interrupted, "the job on the blocking pool was lost").with_source(error)
}

/// Turso's error by its kind, and with it as the source. Of constraints, only the text says which.
fn mapped(error: LimboError) -> Error {
    let said = error.to_string();
    let (kind, message) = match &error {
        _ if said.starts_with("FOREIGN KEY") => (ErrorKind::ForeignKeyViolation, "a foreign key has refused this"),
        LimboError::Constraint(_) if said.starts_with("UNIQUE") => (ErrorKind::UniqueViolation, "a row with this key is there already"),
        LimboError::Constraint(_) if said.starts_with("NOT NULL") => (ErrorKind::NotNullViolation, "the column does not allow NULL"),
        LimboError::Constraint(_) => (ErrorKind::CheckViolation, "a constraint has refused this"),
        LimboError::Busy | LimboError::TableLocked => (ErrorKind::Locked, "another connection writes (`busy_timeout`)"),
        LimboError::BusySnapshot | LimboError::SchemaUpdated => (ErrorKind::SerializationFailure, "another has written meanwhile"),
        LimboError::Interrupt => (ErrorKind::Interrupted, "the statement was interrupted"),
        LimboError::ReadOnly => (ErrorKind::PermissionDenied, "the database is read-only"),
        _ if said.ends_with("in query_only mode") => (ErrorKind::InvalidStatement, "the statement writes, where one may only read"),
        LimboError::ParseError(_) | LimboError::LexerError(_) | LimboError::SqlError(_) | LimboError::InvalidArgument(_) => {
            (ErrorKind::Sql, "Turso does not accept the statement")
        }
        _ => (ErrorKind::Server, "Turso failed"),
    };
    let place = said.split_once("constraint failed: ").and_then(|(_, place)| place.split_once('.'));
    let error = Error::new(kind, message).with_source(error);
    match place {
        Some((table, column)) if kind != ErrorKind::CheckViolation => error.at_table(table).at_column(column),
        _ => error,
    }
}

#[async_trait]
impl Engine for Turso {
    fn backend(&self) -> &'static str {
        "turso"
    }

    fn namespace(&self) -> &str {
        &self.path
    }

    fn dialect(&self) -> &Dialect {
        &DIALECT
    }

    async fn acquire(&self, effect: Effect) -> Result<Box<dyn Connection>> {
        let (place, idle) = (self.places.take().await?, Arc::clone(&self.idle));
        let free = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let seat = match free {
            Some(link) => Seat { link, place, idle },
            None => {
                let (path, in_memory, busy_timeout) = (self.path.clone(), self.in_memory.clone(), self.busy_timeout);
                // The place goes along, and is taken for as long as this runs, whether or not anyone still waits for it.
                let opening = spawn_blocking(move || {
                    let database = in_memory.map_or_else(|| open_database(&path), Ok)?;
                    Link::open(&database, busy_timeout).map(|link| Seat { link, place, idle })
                });
                opening.await.map_err(lost)?.map_err(mapped)?
            }
        };
        Ok(Box::new(TursoConnection::new(seat, effect)))
    }

    fn pool_status(&self) -> PoolStatus {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).len();
        PoolStatus::new(self.places.size() as usize, self.places.in_use(), idle)
    }

    fn catalog(&self) -> Option<&dyn Catalog> {
        Some(self)
    }

    async fn close(&self) {
        self.places.close().await;
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        // The last connection of a file may have something to write.
        let _ = spawn_blocking(move || drop(idle)).await;
    }
}
