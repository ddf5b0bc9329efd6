//! What Turso says of a file, compared with what SQLite has made there and what SQLite's own engine says.

use bindery_core::definition::{Generation, IndexPart};
use bindery_core::engine::{Effect, Fate, Statement};
use custom_engine::TursoDriver;

const MADE: &str = "
    CREATE TABLE author (
        id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT,
        name VARCHAR(120) NOT NULL COLLATE nocase CONSTRAINT uq_author_name UNIQUE,
        born DATE_TEXT CHECK (born > '1000-01-01'),
        active BOOLEAN NOT NULL DEFAULT (1) CONSTRAINT ck_author_active CHECK (active IN (0, 1))
    );
    CREATE TABLE book (
        shelf INT,
        number INT,
        author INT CONSTRAINT fk_book_author REFERENCES author ON DELETE CASCADE,
        before_shelf INT,
        before_number INT,
        PRIMARY KEY (number, shelf),
        FOREIGN KEY (before_shelf, before_number) REFERENCES book (shelf, number) DEFERRABLE INITIALLY DEFERRED
    );
    CREATE INDEX ix_author ON author (lower(name), born DESC) WHERE active = 1;
    CREATE VIEW names AS SELECT id, name FROM author;
    CREATE TRIGGER born AFTER INSERT ON author BEGIN SELECT 1; END;";

#[tokio::test]
async fn turso_says_what_sqlite_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(MADE).unwrap();
    let builder = bindery::builder().driver(TursoDriver).without_registered();
    let builder = builder.bind("default", format!("turso:///{}", path.display())).bind("sqlite", format!("sqlite:///{}", path.display()));
    let databases = builder.connect().await.unwrap();
    let found = databases.reflect("default").await.unwrap();
    let author = found.table("author").unwrap();
    assert_eq!(author.columns[0].generation, Some(Generation::Identity));
    let parts = [IndexPart::Expression("lower(name)".to_owned()), IndexPart::ColumnWith("born".to_owned(), "DESC".to_owned())];
    assert_eq!(author.indexes[0].parts, parts);
    assert_eq!(found.table("book").unwrap().foreign_keys[1].referred, ["id"]);
    let mut sqlite = databases.reflect("sqlite").await.unwrap();
    // Of types Turso shows no lengths.
    let shown =
        sqlite.tables.iter_mut().flat_map(|table| &mut table.columns).chain(sqlite.views.iter_mut().flat_map(|view| &mut view.columns));
    for column in shown {
        column.type_name = column.type_name.split('(').next().unwrap().to_owned();
    }
    assert_eq!(found, sqlite);
}

#[tokio::test]
async fn a_scratch_database_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("turso:///{}", folder.path().join("library.db").display());
    let databases = bindery::builder().driver(TursoDriver).without_registered().bind("default", url).connect().await.unwrap();
    let engine = databases.engine("default").unwrap();
    let catalog = engine.catalog().unwrap();
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let scratch = catalog.create_scratch(&mut *connection).await.unwrap();
    let mut trying = scratch.acquire(Effect::Write).await.unwrap();
    trying.execute(&Statement::new("CREATE TABLE tried (a INT)", &[], Effect::Write)).await.unwrap();
    // Its only connection is closed: the database stays.
    trying.release(Fate::Lent);
    let mut again = scratch.acquire(Effect::Read).await.unwrap();
    assert_eq!(scratch.catalog().unwrap().reflect(&mut *again).await.unwrap().tables[0].name, "tried");
    again.release(Fate::Clean);
    catalog.drop_scratch(&mut *connection, scratch).await.unwrap();
    assert!(catalog.reflect(&mut *connection).await.unwrap().tables.is_empty());
    connection.release(Fate::Clean);
}
