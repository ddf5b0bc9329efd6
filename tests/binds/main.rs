//! Binds: which database a table, a statement and a row belong to. What EllarSQL's and Flask-SQLAlchemy's own tests assert about
//! binds, each as a named test, and that nothing ever falls back to `default`.
//!
//! What was written is read back by SQLite's own client from the file of the bind where it belongs, and every other bind's file
//! is shown to lack it: see [`witness`].
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod alike;
mod configuration;
mod engines;
mod metadata;
mod models;
mod routing;
mod rows;
mod schema;
mod secrets;
mod sqlite_files;
mod validation;
mod witness;
