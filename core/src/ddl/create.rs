use super::Ordered;
use super::order::in_order;
use super::writer::Writer;
use crate::definition::{
    CheckDefinition, ColumnDefinition, DatabaseDefinition, DomainDefinition, EnumerationDefinition, ForeignKeyDefinition, Generation,
    IndexDefinition, KeyDefinition, TableDefinition,
};
use crate::engine::{Dialect, Family};

/// The statements that create the enumerations, domains and tables of a database. Views, and whatever bindery doesn't look into, are not
/// among them.
pub(crate) fn create(dialect: &Dialect, database: &DatabaseDefinition) -> Vec<String> {
    let writer = Writer::new(dialect);
    let mut statements: Vec<String> = database.enumerations.iter().map(|one| writer.create_enumeration(one)).collect();
    statements.extend(domains_in_order(&database.domains).into_iter().map(|domain| writer.create_domain(domain)));
    statements.extend(Ordered::new(&database.tables).create(dialect, |_| true));
    statements
}

/// The statements that drop what [`create`] makes, with all rows.
pub(crate) fn drop(dialect: &Dialect, database: &DatabaseDefinition) -> Vec<String> {
    let mut statements = Ordered::new(&database.tables).drop(dialect, |_| true);
    let domains =
        domains_in_order(&database.domains).into_iter().rev().map(|domain| format!("DROP DOMAIN {}", dialect.quote(&domain.name)));
    statements.extend(domains);
    statements.extend(database.enumerations.iter().map(|enumeration| format!("DROP TYPE {}", dialect.quote(&enumeration.name))));
    statements
}

/// Domains, each after those that it is made of.
pub(super) fn domains_in_order<'a>(domains: impl IntoIterator<Item = &'a DomainDefinition>) -> Vec<&'a DomainDefinition> {
    in_order(domains.into_iter().collect(), |domain| &domain.name, |domain, other| super::words::mentions(&domain.type_name, &other.name)).0
}

impl Ordered<'_> {
    /// The statements that create those of the tables that `missing` names, with their indexes and comments.
    pub(crate) fn create(&self, dialect: &Dialect, missing: impl Fn(&str) -> bool) -> Vec<String> {
        let writer = Writer::new(dialect);
        let mut statements = Vec::new();
        let mut keys = Vec::new();
        for table in self.tables().iter().filter(|table| missing(&table.name)) {
            // SQLite takes a key to a table that isn't there yet; others want it afterwards.
            let deferred: Vec<_> = self.deferred(table).filter(|_| writer.family() != Family::Sqlite).collect();
            keys.extend(deferred.iter().map(|key| writer.add_foreign_key(&table.name, key)));
            let parent = table.partition_of.as_ref().and_then(|(parent, _)| self.tables().iter().find(|table| table.name == *parent));
            statements.extend(writer.create_table(table, parent.copied(), |key| !deferred.contains(&key)));
        }
        statements.extend(keys);
        statements
    }
}

/// What of a table isn't there by itself: everything, or of a partition what it doesn't have from its parent.
pub(super) struct Own<'a> {
    pub(super) primary_key: Option<&'a KeyDefinition>,
    pub(super) uniques: Vec<&'a KeyDefinition>,
    pub(super) indexes: Vec<&'a IndexDefinition>,
    pub(super) foreign_keys: Vec<&'a ForeignKeyDefinition>,
    pub(super) checks: Vec<&'a CheckDefinition>,
}

impl<'a> Own<'a> {
    pub(super) fn of(table: &'a TableDefinition, parent: Option<&'a TableDefinition>) -> Self {
        // The names differ.
        let of_parent = |key: &KeyDefinition| {
            let keys = parent.into_iter().flat_map(|parent| parent.primary_key.iter().chain(&parent.uniques));
            keys.into_iter().any(|one| (&one.columns, &one.options) == (&key.columns, &key.options))
        };
        let of_parent_index = |index: &IndexDefinition| {
            let alike = |one: &IndexDefinition| IndexDefinition { name: index.name.clone(), ..one.clone() } == *index;
            parent.is_some_and(|parent| parent.indexes.iter().any(alike))
        };
        let of_parent_key = |key: &ForeignKeyDefinition| {
            let alike = |one: &ForeignKeyDefinition| ForeignKeyDefinition { name: key.name.clone(), ..one.clone() } == *key;
            parent.is_some_and(|parent| parent.foreign_keys.iter().any(alike))
        };
        let of_parent_check = |check: &CheckDefinition| parent.is_some_and(|parent| parent.checks.iter().any(|one| one.sql == check.sql));
        Own {
            primary_key: table.primary_key.as_ref().filter(|key| !of_parent(key)),
            uniques: table.uniques.iter().filter(|key| !of_parent(key)).collect(),
            indexes: table.indexes.iter().filter(|index| !of_parent_index(index)).collect(),
            foreign_keys: table.foreign_keys.iter().filter(|key| !of_parent_key(key)).collect(),
            checks: table.checks.iter().filter(|check| !of_parent_check(check)).collect(),
        }
    }
}

impl Writer<'_> {
    /// A table with its indexes and comments, and with those of its foreign keys that `with_key` names.
    pub(super) fn create_table(
        self,
        table: &TableDefinition,
        parent: Option<&TableDefinition>,
        with_key: impl Fn(&ForeignKeyDefinition) -> bool,
    ) -> Vec<String> {
        let own = Own::of(table, parent);
        let mut statements = vec![self.create_table_only(table, &table.name, &own, with_key)];
        let is_nullable_serial = |column: &&ColumnDefinition| column.nullable && column.generation == Some(Generation::Serial);
        // A serial is NOT NULL until one says otherwise.
        statements.extend(
            table
                .columns
                .iter()
                .filter(is_nullable_serial)
                .map(|column| format!("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", self.quote(&table.name), self.quote(&column.name))),
        );
        if self.family() != Family::MySql {
            statements.extend(own.indexes.iter().map(|index| self.create_index(&table.name, index)));
        }
        statements.extend(self.comments(table));
        statements
    }

    /// The one statement that creates a table, under this name.
    pub(super) fn create_table_only(
        self,
        table: &TableDefinition,
        name: &str,
        own: &Own<'_>,
        with_key: impl Fn(&ForeignKeyDefinition) -> bool,
    ) -> String {
        let is_partition = table.partition_of.is_some();
        let columns = table.columns.iter().filter(|_| !is_partition);
        let mut parts: Vec<String> = columns.map(|column| self.column(column, Some(table))).collect();
        let key_is_inline = self.family() == Family::Sqlite && table.columns.iter().any(ColumnDefinition::is_identity);
        parts.extend(own.primary_key.filter(|_| !key_is_inline).map(|key| self.primary_key(key)));
        parts.extend(own.uniques.iter().map(|key| self.unique(key)));
        parts.extend(own.checks.iter().filter(|check| check.column.is_none()).map(|check| self.check(check)));
        if self.family() == Family::MySql {
            // Before the foreign keys, or the server makes an index for them by itself.
            parts.extend(own.indexes.iter().map(|index| self.index_clause(index)));
        }
        parts.extend(own.foreign_keys.iter().filter(|key| with_key(key)).map(|key| self.foreign_key(key)));
        let mut sql = format!("CREATE TABLE {}", self.quote(name));
        if let Some((parent, bounds)) = &table.partition_of {
            let parts = if parts.is_empty() { String::new() } else { format!(" (\n  {}\n)", parts.join(",\n  ")) };
            sql += &format!(" PARTITION OF {}{parts} {bounds}", self.quote(parent));
        } else {
            sql += &format!(" (\n  {}\n)", parts.join(",\n  "));
        }
        sql + &self.table_options(table)
    }

    fn table_options(self, table: &TableDefinition) -> String {
        // A comment first: partitions end a table's options.
        let comment = table.comment.as_ref().filter(|_| self.family() == Family::MySql);
        let comment = comment.map(|comment| format!(" COMMENT = {}", self.literal(comment))).unwrap_or_default();
        match (&table.options, self.family()) {
            (Some(options), _) => format!("{comment} {options}"),
            // A server may be set up to make tables that know no transactions.
            (None, Family::MySql) => format!("{comment} ENGINE = InnoDB"),
            (None, Family::Postgres | Family::Sqlite) => comment,
        }
    }

    pub(super) fn create_enumeration(self, enumeration: &EnumerationDefinition) -> String {
        let labels: Vec<_> = enumeration.labels.iter().map(|label| self.literal(label)).collect();
        format!("CREATE TYPE {} AS ENUM ({})", self.quote(&enumeration.name), labels.join(", "))
    }

    pub(super) fn create_domain(self, domain: &DomainDefinition) -> String {
        let mut sql = format!("CREATE DOMAIN {} AS {}", self.quote(&domain.name), domain.type_name);
        if let Some(collation) = &domain.collation {
            sql += &format!(" COLLATE {}", self.collation(collation));
        }
        if let Some(default) = &domain.default {
            sql += &format!(" DEFAULT {}", self.default(default));
        }
        if !domain.nullable {
            sql += " NOT NULL";
        }
        for check in &domain.checks {
            sql += &format!(" {}", self.check(check));
        }
        sql
    }

    pub(super) fn add_foreign_key(self, table: &str, key: &ForeignKeyDefinition) -> String {
        format!("ALTER TABLE {} ADD {}", self.quote(table), self.foreign_key(key))
    }

    pub(super) fn drop_foreign_key(self, table: &str, name: &str) -> String {
        let kind = if self.family() == Family::MySql { "FOREIGN KEY" } else { "CONSTRAINT" };
        format!("ALTER TABLE {} DROP {kind} {}", self.quote(table), self.quote(name))
    }
}
