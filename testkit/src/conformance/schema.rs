//! Schema: what bindery's DDL makes, in the words of the engine's dialect.

use std::sync::LazyLock;

use bindery_core::BindKey;
use bindery_core::engine::Engine;
use bindery_core::schema::{Column, OnDelete, Reference, StaticTable, Table};
use bindery_core::session::All;

use super::ground::Ground;
use super::values::TYPES;

static PARENTS: StaticTable = LazyLock::new(|| {
    let table = Table::new("parents", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key().generated());
    let name = Column::of::<String>("order").max_length(40).unique().sql_default("'none'");
    table.column(name).column(Column::of::<Option<String>>("na\"me").index())
});

static CHILDREN: StaticTable = LazyLock::new(|| {
    let parent = Reference::to_named("parents", "id").on_delete(OnDelete::Cascade);
    let table = Table::new("children", BindKey::DEFAULT).column(Column::of::<i64>("parent").references(parent).primary_key());
    let table = table.column(Column::of::<i32>("number").primary_key());
    table.columns_from(TYPES.map(|sql_type| Column::new(format!("c {sql_type}"), sql_type).nullable()))
});

/// Tables with a column of each type, keys, indexes and defaults are made and dropped; what is there, or not, stays so.
pub async fn schema_1_tables_of_every_type_are_made_and_dropped<E: Engine + ?Sized>(ground: &Ground<E>) {
    let tables: [&'static Table; 2] = [&CHILDREN, &PARENTS];
    let databases = ground.databases(tables).await;
    let present = async || {
        let mut names = ground.witness().await.rows(ground.dialect().list_tables()).await.unwrap();
        names.retain(|name| tables.iter().any(|table| name[0].as_ref() == bindery_core::value::ValueRef::Text(table.name())));
        names.len()
    };
    for round in 0..2 {
        databases.create_all(All).await.unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        assert_eq!(present().await, 2, "the dialect lists the tables that were made");
    }
    let mut client = ground.client().await;
    client.run("INSERT INTO parents (id) VALUES (7)").await.unwrap();
    client.run("INSERT INTO children (parent, number) VALUES (7, 1)").await.unwrap();
    client.run("DELETE FROM parents").await.unwrap();
    drop(client);
    assert_eq!(ground.count("children").await, 0, "the foreign key cascades");
    for _ in 0..2 {
        databases.drop_all(All).await.unwrap();
        assert_eq!(present().await, 0);
    }
    databases.close().await;
}
