use std::collections::BTreeSet;

use super::Sides;
use super::rebuild::rebuild;
use crate::ddl::change::table_now;
use crate::ddl::order::refers_to_itself;
use crate::ddl::{Change, Ordered, Script};
use crate::definition::{ColumnDefinition, ForeignKeyDefinition};

/// The statements on SQLite: what it can change it changes; a table of which it can't is made anew, once for all that is changed of it.
pub(super) fn alter(sides: &Sides<'_>, changes: &[Change]) -> Script {
    let rebuilt = rebuilt_tables(changes);
    let mut script = Script { needs_foreign_keys_off: !rebuilt.is_empty() || drops_a_circle(changes), ..Script::default() };
    // The names of indexes are free before they are given again.
    for change in changes {
        if let Change::DropIndex { index, .. } = change {
            script.statements.push(format!("DROP INDEX {}", sides.writer.quote(&index.name)));
        }
    }
    rename(sides, changes, &mut script);
    for change in changes {
        if let Change::DropTable(table) = change {
            script.statements.push(sides.drop_table(&table.name));
        }
    }
    for table in sides.to.tables.iter().filter(|table| rebuilt.contains(table.name.as_str())) {
        rebuild(sides, table, &mut script);
    }
    for change in changes {
        script.statements.extend(match change {
            Change::CreateTable(table) => sides.create_table(table),
            Change::AddColumn { table, column } if !rebuilt.contains(table.as_str()) => vec![add_column(sides, table, column, changes)],
            Change::AddIndex { table, index } if !rebuilt.contains(table.as_str()) => vec![sides.writer.create_index(table, index)],
            _ => Vec::new(),
        });
    }
    script
}

/// SQLite follows a rename everywhere, unless it is told not to, as it is while tables are made anew.
fn rename(sides: &Sides<'_>, changes: &[Change], script: &mut Script) {
    let quote = |name: &str| sides.writer.quote(name);
    let renames: Vec<String> = changes
        .iter()
        .filter_map(|change| match change {
            Change::RenameTable { from, to } => Some(sides.rename_table(from, to)),
            Change::RenameColumn { table, from, to } => {
                Some(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quote(table), quote(from), quote(to)))
            }
            _ => None,
        })
        .collect();
    let has_pragma = script.needs_foreign_keys_off && !renames.is_empty();
    script.statements.extend(has_pragma.then(|| "PRAGMA legacy_alter_table = OFF".to_owned()));
    script.statements.extend(renames);
    script.statements.extend(has_pragma.then(|| "PRAGMA legacy_alter_table = ON".to_owned()));
}

/// The tables, by their new names, of which something is changed that SQLite can't change.
fn rebuilt_tables(changes: &[Change]) -> BTreeSet<&str> {
    let is_change = |change: &&Change| match change {
        Change::CreateTable(_)
        | Change::DropTable(_)
        | Change::RenameTable { .. }
        | Change::RenameColumn { .. }
        | Change::AddIndex { .. }
        | Change::DropIndex { .. } => false,
        Change::AddColumn { column, .. } => !is_added(column),
        Change::AddForeignKey { table, key } => added_with(table, key, changes).is_none(),
        _ => true,
    };
    changes.iter().filter(is_change).filter_map(Change::table).map(|table| table_now(table, changes)).collect()
}

/// Whether ADD COLUMN takes it, with rows in the table.
fn is_added(column: &ColumnDefinition) -> bool {
    use crate::definition::Generation::Computed;
    match (&column.generation, &column.default) {
        (Some(Computed { stored, .. }), _) => !stored && column.nullable,
        (Some(_), _) => false,
        (None, Some(default)) => is_constant(default) && (column.nullable || !default.eq_ignore_ascii_case("null")),
        (None, None) => column.nullable,
    }
}

/// Whether it is one literal.
fn is_constant(sql: &str) -> bool {
    let text = sql.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let is_text = text.is_some_and(|text| !text.replace("''", "").contains('\''));
    is_text || sql.parse::<f64>().is_ok_and(f64::is_finite) || ["null", "true", "false"].iter().any(|word| sql.eq_ignore_ascii_case(word))
}

/// The column that is added together with a foreign key of its own: SQLite adds no other key.
fn added_with<'a>(table: &str, key: &ForeignKeyDefinition, changes: &'a [Change]) -> Option<&'a ColumnDefinition> {
    changes.iter().find_map(|change| match change {
        Change::AddColumn { table: of, column } if of == table && key.columns == [column.name.as_str()] => {
            Some(&**column).filter(|column| column.nullable && column.default.is_none() && !column.is_computed())
        }
        _ => None,
    })
}

fn add_column(sides: &Sides<'_>, table: &str, column: &ColumnDefinition, changes: &[Change]) -> String {
    let writer = sides.writer;
    let mut sql = format!("ALTER TABLE {} ADD COLUMN {}", writer.quote(table), writer.column(column, sides.to.table(table)));
    for change in changes {
        if let Change::AddForeignKey { table: of, key } = change
            && of == table
            && added_with(table, key, changes) == Some(column)
        {
            sql += &format!(" {}", writer.column_reference(key));
        }
    }
    sql
}

/// Whether tables are dropped whose rows refer to each other: a drop deletes them first, one by one.
fn drops_a_circle(changes: &[Change]) -> bool {
    let dropped = || changes.iter().filter_map(|change| if let Change::DropTable(table) = change { Some(&**table) } else { None });
    let ordered = Ordered::new(dropped());
    dropped().any(|table| ordered.is_circular(&table.name) || refers_to_itself(table))
}
