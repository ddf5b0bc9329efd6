//! An application on two databases: its notes on Turso, by an engine from outside bindery, and what was done with them on SQLite.
//!
//! `cargo run -p custom-engine --example notes`
#![allow(clippy::print_stdout)] // it is a program

use bindery::prelude::*;
use custom_engine::TursoDriver;

#[derive(Model, Debug)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key, generated)]
    id: i64,
    #[column(unique)]
    title: String,
}

#[derive(Model, Debug)]
#[model(table = "events", bind = "log")]
struct Event {
    #[column(primary_key, generated)]
    id: i64,
    note: i64,
}

async fn connect(folder: &str) -> bindery::Result<Databases> {
    let builder = bindery::builder().driver(TursoDriver); // beside those of bindery's features
    builder.bind("default", format!("turso:///{folder}/notes.db")).bind("log", format!("sqlite:///{folder}/log.db")).connect().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let databases = connect(&folder.path().to_string_lossy()).await?;
    databases.create_all(All).await?;
    let session = databases.session();
    for title in ["engines", "numbers", "looms"] {
        let note = session.insert(NewNote { title: title.into() }).await?;
        session.insert(NewEvent { note: note.id }).await?;
    }
    let again = session.insert(NewNote { title: "looms".into() }).await.err().map(|error| error.kind());
    check(again == Some(bindery::ErrorKind::UniqueViolation), "a title is there twice")?;

    let tx = session.begin().await?;
    tx.execute(Note::delete().filter(Note::title.eq("looms"))).await?;
    check(tx.count(Note::select()).await? == 2, "the transaction doesn't see what it has deleted")?;
    drop(tx); // rolls back

    let titles: Vec<(String,)> = session.all(Note::select().columns(Note::title).order_by(Note::title.asc())).await?;
    check(titles.iter().map(|(title,)| title.as_str()).eq(["engines", "looms", "numbers"]), "the notes are others")?;
    check(session.count(Event::select()).await? == 3, "not everything was logged")?;
    databases.close().await;

    // Each database by its own library: the rows are where they belong, and nowhere else.
    let logged = rusqlite::Connection::open(folder.path().join("log.db"))?;
    let tables: i64 = logged.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'notes'", [], |row| row.get(0))?;
    let events: i64 = logged.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?;
    check((tables, events) == (0, 3), "SQLite has other rows than it was sent")?;
    let notes = rusqlite::Connection::open(folder.path().join("notes.db"))?; // the format is SQLite's
    let number: i64 = notes.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?;
    check(number == 3, "Turso has other rows than it was sent")?;
    println!("3 notes on Turso, 3 events on SQLite");
    Ok(())
}

fn check(holds: bool, otherwise: &'static str) -> Result<(), Box<dyn std::error::Error>> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
