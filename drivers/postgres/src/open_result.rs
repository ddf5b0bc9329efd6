use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bindery_core::engine::{EachRow, Effect};
use futures_util::{Stream, TryStreamExt};
use tokio_postgres::{Error, Row, RowStream};

use crate::row_cells::{Decoders, Made, RowCells};

/// The rows that are given at once, at most.
const MOST_ROWS: usize = 256;
/// The bytes that end them earlier, at the row that reaches them.
const MOST_BYTES: usize = 1 << 20;

/// The rows of a statement, as they come.
pub(crate) struct OpenResult {
    rows: Pin<Box<RowStream>>,
    effect: Effect,
    /// Those of its first row, where the statement doesn't tell them.
    decoders: Option<Decoders>,
    made: Made,
    /// What was read before its time.
    ahead: Option<Row>,
    ended: bool,
}

impl OpenResult {
    pub(crate) fn new(rows: RowStream, effect: Effect, decoders: Option<Decoders>) -> Self {
        OpenResult { rows: Box::pin(rows), effect, decoders, made: Made::default(), ahead: None, ended: false }
    }

    /// Whether its end has come already.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// What the statement may do.
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    /// The first row, which is given nevertheless.
    pub(crate) async fn peek(&mut self) -> Result<Option<&Row>, Error> {
        if self.ahead.is_none() {
            self.ahead = self.rows.try_next().await?;
            self.ended = self.ahead.is_none();
        }
        Ok(self.ahead.as_ref())
    }

    /// Gives the rows that are there, and waits for one only. Whether there may be more.
    pub(crate) async fn give(&mut self, each: &mut EachRow<'_>) -> Result<bool, Error> {
        poll_fn(|context| self.poll_rows(context, each)).await
    }

    fn poll_rows(&mut self, context: &mut Context<'_>, each: &mut EachRow<'_>) -> Poll<Result<bool, Error>> {
        let (mut rows, mut bytes) = (0, 0);
        loop {
            let row = match self.poll_row(context) {
                Poll::Ready(row) => row?,
                Poll::Pending if rows == 0 => return Poll::Pending,
                Poll::Pending => return Poll::Ready(Ok(true)),
            };
            let Some(row) = row else { return Poll::Ready(Ok(false)) };
            rows += 1;
            bytes += row.raw_size_bytes();
            let decoders = self.decoders.get_or_insert_with(|| Decoders::of(row.columns()));
            let enough = each(&RowCells::new(&row, decoders, &mut self.made)).is_break();
            if enough || rows == MOST_ROWS || bytes >= MOST_BYTES {
                return Poll::Ready(Ok(true));
            }
        }
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Row>, Error>> {
        if let Some(row) = self.ahead.take() {
            return Poll::Ready(Ok(Some(row)));
        }
        if self.ended {
            return Poll::Ready(Ok(None));
        }
        let row = ready!(self.rows.as_mut().poll_next(context)).transpose();
        self.ended = !matches!(row, Ok(Some(_)));
        Poll::Ready(row)
    }

    /// Reads to the end, and tells how many rows were matched. Cut off, it can be called again.
    pub(crate) async fn finish(&mut self) -> Result<u64, Error> {
        self.ahead = None;
        while !self.ended {
            self.ended = self.rows.try_next().await?.is_none();
        }
        Ok(self.rows.rows_affected().unwrap_or_default())
    }
}
