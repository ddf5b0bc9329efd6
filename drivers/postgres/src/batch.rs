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
    columns: Vec<ColumnDecoder>,
    text: String,
}

struct ColumnDecoder {
    ty: Type,
    decoder: Decoder,
    /// one for each row, where the decoder borrows nothing
    made: Vec<Made>,
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
    /// The rows of one result; all have the same columns.
    pub(crate) fn new(rows: Vec<Row>) -> Self {
        let mut text = String::new();
        let columns = rows.first().map_or(&[][..], Row::columns).iter().enumerate().map(|(index, column)| {
            let ty = column.type_().clone();
            let decoder = Decoder::of(&ty);
            let made = match decoder {
                Decoder::Borrowed(_) => Vec::new(),
                Decoder::Numeric | Decoder::Array(_) | Decoder::Rendered(_) => {
                    rows.iter().map(|row| make(&decoder, cell(row, index), &mut text)).collect()
                }
            };
            ColumnDecoder { ty, decoder, made }
        });
        let columns = columns.collect();
        RowBatch { rows, columns, text }
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
        let (Some(cells), Some(decoder)) = (self.rows.get(row), self.columns.get(column)) else {
            let (rows, columns) = (self.rows.len(), self.columns.len());
            let message = format!("there is no cell in row {row}, column {column}: the batch has {rows} rows of {columns}");
            return Err(Error::new(ErrorKind::Decode, message));
        };
        let value = match &decoder.decoder {
            Decoder::Borrowed(borrowed) => match cell(cells, column) {
                Ok(Some(bytes)) => borrowed.value(bytes),
                Ok(None) => Ok(ValueRef::Null),
                Err(problem) => Err(problem),
            },
            _ => decoder.made(row, &self.text),
        };
        value.map_err(failed)
    }
}

impl ColumnDecoder {
    fn made<'a>(&'a self, row: usize, text: &'a str) -> Result<ValueRef<'a>, Problem> {
        match self.made.get(row) {
            Some(Made::Decimal(range)) => Ok(ValueRef::Decimal(&text[range.clone()])),
            Some(Made::Other(range)) => Ok(ValueRef::Other { type_name: self.ty.name(), text: &text[range.clone()] }),
            Some(Made::Array(values)) => Ok(ValueRef::Array(values)),
            Some(Made::Failed(problem)) => Err(problem.clone()),
            Some(Made::Null) | None => Ok(ValueRef::Null),
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
