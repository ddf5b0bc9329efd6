mod sides;
mod sqlite;
mod texts;

use super::{Change, Difference, Renames, Script, alter, diff};
use crate::definition::{
    CheckDefinition, ColumnDefinition, DatabaseDefinition, ForeignKeyDefinition, IndexDefinition, IndexPart, KeyDefinition, TableDefinition,
};
use crate::engine::{Dialect, Family};

fn column(name: &str, type_name: &str) -> ColumnDefinition {
    ColumnDefinition::new(name, type_name)
}

fn nullable(name: &str, type_name: &str) -> ColumnDefinition {
    ColumnDefinition { nullable: true, ..column(name, type_name) }
}

fn table(name: &str, columns: impl IntoIterator<Item = ColumnDefinition>) -> TableDefinition {
    let mut table = TableDefinition::new(name);
    table.columns.extend(columns);
    table.primary_key = Some(KeyDefinition::new(format!("pk_{name}"), ["id"]));
    table
}

fn index(name: &str, column: &str) -> IndexDefinition {
    IndexDefinition::new(name, [IndexPart::Column(column.to_owned())])
}

fn database(tables: impl IntoIterator<Item = TableDefinition>) -> DatabaseDefinition {
    DatabaseDefinition { tables: tables.into_iter().collect(), ..DatabaseDefinition::default() }
}

/// What a change of a definition makes of it, and what is written for that.
fn changed(
    dialect: &Dialect,
    from: &DatabaseDefinition,
    renames: &Renames,
    change: impl FnOnce(&mut DatabaseDefinition),
) -> (Difference, Script, DatabaseDefinition) {
    let mut to = from.clone();
    change(&mut to);
    let difference = diff(dialect.family(), from, &to, renames);
    let script = alter(dialect, from, &to, &difference.changes);
    (difference, script, to)
}
