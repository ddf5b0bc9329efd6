//! What the engine says of a database is compared with what psql has made in it.

mod columns;
mod constraints;
mod indexes;
mod lock;
mod others;
mod relations;
mod scratch;
mod timeouts;

use bindery_core::BindKey;
use bindery_core::config::DatabaseUrl;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Effect, Engine, Lease};
use bindery_testkit::TempPostgresDatabase;

use super::*;

async fn lease(engine: &dyn Engine) -> Lease {
    Lease::new(engine.acquire(Effect::Write).await.unwrap(), BindKey::DEFAULT)
}

fn catalog(engine: &dyn Engine) -> &dyn Catalog {
    engine.catalog().unwrap()
}

async fn reflect_by(engine: &dyn Engine) -> DatabaseDefinition {
    lease(engine).await.reflect(catalog(engine)).await.unwrap()
}

async fn reflect(database: &TempPostgresDatabase) -> DatabaseDefinition {
    reflect_by(&open(database)).await
}

/// The URL of a database whose `search_path` is this.
fn with_search_path(database: &TempPostgresDatabase, path: &str) -> DatabaseUrl {
    database.url().with_parameter("options", format!("-c search_path={path}"))
}

/// What psql has made, and the engine says of it.
async fn made(sql: &str) -> (TempPostgresDatabase, DatabaseDefinition) {
    let database = database();
    database.psql(sql).unwrap();
    let definition = reflect(&database).await;
    (database, definition)
}

/// The server's version: 13 and greater.
fn version(database: &TempPostgresDatabase) -> u32 {
    database.psql("select current_setting('server_version_num')::int / 10000").unwrap().parse().unwrap()
}

/// What the server itself says in one row and column.
fn said(database: &TempPostgresDatabase, expression: &str) -> String {
    database.psql(&format!("select rtrim(trim(both e' \\n' from {expression}), ';')")).unwrap()
}
