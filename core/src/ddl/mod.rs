//! Definitions as SQL: what creates them, and what leads from one to another.
//!
//! A [`Change`] is one thing in which two [`DatabaseDefinition`](crate::definition::DatabaseDefinition)s differ. Its text is a line for
//! people, and [`Change::loss`] says what may be lost by it.
//!
//! Two definitions are compared by what their server says of them, so both have to come from servers of one kind and version. What a table
//! or a column was called before is never guessed: who doesn't say it gets a drop and a create.

mod alter;
mod candidate;
mod caution;
mod change;
mod change_text;
mod characters;
mod create;
mod diff;
mod loss;
mod order;
mod renames;
mod script;
#[cfg(test)]
mod tests;
mod type_words;
mod words;
mod writer;

pub(crate) use alter::alter;
pub(crate) use candidate::{Candidate, candidates};
pub use change::Change;
pub(crate) use create::{create, drop};
pub(crate) use diff::{Difference, diff};
pub(crate) use order::Ordered;
pub(crate) use renames::Renames;
pub(crate) use script::Script;
