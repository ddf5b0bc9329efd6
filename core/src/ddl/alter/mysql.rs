use super::{Sides, under_new_name};
use crate::ddl::change::table_now;
use crate::ddl::characters::follows_characters;
use crate::ddl::{Change, Script};
use crate::definition::{ColumnDefinition, DatabaseDefinition};

/// The statements on MySQL and MariaDB. What is changed of one table is one statement, but for foreign keys and what stands before a
/// rename: a column of AUTO_INCREMENT has a key at the end of each statement, and a large table is copied once.
pub(super) fn alter(sides: &Sides<'_>, changes: &[Change]) -> Script {
    let renames_end = changes.iter().rposition(is_rename).map_or(0, |at| at + 1);
    let mut alteration = Alteration { sides, state: sides.from.clone(), waiting: Vec::new(), script: Script::default() };
    for (at, change) in changes.iter().enumerate() {
        if at == renames_end {
            alteration.modify_checked(changes);
        }
        alteration.state = under_new_name(alteration.state, change);
        alteration.write(change, at < renames_end);
    }
    if renames_end == changes.len() {
        alteration.modify_checked(changes);
    }
    alteration.flush();
    alteration.script
}

struct Alteration<'a> {
    sides: &'a Sides<'a>,
    /// what is so far, under the names of this moment
    state: DatabaseDefinition,
    /// the clauses of the next ALTER TABLE of each table
    waiting: Vec<(String, Vec<String>)>,
    script: Script,
}

fn is_rename(change: &Change) -> bool {
    matches!(change, Change::RenameTable { .. } | Change::RenameColumn { .. })
}

/// The name that a column has after these changes; the table's is the new one.
fn column_now<'c>(table: &str, column: &'c str, changes: &'c [Change]) -> &'c str {
    changes.iter().fold(column, |name, change| match change {
        Change::RenameColumn { table: of, from, to } if of == table && from == name => to,
        _ => name,
    })
}

impl Alteration<'_> {
    fn write(&mut self, change: &Change, before_renames: bool) {
        let writer = self.sides.writer;
        match change {
            Change::CreateTable(table) => self.script.statements.extend(self.sides.create_table(table)),
            Change::DropTable(table) => self.push(self.sides.drop_table(&table.name)),
            Change::RenameTable { from, to } => {
                self.push(self.sides.rename_table(from, to));
                for (table, _) in &mut self.waiting {
                    if table == from {
                        to.clone_into(table);
                    }
                }
            }
            // 5.7 has no RENAME COLUMN.
            Change::RenameColumn { table, from, to } => self.rename_column(table, from, to),
            Change::AlterTableOptions { table, to, .. } => self.alter_options(table, to.as_ref()),
            Change::AlterTableComment { table, to } => {
                self.wait(table, format!("COMMENT = {}", writer.literal(to.as_deref().unwrap_or_default())));
            }
            Change::AddColumn { table, column } => self.wait(table, format!("ADD COLUMN {}", self.column(table, column))),
            Change::DropColumn { table, column } => {
                self.wait(table, format!("DROP COLUMN {}", writer.quote(&column.name)));
                if before_renames {
                    self.flush_table(table);
                }
            }
            Change::AlterColumn { table, from, to } => self.alter_column(table, from, to),
            Change::AddPrimaryKey { table, key } => self.wait(table, format!("ADD {}", writer.primary_key(key))),
            Change::DropPrimaryKey { table, .. } => self.wait(table, "DROP PRIMARY KEY".to_owned()),
            Change::AddUnique { table, key } => self.wait(table, format!("ADD {}", writer.unique(key))),
            Change::DropUnique { table, key } => self.wait(table, format!("DROP INDEX {}", writer.quote(&key.name))),
            Change::AddIndex { table, index } => self.wait(table, format!("ADD {}", writer.index_clause(index))),
            Change::DropIndex { table, index } => self.wait(table, format!("DROP INDEX {}", writer.quote(&index.name))),
            // With its column.
            Change::AddCheck { check, .. } | Change::DropCheck { check, .. } if check.column.is_some() => {}
            Change::AddCheck { table, check } => self.wait(table, format!("ADD {}", writer.check(check))),
            // No column is renamed that a check is about.
            Change::DropCheck { table, check } => {
                self.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", writer.quote(table), writer.quote(&check.name)));
            }
            Change::AddForeignKey { table, key } => {
                self.flush();
                self.push(writer.add_foreign_key(table, key));
            }
            Change::DropForeignKey { table, key } => self.push(writer.drop_foreign_key(table, &key.name)),
            // The names of indexes and constraints are changed by dropping and adding them; enumerations and domains are PostgreSQL's.
            Change::RenameIndex { .. }
            | Change::RenameConstraint { .. }
            | Change::CreateEnumeration(_)
            | Change::DropEnumeration(_)
            | Change::AddEnumerationValue { .. }
            | Change::AlterEnumeration { .. }
            | Change::CreateDomain(_)
            | Change::DropDomain(_)
            | Change::AlterDomain { .. } => self.script.notes.push(format!("not written, for MySQL has no such thing: {change}")),
        }
    }

    fn push(&mut self, sql: String) {
        self.script.statements.push(sql);
    }

    fn wait(&mut self, table: &str, clause: String) {
        match self.waiting.iter_mut().find(|(waiting, _)| waiting == table) {
            Some((_, clauses)) if clauses.contains(&clause) => {}
            Some((_, clauses)) => clauses.push(clause),
            None => self.waiting.push((table.to_owned(), vec![clause])),
        }
    }

    fn flush(&mut self) {
        for (table, clauses) in std::mem::take(&mut self.waiting) {
            self.push(format!("ALTER TABLE {} {}", self.sides.writer.quote(&table), clauses.join(", ")));
        }
    }

    fn flush_table(&mut self, table: &str) {
        let others = self.waiting.extract_if(.., |(waiting, _)| waiting != table).collect();
        let of_table = std::mem::replace(&mut self.waiting, others);
        for (table, clauses) in of_table {
            self.push(format!("ALTER TABLE {} {}", self.sides.writer.quote(&table), clauses.join(", ")));
        }
    }

    /// A column as it is to be.
    fn column(&self, table: &str, column: &ColumnDefinition) -> String {
        self.sides.writer.column(column, self.sides.to.table(table))
    }

    /// The columns of which a check that is a part of them comes or goes.
    fn modify_checked(&mut self, changes: &[Change]) {
        for change in changes {
            let (Change::AddCheck { table, check } | Change::DropCheck { table, check }) = change else { continue };
            let Some(name) = &check.column else { continue };
            let table = table_now(table, changes);
            let name = column_now(table, name, changes);
            let is_added =
                |change: &Change| matches!(change, Change::AddColumn { table: of, column } if of == table && column.name == name);
            let column = self.sides.to.table(table).and_then(|table| table.column(name));
            if let Some(column) = column.filter(|_| !changes.iter().any(is_added)) {
                self.wait(table, format!("MODIFY COLUMN {}", self.column(table, column)));
            }
        }
    }

    fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let writer = self.sides.writer;
        let renamed = self.state.table(table);
        let Some(column) = renamed.and_then(|table| table.column(to)) else { return };
        let column = writer.column(column, renamed);
        self.push(format!("ALTER TABLE {} CHANGE COLUMN {} {column}", writer.quote(table), writer.quote(from)));
    }

    fn alter_column(&mut self, table: &str, from: &ColumnDefinition, to: &ColumnDefinition) {
        let writer = self.sides.writer;
        if let Some(default) = to.default.as_ref().filter(|_| from.nullable && !to.nullable) {
            let column = writer.quote(&to.name);
            self.push(format!("UPDATE {} SET {column} = {default} WHERE {column} IS NULL", writer.quote(table)));
        }
        self.wait(table, format!("MODIFY COLUMN {}", self.column(table, to)));
    }

    /// Columns keep the character set that was their table's, unless they are told that they have none of their own.
    fn alter_options(&mut self, table: &str, options: Option<&String>) {
        let (Some(before), Some(to), Some(options)) = (self.sides.renamed.table(table), self.sides.to.table(table), options) else {
            return;
        };
        let follows = follows_characters(before, to);
        // The others that follow are changed for something else too.
        let is_left = |column: &&ColumnDefinition| follows(column) && before.column(&column.name) == Some(column);
        for column in to.columns.iter().filter(is_left) {
            self.wait(table, format!("MODIFY COLUMN {}", self.column(table, column)));
        }
        self.wait(table, options.clone());
    }
}
