//! The suite itself, tested: for each clause an engine that breaks it, and the clause's own test that notices.
#![cfg(unix)] // testkit's servers
#![allow(clippy::unwrap_used)] // tests, all of it

mod backend;
mod cancellation;
mod capabilities;
mod catalog;
mod errors;
mod pool;
mod rows;
mod savepoints;
mod statements;
mod transactions;
mod two_phase;
mod values;
mod wrapper;

use std::marker::PhantomData;

use backend::Backend;
use bindery_testkit::conformance::CLAUSES;
use wrapper::{Broken, Nothing};

/// What breaks nothing passes: so what is caught is caught for what it breaks.
mod unbroken {
    use super::*;

    bindery_testkit::conformance!(Broken(Backend::Sqlite, PhantomData::<fn() -> Nothing>));
}

/// What a test of the suite says of a setup whose engine is broken.
fn caught(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let Err(panic) = std::panic::catch_unwind(test) else { return "nothing".to_owned() };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Each line: the engine that is broken, the test that notices, and what that says on which backends. Where one is missing, a comment says why.
macro_rules! broken {
    ($($module:ident::$break:ident: $section:ident::$test:ident { $($said:literal on $($backend:ident)+;)+ })+) => {
        $(#[allow(non_snake_case)] // named for the engine
        mod $break {
            use super::*;

            fn notices(backend: Backend, part: &str) {
                let setup = Broken(backend, PhantomData::<fn() -> $module::$break>);
                let said = caught(move || bindery_testkit::__conformance_run!(setup, $section, $test));
                assert!(said.contains(part), "`{}` says: {said}", stringify!($test));
            }

            $(broken! { @on $($backend)+: $said })+
        })+

        const BROKEN: &[&str] = &[$(stringify!($test)),+];
    };
    (@on everywhere: $said:literal) => {
        broken! { @on Sqlite Postgres MariaDb MySql57: $said }
    };
    (@on servers: $said:literal) => {
        broken! { @on Postgres MariaDb MySql57: $said }
    };
    // What waits in vain waits on all of them at once.
    (@on everywhere_at_once: $said:literal) => {
        #[test]
        fn everywhere_at_once() {
            std::thread::scope(|threads| {
                for backend in Backend::ALL {
                    threads.spawn(move || notices(backend, $said));
                }
            });
        }
    };
    (@on $($backend:ident)+: $said:literal) => {
        $(#[test]
        #[allow(non_snake_case)] // named for the backend
        fn $backend() {
            notices(Backend::$backend, $said);
        })+
    };
}

broken! {
    statements::Splices: statements::stmt_1_a_parameter_is_never_part_of_the_text { "Sql:" on everywhere; }
    statements::CutsIntegers: statements::stmt_2_what_does_not_fit_is_refused_unsent { "as i16 became I64(-1)" on everywhere; }
    statements::CountsChangedRows: statements::stmt_3_rows_matched_are_counted { "matched 3 rows, and Some(2) are told" on everywhere; }
    statements::CachesByText: statements::stmt_4_the_same_text_with_another_type { "parameters of other types" on everywhere; }
    values::RoundsDecimals: values::value_1_what_is_stored_comes_back { "decimal: Decimal" on Sqlite Postgres; "decimal takes no value" on MariaDb MySql57; }
    values::NullIsEmpty: values::value_2_null_stays_null { "bool" on Sqlite; "InvalidValue" on servers; }
    // PostgreSQL takes no decimal for a column of text.
    values::DecimalsAreText: values::value_3_columns_are_ordered_as_rust_orders { "out of order" on Sqlite MariaDb MySql57; }
    // Of the client libraries, PostgreSQL's waits for what nobody reads, and MySQL's reads it itself.
    rows::LeavesResultsOpen: rows::rows_1_a_result_given_up_is_closed { "SELECT 42: Internal" on Sqlite; }
    rows::Gathers: rows::rows_2_the_first_rows_come_before_the_last { "did not come before the others" on everywhere_at_once; }
    rows::MendsText: rows::rows_3_what_can_not_be_carried_is_an_error_of_its_cell { "it was carried as text" on everywhere; }
    rows::GivesMore: rows::rows_4_a_reader_that_has_enough_is_given_no_more { "rows were given to a reader that had enough" on everywhere; }
    rows::SpeaksAnotherDialect: schema::schema_1_tables_of_every_type_are_made_and_dropped { "round 0: Sql" on everywhere; }
    rows::TurnsRowsRound: schema::schema_2_statements_of_a_table_do_what_they_say { "it's" on everywhere; }
    cancellation::LosesConnections: cancellation::cancel_1_a_call_dropped_at_any_await_leaves_the_pool_whole { "a connection has not come back" on everywhere_at_once; }
    cancellation::LeavesOpen: cancellation::cancel_2_an_open_transaction_is_nobody_elses { "in the transaction that was left open" on everywhere; }
    cancellation::RunsOn: cancellation::cancel_3_a_cut_off_statement_stops { "runs on" on everywhere_at_once; }
    transactions::BeginsLater: transactions::tx_1_a_refused_begin_is_an_error_of_begin { "the server can't have begun one" on everywhere; }
    transactions::SaysCommitted: transactions::tx_2_a_failed_transaction_is_not_committed { "the commit of a failed transaction succeeded" on everywhere; }
    transactions::GoesOn: transactions::tx_3_nothing_runs_on_a_failed_transaction { "a statement ran on a failed transaction" on everywhere; }
    transactions::Commits: transactions::tx_5_a_rollback_leaves_nothing { "what was rolled back is there" on everywhere; }
    transactions::Autocommits: transactions::tx_6_repeatable_reads_repeat { "the second read saw another state" on everywhere; }
    savepoints::Keeps: savepoints::save_1_what_came_after_a_savepoint_is_undone { "was not undone" on everywhere; }
    savepoints::Undoes: savepoints::save_2_a_released_savepoint_keeps_its_rows { "a row of a released savepoint is gone" on everywhere; }
    savepoints::EndsAtFailure: savepoints::save_3_a_savepoint_outlives_a_failed_statement { "the savepoint is gone" on everywhere; }
    pool::OneFewer: pool::pool_1_there_are_as_many_connections_as_were_asked_for { "connection 3 of 3" on everywhere; }
    pool::RemembersWaits: pool::pool_2_a_wait_that_is_given_up_leaves_nothing { "the connection is lost" on everywhere; }
    pool::CountsNothing: pool::pool_3_the_status_counts { "two connections are in use" on everywhere; }
    pool::BlocksItsThread: pool::wait_1_a_wait_stalls_nobody { "the executor was stalled" on everywhere; }
    pool::SaysNothing: pool::wait_2_the_end_of_a_wait_says_who_has_the_connections { "the error does not say" on everywhere; }
    pool::ClosesAtOnce: pool::wait_3_close_returns_once_all_are_back { "`close` has returned" on everywhere; }
    rows::AsksForAnother: concurrency::conc_1_every_task_gets_its_own_answers { "a task has the answer of another" on everywhere; }
    errors::OneKind: errors::err_1_each_error_has_the_kind_of_its_meaning { "UniqueViolation" on everywhere; }
    errors::TellsValues: errors::err_2_no_error_tells_a_value { "tells the value" on everywhere; }
    errors::LogsValues: errors::err_2_no_span_tells_a_value { "a span or an event tells a value" on everywhere; }
    // The others can prepare, and so do what was asked for.
    capabilities::ForgetsThePromise: capabilities::cap_1_what_is_not_claimed_is_refused { "began as one that can" on Sqlite; }
    // PostgreSQL can all that there is.
    capabilities::Boasts: capabilities::cap_2_capabilities_are_as_restated { "are not those that the setup restates" on Sqlite MariaDb MySql57; }
    cancellation::LeavesLoansOpen: native::native_1_a_lent_connection_comes_back_as_new { "in a transaction of the borrower" on everywhere; }
    // Only PostgreSQL's commit can be made to take long.
    transactions::ForgetsDoubt: transactions::tx_4_a_commit_that_loses_its_connection_is_in_doubt { "CommitInDoubt" on Postgres; }
    // SQLite prepares nothing.
    two_phase::SaysPrepared: two_phase::prepare_1_a_failed_transaction_is_not_prepared { "a failed transaction was prepared" on servers; }
    two_phase::TidiesUp: two_phase::prepare_2_it_stays_whatever_becomes_of_its_connection { "it was prepared, and Prepared has ended it" on servers; }
    two_phase::FinishesAnything: two_phase::prepare_3_what_is_not_prepared_is_unknown { "it was committed twice" on servers; }
    two_phase::ListsNothing: two_phase::prepare_4_what_is_prepared_is_listed { "it is prepared and not listed" on servers; }
    // Elsewhere the server asks for no types.
    statements::DropsTypes: statements::stmt_2_a_null_is_sent_as_its_type { "NULL as bool" on Postgres; }
    // On PostgreSQL `$1` is the placeholder.
    statements::RewritesText: statements::stmt_1_the_text_is_sent_as_it_is { "it's" on Sqlite MariaDb MySql57; }
    // PostgreSQL's client library waits for ever for what nobody reads; MySQL's knows its connection to be lost.
    cancellation::LeavesCutOff: cancellation::cancel_2_a_cut_off_query_answers_nobody_else { "Internal" on Sqlite; "ConnectionLost" on MariaDb MySql57; }
    transactions::LetsWrite: transactions::tx_6_a_read_only_transaction_writes_nothing { "a read-only transaction has written" on everywhere; }
    pool::KnowsNoTasks: pool::wait_2_a_task_that_has_all_connections_is_told { "BindBusy" on everywhere; }
    // The others give the rows.
    capabilities::TellsTheLastKey: capabilities::cap_2_generated_keys_are_told { "other keys were generated" on MariaDb MySql57; }
    // SQLite and PostgreSQL take more than is ever sent, and MariaDB takes long values apart.
    capabilities::BoastsOfBytes: capabilities::cap_2_as_many_bytes_are_taken { "7340032 bytes" on MySql57; }
    catalog::ForgetsActions: catalog::catalog_1_what_was_made_is_told { "the foreign keys of `books`" on everywhere; }
    catalog::Remembers: catalog::catalog_1_what_was_dropped_is_not { "books" on everywhere; }
    catalog::Shuffles: catalog::catalog_2_an_unchanged_database_is_told_alike { "two reflections of an unchanged database differ" on everywhere; }
    // SQLite needs no lock but that of its one writer.
    catalog::LocksNothing: catalog::catalog_3_one_connection_has_the_lock { "two connections have the lock" on servers; }
    catalog::Bequeaths: catalog::catalog_3_the_lock_ends_with_its_connection { "which came back by Clean" on servers; }
    // On SQLite the bind's `busy_timeout` ends it.
    catalog::WaitsOn: catalog::catalog_4_a_wait_for_a_lock_ends_in_time { "has waited 1" on Sqlite; "waits on" on servers; }
    catalog::BequeathsLimits: catalog::catalog_4_nobody_inherits_the_limits { "inherits its limits, where it came back by Some(Clean)" on everywhere_at_once; }
    catalog::Shares: catalog::catalog_5_a_scratch_database_is_empty_and_apart { "two scratch databases are one" on everywhere; }
    // In memory nothing is left of what is closed.
    catalog::OnlyCloses: catalog::catalog_5_what_is_dropped_is_gone { "a scratch database is still there" on servers; }
    catalog::LosesItsOwn: catalog::catalog_6_a_call_dropped_at_any_await_leaves_nothing { "a connection has not come back" on everywhere_at_once; }
    capabilities::BoastsOfParameters: capabilities::cap_2_as_many_parameters_are_taken { "32767 parameters" on Sqlite; "65536 parameters" on servers; }
}

/// Each clause that the suite tests is broken here by some engine.
#[test]
fn every_clause_is_broken_once() {
    let whole: Vec<_> =
        CLAUSES.iter().filter(|clause| !clause.tests.iter().any(|test| BROKEN.contains(test))).map(|clause| clause.id).collect();
    assert_eq!(whole, [""; 0], "no engine breaks these clauses");
}
