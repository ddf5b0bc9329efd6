use std::ops::DerefMut;
use std::sync::Arc;

use super::{Batch, ColumnInfo, FromRow, Lease, Row};
use crate::Result;

/// The open result of a lease, or of a borrowed one inside a transaction. Dropped before its end, it cuts the connection off.
pub struct Rows<L: DerefMut<Target = Lease>> {
    lease: L,
    columns: Arc<[ColumnInfo]>,
}

impl<L: DerefMut<Target = Lease>> Rows<L> {
    /// The result that a query has just opened.
    pub fn new(lease: L, columns: Arc<[ColumnInfo]>) -> Self {
        Rows { lease, columns }
    }

    /// The columns of the result.
    pub fn columns(&self) -> &Arc<[ColumnInfo]> {
        &self.columns
    }

    /// The next rows; `None` once the result has ended.
    pub async fn next_batch(&mut self) -> Result<Option<Box<dyn Batch>>> {
        self.lease.fetch().await
    }

    /// The next rows, each made into `T`, after those in `into`; `false` once the result has ended.
    pub async fn next_into<T: FromRow>(&mut self, into: &mut impl Extend<T>) -> Result<bool> {
        let Some(batch) = self.next_batch().await? else { return Ok(false) };
        let batch = &*batch;
        let mut failed = None;
        let rows = (0..batch.len()).map_while(|row| match T::from_row(&Row::new(batch, &self.columns, row)) {
            Ok(row) => Some(row),
            Err(error) => {
                failed = Some(error.on_bind(self.lease.bind()));
                None
            }
        });
        into.extend(rows);
        match failed {
            Some(error) => Err(error),
            None => Ok(true),
        }
    }

    /// Gives up the rest, so that the connection can be used again.
    pub async fn close(mut self) -> Result<()> {
        self.lease.close_result().await
    }
}
