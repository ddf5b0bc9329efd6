//! What is there is dropped, also where `create_all` would not have made it so.

use bindery::schema::{Column, StaticTable, Table};
use bindery::session::{All, Databases};
use bindery::{BindKey, ErrorKind, Result, SqliteDriver};

/// SQLite generates one column only.
static TICKETS: StaticTable = StaticTable::new(|| {
    let key = Column::of::<i64>("id").primary_key().generated();
    Table::new("tickets", BindKey::DEFAULT).column(key).column(Column::of::<i64>("number").generated())
});

#[tokio::test]
async fn a_table_that_was_made_by_hand() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tickets.db");
    let builder = Databases::builder().driver(SqliteDriver).without_registered().tables([&*TICKETS]);
    let databases = builder.bind("default", format!("sqlite:///{}", path.display())).connect().await?;
    assert_eq!(databases.create_all(All).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let witness = rusqlite::Connection::open(&path).unwrap();
    witness.execute_batch("CREATE TABLE tickets (id integer PRIMARY KEY, number integer)").unwrap();
    databases.drop_all(All).await?;
    let left: i64 = witness.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    Ok(())
}
