use bindery_core::value::ValueRef;

use crate::epoch;
use crate::problem::Problem;
use crate::reader::malformed;

/// A type whose values stand in a row as bindery gives them out, or are a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Borrowed {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Text,
    Char,
    Bytea,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Uuid,
    Json,
    Jsonb,
}

impl Borrowed {
    #[inline]
    pub(crate) fn value(self, bytes: &[u8]) -> Result<ValueRef<'_>, Problem> {
        Ok(match self {
            Borrowed::Bool => ValueRef::Bool(fixed::<1>(bytes)? != [0]),
            Borrowed::Int2 => ValueRef::I64(i16::from_be_bytes(fixed(bytes)?).into()),
            Borrowed::Int4 => ValueRef::I64(i32::from_be_bytes(fixed(bytes)?).into()),
            Borrowed::Int8 => ValueRef::I64(i64::from_be_bytes(fixed(bytes)?)),
            Borrowed::Oid => ValueRef::I64(u32::from_be_bytes(fixed(bytes)?).into()),
            Borrowed::Float4 => ValueRef::F64(f32::from_be_bytes(fixed(bytes)?).into()),
            Borrowed::Float8 => ValueRef::F64(f64::from_be_bytes(fixed(bytes)?)),
            Borrowed::Text => ValueRef::Text(text(bytes)?),
            // One byte, of which 0 is the empty text.
            Borrowed::Char => ValueRef::Text(text(if bytes == [0] { &[] } else { bytes })?),
            Borrowed::Bytea => ValueRef::Bytes(bytes),
            Borrowed::Date => ValueRef::Date(epoch::from_date(i32::from_be_bytes(fixed(bytes)?)).ok_or_else(|| infinite("date"))?),
            Borrowed::Time => ValueRef::Time(time(i64::from_be_bytes(fixed(bytes)?))?),
            Borrowed::Timestamp => ValueRef::DateTime(moment(fixed(bytes)?, "timestamp")?),
            Borrowed::TimestampTz => ValueRef::Timestamp(moment(fixed(bytes)?, "timestamptz")?),
            Borrowed::Uuid => ValueRef::Uuid(fixed(bytes)?),
            Borrowed::Json => ValueRef::Json(text(bytes)?),
            Borrowed::Jsonb => match bytes {
                [1, json @ ..] => ValueRef::Json(text(json)?),
                _ => return Err(malformed()),
            },
        })
    }
}

#[inline]
fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Problem> {
    bytes.try_into().map_err(|_| malformed())
}

#[inline]
pub(super) fn text(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes)
        .map_err(|_| "the text is not UTF-8: `client_encoding` was changed on this connection, set it to `UTF8` again".into())
}

fn time(micros: i64) -> Result<i64, Problem> {
    if epoch::is_time(micros) {
        Ok(micros)
    } else {
        Err("the time is 24:00, which no time of one day is: select it as text (`column::text`)".into())
    }
}

#[inline]
fn moment(bytes: [u8; 8], name: &str) -> Result<i64, Problem> {
    let micros = epoch::from_timestamp(i64::from_be_bytes(bytes)).ok_or_else(|| infinite(name))?;
    i64::try_from(micros).map_err(|_| {
        format!(
            "the {name} is after the year 294246, which 64 bits of microseconds since 1970 don't hold: select it as text (`column::text`)"
        )
        .into()
    })
}

fn infinite(name: &str) -> Problem {
    format!("the {name} is infinite, which no date of a calendar is: filter it out, or select it as text (`column::text`)").into()
}
