//! Parameters: bindery's values as SQLite's.

use std::borrow::Cow;

use bindery_core::engine::Param;
use bindery_core::value::ValueRef as CoreValue;
use bindery_core::{Error, ErrorKind, Result};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::error::{from_sqlite, internal};

/// The parameters of one statement: borrowed for a run on the caller's thread, owned for one on the blocking pool.
#[derive(Clone, Copy)]
pub(crate) enum Arguments<'a> {
    Borrowed(&'a [Param<'a>]),
    Owned(&'a [Value]),
}

impl Arguments<'_> {
    pub(crate) fn bind(self, statement: &mut rusqlite::Statement<'_>) -> Result<()> {
        let given = match self {
            Arguments::Borrowed(params) => params.len(),
            Arguments::Owned(values) => values.len(),
        };
        let wanted = statement.parameter_count();
        if given != wanted {
            let message = format!("the statement has {wanted} placeholders, and {given} parameters were given");
            return Err(Error::new(ErrorKind::InvalidStatement, message));
        }
        for index in 0..given {
            let bound = match self {
                Arguments::Borrowed(params) => statement.raw_bind_parameter(index + 1, encode_param(index, &params[index])?),
                Arguments::Owned(values) => statement.raw_bind_parameter(index + 1, &values[index]),
            };
            bound.map_err(from_sqlite)?;
        }
        Ok(())
    }
}

/// The parameters as values of their own, which can go to another thread.
pub(crate) fn to_owned(params: &[Param<'_>]) -> Result<Vec<Value>> {
    let owned = |(index, param): (usize, &Param<'_>)| match encode_param(index, param)? {
        ToSqlOutput::Borrowed(value) => Value::try_from(value).map_err(|_| internal("a parameter's text is not UTF-8")),
        ToSqlOutput::Owned(value) => Ok(value),
        _ => Err(internal("a parameter was encoded as neither borrowed nor owned")),
    };
    params.iter().enumerate().map(owned).collect()
}

/// One parameter as SQLite keeps it.
fn encode_param<'a>(index: usize, param: &Param<'a>) -> Result<ToSqlOutput<'a>> {
    encode(index, param.value).map_err(|error| match param.column {
        Some(column) => error.at_column(column),
        None => error,
    })
}

/// One value as SQLite keeps it.
fn encode(index: usize, value: CoreValue<'_>) -> Result<ToSqlOutput<'_>> {
    let refused = |kind, problem: &str| Err(Error::new(kind, format!("parameter {}: {problem}", index + 1)));
    let value = match value {
        CoreValue::Null => ValueRef::Null,
        CoreValue::Bool(value) => ValueRef::Integer(value.into()),
        CoreValue::I64(value) => ValueRef::Integer(value),
        CoreValue::U64(value) => match i64::try_from(value) {
            Ok(value) => ValueRef::Integer(value),
            Err(_) => return refused(ErrorKind::InvalidValue, "SQLite's integers end at 9223372036854775807 (i64::MAX)"),
        },
        CoreValue::F64(value) if value.is_nan() => {
            return refused(ErrorKind::InvalidValue, "SQLite has no NaN: it would store NULL");
        }
        CoreValue::F64(value) => ValueRef::Real(value),
        CoreValue::Bytes(value) => ValueRef::Blob(value),
        CoreValue::Array(_) => {
            return refused(ErrorKind::Unsupported, "SQLite has no arrays: keep them as JSON, or in a table of their own");
        }
        CoreValue::Date(_) | CoreValue::Time(_) | CoreValue::DateTime(_) | CoreValue::Timestamp(_) => match value.to_text() {
            Some(text) => return Ok(ToSqlOutput::Owned(Value::Text(text.into_owned()))),
            None => {
                let problem = "SQLite keeps dates and times as text, which has the years 0000 to 9999 and times of one day only";
                return refused(ErrorKind::InvalidValue, problem);
            }
        },
        other => match other.to_text() {
            Some(Cow::Borrowed(text)) => ValueRef::Text(text.as_bytes()),
            Some(Cow::Owned(text)) => return Ok(ToSqlOutput::Owned(Value::Text(text))),
            None => return refused(ErrorKind::Unsupported, &format!("SQLite can't store {}", other.kind_name())),
        },
    };
    Ok(ToSqlOutput::Borrowed(value))
}
