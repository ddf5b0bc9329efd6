use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bindery_core::engine::{Capabilities, ColumnInfo, Connection, EachRow, Effect, Executed, Fate, Statement, TransactionOptions};
use bindery_core::value::Value;
use bindery_core::{Error, ErrorKind, Result};
use tokio::task::{JoinHandle, spawn_blocking};
use turso_core::{LimboError, StepResult};

use crate::value::{decode, encode};
use crate::{Seat, lost, mapped};

/// One connection, leased. Turso computes where it is called: what it does, it does on the blocking pool, and comes back with rows.
pub(crate) struct TursoConnection {
    seat: Seat,
    /// What is there now. Left here where a future was dropped.
    running: Option<JoinHandle<Result<OpenResult>>>,
    result: Option<OpenResult>,
    effect: Effect,
    transaction: Option<Effect>,
    /// How long it waits for others who write.
    pub(crate) patience: Duration,
}

struct OpenResult {
    statement: turso_core::Statement,
    rows: std::vec::IntoIter<Vec<Value>>,
    ended: bool,
}

/// Reads on: all rows, or some of them, for 20 ms at most, so that whoever waits has them soon.
fn read(mut statement: turso_core::Statement, all: bool) -> Result<OpenResult> {
    let (mut rows, mut ended, started) = (Vec::new(), false, Instant::now());
    while !ended && (all || rows.is_empty() || rows.len() < 256 && started.elapsed().as_millis() < 20) {
        match statement.step().map_err(mapped)? {
            StepResult::Row => rows.extend(statement.row().map(|row| row.get_values().map(decode).collect())),
            StepResult::Done => ended = true,
            StepResult::IO | StepResult::Yield => statement._io().step().map_err(mapped)?,
            StepResult::Sleep { duration } => std::thread::sleep(duration),
            StepResult::Interrupt => return Err(mapped(LimboError::Interrupt)),
            StepResult::Busy => return Err(mapped(LimboError::Busy)),
        }
    }
    Ok(OpenResult { statement, rows: rows.into_iter(), ended })
}

impl TursoConnection {
    pub(crate) fn new(seat: Seat, effect: Effect) -> Self {
        TursoConnection { patience: seat.link.busy_timeout, seat, running: None, result: None, effect, transaction: None }
    }

    async fn away(&mut self, job: impl FnOnce() -> Result<OpenResult> + Send + 'static) -> Result<OpenResult> {
        let done = self.running.insert(spawn_blocking(job)).await;
        self.running = None;
        done.map_err(lost)?
    }

    /// Prepares a statement and reads its first rows, or all: what writes has written before anyone looks at one.
    async fn run(&mut self, statement: &Statement<'_>, all: bool) -> Result<OpenResult> {
        // Turso ends a transaction on its own after some errors, and would commit what comes then by itself.
        if self.transaction.is_some() && self.seat.link.turso.get_auto_commit() {
            return Err(Error::new(ErrorKind::TransactionAborted, "Turso has rolled the transaction back after an earlier error"));
        }
        let params = statement.params.iter().map(encode).collect::<Result<Vec<_>>>()?;
        let only_reads = self.transaction.unwrap_or(self.effect) == Effect::Read;
        let begun = Instant::now();
        loop {
            let (turso, sql, params) = (Arc::clone(&self.seat.link.turso), statement.sql.to_owned(), params.clone());
            let step = self.away(move || {
                turso.set_query_only(only_reads);
                let mut statement = turso.prepare(&sql).map_err(mapped)?;
                if statement.parameters_count() != params.len() || !sql[statement.tail_offset()..].trim().is_empty() {
                    return Err(Error::new(ErrorKind::InvalidStatement, "this is several statements, or wants other parameters"));
                }
                for (index, value) in params.into_iter().enumerate() {
                    statement.bind_at(NonZero::<usize>::MIN.saturating_add(index), value).map_err(mapped)?;
                }
                read(statement, all)
            });
            match step.await {
                // It waits here, and keeps no thread from whoever has the lock.
                Err(error) if error.kind() == ErrorKind::Locked && begun.elapsed() < self.patience => {
                    tokio::time::sleep(Duration::from_millis(2)).await
                }
                done => return done,
            }
        }
    }

    async fn verb(&mut self, sql: &str) -> Result<()> {
        self.run(&Statement::new(sql, &[], Effect::Write), true).await.map(drop)
    }

    fn set_transaction(&mut self, transaction: Option<Effect>) {
        self.transaction = transaction;
        self.seat.place.set_in_transaction(transaction.is_some());
    }
}

#[async_trait]
impl Connection for TursoConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.seat.link.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let done = self.run(statement, true).await?;
        Ok(Executed::rows(done.statement.n_change().unsigned_abs()))
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let opened = self.run(statement, statement.effect == Effect::Write).await?;
        let names = (0..opened.statement.num_columns()).map(|index| opened.statement.get_column_name(index));
        let columns = names.map(ColumnInfo::new).collect();
        self.result = Some(opened);
        Ok(columns)
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let Some(mut result) = self.result.take() else { return Ok(false) };
        if result.rows.as_slice().is_empty() && !result.ended {
            result = self.away(move || read(result.statement, false)).await?;
        }
        let more = result.rows.by_ref().any(|row| each(&row).is_break()) || !result.ended;
        self.result = more.then_some(result);
        Ok(more)
    }

    async fn close_result(&mut self) -> Result<()> {
        self.result = None;
        Ok(())
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        if options.global_id.is_some() {
            return Err(Error::new(ErrorKind::Unsupported, "Turso has no two-phase commit"));
        }
        let (sql, effect) = if options.read_only { ("BEGIN", Effect::Read) } else { ("BEGIN IMMEDIATE", Effect::Write) };
        self.verb(sql).await?;
        self.set_transaction(Some(effect));
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        self.verb("COMMIT").await?;
        if !self.seat.link.turso.get_auto_commit() {
            return Err(Error::new(ErrorKind::Internal, "Turso has answered COMMIT, and the transaction is open"));
        }
        self.set_transaction(None);
        Ok(())
    }

    async fn rollback(&mut self) -> Result<()> {
        if !self.seat.link.turso.get_auto_commit() {
            self.verb("ROLLBACK").await?;
        }
        self.set_transaction(None);
        Ok(())
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.verb(&format!("SAVEPOINT {name}")).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.verb(&format!("ROLLBACK TO {name}")).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.verb(&format!("RELEASE {name}")).await
    }

    fn release(self: Box<Self>, fate: Fate) {
        let TursoConnection { seat, running, result, .. } = *self;
        if fate == Fate::Clean && running.is_none() && result.is_none() && seat.link.turso.get_auto_commit() {
            return seat.give_back();
        }
        // Where the runtime is gone, the connection is closed with the seat.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        seat.place.set_cleaning();
        seat.link.cancelled.store(true, Ordering::Relaxed);
        runtime.spawn(async move {
            let left = async { Some(running?.await) }.await;
            spawn_blocking(move || {
                drop((left, result));
                seat.link.cancelled.store(false, Ordering::Relaxed);
                let is_clean = seat.link.turso.get_auto_commit() || seat.link.turso.execute("ROLLBACK").is_ok();
                if is_clean && fate != Fate::Lent {
                    seat.give_back();
                }
            });
        });
    }
}
