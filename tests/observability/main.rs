//! What bindery tells by `tracing`: a span for each statement and each verb, and an event for a slow one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod blog;
mod capture;
mod on_mysql;
mod secrets;
mod slow;
mod spans;
