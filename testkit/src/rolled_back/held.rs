use std::sync::Arc;

use bindery_core::engine::{Capabilities, ColumnInfo, EachRow, Effect, Executed, Lease, Statement, TransactionOptions};
use bindery_core::{Error, ErrorKind, Result};
use tokio::sync::OwnedSemaphorePermit;

use super::engine::{Open, Shared};
use super::holding::Holding;

/// The connection of a test's transaction, in someone's hands. What is begun and ended on it are savepoints.
pub(super) struct Held {
    open: Open,
    bracket: Option<Bracket>,
    shared: Arc<Shared>,
    // Ends after the connection was given back: who waits then finds it.
    holding: Arc<Holding>,
    _permit: OwnedSemaphorePermit,
}

/// The savepoint that stands for a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// of a statement outside of one
    Statement,
    /// of the application's own
    Transaction { read_only: bool },
}

impl Bracket {
    const fn savepoint(self) -> &'static str {
        match self {
            Bracket::Statement => "bindery_outer_statement",
            Bracket::Transaction { .. } => "bindery_outer_transaction",
        }
    }
}

impl Held {
    pub(super) fn new(open: Open, shared: Arc<Shared>, holding: Holding, permit: OwnedSemaphorePermit) -> Self {
        Held { open, bracket: None, shared, holding: Arc::new(holding), _permit: permit }
    }

    pub(super) fn holding(&self) -> Arc<Holding> {
        Arc::clone(&self.holding)
    }

    pub(super) fn capabilities(&self) -> Arc<Capabilities> {
        Arc::clone(&self.open.capabilities)
    }

    pub(super) fn lease(&mut self) -> &mut Lease {
        &mut self.open.lease
    }

    /// Nothing of the application's is open on it.
    pub(super) fn is_clean(&self) -> bool {
        self.bracket.is_none() && !self.open.lease.has_open_result()
    }

    pub(super) fn give_back(self) {
        self.shared.give_back(self.open);
    }

    /// Undoes what the application has left open, and gives the connection back.
    pub(super) async fn clean(mut self) {
        // Where it fails, the transaction around the test is gone: the next statement tells.
        let _ = self.undo().await;
        self.give_back();
    }

    pub(super) async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        self.open_statement(statement.effect).await?;
        let result = self.open.lease.execute(statement).await;
        self.close_statement(result).await
    }

    pub(super) async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        self.open_statement(statement.effect).await?;
        match self.open.lease.query(statement).await {
            Ok(columns) => Ok(columns),
            failed => self.close_statement(failed).await,
        }
    }

    pub(super) async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        match self.open.lease.fetch(each).await {
            Ok(true) => Ok(true),
            ended => self.close_statement(ended).await,
        }
    }

    pub(super) async fn close_result(&mut self) -> Result<()> {
        let result = self.open.lease.close_result().await;
        self.close_statement(result).await
    }

    pub(super) async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        self.set_bracket(Bracket::Transaction { read_only: options.read_only }).await
    }

    pub(super) async fn commit(&mut self) -> Result<()> {
        let Some(bracket) = self.bracket else { return Err(no_transaction()) };
        match self.open.lease.release_savepoint(bracket.savepoint()).await {
            Ok(()) => {
                self.no_bracket();
                Ok(())
            }
            Err(refused) => {
                self.undo().await?;
                let message = "the server had failed the transaction before its commit: nothing of it is there";
                Err(Error::new(refused.kind(), message).with_source(refused))
            }
        }
    }

    pub(super) async fn rollback(&mut self) -> Result<()> {
        self.undo().await
    }

    /// A statement outside of a transaction is one of its own.
    async fn open_statement(&mut self, effect: Effect) -> Result<()> {
        match self.bracket {
            Some(Bracket::Transaction { read_only: true }) if effect == Effect::Write => {
                let message = "this transaction only reads, and the statement is sent as one that writes";
                Err(Error::new(ErrorKind::InvalidStatement, message))
            }
            Some(_) => Ok(()),
            None => self.set_bracket(Bracket::Statement).await,
        }
    }

    async fn close_statement<T>(&mut self, result: Result<T>) -> Result<T> {
        if self.bracket != Some(Bracket::Statement) {
            return result;
        }
        match result {
            // A statement that nobody saw succeed is undone: that is what a server mostly makes of one that is cancelled.
            Ok(value) if self.holding.is_cut_off() => self.undo().await.map(|()| value),
            Ok(value) => {
                self.open.lease.release_savepoint(Bracket::Statement.savepoint()).await.map_err(gone)?;
                self.no_bracket();
                Ok(value)
            }
            Err(error) => {
                // The first error is what the application needs; if undoing fails too, the next statement tells.
                let _ = self.undo().await;
                Err(error)
            }
        }
    }

    async fn set_bracket(&mut self, bracket: Bracket) -> Result<()> {
        self.open.lease.savepoint(bracket.savepoint()).await.map_err(gone)?;
        self.bracket = Some(bracket);
        self.holding.set_in_transaction(bracket != Bracket::Statement);
        Ok(())
    }

    fn no_bracket(&mut self) {
        self.bracket = None;
        self.holding.set_in_transaction(false);
    }

    /// Back to where the application's transaction, or statement, began.
    async fn undo(&mut self) -> Result<()> {
        self.open.lease.close_result().await.map_err(gone)?;
        let Some(bracket) = self.bracket else { return Ok(()) };
        self.no_bracket();
        self.open.lease.rollback_to_savepoint(bracket.savepoint()).await.map_err(gone)?;
        self.open.lease.release_savepoint(bracket.savepoint()).await.map_err(gone)
    }
}

/// A savepoint of ours was refused: the transaction that it was in is no more.
fn gone(error: Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::ConnectionLost => ErrorKind::ConnectionLost,
        _ => ErrorKind::TransactionAborted,
    };
    let message = "the transaction around this test has ended on this bind, by an earlier error or the loss of its connection: what the test \
                   did here is gone, and nothing more runs";
    Error::new(kind, message).with_source(error)
}

fn no_transaction() -> Error {
    Error::new(ErrorKind::Internal, "a commit was asked for without a transaction")
}
