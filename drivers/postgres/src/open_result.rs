use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bindery_core::engine::Effect;
use futures_util::{Stream, TryStreamExt};
use tokio_postgres::{Error, Row, RowStream};

use crate::batch::{Decoders, RowBatch};

/// The rows that a batch holds at most: few enough to stay in the processor's cache.
const BATCH: usize = 256;
/// The bytes that end a batch of large rows earlier, at the row that reaches them.
const BATCH_BYTES: usize = 1 << 20;

/// The rows of a statement, as they come.
pub(crate) struct OpenResult {
    rows: Pin<Box<RowStream>>,
    effect: Effect,
    /// Those of its first row, where the statement doesn't tell them.
    decoders: Option<Decoders>,
    /// What was read before its time.
    ahead: Option<Row>,
    /// The error after the rows that were given.
    failed: Option<Error>,
    ended: bool,
    /// How many rows the last batch had.
    last: usize,
}

impl OpenResult {
    pub(crate) fn new(rows: RowStream, effect: Effect, decoders: Option<Decoders>) -> Self {
        OpenResult { rows: Box::pin(rows), effect, decoders, ahead: None, failed: None, ended: false, last: 0 }
    }

    /// Whether its end has come already.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended && self.failed.is_none()
    }

    /// What the statement may do.
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    /// The first row, which the next batch has nevertheless.
    pub(crate) async fn peek(&mut self) -> Result<Option<&Row>, Error> {
        if self.ahead.is_none() {
            self.ahead = self.rows.try_next().await?;
            self.ended = self.ahead.is_none();
        }
        Ok(self.ahead.as_ref())
    }

    /// The rows that are there; waits for one only.
    pub(crate) async fn next(&mut self) -> Result<Option<RowBatch>, Error> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.ended {
            return Ok(None);
        }
        let mut rows = Vec::with_capacity(self.last);
        rows.extend(self.ahead.take());
        let mut bytes = rows.iter().map(Row::raw_size_bytes).sum();
        poll_fn(|context| self.poll_rows(context, &mut rows, &mut bytes)).await?;
        self.last = rows.len();
        let Some(first) = rows.first() else { return Ok(None) };
        let decoders = self.decoders.get_or_insert_with(|| Decoders::of(first.columns())).clone();
        Ok(Some(RowBatch::new(rows, decoders)))
    }

    fn poll_rows(&mut self, context: &mut Context<'_>, rows: &mut Vec<Row>, bytes: &mut usize) -> Poll<Result<(), Error>> {
        while !self.ended && rows.len() < BATCH && *bytes < BATCH_BYTES {
            match self.rows.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(row))) => {
                    *bytes += row.raw_size_bytes();
                    rows.push(row);
                }
                Poll::Ready(None) => self.ended = true,
                Poll::Ready(Some(Err(error))) => {
                    self.ended = true;
                    if rows.is_empty() {
                        return Poll::Ready(Err(error));
                    }
                    self.failed = Some(error);
                }
                Poll::Pending if rows.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads to the end, and tells how many rows were matched. Cut off, it can be called again.
    pub(crate) async fn finish(&mut self) -> Result<u64, Error> {
        self.ahead = None;
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while !self.ended {
            self.ended = self.rows.try_next().await?.is_none();
        }
        Ok(self.rows.rows_affected().unwrap_or_default())
    }
}
