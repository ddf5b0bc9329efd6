use super::column::Field;
use crate::definition::{ColumnDefinition, TableDefinition};

/// The most columns that a key of a model has.
const KEY: usize = 6;

/// The names that a model's own statements have, and a field's typed column can't have beside them.
const TAKEN: [&str; 13] =
    ["select", "insert", "insert_from", "update", "update_all", "delete", "delete_all", "alias", "row", "table", "key", "columns", "new"];

/// A table of the source: its names there.
#[derive(Debug)]
pub(super) struct Relation<'a> {
    pub(super) definition: &'a TableDefinition,
    /// the struct's name, or the static's
    pub(super) name: String,
    pub(super) fields: Vec<Field<'a>>,
}

impl<'a> Relation<'a> {
    /// Whether it is a model: it has a key that one can have.
    pub(super) fn is_model(definition: &TableDefinition) -> bool {
        definition.primary_key.as_ref().is_some_and(|key| (1..=KEY).contains(&key.columns.len()))
    }

    pub(super) fn field(&self, column: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.column.name == column)
    }

    /// Where its typed columns are, where that is not the struct itself.
    pub(super) fn holder(&self) -> Option<String> {
        let is_taken = self.fields.iter().any(|field| TAKEN.contains(&field.name.as_str()));
        is_taken.then(|| format!("{}Columns", self.name))
    }

    /// The path of a column of it, from anywhere in the source.
    pub(super) fn path(&self, column: &str) -> Option<String> {
        let field = self.field(column).filter(|_| Relation::is_model(self.definition))?;
        Some(format!("{}::{}", self.holder().as_ref().unwrap_or(&self.name), field.written()))
    }

    pub(super) fn is_key(&self, column: &ColumnDefinition) -> bool {
        self.definition.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name))
    }
}
