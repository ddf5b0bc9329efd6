use std::any::Any;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use bindery_core::engine::{
    Capabilities, Cells, ColumnInfo, Connection, EachRow, Effect, Executed, Fate, Param, Statement, TransactionOptions,
};
use bindery_core::value::{SqlType, Value};
use bindery_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::held::Held;
use super::holding::Holding;
use crate::owned_row::OwnedRow;

/// The connection of a test's transaction, as one session has it. Each call runs in a task of its own to its end: a future that the
/// application drops would otherwise cut the connection off, and the test's transaction with it.
pub(super) struct OuterConnection {
    held: Option<Held>,
    /// A call that is running has it, and gives it back.
    away: Option<JoinHandle<Held>>,
    result: Option<OpenResult>,
    holding: Arc<Holding>,
    capabilities: Arc<Capabilities>,
    runtime: Runtime,
}

/// A result, as far as it was read, in tasks that may outlive whoever asked.
struct OpenResult {
    width: usize,
    rows: std::vec::IntoIter<OwnedRow>,
    /// what comes behind these rows: whether there may be more, or an error
    then: Result<bool>,
}

type Call<'h, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'h>>;

impl OuterConnection {
    pub(super) fn new(held: Held, runtime: Runtime) -> Self {
        OuterConnection { capabilities: held.capabilities(), holding: held.holding(), held: Some(held), away: None, result: None, runtime }
    }

    async fn call<T: Send + 'static>(&mut self, call: impl for<'h> FnOnce(&'h mut Held) -> Call<'h, T> + Send + 'static) -> Result<T> {
        let mut held = self.held.take().ok_or_else(|| internal("the connection was used while a call on it was running"))?;
        let (sender, receiver) = oneshot::channel();
        let away = self.away.insert(self.runtime.spawn(async move {
            // The receiver is gone where the caller's future was dropped.
            let _ = sender.send(call(&mut held).await);
            held
        }));
        let back = away.await;
        self.away = None;
        self.held = Some(back.map_err(|error| internal("a call on the connection has panicked").with_source(error))?);
        receiver.await.map_err(|_| internal("a call on the connection gave no result"))?
    }
}

/// Some rows of the open result, and what comes behind them.
async fn read_some(held: &mut Held, width: usize) -> (Vec<OwnedRow>, Result<bool>) {
    let mut rows = Vec::new();
    let mut each = |cells: &dyn Cells| {
        rows.push(OwnedRow::new(cells, width));
        ControlFlow::Continue(())
    };
    let then = held.fetch(&mut each).await;
    (rows, then)
}

fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// A statement that outlives its caller.
struct OwnedStatement {
    sql: String,
    params: Vec<OwnedParam>,
    effect: Effect,
    table: Option<String>,
}

struct OwnedParam {
    value: Value,
    sql_type: Option<SqlType>,
    column: Option<String>,
}

impl OwnedStatement {
    fn new(statement: &Statement<'_>) -> Self {
        let params = statement.params.iter().map(|param| OwnedParam {
            value: param.value.to_owned(),
            sql_type: param.sql_type,
            column: param.column.map(str::to_owned),
        });
        OwnedStatement {
            sql: statement.sql.to_owned(),
            params: params.collect(),
            effect: statement.effect,
            table: statement.table.map(str::to_owned),
        }
    }

    fn params(&self) -> Vec<Param<'_>> {
        self.params.iter().map(|param| Param::new(param.value.as_ref(), param.sql_type).for_column(param.column.as_deref())).collect()
    }

    fn statement<'s>(&'s self, params: &'s [Param<'s>]) -> Statement<'s> {
        Statement::new(&self.sql, params, self.effect).of_table(self.table.as_deref())
    }
}

#[async_trait]
impl Connection for OuterConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        let owned = OwnedStatement::new(statement);
        self.call(move |held| Box::pin(async move { held.execute(&owned.statement(&owned.params())).await })).await
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let owned = OwnedStatement::new(statement);
        let columns = self.call(move |held| Box::pin(async move { held.query(&owned.statement(&owned.params())).await })).await?;
        self.result = Some(OpenResult { width: columns.len(), rows: Vec::new().into_iter(), then: Ok(true) });
        Ok(columns)
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let Some(mut result) = self.result.take() else { return Ok(false) };
        if result.rows.as_slice().is_empty() && matches!(result.then, Ok(true)) {
            let width = result.width;
            let (rows, then) = self.call(move |held| Box::pin(async move { Ok(read_some(held, width).await) })).await?;
            (result.rows, result.then) = (rows.into_iter(), then);
        }
        for row in result.rows.by_ref() {
            if each(&row).is_break() {
                self.result = Some(result);
                return Ok(true);
            }
        }
        if matches!(result.then, Ok(true)) {
            self.result = Some(result);
            return Ok(true);
        }
        result.then
    }

    async fn close_result(&mut self) -> Result<()> {
        self.result = None;
        self.call(|held| Box::pin(held.close_result())).await
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        if options.global_id.is_some() {
            let message = "databases that are rolled back can't prepare transactions";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let mut here = TransactionOptions::default();
        here.read_only = options.read_only;
        self.call(move |held| Box::pin(async move { held.begin(&here).await })).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.call(|held| Box::pin(held.commit())).await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.call(|held| Box::pin(held.rollback())).await
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.call(move |held| Box::pin(async move { held.lease().savepoint(&name).await })).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.call(move |held| Box::pin(async move { held.lease().rollback_to_savepoint(&name).await })).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.call(move |held| Box::pin(async move { held.lease().release_savepoint(&name).await })).await
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        self.held.as_mut()?.lease().native_any()
    }

    fn release(self: Box<Self>, _fate: Fate) {
        // What is open on it says more than the fate.
        let OuterConnection { held, away, holding, runtime, .. } = *self;
        match (away, held) {
            (Some(away), _) => {
                holding.cut_off();
                runtime.spawn(async move {
                    if let Ok(held) = away.await {
                        held.clean().await;
                    }
                });
            }
            (None, Some(held)) if held.is_clean() => {
                drop(holding); // before whoever waits is told
                held.give_back();
            }
            (None, Some(held)) => {
                holding.cut_off();
                runtime.spawn(held.clean());
            }
            (None, None) => {}
        }
    }
}
