//! From a database that others made to statements and to models: tables that are queried as they were found, and models that make the same
//! tables again. Everything is made by plain SQL, through the backend's own client.
#![cfg(unix)] // the servers are testkit's
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod case;
#[path = "../ddl/place.rs"]
#[allow(dead_code)] // shared: each test takes what it needs
mod place;
mod program;
mod reflected;
mod round_trip;
mod sakila;
