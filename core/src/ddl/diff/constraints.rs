use super::pairing::Paired;
use super::{Diff, Phase};
use crate::ddl::Change;
use crate::ddl::create::Own;
use crate::ddl::words::mentions;
use crate::definition::{
    CheckDefinition, DatabaseDefinition, ForeignKeyDefinition, IndexDefinition, IndexPart, KeyDefinition, TableDefinition,
};
use crate::engine::Family;

impl<'a> Diff<'a> {
    pub(super) fn compare_constraints(&mut self, before: &'a TableDefinition, to: &'a TableDefinition) {
        // Until the tables are renamed, and from then on.
        let (table, now) = (self.renames.table_before(&to.name).to_owned(), to.name.clone());
        let (old, new) = (own(self.before, before), own(self.to, to));
        let key_is_forced = |key: &KeyDefinition| self.any_replaced(&now, key.columns.iter().map(String::as_str));
        let primary = Paired::of(self.family, old.primary_key.as_slice(), new.primary_key.as_slice(), key_is_forced);
        let uniques = Paired::of(self.family, &old.uniques, &new.uniques, key_is_forced);
        let indexes = Paired::of(self.family, &old.indexes, &new.indexes, |index| self.index_is_forced(&now, index));
        let checks = Paired::of(self.family, &old.checks, &new.checks, |check| self.check_is_forced(&now, check));

        // What goes has its old names still.
        let from = self.from.table(&table).unwrap_or(before);
        for key in primary.dropped {
            self.dropped_keys.push((&to.name, key.columns.iter().map(String::as_str).collect()));
            let key = original(key, before.primary_key.as_slice(), from.primary_key.as_slice());
            self.push(Phase::DropConstraint, Change::DropPrimaryKey { table: table.clone(), key: key.clone() });
        }
        for key in uniques.dropped {
            self.dropped_keys.push((&to.name, key.columns.iter().map(String::as_str).collect()));
            let key = original(key, &before.uniques, &from.uniques);
            self.push(Phase::DropConstraint, Change::DropUnique { table: table.clone(), key: key.clone() });
        }
        for index in indexes.dropped {
            self.dropped_keys.push((&to.name, index.parts.iter().filter_map(IndexPart::column).collect()));
            let index = original(index, &before.indexes, &from.indexes);
            self.push(Phase::DropConstraint, Change::DropIndex { table: table.clone(), index: index.clone() });
        }
        for check in checks.dropped {
            let check = original(check, &before.checks, &from.checks);
            self.push(Phase::DropConstraint, Change::DropCheck { table: table.clone(), check: check.clone() });
        }
        for (from, to) in [primary.renamed, uniques.renamed, checks.renamed].concat() {
            self.push(Phase::RenameConstraint, Change::RenameConstraint { table: now.clone(), from, to });
        }
        for (from, to) in indexes.renamed {
            self.push(Phase::RenameConstraint, Change::RenameIndex { table: now.clone(), from, to });
        }
        for key in primary.added {
            self.push(Phase::AddConstraint, Change::AddPrimaryKey { table: now.clone(), key: key.clone() });
        }
        for key in uniques.added {
            self.push(Phase::AddConstraint, Change::AddUnique { table: now.clone(), key: key.clone() });
        }
        for index in indexes.added {
            self.push(Phase::AddConstraint, Change::AddIndex { table: now.clone(), index: index.clone() });
        }
        for check in checks.added {
            self.push(Phase::AddConstraint, Change::AddCheck { table: now.clone(), check: check.clone() });
        }
    }

    /// After the constraints of all tables: a key goes with what it stands on.
    pub(super) fn compare_foreign_keys(&mut self, before: &'a TableDefinition, to: &'a TableDefinition) {
        let (table, now) = (self.renames.table_before(&to.name).to_owned(), to.name.clone());
        let (old, new) = (own(self.before, before), own(self.to, to));
        let keys = Paired::of(self.family, &old.foreign_keys, &new.foreign_keys, |key| self.foreign_key_is_forced(&now, key));
        let from = self.from.table(&table).unwrap_or(before);
        for key in keys.dropped {
            let key = original(key, &before.foreign_keys, &from.foreign_keys);
            self.push(Phase::DropForeignKey, Change::DropForeignKey { table: table.clone(), key: key.clone() });
        }
        for (from, to) in keys.renamed {
            self.push(Phase::RenameConstraint, Change::RenameConstraint { table: now.clone(), from, to });
        }
        for key in keys.added {
            self.push(Phase::AddForeignKey, Change::AddForeignKey { table: now.clone(), key: key.clone() });
        }
    }

    fn any_replaced<'n>(&self, table: &str, mut columns: impl Iterator<Item = &'n str>) -> bool {
        self.touched.get(table).is_some_and(|touched| columns.any(|column| touched.replaced.contains(column)))
    }

    fn index_is_forced(&self, table: &str, index: &IndexDefinition) -> bool {
        let expressions = index.parts.iter().filter_map(|part| match part {
            IndexPart::Expression(sql) | IndexPart::ExpressionWith(sql, _) => Some(sql),
            IndexPart::Column(_) | IndexPart::ColumnWith(..) => None,
        });
        self.any_replaced(table, index.parts.iter().filter_map(IndexPart::column))
            || expressions.chain(&index.filter).any(|sql| self.sql_is_forced(table, sql))
    }

    fn check_is_forced(&self, table: &str, check: &CheckDefinition) -> bool {
        // What is a part of a column changes with it.
        check.column.is_none() && self.sql_is_forced(table, &check.sql)
    }

    /// Whether the server refuses what happens to a column while this stands.
    fn sql_is_forced(&self, table: &str, sql: &str) -> bool {
        let Some(touched) = self.touched.get(table) else { return false };
        touched.replaced.iter().any(|column| mentions(sql, column))
            || match self.family {
                Family::Postgres => touched.retyped.iter().any(|column| mentions(sql, column)),
                Family::MySql => touched.renamed.iter().any(|column| mentions(sql, column)),
                Family::Sqlite => false,
            }
    }

    fn foreign_key_is_forced(&self, table: &str, key: &ForeignKeyDefinition) -> bool {
        let retyped = |table: &str, columns: &[String]| {
            self.touched.get(table).is_some_and(|touched| columns.iter().any(|column| touched.retyped.contains(column.as_str())))
        };
        let replaced = |table: &str, columns: &[String]| self.any_replaced(table, columns.iter().map(String::as_str));
        let sides = [(table, &key.columns), (key.table.as_str(), &key.referred)];
        match self.family {
            Family::Sqlite => false,
            // It stands on a key of the other table.
            Family::Postgres => {
                let is_dropped = |(table, columns): &(&str, Vec<&str>)| *table == key.table && is_same_set(columns, &key.referred);
                sides.iter().any(|(table, columns)| replaced(table, columns)) || self.dropped_keys.iter().any(is_dropped)
            }
            // It stands on an index of each table, and on types that are alike.
            Family::MySql => {
                let stands_on = |(table, columns): &(&str, Vec<&str>)| {
                    sides.iter().any(|(side, of_key)| side == table && columns.first().copied() == of_key.first().map(String::as_str))
                };
                sides.iter().any(|(table, columns)| replaced(table, columns) || retyped(table, columns))
                    || self.dropped_keys.iter().any(stands_on)
            }
        }
    }
}

/// What one of these was before it had new names: what stands in its place there.
fn original<'a, T>(one: &'a T, renamed: &[T], originals: &'a [T]) -> &'a T {
    renamed.iter().position(|other| std::ptr::eq(other, one)).and_then(|at| originals.get(at)).unwrap_or(one)
}

fn own<'a>(database: &'a DatabaseDefinition, table: &'a TableDefinition) -> Own<'a> {
    Own::of(table, table.partition_of.as_ref().and_then(|(parent, _)| database.table(parent)))
}

fn is_same_set(columns: &[&str], others: &[String]) -> bool {
    columns.len() == others.len() && others.iter().all(|other| columns.contains(&other.as_str()))
}
