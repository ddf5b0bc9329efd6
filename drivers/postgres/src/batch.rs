use std::error::Error as StdError;
use std::ops::Range;
use std::sync::Arc;

use bindery_core::engine::{Batch, ColumnInfo};
use bindery_core::value::{Value, ValueRef};
use bindery_core::{Error, ErrorKind, Result};
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Column, Row};

use crate::decode::{Decoder, sql_type};
use crate::problem::Problem;

/// The columns of a result.
pub(crate) fn columns(columns: &[Column]) -> Arc<[ColumnInfo]> {
    let info = |column: &Column| {
        let info = ColumnInfo::new(column.name());
        match sql_type(column.type_()) {
            Some(sql_type) => info.with_type(sql_type),
            None => info,
        }
    };
    columns.iter().map(info).collect()
}

/// Some rows as the client library holds them. A value that stands there in the form that bindery gives out is borrowed from it; the
/// others (numeric, arrays, the server's own types) are made when the batch is.
pub(crate) struct RowBatch {
    rows: Vec<Row>,
    decoders: Decoders,
    /// for each column those of each row; none where its decoder borrows
    made: Vec<Vec<Made>>,
    text: String,
}

/// How the columns of a result are read: the same for each batch, and for each run of a prepared statement.
#[derive(Clone)]
pub(crate) struct Decoders(Arc<[ColumnDecoder]>);

struct ColumnDecoder {
    ty: Type,
    decoder: Decoder,
}

impl Decoders {
    pub(crate) fn of(columns: &[Column]) -> Self {
        let decoder = |column: &Column| ColumnDecoder { ty: column.type_().clone(), decoder: Decoder::of(column.type_()) };
        Decoders(columns.iter().map(decoder).collect())
    }
}

impl ColumnDecoder {
    fn borrows(&self) -> bool {
        matches!(self.decoder, Decoder::Borrowed(_))
    }
}

/// A value that had to be made; its text stands in the batch's.
enum Made {
    Null,
    Decimal(Range<usize>),
    Other(Range<usize>),
    Array(Vec<Value>),
    Failed(Problem),
}

impl RowBatch {
    /// Rows of one result, whose columns these decoders are for.
    pub(crate) fn new(rows: Vec<Row>, decoders: Decoders) -> Self {
        let mut text = String::new();
        let mut made = Vec::new();
        if !decoders.0.iter().all(ColumnDecoder::borrows) {
            let column = |(index, column): (usize, &ColumnDecoder)| match column.borrows() {
                true => Vec::new(),
                false => rows.iter().map(|row| make(&column.decoder, cell(row, index), &mut text)).collect(),
            };
            made = decoders.0.iter().enumerate().map(column).collect();
        }
        RowBatch { rows, decoders, made, text }
    }

    #[cold]
    fn no_cell(&self, row: usize, column: usize) -> Error {
        let (rows, columns) = (self.rows.len(), self.decoders.0.len());
        let message = format!("there is no cell in row {row}, column {column}: the batch has {rows} rows of {columns}");
        Error::new(ErrorKind::Decode, message)
    }

    /// A value that had to be made.
    fn made<'a>(&'a self, row: usize, column: usize, ty: &'a Type) -> Result<ValueRef<'a>, Problem> {
        match self.made.get(column).and_then(|made| made.get(row)) {
            Some(Made::Decimal(range)) => Ok(ValueRef::Decimal(&self.text[range.clone()])),
            Some(Made::Other(range)) => Ok(ValueRef::Other { type_name: ty.name(), text: &self.text[range.clone()] }),
            Some(Made::Array(values)) => Ok(ValueRef::Array(values)),
            Some(Made::Failed(problem)) => Err(problem.clone()),
            Some(Made::Null) | None => Ok(ValueRef::Null),
        }
    }
}

fn make(decoder: &Decoder, bytes: Result<Option<&[u8]>, Problem>, text: &mut String) -> Made {
    let start = text.len();
    let made = match bytes {
        Ok(None) => Ok(Made::Null),
        Ok(Some(bytes)) => match decoder {
            Decoder::Array(element) => element.array(bytes).map(Made::Array),
            Decoder::Numeric => decoder.render(bytes, text).map(|()| Made::Decimal(start..text.len())),
            Decoder::Borrowed(_) | Decoder::Rendered(_) => decoder.render(bytes, text).map(|()| Made::Other(start..text.len())),
        },
        Err(problem) => Err(problem),
    };
    made.unwrap_or_else(|problem| {
        text.truncate(start);
        Made::Failed(problem)
    })
}

impl Batch for RowBatch {
    fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
        let (Some(cells), Some(decoder)) = (self.rows.get(row), self.decoders.0.get(column)) else {
            return Err(self.no_cell(row, column));
        };
        match &decoder.decoder {
            Decoder::Borrowed(borrowed) => match cell(cells, column) {
                Ok(Some(bytes)) => borrowed.value(bytes).map_err(failed),
                Ok(None) => Ok(ValueRef::Null),
                Err(problem) => Err(failed(problem)),
            },
            _ => self.made(row, column, &decoder.ty).map_err(failed),
        }
    }
}

#[cold]
fn failed(problem: Problem) -> Error {
    Error::new(ErrorKind::Decode, problem)
}

/// The bytes of a cell; `None` is NULL.
#[inline]
fn cell(row: &Row, column: usize) -> Result<Option<&[u8]>, Problem> {
    match row.try_get::<_, Bytes<'_>>(column) {
        Ok(Bytes(bytes)) => Ok(bytes),
        Err(_) => Err("the row has fewer values than the result has columns".into()),
    }
}

/// A value of any type, as it came.
struct Bytes<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Bytes<'a> {
    #[inline]
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Bytes(Some(bytes)))
    }

    #[inline]
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Bytes(None))
    }

    #[inline]
    fn accepts(_: &Type) -> bool {
        true
    }
}
