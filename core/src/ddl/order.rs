use super::writer::Writer;
use crate::definition::{ForeignKeyDefinition, TableDefinition};
use crate::engine::{Dialect, Family};

/// Tables in an order in which each comes after those that it refers to and after the table that it is a partition of, where there is such
/// an order.
pub(crate) struct Ordered<'a> {
    tables: Vec<&'a TableDefinition>,
    /// The tables that refer to each other in a circle, or to such a table.
    circular: Vec<&'a str>,
}

impl<'a> Ordered<'a> {
    /// The order of these tables, which stand in the order of their names.
    pub(crate) fn new(tables: impl IntoIterator<Item = &'a TableDefinition>) -> Self {
        let (tables, circular) = in_order(
            tables.into_iter().collect(),
            |table| &table.name,
            |table, other| {
                let of = table.partition_of.as_ref().is_some_and(|(parent, _)| *parent == other.name);
                of || table.foreign_keys.iter().any(|key| key.table == other.name)
            },
        );
        let circular = tables[tables.len() - circular..].iter().map(|table| table.name.as_str()).collect();
        Ordered { tables, circular }
    }

    pub(super) fn tables(&self) -> &[&'a TableDefinition] {
        &self.tables
    }

    /// Whether a table is in a circle of references, or refers to such a table.
    pub(crate) fn is_circular(&self, table: &str) -> bool {
        self.circular.contains(&table)
    }

    /// The foreign keys of a table to tables that come after it: what is added when these are there, and dropped before they go.
    pub(super) fn deferred(&self, table: &'a TableDefinition) -> impl Iterator<Item = &'a ForeignKeyDefinition> {
        let behind = self.tables.iter().skip_while(move |one| one.name != table.name).skip(1);
        let behind: Vec<&str> = behind.map(|table| table.name.as_str()).collect();
        table.foreign_keys.iter().filter(move |key| behind.contains(&key.table.as_str()))
    }

    /// The statements that drop those of the tables that `present` names, with their rows.
    pub(crate) fn drop(&self, dialect: &Dialect, present: impl Fn(&str) -> bool) -> Vec<String> {
        let writer = Writer::new(dialect);
        let tables: Vec<_> = self.tables.iter().rev().filter(|table| present(&table.name)).collect();
        let mut statements = Vec::new();
        if writer.family() == Family::Sqlite {
            // A drop deletes the rows first, one by one, which others of the table or the circle may refer to: empty them as one.
            let circle: Vec<_> = tables.iter().filter(|table| self.is_circular(&table.name)).collect();
            if !circle.is_empty() || tables.iter().any(|table| refers_to_itself(table)) {
                statements.push("PRAGMA defer_foreign_keys = ON".to_owned());
                statements.extend(circle.iter().map(|table| format!("DELETE FROM {}", writer.quote(&table.name))));
            }
        } else {
            for table in &tables {
                statements.extend(self.deferred(table).map(|key| writer.drop_foreign_key(&table.name, &key.name)));
            }
        }
        statements.extend(tables.iter().map(|table| format!("DROP TABLE {}", writer.quote(&table.name))));
        statements
    }
}

pub(super) fn refers_to_itself(table: &TableDefinition) -> bool {
    table.foreign_keys.iter().any(|key| key.table == table.name)
}

/// Things in an order in which each comes after those that it needs, and how many at the end have no such order. Nothing waits for itself.
pub(super) fn in_order<T>(mut waiting: Vec<&T>, name: impl Fn(&T) -> &str, needs: impl Fn(&T, &T) -> bool) -> (Vec<&T>, usize) {
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |one: &T| waiting.iter().all(|other| name(other) == name(one) || !needs(one, other));
        let (ready, rest): (Vec<&T>, Vec<&T>) = waiting.iter().partition(|one| is_ready(one));
        if ready.is_empty() {
            ordered.extend(&rest);
            return (ordered, rest.len());
        }
        ordered.extend(ready);
        waiting = rest;
    }
    (ordered, 0)
}
