//! Sakila, a chain of film rental shops, spread over three databases that are used through one session.
//!
//! ```text
//! cargo run --example sakila                                          three SQLite files in target/sakila
//! cargo run --example sakila -- --backends sqlite,postgres,mysql      of `default`, `people` and `rentals`
//! cargo run --example sakila -- --config FILE.toml                    the databases of a configuration file
//! ```

mod args;
mod backends;
mod csv_file;
mod load;
mod models;
mod questions;
mod report;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use clap::Parser;

use args::{Args, Opened};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let Opened { databases, temporary: _temporary } = Args::parse().connect().await?;

    let began = Instant::now();
    load::load(&databases, &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sakila/data")).await?;
    writeln!(out, "Loaded in {:.1} s.", began.elapsed().as_secs_f64())?;

    out.write_all(report::answers(&databases).await?.as_bytes())?;
    databases.close().await;
    Ok(())
}
