mod columns;
mod constraints;
mod enumerations;
mod pairing;
mod unseen;

use std::collections::{BTreeMap, BTreeSet};

use super::order::Ordered;
use super::type_words::is_named;
use super::{Change, Renames};
use crate::definition::{ColumnDefinition, DatabaseDefinition, TableDefinition};
use crate::engine::Family;

/// What leads from one definition to another.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// in an order in which they can be made
    pub(crate) changes: Vec<Change>,
    /// what differs and is not written, for people
    pub(crate) unseen: Vec<String>,
}

/// Compares two definitions of one server's words.
pub(crate) fn diff(family: Family, from: &DatabaseDefinition, to: &DatabaseDefinition, renames: &Renames) -> Difference {
    let mut renames = renames.settled(from, to);
    if family != Family::Sqlite {
        without_computed(&mut renames, from, to);
    }
    let before = renames.apply(from);
    let mut diff = Diff {
        family,
        from,
        before: &before,
        to,
        renames: &renames,
        phased: Vec::new(),
        touched: BTreeMap::new(),
        dropped_keys: Vec::new(),
        remade: BTreeSet::new(),
    };
    diff.compare();
    Difference { changes: diff.in_order(), unseen: unseen::unseen(family, &before, to) }
}

/// A computed column has no values of its own: it is dropped and added, which every server does.
fn without_computed(renames: &mut Renames, from: &DatabaseDefinition, to: &DatabaseDefinition) {
    for table in &to.tables {
        let Some(before) = from.table(renames.table_before(&table.name)) else { continue };
        for (old, new) in renames.columns(&table.name) {
            let is_computed = |column: Option<&ColumnDefinition>| column.is_some_and(ColumnDefinition::is_computed);
            if is_computed(before.column(&old)) || is_computed(table.column(&new)) {
                renames.forget_column(&table.name, &old);
            }
        }
    }
}

/// When a change is made. What refers goes first and comes last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    DropForeignKey,
    DropConstraint,
    DropComputed,
    RenameTable,
    RenameColumn,
    RenameConstraint,
    /// what no longer has the type of an enumeration that is made anew
    LeaveEnumeration,
    Enumeration,
    CreateTable,
    AlterColumn,
    AddColumn,
    AddComputed,
    Table,
    DropColumn,
    DropTable,
    DropType,
    AddConstraint,
    AddForeignKey,
}

struct Diff<'a> {
    family: Family,
    from: &'a DatabaseDefinition,
    /// what is so far, under the new names
    before: &'a DatabaseDefinition,
    to: &'a DatabaseDefinition,
    renames: &'a Renames,
    phased: Vec<(Phase, Change)>,
    /// the columns that constraints may not survive, by table
    touched: BTreeMap<&'a str, Touched<'a>>,
    /// the columns of the keys and indexes that are dropped, by table
    dropped_keys: Vec<(&'a str, Vec<&'a str>)>,
    /// the enumerations that are made anew
    remade: BTreeSet<&'a str>,
}

/// Columns of a table, by what happens to them.
#[derive(Default)]
struct Touched<'a> {
    /// they get another type or collation
    retyped: BTreeSet<&'a str>,
    /// they are dropped, and added as they are to be
    replaced: BTreeSet<&'a str>,
    renamed: BTreeSet<String>,
}

impl<'a> Diff<'a> {
    fn compare(&mut self) {
        self.compare_enumerations();
        self.compare_domains();
        self.rename_and_drop();
        let pairs: Vec<_> = self.to.tables.iter().filter_map(|to| Some((self.before.table(&to.name)?, to))).collect();
        for (before, to) in &pairs {
            self.compare_table(before, to);
            // A partition's columns are its parent's.
            if to.partition_of.is_none() && before.partition_of.is_none() {
                self.compare_columns(before, to);
            }
        }
        for (before, to) in &pairs {
            self.compare_constraints(before, to);
        }
        for (before, to) in &pairs {
            self.compare_foreign_keys(before, to);
        }
        self.create_tables();
    }

    fn push(&mut self, phase: Phase, change: Change) {
        self.phased.push((phase, change));
    }

    fn in_order(mut self) -> Vec<Change> {
        self.phased.sort_by_key(|(phase, _)| *phase);
        self.phased.into_iter().map(|(_, change)| change).collect()
    }

    fn rename_and_drop(&mut self) {
        let renames = self.renames;
        for (from, to) in renames.tables() {
            self.push(Phase::RenameTable, Change::RenameTable { from, to });
        }
        // The columns of partitions follow those of their parent.
        for table in self.to.tables.iter().filter(|table| table.partition_of.is_none()) {
            for (from, to) in renames.columns(&table.name) {
                self.push(Phase::RenameColumn, Change::RenameColumn { table: table.name.clone(), from, to });
            }
        }
        let dropped = Ordered::new(self.before.tables.iter().filter(|table| self.to.table(&table.name).is_none()));
        for table in dropped.tables().iter().rev() {
            if self.family != Family::Sqlite {
                for key in dropped.deferred(table) {
                    let table = renames.table_before(&table.name).to_owned();
                    self.push(Phase::DropForeignKey, Change::DropForeignKey { table, key: key.clone() });
                }
            }
            let is_remade = table.columns.iter().any(|column| self.is_remade(column));
            self.push(if is_remade { Phase::LeaveEnumeration } else { Phase::DropTable }, Change::DropTable(Box::new((*table).clone())));
        }
    }

    /// Whether its type is an enumeration that is made anew.
    fn is_remade(&self, column: &ColumnDefinition) -> bool {
        self.remade.iter().any(|enumeration| is_named(&column.type_name, enumeration))
    }

    fn compare_table(&mut self, before: &TableDefinition, to: &TableDefinition) {
        let table = || to.name.clone();
        if before.options != to.options && !unseen::has_unseen_options(self.family, before, to) {
            let change = Change::AlterTableOptions { table: table(), from: before.options.clone(), to: to.options.clone() };
            self.push(Phase::Table, change);
        }
        if before.comment != to.comment {
            self.push(Phase::Table, Change::AlterTableComment { table: table(), to: to.comment.clone() });
        }
    }

    fn create_tables(&mut self) {
        let created = Ordered::new(self.to.tables.iter().filter(|table| self.before.table(&table.name).is_none()));
        let changed: BTreeSet<_> = self.phased.iter().filter_map(|(_, change)| change.table()).map(str::to_owned).collect();
        for table in created.tables() {
            let mut created_table = (*table).clone();
            if self.family != Family::Sqlite {
                // A key may refer to what only comes to be behind the creating of tables.
                let waits = |table: &str| changed.contains(table) || changed.contains(self.renames.table_before(table));
                let deferred: Vec<_> = created.deferred(table).collect();
                created_table.foreign_keys.retain(|key| !deferred.contains(&key) && !waits(&key.table));
                for key in table.foreign_keys.iter().filter(|key| !created_table.foreign_keys.contains(key)) {
                    self.push(Phase::AddForeignKey, Change::AddForeignKey { table: table.name.clone(), key: key.clone() });
                }
            }
            self.push(Phase::CreateTable, Change::CreateTable(Box::new(created_table)));
        }
    }
}
