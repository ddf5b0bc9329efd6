use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::engine::{
    Capabilities, ColumnInfo, Connection, EachRow, Effect, Executed, Fate, IsolationLevel, Statement, TransactionOptions, TwoPhase,
};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;
use tokio_postgres::error::SqlState;

use crate::error::{code, internal};
use crate::link::Link;
use crate::open_result::OpenResult;
use crate::pool::Held;

/// How long a connection that was cut off may take until it is clean again; then it is closed.
const CLEANING: Duration = Duration::from_secs(5);
/// How long the rest of a result may take to arrive before its statement is cancelled, which takes a connection of its own.
const PATIENCE: Duration = Duration::from_millis(5);
/// Undoes settings, temporary tables, locks, listeners, prepared statements.
const DISCARD: &str = "DISCARD ALL";
const NO_TRANSACTION: &str = "25P01";

/// One connection, leased.
pub(crate) struct PostgresConnection {
    // Only giving it back takes it.
    held: Option<Held>,
    result: Option<OpenResult>,
    in_transaction: bool,
    /// The transaction was to be committed or prepared, and the answer never came.
    in_doubt: bool,
    // The server's answer does not change while it is leased.
    capabilities: Arc<Capabilities>,
    runtime: Runtime,
}

impl PostgresConnection {
    pub(crate) fn new(mut held: Held, runtime: Runtime) -> Result<Self> {
        let capabilities = Arc::clone(held.link()?.capabilities());
        Ok(PostgresConnection { held: Some(held), result: None, in_transaction: false, in_doubt: false, capabilities, runtime })
    }

    pub(crate) fn link(&mut self) -> Result<&mut Link> {
        self.held.as_mut().ok_or_else(|| internal("a connection was used after it was given back"))?.link()
    }

    pub(crate) fn set_in_transaction(&mut self, in_transaction: bool) {
        self.in_transaction = in_transaction;
        if let Some(held) = &self.held {
            held.holder().set_in_transaction(in_transaction);
        }
    }

    /// Whether the transaction is committed, or prepared, nobody here knows.
    pub(crate) fn set_in_doubt(&mut self) {
        self.in_doubt = true;
    }

    /// Sends COMMIT or PREPARE TRANSACTION so that a transaction that has failed, or isn't there, is an error: to either of the two alone
    /// the server answers with success, and rolls back. The savepoint is refused where there is no transaction that can go on.
    pub(crate) async fn end_transaction(&mut self, verb: &str) -> Result<()> {
        match self.link()?.verb(&format!("SAVEPOINT bindery_end; {verb}")).await {
            Ok(()) => {
                self.set_in_transaction(false);
                Ok(())
            }
            Err(error) if code(&error) == Some(NO_TRANSACTION) => {
                self.set_in_transaction(false);
                let message = "the transaction has been ended behind the session's back";
                Err(Error::new(ErrorKind::TransactionAborted, message).with_source(error))
            }
            Err(error) if error.kind() == ErrorKind::TransactionAborted => {
                self.rollback().await?;
                Err(error)
            }
            // Whether it is still open, only the server knows.
            Err(error) => Err(error),
        }
    }

    /// The error of a commit. One whose answer never came may have taken effect; so may one whose last word was that the server gives up.
    pub(crate) fn in_doubt_if_lost(&mut self, error: Error) -> Error {
        if error.kind() != ErrorKind::ConnectionLost && !self.link().is_ok_and(|link| link.is_broken()) {
            return error;
        }
        self.set_in_doubt();
        let message = "the connection broke before the server answered: the transaction may have been committed";
        Error::new(ErrorKind::CommitInDoubt, message).with_source(error)
    }

    fn failed(&mut self, error: tokio_postgres::Error) -> Error {
        match self.link() {
            Ok(link) => link.failed(error),
            Err(error) => error,
        }
    }

    /// Ends a result whose rest has not come yet.
    async fn give_up(&mut self, mut result: OpenResult) -> Result<()> {
        if let Ok(ended) = tokio::time::timeout(PATIENCE, result.finish()).await {
            return ended.map(drop).map_err(|error| self.failed(error));
        }
        // Cancelled, a write would be undone, and a transaction fails: those run to their end.
        let cancelled = result.effect() == Effect::Read && !self.in_transaction && self.link()?.cancel().await.is_ok();
        match result.finish().await {
            Err(error) if cancelled && error.code() == Some(&SqlState::QUERY_CANCELED) => Ok(()),
            ended => ended.map(drop).map_err(|error| self.failed(error)),
        }
    }

    /// Gives the connection back, or has it cleaned in the background.
    fn give_back(&mut self, fate: Fate) {
        // The client library reads on to the end of it, and throws that away.
        self.result = None;
        let Some(mut held) = self.held.take() else { return };
        let Ok(link) = held.link() else { return };
        if fate == Fate::Lent {
            link.set_traces();
        }
        let cut_off = !matches!(fate, Fate::Clean | Fate::InTransaction | Fate::Prepared);
        // Where the server has ended it meanwhile, there is nothing to roll back, whatever core thinks.
        let in_transaction = self.in_transaction;
        if link.is_lost() || !(cut_off || in_transaction || link.has_traces()) {
            return held.give_back();
        }
        held.holder().set_cleaning();
        // Where the runtime is gone, what is spawned is dropped at once, and the connection is closed with it.
        self.runtime.spawn(async move {
            match tokio::time::timeout(CLEANING, clean(held, cut_off, in_transaction)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a PostgreSQL connection could not be cleaned and was closed"),
                Err(_) => tracing::debug!("a PostgreSQL connection took too long to be cleaned and was closed"),
            }
        });
    }
}

/// Makes a connection as it was before its use, or closes it.
async fn clean(mut held: Held, cut_off: bool, in_transaction: bool) -> Result<()> {
    let link = held.link()?;
    if cut_off {
        link.stop().await?;
    }
    if link.has_traces() {
        // Closing it does the same, but nobody would know when.
        if link.verb(DISCARD).await.is_err() {
            link.verb("ROLLBACK").await?;
            link.verb(DISCARD).await?;
        }
        held.close();
        return Ok(());
    }
    // Either is answered after all that was sent before.
    if in_transaction {
        link.verb("ROLLBACK").await?
    } else {
        link.ping().await?
    }
    held.give_back();
    Ok(())
}

fn begin(options: &TransactionOptions<'_>) -> String {
    let isolation = match options.isolation {
        Some(IsolationLevel::ReadCommitted) => " ISOLATION LEVEL READ COMMITTED",
        Some(IsolationLevel::RepeatableRead) => " ISOLATION LEVEL REPEATABLE READ",
        Some(_) => " ISOLATION LEVEL SERIALIZABLE",
        None => "",
    };
    format!("BEGIN{isolation}{}", if options.read_only { " READ ONLY" } else { "" })
}

#[async_trait]
impl Connection for PostgresConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let in_transaction = self.in_transaction;
        self.link()?.execute(statement, in_transaction).await.map(Executed::rows)
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let in_transaction = self.in_transaction;
        let (columns, result) = self.link()?.send(statement, in_transaction).await?;
        self.result = Some(result);
        Ok(columns)
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let Some(result) = &mut self.result else { return Ok(false) };
        let given = result.give(each).await;
        if !matches!(given, Ok(true)) {
            self.result = None;
        }
        given.map_err(|error| self.failed(error))
    }

    async fn close_result(&mut self) -> Result<()> {
        match self.result.take() {
            Some(result) if !result.has_ended() => Box::pin(self.give_up(result)).await,
            _ => Ok(()),
        }
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        if options.global_id.is_some() && !self.capabilities.two_phase {
            let message = format!("{} can't prepare transactions: its `max_prepared_transactions` is 0", self.capabilities.server);
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        // From here on one may be open, also where the answer is never read.
        self.set_in_transaction(true);
        self.in_doubt = false;
        let begun = self.link()?.verb(&begin(options)).await;
        self.set_in_transaction(begun.is_ok());
        begun
    }

    async fn commit(&mut self) -> Result<()> {
        if self.link()?.is_gone() {
            return Err(self.link()?.lost());
        }
        match self.end_transaction("COMMIT").await {
            Err(error) if error.kind() != ErrorKind::TransactionAborted => Err(self.in_doubt_if_lost(error)),
            ended => ended,
        }
    }

    async fn rollback(&mut self) -> Result<()> {
        match self.link()?.verb("ROLLBACK").await {
            // The server rolls back what it has lost the connection to, unless it is in doubt.
            Err(error) if error.kind() != ErrorKind::ConnectionLost || self.in_doubt => Err(error),
            _ => {
                self.set_in_transaction(false);
                Ok(())
            }
        }
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.link()?.verb(&format!("SAVEPOINT {name}")).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.link()?.verb(&format!("ROLLBACK TO SAVEPOINT {name}")).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.link()?.verb(&format!("RELEASE SAVEPOINT {name}")).await
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        self.capabilities.two_phase.then_some(self)
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        self.link().ok().map(|link| link.lend() as &mut dyn Any)
    }

    fn release(mut self: Box<Self>, fate: Fate) {
        self.give_back(fate);
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        self.give_back(Fate::CutOff);
    }
}
