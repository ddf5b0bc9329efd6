use std::sync::Arc;

use futures_util::TryStreamExt;
use tokio_postgres::{Client, Statement};

use crate::Result;
use crate::reading::Reading;

/// A statement that tokio-postgres has prepared, with its client.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) client: Arc<Client>,
    pub(super) statement: Statement,
}

impl Prepared {
    /// Rows decoded as they come, which is faster than gathering them first.
    pub(super) async fn readings(&self, parameter: i64) -> Result<Vec<Reading>> {
        let rows = self.client.query_raw(&self.statement, [parameter]).await?;
        let mut readings = Vec::new();
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await? {
            readings.push(Reading::from_tokio_postgres(&row)?);
        }
        Ok(readings)
    }

    pub(super) async fn reading(&self, key: i64) -> Result<Reading> {
        Ok(Reading::from_tokio_postgres(&self.client.query_one(&self.statement, &[&key]).await?)?)
    }
}
