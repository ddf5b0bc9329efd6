//! CREATE and DROP of tables, in foreign-key order. Written here and not by sea-query, which can't name a primary key on SQLite
//! nor defer a foreign key.

use std::fmt::Write as _;

use super::naming::MAX_BYTES;
use super::{Column, ForeignKey, OnDelete, Table};
use crate::engine::{Dialect, Family};
use crate::{Error, ErrorKind, Result};

/// Tables in an order in which each comes after those that it refers to, where there is one.
pub(crate) struct Ordered {
    tables: Vec<&'static Table>,
    /// The tables that refer to each other in a circle, or to such a table.
    circular: Vec<&'static str>,
}

impl Ordered {
    /// The order of these tables, which stand in the order of their names.
    pub(crate) fn new(mut waiting: Vec<&'static Table>) -> Self {
        let mut tables: Vec<&'static Table> = Vec::with_capacity(waiting.len());
        let mut circular = Vec::new();
        while !waiting.is_empty() {
            let is_waiting = |name: &str| waiting.iter().any(|table| table.name() == name);
            let ready = |table: &Table| table.foreign_keys().iter().all(|key| key.table == table.name() || !is_waiting(&key.table));
            let (next, rest): (Vec<&'static Table>, Vec<&'static Table>) = waiting.iter().partition(|table| ready(table));
            if next.is_empty() {
                circular = rest.iter().map(|table| table.name()).collect();
                tables.extend(rest);
                break;
            }
            tables.extend(next);
            waiting = rest;
        }
        Ordered { tables, circular }
    }

    /// The statements that create those of the tables that `missing` names, with their indexes.
    pub(crate) fn create(&self, dialect: &Dialect, missing: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let tables = || self.tables.iter().filter(|table| missing(table.name()));
        let mut statements = Vec::new();
        for table in tables() {
            refuse_lacking(table, dialect)?;
            refuse_generated(table, dialect)?;
            refuse_long_names(table, dialect)?;
            refuse_long_keys(table, dialect)?;
            refuse_set_default(table, dialect)?;
            statements.push(self.create_table(table, dialect));
            let indexes = table.indexes().iter();
            statements.extend(indexes.map(|index| {
                let columns = quoted_list(dialect, &index.columns);
                format!("CREATE INDEX {} ON {} ({columns})", dialect.quote(&index.name), dialect.quote(table.name()))
            }));
        }
        if !self.inline_keys(dialect) {
            // SQLite takes a key to a table that isn't there yet; others want it afterwards.
            for table in tables().filter(|table| self.is_circular(table.name())) {
                let keys = table.foreign_keys().iter();
                statements
                    .extend(keys.map(|key| format!("ALTER TABLE {} ADD {}", dialect.quote(table.name()), self.foreign_key(key, dialect))));
            }
        }
        Ok(statements)
    }

    /// The statements that drop those of the tables that `present` names.
    pub(crate) fn drop(&self, dialect: &Dialect, present: impl Fn(&str) -> bool) -> Vec<String> {
        let tables: Vec<_> = self.tables.iter().rev().filter(|table| present(table.name())).collect();
        let circle: Vec<_> = tables.iter().filter(|table| self.is_circular(table.name())).collect();
        let mut statements = Vec::new();
        match dialect.family() {
            // A drop deletes the rows first, one by one, which others of the table or the circle may refer to: empty them as one.
            Family::Sqlite if !circle.is_empty() || tables.iter().any(|table| refers_to_itself(table)) => {
                statements.push("PRAGMA defer_foreign_keys = ON".to_owned());
                statements.extend(circle.iter().map(|table| format!("DELETE FROM {}", dialect.quote(table.name()))));
            }
            Family::MySql => {
                for table in circle {
                    let keys = table.foreign_keys().iter();
                    statements.extend(
                        keys.map(|key| {
                            format!("ALTER TABLE {} DROP FOREIGN KEY {}", dialect.quote(table.name()), dialect.quote(&key.name))
                        }),
                    );
                }
            }
            Family::Postgres => {
                for table in circle {
                    let keys = table.foreign_keys().iter();
                    statements.extend(
                        keys.map(|key| format!("ALTER TABLE {} DROP CONSTRAINT {}", dialect.quote(table.name()), dialect.quote(&key.name))),
                    );
                }
            }
            Family::Sqlite => {}
        }
        statements.extend(tables.iter().map(|table| format!("DROP TABLE {}", dialect.quote(table.name()))));
        statements
    }

    fn is_circular(&self, table: &str) -> bool {
        self.circular.contains(&table)
    }

    fn inline_keys(&self, dialect: &Dialect) -> bool {
        self.circular.is_empty() || dialect.family() == Family::Sqlite
    }

    fn create_table(&self, table: &Table, dialect: &Dialect) -> String {
        // One generated column that is the whole key is SQLite's AUTOINCREMENT, which must stand with the column.
        let inline_key = dialect.family() == Family::Sqlite && table.columns().iter().any(|column| column.is_generated());
        let mut parts: Vec<String> = table.columns().iter().map(|column| column_definition(table, column, dialect, inline_key)).collect();
        if !inline_key {
            let columns: Vec<_> = table.primary_key().map(|name| dialect.quote(name)).collect();
            if !columns.is_empty() {
                parts.push(format!("CONSTRAINT {} PRIMARY KEY ({})", dialect.quote(&table.primary_key_name()), columns.join(", ")));
            }
        }
        parts.extend(
            table
                .uniques()
                .iter()
                .map(|unique| format!("CONSTRAINT {} UNIQUE ({})", dialect.quote(&unique.name), quoted_list(dialect, &unique.columns))),
        );
        if self.inline_keys(dialect) || !self.is_circular(table.name()) {
            parts.extend(table.foreign_keys().iter().map(|key| self.foreign_key(key, dialect)));
        }
        // A server may be set up to make tables that know no transactions.
        let storage = if dialect.family() == Family::MySql { " ENGINE = InnoDB" } else { "" };
        format!("CREATE TABLE {} (\n  {}\n){storage}", dialect.quote(table.name()), parts.join(",\n  "))
    }

    fn foreign_key(&self, key: &ForeignKey, dialect: &Dialect) -> String {
        let mut sql = format!(
            "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
            dialect.quote(&key.name),
            dialect.quote(&key.column),
            dialect.quote(&key.table),
            dialect.quote(&key.referred)
        );
        if key.on_delete != OnDelete::NoAction {
            // Writing to a String can't fail.
            let _ = write!(sql, " ON DELETE {}", key.on_delete);
        }
        // Rows that refer to each other can then be inserted in one transaction. MySQL has no deferred keys.
        if self.is_circular(&key.table) && dialect.family() != Family::MySql {
            sql.push_str(" DEFERRABLE INITIALLY DEFERRED");
        }
        sql
    }
}

fn refers_to_itself(table: &Table) -> bool {
    table.foreign_keys().iter().any(|key| key.table == table.name())
}

/// MariaDB takes it, and then refuses the delete all the same; MySQL does not take it.
fn refuse_set_default(table: &Table, dialect: &Dialect) -> Result<()> {
    let key = table.foreign_keys().iter().find(|key| key.on_delete == OnDelete::SetDefault);
    match key {
        Some(key) if dialect.family() == Family::MySql => {
            let message = "MySQL puts no default in the place of a row that was deleted: choose another `on_delete`";
            Err(Error::new(ErrorKind::Unsupported, message).at_table(table.name()).at_column(key.column.clone()))
        }
        _ => Ok(()),
    }
}

/// A backend may lack a type that its family has.
fn refuse_lacking(table: &Table, dialect: &Dialect) -> Result<()> {
    let named = |column: &Column, error: Error| error.at_table(table.name()).at_column(column.name());
    let mut ours = table.columns().iter().filter(|column| column.parameter_type().is_some());
    ours.try_for_each(|column| dialect.check_type(column.sql_type()).map_err(|error| named(column, error)))
}

/// SQLite generates the values of one column only: that of a primary key of one column.
fn refuse_generated(table: &Table, dialect: &Dialect) -> Result<()> {
    let mut generated = table.columns().iter().filter(|column| column.is_generated());
    match generated.find(|column| !table.primary_key().eq([column.name()])) {
        Some(column) if dialect.family() == Family::Sqlite => {
            let message = "SQLite generates a column only where it alone is the primary key: make it that, or give its values yourself";
            Err(Error::new(ErrorKind::Unsupported, message).at_table(table.name()).at_column(column.name()))
        }
        _ => Ok(()),
    }
}

/// PostgreSQL would cut the name in silence, and then not find it, or find another that begins alike.
fn refuse_long_names(table: &Table, dialect: &Dialect) -> Result<()> {
    let is_long = |name: &str| dialect.family() == Family::Postgres && name.len() > MAX_BYTES;
    let refused =
        |name: &str| Error::new(ErrorKind::Unsupported, format!("PostgreSQL's names end at {MAX_BYTES} bytes, this has {}", name.len()));
    if is_long(table.name()) {
        return Err(refused(table.name()).at_table(table.name()));
    }
    match table.columns().iter().find(|column| is_long(column.name())) {
        Some(column) => Err(refused(column.name()).at_table(table.name()).at_column(column.name())),
        None => Ok(()),
    }
}

/// MySQL has no keys over text or bytes without a length.
fn refuse_long_keys(table: &Table, dialect: &Dialect) -> Result<()> {
    if dialect.family() != Family::MySql {
        return Ok(());
    }
    let listed = table.uniques().iter().chain(table.indexes()).flat_map(|index| index.columns.iter().map(AsRef::as_ref));
    let mut keys = table.primary_key().chain(listed).chain(table.foreign_keys().iter().map(|key| key.column.as_ref()));
    let is_long = |name: &&str| {
        let name = table.find_column(name).map(|column| column.type_name(dialect)).unwrap_or_default();
        ["longtext", "longblob", "json"].iter().any(|long| name.starts_with(long))
    };
    match keys.find(is_long) {
        Some(name) => {
            let message = "MySQL needs a length for text in a key, unique or index: give the column `max_length`, or a `type` of its own";
            Err(Error::new(ErrorKind::Unsupported, message).at_table(table.name()).at_column(name))
        }
        None => Ok(()),
    }
}

fn column_definition(table: &Table, column: &Column, dialect: &Dialect, inline_key: bool) -> String {
    let mut sql = format!("{} {}", dialect.quote(column.name()), column.type_name(dialect));
    if !column.is_nullable() {
        sql.push_str(" NOT NULL");
    }
    if let Some(default) = column.get_sql_default() {
        // In brackets any expression is a default. MySQL 5.7 takes words and literals only, and those without.
        let _ = match dialect.family() {
            Family::MySql => write!(sql, " DEFAULT {default}"),
            Family::Postgres | Family::Sqlite => write!(sql, " DEFAULT ({default})"),
        };
    }
    if column.is_generated() {
        match dialect.family() {
            Family::Sqlite if inline_key => {
                let _ = write!(sql, " CONSTRAINT {} PRIMARY KEY AUTOINCREMENT", dialect.quote(&table.primary_key_name()));
            }
            Family::Sqlite => {}
            Family::Postgres => sql.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            Family::MySql => sql.push_str(" AUTO_INCREMENT"),
        }
    }
    sql
}

fn quoted_list(dialect: &Dialect, names: &[std::borrow::Cow<'static, str>]) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BindKey;
    use crate::schema::StaticTable;

    static TICKETS: StaticTable = StaticTable::new(|| {
        let key = Column::of::<i64>("id").primary_key().generated();
        Table::new("tickets", BindKey::DEFAULT).column(key).column(Column::of::<i64>("number").generated())
    });

    static LONG: StaticTable = StaticTable::new(|| {
        Table::new("long", BindKey::DEFAULT).column(Column::of::<i64>("i".repeat(63))).column(Column::of::<i64>("ä".repeat(32)))
    });

    #[test]
    fn a_name_that_postgresql_would_cut_is_refused_there() {
        let create = |dialect| Ordered::new(vec![&*LONG]).create(&dialect, |_| true);
        let error = create(Dialect::postgres()).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("ä".repeat(32).as_str())));
        assert!(create(Dialect::sqlite()).is_ok());
    }

    static NOTES: StaticTable = StaticTable::new(|| Table::new("notes", BindKey::DEFAULT).column(Column::of::<String>("title").unique()));

    #[test]
    fn a_key_of_text_without_a_length_is_refused_on_mysql() {
        let create = |dialect| Ordered::new(vec![&*NOTES]).create(&dialect, |_| true);
        let error = create(Dialect::mysql()).unwrap_err();
        assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::Unsupported, Some("notes"), Some("title")));
        assert!(create(Dialect::sqlite()).is_ok() && create(Dialect::postgres()).is_ok());
    }

    #[test]
    fn a_second_generated_column_is_refused_on_sqlite() {
        let create = |dialect| Ordered::new(vec![&*TICKETS]).create(&dialect, |_| true);
        let error = create(Dialect::sqlite()).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("number")));
        assert!(create(Dialect::postgres()).is_ok());
    }
}
