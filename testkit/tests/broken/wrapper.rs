//! An engine around an engine, which breaks one clause of the contract.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bindery_core::config::BindConfig;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{
    Capabilities, Catalog, ColumnInfo, Connection, Dialect, Driver, EachRow, Effect, Engine, Executed, Fate, GlobalId, PoolStatus,
    Statement, TransactionOptions, TwoPhase,
};
use bindery_core::{Error, ErrorKind, Result};
use bindery_testkit::conformance::{Setup, TestDatabase};

use crate::backend::Backend;

/// What an engine does otherwise than the one it wraps. Whatever isn't overridden is left to that.
#[async_trait]
pub(crate) trait Break: Default + Send + Sync + 'static {
    async fn acquire(&self, inner: &dyn Engine, effect: Effect) -> Result<Box<dyn Connection>> {
        inner.acquire(effect).await
    }

    fn pool_status(&self, inner: PoolStatus) -> PoolStatus {
        inner
    }

    fn dialect(&self, inner: &Dialect) -> Dialect {
        inner.clone()
    }

    async fn close(&self, inner: &dyn Engine) {
        inner.close().await;
    }

    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        inner.clone()
    }

    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        inner.execute(statement).await
    }

    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        inner.query(statement).await
    }

    async fn fetch(&self, inner: &mut dyn Connection, each: &mut EachRow<'_>) -> Result<bool> {
        inner.fetch(each).await
    }

    async fn close_result(&self, inner: &mut dyn Connection) -> Result<()> {
        inner.close_result().await
    }

    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        inner.begin(options).await
    }

    async fn commit(&self, inner: &mut dyn Connection) -> Result<()> {
        inner.commit().await
    }

    async fn rollback(&self, inner: &mut dyn Connection) -> Result<()> {
        inner.rollback().await
    }

    async fn savepoint(&self, inner: &mut dyn Connection, name: &str) -> Result<()> {
        inner.savepoint(name).await
    }

    async fn rollback_to_savepoint(&self, inner: &mut dyn Connection, name: &str) -> Result<()> {
        inner.rollback_to_savepoint(name).await
    }

    async fn release_savepoint(&self, inner: &mut dyn Connection, name: &str) -> Result<()> {
        inner.release_savepoint(name).await
    }

    async fn prepare(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        inner.prepare(id).await
    }

    async fn commit_prepared(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        inner.commit_prepared(id).await
    }

    async fn rollback_prepared(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        inner.rollback_prepared(id).await
    }

    async fn list_prepared(&self, inner: &mut dyn TwoPhase) -> Result<Vec<GlobalId>> {
        inner.list_prepared().await
    }

    async fn reflect(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        catalog_of(inner)?.reflect(connection).await
    }

    async fn lock(&self, inner: &dyn Engine, connection: &mut dyn Connection, patience: Duration) -> Result<()> {
        catalog_of(inner)?.lock(connection, patience).await
    }

    async fn set_timeouts(
        &self,
        inner: &dyn Engine,
        connection: &mut dyn Connection,
        lock: Option<Duration>,
        statement: Option<Duration>,
    ) -> Result<()> {
        catalog_of(inner)?.set_timeouts(connection, lock, statement).await
    }

    async fn create_scratch(&self, inner: &dyn Engine, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        catalog_of(inner)?.create_scratch(connection).await
    }

    async fn drop_scratch(&self, inner: &dyn Engine, connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        catalog_of(inner)?.drop_scratch(connection, scratch).await
    }

    fn release(&self, inner: Box<dyn Connection>, fate: Fate) {
        inner.release(fate);
    }
}

/// The catalog of the engine that is wrapped.
pub(crate) fn catalog_of(inner: &dyn Engine) -> Result<&dyn Catalog> {
    inner.catalog().ok_or_else(|| Error::new(ErrorKind::Unsupported, "the wrapped engine has no catalog"))
}

/// Breaks nothing.
#[derive(Default)]
pub(crate) struct Nothing;

impl Break for Nothing {}

/// A setup whose engine is broken.
pub(crate) struct Broken<B>(pub(crate) Backend, pub(crate) PhantomData<fn() -> B>);

impl<B: Break> Setup for Broken<B> {
    type Driver = BrokenDriver<B>;

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn has_catalog(&self) -> bool {
        true
    }

    async fn database(&self) -> Result<TestDatabase<Self::Driver>, Box<dyn std::error::Error + Send + Sync>> {
        let (url, guard) = self.0.database()?;
        let database = TestDatabase::new(BrokenDriver::new(self.0), url, guard);
        Ok(if self.0 == Backend::Sqlite { database.with_option("busy_timeout", "100ms") } else { database })
    }
}

pub(crate) struct BrokenDriver<B> {
    backend: Backend,
    breaks: PhantomData<fn() -> B>,
}

impl<B> BrokenDriver<B> {
    pub(crate) fn new(backend: Backend) -> Self {
        BrokenDriver { backend, breaks: PhantomData }
    }
}

impl<B> Clone for BrokenDriver<B> {
    fn clone(&self) -> Self {
        BrokenDriver::new(self.backend)
    }
}

impl<B: Break> Driver for BrokenDriver<B> {
    type Engine = BrokenEngine<B>;

    fn name(&self) -> &'static str {
        self.backend.name()
    }

    fn schemes(&self) -> &'static [&'static str] {
        self.backend.schemes()
    }

    fn options(&self) -> &'static [&'static str] {
        self.backend.options()
    }

    fn parameters(&self) -> &'static [&'static str] {
        self.backend.parameters()
    }

    fn open(&self, bind: &BindConfig) -> Result<BrokenEngine<B>> {
        let (inner, breaks) = (self.backend.open(bind)?, Arc::new(B::default()));
        Ok(BrokenEngine { dialect: breaks.dialect(inner.dialect()), inner, breaks })
    }
}

pub(crate) struct BrokenEngine<B> {
    inner: Box<dyn Engine>,
    dialect: Dialect,
    breaks: Arc<B>,
}

impl<B> BrokenEngine<B> {
    /// What breaks it, and may have noted something.
    pub(crate) fn breaks(&self) -> &B {
        &self.breaks
    }
}

#[async_trait]
impl<B: Break> Engine for BrokenEngine<B> {
    fn backend(&self) -> &'static str {
        self.inner.backend()
    }

    fn namespace(&self) -> &str {
        self.inner.namespace()
    }

    fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    async fn acquire(&self, effect: Effect) -> Result<Box<dyn Connection>> {
        let inner = self.breaks.acquire(&*self.inner, effect).await?;
        let capabilities = self.breaks.capabilities(inner.capabilities());
        Ok(Box::new(BrokenConnection { inner, capabilities, breaks: Arc::clone(&self.breaks) }))
    }

    fn pool_status(&self) -> PoolStatus {
        self.breaks.pool_status(self.inner.pool_status())
    }

    fn catalog(&self) -> Option<&dyn Catalog> {
        self.inner.catalog().map(|_| self as &dyn Catalog)
    }

    async fn close(&self) {
        self.breaks.close(&*self.inner).await;
    }
}

#[async_trait]
impl<B: Break> Catalog for BrokenEngine<B> {
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        self.breaks.reflect(&*self.inner, connection).await
    }

    async fn lock(&self, connection: &mut dyn Connection, patience: Duration) -> Result<()> {
        self.breaks.lock(&*self.inner, connection, patience).await
    }

    async fn unlock(&self, connection: &mut dyn Connection) -> Result<()> {
        catalog_of(&*self.inner)?.unlock(connection).await
    }

    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
        self.breaks.set_timeouts(&*self.inner, connection, lock, statement).await
    }

    async fn create_scratch(&self, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        self.breaks.create_scratch(&*self.inner, connection).await
    }

    async fn drop_scratch(&self, connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        self.breaks.drop_scratch(&*self.inner, connection, scratch).await
    }
}

struct BrokenConnection<B> {
    inner: Box<dyn Connection>,
    capabilities: Capabilities,
    breaks: Arc<B>,
}

impl<B> BrokenConnection<B> {
    fn inner_two_phase(&mut self) -> Result<&mut dyn TwoPhase> {
        let missing = || Error::new(ErrorKind::Unsupported, "the wrapped engine can't prepare");
        self.inner.two_phase().ok_or_else(missing)
    }
}

#[async_trait]
impl<B: Break> Connection for BrokenConnection<B> {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        self.breaks.execute(&mut *self.inner, statement).await
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        self.breaks.query(&mut *self.inner, statement).await
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        self.breaks.fetch(&mut *self.inner, each).await
    }

    async fn close_result(&mut self) -> Result<()> {
        self.breaks.close_result(&mut *self.inner).await
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        self.breaks.begin(&mut *self.inner, options).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.breaks.commit(&mut *self.inner).await
    }

    async fn rollback(&mut self) -> Result<()> {
        self.breaks.rollback(&mut *self.inner).await
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.breaks.savepoint(&mut *self.inner, name).await
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.breaks.rollback_to_savepoint(&mut *self.inner, name).await
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.breaks.release_savepoint(&mut *self.inner, name).await
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        self.capabilities.two_phase.then_some(self)
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        self.inner.native()
    }

    fn release(self: Box<Self>, fate: Fate) {
        let BrokenConnection { inner, breaks, .. } = *self;
        breaks.release(inner, fate);
    }
}

#[async_trait]
impl<B: Break> TwoPhase for BrokenConnection<B> {
    async fn prepare(&mut self, id: &GlobalId) -> Result<()> {
        let breaks = Arc::clone(&self.breaks);
        breaks.prepare(self.inner_two_phase()?, id).await
    }

    async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()> {
        let breaks = Arc::clone(&self.breaks);
        breaks.commit_prepared(self.inner_two_phase()?, id).await
    }

    async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()> {
        let breaks = Arc::clone(&self.breaks);
        breaks.rollback_prepared(self.inner_two_phase()?, id).await
    }

    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        let breaks = Arc::clone(&self.breaks);
        breaks.list_prepared(self.inner_two_phase()?).await
    }
}
