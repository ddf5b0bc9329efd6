use super::held::Held;
use crate::Result;
use crate::engine::TransactionOptions;

/// Several statements as one: a transaction of their own, or a savepoint of the open one.
pub(super) enum Bracket {
    Transaction,
    Savepoint,
}

impl Bracket {
    const SAVEPOINT: &str = "bindery_statement";

    pub(super) async fn open(held: &mut Held<'_>) -> Result<Self> {
        if held.is_joined() {
            held.savepoint(Self::SAVEPOINT).await?;
            Ok(Bracket::Savepoint)
        } else {
            held.begin(&TransactionOptions::default()).await?;
            Ok(Bracket::Transaction)
        }
    }

    /// Keeps what was done, or undoes it where it failed.
    pub(super) async fn close<T>(self, held: &mut Held<'_>, result: Result<T>) -> Result<T> {
        match (self, result) {
            (Bracket::Transaction, Ok(value)) => held.commit().await.map(|()| value),
            (Bracket::Savepoint, Ok(value)) => held.release_savepoint(Self::SAVEPOINT).await.map(|()| value),
            (bracket, Err(error)) => {
                // The first error is what the user needs; if undoing fails too, the connection is not used again.
                let _ = bracket.undo(held).await;
                Err(error)
            }
        }
    }

    async fn undo(self, held: &mut Held<'_>) -> Result<()> {
        held.close_result().await?;
        match self {
            Bracket::Transaction => held.rollback().await,
            Bracket::Savepoint => {
                held.rollback_to_savepoint(Self::SAVEPOINT).await?;
                held.release_savepoint(Self::SAVEPOINT).await
            }
        }
    }
}
