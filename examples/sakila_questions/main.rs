//! Twelve questions about Sakila, a chain of film rental shops whose fifteen tables are all in one database, by typed statements alone. Each answer is
//! compared with that of hand-written SQL, which the database's own client sends to the same database: rusqlite, psql, mysql.
//!
//! ```text
//! cargo run --all-features --example sakila_questions                      on SQLite, PostgreSQL and MariaDB
//! cargo run --all-features --example sakila_questions -- sqlite            on one of them
//! ```
//!
//! It ends with an exit status that is not 0 where an answer differs.

mod by_hand;
mod models;
mod place;
mod questions;
// The files are read as the example `sakila` reads them.
#[path = "../sakila/csv_file.rs"]
mod csv_file;
#[path = "../sakila/load.rs"]
mod load;

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use place::{Backend, Place};

#[derive(Parser)]
struct Args {
    /// What the database is: a SQLite file, or a server that the program starts and ends
    #[arg(default_values = ["sqlite", "postgres", "mariadb"])]
    backends: Vec<Backend>,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut differ = 0;
    for backend in Args::parse().backends {
        differ += ask(backend).await?;
    }
    Ok(if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Asks the twelve questions of one backend; how many answers differ.
async fn ask(backend: Backend) -> Result<usize, Box<dyn Error>> {
    let mut out = std::io::stdout();
    let place = Place::open(backend).await?;
    load::load(&place.databases, &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/sakila/data")).await?;
    place.analyze()?;
    writeln!(out, "{backend:?}")?;

    let session = place.databases.session();
    let mut differ = 0;
    for (number, (question, by_hand)) in by_hand::questions(backend).into_iter().enumerate() {
        let began = Instant::now();
        let rows = questions::answer(number + 1, &session).await?;
        let took = began.elapsed();
        let expected = place.by_hand(&by_hand)?;
        let verdict = if rows == expected && !rows.is_empty() { "as by hand" } else { "DIFFERS" };
        writeln!(out, "{:3}. {question}: {} rows, {verdict} ({} ms)", number + 1, rows.len(), took.as_millis())?;
        if verdict != "as by hand" {
            differ += 1;
            let other = rows.iter().zip(&expected).find(|(found, expected)| found != expected);
            writeln!(out, "     by hand {} rows; the first that differs: {other:?}", expected.len())?;
        }
    }
    place.databases.close().await;
    Ok(differ)
}
