use std::sync::LazyLock;

use bindery_core::BindKey;
use bindery_core::definition::{ForeignKeyDefinition, IndexDefinition, ReferentialAction, TableDefinition};
use bindery_core::engine::{Engine, Family};
use bindery_core::schema::{Column, Index, Reference, StaticTable, Table};
use bindery_core::value::{Enumeration, SqlType};

use super::super::ground::Ground;
use super::super::values::TYPES;

pub(super) const MOOD: Enumeration = Enumeration::new("mood", &["sad", "it's"]);

static AUTHORS: StaticTable = LazyLock::new(|| {
    let table = Table::new("authors", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key().generated());
    let name = Column::of::<String>("na\"me").max_length(40).unique().sql_default("'none'").comment("it's on the cover");
    let born = Column::of::<Option<i32>>("born").index().check("born > 1000");
    table.columns_from([name, born, Column::of::<String>("mood").enumeration(MOOD)]).comment("who writes")
});

static BOOKS: StaticTable = LazyLock::new(|| {
    let to_author = |on_delete| Reference::to_named("authors", "id").on_delete(on_delete);
    let author = to_author(ReferentialAction::Cascade).on_update(ReferentialAction::Cascade);
    let table = Table::new("books", BindKey::DEFAULT).column(Column::of::<i32>("number").primary_key().sql_default("7"));
    let table = table.column(Column::of::<i64>("author").primary_key().references(author));
    let table = table.column(Column::of::<Option<i64>>("editor").references(to_author(ReferentialAction::SetNull)));
    let table = table.columns_from([Column::of::<i32>("pages"), Column::of::<Option<i32>>("order")]);
    let table = table.unique(Some("pages_of_order"), vec!["pages".into(), "order".into()]);
    table.add_index(Index::over_sql(["order", "number"]).named("by_order").unique())
});

/// With a column of each of these types. It is there until the process ends, as an application's tables are.
fn everything(types: Vec<SqlType>) -> &'static Table {
    let table = Table::new("everything", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key());
    Box::leak(Box::new(table.columns_from(types.into_iter().map(|sql_type| Column::new(format!("c {sql_type}"), sql_type).nullable()))))
}

pub(super) fn tables<E: Engine + ?Sized>(ground: &Ground<E>) -> [&'static Table; 3] {
    [&AUTHORS, &BOOKS, everything(ground.types(TYPES))]
}

fn sorted<T: Ord>(parts: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort();
    parts
}

/// That a table is told as it was said.
pub(super) fn assert_told<E: Engine + ?Sized>(ground: &Ground<E>, told: &TableDefinition, table: &Table) {
    let (name, said) = (table.name(), table.definition(ground.dialect()).unwrap());
    assert_columns(ground, told, &said, table);
    assert_keys(ground, told, &said);
    if ground.expected().check_constraints {
        let checks = |table: &TableDefinition| sorted(table.checks.iter().map(|check| (check.name.clone(), check.sql.contains("1000"))));
        assert_eq!(checks(told), checks(&said), "the checks of `{name}`");
    }
    assert_eq!(told.comment, said.comment, "the comment on `{name}`");
}

fn assert_columns<E: Engine + ?Sized>(ground: &Ground<E>, told: &TableDefinition, said: &TableDefinition, table: &Table) {
    let (dialect, name) = (ground.dialect(), &said.name);
    let names = |table: &TableDefinition| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(told), names(said), "the columns of `{name}`");
    for (told, said) in told.columns.iter().zip(&said.columns) {
        let column = format!("`{name}`.`{}`: {told:?}", said.name);
        // Of several types that are one here, any.
        let spelt = |sql_type| match (ground.family(), sql_type) {
            (Family::Postgres, SqlType::U64) => dialect.type_name(SqlType::Decimal, None, None),
            _ => dialect.type_name(sql_type, None, None),
        };
        let is_enumeration = table.find_column(&said.name).is_some_and(|column| column.get_enumeration().is_some());
        if is_enumeration && told.sql_type.is_none() {
            assert_eq!(told.type_name, MOOD.name, "the type of {column}");
        } else {
            assert_eq!(told.sql_type.map(spelt), said.sql_type.map(spelt), "the type of {column}");
        }
        assert_eq!(told.is_identity(), said.is_identity(), "what numbers {column}");
        assert_eq!(told.default.is_some(), said.default.is_some(), "the default of {column}");
        assert!(
            told.default.as_deref().unwrap_or_default().contains(said.default.as_deref().unwrap_or_default()),
            "the default of {column}"
        );
        // SQLite's key that is the row's number has no NULL, whatever it says.
        assert!(told.nullable == said.nullable || told.is_identity(), "NULL in {column}");
        assert_eq!(told.comment, said.comment, "the comment on {column}");
    }
}

fn assert_keys<E: Engine + ?Sized>(ground: &Ground<E>, told: &TableDefinition, said: &TableDefinition) {
    let name = &said.name;
    let key = |table: &TableDefinition| table.primary_key.clone().map(|key| (key.name, key.columns));
    assert_eq!(key(told), key(said), "the primary key of `{name}`");
    // On MySQL a unique constraint and a unique index are one.
    let is_unique = |index: &&IndexDefinition| index.unique && ground.family() == Family::MySql;
    let uniques = |table: &TableDefinition| {
        let keys = table.uniques.iter().map(|key| (key.name.clone(), key.columns.join(",")));
        sorted(keys.chain(table.indexes.iter().filter(is_unique).map(over)))
    };
    assert_eq!(uniques(told), uniques(said), "the unique constraints of `{name}`");
    let indexes = |table: &TableDefinition| {
        // MySQL makes one for a foreign key, with its name.
        let is_own = |index: &&IndexDefinition| !is_unique(index) && table.foreign_keys.iter().all(|key| key.name != index.name);
        sorted(table.indexes.iter().filter(is_own).map(|index| (over(index), index.unique)))
    };
    assert_eq!(indexes(told), indexes(said), "the indexes of `{name}`");
    let keys = |table: &TableDefinition| {
        let key = |key: &ForeignKeyDefinition| {
            let actions = format!("{} {}", key.on_delete, key.on_update);
            (key.name.clone(), key.columns.clone(), key.table.clone(), key.referred.clone(), actions)
        };
        sorted(table.foreign_keys.iter().map(key))
    };
    assert_eq!(keys(told), keys(said), "the foreign keys of `{name}`");
}

/// An index, and its columns.
fn over(index: &IndexDefinition) -> (String, String) {
    (index.name.clone(), index.columns().unwrap_or_default().join(","))
}
