use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bindery_core::engine::{Connection, Executed, Statement, TransactionOptions};
use bindery_core::{ErrorKind, Result};

use crate::wrapper::Break;

/// Sends BEGIN with the first statement.
#[derive(Default)]
pub(crate) struct BeginsLater(AtomicBool);

#[async_trait]
impl Break for BeginsLater {
    async fn begin(&self, _inner: &mut dyn Connection, _options: &TransactionOptions<'_>) -> Result<()> {
        self.0.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        if self.0.swap(false, Ordering::Relaxed) {
            inner.begin(&TransactionOptions::default()).await?;
        }
        inner.execute(statement).await
    }
}

/// Takes the server's answer to COMMIT for a commit, whatever it is.
#[derive(Default)]
pub(crate) struct SaysCommitted;

#[async_trait]
impl Break for SaysCommitted {
    async fn commit(&self, inner: &mut dyn Connection) -> Result<()> {
        match inner.commit().await {
            Ok(()) => Ok(()),
            Err(_) => inner.rollback().await,
        }
    }
}

/// Runs the statements of a failed transaction outside of it.
#[derive(Default)]
pub(crate) struct GoesOn;

#[async_trait]
impl Break for GoesOn {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        match inner.execute(statement).await {
            Err(error) if error.kind() == ErrorKind::TransactionAborted => {
                inner.rollback().await?;
                inner.execute(statement).await
            }
            other => other,
        }
    }
}

/// Says of a commit whose answer never came that it has failed.
#[derive(Default)]
pub(crate) struct ForgetsDoubt;

#[async_trait]
impl Break for ForgetsDoubt {
    async fn commit(&self, inner: &mut dyn Connection) -> Result<()> {
        let failed = |error| bindery_core::Error::new(ErrorKind::ConnectionLost, "the commit failed").with_source(error);
        inner.commit().await.map_err(failed)
    }
}

/// Commits when it should roll back.
#[derive(Default)]
pub(crate) struct Commits;

#[async_trait]
impl Break for Commits {
    async fn rollback(&self, inner: &mut dyn Connection) -> Result<()> {
        inner.commit().await
    }
}

/// Begins nothing where a transaction only reads.
#[derive(Default)]
pub(crate) struct Autocommits;

#[async_trait]
impl Break for Autocommits {
    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        if options.read_only { Ok(()) } else { inner.begin(options).await }
    }
}

/// Begins what is to read only as what may write.
#[derive(Default)]
pub(crate) struct LetsWrite;

#[async_trait]
impl Break for LetsWrite {
    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        let mut options = *options;
        options.read_only = false;
        inner.begin(&options).await
    }
}
