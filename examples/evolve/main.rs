//! An application that grows through ten releases, over three databases: each release is a migration or more, most of which bindery writes.
//! Then all the way back to nothing, and up again; with rows in the tables, which are looked at after each step.
//!
//! ```text
//! cargo run --example evolve                                          three SQLite databases
//! cargo run --example evolve -- --backends sqlite,postgres,mysql      of `default`, `people` and `meta`
//! ```

#[path = "../sakila/backends.rs"]
mod backends;
mod evolution;
mod places;
mod releases;

use std::error::Error;
use std::io::Write;

use clap::Parser;

use backends::{Backend, Backends};
use evolution::Evolution;

/// Leads three databases through ten releases, back to nothing, and up again.
#[derive(Parser, Debug)]
#[command(name = "evolve")]
struct Args {
    /// What each of the databases is: `sqlite`, `postgres`, `mysql` (MariaDB) or `oracle-mysql`; the servers are started, and ended with
    /// the program
    #[arg(long, value_name = "DEFAULT,PEOPLE,META", default_value_t = Backends([Backend::Sqlite; 3]))]
    backends: Backends,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let evolution = Evolution::new(Args::parse().backends)?;
    let mut say = |line: String| writeln!(out, "{line}").map_err(Box::<dyn Error>::from);
    for release in evolution.releases() {
        evolution.write(&*release).await?;
        evolution.lead_up(&*release).await?;
        evolution.compare(&*release).await?;
        say(format!("{}: up", release.name()))?;
    }
    for release in evolution.releases().into_iter().rev() {
        evolution.lead_down(&*release).await?;
        say(format!("{}: down", release.name()))?;
    }
    for release in evolution.releases() {
        evolution.lead_up(&*release).await?;
    }
    say("all of them: up again".to_owned())?;
    say(evolution.summary().await?)
}
