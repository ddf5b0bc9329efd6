//! What doesn't compile, and what the compiler says: at the right token, every mistake at once.

#[test]
fn misuse_is_explained_by_the_compiler() {
    let tests = trybuild::TestCases::new();
    tests.pass("tests/ui/pass/*.rs");
    tests.compile_fail("tests/ui/*.rs");
}
