use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use bindery::Result;
use bindery::config::BindConfig;
use bindery::engine::{
    Capabilities, Catalog, ColumnInfo, Connection, Dialect, Driver, EachRow, Effect, Engine, Executed, Fate, PoolStatus, Statement,
    TransactionOptions, TwoPhase,
};

use super::stage::{Stage, at};

/// A driver whose engines note what each operation waits for, and change nothing.
pub(crate) struct WatchedDriver<D>(pub(crate) D);

pub(crate) struct WatchedEngine<E>(E);

struct WatchedConnection {
    inner: Box<dyn Connection>,
    /// Rows of the open result have come.
    has_rows: bool,
}

impl<D: Driver> Driver for WatchedDriver<D> {
    type Engine = WatchedEngine<D::Engine>;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn schemes(&self) -> &'static [&'static str] {
        self.0.schemes()
    }

    fn options(&self) -> &'static [&'static str] {
        self.0.options()
    }

    fn parameters(&self) -> &'static [&'static str] {
        self.0.parameters()
    }

    fn open(&self, bind: &BindConfig) -> Result<Self::Engine> {
        self.0.open(bind).map(WatchedEngine)
    }
}

#[async_trait]
impl<E: Engine> Engine for WatchedEngine<E> {
    fn backend(&self) -> &'static str {
        self.0.backend()
    }

    fn namespace(&self) -> &str {
        self.0.namespace()
    }

    fn dialect(&self) -> &Dialect {
        self.0.dialect()
    }

    async fn acquire(&self, effect: Effect) -> Result<Box<dyn Connection>> {
        let inner = at(Stage::Pool, self.0.acquire(effect)).await?;
        Ok(Box::new(WatchedConnection { inner, has_rows: false }))
    }

    fn pool_status(&self) -> PoolStatus {
        self.0.pool_status()
    }

    // On a connection of this engine, whose calls are watched.
    fn catalog(&self) -> Option<&dyn Catalog> {
        self.0.catalog()
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[async_trait]
impl Connection for WatchedConnection {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        at(Stage::Sent, self.inner.execute(statement)).await
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        self.has_rows = false;
        at(Stage::Sent, self.inner.query(statement)).await
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let stage = if self.has_rows { Stage::MidStream } else { Stage::Sent };
        let more = at(stage, self.inner.fetch(each)).await;
        self.has_rows = true;
        more
    }

    async fn close_result(&mut self) -> Result<()> {
        at(Stage::MidStream, self.inner.close_result()).await
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        at(Stage::Begin, self.inner.begin(options)).await
    }

    async fn commit(&mut self) -> Result<()> {
        at(Stage::Commit, self.inner.commit()).await
    }

    async fn rollback(&mut self) -> Result<()> {
        at(Stage::Rollback, self.inner.rollback()).await
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        at(Stage::Sent, self.inner.savepoint(name)).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        at(Stage::Sent, self.inner.rollback_to_savepoint(name)).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        at(Stage::Sent, self.inner.release_savepoint(name)).await
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        self.inner.two_phase()
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        self.inner.native()
    }

    fn release(self: Box<Self>, fate: Fate) {
        self.inner.release(fate);
    }
}
