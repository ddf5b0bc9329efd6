use async_trait::async_trait;
use bindery_core::engine::{Connection, Executed, Statement};
use bindery_core::{Error, ErrorKind, Result};

use crate::wrapper::Break;

/// Has one kind for whatever a server says.
#[derive(Default)]
pub(crate) struct OneKind;

#[async_trait]
impl Break for OneKind {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        inner.execute(statement).await.map_err(|error| Error::new(ErrorKind::Server, "the statement failed").with_source(error))
    }
}

/// Puts the parameters into the error, for those who look for the cause.
#[derive(Default)]
pub(crate) struct TellsValues;

#[async_trait]
impl Break for TellsValues {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let values: Vec<_> = statement.params.iter().map(|param| format!("{:?}", param.value)).collect();
        let told = |error: Error| Error::new(error.kind(), "the statement failed").with_source(values.join(", "));
        inner.execute(statement).await.map_err(told)
    }
}

/// Tells whoever listens what it sends.
#[derive(Default)]
pub(crate) struct LogsValues;

#[async_trait]
impl Break for LogsValues {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let values: Vec<_> = statement.params.iter().map(|param| param.value).collect();
        tracing::debug!(?values, "a statement is sent");
        inner.execute(statement).await
    }
}
