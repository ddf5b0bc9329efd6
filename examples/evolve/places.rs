use std::path::PathBuf;

use bindery::config::DatabaseUrl;
use bindery::{Error, ErrorKind, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase};
use tempfile::TempDir;

use crate::backends::{Backend, Backends};

/// The databases of one run, which end with it.
pub(crate) struct Places {
    /// the SQLite files, and the migrations
    pub(crate) folder: TempDir,
    places: [Place; 3],
}

/// One of them.
pub(crate) enum Place {
    File(PathBuf),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

/// In the order of `--backends`.
pub(crate) const BINDS: [&str; 3] = ["default", "people", "meta"];

impl Places {
    pub(crate) fn new(Backends(backends): Backends) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| not_started("the folder of the databases", error))?;
        let mut places = Vec::new();
        for (bind, backend) in BINDS.into_iter().zip(backends) {
            places.push(match backend {
                Backend::Sqlite => Place::File(folder.path().join(format!("{bind}.db"))),
                Backend::Postgres => Place::Postgres(on_postgres()?),
                Backend::Mysql(flavor) => Place::Mysql(on_mysql(flavor)?),
            });
        }
        let places = <[Place; 3]>::try_from(places).map_err(|_| Error::new(ErrorKind::Internal, "there are three databases"))?;
        Ok(Places { folder, places })
    }

    pub(crate) fn place(&self, bind: &str) -> Result<&Place> {
        let place = BINDS.iter().position(|known| *known == bind).map(|at| &self.places[at]);
        place.ok_or_else(|| Error::new(ErrorKind::UnknownBind, format!("there is no database `{bind}` here")))
    }

    pub(crate) fn url(&self, bind: &str) -> Result<DatabaseUrl> {
        match self.place(bind)? {
            Place::File(path) => format!("sqlite:///{}", path.display()).parse(),
            Place::Postgres(database) => Ok(database.url()),
            Place::Mysql(database) => Ok(database.url()),
        }
    }
}

fn on_postgres() -> Result<TempPostgresDatabase> {
    TempPostgres::shared().and_then(|server| server.database()).map_err(|error| not_started("PostgreSQL", error))
}

fn on_mysql(flavor: MysqlFlavor) -> Result<TempMysqlDatabase> {
    TempMysql::shared(flavor).and_then(|server| server.database()).map_err(|error| not_started("MySQL", error))
}

fn not_started(what: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Configuration, format!("{what} could not be made")).with_source(error)
}
