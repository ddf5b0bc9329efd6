//! What is reflected, compared with what the server's own client has made.

mod columns;
mod constraints;
mod indexes;
mod locks;
mod programs;
mod rebuilt;
mod scratch;
mod tables;

use bindery_core::definition::{ColumnDefinition, DatabaseDefinition, TableDefinition};

use super::*;

async fn reflect_by(engine: &Mysql) -> Result<DatabaseDefinition> {
    let mut connection = engine.acquire(Effect::Read).await?;
    let definition = engine.catalog().unwrap().reflect(&mut *connection).await;
    connection.release(Fate::Clean);
    definition
}

async fn reflect(database: &TempMysqlDatabase) -> DatabaseDefinition {
    let engine = open_one(database);
    let definition = reflect_by(&engine).await.unwrap();
    engine.close().await;
    definition
}

/// The table of this name, made so.
async fn table(database: &TempMysqlDatabase, name: &str, sql: &str) -> TableDefinition {
    database.sql(sql).unwrap();
    reflect(database).await.table(name).unwrap().clone()
}

fn column<'a>(table: &'a TableDefinition, name: &str) -> &'a ColumnDefinition {
    table.column(name).unwrap_or_else(|| panic!("no column {name} in {table:?}"))
}
