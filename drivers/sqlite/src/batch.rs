use std::ops::ControlFlow;

use bindery_core::engine::{Cells, EachRow};
use bindery_core::value::ValueRef;
use bindery_core::{Error, ErrorKind, Result};
use rusqlite::types::ValueRef as SqliteValue;

use crate::error::from_sqlite;
use crate::handle::Limits;

/// Some rows, copied out of SQLite: one cell of 16 bytes for each value, all text in one buffer and all blobs in another, so
/// that nothing is allocated per cell.
#[derive(Debug, Default)]
pub(crate) struct RowBatch {
    width: usize,
    rows: usize,
    /// The rows before this one were given.
    next: usize,
    cells: Vec<Cell>,
    text: String,
    blobs: Vec<u8>,
}

/// A batch that is being filled. Its text is checked as a whole at the end, which is faster than value by value.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    width: usize,
    rows: usize,
    cells: Vec<Cell>,
    text: Vec<u8>,
    blobs: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    // SQLite's values end at 2 GiB, a buffer doesn't.
    Text { start: usize, len: u32 },
    Blob { start: usize, len: u32 },
    InvalidText,
    TooLong,
}

impl Filling {
    /// An empty batch with room for as much as the batch before it held.
    pub(crate) fn after(before: &Filling) -> Self {
        Filling {
            width: before.width,
            rows: 0,
            cells: Vec::with_capacity(before.cells.len()),
            text: Vec::with_capacity(before.text.len()),
            blobs: Vec::with_capacity(before.blobs.len()),
        }
    }

    pub(crate) fn push(&mut self, row: &rusqlite::Row<'_>, width: usize) -> Result<()> {
        self.width = width;
        for column in 0..width {
            let cell = match row.get_ref(column).map_err(from_sqlite)? {
                SqliteValue::Null => Cell::Null,
                SqliteValue::Integer(value) => Cell::Integer(value),
                SqliteValue::Real(value) => Cell::Real(value),
                SqliteValue::Text(bytes) => match u32::try_from(bytes.len()) {
                    Ok(len) => {
                        let start = self.text.len();
                        self.text.extend_from_slice(bytes);
                        Cell::Text { start, len }
                    }
                    Err(_) => Cell::TooLong,
                },
                SqliteValue::Blob(bytes) => match u32::try_from(bytes.len()) {
                    Ok(len) => {
                        let start = self.blobs.len();
                        self.blobs.extend_from_slice(bytes);
                        Cell::Blob { start, len }
                    }
                    Err(_) => Cell::TooLong,
                },
            };
            self.cells.push(cell);
        }
        self.rows += 1;
        Ok(())
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether it holds as many rows, or as many bytes of text and blobs, as a batch may.
    pub(crate) fn is_full(&self, limits: Limits) -> bool {
        self.rows >= limits.rows || self.text.len() + self.blobs.len() >= limits.bytes
    }

    /// The batch, filled.
    pub(crate) fn finish(mut self) -> RowBatch {
        let text = String::from_utf8(self.text).unwrap_or_else(|invalid| {
            // Some value is not UTF-8: find out which, and keep the others.
            let bytes = invalid.into_bytes();
            let mut text = String::with_capacity(bytes.len());
            for cell in &mut self.cells {
                if let Cell::Text { start, len } = *cell {
                    *cell = match bytes.get(start..start + len as usize).map(std::str::from_utf8) {
                        Some(Ok(valid)) => {
                            text.push_str(valid);
                            Cell::Text { start: text.len() - valid.len(), len }
                        }
                        _ => Cell::InvalidText,
                    };
                }
            }
            text
        });
        RowBatch { width: self.width, rows: self.rows, next: 0, cells: self.cells, text, blobs: self.blobs }
    }
}

impl RowBatch {
    /// Gives the rows that were not given yet. It breaks where `each` does.
    pub(crate) fn give(&mut self, each: &mut EachRow<'_>) -> ControlFlow<()> {
        while self.next < self.rows {
            self.next += 1;
            each(&RowCells { batch: self, row: self.next - 1 })?;
        }
        ControlFlow::Continue(())
    }
}

/// One row of a batch.
struct RowCells<'a> {
    batch: &'a RowBatch,
    row: usize,
}

impl Cells for RowCells<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        let RowBatch { width, cells, text, blobs, .. } = self.batch;
        let cell = if column < *width { cells.get(self.row * width + column) } else { None };
        let value = match cell {
            Some(Cell::Null) => Some(ValueRef::Null),
            Some(Cell::Integer(value)) => Some(ValueRef::I64(*value)),
            Some(Cell::Real(value)) => Some(ValueRef::F64(*value)),
            // No such text: two values, each not UTF-8, that are UTF-8 together.
            Some(Cell::Text { start, len }) => Some(ValueRef::Text(text.get(*start..*start + *len as usize).ok_or_else(not_utf8)?)),
            Some(Cell::Blob { start, len }) => blobs.get(*start..*start + *len as usize).map(ValueRef::Bytes),
            Some(Cell::InvalidText) => return Err(not_utf8()),
            Some(Cell::TooLong) => return Err(Error::new(ErrorKind::Decode, "the value is longer than 4 GiB")),
            None => None,
        };
        value.ok_or_else(|| Error::new(ErrorKind::Decode, format!("there is no column {column}, counted from 0: the row has {width}")))
    }
}

fn not_utf8() -> Error {
    Error::new(ErrorKind::Decode, "the text is not UTF-8: read it as bytes by CAST(… AS BLOB)")
}
