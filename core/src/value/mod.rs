//! The closed set of values that every engine carries, and the Rust types that convert to and from them.

mod builtin;
pub mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "rust_decimal")]
mod decimal;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "serde_json")]
mod json;
mod scalar;
mod sql_type;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod temporal;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
#[allow(clippy::module_inception)] // a file is named for its main type
mod value;

pub use scalar::{Comparable, Numeric, Ordered, Scalar};
pub use sql_type::SqlType;
pub use value::{Value, ValueRef};
