//! Models from a database that is there: Rust source for its tables.
//!
//! [`models`] writes a struct with `#[derive(Model)]` for each table that [`Databases::reflect`](crate::session::Databases::reflect) found,
//! such that `create_all` makes the same tables of them in an empty database of that kind; what models can't say is told in
//! [`Generated::notes`], and in a comment where it would stand. The source compiles as it is, and is formatted as `rustfmt` does.

mod attribute;
mod column;
mod constraints;
mod enumeration;
mod generated;
mod generator;
mod names;
mod relation;
mod rust_type;
#[cfg(test)]
mod tests;
mod view;

pub use generated::{Generated, models};
