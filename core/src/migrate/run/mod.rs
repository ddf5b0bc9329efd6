//! How it is run: what comes next, and each step of it, in a transaction or statement by statement.

mod course;
mod fingerprint;
mod foreign_keys;
mod lock;
mod runner;
mod statement_effect;
mod stepwise;

pub(super) use course::{Course, Goal, Policy, Step, two_keys};
pub(super) use lock::{locked, unlock};
pub(super) use runner::Runner;
pub(super) use statement_effect::sets;
