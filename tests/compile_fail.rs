//! What doesn't compile, and what the compiler says: at the right token, every mistake at once.
//!
//! The compiler lists other types that could be columns, and each feature adds some: the expected output is that of all features.
//! After a deliberate change: `TRYBUILD=overwrite cargo test --all-features --test compile_fail`, and read the difference.
#![cfg(all(feature = "chrono", feature = "jiff", feature = "rust_decimal", feature = "serde_json", feature = "time", feature = "uuid"))]

#[test]
fn misuse_is_explained_by_the_compiler() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/*.rs");
}
