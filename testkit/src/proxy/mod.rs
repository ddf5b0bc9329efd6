//! A TCP proxy that stands before a server and does to its connections what networks do.

mod faults;
mod forwarding;
#[allow(clippy::module_inception)] // the file of the main type
mod proxy;

pub use proxy::Proxy;
