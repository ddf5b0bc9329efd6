use std::sync::Arc;

use bindery_core::ErrorKind;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Effect, Engine};

use super::super::client::Client;
use super::super::family;
use super::super::ground::Ground;
use super::{IN_VAIN, WORDS, reflect};

/// Nothing is in it of this database or of another scratch one, nor in those of it.
pub async fn catalog_5_a_scratch_database_is_empty_and_apart<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine_with(|pool| pool.size = 1);
    let Some(catalog) = ground.catalog(&engine) else { return };
    ground.prepare(WORDS).await;
    let before = reflect(&*engine, catalog).await;
    // One connection of the pool is enough for everything.
    let mut client = Client::of(&*engine, Effect::Write).await;
    let one = client.create_scratch(catalog).await.unwrap();
    let other = client.create_scratch(catalog).await.unwrap();
    assert_eq!(one.dialect().name(), ground.dialect().name());
    let mut trying = Client::of(&*one, Effect::Write).await;
    assert_eq!(trying.reflect(one.catalog().unwrap()).await.unwrap(), DatabaseDefinition::default(), "a scratch database is not empty");
    trying.run("CREATE TABLE tried (a integer)").await.unwrap();
    trying.run("INSERT INTO tried VALUES (1)").await.unwrap();
    assert!(trying.reflect(one.catalog().unwrap()).await.unwrap().table("tried").is_some());
    drop(trying);
    assert_eq!(reflect(&*other, other.catalog().unwrap()).await, DatabaseDefinition::default(), "two scratch databases are one");
    client.drop_scratch(catalog, other).await.unwrap();
    assert_eq!(client.reflect(catalog).await.unwrap(), before, "what is tried in a scratch database is in this one");
    // What is there stays, until it is dropped.
    assert_eq!(Client::of(&*one, Effect::Read).await.number("SELECT count(*) FROM tried").await, 1);
    client.drop_scratch(catalog, one).await.unwrap();
}

/// The server has no such database any more, and its engine gives no connection.
pub(super) async fn assert_gone<E: Engine + ?Sized>(ground: &Ground<E>, scratch: &dyn Engine) {
    let Err(error) = scratch.acquire(Effect::Read).await else { panic!("the engine of a scratch database that is dropped is open") };
    assert_ne!(error.kind(), ErrorKind::Timeout, "{error:?}");
    if let Some(count) = family::count_databases(ground.family(), scratch.namespace()) {
        assert_eq!(ground.witness().await.number(&count).await, 0, "a scratch database is still there");
    }
}

/// With whatever is in it, and once whoever works in it is done.
pub async fn catalog_5_what_is_dropped_is_gone<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let mut client = Client::of(&*engine, Effect::Write).await;
    let scratch = client.create_scratch(catalog).await.unwrap();
    let mut trying = Client::of(&*scratch, Effect::Write).await;
    trying.run("CREATE TABLE tried (a integer)").await.unwrap();
    trying.begun().await;
    trying.run("INSERT INTO tried VALUES (1)").await.unwrap();
    let (dropped, ()) = tokio::join!(client.drop_scratch(catalog, Arc::clone(&scratch)), async {
        tokio::time::sleep(IN_VAIN).await;
        trying.commit().await.unwrap();
        drop(trying);
    });
    dropped.unwrap();
    assert_gone(ground, &*scratch).await;
}
