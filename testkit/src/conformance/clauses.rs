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

/// Makes the tests of the [conformance suite](crate::conformance) for a [`Setup`](crate::conformance::Setup), in a module `conformance`:
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
