use std::error::Error as StdError;
use std::ops::Range;
use std::sync::Arc;

use bindery_core::engine::{Cells, ColumnInfo};
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

/// How the columns of a result are read: the same for each row, and for each run of a prepared statement.
#[derive(Clone)]
pub(crate) struct Decoders {
    columns: Arc<[ColumnDecoder]>,
    /// No value has to be made.
    all_borrow: bool,
}

struct ColumnDecoder {
    ty: Type,
    decoder: Decoder,
}

impl Decoders {
    pub(crate) fn of(columns: &[Column]) -> Self {
        let decoder = |column: &Column| ColumnDecoder { ty: column.type_().clone(), decoder: Decoder::of(column.type_()) };
        let columns: Arc<[ColumnDecoder]> = columns.iter().map(decoder).collect();
        let all_borrow = columns.iter().all(|column| matches!(column.decoder, Decoder::Borrowed(_)));
        Decoders { columns, all_borrow }
    }
}

/// One row as the client library holds it. A value that stands there in the form that bindery gives out is borrowed from it; the others
/// (numeric, arrays, the server's own types) are made first.
pub(crate) struct RowCells<'a> {
    row: &'a Row,
    decoders: &'a [ColumnDecoder],
    made: &'a Made,
}

/// The values of one row that had to be made: kept from row to row, for its room.
#[derive(Default)]
pub(crate) struct Made {
    /// of each column
    values: Vec<MadeValue>,
    text: String,
}

/// A value that had to be made; its text stands beside.
enum MadeValue {
    Null,
    Decimal(Range<usize>),
    Other(Range<usize>),
    Array(Vec<Value>),
    Failed(Problem),
}

impl<'a> RowCells<'a> {
    /// A row of the result that these decoders are for.
    pub(crate) fn new(row: &'a Row, decoders: &'a Decoders, made: &'a mut Made) -> Self {
        if !decoders.all_borrow {
            made.make(row, &decoders.columns);
        }
        RowCells { row, decoders: &decoders.columns, made }
    }

    #[cold]
    fn no_cell(&self, column: usize) -> Error {
        Error::new(ErrorKind::Decode, format!("there is no column {column}, counted from 0: the row has {}", self.decoders.len()))
    }
}

impl Cells for RowCells<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        let Some(ColumnDecoder { ty, decoder }) = self.decoders.get(column) else { return Err(self.no_cell(column)) };
        match decoder {
            Decoder::Borrowed(borrowed) => match cell(self.row, column) {
                Ok(Some(bytes)) => borrowed.value(bytes).map_err(failed),
                Ok(None) => Ok(ValueRef::Null),
                Err(problem) => Err(failed(problem)),
            },
            _ => self.made.value(column, ty).map_err(failed),
        }
    }
}

impl Made {
    fn make(&mut self, row: &Row, decoders: &[ColumnDecoder]) {
        let Made { values, text } = self;
        text.clear();
        values.clear();
        values.extend(decoders.iter().enumerate().map(|(index, column)| match &column.decoder {
            Decoder::Borrowed(_) => MadeValue::Null,
            decoder => make(decoder, cell(row, index), text),
        }));
    }

    fn value<'a>(&'a self, column: usize, ty: &'a Type) -> Result<ValueRef<'a>, Problem> {
        match self.values.get(column) {
            Some(MadeValue::Decimal(range)) => Ok(ValueRef::Decimal(&self.text[range.clone()])),
            Some(MadeValue::Other(range)) => Ok(ValueRef::Other { type_name: ty.name(), text: &self.text[range.clone()] }),
            Some(MadeValue::Array(values)) => Ok(ValueRef::Array(values)),
            Some(MadeValue::Failed(problem)) => Err(problem.clone()),
            Some(MadeValue::Null) | None => Ok(ValueRef::Null),
        }
    }
}

fn make(decoder: &Decoder, bytes: Result<Option<&[u8]>, Problem>, text: &mut String) -> MadeValue {
    let start = text.len();
    let made = match bytes {
        Ok(None) => Ok(MadeValue::Null),
        Ok(Some(bytes)) => match decoder {
            Decoder::Array(element) => element.array(bytes).map(MadeValue::Array),
            Decoder::Numeric => decoder.render(bytes, text).map(|()| MadeValue::Decimal(start..text.len())),
            Decoder::Borrowed(_) | Decoder::Rendered(_) => decoder.render(bytes, text).map(|()| MadeValue::Other(start..text.len())),
        },
        Err(problem) => Err(problem),
    };
    made.unwrap_or_else(|problem| {
        text.truncate(start);
        MadeValue::Failed(problem)
    })
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
