use crate::definition::{ColumnDefinition, KeyDefinition, ReferentialAction, TableDefinition};
use crate::engine::{Dialect, Family};
use crate::{Error, ErrorKind, Result};

/// PostgreSQL cuts names beyond 63 bytes in silence.
const MAX_BYTES: usize = 63;

/// Refuses the table that the backend can't have, where the server wouldn't say so, or not so that it helps.
pub(super) fn refuse(table: &TableDefinition, dialect: &Dialect) -> Result<()> {
    match dialect.family() {
        Family::Postgres => refuse_long_names(table),
        Family::MySql => refuse_long_keys(table).and_then(|()| refuse_set_default(table)),
        Family::Sqlite => refuse_generated(table),
    }
}

/// PostgreSQL would cut the name in silence, and then not find it, or find another that begins alike.
fn refuse_long_names(table: &TableDefinition) -> Result<()> {
    let is_long = |name: &str| name.len() > MAX_BYTES;
    let refused =
        |name: &str| Error::new(ErrorKind::Unsupported, format!("PostgreSQL's names end at {MAX_BYTES} bytes, this has {}", name.len()));
    if is_long(&table.name) {
        return Err(refused(&table.name).at_table(table.name.clone()));
    }
    match table.columns.iter().find(|column| is_long(&column.name)) {
        Some(column) => Err(refused(&column.name).at_table(table.name.clone()).at_column(column.name.clone())),
        None => Ok(()),
    }
}

/// MySQL has no keys over text or bytes without a length.
fn refuse_long_keys(table: &TableDefinition) -> Result<()> {
    let indexes = table.indexes.iter().filter(|index| index.method.is_none()).flat_map(|index| &index.parts);
    // A part with more behind its name may have a length there.
    let indexed = indexes.filter_map(|part| matches!(part, crate::definition::IndexPart::Column(_)).then(|| part.column()).flatten());
    let keys = table.primary_key.iter().chain(&table.uniques).flat_map(|key: &KeyDefinition| &key.columns);
    let keys = keys.chain(table.foreign_keys.iter().flat_map(|key| &key.columns)).map(String::as_str);
    let is_long = |column: &ColumnDefinition| ["longtext", "longblob", "json"].iter().any(|long| column.type_name.starts_with(long));
    match keys.chain(indexed).find(|name| table.column(name).is_some_and(is_long)) {
        Some(name) => {
            let message = "MySQL needs a length for text in a key, unique or index: give the column `max_length`, or a `type` of its own";
            Err(Error::new(ErrorKind::Unsupported, message).at_table(table.name.clone()).at_column(name))
        }
        None => Ok(()),
    }
}

/// MariaDB takes it, and then refuses the delete all the same; MySQL does not take it.
fn refuse_set_default(table: &TableDefinition) -> Result<()> {
    match table.foreign_keys.iter().find(|key| key.on_delete == ReferentialAction::SetDefault) {
        Some(key) => {
            let message = "MySQL puts no default in the place of a row that was deleted: choose another `on_delete`";
            let error = Error::new(ErrorKind::Unsupported, message).at_table(table.name.clone());
            Err(error.at_column(key.columns.join(", ")))
        }
        None => Ok(()),
    }
}

/// SQLite generates the values of one column only: that of a primary key of one column.
fn refuse_generated(table: &TableDefinition) -> Result<()> {
    let is_key = |column: &ColumnDefinition| table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()]);
    match table.columns.iter().find(|column| column.is_identity() && !is_key(column)) {
        Some(column) => {
            let message = "SQLite generates a column only where it alone is the primary key: make it that, or give its values yourself";
            Err(Error::new(ErrorKind::Unsupported, message).at_table(table.name.clone()).at_column(column.name.clone()))
        }
        None => Ok(()),
    }
}
