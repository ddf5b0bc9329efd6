use std::sync::Arc;

use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Effect, Engine, Family};
use bindery_core::session::All;

use super::super::client::Client;
use super::super::ground::Ground;
use super::told::{MOOD, assert_told, tables};
use super::{WORDS, reflect};

/// Everything of what a table is said to be.
pub async fn catalog_1_what_was_made_is_told<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let tables = tables(ground);
    let databases = ground.databases(tables).await;
    databases.create_all(All).await.unwrap();
    let told = reflect(&*engine, catalog).await;
    assert_eq!(told.tables.len(), tables.len(), "{:?}", told.tables);
    for table in tables {
        let told = told.table(table.name()).unwrap_or_else(|| panic!("`{}` is there, and not told", table.name()));
        assert_told(ground, told, table);
    }
    // Elsewhere it is a part of the column.
    if ground.family() == Family::Postgres {
        assert_eq!(told.enumeration(MOOD.name).unwrap().labels, MOOD.labels);
    }
    databases.close().await;
}

/// Nothing of what was dropped, and all of what stays.
pub async fn catalog_1_what_was_dropped_is_not<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let databases = ground.databases(tables(ground)).await;
    databases.create_all(All).await.unwrap();
    let mut before = reflect(&*engine, catalog).await;
    ground.prepare(["DROP TABLE books"]).await;
    before.tables.retain(|table| table.name != "books");
    assert_eq!(reflect(&*engine, catalog).await, before);
    databases.drop_all(All).await.unwrap();
    assert_eq!(reflect(&*engine, catalog).await, DatabaseDefinition::default());
    databases.close().await;
}

/// On one connection and on two, and again once everything was dropped and made anew.
pub async fn catalog_2_an_unchanged_database_is_told_alike<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let databases = ground.databases(tables(ground)).await;
    databases.create_all(All).await.unwrap();
    let mut client = Client::of(&*engine, Effect::Read).await;
    let once = client.reflect(catalog).await.unwrap();
    assert_eq!(client.reflect(catalog).await.unwrap(), once, "two reflections of an unchanged database differ");
    let other = ground.engine();
    assert_eq!(reflect(&*other, other.catalog().unwrap()).await, once, "two engines tell other things of a database");
    drop(client);
    databases.drop_all(All).await.unwrap();
    databases.create_all(All).await.unwrap();
    assert_eq!(reflect(&*engine, catalog).await, once, "what was dropped and made again is told in another way");
    databases.close().await;
}

/// What the tables of an application are, and what people write, is the same in a scratch database as in the bind's own.
pub async fn catalog_2_the_same_words_are_told_alike_in_a_scratch_database<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    let Some(catalog) = ground.catalog(&engine) else { return };
    let scratch = Client::of(&*engine, Effect::Write).await.create_scratch(catalog).await.unwrap();
    let databases = ground.databases(tables(ground)).await;
    databases.create_all(All).await.unwrap();
    databases.map_engines(|_, _| Arc::clone(&scratch)).create_all(All).await.unwrap();
    ground.prepare(WORDS).await;
    let mut client = Client::of(&*scratch, Effect::Write).await;
    for sql in WORDS {
        client.run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    let tried = client.reflect(scratch.catalog().expect("a scratch database has a catalog too")).await.unwrap();
    assert_eq!(tried, reflect(&*engine, catalog).await);
    drop(client);
    Client::of(&*engine, Effect::Write).await.drop_scratch(catalog, scratch).await.unwrap();
    databases.close().await;
}
