//! Tables that refer to each other are created and dropped in an order that the database takes, with rows in them.

use bindery::prelude::*;
use bindery_testkit::TempSqlite;

/// Its name sorts before that of the table which it refers to.
#[derive(Model, Debug)]
struct Branch {
    #[column(primary_key)]
    id: i64,
    #[column(references = Tree::id)]
    tree_id: i64,
}

#[derive(Model, Debug)]
struct Tree {
    #[column(primary_key)]
    id: i64,
    #[column(references = Self::id)]
    parent_id: Option<i64>,
    #[column(references = Zone::id)]
    zone_id: i64,
}

/// With `Keeper` it is a cycle.
#[derive(Model, Debug)]
struct Zone {
    #[column(primary_key)]
    id: i64,
    #[column(references = Keeper::id)]
    keeper_id: i64,
}

#[derive(Model, Debug)]
struct Keeper {
    #[column(primary_key)]
    id: i64,
    #[column(references = Zone::id)]
    zone_id: i64,
}

#[tokio::test]
async fn foreign_keys_and_cycles_are_created_and_dropped_in_order_with_rows_in_them() -> bindery::Result<()> {
    let files = TempSqlite::new().unwrap();
    let databases = bindery::builder().bind("default", files.url("default")).connect().await?;
    let session = databases.session();
    for _ in 0..2 {
        databases.create_all(All).await?;
        databases.create_all(All).await?;
        let tx = session.begin().await?;
        tx.insert(NewZone { id: 1, keeper_id: 1 }).await?;
        tx.insert(NewKeeper { id: 1, zone_id: 1 }).await?;
        tx.commit().await?;
        session.insert(NewTree { id: 1, parent_id: None, zone_id: 1 }).await?;
        session.insert(NewTree { id: 2, parent_id: Some(1), zone_id: 1 }).await?;
        session.insert(NewBranch { id: 1, tree_id: 2 }).await?;
        let witness = rusqlite::Connection::open(files.path("default")).unwrap();
        assert_eq!(tables(&witness).unwrap(), ["branch", "keeper", "tree", "zone"]);
        databases.drop_all(All).await?;
        databases.drop_all(All).await?;
        assert_eq!(tables(&witness).unwrap(), [""; 0]);
    }
    Ok(())
}

/// The tables as SQLite's own client sees them.
fn tables(witness: &rusqlite::Connection) -> rusqlite::Result<Vec<String>> {
    let mut names = witness.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    names.query_map([], |row| row.get(0))?.collect()
}
