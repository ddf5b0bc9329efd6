use super::{Diff, Phase};
use crate::ddl::Change;
use crate::ddl::characters::follows_characters;
use crate::ddl::words::{mentions, unquoted};
use crate::definition::Generation::Computed;
use crate::definition::{ColumnDefinition, TableDefinition};
use crate::engine::Family;

impl<'a> Diff<'a> {
    pub(super) fn compare_columns(&mut self, before: &'a TableDefinition, to: &'a TableDefinition) {
        self.touch(before, to);
        let table = || to.name.clone();
        for old in &before.columns {
            match to.column(&old.name) {
                Some(new) if self.is_replaced(&to.name, new) => {
                    // Before anything is renamed.
                    self.drop_computed(self.renames.table_before(&to.name).to_owned(), old);
                    self.push(Phase::AddComputed, Change::AddColumn { table: table(), column: Box::new(new.clone()) });
                }
                Some(new) if !is_same(old, new) => {
                    let leaves = self.is_remade(old) && old.type_name != new.type_name;
                    let change = Change::AlterColumn { table: table(), from: Box::new(old.clone()), to: Box::new(new.clone()) };
                    self.push(if leaves { Phase::LeaveEnumeration } else { Phase::AlterColumn }, change);
                }
                Some(_) => {}
                None if old.is_computed() => self.drop_computed(self.renames.table_before(&to.name).to_owned(), old),
                None => {
                    let phase = if self.is_remade(old) { Phase::LeaveEnumeration } else { Phase::DropColumn };
                    self.push(phase, Change::DropColumn { table: table(), column: Box::new(old.clone()) });
                }
            }
        }
        for new in to.columns.iter().filter(|new| before.column(&new.name).is_none()) {
            let phase = if new.is_computed() { Phase::AddComputed } else { Phase::AddColumn };
            self.push(phase, Change::AddColumn { table: table(), column: Box::new(new.clone()) });
        }
    }

    /// What is computed goes before what it is computed from.
    fn drop_computed(&mut self, table: String, column: &ColumnDefinition) {
        self.push(Phase::DropComputed, Change::DropColumn { table, column: Box::new(column.clone()) });
    }

    fn is_replaced(&self, table: &str, column: &ColumnDefinition) -> bool {
        self.touched.get(table).is_some_and(|touched| touched.replaced.contains(column.name.as_str()))
    }

    fn touch(&mut self, before: &'a TableDefinition, to: &'a TableDefinition) {
        let renamed = self.renames.columns(&to.name).into_iter().map(|(_, to)| to).collect();
        let mut touched = super::Touched { renamed, ..super::Touched::default() };
        let both = || before.columns.iter().filter_map(|old| Some((old, to.column(&old.name)?)));
        let follows = follows_characters(before, to);
        let is_retyped = |old: &ColumnDefinition, new: &ColumnDefinition| match self.family {
            Family::Postgres | Family::Sqlite => old.type_name != new.type_name || old.collation != new.collation || self.is_remade(old),
            // MySQL takes any of these for another type, where a foreign key is about it.
            Family::MySql => !is_same(old, new) || follows(new),
        };
        touched.retyped = both().filter(|(old, new)| is_retyped(old, new)).map(|(_, new)| new.name.as_str()).collect();
        // SQLite makes the whole table anew.
        if self.family != Family::Sqlite {
            touched.replaced = both().filter(|(old, new)| self.replaces(old, new, &touched)).map(|(_, new)| new.name.as_str()).collect();
        }
        self.touched.insert(&to.name, touched);
    }

    /// Whether the server can make one of the other only by dropping it.
    fn replaces(&self, old: &ColumnDefinition, new: &ColumnDefinition, touched: &super::Touched<'_>) -> bool {
        match (&old.generation, &new.generation) {
            (Some(Computed { sql, .. }), Some(Computed { .. })) => {
                let is_other = !is_same_generation(old, new) || old.type_name != new.type_name || old.collation != new.collation;
                is_other
                    || match self.family {
                        Family::Postgres => touched.retyped.iter().any(|column| mentions(sql, column)),
                        Family::MySql => touched.renamed.iter().any(|column| mentions(sql, column)),
                        Family::Sqlite => false,
                    }
            }
            (_, Some(Computed { .. })) => true,
            // Stored values can stay.
            (Some(Computed { stored, .. }), _) => !stored,
            _ => false,
        }
    }
}

/// Whether the server has them alike.
fn is_same(old: &ColumnDefinition, new: &ColumnDefinition) -> bool {
    let generation = if is_same_generation(old, new) { new.generation.clone() } else { old.generation.clone() };
    ColumnDefinition { sql_type: new.sql_type, generation, ..old.clone() } == *new
}

fn is_same_generation(old: &ColumnDefinition, new: &ColumnDefinition) -> bool {
    match (&old.generation, &new.generation) {
        (Some(Computed { sql, stored }), Some(Computed { sql: new_sql, stored: new_stored })) => {
            stored == new_stored && unquoted(sql) == unquoted(new_sql)
        }
        (old, new) => old == new,
    }
}
