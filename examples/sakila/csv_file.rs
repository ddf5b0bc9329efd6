//! A CSV file as the result of a query: models are made from it as they are from a database.

use std::path::Path;

use bindery::engine::{ColumnInfo, Row};
use bindery::schema::{Column, Model, Table};
use bindery::value::{SqlType, Value};
use bindery::{Error, ErrorKind, Result};
use csv_core::ReadFieldResult;

/// The rows of `FOLDER/TABLE.csv`, for the model's table.
pub(crate) fn read<M: Model>(folder: &Path) -> Result<Vec<M>> {
    let table = M::table();
    let path = folder.join(format!("{}.csv", table.name()));
    let read = || -> Result<Vec<M>> {
        let text = std::fs::read(&path).map_err(|error| malformed(format!("`{}` can't be read", path.display())).with_source(error))?;
        let rows = rows(text, table)?;
        let columns = table.columns().iter().map(|column| ColumnInfo::new(column.name())).collect();
        rows.iter().map(|row| M::from_row(&Row::new(row, &columns))).collect()
    };
    read().map_err(|error| error.at_table(table.name()))
}

/// The cells of a file, each of its column's type.
fn rows(text: Vec<u8>, table: &Table) -> Result<Vec<Vec<Value>>> {
    let mut records = records(text)?.into_iter();
    let names: Vec<_> = table.columns().iter().map(|column| Some(column.name().to_owned())).collect();
    if records.next().as_ref() != Some(&names) {
        return Err(malformed("the first line of the file is not the names of the table's columns"));
    }
    let cells = |record: Vec<Option<String>>| {
        if record.len() != names.len() {
            return Err(malformed(format!("the file has a row of {} fields, and the table has {} columns", record.len(), names.len())));
        }
        record.into_iter().zip(table.columns()).map(|(text, column)| cell(text, column)).collect()
    };
    records.map(cells).collect()
}

/// Every line, taken apart; `None` is an empty field without quotes. The csv crate gives that and `""` as the same, so this uses the
/// parser beneath it, which says how much of the text each field took.
fn records(mut text: Vec<u8>) -> Result<Vec<Vec<Option<String>>>> {
    // A field that ends with the text and not with a line would come in two parts; an empty line is skipped.
    text.push(b'\n');
    let (mut rest, mut field) = (text.as_slice(), vec![0; text.len()]);
    let (mut records, mut record) = (Vec::new(), Vec::new());
    let mut parser = csv_core::Reader::new();
    loop {
        let (result, read, written) = parser.read_field(rest, &mut field);
        let quoted = rest[..read].contains(&b'"');
        rest = &rest[read..];
        match result {
            ReadFieldResult::Field { record_end } => {
                let text = std::str::from_utf8(&field[..written]).map_err(|error| malformed("the file is not UTF-8").with_source(error))?;
                record.push((quoted || !text.is_empty()).then(|| text.to_owned()));
                if record_end {
                    records.push(std::mem::take(&mut record));
                }
            }
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {} // the next call gives `End`: a field is never larger than the text
            ReadFieldResult::End => return Ok(records),
        }
    }
}

/// Numbers, booleans and bytes are told by their column; everything else reads itself from text.
fn cell(text: Option<String>, column: &Column) -> Result<Value> {
    let Some(text) = text else { return Ok(Value::Null) };
    let value = match column.sql_type() {
        SqlType::I16 | SqlType::I32 | SqlType::Bool => text.parse().ok().map(Value::I64),
        SqlType::Bytes => text.strip_prefix("\\x").and_then(bytes).map(Value::Bytes),
        _ => Some(Value::Text(text)),
    };
    value.ok_or_else(|| malformed(format!("the file has a value that is not {}", column.sql_type())).at_column(column.name()))
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Decode, message)
}
