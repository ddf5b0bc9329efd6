//! Several statements as one: a transaction of their own, or a savepoint of the open one. Given up half way, between two statements, a transaction ends with
//! the lease of its connection, and a savepoint is rolled back before the next statement, or the commit, of its transaction; within a statement,
//! either way the transaction is lost.

use super::held::Held;
use super::joined::{STATEMENT, savepoint_name};
use crate::Result;
use crate::engine::TransactionOptions;

/// Runs these on a connection: what they did is kept, or undone where they fail.
pub(super) async fn around<T>(held: &mut Held<'_>, run: impl AsyncFnOnce(&mut Held<'_>) -> Result<T>) -> Result<T> {
    open(held).await?;
    match run(held).await {
        Ok(value) => keep(held).await.map(|()| value),
        Err(error) => {
            // The first error is what the user needs. Where undoing fails too, a connection of its own is not used again, and of a transaction's it is
            // tried once more before what comes next.
            let _ = undo(held).await;
            Err(error)
        }
    }
}

async fn open(held: &mut Held<'_>) -> Result<()> {
    match held.joined() {
        Some(open) => {
            open.lease.savepoint(&savepoint_name(STATEMENT)).await?;
            open.savepoints.push(STATEMENT);
            Ok(())
        }
        None => held.begin(&TransactionOptions::default()).await,
    }
}

async fn keep(held: &mut Held<'_>) -> Result<()> {
    match held.joined() {
        Some(open) => {
            open.lease.release_savepoint(&savepoint_name(STATEMENT)).await?;
            open.savepoints.pop();
            Ok(())
        }
        None => held.commit().await,
    }
}

async fn undo(held: &mut Held<'_>) -> Result<()> {
    held.close_result().await?;
    match held.joined() {
        Some(open) => {
            let name = savepoint_name(STATEMENT);
            open.lease.rollback_to_savepoint(&name).await?;
            open.lease.release_savepoint(&name).await?;
            open.savepoints.pop();
            Ok(())
        }
        None => held.rollback().await,
    }
}
