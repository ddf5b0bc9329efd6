//! The list of clauses and the text of the contract say the same.

use std::collections::BTreeSet;

use bindery_testkit::conformance::CLAUSES;

const CONTRACT: &str = include_str!("../../core/src/engine/mod.rs");

/// The clauses of the contract: their ids, and whether an engine owes them.
fn contract() -> Vec<(&'static str, bool)> {
    let text: Vec<_> = CONTRACT.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let mut clauses: Vec<(&str, bool)> = Vec::new();
    for line in text {
        if let Some((id, _)) = line.strip_prefix("- **").and_then(|rest| rest.split_once("**")) {
            clauses.push((id, false));
        } else if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some(clause) = clauses.last_mut() {
            clause.1 |= line.contains("MUST");
        }
    }
    clauses
}

#[test]
fn every_must_has_a_test() {
    let tested: BTreeSet<_> = CLAUSES.iter().map(|clause| clause.id).collect();
    let untested: Vec<_> = contract().into_iter().filter(|(id, must)| *must && !tested.contains(id)).map(|(id, _)| id).collect();
    assert_eq!(untested, [""; 0], "no test of the conformance suite is of these clauses of the contract");
}

#[test]
fn every_tested_clause_is_in_the_contract() {
    let contract: Vec<_> = contract().into_iter().map(|(id, _)| id).collect();
    assert_eq!(contract.iter().collect::<BTreeSet<_>>().len(), contract.len(), "two clauses of the contract have one id");
    let unknown: Vec<_> = CLAUSES.iter().map(|clause| clause.id).filter(|id| !contract.contains(id)).collect();
    assert_eq!(unknown, [""; 0], "these are not in the documentation of `bindery_core::engine`");
}

#[test]
fn a_test_is_named_for_its_clause() {
    for clause in CLAUSES {
        let prefix = format!("{}_", clause.id.to_lowercase().replace('-', "_"));
        for test in clause.tests {
            assert!(test.starts_with(&prefix), "`{test}` is listed under {}", clause.id);
        }
    }
    let tests: Vec<_> = CLAUSES.iter().flat_map(|clause| clause.tests).collect();
    assert_eq!(tests.iter().collect::<BTreeSet<_>>().len(), tests.len(), "two tests have one name");
}
