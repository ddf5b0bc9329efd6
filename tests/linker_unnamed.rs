//! The other half of `tests/linker.rs`: the same crate of models is listed in `Cargo.toml`, and this program never names it.

use bindery::SqliteDriver;
use bindery::prelude::*;
use bindery::schema::registered;

#[test]
fn a_crate_that_is_only_listed_is_not_linked_and_its_tables_are_not_there() {
    let names: Vec<_> = registered().iter().map(|table| table.name()).collect();
    assert_eq!(names, [""; 0]);
}

#[tokio::test]
async fn so_they_are_not_there_at_connect() {
    let databases = Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").connect().await.unwrap();
    assert_eq!(databases.metadata("default").unwrap().tables().len(), 0);
}
