use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Connection, Executed, Statement};

use crate::wrapper::Break;

/// Undoes nothing.
#[derive(Default)]
pub(crate) struct Keeps;

#[async_trait]
impl Break for Keeps {
    async fn rollback_to_savepoint(&self, inner: &mut dyn Connection, name: &str) -> Result<()> {
        inner.release_savepoint(name).await?;
        inner.savepoint(name).await
    }
}

/// Undoes what is to be kept.
#[derive(Default)]
pub(crate) struct Undoes;

#[async_trait]
impl Break for Undoes {
    async fn release_savepoint(&self, inner: &mut dyn Connection, name: &str) -> Result<()> {
        inner.rollback_to_savepoint(name).await
    }
}

/// Ends the whole transaction when a statement fails.
#[derive(Default)]
pub(crate) struct EndsAtFailure;

#[async_trait]
impl Break for EndsAtFailure {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let executed = inner.execute(statement).await;
        if executed.is_err() {
            inner.rollback().await?;
        }
        executed
    }
}
