use super::Renames;
use super::type_words::is_widening;
use crate::definition::{ColumnDefinition, DatabaseDefinition, TableDefinition};

/// What may be a rename: something that is gone, and something like it that is new. It is asked for, never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Candidate {
    /// a table may have had another name
    Table {
        /// the name that is gone
        from: String,
        /// the new name
        to: String,
    },
    /// a column may have had another name
    Column {
        /// the table, by its new name
        table: String,
        /// the name that is gone
        from: String,
        /// the new name
        to: String,
    },
}

/// What may be a rename and is not among these: a table with the same columns in the main, a column of the same type or a narrower one.
/// Columns of tables that may have been renamed are asked for when those are known, so: until there are no more.
pub(crate) fn candidates(from: &DatabaseDefinition, to: &DatabaseDefinition, renames: &Renames) -> Vec<Candidate> {
    let before = renames.settled(from, to).apply(from);
    let mut candidates = Vec::new();
    let new_tables = || to.tables.iter().filter(|table| before.table(&table.name).is_none());
    // What was put aside for a rename has not got another name.
    let gone_tables = before.tables.iter().filter(|table| to.table(&table.name).is_none() && from.table(&table.name).is_some());
    for gone in gone_tables {
        let alike = new_tables().filter(|new| is_alike(gone, new));
        candidates.extend(alike.map(|new| Candidate::Table { from: gone.name.clone(), to: new.name.clone() }));
    }
    for table in &to.tables {
        let Some(old) = before.table(&table.name) else { continue };
        let known = from.table(renames.table_before(&table.name)).unwrap_or(old);
        let new_columns = || table.columns.iter().filter(|column| old.column(&column.name).is_none());
        let is_gone = |column: &&ColumnDefinition| table.column(&column.name).is_none() && known.column(&column.name).is_some();
        for gone in old.columns.iter().filter(is_gone) {
            let alike = new_columns().filter(|new| is_alike_column(gone, new));
            candidates.extend(alike.map(|new| Candidate::Column {
                table: table.name.clone(),
                from: gone.name.clone(),
                to: new.name.clone(),
            }));
        }
    }
    candidates
}

/// More than half of the columns of the larger are in both.
fn is_alike(gone: &TableDefinition, new: &TableDefinition) -> bool {
    let is_in_new = |column: &&ColumnDefinition| new.column(&column.name).is_some_and(|other| other.type_name == column.type_name);
    let shared = gone.columns.iter().filter(is_in_new).count();
    gone.partition_of.is_some() == new.partition_of.is_some() && 2 * shared > gone.columns.len().max(new.columns.len())
}

/// Whether the values of the one can be those of the other.
fn is_alike_column(gone: &ColumnDefinition, new: &ColumnDefinition) -> bool {
    let fits = gone.type_name == new.type_name || is_widening(&gone.type_name, &new.type_name);
    fits && gone.is_computed() == new.is_computed()
}
