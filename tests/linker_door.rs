//! The third part of `tests/linker.rs`: a model is named at the explicit door, and nothing else of its crate is.

#![allow(clippy::unwrap_used)] // clippy knows tests by `#[test]`, and this is their helper

use bindery::SqliteDriver;
use bindery::prelude::*;
use linker_models::Visible;

async fn tables(builder: bindery::session::Builder) -> Vec<&'static str> {
    let databases = builder.bind("default", "sqlite://").connect().await.unwrap();
    databases.metadata("default").unwrap().tables().map(|table| table.name()).collect()
}

#[tokio::test]
async fn the_explicit_door_lets_a_model_in_and_its_crate_with_it() {
    let builder = || Databases::builder().driver(SqliteDriver).models::<(Visible,)>();
    assert_eq!(tables(builder()).await, ["hidden", "visible"]);
    assert_eq!(tables(builder().without_registered()).await, ["visible"]);
}

#[tokio::test]
async fn tables_are_made_of_what_came_in_by_the_door() {
    let databases = Databases::builder().driver(SqliteDriver).without_registered().models::<(Visible,)>();
    let databases = databases.bind("default", "sqlite://").connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let row = databases.session().insert(Visible { id: 1 }).await.unwrap();
    assert_eq!(databases.session().get::<Visible>(1).await.unwrap().unwrap().id, row.id);
}
