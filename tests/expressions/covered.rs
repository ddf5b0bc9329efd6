//! No public constructor of expressions is missing from `build`.

use std::collections::BTreeSet;
use std::path::Path;

/// In these files of core's `query` a method that gives its own type gives an expression, or what becomes one.
const OF_EXPRESSIONS: [&str; 10] =
    ["aggregate.rs", "case.rs", "condition.rs", "expr.rs", "expression.rs", "json.rs", "operand.rs", "temporal.rs", "text.rs", "window.rs"];

/// What a constructor gives, in whichever file of core's `query` it is.
const GIVES: [&str; 8] = ["Expr<", "TextOf<", "Aggregate<", "Windowed<", "WindowFunction<", "Case<", "JsonPath<", "Order<"];

/// The names of functions in a file that are public: of a trait, or `pub`.
fn constructors(source: &str, gives_itself: bool) -> BTreeSet<String> {
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
        if GIVES.iter().any(|given| gives.starts_with(given)) || (gives_itself && gives.starts_with("Self")) {
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
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let mut empty: BTreeSet<_> = OF_EXPRESSIONS.into_iter().filter(|file| *file != "operand.rs").collect();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let found = constructors(&std::fs::read_to_string(file).unwrap(), OF_EXPRESSIONS.contains(&name.as_str()));
        if !found.is_empty() {
            empty.remove(name.as_str());
        }
        all.extend(found);
    }
    assert!(empty.is_empty(), "no constructor is found in {empty:?}");
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
