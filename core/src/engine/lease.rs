use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use super::watch::{Watch, Watched};
use super::{
    Capabilities, Catalog, Cells, ColumnInfo, Connection, EachRow, Effect, Engine, Executed, Fate, FromRow, GlobalId, Rows, Statement,
    TransactionOptions, TwoPhase,
};
use crate::definition::DatabaseDefinition;
use crate::{BindKey, Error, ErrorKind, Result};

/// Core's guard around a [`Connection`]: it marks what is going on around each call, names the bind in each error, and gives the
/// connection back with its [`Fate`] when it is dropped. So every cut-off is found in one place, whatever the driver. Each statement and
/// each verb has a span; that of a statement with rows lasts until its [`Rows`](super::Rows) are dropped, or the lease's next call.
///
/// Each method gives the errors of the connection's, with the bind; and once a call was cut off,
/// [`ErrorKind::TransactionAborted`], with nothing sent.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use bindery::engine::{Effect, Lease, Rows, Statement};
///
/// let connection = databases.engine("auth")?.acquire(Effect::Read).await?;
/// let mut lease = Lease::new(connection, BindKey::from_static("auth"));
/// let columns = lease.query(&Statement::new("select id, email from users", &[], Effect::Read)).await?;
/// assert!(lease.has_open_result());
///
/// let mut users: Vec<(i64, String)> = Vec::new();
/// let mut rows = Rows::new(&mut lease, columns);
/// while rows.next_into(&mut users).await? {}
/// assert_eq!(users.len(), 2);
/// drop(rows);
/// drop(lease); // clean, so back to the pool
/// # Ok(())
/// # }
/// ```
pub struct Lease {
    // Only `drop` takes it.
    connection: Option<Box<dyn Connection>>,
    watched: Arc<Watched>,
    /// of the open result
    reading: Watch,
    busy: bool,
    result_open: bool,
    in_transaction: bool,
    prepared: bool,
    lent: bool,
}

impl Lease {
    /// Guards a connection that is clean. Of the database its spans say the bind only; those of a session's say more.
    pub fn new(connection: Box<dyn Connection>, bind: BindKey) -> Self {
        Lease::watched(connection, Arc::new(Watched::unknown(bind)))
    }

    /// As [`new`](Lease::new), without spans: for an engine that wraps another, whose statements have those of the session that runs them.
    pub fn unwatched(connection: Box<dyn Connection>, bind: BindKey) -> Self {
        Lease::watched(connection, Arc::new(Watched::silent(bind)))
    }

    pub(crate) fn watched(connection: Box<dyn Connection>, watched: Arc<Watched>) -> Self {
        Lease {
            connection: Some(connection),
            watched,
            reading: Watch::NONE,
            busy: false,
            result_open: false,
            in_transaction: false,
            prepared: false,
            lent: false,
        }
    }

    /// The bind of the connection.
    pub fn bind(&self) -> BindKey {
        self.watched.bind()
    }

    /// What the server can do.
    pub fn capabilities(&self) -> Result<&Capabilities> {
        match &self.connection {
            Some(connection) => Ok(connection.capabilities()),
            None => Err(gone(self.bind())),
        }
    }

    /// Whether a result is open on it.
    pub fn has_open_result(&self) -> bool {
        self.result_open
    }

    /// Marks the connection as used until [`done`](Lease::done): a future dropped in between leaves the mark, and the connection
    /// is cut off.
    fn start(&mut self) -> Result<(&mut Box<dyn Connection>, &Arc<Watched>)> {
        if self.busy {
            return Err(Error::new(
                ErrorKind::TransactionAborted,
                "an earlier statement on this connection was cut off, so it can't be used again",
            )
            .on_bind(self.bind()));
        }
        self.busy = true;
        // Nobody reads a result any more that has ended.
        self.reading = Watch::NONE;
        match &mut self.connection {
            Some(connection) => Ok((connection, &self.watched)),
            None => Err(gone(self.watched.bind())),
        }
    }

    fn done<T>(&mut self, result: Result<T>) -> Result<T> {
        self.busy = false;
        result.map_err(|error| error.on_bind(self.bind()))
    }

    /// See [`Connection::execute`].
    pub async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let (connection, watched) = self.start()?;
        let mut watch = watched.statement(statement);
        let result = watch.run(connection.execute(statement)).await;
        if let Ok(executed) = &result {
            watch.executed(executed);
        }
        self.done(result)
    }

    /// See [`Connection::query`].
    pub async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let (connection, watched) = self.start()?;
        let mut watch = watched.statement(statement);
        let result = watch.run(connection.query(statement)).await;
        if result.is_ok() {
            self.result_open = true;
            watch.returned(0);
            self.reading = watch;
        }
        self.done(result)
    }

    /// Every row of a query without parameters.
    pub(crate) async fn all<T: FromRow>(&mut self, sql: &str) -> Result<Vec<T>> {
        let columns = self.query(&Statement::new(sql, &[], Effect::Read)).await?;
        let mut rows = Rows::new(self, columns);
        let mut all = Vec::new();
        while rows.next_into(&mut all).await? {}
        Ok(all)
    }

    /// See [`Connection::fetch`].
    pub async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        // Taken out, so that it ends with this call where that is dropped or fails.
        let mut watch = std::mem::replace(&mut self.reading, Watch::NONE);
        let (connection, _) = self.start()?;
        let result = if watch.is_none() {
            connection.fetch(each).await
        } else {
            let mut rows = 0;
            let mut counted = |cells: &dyn Cells| {
                rows += 1;
                each(cells)
            };
            let result = watch.run(connection.fetch(&mut counted)).await;
            watch.returned(rows);
            result
        };
        self.result_open = matches!(result, Ok(true));
        if result.is_ok() {
            // Also where it has ended: a row may turn out not to fit, and whoever reads is not done with the last ones.
            self.reading = watch;
        }
        self.done(result)
    }

    /// See [`Connection::close_result`].
    pub async fn close_result(&mut self) -> Result<()> {
        let mut watch = std::mem::replace(&mut self.reading, Watch::NONE);
        if !self.result_open {
            return Ok(());
        }
        let (connection, _) = self.start()?;
        let result = watch.run(connection.close_result()).await;
        self.result_open = result.is_err();
        self.done(result)
    }

    /// A row of the open result doesn't fit.
    pub(super) fn fail_result(&mut self, kind: ErrorKind) {
        self.reading.failed(kind);
    }

    /// Nobody reads the open result any more: its span ends now, and not when the result is closed.
    pub(super) fn give_up_result(&mut self) {
        self.reading = Watch::NONE;
    }

    /// See [`Connection::begin`].
    pub async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched.verb("BEGIN").run(connection.begin(options)).await.map_err(|error| error.in_step("begin"));
        self.in_transaction = result.is_ok();
        self.done(result)
    }

    /// See [`Connection::commit`]. The transaction is over, whatever comes back.
    pub async fn commit(&mut self) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched.verb("COMMIT").run(connection.commit()).await.map_err(|error| error.in_step("commit"));
        // An error leaves the server's state unknown: the driver rolls back before anyone else is served.
        self.in_transaction = result.is_err();
        self.done(result)
    }

    /// See [`Connection::rollback`].
    pub async fn rollback(&mut self) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched.verb("ROLLBACK").run(connection.rollback()).await.map_err(|error| error.in_step("rollback"));
        self.in_transaction = result.is_err();
        self.done(result)
    }

    /// See [`Connection::savepoint`].
    pub async fn savepoint(&mut self, name: &str) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched.verb("SAVEPOINT").run(connection.savepoint(name)).await.map_err(|error| error.in_step("savepoint"));
        self.done(result)
    }

    /// See [`Connection::rollback_to_savepoint`].
    pub async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched
            .verb("ROLLBACK TO SAVEPOINT")
            .run(connection.rollback_to_savepoint(name))
            .await
            .map_err(|error| error.in_step("rollback to savepoint"));
        self.done(result)
    }

    /// See [`Connection::release_savepoint`].
    pub async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        let (connection, watched) = self.start()?;
        let result = watched
            .verb("RELEASE SAVEPOINT")
            .run(connection.release_savepoint(name))
            .await
            .map_err(|error| error.in_step("release savepoint"));
        self.done(result)
    }

    /// See [`TwoPhase::prepare`]. The transaction is no longer this connection's, which may finish it.
    pub async fn prepare(&mut self, id: &GlobalId) -> Result<()> {
        let (two_phase, watched) = self.start_two_phase()?;
        let result = watched.verb("PREPARE TRANSACTION").run(two_phase.prepare(id)).await.map_err(|error| error.in_step("prepare"));
        self.prepared = result.is_ok();
        self.in_transaction = result.is_err();
        self.done(result)
    }

    /// See [`TwoPhase::commit_prepared`].
    pub async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()> {
        let (two_phase, watched) = self.start_two_phase()?;
        let finished = watched.verb("COMMIT PREPARED").run(two_phase.commit_prepared(id)).await;
        let result = finished.map_err(|error| error.in_step("commit prepared"));
        self.prepared &= result.is_err();
        self.done(result)
    }

    /// See [`TwoPhase::rollback_prepared`].
    pub async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()> {
        let (two_phase, watched) = self.start_two_phase()?;
        let finished = watched.verb("ROLLBACK PREPARED").run(two_phase.rollback_prepared(id)).await;
        let result = finished.map_err(|error| error.in_step("rollback prepared"));
        self.prepared &= result.is_err();
        self.done(result)
    }

    /// See [`TwoPhase::list_prepared`].
    pub async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        let (two_phase, watched) = self.start_two_phase()?;
        let listed = watched.verb("LIST PREPARED").run(two_phase.list_prepared()).await;
        self.done(listed.map_err(|error| error.in_step("list prepared")))
    }

    /// As [`start`](Lease::start). An error leaves the connection as it was: nothing is sent.
    fn start_two_phase(&mut self) -> Result<(&mut dyn TwoPhase, &Arc<Watched>)> {
        let bind = self.bind();
        self.start()?;
        // Set again below, where something is sent.
        self.busy = false;
        let Some(connection) = &mut self.connection else { return Err(gone(bind)) };
        if !connection.capabilities().two_phase {
            let message = format!("{} can't prepare transactions", connection.capabilities().server);
            return Err(Error::new(ErrorKind::Unsupported, message).on_bind(bind));
        }
        let Some(two_phase) = connection.two_phase() else {
            let message = "the engine says that it can prepare transactions, and gives no way to";
            return Err(Error::new(ErrorKind::Internal, message).on_bind(bind));
        };
        self.busy = true;
        Ok((two_phase, &self.watched))
    }

    /// See [`Catalog::reflect`].
    pub async fn reflect(&mut self, catalog: &dyn Catalog) -> Result<DatabaseDefinition> {
        let (connection, watched) = self.start()?;
        let reflected = watched.verb("REFLECT").run(catalog.reflect(connection.as_mut())).await;
        self.done(reflected.map_err(|error| error.in_step("reflect")))
    }

    /// See [`Catalog::lock`]. The connection is reset or discarded when this lease ends, and the lock with it.
    pub async fn lock(&mut self, catalog: &dyn Catalog, patience: Duration) -> Result<()> {
        let (connection, watched) = self.start()?;
        let locked = watched.verb("LOCK").run(catalog.lock(connection.as_mut(), patience)).await;
        self.lent = true;
        self.done(locked.map_err(|error| error.in_step("lock for migrations")))
    }

    /// See [`Catalog::unlock`].
    pub async fn unlock(&mut self, catalog: &dyn Catalog) -> Result<()> {
        let (connection, watched) = self.start()?;
        let unlocked = watched.verb("UNLOCK").run(catalog.unlock(connection.as_mut())).await;
        self.done(unlocked.map_err(|error| error.in_step("unlock for migrations")))
    }

    /// See [`Catalog::set_timeouts`]. The connection is reset or discarded when this lease ends.
    pub async fn set_timeouts(&mut self, catalog: &dyn Catalog, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
        let (connection, watched) = self.start()?;
        let set = watched.verb("SET").run(catalog.set_timeouts(connection.as_mut(), lock, statement)).await;
        self.lent = true;
        self.done(set.map_err(|error| error.in_step("set time-outs")))
    }

    /// See [`Catalog::create_scratch`].
    pub async fn create_scratch(&mut self, catalog: &dyn Catalog) -> Result<Arc<dyn Engine>> {
        let (connection, watched) = self.start()?;
        let created = watched.verb("CREATE SCRATCH").run(catalog.create_scratch(connection.as_mut())).await;
        self.done(created.map_err(|error| error.in_step("create a scratch database")))
    }

    /// See [`Catalog::drop_scratch`].
    pub async fn drop_scratch(&mut self, catalog: &dyn Catalog, scratch: Arc<dyn Engine>) -> Result<()> {
        let (connection, watched) = self.start()?;
        let dropped = watched.verb("DROP SCRATCH").run(catalog.drop_scratch(connection.as_mut(), scratch)).await;
        self.done(dropped.map_err(|error| error.in_step("drop a scratch database")))
    }

    /// The client library's own connection: see [`Connection::native`]. Once it was lent, the connection is reset or discarded when
    /// this lease ends.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the engine lends none, or not this type.
    pub fn native<C: Any>(&mut self) -> Result<&mut C> {
        let bind = self.bind();
        let (connection, _) = self.start()?;
        let lends = connection.native().is_some_and(|native| native.is::<C>());
        self.busy = false;
        if !lends {
            let message = format!("the engine of this bind lends no `{}`", short_type_name::<C>());
            return Err(Error::new(ErrorKind::Unsupported, message).on_bind(bind));
        }
        self.lent = true;
        let native = self.connection.as_mut().and_then(|connection| connection.native());
        native.and_then(|native| native.downcast_mut()).ok_or_else(|| gone(bind))
    }

    /// As [`native`](Lease::native), of whatever type it is: for the [`Connection::native`] of an engine that wraps another. `None` where
    /// the engine lends none, or the connection was cut off.
    pub fn native_any(&mut self) -> Option<&mut dyn Any> {
        if self.busy {
            return None;
        }
        let native = self.connection.as_mut().and_then(|connection| connection.native());
        self.lent |= native.is_some();
        native
    }
}

/// A type's name without its path, which may be a private one.
pub(crate) fn short_type_name<T: ?Sized>() -> &'static str {
    let name = std::any::type_name::<T>();
    let path = name.split('<').next().unwrap_or(name);
    path.rsplit("::").next().unwrap_or(path)
}

fn gone(bind: BindKey) -> Error {
    Error::new(ErrorKind::Internal, "a lease was used after it was given back").on_bind(bind)
}

impl Drop for Lease {
    fn drop(&mut self) {
        let fate = if self.busy || self.result_open {
            Fate::CutOff
        } else if self.lent {
            Fate::Lent
        } else if self.prepared {
            Fate::Prepared
        } else if self.in_transaction {
            Fate::InTransaction
        } else {
            Fate::Clean
        };
        if let Some(connection) = self.connection.take() {
            connection.release(fate);
        }
    }
}

#[cfg(test)]
mod tests;
