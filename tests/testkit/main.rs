//! What testkit gives to the tests of applications, used as an application would: through sessions and models.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod models;
mod recorder;
mod rolled_back;
