//! The suite itself, tested: for each clause an engine that breaks it, and the clause's own test that notices.
#![cfg(unix)] // what SQLite can't show is shown on a PostgreSQL of testkit's
#![allow(clippy::unwrap_used)] // tests, all of it

mod cancellation;
mod capabilities;
mod errors;
mod pool;
mod rows;
mod savepoints;
mod statements;
mod transactions;
mod two_phase;
mod values;
mod wrapper;

use std::error::Error;
use std::marker::PhantomData;

use bindery::{PostgresDriver, SqliteDriver};
use bindery_core::engine::Capabilities;
use bindery_testkit::conformance::{CLAUSES, Setup, TestDatabase};
use bindery_testkit::{TempPostgres, TempSqlite};
use wrapper::{Broken, Nothing};

#[derive(Clone, Copy)]
struct Sqlite;

impl Setup for Sqlite {
    type Driver = SqliteDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("SQLite 3.");
        capabilities.returning = true;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        capabilities.max_parameters = 32_766;
        capabilities
    }

    async fn database(&self) -> Result<TestDatabase<SqliteDriver>, Box<dyn Error + Send + Sync>> {
        let files = TempSqlite::new()?;
        Ok(TestDatabase::new(SqliteDriver, files.url("default"), files).with_option("busy_timeout", "100ms"))
    }
}

#[derive(Clone, Copy)]
struct Postgres;

impl Setup for Postgres {
    type Driver = PostgresDriver;

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::none("PostgreSQL ");
        capabilities.returning = true;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        capabilities.two_phase = true;
        capabilities.max_parameters = 65_535;
        capabilities
    }

    async fn database(&self) -> Result<TestDatabase<PostgresDriver>, Box<dyn Error + Send + Sync>> {
        let database = TempPostgres::shared()?.database()?;
        Ok(TestDatabase::new(PostgresDriver, database.url(), database))
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
    Sqlite with rows::LeavesResultsOpen: rows::rows_1_a_result_given_up_is_closed says "SELECT 42: Internal";
    Sqlite with rows::Gathers: rows::rows_2_the_first_rows_come_before_the_last says "did not come before the others";
    Sqlite with rows::MendsText: rows::rows_3_what_can_not_be_carried_is_an_error_of_its_cell says "it was carried as text";
    Sqlite with rows::GivesMore: rows::rows_4_a_reader_that_has_enough_is_given_no_more says "rows were given to a reader that had enough";
    Sqlite with rows::SpeaksAnotherDialect: schema::schema_1_tables_of_every_type_are_made_and_dropped says "round 0: Sql";
    Sqlite with rows::TurnsRowsRound: schema::schema_2_statements_of_a_table_do_what_they_say says "it's";
    Sqlite with cancellation::LosesConnections: cancellation::cancel_1_a_call_dropped_at_any_await_leaves_the_pool_whole says "a connection has not come back";
    Sqlite with cancellation::LeavesOpen: cancellation::cancel_2_an_open_transaction_is_nobody_elses says "in the transaction that was left open";
    Sqlite with cancellation::RunsOn: cancellation::cancel_3_a_cut_off_statement_stops says "runs on";
    Sqlite with transactions::BeginsLater: transactions::tx_1_a_refused_begin_is_an_error_of_begin says "the server can't have begun one";
    Sqlite with transactions::SaysCommitted: transactions::tx_2_a_failed_transaction_is_not_committed says "the commit of a failed transaction succeeded";
    Sqlite with transactions::GoesOn: transactions::tx_3_nothing_runs_on_a_failed_transaction says "a statement ran on a failed transaction";
    Sqlite with transactions::Commits: transactions::tx_5_a_rollback_leaves_nothing says "what was rolled back is there";
    Sqlite with transactions::Autocommits: transactions::tx_6_repeatable_reads_repeat says "the second read saw another state";
    Sqlite with savepoints::Keeps: savepoints::save_1_what_came_after_a_savepoint_is_undone says "was not undone";
    Sqlite with savepoints::Undoes: savepoints::save_2_a_released_savepoint_keeps_its_rows says "a row of a released savepoint is gone";
    Sqlite with savepoints::EndsAtFailure: savepoints::save_3_a_savepoint_outlives_a_failed_statement says "the savepoint is gone";
    Sqlite with pool::OneFewer: pool::pool_1_there_are_as_many_connections_as_were_asked_for says "connection 3 of 3";
    Sqlite with pool::RemembersWaits: pool::pool_2_a_wait_that_is_given_up_leaves_nothing says "the connection is lost";
    Sqlite with pool::CountsNothing: pool::pool_3_the_status_counts says "two connections are in use";
    Sqlite with pool::BlocksItsThread: pool::wait_1_a_wait_stalls_nobody says "the executor was stalled";
    Sqlite with pool::SaysNothing: pool::wait_2_the_end_of_a_wait_says_who_has_the_connections says "the error does not say";
    Sqlite with pool::ClosesAtOnce: pool::wait_3_close_returns_once_all_are_back says "`close` has returned";
    Sqlite with rows::AsksForAnother: concurrency::conc_1_every_task_gets_its_own_answers says "a task has the answer of another";
    Sqlite with errors::OneKind: errors::err_1_each_error_has_the_kind_of_its_meaning says "UniqueViolation";
    Sqlite with errors::TellsValues: errors::err_2_no_error_tells_a_value says "tells the value";
    Sqlite with errors::LogsValues: errors::err_2_no_span_tells_a_value says "a span or an event tells a value";
    Sqlite with capabilities::ForgetsThePromise: capabilities::cap_1_what_is_not_claimed_is_refused says "began as one that can";
    Sqlite with capabilities::Boasts: capabilities::cap_2_capabilities_are_as_restated says "are not those that the setup restates";
    Sqlite with cancellation::LeavesLoansOpen: native::native_1_a_lent_connection_comes_back_as_new says "in a transaction of the borrower";
    Postgres with transactions::ForgetsDoubt: transactions::tx_4_a_commit_that_loses_its_connection_is_in_doubt says "CommitInDoubt";
    Postgres with two_phase::SaysPrepared: two_phase::prepare_1_a_failed_transaction_is_not_prepared says "a failed transaction was prepared";
    Postgres with two_phase::TidiesUp: two_phase::prepare_2_it_stays_whatever_becomes_of_its_connection says "it was prepared, and Prepared has ended it";
    Postgres with two_phase::FinishesAnything: two_phase::prepare_3_what_is_not_prepared_is_unknown says "it was committed twice";
    Postgres with two_phase::ListsNothing: two_phase::prepare_4_what_is_prepared_is_listed says "it is prepared and not listed";
    Postgres with statements::DropsTypes: statements::stmt_2_a_null_is_sent_as_its_type says "NULL as bool";
    Sqlite with statements::RewritesText: statements::stmt_1_the_text_is_sent_as_it_is says "it's";
    Sqlite with cancellation::LeavesCutOff: cancellation::cancel_2_a_cut_off_query_answers_nobody_else says "Internal";
    Sqlite with transactions::LetsWrite: transactions::tx_6_a_read_only_transaction_writes_nothing says "a read-only transaction has written";
    Sqlite with pool::KnowsNoTasks: pool::wait_2_a_task_that_has_all_connections_is_told says "BindBusy";
    Sqlite with capabilities::BoastsOfParameters: capabilities::cap_2_as_many_parameters_are_taken says "32767 parameters";
}

/// Each clause that the suite tests is broken here by some engine.
#[test]
fn every_clause_is_broken_once() {
    let whole: Vec<_> =
        CLAUSES.iter().filter(|clause| !clause.tests.iter().any(|test| BROKEN.contains(test))).map(|clause| clause.id).collect();
    assert_eq!(whole, [""; 0], "no engine breaks these clauses");
}
