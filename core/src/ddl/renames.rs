use std::collections::BTreeMap;

use super::words::rename;
use crate::definition::{ColumnDefinition, DatabaseDefinition, ForeignKeyDefinition, Generation, IndexPart, TableDefinition};

/// What was called otherwise before, as the user says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renames {
    /// new names by old ones
    tables: BTreeMap<String, String>,
    /// new names by old ones, by the table's new name
    columns: BTreeMap<String, BTreeMap<String, String>>,
}

impl Renames {
    /// A table had another name.
    pub(crate) fn table(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.tables.insert(from.into(), to.into());
    }

    /// A column had another name. The table's name is the new one.
    pub(crate) fn column(&mut self, table: impl Into<String>, from: impl Into<String>, to: impl Into<String>) {
        self.columns.entry(table.into()).or_default().insert(from.into(), to.into());
    }

    /// Those of what is in both, and with whatever has a name that another is to get put aside: it is dropped under that.
    pub(super) fn settled(&self, from: &DatabaseDefinition, to: &DatabaseDefinition) -> Renames {
        let exist = |(before, now): &(&String, &String)| from.table(before).is_some() && to.table(now).is_some();
        let tables = self.tables.iter().filter(exist).map(|(before, now)| (before.clone(), now.clone())).collect();
        let mut settled = Renames { tables: with_asides(tables, |name| from.table(name).is_some()), columns: BTreeMap::new() };
        for (table, columns) in &self.columns {
            let (before, now) = (from.table(settled.table_before(table)), to.table(table));
            if let (Some(before), Some(now)) = (before, now) {
                let exist = |(from, to): &(&String, &String)| before.column(from).is_some() && now.column(to).is_some();
                let columns = columns.iter().filter(exist).map(|(from, to)| (from.clone(), to.clone())).collect();
                settled.columns.insert(table.clone(), with_asides(columns, |name| before.column(name).is_some()));
            }
        }
        // A partition's columns have their names from its parent.
        for table in &to.tables {
            let of_parent = settled.columns.get(root(to, table)).cloned();
            settled.columns.extend(of_parent.map(|columns| (table.name.clone(), columns)));
        }
        settled
    }

    /// The tables that have a new name: by the old one.
    pub(super) fn tables(&self) -> Vec<(String, String)> {
        one_after_another(&self.tables)
    }

    /// The columns of a table that have a new name: by the old one.
    pub(super) fn columns(&self, table: &str) -> Vec<(String, String)> {
        self.columns.get(table).map(one_after_another).unwrap_or_default()
    }

    /// Without what no longer is.
    pub(super) fn forget_column(&mut self, table: &str, from: &str) {
        if let Some(columns) = self.columns.get_mut(table) {
            columns.remove(from);
        }
    }

    /// The name that a table has now.
    pub(super) fn table_now<'a>(&'a self, table: &'a str) -> &'a str {
        self.tables.get(table).map_or(table, String::as_str)
    }

    /// The name that a table had.
    pub(super) fn table_before<'a>(&'a self, table: &'a str) -> &'a str {
        self.tables.iter().find(|(_, now)| *now == table).map_or(table, |(before, _)| before)
    }

    fn column_now<'a>(&'a self, table: &str, column: &'a str) -> &'a str {
        self.columns.get(table).and_then(|columns| columns.get(column)).map_or(column, String::as_str)
    }

    /// A definition under the new names.
    pub(super) fn apply(&self, definition: &DatabaseDefinition) -> DatabaseDefinition {
        let mut renamed = definition.clone();
        for table in &mut renamed.tables {
            self.apply_to_table(table);
        }
        for view in &mut renamed.views {
            self.rename_tables_in(&mut view.sql);
        }
        for other in &mut renamed.others {
            self.rename_tables_in(&mut other.sql);
            if let Some(table) = &mut other.table {
                *table = self.table_now(table).to_owned();
                self.rename_columns_in(table, &mut other.sql);
            }
        }
        renamed
    }

    fn apply_to_table(&self, table: &mut TableDefinition) {
        table.name = self.table_now(&table.name).to_owned();
        if let Some((parent, _)) = &mut table.partition_of {
            *parent = self.table_now(parent).to_owned();
        }
        for key in &mut table.foreign_keys {
            self.apply_to_foreign_key(key);
        }
        if !self.columns.contains_key(&table.name) {
            return;
        }
        let name = table.name.clone();
        let now = |column: &mut String| *column = self.column_now(&name, column).to_owned();
        for column in &mut table.columns {
            now(&mut column.name);
            self.apply_to_computed(&name, column);
        }
        let keys = table.primary_key.iter_mut().chain(&mut table.uniques).flat_map(|key| &mut key.columns);
        keys.chain(table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns)).for_each(now);
        for index in &mut table.indexes {
            for part in &mut index.parts {
                match part {
                    IndexPart::Column(column) | IndexPart::ColumnWith(column, _) => now(column),
                    IndexPart::Expression(sql) | IndexPart::ExpressionWith(sql, _) => self.rename_columns_in(&name, sql),
                }
            }
            for sql in index.filter.iter_mut().chain(&mut index.options) {
                self.rename_columns_in(&name, sql);
            }
        }
        table.checks.iter_mut().filter_map(|check| check.column.as_mut()).for_each(now);
        let of_keys = table.primary_key.iter_mut().chain(&mut table.uniques).filter_map(|key| key.columns_sql.as_mut());
        for sql in table.checks.iter_mut().map(|check| &mut check.sql).chain(&mut table.options).chain(of_keys) {
            self.rename_columns_in(&name, sql);
        }
    }

    fn apply_to_computed(&self, table: &str, column: &mut ColumnDefinition) {
        if let Some(Generation::Computed { sql, .. }) = &mut column.generation {
            self.rename_columns_in(table, sql);
        }
    }

    fn apply_to_foreign_key(&self, key: &mut ForeignKeyDefinition) {
        key.table = self.table_now(&key.table).to_owned();
        for column in &mut key.referred {
            *column = self.column_now(&key.table, column).to_owned();
        }
    }

    fn rename_columns_in(&self, table: &str, sql: &mut String) {
        for (from, to) in self.columns(table) {
            *sql = rename(sql, &from, &to);
        }
    }

    fn rename_tables_in(&self, sql: &mut String) {
        for (from, to) in self.tables() {
            *sql = rename(sql, &from, &to);
        }
    }
}

/// The table that it is a partition of, or a partition of a partition; itself, if it is none.
fn root<'a>(database: &'a DatabaseDefinition, table: &'a TableDefinition) -> &'a str {
    match table.partition_of.as_ref().and_then(|(parent, _)| database.table(parent)) {
        Some(parent) => root(database, parent),
        None => &table.name,
    }
}

fn with_asides(mut renames: BTreeMap<String, String>, exists: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    renames.retain(|from, to| from != to);
    let taken: Vec<String> = renames.values().filter(|to| exists(to) && !renames.contains_key(*to)).cloned().collect();
    renames.extend(taken.into_iter().map(|name| (name.clone(), aside(&name))));
    renames
}

fn aside(name: &str) -> String {
    format!("bindery_aside_{name}")
}

/// Renames in an order in which no name is taken when it is given; a circle is opened by a name of ours.
fn one_after_another(renames: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut waiting: Vec<_> = renames.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_taken = |name: &str| waiting.iter().any(|(from, _)| from == name);
        match waiting.iter().position(|(_, to)| !is_taken(to)) {
            Some(free) => ordered.push(waiting.remove(free)),
            None => {
                let aside = aside(&waiting[0].0);
                let from = std::mem::replace(&mut waiting[0].0, aside.clone());
                ordered.push((from, aside));
            }
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_taken_when_it_is_given() {
        let mut renames = Renames::default();
        for (from, to) in [("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")] {
            renames.column("t", from, to);
        }
        let expected = [("b", "c"), ("a", "b"), ("x", "bindery_aside_x"), ("y", "x"), ("bindery_aside_x", "y")];
        assert_eq!(renames.columns("t"), expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }
}
