//! The heart of bindery: the contract of engines, the registry of tables, statements as values, and the session that sends each
//! statement to the engine of its table's bind.
//!
//! Applications depend on the facade, the crate `bindery`; authors of engines depend on this crate. It has no driver and no
//! database client among its dependencies.
//!
//! Each room imports only from the rooms below it: [`migrate`], [`session`], [`query`], [`codegen`], [`schema`], [`ddl`], [`catalog`], [`engine`],
//! [`config`], [`definition`], [`value`].

mod bind;
pub mod catalog;
pub mod codegen;
pub mod config;
pub mod ddl;
pub mod definition;
pub mod engine;
mod error;
pub mod migrate;
pub mod query;
pub mod schema;
pub mod session;
mod tuples;
pub mod value;

pub use bind::{AnyBind, Bind, BindKey, BindName, SameDatabase, ToBindKey};
pub use error::{Error, ErrorKind, Outcome, Result};

/// What the macros' output calls. Not for you: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    pub use crate::query::__private::*;
    pub use crate::schema::__private::*;
}
