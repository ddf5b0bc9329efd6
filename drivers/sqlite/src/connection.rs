use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bindery_core::engine::{Capabilities, ColumnInfo, Connection, EachRow, Effect, Executed, Fate, Statement, TransactionOptions};
use bindery_core::{Error, ErrorKind, Result};
use rusqlite::types::Value;
use tokio::runtime::Handle as Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::batch::RowBatch;
use crate::config::Execution;
use crate::control::Control;
use crate::error::internal;
use crate::handle::{Call, Handle, Limits, Next, Tail};
use crate::param::{self, Arguments};
use crate::pool::{Held, runtime_is_gone};

/// How long a read may keep the caller's thread, in `auto`.
const BUDGET: Duration = Duration::from_micros(200);
/// What a read on the caller's thread may gather.
const INLINE: Limits = Limits { rows: 1_024, bytes: 256 * 1024 };
/// What a batch from the blocking pool holds: little enough to stay in the processor's cache.
const STREAMED: Limits = Limits { rows: 256, bytes: 256 * 1024 };
/// What a write with RETURNING may gather on the caller's thread: it can't be run again.
const UNLIMITED: Limits = Limits { rows: usize::MAX, bytes: usize::MAX };
/// Batches read ahead of their reader.
const AHEAD: usize = 4;

/// One connection, leased. The SQLite connection itself is either held here or away with a job on the blocking pool, which gives
/// it back; so no lock is needed, and no thread of the executor ever waits for one.
pub(crate) struct SqliteConnection {
    held: Option<Held>,
    away: Option<JoinHandle<Done>>,
    result: Option<OpenResult>,
    /// What the connection is for: a reader reads only.
    effect: Effect,
    /// What the open transaction is for.
    transaction: Option<Effect>,
    execution: Execution,
    busy_timeout: Duration,
    control: Arc<Control>,
    capabilities: Arc<Capabilities>,
    runtime: Runtime,
}

/// A job of the blocking pool has ended.
struct Done {
    held: Held,
    outcome: Result<Outcome>,
}

enum Outcome {
    Executed(Executed),
    Tail(Tail),
    Done,
}

enum OpenResult {
    /// All that there is to come.
    Gathered(RowBatch),
    /// A job reads on, while this batch is given.
    Streaming { batch: Option<RowBatch>, pages: mpsc::Receiver<Page>, effect: Effect },
}

type Page = (Arc<[ColumnInfo]>, RowBatch);

/// A statement that can go to another thread.
struct OwnedCall {
    sql: String,
    values: Vec<Value>,
    effect: Effect,
}

impl OwnedCall {
    fn new(statement: &Statement<'_>) -> Result<Self> {
        Ok(OwnedCall { sql: statement.sql.to_owned(), values: param::to_owned(statement.params)?, effect: statement.effect })
    }

    fn call(&self) -> Call<'_> {
        Call { sql: &self.sql, arguments: Arguments::Owned(&self.values), effect: self.effect }
    }
}

/// Waits for a lock that another process holds, without a thread.
struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    const LONGEST: Duration = Duration::from_millis(50);

    /// Waits a little after `Locked`, or gives back the error where it is another one or time is up.
    async fn wait(&mut self, error: Error) -> Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        if error.kind() != ErrorKind::Locked || left.is_zero() {
            return Err(error);
        }
        tokio::time::sleep(self.pause.min(left)).await;
        self.pause = (self.pause * 2).min(Self::LONGEST);
        Ok(())
    }
}

impl SqliteConnection {
    pub(crate) fn new(mut held: Held, effect: Effect, execution: Execution, busy_timeout: Duration, runtime: Runtime) -> Result<Self> {
        let handle = held.handle()?;
        handle.control().forget_busy_timeout();
        Ok(SqliteConnection {
            control: handle.control().clone(),
            capabilities: handle.capabilities().clone(),
            held: Some(held),
            away: None,
            result: None,
            effect,
            transaction: None,
            execution,
            busy_timeout,
            runtime,
        })
    }

    fn patience(&self) -> Patience {
        let busy_timeout = self.control.busy_timeout().unwrap_or(self.busy_timeout);
        Patience { until: Instant::now() + busy_timeout, pause: Duration::from_millis(1) }
    }

    fn handle(&mut self) -> Result<&mut Handle> {
        self.held.as_mut().ok_or_else(|| internal("the connection was used while a call on it was running"))?.handle()
    }

    /// Before each statement: the transaction that it belongs to must still be open.
    fn check(&mut self, effect: Effect) -> Result<()> {
        if self.transaction.is_some() && self.handle()?.is_autocommit() {
            return Err(Error::new(ErrorKind::TransactionAborted, "SQLite has rolled the transaction back after an earlier error"));
        }
        if effect == Effect::Write && self.reads_only() {
            let message = "this connection or transaction only reads, and the statement is sent as one that writes";
            return Err(Error::new(ErrorKind::InvalidStatement, message));
        }
        Ok(())
    }

    /// Runs a job on the blocking pool, to its end. A future dropped meanwhile leaves it in `away`.
    async fn on_blocking_pool(&mut self, job: impl FnOnce(&mut Handle) -> Result<Outcome> + Send + 'static) -> Result<Outcome> {
        self.send_away(job)?;
        self.back().await
    }

    fn send_away(&mut self, job: impl FnOnce(&mut Handle) -> Result<Outcome> + Send + 'static) -> Result<()> {
        let mut held = self.held.take().ok_or_else(|| internal("the connection was used while a call on it was running"))?;
        self.away = Some(self.runtime.spawn_blocking(move || {
            let outcome = held.handle().and_then(job);
            Done { held, outcome }
        }));
        Ok(())
    }

    async fn back(&mut self) -> Result<Outcome> {
        let away = self.away.as_mut().ok_or_else(|| internal("no job was running"))?;
        let done = away.await;
        self.away = None;
        match done {
            Ok(Done { held, outcome }) => {
                self.held = Some(held);
                outcome
            }
            Err(error) if error.is_panic() => Err(internal("a job on the blocking pool panicked")),
            Err(_) => Err(runtime_is_gone()),
        }
    }

    /// One of bindery's own words, on the blocking pool where it may wait for the disk.
    async fn verb(&mut self, sql: impl Into<String>, waits: bool) -> Result<()> {
        let sql = sql.into();
        let mut patience = self.patience();
        loop {
            let result = if waits && self.execution != Execution::Inline {
                let sql = sql.clone();
                self.on_blocking_pool(move |handle| handle.verb(&sql).map(|()| Outcome::Done)).await.map(|_| ())
            } else {
                self.handle()?.verb(&sql)
            };
            match result {
                Ok(()) => return Ok(()),
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    fn set_transaction(&mut self, transaction: Option<Effect>) {
        self.transaction = transaction;
        if let Some(held) = &self.held {
            held.set_in_transaction(transaction.is_some());
        }
    }

    fn reads_only(&self) -> bool {
        self.transaction.unwrap_or(self.effect) == Effect::Read
    }

    /// Opens a result that is there as a whole.
    fn gathered(&mut self, tail: Tail) -> Arc<[ColumnInfo]> {
        self.result = tail.batch.map(OpenResult::Gathered);
        tail.columns
    }

    /// Tries a query on the caller's thread; `None` where it is one for the blocking pool.
    fn query_inline(&mut self, statement: &Statement<'_>) -> Result<Option<Tail>> {
        let call = Call { sql: statement.sql, arguments: Arguments::Borrowed(statement.params), effect: statement.effect };
        match (self.execution, statement.effect) {
            (Execution::Inline, Effect::Write) => self.handle()?.query(call, UNLIMITED, |_, _| Next::More).map(Some),
            (Execution::Inline, Effect::Read) => self.handle()?.query_within(call, None, INLINE),
            (Execution::Auto, Effect::Read) => {
                let handle = self.handle()?;
                if handle.is_long(call.sql) { Ok(None) } else { handle.query_within(call, Some(BUDGET), INLINE) }
            }
            _ => Ok(None),
        }
    }

    /// Runs a query on the blocking pool, up to its first batch.
    async fn query_away(&mut self, call: Arc<OwnedCall>) -> Result<Arc<[ColumnInfo]>> {
        let effect = call.effect;
        let (sender, mut pages) = mpsc::channel::<Page>(AHEAD);
        self.send_away(move |handle| {
            // A write is not stopped by a reader that has had enough: it would be undone.
            let unwanted = if call.effect == Effect::Read { Next::Stop } else { Next::Discard };
            handle
                .query_long(call.call(), BUDGET, STREAMED, |columns, batch| match sender.blocking_send((columns.clone(), batch)) {
                    Ok(()) => Next::More,
                    Err(_) => unwanted,
                })
                .map(Outcome::Tail)
        })?;
        match pages.recv().await {
            Some((columns, batch)) => {
                self.result = Some(OpenResult::Streaming { batch: Some(batch), pages, effect });
                Ok(columns)
            }
            None => match self.back().await? {
                Outcome::Tail(tail) => Ok(self.gathered(tail)),
                _ => Err(internal("a query ended without columns")),
            },
        }
    }
}

#[async_trait]
impl Connection for SqliteConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        self.check(statement.effect)?;
        let mut patience = self.patience();
        let owned = if self.execution == Execution::Inline { None } else { Some(Arc::new(OwnedCall::new(statement)?)) };
        loop {
            let result = match &owned {
                None => {
                    let arguments = Arguments::Borrowed(statement.params);
                    self.handle()?.execute(Call { sql: statement.sql, arguments, effect: statement.effect })
                }
                Some(owned) => {
                    let owned = owned.clone();
                    match self.on_blocking_pool(move |handle| handle.execute(owned.call()).map(Outcome::Executed)).await {
                        Ok(Outcome::Executed(executed)) => Ok(executed),
                        Ok(_) => Err(internal("a statement ended without a count")),
                        Err(error) => Err(error),
                    }
                }
            };
            match result {
                Ok(executed) => return Ok(executed),
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        self.check(statement.effect)?;
        match self.query_inline(statement) {
            Ok(Some(tail)) => return Ok(self.gathered(tail)),
            Ok(None) => {}
            // The blocking pool waits for the lock.
            Err(error) if error.kind() == ErrorKind::Locked => {}
            Err(error) => return Err(error),
        }
        let mut patience = self.patience();
        let owned = Arc::new(OwnedCall::new(statement)?);
        loop {
            match self.query_away(owned.clone()).await {
                Ok(columns) => return Ok(columns),
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        if let Some(OpenResult::Streaming { batch, pages, .. }) = &mut self.result {
            if batch.is_none() {
                *batch = pages.recv().await.map(|(_, batch)| batch);
            }
            if let Some(some) = batch {
                if some.give(each).is_continue() {
                    *batch = None;
                }
                return Ok(true);
            }
            let outcome = self.back().await;
            self.result = None;
            let Outcome::Tail(tail) = outcome? else { return Err(internal("a query ended without columns")) };
            self.result = tail.batch.map(OpenResult::Gathered);
        }
        let Some(OpenResult::Gathered(batch)) = &mut self.result else { return Ok(false) };
        let enough = batch.give(each).is_break();
        if !enough {
            self.result = None;
        }
        Ok(enough)
    }

    async fn close_result(&mut self) -> Result<()> {
        let Some(OpenResult::Streaming { effect, .. }) = self.result.take() else { return Ok(()) };
        // The receiver is dropped: a read ends at its next batch, and sooner by the interrupt; a write runs to its end.
        if effect == Effect::Read {
            self.control.cancel();
        }
        let outcome = self.back().await;
        self.control.reset();
        match outcome {
            Err(error) if effect == Effect::Read && error.kind() == ErrorKind::Interrupted => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        if options.global_id.is_some() {
            return Err(Error::new(ErrorKind::Unsupported, "SQLite has no two-phase commit"));
        }
        if self.effect == Effect::Read && !options.read_only {
            return Err(Error::new(ErrorKind::InvalidStatement, "a connection that only reads can only begin a read-only transaction"));
        }
        if options.read_only {
            self.verb("BEGIN", false).await?;
            self.set_transaction(Some(Effect::Read));
        } else {
            // Takes the write lock now: a transaction that took it at its first write could fail there, having read what is old.
            self.verb("BEGIN IMMEDIATE", true).await?;
            self.set_transaction(Some(Effect::Write));
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        self.check(Effect::Read)?;
        self.verb("COMMIT", !self.reads_only()).await?;
        if !self.handle()?.is_autocommit() {
            return Err(internal("SQLite has answered COMMIT, and the transaction is still open"));
        }
        self.set_transaction(None);
        Ok(())
    }

    async fn rollback(&mut self) -> Result<()> {
        if !self.handle()?.is_autocommit() {
            self.verb("ROLLBACK", !self.reads_only()).await?;
        }
        self.set_transaction(None);
        Ok(())
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.check(Effect::Read)?;
        self.verb(format!("SAVEPOINT {name}"), false).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.check(Effect::Read)?;
        self.verb(format!("ROLLBACK TO {name}"), !self.reads_only()).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.check(Effect::Read)?;
        self.verb(format!("RELEASE {name}"), !self.reads_only()).await
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        None // the connection may be on another thread
    }

    fn release(self: Box<Self>, _fate: Fate) {
        // Dropping it looks at SQLite itself, which says more than the fate: whether a transaction is open, whether a job runs.
    }
}

impl Drop for SqliteConnection {
    fn drop(&mut self) {
        self.result = None;
        // Where the runtime is gone, what is spawned is dropped at once, and r2d2 closes the connection, since it isn't clean.
        if let Some(away) = self.away.take() {
            self.control.cancel();
            self.runtime.spawn(async move {
                if let Ok(Done { mut held, .. }) = away.await {
                    tokio::task::spawn_blocking(move || held.clean());
                }
            });
        } else if let Some(mut held) = self.held.take()
            && !held.is_clean()
        {
            self.runtime.spawn_blocking(move || held.clean());
        }
    }
}
