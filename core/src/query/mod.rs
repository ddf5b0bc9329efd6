//! Statements as values.

mod typed_column;

pub use typed_column::TypedColumn;

#[doc(hidden)]
pub mod __private {}
