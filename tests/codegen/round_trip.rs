use bindery::codegen::{self, Generated};
use bindery::definition::{DatabaseDefinition, TableDefinition};

use crate::case::{Case, unformatted};
use crate::place::Backend;
use crate::{program, sakila};

/// Nothing comes back otherwise.
fn exact(_: &mut TableDefinition) {}

/// SQLite takes NULL in a column of a primary key that doesn't say NOT NULL, which models don't, but for a row's number. A column without a
/// type gets that of its Rust type.
fn on_sqlite(table: &mut TableDefinition) {
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        if key.contains(&column.name) && !(key.len() == 1 && column.type_name.eq_ignore_ascii_case("integer")) {
            column.nullable = false;
        }
        if column.type_name.is_empty() {
            (column.type_name, column.sql_type) = ("TEXT".to_owned(), Some(bindery::value::SqlType::Text));
        }
    }
}

/// A check that was written behind a column is the table's here, with a name.
fn on_mariadb(table: &mut TableDefinition) {
    for check in &mut table.checks {
        if let Some(column) = check.column.take() {
            check.name = format!("ck_{}_{column}", table.name);
        }
    }
    table.checks.sort_by(|a, b| a.name.cmp(&b.name));
}

/// `ON DELETE SET NULL` of a column that is NOT NULL could never be: the derive refuses it, and the generator tells so.
fn on_sakila_postgres(table: &mut TableDefinition) {
    table.foreign_keys.retain(|key| key.name != "payment_rental_id_fkey");
}

fn cases() -> Vec<Case> {
    let case = Case::new;
    vec![
        case("corners_sqlite", Backend::Sqlite, include_str!("corners/sqlite.sql"), on_sqlite),
        case("corners_postgres", Backend::Postgres, include_str!("corners/postgres.sql"), exact),
        case("corners_mariadb", Backend::MariaDb, include_str!("corners/mariadb.sql"), on_mariadb),
        case("corners_mysql", Backend::MySql57, include_str!("corners/mysql.sql"), exact),
        case("sakila_sqlite", Backend::Sqlite, &sakila::script("sqlite/sqlite-sakila-schema.sql"), on_sqlite),
        case("sakila_postgres", Backend::Postgres, &sakila::script("postgres/sakila-schema.sql"), on_sakila_postgres),
        case("sakila_mariadb", Backend::MariaDb, &sakila::script("mysql/sakila-schema.sql"), exact),
        case("sakila_mysql", Backend::MySql57, &sakila::script("mysql/sakila-schema.sql"), exact),
    ]
}

#[tokio::test]
async fn generated_models_make_the_schema_that_they_are_of() {
    let cases = cases();
    let mut all: Vec<(&Case, DatabaseDefinition, Generated)> = Vec::new();
    for case in &cases {
        let definition = case.reflect_original().await;
        let generated = codegen::models(&definition, case.bind(), &case.dialect());
        assert_eq!(generated, codegen::models(&definition, case.bind(), &case.dialect()), "the same again");
        case.prepare(&definition);
        all.push((case, definition, generated));
    }

    let folder = tempfile::tempdir().unwrap();
    let program = program::build(folder.path(), all.iter().map(|(case, _, generated)| (case.name, generated.source.as_str())));
    let binds = cases.iter().map(|case| format!("{}={}", case.name, case.url_of_made()));
    program::run(&program, binds.chain(["default=sqlite://".to_owned()]));

    let mut wrong = Vec::new();
    for (case, original, generated) in &all {
        println!("{}:\n  {}", case.name, generated.notes.join("\n  "));
        let made = case.reflect_made().await;
        let tables = original.tables.iter().filter(|table| table.partition_of.is_none());
        for mut table in tables.cloned() {
            (case.excuse)(&mut table);
            if made.table(&table.name) != Some(&table) {
                wrong.push(format!("{}.{}:\n{:#?}\n is made as\n{:#?}", case.name, table.name, table, made.table(&table.name)));
            }
        }
        assert_eq!(made.tables.len(), original.tables.iter().filter(|table| table.partition_of.is_none()).count());
        // One of no column is of no model.
        let of_columns = original.enumerations.iter().filter(|enumeration| enumeration.name != "unused");
        assert!(made.enumerations.iter().eq(of_columns));
        let changes = unformatted(&generated.source);
        if !changes.is_empty() {
            wrong.push(format!("{}: rustfmt changes\n{changes}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
