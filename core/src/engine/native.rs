use std::any::Any;

use super::Engine;

/// An engine that lends its client library's own connection, for what bindery doesn't do:
/// [`Session::native`](crate::session::Session::native).
///
/// Its [`Connection::native`](super::Connection::native) gives a `Client`.
///
/// ```
/// # use bindery_core::engine::{Engine, Native};
/// # trait MyEngine: Engine {}
/// /// Whatever an engine lends, by the engine's name alone.
/// fn client_of<E: Native>(client: &mut E::Client) -> &mut E::Client {
///     client
/// }
/// ```
pub trait Native: Engine {
    /// What it lends.
    type Client: Any + Send;
}
