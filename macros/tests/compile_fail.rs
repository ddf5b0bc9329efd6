//! What doesn't compile, and what the compiler says: at the right token, every mistake at once.
//!
//! It is tested here, where nothing but core has to be built for it: each case is a crate that cargo builds anew, with all it depends on.
//! After a deliberate change: `TRYBUILD=overwrite cargo test -p bindery-macros --test compile_fail`, and read the difference.

#[test]
fn misuse_is_explained_by_the_compiler() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/*.rs");
}
