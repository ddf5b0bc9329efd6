use std::sync::Arc;

use super::{Batch, Capabilities, ColumnInfo, Connection, Executed, Fate, Statement, TransactionOptions};
use crate::{BindKey, Error, ErrorKind, Result};

/// Core's guard around a [`Connection`]: it marks what is going on around each call, names the bind in each error, and gives the
/// connection back with its [`Fate`] when it is dropped. So every cut-off is found in one place, whatever the driver.
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
/// drop(lease); // clean, so back to the pool
/// # Ok(())
/// # }
/// ```
pub struct Lease {
    // Only `drop` takes it.
    connection: Option<Box<dyn Connection>>,
    bind: BindKey,
    busy: bool,
    result_open: bool,
    in_transaction: bool,
}

impl Lease {
    /// Guards a connection that is clean.
    pub fn new(connection: Box<dyn Connection>, bind: BindKey) -> Self {
        Lease { connection: Some(connection), bind, busy: false, result_open: false, in_transaction: false }
    }

    /// The bind of the connection.
    pub fn bind(&self) -> BindKey {
        self.bind
    }

    /// What the server can do.
    pub fn capabilities(&self) -> Result<&Capabilities> {
        match &self.connection {
            Some(connection) => Ok(connection.capabilities()),
            None => Err(gone(self.bind)),
        }
    }

    /// Whether a result is open on it.
    pub fn has_open_result(&self) -> bool {
        self.result_open
    }

    /// Marks the connection as used until [`done`](Lease::done): a future dropped in between leaves the mark, and the connection
    /// is cut off.
    fn start(&mut self) -> Result<&mut Box<dyn Connection>> {
        if self.busy {
            return Err(Error::new(
                ErrorKind::TransactionAborted,
                "an earlier statement on this connection was cut off, so it can't be used again",
            )
            .on_bind(self.bind));
        }
        self.busy = true;
        self.connection.as_mut().ok_or_else(|| gone(self.bind))
    }

    fn done<T>(&mut self, result: Result<T>) -> Result<T> {
        self.busy = false;
        result.map_err(|error| error.on_bind(self.bind))
    }

    /// See [`Connection::execute`].
    pub async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let result = self.start()?.execute(statement).await;
        self.done(result)
    }

    /// See [`Connection::query`].
    pub async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let result = self.start()?.query(statement).await;
        self.result_open = result.is_ok();
        self.done(result)
    }

    /// See [`Connection::fetch`].
    pub async fn fetch(&mut self) -> Result<Option<Box<dyn Batch>>> {
        let result = self.start()?.fetch().await;
        self.result_open = matches!(result, Ok(Some(_)));
        self.done(result)
    }

    /// See [`Connection::close_result`].
    pub async fn close_result(&mut self) -> Result<()> {
        if !self.result_open {
            return Ok(());
        }
        let result = self.start()?.close_result().await;
        self.result_open = result.is_err();
        self.done(result)
    }

    /// See [`Connection::begin`].
    pub async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        let connection = self.start()?;
        let result = connection.begin(options).await.map_err(|error| error.in_step("begin"));
        self.in_transaction = result.is_ok();
        self.done(result)
    }

    /// See [`Connection::commit`]. The transaction is over, whatever comes back.
    pub async fn commit(&mut self) -> Result<()> {
        let result = self.start()?.commit().await.map_err(|error| error.in_step("commit"));
        // An error leaves the server's state unknown: the driver rolls back before anyone else is served.
        self.in_transaction = result.is_err();
        self.done(result)
    }

    /// See [`Connection::rollback`].
    pub async fn rollback(&mut self) -> Result<()> {
        let result = self.start()?.rollback().await.map_err(|error| error.in_step("rollback"));
        self.in_transaction = result.is_err();
        self.done(result)
    }

    /// See [`Connection::savepoint`].
    pub async fn savepoint(&mut self, name: &str) -> Result<()> {
        let result = self.start()?.savepoint(name).await.map_err(|error| error.in_step("savepoint"));
        self.done(result)
    }

    /// See [`Connection::rollback_to_savepoint`].
    pub async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        let result = self.start()?.rollback_to_savepoint(name).await.map_err(|error| error.in_step("rollback to savepoint"));
        self.done(result)
    }

    /// See [`Connection::release_savepoint`].
    pub async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        let result = self.start()?.release_savepoint(name).await.map_err(|error| error.in_step("release savepoint"));
        self.done(result)
    }
}

fn gone(bind: BindKey) -> Error {
    Error::new(ErrorKind::Internal, "a lease was used after it was given back").on_bind(bind)
}

impl Drop for Lease {
    fn drop(&mut self) {
        let fate = if self.busy || self.result_open {
            Fate::CutOff
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
