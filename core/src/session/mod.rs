//! The configured databases, and sessions over them: what runs statements.
//!
//! [`Databases`] are opened once, by [`Builder`]; [`Databases::session`] gives a [`Session`], whose verbs run statements;
//! [`Session::begin`] gives a [`Transaction`], which is a session too.
//!
//! The examples here and in [`query`](crate::query) run on these models and rows:
//!
#![doc = concat!("```\n", include_str!("../../docs/blog.rs"), "```")]

mod atomicity;
mod binds;
mod bracket;
mod builder;
mod cursor;
mod cursor_page;
mod databases;
mod held;
mod insert;
mod insert_stream;
mod joined;
mod lent;
mod page;
mod pages;
mod reflect;
mod row_stream;
mod rows;
mod schema;
#[allow(clippy::module_inception)] // a file is named for its main type
mod session;
mod tables;
mod transaction;
mod verbs;

pub use atomicity::{Atomicity, BeginOptions};
pub use binds::{All, Binds};
pub use builder::{Builder, Models};
pub use cursor_page::CursorPage;
pub(crate) use databases::Bound;
pub use databases::Databases;
pub use insert_stream::{InsertStream, StreamedRow};
pub use lent::Lent;
pub use page::Page;
pub use row_stream::RowStream;
pub use session::Session;
pub use transaction::Transaction;
