//! The suite itself, tested: for each clause an engine that breaks it, and the clause's own test that notices.

mod statements;
mod values;
mod wrapper;

use std::error::Error;
use std::marker::PhantomData;

use bindery_core::engine::Capabilities;
use bindery_sqlite::SqliteDriver;
use bindery_testkit::TempSqlite;
use bindery_testkit::conformance::{CLAUSES, Setup, TestDatabase};
use wrapper::{Broken, Nothing};

#[derive(Clone, Copy)]
struct Sqlite;

impl Setup for Sqlite {
    type Driver = SqliteDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("SQLite 3.");
        capabilities.returning = true;
        capabilities.transactional_ddl = true;
        capabilities.max_parameters = 32_766;
        capabilities
    }

    async fn database(&self) -> Result<TestDatabase<SqliteDriver>, Box<dyn Error + Send + Sync>> {
        let files = TempSqlite::new()?;
        Ok(TestDatabase::new(SqliteDriver, files.url("default"), files).with_option("busy_timeout", "100ms"))
    }
}

/// What breaks nothing passes: so what is caught is caught for what it breaks.
mod unbroken {
    use super::*;

    bindery_testkit::conformance!(Broken(Sqlite, PhantomData::<fn() -> Nothing>));
}

/// What a test of the suite says of a setup whose engine is broken.
fn caught(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let Err(panic) = std::panic::catch_unwind(test) else { return "nothing".to_owned() };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Each line: the engine that is broken, the test that notices, and a part of what it says.
macro_rules! broken {
    ($($setup:ident with $module:ident::$break:ident: $section:ident::$test:ident says $said:literal;)+) => {
        $(#[test]
        #[allow(non_snake_case)] // named for the engine
        fn $break() {
            let setup = Broken($setup, PhantomData::<fn() -> $module::$break>);
            let said = caught(move || bindery_testkit::__conformance_run!(setup, $section, $test));
            assert!(said.contains($said), "`{}` says: {said}", stringify!($test));
        })+

        const BROKEN: &[&str] = &[$(stringify!($test)),+];
    };
}

broken! {
    Sqlite with statements::Splices: statements::stmt_1_a_parameter_is_never_part_of_the_text says "Sql:";
    Sqlite with statements::CutsIntegers: statements::stmt_2_what_does_not_fit_is_refused_unsent says "as i16 became I64(-1)";
    Sqlite with statements::CountsChangedRows: statements::stmt_3_rows_matched_are_counted says "matched 3 rows, and Some(2) are told";
    Sqlite with statements::CachesByText: statements::stmt_4_the_same_text_with_another_type says "parameters of other types";
    Sqlite with values::RoundsDecimals: values::value_1_what_is_stored_comes_back says "decimal: Decimal";
    Sqlite with values::NullIsEmpty: values::value_2_null_stays_null says "bool";
    Sqlite with values::DecimalsAreText: values::value_3_columns_are_ordered_as_rust_orders says "out of order";
}

/// Each clause that the suite tests is broken here by some engine.
#[test]
fn every_clause_is_broken_once() {
    let whole: Vec<_> =
        CLAUSES.iter().filter(|clause| !clause.tests.iter().any(|test| BROKEN.contains(test))).map(|clause| clause.id).collect();
    assert_eq!(whole, [""; 0], "no engine breaks these clauses");
}
