use super::Sides;
use crate::ddl::type_words::{cast_through, is_assigned, is_named};
use crate::ddl::words::mentions;
use crate::ddl::{Change, Script};
use crate::definition::{ColumnDefinition, DomainDefinition, EnumerationDefinition, Generation};

/// The statements on PostgreSQL: one or more for each change, in the same order.
pub(super) fn alter(sides: &Sides<'_>, changes: &[Change]) -> Script {
    let mut alteration = Alteration { sides, script: Script::default() };
    for change in changes {
        alteration.write(change);
    }
    alteration.script
}

struct Alteration<'a> {
    sides: &'a Sides<'a>,
    script: Script,
}

impl Alteration<'_> {
    fn write(&mut self, change: &Change) {
        let writer = self.sides.writer;
        match change {
            Change::CreateTable(table) => self.script.statements.extend(self.sides.create_table(table)),
            Change::DropTable(table) => {
                self.warn_of_views(&table.name, None);
                self.push(self.sides.drop_table(&table.name));
            }
            Change::RenameTable { from, to } => self.push(self.sides.rename_table(from, to)),
            Change::AlterTableOptions { table, .. } => self.script.notes.push(format!("the options of `{table}` are not changed")),
            Change::AlterTableComment { table, to } => self.push(writer.comment_on_table(table, to.as_ref())),
            Change::AddColumn { table, column } => self.add_column(table, column),
            Change::DropColumn { table, column } => {
                self.warn_of_views(table, Some(&column.name));
                self.on_table(table, &format!("DROP COLUMN {}", writer.quote(&column.name)));
            }
            Change::RenameColumn { table, from, to } => {
                self.on_table(table, &format!("RENAME COLUMN {} TO {}", writer.quote(from), writer.quote(to)));
            }
            Change::AlterColumn { table, from, to } => self.alter_column(table, from, to),
            Change::AddPrimaryKey { table, key } => self.on_table(table, &format!("ADD {}", writer.primary_key(key))),
            Change::AddUnique { table, key } => self.on_table(table, &format!("ADD {}", writer.unique(key))),
            Change::AddCheck { table, check } => self.on_table(table, &format!("ADD {}", writer.check(check))),
            Change::AddForeignKey { table, key } => self.push(writer.add_foreign_key(table, key)),
            Change::AddIndex { table, index } => self.push(writer.create_index(table, index)),
            Change::DropPrimaryKey { table, key } | Change::DropUnique { table, key } => self.drop_constraint(table, &key.name),
            Change::DropCheck { table, check } => self.drop_constraint(table, &check.name),
            Change::DropForeignKey { table, key } => self.push(writer.drop_foreign_key(table, &key.name)),
            Change::DropIndex { index, .. } => self.push(format!("DROP INDEX {}", writer.quote(&index.name))),
            Change::RenameIndex { from, to, .. } => {
                self.push(format!("ALTER INDEX {} RENAME TO {}", writer.quote(from), writer.quote(to)));
            }
            Change::RenameConstraint { table, from, to } => {
                self.on_table(table, &format!("RENAME CONSTRAINT {} TO {}", writer.quote(from), writer.quote(to)));
            }
            Change::CreateEnumeration(enumeration) => self.push(writer.create_enumeration(enumeration)),
            Change::DropEnumeration(enumeration) => self.push(format!("DROP TYPE {}", writer.quote(&enumeration.name))),
            Change::AddEnumerationValue { enumeration, value, after } => self.add_value(enumeration, value, after.as_ref()),
            Change::AlterEnumeration { to, .. } => self.alter_enumeration(to),
            Change::CreateDomain(domain) => self.push(writer.create_domain(domain)),
            Change::DropDomain(domain) => self.push(format!("DROP DOMAIN {}", writer.quote(&domain.name))),
            Change::AlterDomain { from, to } => self.alter_domain(from, to),
        }
    }

    fn push(&mut self, sql: String) {
        self.script.statements.push(sql);
    }

    fn on_table(&mut self, table: &str, action: &str) {
        self.push(format!("ALTER TABLE {} {action}", self.sides.writer.quote(table)));
    }

    fn on_column(&mut self, table: &str, column: &str, action: &str) {
        self.on_table(table, &format!("ALTER COLUMN {} {action}", self.sides.writer.quote(column)));
    }

    fn drop_constraint(&mut self, table: &str, name: &str) {
        self.on_table(table, &format!("DROP CONSTRAINT {}", self.sides.writer.quote(name)));
    }

    fn add_column(&mut self, table: &str, column: &ColumnDefinition) {
        let writer = self.sides.writer;
        self.on_table(table, &format!("ADD COLUMN {}", writer.column(column, self.sides.to.table(table))));
        if column.nullable && column.generation == Some(Generation::Serial) {
            self.on_column(table, &column.name, "DROP NOT NULL");
        }
        if column.comment.is_some() {
            self.push(writer.comment_on_column(table, &column.name, column.comment.as_ref()));
        }
    }

    fn alter_column(&mut self, table: &str, from: &ColumnDefinition, to: &ColumnDefinition) {
        let writer = self.sides.writer;
        let name = &to.name;
        let is_retyped = from.type_name != to.type_name || from.collation != to.collation;
        let is_renumbered = from.generation != to.generation;
        if is_renumbered {
            self.drop_generation(table, from, to);
        }
        let default_is_in_the_way = is_retyped && from.default.is_some();
        if default_is_in_the_way || (from.default.is_some() && to.default.is_none()) {
            self.on_column(table, name, "DROP DEFAULT");
        }
        if is_retyped {
            self.warn_of_views(table, Some(name));
            self.on_column(table, name, &self.retype(from, to));
            // An identity column's sequence follows by itself.
            if from.generation == Some(Generation::Serial) && to.generation == Some(Generation::Serial) {
                self.push(self.on_sequence(table, name, &format!("ALTER SEQUENCE %s AS {}", to.type_name)));
            }
        }
        if let Some(default) = to.default.as_ref().filter(|_| default_is_in_the_way || from.default != to.default) {
            self.on_column(table, name, &format!("SET DEFAULT {}", writer.default(default)));
        }
        if from.nullable && !to.nullable {
            if to.default.is_some() {
                let column = writer.quote(name);
                self.push(format!("UPDATE {} SET {column} = DEFAULT WHERE {column} IS NULL", writer.quote(table)));
                // No table is altered for which something is still to be looked at.
                self.script.statements.extend(self.is_deferrable(table).then(|| "SET CONSTRAINTS ALL IMMEDIATE".to_owned()));
            }
            self.on_column(table, name, "SET NOT NULL");
        } else if !from.nullable && to.nullable {
            self.on_column(table, name, "DROP NOT NULL");
        }
        if is_renumbered {
            self.add_generation(table, from, to);
        }
        if from.comment != to.comment {
            self.push(writer.comment_on_column(table, name, to.comment.as_ref()));
        }
    }

    fn is_deferrable(&self, table: &str) -> bool {
        let tables = [self.sides.renamed.table(table), self.sides.to.table(table)];
        let options = tables.into_iter().flatten().flat_map(|table| {
            let keys = table.primary_key.iter().chain(&table.uniques).map(|key| &key.options);
            keys.chain(table.foreign_keys.iter().map(|key| &key.options))
        });
        options.flatten().any(|options| options.contains("DEFERRABLE"))
    }

    fn retype(&self, from: &ColumnDefinition, to: &ColumnDefinition) -> String {
        let collation = to.collation.as_ref().map(|name| format!(" COLLATE {}", self.sides.writer.collation(name))).unwrap_or_default();
        // A cast would cut what doesn't fit; what is assigned is an error then.
        let using = if is_assigned(&from.type_name, &to.type_name) {
            String::new()
        } else {
            let through = cast_through(&from.type_name, &to.type_name).map(|name| format!("::{name}")).unwrap_or_default();
            format!(" USING {}{through}::{}", self.sides.writer.quote(&to.name), to.type_name)
        };
        format!("TYPE {}{collation}{using}", to.type_name)
    }

    fn drop_generation(&mut self, table: &str, from: &ColumnDefinition, to: &ColumnDefinition) {
        match from.generation {
            Some(Generation::Identity | Generation::AlwaysIdentity) if !is_identity(to) => self.on_column(table, &to.name, "DROP IDENTITY"),
            Some(Generation::Serial) => {
                self.on_column(table, &to.name, "DROP DEFAULT");
                self.push(self.on_sequence(table, &to.name, "DROP SEQUENCE %s"));
            }
            Some(Generation::Computed { .. }) => self.on_column(table, &to.name, "DROP EXPRESSION"),
            _ => {}
        }
    }

    fn add_generation(&mut self, table: &str, from: &ColumnDefinition, to: &ColumnDefinition) {
        let writer = self.sides.writer;
        let kind = if to.generation == Some(Generation::AlwaysIdentity) { "ALWAYS" } else { "BY DEFAULT" };
        if is_identity(from) && is_identity(to) {
            return self.on_column(table, &to.name, &format!("SET GENERATED {kind}"));
        }
        if is_identity(to) {
            self.on_column(table, &to.name, &format!("ADD GENERATED {kind} AS IDENTITY"));
        } else if to.generation == Some(Generation::Serial) {
            let sequence = writer.quote(&format!("{table}_{}_seq", to.name));
            let (quoted_table, column) = (writer.quote(table), writer.quote(&to.name));
            self.push(format!("CREATE SEQUENCE {sequence} AS {} OWNED BY {quoted_table}.{column}", to.type_name));
            self.on_column(table, &to.name, &format!("SET DEFAULT nextval({}::regclass)", writer.literal(&sequence)));
        } else {
            return;
        }
        // It goes on behind the rows that are there.
        let (quoted_table, column) = (writer.quote(table), writer.quote(&to.name));
        let sequence = self.sequence(table, &to.name);
        self.push(format!("SELECT setval({sequence}, (SELECT coalesce(max({column}), 0) + 1 FROM {quoted_table}), false)"));
    }

    fn sequence(&self, table: &str, column: &str) -> String {
        let writer = self.sides.writer;
        format!("pg_get_serial_sequence({}, {})", writer.literal(&writer.quote(table)), writer.literal(column))
    }

    /// A statement about a column's sequence, whose name only the server knows.
    fn on_sequence(&self, table: &str, column: &str, statement: &str) -> String {
        let statement = self.sides.writer.literal(statement);
        format!("DO $bindery$ BEGIN EXECUTE format({statement}, {}); END $bindery$", self.sequence(table, column))
    }

    fn add_value(&mut self, enumeration: &str, value: &str, after: Option<&String>) {
        let writer = self.sides.writer;
        let place = match after {
            Some(after) => format!(" AFTER {}", writer.literal(after)),
            None => {
                let first = self.sides.from.enumeration(enumeration).and_then(|one| one.labels.first());
                first.map(|first| format!(" BEFORE {}", writer.literal(first))).unwrap_or_default()
            }
        };
        self.push(format!("ALTER TYPE {} ADD VALUE {}{place}", writer.quote(enumeration), writer.literal(value)));
    }

    /// A new type takes the name, and the columns that keep it are converted by their text.
    fn alter_enumeration(&mut self, to: &EnumerationDefinition) {
        let writer = self.sides.writer;
        let (name, old) = (writer.quote(&to.name), writer.quote(&format!("bindery_old_{}", to.name)));
        self.push(format!("ALTER TYPE {name} RENAME TO {old}"));
        self.push(writer.create_enumeration(to));
        for table in self.sides.to.tables.iter().filter(|table| table.partition_of.is_none()) {
            let Some(before) = self.sides.renamed.table(&table.name) else { continue };
            for column in table.columns.iter().filter(|column| is_named(&column.type_name, &to.name)) {
                let Some(from) = before.column(&column.name).filter(|from| from.type_name == column.type_name) else { continue };
                self.warn_of_views(&table.name, Some(&column.name));
                if from.default.is_some() {
                    self.on_column(&table.name, &column.name, "DROP DEFAULT");
                }
                let (type_name, text) = (&column.type_name, if column.type_name.ends_with("[]") { "text[]" } else { "text" });
                let using = format!("TYPE {type_name} USING {}::{text}::{type_name}", writer.quote(&column.name));
                self.on_column(&table.name, &column.name, &using);
                if let Some(default) = column.default.as_ref().filter(|_| from.default.is_some()) {
                    self.on_column(&table.name, &column.name, &format!("SET DEFAULT {}", writer.default(default)));
                }
            }
        }
        self.push(format!("DROP TYPE {old}"));
    }

    fn alter_domain(&mut self, from: &DomainDefinition, to: &DomainDefinition) {
        let writer = self.sides.writer;
        let mut actions = Vec::new();
        let gone = from.checks.iter().filter(|check| !to.checks.contains(check));
        actions.extend(gone.map(|check| format!("DROP CONSTRAINT {}", writer.quote(&check.name))));
        match &to.default {
            Some(default) if from.default != to.default => actions.push(format!("SET DEFAULT {}", writer.default(default))),
            None if from.default.is_some() => actions.push("DROP DEFAULT".to_owned()),
            _ => {}
        }
        if from.nullable != to.nullable {
            actions.push(format!("{} NOT NULL", if to.nullable { "DROP" } else { "SET" }));
        }
        let new = to.checks.iter().filter(|check| !from.checks.contains(check));
        actions.extend(new.map(|check| format!("ADD {}", writer.check(check))));
        for action in actions {
            self.push(format!("ALTER DOMAIN {} {action}", writer.quote(&to.name)));
        }
    }

    /// PostgreSQL drops and retypes nothing that a view shows.
    fn warn_of_views(&mut self, table: &str, column: Option<&str>) {
        for view in &self.sides.renamed.views {
            if mentions(&view.sql, table) && column.is_none_or(|column| mentions(&view.sql, column)) {
                let what = column.map_or_else(|| format!("`{table}`"), |column| format!("`{table}.{column}`"));
                let note = format!("fails while the view `{}` uses {what}: drop it before, and create it again behind", view.name);
                if !self.script.notes.contains(&note) {
                    self.script.notes.push(note);
                }
            }
        }
    }
}

fn is_identity(column: &ColumnDefinition) -> bool {
    matches!(column.generation, Some(Generation::Identity | Generation::AlwaysIdentity))
}
