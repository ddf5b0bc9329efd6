use std::any::Any;

use async_trait::async_trait;

use super::{Catalog, Connection, Dialect, Effect};
use crate::Result;

/// One database: a pool of [`Connection`]s. The trait that a custom backend implements; the clauses that it owes are in the
/// documentation of the [module](super).
///
/// An engine is shared by every session of the application (`Arc<dyn Engine>`), so every method takes `&self`, and nothing here
/// may block a thread of the executor.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// let engine = databases.engine("auth")?; // `&Arc<dyn Engine>`
/// assert_eq!((engine.backend(), engine.dialect().name()), ("sqlite", "sqlite"));
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Engine: Any + Send + Sync {
    /// The backend's name in OpenTelemetry's terms: `sqlite`, `postgresql`, `mysql`, `mariadb`.
    fn backend(&self) -> &'static str;

    /// The database on its server, as its people know it: a database's name, a file's path. It stands in spans; never a secret.
    fn namespace(&self) -> &str;

    /// How this backend spells SQL.
    fn dialect(&self) -> &Dialect;

    /// A connection from the pool, for reading only or for anything. An engine with one kind of connection ignores the effect;
    /// SQLite has one writer and many readers.
    ///
    /// Waits, without blocking, until one is free; cancelling the wait leaves nothing behind.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) after the bind's `pool_timeout`;
    /// [`ErrorKind::ConnectionLost`](crate::ErrorKind::ConnectionLost) where none can be made.
    async fn acquire(&self, effect: Effect) -> Result<Box<dyn Connection>>;

    /// The pool, now.
    fn pool_status(&self) -> PoolStatus;

    /// What reflection and migrations ask of it; `None` where it takes no part in them.
    fn catalog(&self) -> Option<&dyn Catalog> {
        None
    }

    /// Closes the pool: new calls of [`acquire`](Engine::acquire) fail at once, and this returns once every connection that was
    /// out has come back and is closed.
    async fn close(&self);
}

/// How many connections a pool has.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// let status = databases.engine("auth")?.pool_status();
/// println!("{} of {} connections in use, {} free", status.in_use, status.max_size, status.idle);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolStatus {
    /// the most that it may have
    pub max_size: usize,
    /// how many are in use, or being cleaned after use
    pub in_use: usize,
    /// how many are open and free
    pub idle: usize,
}

impl PoolStatus {
    /// The status of a pool.
    pub const fn new(max_size: usize, in_use: usize, idle: usize) -> Self {
        PoolStatus { max_size, in_use, idle }
    }
}
