//! Databases whose every change is undone.

mod connection;
mod engine;
mod held;
mod holding;
#[allow(clippy::module_inception)] // a file is named for its main type
mod rolled_back;

pub use rolled_back::{RolledBack, rolled_back};
