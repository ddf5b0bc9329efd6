//! MySQL's, from 5.7, and MariaDB's, from 10.11: the catalog of the connection's current database.
//!
//! What a definition says here:
//!
//! | what | as |
//! | --- | --- |
//! | a default | what stands behind DEFAULT, alike on both: `'abc'`, `5`, `CURRENT_TIMESTAMP(6)`; expressions as the server has them |
//! | the collation of a column | where it is not its table's; it names the character set too: `varchar(20) COLLATE latin1_bin` |
//! | MariaDB's `json` | `json`, which the server keeps as a `longtext` with a check of its own |
//! | RESTRICT and NO ACTION | `NO ACTION`: they mean the same there |
//! | the table's options | engine, collation and what was given beside them, and the partitions |
//! | names of the database itself | left out, so that two databases can be compared |
//!
//! What the servers don't show here is missing: a key's block size and a full-text index's parser, a prefix or DESC in a primary key,
//! MariaDB's periods. They show a letter beyond U+FFFF, as an emoji is, as `?`, and of the default of a `binary` what is text only, but for
//! MySQL 8.

mod checks;
mod columns;
mod default_value;
mod foreign_keys;
mod indexes;
mod lock;
mod programs;
mod reader;
mod server;
mod sql_text;
mod tables;
mod types;
mod views;

use std::time::Duration;

use self::reader::{Reader, quote};
use super::rows::rows;
use crate::definition::DatabaseDefinition;
use crate::engine::{Connection, Effect, Statement};
use crate::{Error, ErrorKind, Result};

pub use self::lock::{lock, unlock};

/// See [`Catalog::reflect`](crate::engine::Catalog::reflect): everything in the current database.
///
/// # Errors
/// What the server says.
pub async fn reflect(connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
    let mut reader = Reader::new(connection).await?;
    let mut tables = reader.tables().await?;
    let mut views = reader.views().await?;
    reader.columns(&mut tables, &mut views).await?;
    reader.indexes(&mut tables).await?;
    reader.foreign_keys(&mut tables).await?;
    reader.checks(&mut tables).await?;
    let others = reader.programs().await?;
    let mut definition = DatabaseDefinition {
        tables: tables.into_values().map(|table| table.definition).collect(),
        views: views.into_values().collect(),
        others,
        ..DatabaseDefinition::default()
    };
    definition.sort();
    Ok(definition)
}

/// See [`Catalog::set_timeouts`](crate::engine::Catalog::set_timeouts). Waiting for a lock is bounded in whole seconds, at least one. How
/// long a statement runs only MariaDB bounds (`max_statement_time`): MySQL's `max_execution_time`, of a SELECT alone, is left alone.
///
/// # Errors
/// What the server says.
pub async fn set_timeouts(connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
    const DEFAULT: &str = "DEFAULT";
    /// A year, which is the most that both servers take.
    const MOST: Duration = Duration::from_secs(31_536_000);
    let lock = lock.map_or(DEFAULT.to_owned(), |lock| lock.clamp(Duration::from_secs(1), MOST).as_millis().div_ceil(1_000).to_string());
    // No time at all would be no limit.
    let statement =
        statement.map_or(DEFAULT.to_owned(), |statement| format!("{:.6}", statement.clamp(Duration::from_micros(1), MOST).as_secs_f64()));
    // What stands in such a comment MariaDB runs, and MySQL does not.
    let sql = format!(
        "SET SESSION lock_wait_timeout = {lock}, SESSION innodb_lock_wait_timeout = {lock} \
         /*M!100101 , SESSION max_statement_time = {statement} */"
    );
    connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map(drop)
}

/// Makes an empty database of this name on the same server, with the default character set and collation of the current one.
///
/// # Errors
/// What the server says.
pub async fn create_beside(connection: &mut dyn Connection, name: &str) -> Result<()> {
    let said: Vec<String> = rows(connection, "SELECT @@collation_database", &[]).await?;
    let collation = said.first().ok_or_else(|| Error::new(ErrorKind::Server, "the server does not tell its database's collation"))?;
    let sql = format!("CREATE DATABASE {} COLLATE {collation}", quote(name));
    connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map(drop)
}
