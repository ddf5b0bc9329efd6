//! What a backend can't have: told before anything is created, with the table, the column and what to do.

use super::naming::MAX_BYTES;
use super::{Column, Table};
use crate::definition::{IndexPart, ReferentialAction};
use crate::engine::{Dialect, Family};
use crate::{Error, ErrorKind, Result};

/// Refuses a table that the backend can't have.
pub(super) fn check(table: &Table, dialect: &Dialect) -> Result<()> {
    let all = match dialect.family() {
        Family::Postgres => refuse_long_names(table),
        Family::MySql => refuse_long_keys(table, dialect)
            .and_then(|()| refuse_set_default(table))
            .and_then(|()| refuse_filters(table))
            .and_then(|()| refuse_labels(table)),
        Family::Sqlite => refuse_generated(table).and_then(|()| refuse_methods(table)),
    };
    refuse_lacking(table, dialect).and(all).map_err(|error| error.at_table(table.name()))
}

fn unsupported(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}

/// A backend may lack a type that its family has.
fn refuse_lacking(table: &Table, dialect: &Dialect) -> Result<()> {
    let mut ours = table.columns().iter().filter(|column| column.parameter_type().is_some());
    ours.try_for_each(|column| dialect.check_type(column.sql_type()).map_err(|error| error.at_column(column.name())))
}

/// PostgreSQL would cut the name in silence, and then not find it, or find another that begins alike.
fn refuse_long_names(table: &Table) -> Result<()> {
    let refused = |name: &str| unsupported(format!("PostgreSQL's names end at {MAX_BYTES} bytes, `{name}` has {}", name.len()));
    let is_long = |name: &&str| name.len() > MAX_BYTES;
    let keys = table.uniques().iter().map(|unique| unique.name.as_str()).chain(table.foreign_keys().iter().map(|key| key.name.as_str()));
    let others = table.indexes().iter().map(|index| index.name.as_str()).chain(table.checks().iter().map(|check| check.name.as_str()));
    if let Some(name) = std::iter::once(table.name()).chain(keys).chain(others).find(is_long) {
        return Err(refused(name));
    }
    let names = |column: &Column| column.get_enumeration().map(|enumeration| enumeration.name).into_iter().find(is_long);
    table.columns().iter().try_for_each(|column| match Some(column.name()).filter(is_long).or_else(|| names(column)) {
        Some(name) => Err(refused(name).at_column(column.name())),
        None => Ok(()),
    })
}

/// MySQL has no keys over text or bytes without a length.
fn refuse_long_keys(table: &Table, dialect: &Dialect) -> Result<()> {
    let uniques = table.uniques().iter().flat_map(|unique| unique.columns.iter().map(AsRef::as_ref));
    // A full-text index is one over such columns.
    let indexes = table.indexes().iter().filter(|index| index.method.is_none()).flat_map(|index| &index.parts);
    let indexed = indexes.filter_map(IndexPart::plain_column);
    let referring = table.foreign_keys().iter().flat_map(|key| key.columns.iter().map(AsRef::as_ref));
    let is_long = |name: &&str| {
        let name = table.find_column(name).map(|column| column.type_name(dialect)).unwrap_or_default();
        ["longtext", "longblob", "json"].iter().any(|long| name.starts_with(long))
    };
    match table.primary_key().chain(uniques).chain(indexed).chain(referring).find(is_long) {
        Some(name) => {
            let message = "MySQL needs a length for text in a key, unique or index: give the column `max_length`, or a `type` of its own";
            Err(unsupported(message).at_column(name.to_owned()))
        }
        None => Ok(()),
    }
}

/// MariaDB takes it, and then refuses the delete all the same; MySQL does not take it.
fn refuse_set_default(table: &Table) -> Result<()> {
    let mut keys = table.foreign_keys().iter();
    keys.try_for_each(|key| {
        let (what, action) = match ReferentialAction::SetDefault {
            action if key.on_delete == action => ("deleted", "on_delete"),
            action if key.on_update == action => ("changed", "on_update"),
            _ => return Ok(()),
        };
        let message = format!("MySQL puts no default in the place of a row that was {what}: choose another `{action}`");
        Err(unsupported(message).at_column(key.columns.join(", ")))
    })
}

fn refuse_filters(table: &Table) -> Result<()> {
    match table.indexes().iter().find(|index| index.filter.is_some()) {
        Some(index) => Err(unsupported(format!(
            "MySQL has no index of some rows only: leave out the `filter` of `{}`, or index a `computed` column that is NULL for the others",
            index.name
        ))),
        None => Ok(()),
    }
}

/// MySQL drops the spaces, and would give back what is no value of the enumeration.
fn refuse_labels(table: &Table) -> Result<()> {
    let ends_in_space =
        |column: &&Column| column.get_enumeration().is_some_and(|enumeration| enumeration.labels.iter().any(|label| label.ends_with(' ')));
    match table.columns().iter().find(ends_in_space) {
        Some(column) => {
            let message = "MySQL drops spaces at the end of an enumeration's values: give the value another text";
            Err(unsupported(message).at_column(column.name()))
        }
        None => Ok(()),
    }
}

/// SQLite generates the values of one column only: that of a primary key of one column.
fn refuse_generated(table: &Table) -> Result<()> {
    let mut generated = table.columns().iter().filter(|column| column.is_generated());
    match generated.find(|column| !table.primary_key().eq([column.name()])) {
        Some(column) => {
            let message = "SQLite generates a column only where it alone is the primary key: make it that, or give its values yourself";
            Err(unsupported(message).at_column(column.name()))
        }
        None => Ok(()),
    }
}

fn refuse_methods(table: &Table) -> Result<()> {
    match table.indexes().iter().find(|index| index.method.is_some()) {
        Some(index) => Err(unsupported(format!("SQLite has one kind of index: leave out the `method` of `{}`", index.name))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BindKey;
    use crate::schema::{Index, Reference, StaticTable};
    use crate::value::Enumeration;

    static TICKETS: StaticTable = StaticTable::new(|| {
        let key = Column::of::<i64>("id").primary_key().generated();
        Table::new("tickets", BindKey::DEFAULT).column(key).column(Column::of::<i64>("number").generated())
    });

    static LONG: StaticTable = StaticTable::new(|| {
        Table::new("long", BindKey::DEFAULT).column(Column::of::<i64>("i".repeat(63))).column(Column::of::<i64>("ä".repeat(32)))
    });

    #[test]
    fn a_name_that_postgresql_would_cut_is_refused_there() {
        let create = |dialect| LONG.definition(&dialect);
        let error = create(Dialect::postgres()).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("ä".repeat(32).as_str())));
        assert!(create(Dialect::sqlite()).is_ok());
    }

    fn refused(table: &Table, dialect: &Dialect) -> Error {
        let error = table.definition(dialect).unwrap_err();
        assert_eq!((error.kind(), error.table()), (ErrorKind::Unsupported, Some(table.name())), "{error}");
        error
    }

    fn of_a() -> Table {
        Table::new("things", BindKey::DEFAULT).column(Column::of::<i64>("a").sql_default("1"))
    }

    #[test]
    fn names_that_were_given_are_refused_too() {
        let long = "n".repeat(64);
        let index = Index::over_columns(["a"]).named(long.as_str());
        let enumeration = Enumeration::new("a_name_of_more_than_sixty_three_bytes_which_postgresql_would_cut", &["x"]);
        for table in [
            of_a().check(Some(&long), "a > 0"),
            of_a().add_index(index),
            of_a().unique(Some(&long), vec!["a".into()]),
            of_a().foreign_key(Some(&long), vec!["a".into()], Reference::to_named("things", "a")),
            of_a().column(Column::of::<String>("mood").enumeration(enumeration)),
        ] {
            refused(&table, &Dialect::postgres());
            table.definition(&Dialect::sqlite()).unwrap();
        }
    }

    #[test]
    fn what_mysql_lacks_is_refused_there() {
        let reference = Reference::to_named("things", "a");
        let (deleted, updated) = (ReferentialAction::SetDefault, ReferentialAction::SetDefault);
        let spaces = Enumeration::new("mood", &["sad "]);
        for (table, what, column) in [
            (of_a().foreign_key(None, vec!["a".into()], reference.clone().on_delete(deleted)), "`on_delete`", Some("a")),
            (of_a().foreign_key(None, vec!["a".into()], reference.on_update(updated)), "`on_update`", Some("a")),
            (of_a().add_index(Index::over_columns(["a"]).filter("a > 1")), "leave out the `filter` of `ix_things_a`", None),
            (of_a().column(Column::of::<String>("mood").enumeration(spaces)), "drops spaces", Some("mood")),
        ] {
            let error = refused(&table, &Dialect::mysql());
            assert!(error.to_string().contains(what) && error.column() == column, "{error}");
            table.definition(&Dialect::postgres()).unwrap();
        }
        // A part of a text is short enough, and a full-text index is one over whole ones.
        let text = || of_a().column(Column::of::<String>("text"));
        text().add_index(Index::over_sql(["text(10)"])).definition(&Dialect::mysql()).unwrap();
        text().add_index(Index::over_columns(["text"]).method("fulltext")).definition(&Dialect::mysql()).unwrap();
        refused(&text().index(None, vec!["text".into()]), &Dialect::mysql());
    }

    #[test]
    fn sqlite_has_one_kind_of_index() {
        let table = of_a().add_index(Index::over_columns(["a"]).method("gin"));
        let error = refused(&table, &Dialect::sqlite());
        assert!(error.to_string().contains("leave out the `method` of `ix_things_a`"), "{error}");
    }

    static NOTES: StaticTable = StaticTable::new(|| Table::new("notes", BindKey::DEFAULT).column(Column::of::<String>("title").unique()));

    #[test]
    fn a_key_of_text_without_a_length_is_refused_on_mysql() {
        let create = |dialect| NOTES.definition(&dialect);
        let error = create(Dialect::mysql()).unwrap_err();
        assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::Unsupported, Some("notes"), Some("title")));
        assert!(create(Dialect::sqlite()).is_ok() && create(Dialect::postgres()).is_ok());
    }

    #[test]
    fn a_second_generated_column_is_refused_on_sqlite() {
        let create = |dialect| TICKETS.definition(&dialect);
        let error = create(Dialect::sqlite()).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("number")));
        assert!(create(Dialect::postgres()).is_ok());
    }
}
