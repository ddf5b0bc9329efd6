use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Capabilities, ColumnInfo, EachRow, GlobalId, Statement, TransactionOptions};
use crate::Result;

/// One connection to a database, as a driver gives it; core's [`Lease`](super::Lease) guards it.
///
/// A connection drives its own result: [`query`](Connection::query) opens it, [`fetch`](Connection::fetch) reads on. (A cursor
/// that borrowed its connection could not be held by a session's stream.) Core calls one method at a time and awaits it to its
/// end, or drops the future and calls [`release`](Connection::release) with [`Fate::CutOff`].
///
/// Every error has the [`ErrorKind`](crate::ErrorKind) of its meaning and the client library's error as its source; core adds the bind.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use std::ops::ControlFlow;
///
/// use bindery::engine::{Effect, Fate, Statement};
/// use bindery::value::ValueRef;
///
/// // What core does with one, but for the `Lease` that guards it.
/// let mut connection = databases.engine("auth")?.acquire(Effect::Read).await?;
/// let columns = connection.query(&Statement::new("select email from users order by id", &[], Effect::Read)).await?;
/// assert_eq!(columns[0].name, "email");
/// let mut users = Vec::new();
/// while connection
///     .fetch(&mut |cells| {
///         users.push(cells.value(0).map(ValueRef::to_owned));
///         ControlFlow::Continue(())
///     })
///     .await?
/// {}
/// assert_eq!(users.len(), 2);
/// connection.release(Fate::Clean);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Connection: Any + Send {
    /// What this server can do, read from it when the connection was made.
    fn capabilities(&self) -> &Capabilities;

    /// Runs a statement that gives no rows.
    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed>;

    /// Runs a statement that gives rows, and opens its result: the columns come back now, the rows through
    /// [`fetch`](Connection::fetch).
    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>>;

    /// Gives the next rows of the open result to `each`, one by one, and says whether there may be more; `false` once the result has
    /// ended, which closes it.
    ///
    /// It waits for the first row only, and gives those that are there: some hundreds or thousands, about a mebibyte at most. `false` may
    /// come with the last rows, and `true` with none. Where `each` breaks it says that there may be more, whether it knows or not.
    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool>;

    /// Gives up the rest of the open result, so that the connection can be used again. Nothing is open: nothing happens.
    async fn close_result(&mut self) -> Result<()>;

    /// Begins a transaction.
    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()>;

    /// Commits, and verifies that the server did.
    async fn commit(&mut self) -> Result<()>;

    /// Rolls back. Succeeds also where the server has ended the transaction on its own, or the connection is lost; but not once
    /// a commit or a [prepare](TwoPhase::prepare) is in doubt.
    async fn rollback(&mut self) -> Result<()>;

    /// Sets a savepoint of this name: letters, digits and underscores, made by core.
    async fn savepoint(&mut self, name: &str) -> Result<()>;

    /// Undoes what happened since the savepoint, which stays.
    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()>;

    /// Forgets the savepoint and keeps what happened since.
    async fn release_savepoint(&mut self, name: &str) -> Result<()>;

    /// The primitives of two-phase commit; `None` exactly where [`Capabilities::two_phase`] is false.
    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        None
    }

    /// The client library's own connection, for what bindery doesn't do: what an engine's [`Native`](super::Native) names. `None`
    /// where this engine lends none. A connection that was lent comes back with [`Fate::Lent`].
    fn native(&mut self) -> Option<&mut dyn Any> {
        None
    }

    /// The only way back to the pool. Not async: core calls it when a lease is dropped. What needs the server (a rollback, the
    /// rest of a result, a cancel request) the driver does on its own in the background, and keeps the pool's place until then.
    fn release(self: Box<Self>, fate: Fate);
}

/// Two-phase commit on one connection. [`Lease`](super::Lease) has the same methods, which are
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) on a server without them.
#[async_trait]
pub trait TwoPhase: Send {
    /// Prepares the open transaction, which was begun with this id, and verifies that the server did; it then survives the
    /// connection and the server's crash. The connection may then finish it, or is given back with [`Fate::Prepared`].
    ///
    /// Where the answer is lost, that is [`ErrorKind::ConnectionLost`](crate::ErrorKind::ConnectionLost), from a rollback after it too: whether it is
    /// prepared, [`list_prepared`](TwoPhase::list_prepared) says on another connection.
    async fn prepare(&mut self, id: &GlobalId) -> Result<()>;

    /// Commits a prepared transaction: on the connection that prepared it, or on any once that one was given back.
    async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()>;

    /// Rolls a prepared transaction back: on the connection that prepared it, or on any once that one was given back.
    async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()>;

    /// The ids of all transactions that are prepared on this database. An id that isn't a [`GlobalId`] is not bindery's and left out.
    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>>;
}

/// What a statement without rows did.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let done = session.execute(Post::update_all().set(Post::stars.to(5))).await?;
/// assert_eq!(done.rows_affected, Some(3)); // also the post that had them already
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Executed {
    /// Rows matched, also those that already had the new values; `None` where the backend can't tell.
    pub rows_affected: Option<u64>,
    /// The keys that the server generated for the rows inserted, where it says so without RETURNING.
    pub generated_keys: Option<GeneratedKeys>,
}

/// The keys that a server generated for the rows of one INSERT, in their order: `first`, `first + step`, `first + 2 * step` …
///
/// ```
/// use bindery_core::engine::GeneratedKeys;
///
/// let keys = GeneratedKeys { first: 7, step: 2 };
/// assert_eq!(keys.of(3).collect::<Vec<_>>(), [7, 9, 11]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratedKeys {
    /// that of the first row
    pub first: i64,
    /// by how much each is greater than the one before it: 1 on most servers
    pub step: i64,
}

impl GeneratedKeys {
    /// The keys of this many rows.
    pub fn of(self, rows: usize) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(self.first), move |key| key.checked_add(self.step)).take(rows)
    }
}

impl Executed {
    /// This many rows were matched.
    pub const fn rows(rows_affected: u64) -> Self {
        Executed { rows_affected: Some(rows_affected), generated_keys: None }
    }
}

/// In what state a connection comes back.
///
/// ```
/// use bindery_core::engine::Fate;
///
/// /// What `release` must do before anyone else is served.
/// fn cleaning(fate: Fate) -> &'static str {
///     match fate {
///         Fate::Clean => "nothing",
///         Fate::InTransaction => "roll back",
///         Fate::Prepared => "nothing; disconnect where the server ties the transaction to its connection (MySQL)",
///         Fate::Lent => "reset, or discard",
///         _ => "cancel, drain and roll back, or discard",
///     }
/// }
/// assert_eq!(cleaning(Fate::CutOff), "cancel, drain and roll back, or discard");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// Core has left nothing open on it. Whether it has broken, the driver knows.
    Clean,
    /// A transaction is open: it must be rolled back before anyone else is served.
    InTransaction,
    /// A call was dropped before its end, or a result is half read: its state is unknown.
    CutOff,
    /// A transaction was prepared on it and is not finished: that must stay prepared, for another connection to finish.
    Prepared,
    /// The client library's own connection was lent ([`Connection::native`]), or it was used for a [`Catalog`](super::Catalog)'s lock or time-outs: it may have
    /// any setting, lock or listener, and is reset or discarded.
    Lent,
}
