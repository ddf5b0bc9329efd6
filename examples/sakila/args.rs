use std::path::PathBuf;

use bindery::Result;
use bindery::prelude::*;
use clap::Parser;

/// Loads the Sakila data into three databases and answers questions about it through one session.
///
/// The tables of Sakila are on the binds `default` (films), `people` (customers, staff, stores) and `rentals` (inventory, rentals,
/// payments). Each run drops these tables where they are there already, creates them and loads them anew.
#[derive(Parser, Debug)]
#[command(name = "sakila")]
pub(crate) struct Args {
    /// Use the databases of this configuration file (TOML, YAML or JSON) instead of SQLite files
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub(crate) config: Option<PathBuf>,

    /// The folder for the three SQLite files, made where it is not there; relative to the current folder
    #[arg(long, value_name = "DIR", default_value = "target/sakila")]
    pub(crate) folder: PathBuf,
}

impl Args {
    /// The databases of the configuration file; without one, three SQLite files. Nothing is opened yet.
    pub(crate) async fn connect(&self) -> Result<Databases> {
        if let Some(file) = &self.config {
            return bindery::connect(file).await;
        }
        bindery::builder()
            .config(|config| config.folder(&self.folder)) // where relative paths start
            .bind("default", "sqlite:///films.db")
            .bind("people", "sqlite:///people.db")
            .bind("rentals", "sqlite:///rentals.db")
            .connect()
            .await
    }
}
