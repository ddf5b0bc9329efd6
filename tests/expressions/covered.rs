//! No public constructor of expressions is missing from `build`.

use std::collections::BTreeSet;
use std::path::Path;

/// Of these files, in core's `query`: the methods of their traits and types that give an expression or what becomes one, and their
/// functions that do.
const FILES: [&str; 10] =
    ["aggregate.rs", "case.rs", "condition.rs", "expr.rs", "expression.rs", "json.rs", "operand.rs", "temporal.rs", "text.rs", "window.rs"];

/// What a constructor gives.
const GIVES: [&str; 8] = ["Expr<", "Aggregate<", "Windowed<", "WindowFunction<", "Case<", "JsonPath<", "Order<", "Self"];

/// The names of functions in a file that are public: of a trait, or `pub`.
fn constructors(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut is_trait = false;
    for (place, line) in source.match_indices('\n').map(|(place, _)| (place + 1, source[place + 1..].lines().next().unwrap_or_default())) {
        if !line.starts_with([' ', '#', '/']) && !line.is_empty() && line != "}" {
            is_trait = line.starts_with("pub trait ");
        }
        let declared = line.trim_start().strip_prefix("pub fn ").or_else(|| line.strip_prefix("    fn ").filter(|_| is_trait));
        let Some(declared) = declared else { continue };
        let name: String = declared.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        let signature = source[place..].split(" {\n").next().unwrap_or_default();
        let gives = signature.split("-> ").nth(1).unwrap_or_default();
        if GIVES.iter().any(|given| gives.starts_with(given)) {
            names.insert(name);
        }
    }
    names
}

#[test]
fn every_public_constructor_of_expressions_is_asked_about() {
    let built = include_str!("build.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("core/src/query");
    let mut all = BTreeSet::new();
    for file in FILES {
        let found = constructors(&std::fs::read_to_string(folder.join(file)).unwrap());
        assert!(file == "operand.rs" || !found.is_empty(), "{file}");
        all.extend(found);
    }
    assert!(all.len() > 60, "{all:?}");
    // What makes no new expression of others: it is one already.
    all.remove("into_expr");
    let is_missing = |name: &&String| {
        let calls = ["(", "::<"].map(|behind| [".", " ", "("].map(|before| format!("{before}{name}{behind}")));
        !calls.iter().flatten().any(|call| built.contains(call))
    };
    let missing: Vec<_> = all.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "not asked about in tests/expressions/build.rs: {missing:?}");
}
