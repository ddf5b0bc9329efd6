//! Schema: what bindery's DDL makes, in the words of the engine's dialect.

use std::sync::LazyLock;

use bindery_core::BindKey;
use bindery_core::definition::ReferentialAction;
use bindery_core::engine::Engine;
use bindery_core::query::{Expression, TableExt, raw};
use bindery_core::schema::{Column, Reference, StaticTable, Table};
use bindery_core::session::All;
use bindery_core::value::SqlType;

use super::ground::Ground;
use super::values::TYPES;

static PARENTS: StaticTable = LazyLock::new(|| {
    let table = Table::new("parents", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key().generated());
    let name = Column::of::<String>("order").max_length(40).unique().sql_default("'none'");
    table.column(name).column(Column::of::<Option<String>>("na\"me").max_length(40).index())
});

/// With a column of each of these types. It is there until the process ends, as an application's tables are.
fn children(types: Vec<SqlType>) -> &'static Table {
    let parent = Reference::to_named("parents", "id").on_delete(ReferentialAction::Cascade);
    let table = Table::new("children", BindKey::DEFAULT).column(Column::of::<i64>("parent").references(parent).primary_key());
    let table = table.column(Column::of::<i32>("number").primary_key());
    Box::leak(Box::new(table.columns_from(types.into_iter().map(|sql_type| Column::new(format!("c {sql_type}"), sql_type).nullable()))))
}

/// Tables with a column of each type, keys, indexes and defaults are made and dropped; what is there, or not, stays so.
pub async fn schema_1_tables_of_every_type_are_made_and_dropped<E: Engine + ?Sized>(ground: &Ground<E>) {
    let tables: [&'static Table; 2] = [children(ground.types(TYPES)), &PARENTS];
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

static NOTES: StaticTable = LazyLock::new(|| {
    let table = Table::new("notes", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key().generated());
    table.columns_from([Column::of::<String>("body"), Column::of::<Option<i32>>("stars"), Column::of::<bool>("done")])
});

/// Inserts, updates, deletes and queries of a table, as sessions send them, do what they say.
pub async fn schema_2_statements_of_a_table_do_what_they_say<E: Engine + ?Sized>(ground: &Ground<E>) {
    let databases = ground.databases([&*NOTES]).await;
    databases.create_all(All).await.unwrap();
    let session = databases.session();
    let (id, body, stars) = (NOTES.col::<i64>("id"), NOTES.col::<String>("body"), NOTES.col::<Option<i32>>("stars"));
    let done = NOTES.col::<bool>("done");
    for (number, text) in (1..).zip(["it's", "b", "c", "", "e"]) {
        let rated = (number % 2 == 0).then_some(number);
        let values = [body.to(text), stars.to(rated), done.to(number > 3)];
        assert_eq!(session.execute(NOTES.insert(values)).await.unwrap().rows_affected.unwrap_or(1), 1);
    }
    let bodies = async |select| -> Vec<String> {
        let rows = session.all(select).await.unwrap();
        rows.iter().map(|row: &bindery_core::query::DynamicRow| row.get("body").unwrap()).collect()
    };
    assert_eq!(bodies(NOTES.select().order_by(id.clone().asc())).await, ["it's", "b", "c", "", "e"]);
    assert_eq!(bodies(NOTES.select().order_by(id.clone().desc()).limit(2).offset(1)).await, ["", "c"]);
    assert_eq!(bodies(NOTES.select().filter(body.clone().eq("it's"))).await, ["it's"]);
    assert_eq!(bodies(NOTES.select().filter(stars.clone().is_null()).filter(done.clone().eq(true))).await, ["e"]);
    assert_eq!(
        bodies(NOTES.select().filter(body.clone().in_(vec!["b".to_owned(), "c".to_owned()])).order_by(body.clone().asc())).await,
        ["b", "c"]
    );
    assert_eq!(session.count(NOTES.select().filter(stars.clone().gt(2))).await.unwrap(), 1);
    assert!(!session.exists(NOTES.select().filter(body.clone().eq("z"))).await.unwrap());

    let updated = session.execute(NOTES.update().set(stars.to(9)).filter(done.clone().eq(false))).await.unwrap();
    assert_eq!(updated.rows_affected.unwrap_or(3), 3);
    let sum = session.one(NOTES.select().columns(stars.clone().sum())).await.unwrap();
    assert_eq!(sum, (Some(31),));
    session.execute(NOTES.delete().filter(id.clone().le(2))).await.unwrap();
    assert_eq!(ground.count("notes").await, 3);
    let sql = format!("SELECT body FROM notes WHERE id = {}", ground.placeholder(1));
    assert_eq!(session.one(raw("default", sql).param(3_i64).rows::<(String,)>()).await.unwrap(), ("c".to_owned(),));
    databases.close().await;
}
