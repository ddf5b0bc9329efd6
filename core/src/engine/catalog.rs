use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Connection, Engine};
use crate::Result;
use crate::definition::DatabaseDefinition;

/// What reflection and migrations ask of an engine, beyond statements: [`Engine::catalog`]. What it owes is said in the [contract](super),
/// CATALOG-1 to CATALOG-6.
///
/// Every method is given the connection to work on, so that a lock, what is done under it and its end are of one connection, and a pool of
/// one connection is enough. That connection may be one that wraps the engine's own, so statements are the way to the server: an engine
/// that knows its own type, and sets something on it, sets nothing on such a one. An engine near one of the three families takes their
/// functions for most of it: [`catalog`](crate::catalog).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use bindery::engine::{Effect, Lease};
///
/// let engine = databases.engine("auth")?;
/// let mut lease = Lease::new(engine.acquire(Effect::Read).await?, BindKey::from_static("auth"));
/// let definition = lease.reflect(engine.catalog().unwrap()).await?;
/// assert!(definition.table("users").is_some());
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Everything that the database has: on PostgreSQL, the current schema of the connection. What belongs to the server or to an extension
    /// is left out.
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition>;

    /// Takes the lock of this database (on PostgreSQL, of this schema) that whoever changes its definitions holds, until
    /// [`unlock`](Catalog::unlock) or until the connection is given back, by whichever [`Fate`](super::Fate). Asked often, and never by
    /// one long statement: PostgreSQL's `CREATE INDEX CONCURRENTLY` waits for every statement that was there before it, those that wait
    /// for the lock included.
    ///
    /// A backend whose writing transactions exclude each other (SQLite) needs no other lock, and does nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) where another connection has held it for so long. The connection can be used all
    /// the same.
    async fn lock(&self, connection: &mut dyn Connection, patience: Duration) -> Result<()>;

    /// Gives the lock back.
    async fn unlock(&self, connection: &mut dyn Connection) -> Result<()>;

    /// Sets how long a statement may wait for a lock that another connection holds, and how long it may run, until the connection is given
    /// back. `None` is as long as the server lets it, and where there is none that says (SQLite), as long as the connection had it. Rounded
    /// up to what the backend counts in: MySQL waits for whole seconds. How long a statement runs only some backends bound; then it ends as
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()>;

    /// Makes an empty database beside this one, on the same server and with its settings, to try definitions in; nobody else knows of it.
    /// Its engine has one connection or more of its own.
    ///
    /// It is there until [`drop_scratch`](Catalog::drop_scratch), and no longer than its engine where it is in memory (SQLite). Where it is
    /// a database of a server (PostgreSQL, MySQL), **it stays** once its engine is dropped without that, or the process ends; and it may
    /// stay, empty, where the future of this method is dropped: whether the server has made it by then nobody here knows, nor its name. No
    /// later call looks for it. It is called `bindery_scratch_…`, so that a person can tell, and drop it.
    ///
    /// # Errors
    /// [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) where the user may make none.
    async fn create_scratch(&self, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>>;

    /// Closes the engine of such a database, once its connections are back, and drops that with everything in it. Where this fails, or its
    /// future is dropped, it may be called again, with the same engine, on another connection.
    async fn drop_scratch(&self, connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()>;
}
