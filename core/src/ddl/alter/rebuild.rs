use super::Sides;
use crate::ddl::Script;
use crate::ddl::create::Own;
use crate::ddl::words::rename;
use crate::definition::{ColumnDefinition, Generation, OtherDefinition, TableDefinition};

/// Makes a table anew, with its rows, indexes and triggers: <https://sqlite.org/lang_altertable.html>, section 7. Its columns have their
/// new names already.
pub(super) fn rebuild(sides: &Sides<'_>, table: &TableDefinition, script: &mut Script) {
    let Some(old) = sides.renamed.table(&table.name) else { return };
    let writer = sides.writer;
    let new_name = format!("bindery_new_{}", table.name);
    let (name, new) = (writer.quote(&table.name), writer.quote(&new_name));
    script.statements.push(writer.create_table_only(table, &new_name, &Own::of(table, None), |_| true));
    let copied: Vec<_> = table.columns.iter().filter_map(|column| Some((column, value(sides, old, column)?))).collect();
    if !copied.is_empty() {
        let columns: Vec<_> = copied.iter().map(|(column, _)| writer.quote(&column.name)).collect();
        let values: Vec<_> = copied.iter().map(|(_, value)| value.as_str()).collect();
        script.statements.push(format!("INSERT INTO {new} ({}) SELECT {} FROM {name}", columns.join(", "), values.join(", ")));
    }
    if is_numbered(old) && is_numbered(table) {
        // The copy has counted the rows that are there; those that were deleted count too.
        let (old, new) = (writer.literal(&table.name), writer.literal(&new_name));
        script.statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new}"));
        script
            .statements
            .push(format!("INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"));
    }
    script.statements.push(sides.drop_table(&table.name));
    script.statements.push(sides.rename_table(&new_name, &table.name));
    script.statements.extend(table.indexes.iter().map(|index| writer.create_index(&table.name, index)));
    for trigger in triggers(sides, table, script) {
        script.statements.push(trigger);
    }
}

/// What a column has from the old table; `None` where that hasn't it.
fn value(sides: &Sides<'_>, old: &TableDefinition, column: &ColumnDefinition) -> Option<String> {
    let from = old.column(&column.name).filter(|_| !column.is_computed())?;
    let name = sides.writer.quote(&column.name);
    Some(match &column.default {
        Some(default) if from.nullable && !column.nullable => format!("coalesce({name}, {})", sides.writer.default(default)),
        _ => name,
    })
}

fn is_numbered(table: &TableDefinition) -> bool {
    table.columns.iter().any(|column| column.generation == Some(Generation::Identity))
}

/// The triggers that go with the old table: as they are to be, where that is known, or as they were, under the new names.
fn triggers(sides: &Sides<'_>, table: &TableDefinition, script: &mut Script) -> Vec<String> {
    let before = sides.from.tables.iter().zip(&sides.renamed.tables).find(|(_, renamed)| renamed.name == table.name);
    let Some((before, renamed)) = before else { return Vec::new() };
    let is_of = |other: &&OtherDefinition, table: &str| other.kind == "trigger" && other.table.as_deref() == Some(table);
    let triggers = sides.from.others.iter().filter(|other| is_of(other, &before.name));
    let mut texts = Vec::new();
    for trigger in triggers {
        if let Some(to_be) = sides.to.others.iter().filter(|other| is_of(other, &table.name)).find(|other| other.name == trigger.name) {
            texts.push(to_be.sql.clone());
            continue;
        }
        let columns = before.columns.iter().zip(&renamed.columns).map(|(old, new)| (&old.name, &new.name));
        let names = columns.chain([(&before.name, &renamed.name)]).filter(|(old, new)| old != new);
        let sql = names.fold(trigger.sql.clone(), |sql, (old, new)| rename(&sql, old, new));
        if sql != trigger.sql {
            script.notes.push(format!(
                "the trigger `{}` of `{}` is created again under the new names: read whether it is right",
                trigger.name, table.name
            ));
        }
        texts.push(sql);
    }
    texts
}
