use bindery_core::engine::Batch;
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
    cells: Vec<Cell>,
    text: String,
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

impl RowBatch {
    /// An empty batch for rows of this many columns, with room for as much as the batch before it held.
    pub(crate) fn after(before: &RowBatch) -> Self {
        RowBatch {
            width: before.width,
            rows: 0,
            cells: Vec::with_capacity(before.cells.len()),
            text: String::with_capacity(before.text.len()),
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
                SqliteValue::Text(bytes) => match (std::str::from_utf8(bytes), u32::try_from(bytes.len())) {
                    (Ok(text), Ok(len)) => {
                        let start = self.text.len();
                        self.text.push_str(text);
                        Cell::Text { start, len }
                    }
                    (Err(_), _) => Cell::InvalidText,
                    (Ok(_), Err(_)) => Cell::TooLong,
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
}

impl Batch for RowBatch {
    fn len(&self) -> usize {
        self.rows
    }

    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
        let cell = if row < self.rows && column < self.width { self.cells.get(row * self.width + column) } else { None };
        let value = match cell {
            Some(Cell::Null) => Some(ValueRef::Null),
            Some(Cell::Integer(value)) => Some(ValueRef::I64(*value)),
            Some(Cell::Real(value)) => Some(ValueRef::F64(*value)),
            Some(Cell::Text { start, len }) => self.text.get(*start..*start + *len as usize).map(ValueRef::Text),
            Some(Cell::Blob { start, len }) => self.blobs.get(*start..*start + *len as usize).map(ValueRef::Bytes),
            Some(Cell::InvalidText) => {
                return Err(Error::new(ErrorKind::Decode, "the text is not UTF-8: read it as bytes by CAST(… AS BLOB)"));
            }
            Some(Cell::TooLong) => return Err(Error::new(ErrorKind::Decode, "the value is longer than 4 GiB")),
            None => None,
        };
        value.ok_or_else(|| {
            let message = format!("there is no cell in row {row}, column {column}: the batch has {} rows of {}", self.rows, self.width);
            Error::new(ErrorKind::Decode, message)
        })
    }
}
