mod mysql;
mod postgres;
mod rebuild;
mod sqlite;

use super::writer::Writer;
use super::{Change, Renames, Script, caution};
use crate::definition::{DatabaseDefinition, TableDefinition};
use crate::engine::{Dialect, Family};

/// The statements that make these changes, which are all that leads from one definition to the other, as [`diff`](super::diff) gives them.
pub(crate) fn alter(dialect: &Dialect, from: &DatabaseDefinition, to: &DatabaseDefinition, changes: &[Change]) -> Script {
    let renamed = under_new_names(from, changes);
    let sides = Sides { writer: Writer::new(dialect), from, renamed: &renamed, to };
    let mut script = match dialect.family() {
        Family::Postgres => postgres::alter(&sides, changes),
        Family::MySql => mysql::alter(&sides, changes),
        Family::Sqlite => sqlite::alter(&sides, changes),
    };
    script.notes.splice(0..0, caution::cautions(dialect.family(), changes));
    script
}

/// What a change stands between.
struct Sides<'a> {
    writer: Writer<'a>,
    from: &'a DatabaseDefinition,
    /// what is so far, under the names that the changes give
    renamed: &'a DatabaseDefinition,
    to: &'a DatabaseDefinition,
}

fn under_new_names(from: &DatabaseDefinition, changes: &[Change]) -> DatabaseDefinition {
    changes.iter().fold(from.clone(), under_new_name)
}

/// The definition after this change, where that is a new name.
fn under_new_name(definition: DatabaseDefinition, change: &Change) -> DatabaseDefinition {
    let mut step = Renames::default();
    match change {
        Change::RenameTable { from, to } => step.table(from, to),
        Change::RenameColumn { table, from, to } => step.column(table, from, to),
        _ => return definition,
    }
    step.apply(&definition)
}

impl Sides<'_> {
    fn rename_table(&self, from: &str, to: &str) -> String {
        format!("ALTER TABLE {} RENAME TO {}", self.writer.quote(from), self.writer.quote(to))
    }

    fn drop_table(&self, table: &str) -> String {
        format!("DROP TABLE {}", self.writer.quote(table))
    }

    fn create_table(&self, table: &TableDefinition) -> Vec<String> {
        let parent = table.partition_of.as_ref().and_then(|(parent, _)| self.to.table(parent));
        self.writer.create_table(table, parent, |_| true)
    }
}
