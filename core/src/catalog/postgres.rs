//! PostgreSQL's, from 13 on, over `pg_catalog`.
//!
//! Types and other names in SQL texts have their schema in front where the `search_path` doesn't find them without: so what one schema has
//! reads the same in each database with that `search_path`.

mod columns;
mod constraints;
mod found;
mod indexes;
mod lock;
mod others;
mod relations;
mod schema;
mod scratch;
mod texts;
mod timeouts;
mod types;

use crate::Result;
use crate::definition::DatabaseDefinition;
use crate::engine::Connection;

pub use lock::{lock, unlock};
pub use scratch::{Scratch, create_scratch, drop_scratch};
pub use timeouts::set_timeouts;

use found::Found;
use schema::Schema;

/// See [`Catalog::reflect`](crate::engine::Catalog::reflect): everything in the current schema, and the extensions of the database.
/// Temporary tables, and what belongs to an extension, are left out. So are rights and owners, the numbers that sequences of columns start
/// from, where and how rows are stored, and operators, casts, collations and text search configurations of one's own.
///
/// | what | where |
/// | --- | --- |
/// | a partition | its [`partition_of`](crate::definition::TableDefinition::partition_of); what it inherits but for its columns is its parent's alone |
/// | `UNLOGGED`, `INHERITS`, `PARTITION BY`, `USING`, `WITH` | a table's options, in this order |
/// | `NULLS NOT DISTINCT`, `INCLUDE`, `WITH`, `DEFERRABLE` | a key's options, in this order |
/// | `ON DELETE SET NULL (a)`, of some columns | a foreign key's options, beside its action |
/// | exclusion constraints, temporal keys, invalid indexes, row level security, triggers, functions and more | [`others`](DatabaseDefinition::others) |
///
/// # Errors
/// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where the `search_path` names no schema that is there; what the server
/// says.
pub async fn reflect(connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
    let schema = Schema::current(connection).await?;
    let mut found = Found::default();
    relations::read(connection, &schema, &mut found).await?;
    columns::read(connection, &schema, &mut found).await?;
    types::read(connection, &schema, &mut found).await?;
    constraints::read(connection, &schema, &mut found).await?;
    indexes::read(connection, &schema, &mut found).await?;
    others::read(connection, &schema, &mut found).await?;
    Ok(found.into_definition())
}
