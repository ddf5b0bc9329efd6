use async_trait::async_trait;
use bindery_core::engine::{GlobalId, TwoPhase};
use bindery_core::{Error, ErrorKind, Result};

use crate::connection::PostgresConnection;
use crate::error::code;

const UNDEFINED_OBJECT: &str = "42704";

#[async_trait]
impl TwoPhase for PostgresConnection {
    async fn prepare(&mut self, id: &GlobalId) -> Result<()> {
        if self.link()?.is_gone() {
            return Err(self.link()?.lost());
        }
        let prepared = self.end_transaction(&format!("PREPARE TRANSACTION '{id}'")).await;
        prepared.map_err(|error| {
            let is_lost = error.kind() == ErrorKind::ConnectionLost || self.link().is_ok_and(|link| link.is_broken());
            if !is_lost || error.kind() == ErrorKind::TransactionAborted {
                return error;
            }
            self.set_in_doubt();
            perhaps_prepared(error)
        })
    }

    async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()> {
        if self.link()?.is_gone() {
            return Err(self.link()?.lost());
        }
        let finished = self.finish("COMMIT", id).await;
        finished.map_err(|error| self.in_doubt_if_lost(error))
    }

    async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()> {
        self.finish("ROLLBACK", id).await
    }

    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        let rows = self.link()?.rows("SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = current_database()").await?;
        Ok(rows.iter().filter_map(|row| GlobalId::new(row.try_get::<_, &str>(0).ok()?)).collect())
    }
}

impl PostgresConnection {
    async fn finish(&mut self, verb: &str, id: &GlobalId) -> Result<()> {
        let finished = self.link()?.verb(&format!("{verb} PREPARED '{id}'")).await;
        finished.map_err(|error| if code(&error) == Some(UNDEFINED_OBJECT) { unknown(error) } else { error })
    }
}

fn perhaps_prepared(error: Error) -> Error {
    let message = "the connection broke before the server answered: whether the transaction is prepared, `list_prepared` says";
    Error::new(ErrorKind::ConnectionLost, message).with_source(error)
}

fn unknown(error: Error) -> Error {
    let message = "no transaction of this id is prepared on this database: it was finished, or never prepared";
    Error::new(ErrorKind::UnknownTransaction, message).with_source(error)
}
