use std::path::PathBuf;

use bindery::prelude::*;
use bindery::{Error, ErrorKind, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase};
use clap::Parser;

use crate::backends::{Backend, Backends};

/// Loads the Sakila data into three databases and answers questions about it through one session.
///
/// The tables of Sakila are on the binds `default` (films), `people` (customers, staff, stores) and `rentals` (inventory, rentals,
/// payments). Each run drops these tables where they are there already, creates them and loads them anew.
#[derive(Parser, Debug)]
#[command(name = "sakila")]
pub(crate) struct Args {
    /// Use the databases of this configuration file (TOML, YAML or JSON)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["backends", "folder"])]
    pub(crate) config: Option<PathBuf>,

    /// What each of the databases is: `sqlite`, `postgres`, `mysql` (MariaDB) or `oracle-mysql`; the servers are started, and ended with
    /// the program
    #[arg(long, value_name = "DEFAULT,PEOPLE,RENTALS", default_value_t = Backends([Backend::Sqlite; 3]))]
    pub(crate) backends: Backends,

    /// The folder for the SQLite files, made where it is not there; relative to the current folder
    #[arg(long, value_name = "DIR", default_value = "target/sakila")]
    pub(crate) folder: PathBuf,
}

/// The binds, each with the name of its SQLite file.
pub(crate) const BINDS: [(&str, &str); 3] = [("default", "films"), ("people", "people"), ("rentals", "rentals")];

/// The open databases.
pub(crate) struct Opened {
    pub(crate) databases: Databases,
    /// Those that were made for this run, in the order of [`BINDS`]; they end with it.
    pub(crate) temporary: [Option<Temporary>; 3],
}

/// A database on a server of this program's, which ends with it.
#[allow(dead_code)] // the program only keeps them; its test looks into them
pub(crate) enum Temporary {
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

impl Args {
    /// The databases of the configuration file; without one, those of `backends`. None is connected to yet.
    pub(crate) async fn connect(&self) -> Result<Opened> {
        let mut temporary = [None, None, None];
        if let Some(file) = &self.config {
            return Ok(Opened { databases: bindery::connect(file).await?, temporary });
        }
        let mut builder = bindery::builder().config(|config| config.folder(&self.folder)); // where relative paths start
        for (((bind, file), backend), temporary) in BINDS.into_iter().zip(self.backends.0).zip(&mut temporary) {
            builder = match backend {
                Backend::Sqlite => builder.bind(bind, format!("sqlite:///{file}.db")),
                Backend::Postgres => {
                    let database = on_postgres()?;
                    let builder = builder.bind(bind, database.url());
                    *temporary = Some(Temporary::Postgres(database));
                    builder
                }
                Backend::Mysql(flavor) => {
                    let database = on_mysql(flavor)?;
                    let builder = builder.bind(bind, database.url());
                    *temporary = Some(Temporary::Mysql(database));
                    builder
                }
            };
        }
        Ok(Opened { databases: builder.connect().await?, temporary })
    }
}

fn on_postgres() -> Result<TempPostgresDatabase> {
    let database = TempPostgres::shared().and_then(|server| server.database());
    database.map_err(|error| not_started("PostgreSQL", error))
}

fn on_mysql(flavor: MysqlFlavor) -> Result<TempMysqlDatabase> {
    let database = TempMysql::shared(flavor).and_then(|server| server.database());
    database.map_err(|error| not_started("MySQL", error))
}

fn not_started(server: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Configuration, format!("{server} could not be started")).with_source(error)
}
