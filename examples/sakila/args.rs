use std::path::PathBuf;

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
