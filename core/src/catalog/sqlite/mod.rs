//! SQLite's.
//!
//! What its pragmas say counts; what they don't say (names of constraints, checks, collations, expressions) is read from the text of
//! the statements that made things, which SQLite keeps. A text that can't be understood takes only that with it.

mod column_type;
mod pragmas;
mod reader;
mod table;
mod table_text;
#[cfg(test)]
mod tests;
mod texts;
mod token;

use std::collections::HashMap;
use std::time::Duration;

use self::pragmas::Object;
use self::table::TableFacts;
use self::table_text::TableText;
use crate::Result;
use crate::definition::{ColumnDefinition, DatabaseDefinition, OtherDefinition, ViewDefinition};
use crate::engine::{Connection, Effect, Statement};

/// See [`Catalog::reflect`](crate::engine::Catalog::reflect): everything in the database `main`.
///
/// Constraints without a name have none here either. A column is nullable unless it says NOT NULL, in a primary key too; where SQLite adds
/// that itself (WITHOUT ROWID), it has said so. Brackets around the whole of an expression are left out, and comments and line breaks in
/// it; a default is the text of its value, and `DEFAULT NULL` is none. A key that is deferrable, but not deferred, is as one that says
/// nothing of it. Of NOT NULL, a name and `ON CONFLICT` are not told. A view that can't be read any more, since what it reads from is gone,
/// has no columns.
///
/// A virtual table, and the tables that it keeps its data in, are [others](DatabaseDefinition::others) of the kind `virtual table`; those
/// that keep data name the virtual table as theirs, and come and go with it.
pub async fn reflect(connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
    let objects = pragmas::objects(connection).await?;
    let listed = pragmas::list(connection).await?;
    let listed: HashMap<_, _> = listed.iter().map(|listed| (listed.name.as_str(), listed)).collect();
    let columns = pragmas::columns(connection).await?;
    let columns = by_table(&columns, |column| &column.table);
    let indexes = pragmas::indexes(connection).await?;
    let indexes = by_table(&indexes, |index| &index.table);
    let references = pragmas::references(connection).await?;
    let references = by_table(&references, |reference| &reference.table);

    let tables = || objects.iter().filter(|object| object.kind == "table");
    // SQLite finds a name in whichever case; this is the one that its table has.
    let names: HashMap<_, _> = objects
        .iter()
        .filter(|object| matches!(object.kind.as_str(), "table" | "view"))
        .map(|o| (o.name.to_ascii_lowercase(), o.name.as_str()))
        .collect();
    let own_name = |name: &str| names.get(&name.to_ascii_lowercase()).copied();
    let columns_of = |name: &str| own_name(name).and_then(|name| columns.get(name).copied());
    let texts: HashMap<_, _> =
        objects.iter().filter(|object| object.kind == "index").filter_map(|o| Some((o.name.as_str(), o.sql.as_deref()?))).collect();

    let mut database = DatabaseDefinition::default();
    for object in &objects {
        let sql = object.sql.as_deref().unwrap_or_default();
        match object.kind.as_str() {
            "table" if object.is_virtual => database.others.push(OtherDefinition::new("virtual table", &object.name, sql)),
            "table" if listed.get(object.name.as_str()).is_some_and(|listed| listed.kind == "shadow") => {
                let mut shadow = OtherDefinition::new("virtual table", &object.name, sql);
                shadow.table = tables().filter(|table| is_shadow(object, table)).map(|table| table.name.clone()).max_by_key(String::len);
                database.others.push(shadow);
            }
            "table" => {
                let facts = TableFacts {
                    name: &object.name,
                    text: TableText::read(sql),
                    listed: listed.get(object.name.as_str()).copied(),
                    columns: columns.get(object.name.as_str()).copied().unwrap_or_default(),
                    indexes: indexes.get(object.name.as_str()).copied().unwrap_or_default(),
                    references: references.get(object.name.as_str()).copied().unwrap_or_default(),
                };
                database.tables.push(facts.definition(|index| texts.get(index).copied(), columns_of));
            }
            "view" => database.views.push(view(connection, object, sql).await?),
            "trigger" => {
                let mut trigger = OtherDefinition::new("trigger", &object.name, sql);
                trigger.table = Some(own_name(&object.table).unwrap_or(&object.table).to_owned());
                database.others.push(trigger);
            }
            _ => {}
        }
    }
    database.sort();
    Ok(database)
}

async fn view(connection: &mut dyn Connection, object: &Object, sql: &str) -> Result<ViewDefinition> {
    let mut view = ViewDefinition::new(&object.name, texts::select_of(sql).unwrap_or_default());
    let columns = pragmas::view_columns(connection, &object.name).await?;
    view.columns = columns
        .into_iter()
        .map(|(name, type_name)| ColumnDefinition {
            nullable: true,
            sql_type: column_type::sql_type_of(&type_name),
            ..ColumnDefinition::new(name, type_name)
        })
        .collect();
    Ok(view)
}

/// Whether a table keeps the data of a virtual one.
fn is_shadow(table: &Object, of: &Object) -> bool {
    of.is_virtual && table.name.strip_prefix(of.name.as_str()).is_some_and(|rest| rest.starts_with('_'))
}

/// The rows of each table, which stand together.
fn by_table<T>(rows: &[T], table: impl Fn(&T) -> &String) -> HashMap<&str, &[T]> {
    rows.chunk_by(|a, b| table(a) == table(b)).filter_map(|rows| Some((rows.first().map(&table)?.as_str(), rows))).collect()
}

/// See [`Catalog::set_timeouts`](crate::engine::Catalog::set_timeouts): how long a statement waits for a lock is SQLite's `busy_timeout`;
/// `None` leaves what the connection has. How long a statement runs SQLite doesn't bound.
pub async fn set_timeouts(connection: &mut dyn Connection, lock: Option<Duration>, _statement: Option<Duration>) -> Result<()> {
    if let Some(lock) = lock {
        let milliseconds = i32::try_from(lock.as_millis()).unwrap_or(i32::MAX);
        connection.execute(&Statement::new(&format!("PRAGMA busy_timeout = {milliseconds}"), &[], Effect::Read)).await?;
    }
    Ok(())
}
