use std::sync::Arc;

use bindery_core::engine::{Cells, ColumnInfo};
use bindery_core::value::{SqlType, ValueRef, calendar};
use bindery_core::{Error, ErrorKind, Result};
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Row, Value};

/// The number of the character set `binary`: what has it is bytes, else text.
const BINARY: u16 = 63;
/// The most digits behind a decimal's point.
const MOST_SCALE: u8 = 30;
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// How the cells of one column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoder {
    Number,
    Decimal,
    /// With as many digits behind the point as there can be: of a column without a scale of its own, whose zeros at the end mean nothing.
    LongDecimal,
    Text,
    Bytes,
    Json,
    Bits,
    Date,
    DateTime,
    Timestamp,
    Time,
}

impl Decoder {
    fn of(column: &Column) -> Self {
        use ColumnType as C;
        match column.column_type() {
            C::MYSQL_TYPE_DECIMAL | C::MYSQL_TYPE_NEWDECIMAL if column.decimals() == MOST_SCALE => Decoder::LongDecimal,
            C::MYSQL_TYPE_DECIMAL | C::MYSQL_TYPE_NEWDECIMAL => Decoder::Decimal,
            C::MYSQL_TYPE_JSON => Decoder::Json,
            C::MYSQL_TYPE_BIT => Decoder::Bits,
            C::MYSQL_TYPE_DATE | C::MYSQL_TYPE_NEWDATE => Decoder::Date,
            C::MYSQL_TYPE_DATETIME | C::MYSQL_TYPE_DATETIME2 => Decoder::DateTime,
            C::MYSQL_TYPE_TIMESTAMP | C::MYSQL_TYPE_TIMESTAMP2 => Decoder::Timestamp,
            C::MYSQL_TYPE_TIME | C::MYSQL_TYPE_TIME2 => Decoder::Time,
            C::MYSQL_TYPE_VARCHAR
            | C::MYSQL_TYPE_VAR_STRING
            | C::MYSQL_TYPE_STRING
            | C::MYSQL_TYPE_ENUM
            | C::MYSQL_TYPE_SET
            | C::MYSQL_TYPE_TINY_BLOB
            | C::MYSQL_TYPE_MEDIUM_BLOB
            | C::MYSQL_TYPE_LONG_BLOB
            | C::MYSQL_TYPE_BLOB
                if column.character_set() != BINARY =>
            {
                Decoder::Text
            }
            C::MYSQL_TYPE_VARCHAR
            | C::MYSQL_TYPE_VAR_STRING
            | C::MYSQL_TYPE_STRING
            | C::MYSQL_TYPE_TINY_BLOB
            | C::MYSQL_TYPE_MEDIUM_BLOB
            | C::MYSQL_TYPE_LONG_BLOB
            | C::MYSQL_TYPE_BLOB
            | C::MYSQL_TYPE_GEOMETRY => Decoder::Bytes,
            _ => Decoder::Number,
        }
    }
}

/// The columns of a result, and how each is read.
pub(crate) fn columns(columns: &[Column]) -> (Arc<[ColumnInfo]>, Arc<[Decoder]>) {
    let info = |column: &Column| {
        let info = ColumnInfo::new(column.name_str());
        match sql_type(column) {
            Some(sql_type) => info.with_type(sql_type),
            None => info,
        }
    };
    (columns.iter().map(info).collect(), columns.iter().map(Decoder::of).collect())
}

/// The type of a column, as [`Dialect::mysql`](bindery_core::engine::Dialect::mysql) would make it.
fn sql_type(column: &Column) -> Option<SqlType> {
    use ColumnType as C;
    let unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    let integer = |signed, without_sign| Some(if unsigned { without_sign } else { signed });
    match (column.column_type(), Decoder::of(column)) {
        (C::MYSQL_TYPE_TINY, _) if column.column_length() == 1 => Some(SqlType::Bool),
        (C::MYSQL_TYPE_TINY, _) => integer(SqlType::I8, SqlType::U8),
        (C::MYSQL_TYPE_SHORT, _) => integer(SqlType::I16, SqlType::U16),
        (C::MYSQL_TYPE_LONG | C::MYSQL_TYPE_INT24, _) => integer(SqlType::I32, SqlType::U32),
        (C::MYSQL_TYPE_LONGLONG, _) => integer(SqlType::I64, SqlType::U64),
        (C::MYSQL_TYPE_YEAR, _) => Some(SqlType::U16),
        (C::MYSQL_TYPE_FLOAT, _) => Some(SqlType::F32),
        (C::MYSQL_TYPE_DOUBLE, _) => Some(SqlType::F64),
        (_, Decoder::Bits) => Some(SqlType::U64),
        (_, Decoder::Decimal | Decoder::LongDecimal) => Some(SqlType::Decimal),
        (_, Decoder::Text) => Some(SqlType::Text),
        (_, Decoder::Bytes) => Some(SqlType::Bytes),
        (_, Decoder::Json) => Some(SqlType::Json),
        (_, Decoder::Date) => Some(SqlType::Date),
        (_, Decoder::DateTime) => Some(SqlType::DateTime),
        (_, Decoder::Timestamp) => Some(SqlType::Timestamp),
        (_, Decoder::Time) => Some(SqlType::Time),
        (_, Decoder::Number) => None,
    }
}

/// One row as the client library holds it.
pub(crate) struct RowCells<'a> {
    pub(crate) row: &'a Row,
    pub(crate) decoders: &'a [Decoder],
}

impl RowCells<'_> {
    /// About how many bytes the row has.
    pub(crate) fn size(&self) -> usize {
        let size = |column| match self.row.as_ref(column) {
            Some(Value::Bytes(bytes)) => bytes.len(),
            _ => size_of::<u64>(),
        };
        (0..self.decoders.len()).map(size).sum()
    }
}

impl Cells for RowCells<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        match (self.row.as_ref(column), self.decoders.get(column)) {
            (Some(value), Some(decoder)) => decode(value, *decoder),
            _ => Err(decode_error(format!("there is no column {column}, counted from 0: the row has {}", self.decoders.len()))),
        }
    }
}

fn decode(value: &Value, decoder: Decoder) -> Result<ValueRef<'_>> {
    Ok(match (value, decoder) {
        (Value::NULL, _) => ValueRef::Null,
        (Value::Int(value), _) => ValueRef::I64(*value),
        (Value::UInt(value), _) => i64::try_from(*value).map_or(ValueRef::U64(*value), ValueRef::I64),
        (Value::Float(value), _) => ValueRef::F64((*value).into()),
        (Value::Double(value), _) => ValueRef::F64(*value),
        (Value::Bytes(bytes), Decoder::Bytes) => ValueRef::Bytes(bytes),
        (Value::Bytes(bytes), Decoder::Bits) => {
            let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            i64::try_from(bits).map_or(ValueRef::U64(bits), ValueRef::I64)
        }
        (Value::Bytes(bytes), Decoder::Decimal) => ValueRef::Decimal(text(bytes)?),
        (Value::Bytes(bytes), Decoder::LongDecimal) => ValueRef::Decimal(without_zeros(text(bytes)?)),
        (Value::Bytes(bytes), Decoder::Json) => ValueRef::Json(text(bytes)?),
        (Value::Bytes(bytes), _) => ValueRef::Text(text(bytes)?),
        (Value::Date(year, month, day, ..), Decoder::Date) => ValueRef::Date(days(*year, *month, *day)?),
        (Value::Date(year, month, day, hour, minute, second, micros), decoder) => {
            let clock = (i64::from(*hour) * 60 + i64::from(*minute)) * 60 + i64::from(*second);
            let moment = i64::from(days(*year, *month, *day)?) * MICROS_PER_DAY + clock * MICROS_PER_SECOND + i64::from(*micros);
            if decoder == Decoder::Timestamp { ValueRef::Timestamp(moment) } else { ValueRef::DateTime(moment) }
        }
        (Value::Time(negative, days, hours, minutes, seconds, micros), _) => {
            let hours = i64::from(*days) * 24 + i64::from(*hours);
            let time = ((hours * 60 + i64::from(*minutes)) * 60 + i64::from(*seconds)) * MICROS_PER_SECOND + i64::from(*micros);
            if (*negative && time != 0) || time >= MICROS_PER_DAY {
                return Err(decode_error("the TIME is none of one day: read it as `time_to_sec(…)`, or cast it to `char`"));
            }
            ValueRef::Time(time)
        }
    })
}

fn without_zeros(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// Days since 1970-01-01.
fn days(year: u16, month: u8, day: u8) -> Result<i32> {
    calendar::days_from_civil(year.into(), month.into(), day.into())
        .ok_or_else(|| decode_error("the date has a part that is zero, which is no day: make it NULL"))
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| decode_error("the text is not UTF-8").with_source(error))
}

#[cold]
fn decode_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Decode, message)
}
