/// One clause of the contract that the suite tests.
///
/// ```
/// use bindery_testkit::conformance::CLAUSES;
///
/// let commit = CLAUSES.iter().find(|clause| clause.id == "TX-2").unwrap();
/// assert_eq!(commit.section, "transactions");
/// assert!(commit.tests.contains(&"tx_2_a_commit_is_there_for_everyone"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clause {
    /// its id in the documentation of [`bindery_core::engine`]
    pub id: &'static str,
    /// the module of its tests
    pub section: &'static str,
    /// what it says, in short
    pub summary: &'static str,
    /// the names of its tests
    pub tests: &'static [&'static str],
}

/// The one list of clauses and their tests, given to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_clauses {
    ([$($then:tt)*] $($with:tt)*) => {
        $($then)* ! {
            $($with)*
            statements {
                "STMT-1" "parameters are bound, never spliced" {
                    stmt_1_a_parameter_is_never_part_of_the_text
                    stmt_1_the_text_is_sent_as_it_is
                }
                "STMT-2" "a parameter is sent as its type, NULL included, or refused" {
                    stmt_2_a_null_is_sent_as_its_type
                    stmt_2_what_does_not_fit_is_refused_unsent
                }
                "STMT-3" "rows affected are rows matched" {
                    stmt_3_rows_matched_are_counted
                }
                "STMT-4" "a cache of prepared statements knows the types of parameters, and is bounded" {
                    stmt_4_the_same_text_with_another_type
                    stmt_4_the_cache_is_bounded
                }
            }
            values {
                "VALUE-1" "a value comes back as it was, or is refused" {
                    value_1_what_is_stored_comes_back
                    value_1_what_is_stored_is_found_by_its_value
                }
                "VALUE-2" "NULL comes back as NULL" {
                    value_2_null_stays_null
                }
                "VALUE-3" "columns are ordered as Rust orders their values" {
                    value_3_columns_are_ordered_as_rust_orders
                }
            }
            rows {
                "ROWS-1" "one result is open at a time, and the connection is free after it" {
                    rows_1_a_result_that_has_ended_is_closed
                    rows_1_a_result_given_up_is_closed
                }
                "ROWS-2" "a long result is read as it is asked for" {
                    rows_2_the_first_rows_come_before_the_last
                }
                "ROWS-3" "what can't be carried is an error of its cell" {
                    rows_3_what_can_not_be_carried_is_an_error_of_its_cell
                }
                "ROWS-4" "each row is given once, in order, until the reader has enough" {
                    rows_4_a_reader_that_has_enough_is_given_no_more
                }
            }
            schema {
                "SCHEMA-1" "tables of every column type are made, found and dropped" {
                    schema_1_tables_of_every_type_are_made_and_dropped
                }
                "SCHEMA-2" "the statements of bindery's tables do what they say" {
                    schema_2_statements_of_a_table_do_what_they_say
                }
            }
            cancellation {
                "CANCEL-1" "a future may be dropped at any await" {
                    cancel_1_a_call_dropped_at_any_await_leaves_the_pool_whole
                }
                "CANCEL-2" "what was cut off or left open serves nobody else before it is clean" {
                    cancel_2_an_open_transaction_is_nobody_elses
                    cancel_2_a_cut_off_query_answers_nobody_else
                    cancel_2_a_half_read_result_is_nobody_elses
                    cancel_2_a_dropped_stream_is_nobody_elses
                }
                "CANCEL-3" "what was cut off stops on the server" {
                    cancel_3_a_cut_off_statement_stops
                }
            }
            transactions {
                "TX-1" "BEGIN is sent alone, and refused in `begin`" {
                    tx_1_a_refused_begin_is_an_error_of_begin
                }
                "TX-2" "a commit succeeds only if the server committed" {
                    tx_2_a_commit_is_there_for_everyone
                    tx_2_a_commit_that_a_constraint_refuses_is_its_error
                    tx_2_a_failed_transaction_is_not_committed
                }
                "TX-3" "nothing runs on a transaction that the server has ended" {
                    tx_3_nothing_runs_on_a_failed_transaction
                }
                "TX-4" "a connection lost in a commit leaves it in doubt" {
                    tx_4_a_commit_that_loses_its_connection_is_in_doubt
                }
                "TX-5" "a rollback leaves nothing" {
                    tx_5_a_rollback_leaves_nothing
                }
                "TX-6" "isolation and read-only are kept" {
                    tx_6_repeatable_reads_repeat
                    tx_6_a_read_only_transaction_writes_nothing
                }
            }
            savepoints {
                "SAVE-1" "what came after a savepoint is undone, and the savepoint stays" {
                    save_1_what_came_after_a_savepoint_is_undone
                    save_1_a_nested_transaction_is_undone_alone
                }
                "SAVE-2" "a released savepoint keeps what came after it" {
                    save_2_a_released_savepoint_keeps_its_rows
                }
                "SAVE-3" "a savepoint outlives a failed statement" {
                    save_3_a_savepoint_outlives_a_failed_statement
                }
            }
            two_phase {
                "PREPARE-1" "`prepare` succeeds only if the server prepared" {
                    prepare_1_a_prepared_transaction_is_finished_as_asked
                    prepare_1_a_failed_transaction_is_not_prepared
                }
                "PREPARE-2" "what was prepared stays so until it is finished" {
                    prepare_2_it_stays_whatever_becomes_of_its_connection
                    prepare_2_it_outlives_a_lost_connection
                }
                "PREPARE-3" "what isn't prepared can't be finished" {
                    prepare_3_what_is_not_prepared_is_unknown
                }
                "PREPARE-4" "what is prepared is listed" {
                    prepare_4_what_is_prepared_is_listed
                }
            }
            pool {
                "POOL-1" "there are `pool_size` connections" {
                    pool_1_there_are_as_many_connections_as_were_asked_for
                }
                "POOL-2" "a wait that is given up leaves nothing" {
                    pool_2_a_wait_that_is_given_up_leaves_nothing
                }
                "POOL-3" "the status counts" {
                    pool_3_the_status_counts
                }
                "WAIT-1" "nothing blocks a thread of the executor" {
                    wait_1_a_wait_stalls_nobody
                }
                "WAIT-2" "a wait for a connection ends in time, and says who has them" {
                    wait_2_the_end_of_a_wait_says_who_has_the_connections
                    wait_2_a_task_that_has_all_connections_is_told
                }
                "WAIT-3" "`close` waits for what is out" {
                    wait_3_close_returns_once_all_are_back
                }
            }
            concurrency {
                "CONC-1" "whoever has a connection has it alone" {
                    conc_1_every_task_gets_its_own_answers
                }
            }
            errors {
                "ERR-1" "an error has the kind of its meaning" {
                    err_1_each_error_has_the_kind_of_its_meaning
                    err_1_conflicts_are_told_apart
                    err_1_a_lost_connection_is_told_and_replaced
                }
                "ERR-2" "no error tells a value or a password" {
                    err_2_no_error_tells_a_value
                    err_2_no_span_tells_a_value
                    err_2_nothing_tells_the_password
                }
            }
            capabilities {
                "CAP-1" "what is not claimed is refused" {
                    cap_1_what_is_not_claimed_is_refused
                    cap_1_a_type_that_is_not_there_is_refused
                }
                "CAP-2" "what is claimed is read from the server, and works" {
                    cap_2_capabilities_are_as_restated
                    cap_2_as_many_parameters_are_taken
                    cap_2_as_many_bytes_are_taken
                    cap_2_written_rows_are_returned
                    cap_2_generated_keys_are_told
                    cap_2_expressions_and_windows_work
                    cap_2_rows_are_locked
                    cap_2_ddl_is_rolled_back
                }
            }
            native {
                "NATIVE-1" "a lent connection comes back as new" {
                    native_1_a_lent_connection_comes_back_as_new
                }
            }
            catalog {
                "CATALOG-1" "what bindery's DDL has made is reflected, and what it has dropped is not" {
                    catalog_1_what_was_made_is_told
                    catalog_1_what_was_dropped_is_not
                }
                "CATALOG-2" "what is said twice is told alike" {
                    catalog_2_an_unchanged_database_is_told_alike
                    catalog_2_the_same_words_are_told_alike_in_a_scratch_database
                }
                "CATALOG-3" "one connection at a time has the lock" {
                    catalog_3_one_connection_has_the_lock
                    catalog_3_who_waits_gets_the_lock
                    catalog_3_the_lock_ends_with_its_connection
                }
                "CATALOG-4" "waiting and running are bounded, for this connection alone" {
                    catalog_4_a_wait_for_a_lock_ends_in_time
                    catalog_4_a_statement_that_runs_too_long_is_a_timeout
                    catalog_4_nobody_inherits_the_limits
                }
                "CATALOG-5" "a scratch database is empty, apart, and gone at its end" {
                    catalog_5_a_scratch_database_is_empty_and_apart
                    catalog_5_what_is_dropped_is_gone
                }
                "CATALOG-6" "a future of a catalog may be dropped at any await" {
                    catalog_6_a_call_dropped_at_any_await_leaves_nothing
                    catalog_6_a_lock_ends_where_its_future_is_dropped
                    catalog_6_a_scratch_database_is_dropped_once_more
                }
            }
        }
    };
}

macro_rules! list {
    ($($section:ident { $($id:literal $summary:literal { $($test:ident)+ })+ })+) => {
        /// Every clause that the suite tests.
        pub const CLAUSES: &[Clause] = &[$($(
            Clause { id: $id, section: stringify!($section), summary: $summary, tests: &[$(stringify!($test)),+] },
        )+)+];
    };
}

crate::__conformance_clauses!([list]);

/// Makes the tests of the [conformance suite](mod@crate::conformance) for a [`Setup`](crate::conformance::Setup), in a module `conformance`:
/// one `#[test]` for each test of each clause. A second call in the same file stands in a module of its own.
#[macro_export]
macro_rules! conformance {
    ($setup:expr) => {
        $crate::__conformance_clauses!([$crate::__conformance_tests]($setup));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    (($setup:expr) $($section:ident { $($id:literal $summary:literal { $($test:ident)+ })+ })+) => {
        mod conformance {
            use super::*;

            $(mod $section {
                use super::*;

                $($(#[test]
                fn $test() {
                    $crate::__conformance_run!($setup, $section, $test)
                })+)+
            })+
        }
    };
}

/// One test of the suite, on the engine's own type and on `dyn Engine`.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_run {
    ($setup:expr, $section:ident, $test:ident) => {
        $crate::conformance::run(
            $setup,
            stringify!($section),
            async |ground| $crate::conformance::$section::$test(ground).await,
            async |ground| $crate::conformance::$section::$test(ground).await,
        )
    };
}
