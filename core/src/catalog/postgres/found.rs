use std::collections::BTreeMap;

use crate::definition::{
    DatabaseDefinition, DomainDefinition, EnumerationDefinition, IndexDefinition, OtherDefinition, TableDefinition, ViewDefinition,
};

/// What has been read so far, by its names.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tables: BTreeMap<String, TableDefinition>,
    pub(super) views: BTreeMap<String, ViewDefinition>,
    pub(super) domains: BTreeMap<String, DomainDefinition>,
    pub(super) enumerations: Vec<EnumerationDefinition>,
    pub(super) others: Vec<OtherDefinition>,
}

impl Found {
    /// The indexes of a table or view; `None` of one that is left out.
    pub(super) fn indexes_of(&mut self, relation: &str) -> Option<&mut Vec<IndexDefinition>> {
        match self.tables.get_mut(relation) {
            Some(table) => Some(&mut table.indexes),
            None => self.views.get_mut(relation).map(|view| &mut view.indexes),
        }
    }

    /// Something of a table that bindery does not look into.
    pub(super) fn add_other(&mut self, kind: &str, name: String, table: Option<String>, sql: String) {
        let mut other = OtherDefinition::new(kind, name, sql);
        other.table = table;
        self.others.push(other);
    }

    pub(super) fn into_definition(self) -> DatabaseDefinition {
        let mut definition = DatabaseDefinition {
            tables: self.tables.into_values().collect(),
            views: self.views.into_values().collect(),
            enumerations: self.enumerations,
            domains: self.domains.into_values().collect(),
            others: self.others,
        };
        definition.sort();
        definition
    }
}
