use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::engine::{
    Capabilities, ColumnInfo, Connection, EachRow, Effect, Executed, Fate, IsolationLevel, Statement, TransactionOptions, TwoPhase,
};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;

use crate::error::{XA_UNKNOWN, code, ends_transaction, internal};
use crate::link::{Link, OpenResult};
use crate::statement_kind::StatementKind;
use crate::xid::Xid;

/// How long a connection that was cut off may take until it is clean again, or closed.
const CLEANING: Duration = Duration::from_secs(5);
/// How long the rest of a result may take to arrive before its statement is interrupted, which takes a connection of its own.
const PATIENCE: Duration = Duration::from_millis(5);

/// One connection, leased.
pub(crate) struct MysqlConnection {
    // Only giving it back takes it.
    link: Option<Link>,
    result: Option<OpenResult>,
    transaction: Option<Transaction>,
    /// What it has prepared hangs on it.
    has_prepared: bool,
    // The server's answer does not change while it is leased.
    capabilities: Arc<Capabilities>,
    runtime: Runtime,
}

/// The open transaction.
pub(crate) struct Transaction {
    /// Where it may be prepared.
    pub(crate) xid: Option<Xid>,
    /// The server has ended it on its own: what came now would commit by itself.
    pub(crate) has_ended: bool,
    /// It was to be committed or prepared, and the answer never came.
    pub(crate) is_in_doubt: bool,
}

impl MysqlConnection {
    pub(crate) fn new(link: Link, runtime: Runtime) -> Self {
        let capabilities = Arc::clone(link.capabilities());
        MysqlConnection { link: Some(link), result: None, transaction: None, has_prepared: false, capabilities, runtime }
    }

    pub(crate) fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().ok_or_else(|| internal("a connection was used after it was given back"))
    }

    pub(crate) fn transaction(&self) -> Option<&Transaction> {
        self.transaction.as_ref()
    }

    /// Whether a transaction that is prepared, and not finished, hangs on this connection.
    pub(crate) fn set_has_prepared(&mut self, has_prepared: bool) {
        self.has_prepared = has_prepared;
    }

    /// Whether the transaction is committed, or prepared, nobody here knows.
    pub(crate) fn set_in_doubt(&mut self) {
        if let Some(transaction) = &mut self.transaction {
            transaction.is_in_doubt = true;
        }
    }

    pub(crate) fn set_transaction(&mut self, transaction: Option<Transaction>) {
        if let Some(link) = &self.link {
            link.place().set_in_transaction(transaction.is_some());
        }
        self.transaction = transaction;
    }

    /// Whether a statement may be sent at all.
    fn check(&self, statement: &Statement<'_>) -> Result<StatementKind> {
        let kind = StatementKind::of(statement.sql, statement.effect)?;
        if let Some(transaction) = &self.transaction {
            if transaction.has_ended {
                return Err(aborted());
            }
            if kind == StatementKind::CommitsImplicitly {
                let message = "this statement would commit the open transaction, for MySQL does so before it: run it outside of one";
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        }
        Ok(kind)
    }

    /// Sees, when a statement is over, whether its transaction goes on. Nothing may be sent that would then commit by itself.
    async fn after<T>(&mut self, outcome: Result<T>) -> Result<T> {
        let Some(transaction) = &self.transaction else { return outcome };
        let link = self.link.as_mut().ok_or_else(|| internal("a connection was used after it was given back"))?;
        let goes_on = match &outcome {
            Ok(_) => link.is_in_transaction(),
            Err(error) if code(error).is_some_and(ends_transaction) => false,
            // What broke is known as that; and an XA transaction can only be ended by its own words.
            Err(_) if link.is_gone() || transaction.xid.is_some() => true,
            // The error doesn't tell: ask.
            Err(error) if code(error).is_some() => Box::pin(link.ping()).await.is_err() || link.is_in_transaction(),
            Err(_) => true,
        };
        if let Some(transaction) = &mut self.transaction
            && !goes_on
        {
            transaction.has_ended = true;
            if outcome.is_ok() {
                let message = "the statement has ended the transaction: what came before it, and the statement itself, is committed";
                return Err(Error::new(ErrorKind::TransactionAborted, message));
            }
        }
        outcome
    }

    /// Ends a result whose rest has not come yet.
    async fn give_up(&mut self, open: OpenResult) -> Result<()> {
        let (effect, in_transaction) = (open.effect(), self.transaction.is_some());
        let link = self.link()?;
        // Interrupted, a write would be undone: it runs to its end. So does what gives several results.
        if effect == Effect::Write || in_transaction || open.is_first_of_many() {
            return link.finish(open).await;
        }
        // Rows that are there are thrown away more quickly than another connection is made.
        let mut given = Ok(true);
        let reading = async {
            while matches!(given, Ok(true)) {
                given = link.give(&open, &mut |_| std::ops::ControlFlow::Continue(())).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, reading).await;
        match given {
            Ok(true) => link.interrupt(open).await,
            Ok(false) => link.forget(open).await,
            Err(error) => Err(link.failed_result(open, error).await),
        }
    }

    /// Ends the transaction by these words, which the server refuses where the transaction has failed.
    pub(crate) async fn end_transaction(&mut self, words: &str) -> Result<()> {
        if self.transaction.as_ref().is_some_and(|transaction| transaction.has_ended) {
            self.rollback().await?;
            return Err(aborted());
        }
        match self.link()?.verb(words).await {
            Ok(()) => {
                self.set_transaction(None);
                Ok(())
            }
            Err(error) if code(&error).is_some_and(|code| ends_transaction(code) || code == XA_FAILED) => {
                self.rollback().await?;
                Err(Error::new(ErrorKind::TransactionAborted, "the server has rolled the transaction back").with_source(error))
            }
            // Whether it is still open, only the server knows.
            Err(error) => Err(error),
        }
    }

    /// The error of a commit. One whose answer never came may have taken effect.
    pub(crate) fn in_doubt_if_lost(&mut self, error: Error) -> Error {
        if error.kind() != ErrorKind::ConnectionLost && !self.link().is_ok_and(|link| link.is_gone()) {
            return error;
        }
        self.set_in_doubt();
        let message = "the connection broke before the server answered: the transaction may have been committed";
        Error::new(ErrorKind::CommitInDoubt, message).with_source(error)
    }

    /// Gives the connection back, or has it cleaned in the background.
    fn give_back(&mut self, fate: Fate) {
        let unread = self.result.take().is_some();
        let transaction = self.transaction.take();
        let Some(mut link) = self.link.take() else { return };
        // A procedure may have begun one of its own, and left it open.
        let in_transaction = transaction.is_some() || link.is_in_transaction();
        let clean = !unread && !in_transaction && !self.has_prepared && !link.has_traces() && !link.is_gone();
        if link.is_lost() || clean && fate == Fate::Clean {
            return link.give_back();
        }
        link.place().set_cleaning();
        // What was lent may be in the middle of anything.
        let cut_off = unread || link.is_gone() || !matches!(fate, Fate::Clean | Fate::InTransaction | Fate::Prepared);
        let hangs_on_it = fate == Fate::Prepared || self.has_prepared;
        // Where the runtime is gone, what is spawned is dropped at once, and the connection is closed with it.
        self.runtime.spawn(async move {
            let cleaning = async {
                if cut_off {
                    link.kill().await;
                } else if hangs_on_it || link.has_traces() {
                    // What is prepared hangs on its connection; of settings, locks and temporary tables nothing outlives it.
                    link.close().await;
                } else if roll_back(&mut link, transaction.as_ref()).await.is_ok() {
                    link.give_back();
                } else {
                    link.kill().await;
                }
            };
            if tokio::time::timeout(CLEANING, cleaning).await.is_err() {
                tracing::debug!("a MySQL connection took too long to be cleaned and was closed");
            }
        });
    }
}

/// An XA transaction that has failed refuses all but its rollback.
const XA_FAILED: u16 = 1399;

async fn roll_back(link: &mut Link, transaction: Option<&Transaction>) -> Result<()> {
    let Some(xid) = transaction.and_then(|transaction| transaction.xid.as_ref()) else { return link.verb("ROLLBACK").await };
    // One that has failed is at its end already.
    match link.verb(&format!("XA END {xid}")).await {
        Err(error) if error.kind() == ErrorKind::ConnectionLost => return Err(error),
        _ => {}
    }
    match link.verb(&format!("XA ROLLBACK {xid}")).await {
        // The server has rolled it back on its own, and forgotten it.
        Err(error) if code(&error) == Some(XA_UNKNOWN) => Ok(()),
        rolled_back => rolled_back,
    }
}

fn aborted() -> Error {
    Error::new(ErrorKind::TransactionAborted, "the server has ended the transaction at an earlier statement: it can only be rolled back")
}

fn begin(options: &TransactionOptions<'_>, xid: Option<&Xid>) -> String {
    let isolation = options.isolation.map(|isolation| match isolation {
        IsolationLevel::ReadCommitted => "ISOLATION LEVEL READ COMMITTED",
        IsolationLevel::RepeatableRead => "ISOLATION LEVEL REPEATABLE READ",
        _ => "ISOLATION LEVEL SERIALIZABLE",
    });
    let characteristics: Vec<&str> = isolation.into_iter().chain(options.read_only.then_some("READ ONLY")).collect();
    // For the next transaction alone.
    let set = if characteristics.is_empty() { String::new() } else { format!("SET TRANSACTION {}; ", characteristics.join(", ")) };
    match xid {
        Some(xid) => format!("{set}XA START {xid}"),
        None => format!("{set}START TRANSACTION"),
    }
}

#[async_trait]
impl Connection for MysqlConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let kind = self.check(statement)?;
        let executed = self.link()?.execute(statement, kind).await;
        self.after(executed).await
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let kind = self.check(statement)?;
        match self.link()?.send(statement, kind).await {
            Ok((columns, result)) => {
                self.result = Some(result);
                Ok(columns)
            }
            Err(error) => self.after(Err(error)).await,
        }
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let (Some(open), Some(link)) = (&self.result, &mut self.link) else { return Ok(false) };
        let given = link.give(open, each).await;
        match (given, self.result.take()) {
            (Ok(true), open) => {
                self.result = open;
                Ok(true)
            }
            (Ok(false), Some(open)) => {
                // Where there is one result, nothing comes behind its last row.
                let link = self.link()?;
                let ended = if open.is_first_of_many() { link.finish(open).await } else { link.forget(open).await };
                self.after(ended).await.map(|()| false)
            }
            (Err(error), Some(open)) => {
                let error = self.link()?.failed_result(open, error).await;
                self.after(Err(error)).await
            }
            (given, None) => self.after(given).await,
        }
    }

    async fn close_result(&mut self) -> Result<()> {
        match self.result.take() {
            Some(open) => {
                let ended = Box::pin(self.give_up(open)).await;
                self.after(ended).await
            }
            None => Ok(()),
        }
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        if options.global_id.is_some() && !self.capabilities.two_phase {
            let message = format!(
                "{} loses transactions that are prepared: it can't take part in one over several databases",
                self.capabilities.server
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let link = self.link()?;
        let xid = options.global_id.map(|id| Xid::new(id.clone(), link.database()));
        let words = begin(options, xid.as_ref());
        // From here on one may be open, also where the answer is never read.
        self.set_transaction(Some(Transaction { xid, has_ended: false, is_in_doubt: false }));
        let begun = self.link()?.verb(&words).await;
        if begun.is_err() {
            // What it was to be like waits for the next one still: it is this.
            if !self.link()?.is_gone() {
                self.link()?.verb("START TRANSACTION; ROLLBACK").await?;
            }
            self.set_transaction(None);
        }
        begun
    }

    async fn commit(&mut self) -> Result<()> {
        let words = match self.transaction.as_ref().and_then(|transaction| transaction.xid.as_ref()) {
            Some(xid) => format!("XA END {xid}; XA COMMIT {xid} ONE PHASE"),
            None => "COMMIT".to_owned(),
        };
        if self.link()?.is_gone() {
            return Box::pin(self.link()?.ping()).await;
        }
        match self.end_transaction(&words).await {
            Err(error) if error.kind() != ErrorKind::TransactionAborted => Err(self.in_doubt_if_lost(error)),
            ended => ended,
        }
    }

    async fn rollback(&mut self) -> Result<()> {
        let transaction = self.transaction.take();
        let link = self.link.as_mut().ok_or_else(|| internal("a connection was used after it was given back"))?;
        let rolled_back = roll_back(link, transaction.as_ref()).await;
        let is_in_doubt = transaction.as_ref().is_some_and(|transaction| transaction.is_in_doubt);
        match rolled_back {
            // The server rolls back what it has lost the connection to, unless it is in doubt.
            Err(error) if error.kind() != ErrorKind::ConnectionLost || is_in_doubt => {
                self.transaction = transaction;
                Err(error)
            }
            _ => {
                self.set_transaction(None);
                Ok(())
            }
        }
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.savepoint_verb(&format!("SAVEPOINT {name}")).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.savepoint_verb(&format!("ROLLBACK TO SAVEPOINT {name}")).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.savepoint_verb(&format!("RELEASE SAVEPOINT {name}")).await
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        self.capabilities.two_phase.then_some(self)
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        self.link().ok()?.lend().map(|conn| conn as &mut dyn Any)
    }

    fn release(mut self: Box<Self>, fate: Fate) {
        self.give_back(fate);
    }
}

impl MysqlConnection {
    /// In a transaction that the server has ended it would be the savepoint of nothing.
    async fn savepoint_verb(&mut self, words: &str) -> Result<()> {
        if self.transaction.as_ref().is_some_and(|transaction| transaction.has_ended) {
            return Err(aborted());
        }
        let done = self.link()?.verb(words).await;
        self.after(done).await
    }
}

impl Drop for MysqlConnection {
    fn drop(&mut self) {
        self.give_back(Fate::CutOff);
    }
}
