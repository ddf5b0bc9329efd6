use bindery::Sqlite;
use bindery::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Result;
use crate::race::Runtimes;
use crate::reading::{NewReading, Reading};

/// How many rows the table has before the inserts.
pub(super) const ROWS: u32 = 10_000;

/// Where the databases are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In files with a write-ahead log.
    File,
    /// In memory.
    Memory,
}

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Place::File => "file",
            Place::Memory => "memory",
        }
    }
}

/// Two databases with the same table and rows: one is bindery's, the other one rusqlite's, so that neither waits for the other's
/// locks, or reads again what the other has changed.
pub(super) struct Database {
    pub(super) place: Place,
    pub(super) bindery: Databases<Sqlite>,
    pub(super) rusqlite: Connection,
    _folder: TempDir,
}

impl Database {
    pub(super) fn new(place: Place, runtimes: &Runtimes) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (url, uri) = match place {
            Place::File => {
                (format!("sqlite:///{}/bindery.db", folder.path().display()), folder.path().join("rusqlite.db").display().to_string())
            }
            // The file system in memory that bindery uses: a `:memory:` of rusqlite's can't be shared by several connections.
            Place::Memory => ("sqlite://".to_owned(), "file:/rusqlite?vfs=memdb".to_owned()),
        };
        let (bindery, sql) = runtimes.block_on(connect(url))?;
        let rusqlite = Connection::open(uri)?;
        // As bindery sets its connections up.
        rusqlite.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; BEGIN;")?;
        rusqlite.execute_batch(&sql)?;
        for row in (0..ROWS).map(NewReading::numbered) {
            let mut insert = rusqlite.prepare_cached("INSERT INTO readings (sensor, note, celsius) VALUES (?, ?, ?)")?;
            insert.execute((row.sensor, row.note, row.celsius))?;
        }
        rusqlite.execute_batch("COMMIT")?;
        Ok(Database { place, bindery, rusqlite, _folder: folder })
    }
}

/// Bindery's database, filled, and the SQL that makes its table.
async fn connect(url: String) -> bindery::Result<(Databases<Sqlite>, String)> {
    let databases = Databases::with_driver(bindery::SqliteDriver).bind("default", url).connect().await?;
    databases.create_all(All).await?;
    let session = databases.session();
    session.execute(Reading::insert((0..ROWS).map(NewReading::numbered))).await?;
    let schema = raw("default", "SELECT sql FROM sqlite_schema WHERE name = ?").param("readings");
    let (sql,): (String,) = session.one(schema.rows()).await?;
    Ok((databases, sql))
}
