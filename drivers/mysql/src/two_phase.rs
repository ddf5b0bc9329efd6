use std::time::{Duration, Instant};

use async_trait::async_trait;
use bindery_core::engine::{GlobalId, TwoPhase};
use bindery_core::{Error, ErrorKind, Result};

use crate::connection::MysqlConnection;
use crate::error::{XA_KEPT_NOTHING, XA_UNKNOWN, code};
use crate::xid::Xid;

/// How long a prepared transaction may hang on the connection that prepared it, which was closed.
const LETTING_GO: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(2);

#[async_trait]
impl TwoPhase for MysqlConnection {
    async fn prepare(&mut self, id: &GlobalId) -> Result<()> {
        if self.link()?.is_gone() {
            return self.link()?.ping().await;
        }
        let xid = Xid::new(id.clone(), self.link()?.database());
        if self.transaction().is_none_or(|transaction| transaction.xid.as_ref() != Some(&xid)) {
            let message = format!("the transaction was not begun with the id `{id}`, by which it would be prepared");
            return Err(Error::new(ErrorKind::InvalidStatement, message));
        }
        let prepared = self.end_transaction(&format!("XA END {xid}; XA PREPARE {xid}")).await;
        self.set_has_prepared(prepared.is_ok());
        prepared.map_err(|error| {
            let is_lost = error.kind() == ErrorKind::ConnectionLost || self.link().is_ok_and(|link| link.is_gone());
            if !is_lost || error.kind() == ErrorKind::TransactionAborted {
                return error;
            }
            self.set_in_doubt();
            perhaps_prepared(error)
        })
    }

    async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()> {
        if self.link()?.is_gone() {
            return self.link()?.ping().await;
        }
        let finished = self.finish("COMMIT", id).await;
        finished.map_err(|error| self.in_doubt_if_lost(error))
    }

    async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()> {
        self.finish("ROLLBACK", id).await
    }

    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        let database = self.link()?.database().to_owned();
        let rows: Vec<(i64, usize, usize, Vec<u8>)> = self.link()?.rows("XA RECOVER").await?;
        Ok(rows.iter().filter_map(|(format, global_length, _, data)| Xid::parse(*format, *global_length, data, &database)).collect())
    }
}

impl MysqlConnection {
    /// The server says the same of an id that it doesn't know and of one that another connection has. Only the list of those that are
    /// prepared tells which it is.
    async fn finish(&mut self, verb: &str, id: &GlobalId) -> Result<()> {
        let xid = Xid::new(id.clone(), self.link()?.database());
        let began = Instant::now();
        loop {
            match self.link()?.verb(&format!("XA {verb} {xid}")).await {
                Err(error) if code(&error) == Some(XA_UNKNOWN) => {
                    if !self.list_prepared().await?.contains(id) {
                        return Err(error);
                    }
                    if began.elapsed() > LETTING_GO {
                        let message = "the prepared transaction hangs on the connection that prepared it: end that connection first";
                        return Err(Error::new(ErrorKind::Locked, message).with_source(error));
                    }
                }
                // MariaDB keeps nothing of one that has written nothing, once its connection has gone.
                Err(error) if code(&error) == Some(XA_KEPT_NOTHING) && self.link()?.capabilities().server.starts_with("MariaDB") => {
                    return Ok(());
                }
                finished => {
                    if finished.is_ok() {
                        self.set_has_prepared(false);
                    }
                    return finished;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn perhaps_prepared(error: Error) -> Error {
    let message = "the connection broke before the server answered: whether the transaction is prepared, `list_prepared` says";
    Error::new(ErrorKind::ConnectionLost, message).with_source(error)
}
