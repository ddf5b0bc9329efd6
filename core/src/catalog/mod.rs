//! The catalogs of the three families of databases: what [`Catalog`](crate::engine::Catalog) asks of an engine, over any connection that
//! speaks their SQL. An engine of a near relative takes what fits it.

mod brackets;
pub mod mysql;
pub mod postgres;
mod rows;
pub mod sqlite;

pub(crate) use brackets::closing_bracket;
