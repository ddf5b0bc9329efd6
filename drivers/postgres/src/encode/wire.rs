use bindery_core::value::{Value, ValueRef};
use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, Kind, Type};

use super::text_form;
use crate::epoch;
use crate::numeric::{Numeric, put_integer};
use crate::problem::Problem;

/// What the server asks for, as far as the driver knows it in binary.
pub(super) enum Target<'t> {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    Text,
    Bytea,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Uuid,
    Json,
    Jsonb,
    /// of these elements
    Array(&'t Type),
    /// Anything else: the server parses its text.
    Parsed,
}

impl<'t> Target<'t> {
    pub(super) fn of(ty: &'t Type) -> Self {
        match *ty {
            Type::BOOL => Target::Bool,
            Type::INT2 => Target::Int2,
            Type::INT4 => Target::Int4,
            Type::INT8 => Target::Int8,
            Type::OID => Target::Oid,
            Type::FLOAT4 => Target::Float4,
            Type::FLOAT8 => Target::Float8,
            Type::NUMERIC => Target::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Target::Text,
            Type::BYTEA => Target::Bytea,
            Type::DATE => Target::Date,
            Type::TIME => Target::Time,
            Type::TIMESTAMP => Target::Timestamp,
            Type::TIMESTAMPTZ => Target::TimestampTz,
            Type::UUID => Target::Uuid,
            Type::JSON => Target::Json,
            Type::JSONB => Target::Jsonb,
            // These two are arrays that count from 0.
            Type::INT2_VECTOR | Type::OID_VECTOR => Target::Parsed,
            _ => match ty.kind() {
                Kind::Array(element) => Target::Array(element),
                Kind::Domain(base) => Target::of(base),
                Kind::Enum(_) => Target::Text,
                _ => Target::Parsed,
            },
        }
    }
}

/// A value as it goes to the server, checked against the type there.
pub(super) enum Wire<'a> {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Oid(u32),
    Float4(f32),
    Float8(f64),
    Integer { negative: bool, magnitude: u64 },
    Numeric(Numeric<'a>),
    Bytes(&'a [u8]),
    Jsonb(&'a str),
    Uuid([u8; 16]),
    Array(&'a [Value], &'a Type),
    Text(ValueRef<'a>),
}

impl<'a> Wire<'a> {
    /// The value in binary where the driver knows the type so. Else its text goes, and the server reads it as it reads a literal in
    /// quotes, except where that would change the value silently (`timestamptz '…'` as a date loses its time).
    pub(super) fn new(value: ValueRef<'a>, target: &Target<'a>, ty: &Type) -> Result<Wire<'a>, Problem> {
        use {Target as T, ValueRef as V};
        Ok(match (value, target) {
            (V::Null, _) => Wire::Null,
            (V::Bool(value), T::Bool) => Wire::Bool(value),
            (V::I64(value), T::Int2) => Wire::Int2(value.try_into().map_err(|_| beyond(ty))?),
            (V::I64(value), T::Int4) => Wire::Int4(value.try_into().map_err(|_| beyond(ty))?),
            (V::I64(value), T::Int8) => Wire::Int8(value),
            (V::I64(value), T::Oid) => Wire::Oid(value.try_into().map_err(|_| beyond(ty))?),
            (V::I64(value), T::Numeric) => Wire::Integer { negative: value < 0, magnitude: value.unsigned_abs() },
            (V::I64(value), T::Float4 | T::Float8) => float(value.into(), target, ty)?,
            (V::U64(value), T::Int2) => Wire::Int2(value.try_into().map_err(|_| beyond(ty))?),
            (V::U64(value), T::Int4) => Wire::Int4(value.try_into().map_err(|_| beyond(ty))?),
            (V::U64(value), T::Int8) => Wire::Int8(value.try_into().map_err(|_| beyond(ty))?),
            (V::U64(value), T::Oid) => Wire::Oid(value.try_into().map_err(|_| beyond(ty))?),
            (V::U64(value), T::Numeric) => Wire::Integer { negative: false, magnitude: value },
            (V::U64(value), T::Float4 | T::Float8) => float(value.into(), target, ty)?,
            (V::F64(value), T::Float8) => Wire::Float8(value),
            (V::F64(value), T::Float4) if value.is_nan() || f64::from(value as f32) == value => Wire::Float4(value as f32),
            (V::F64(_), T::Float4) => {
                return Err("the value is not exact in `float4`: send an f32, or cast it in SQL (`$1::float8`)".into());
            }
            (V::Decimal(text), T::Numeric) => Wire::Numeric(Numeric::parse(text)?),
            (V::Text(text) | V::Json(text) | V::Other { text, .. }, T::Text | T::Json) => Wire::Bytes(text.as_bytes()),
            (V::Text(text) | V::Json(text) | V::Other { text, .. }, T::Jsonb) => Wire::Jsonb(text),
            (V::Bytes(bytes), T::Bytea) => Wire::Bytes(bytes),
            (V::Uuid(bytes), T::Uuid) => Wire::Uuid(bytes),
            (V::Date(days), T::Date) => Wire::Int4(epoch::to_date(days).ok_or_else(|| beyond(ty))?),
            (V::Time(micros), _) if !epoch::is_time(micros) => return Err(beyond(&Type::TIME)),
            (V::Time(micros), T::Time) => Wire::Int8(micros),
            // A moment in a column without a zone is in UTC, as it is read from one.
            (V::DateTime(micros), T::Timestamp) | (V::Timestamp(micros), T::Timestamp | T::TimestampTz) => {
                Wire::Int8(epoch::to_timestamp(micros).ok_or_else(|| beyond(ty))?)
            }
            (V::Array(elements), T::Array(element)) => array(value, elements, element)?,

            // The server infers the type, and bytes and arrays have text for it.
            (V::Bytes(_) | V::Array(_), T::Parsed) if *ty == Type::UNKNOWN => Wire::Text(value),
            (V::Date(days), T::Text | T::Parsed) if epoch::to_date(days).is_none() => return Err(beyond(&Type::DATE)),
            (V::DateTime(micros) | V::Timestamp(micros), T::Text | T::Parsed) if epoch::to_timestamp(micros).is_none() => {
                return Err(beyond(&Type::TIMESTAMP));
            }
            (V::Date(_) | V::Time(_) | V::DateTime(_) | V::Timestamp(_), T::Text | T::Parsed) => Wire::Text(value),
            (V::DateTime(_), T::TimestampTz) => {
                return Err("a date and time without a zone can't be sent as `timestamptz`: send a type in UTC".into());
            }
            (V::Bytes(_) | V::Array(_) | V::Date(_) | V::Time(_) | V::DateTime(_) | V::Timestamp(_), _) | (_, T::Bytea) => {
                let kind = value.kind_name();
                return Err(
                    format!("{kind} can't be sent as `{}`: send what the statement expects there, or cast it in SQL", ty.name()).into()
                );
            }
            _ => Wire::Text(value),
        })
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Wire::Text(_) => Format::Text,
            _ => Format::Binary,
        }
    }

    pub(super) fn write(self, out: &mut BytesMut) -> Result<IsNull, Problem> {
        match self {
            Wire::Null => return Ok(IsNull::Yes),
            Wire::Bool(value) => out.put_u8(value.into()),
            Wire::Int2(value) => out.put_i16(value),
            Wire::Int4(value) => out.put_i32(value),
            Wire::Int8(value) => out.put_i64(value),
            Wire::Oid(value) => out.put_u32(value),
            Wire::Float4(value) => out.put_f32(value),
            Wire::Float8(value) => out.put_f64(value),
            Wire::Integer { negative, magnitude } => put_integer(negative, magnitude, out),
            Wire::Numeric(numeric) => numeric.put(out),
            Wire::Bytes(bytes) => out.put_slice(bytes),
            Wire::Jsonb(text) => {
                out.put_u8(1); // the version of the form
                out.put_slice(text.as_bytes());
            }
            Wire::Uuid(bytes) => out.put_slice(&bytes),
            Wire::Array(elements, element) => put_array(elements, element, out)?,
            Wire::Text(value) => text_form::put(value, out)?,
        }
        Ok(IsNull::No)
    }
}

fn beyond(ty: &Type) -> Problem {
    format!("the value is out of the range of PostgreSQL's `{}`", ty.name()).into()
}

/// An integer as a float, where that is the same number. Compared in 128 bits, for there the cast back does not saturate.
fn float<'a>(integer: i128, target: &Target<'_>, ty: &Type) -> Result<Wire<'a>, Problem> {
    let (double, single) = (integer as f64, integer as f32);
    match target {
        Target::Float4 if single as i128 == integer => Ok(Wire::Float4(single)),
        Target::Float8 if double as i128 == integer => Ok(Wire::Float8(double)),
        _ => Err(format!("the integer is not exact in `{}`", ty.name()).into()),
    }
}

/// In binary or, if its elements have none (which the first that isn't NULL decides), the whole as text.
fn array<'a>(array: ValueRef<'a>, elements: &'a [Value], element: &'a Type) -> Result<Wire<'a>, Problem> {
    let first = elements.iter().map(Value::as_ref).find(|value| !value.is_null());
    match first.map(|first| Wire::new(first, &Target::of(element), element)).transpose()? {
        Some(Wire::Text(_)) => Ok(Wire::Text(array)),
        _ => Ok(Wire::Array(elements, element)),
    }
}

/// One pass, straight into the buffer: whole columns of an insert go this way.
fn put_array(elements: &[Value], element: &Type, out: &mut BytesMut) -> Result<(), Problem> {
    let length = i32::try_from(elements.len()).map_err(|_| "PostgreSQL's arrays end at 2,147,483,647 elements")?;
    let target = Target::of(element);
    out.put_i32(if elements.is_empty() { 0 } else { 1 }); // dimensions
    out.put_i32(0); // whether there are NULLs: the server looks itself
    out.put_u32(element.oid());
    if !elements.is_empty() {
        out.put_i32(length);
        out.put_i32(1); // the number of the first element
    }
    for value in elements {
        let start = out.len();
        out.put_i32(-1);
        let wire = Wire::new(value.as_ref(), &target, element)?;
        if matches!(wire, Wire::Text(_)) {
            return Err(format!("the array has values of several kinds for `{}`: send them as one kind", element.name()).into());
        }
        if matches!(wire.write(out)?, IsNull::No) {
            let length = i32::try_from(out.len() - start - 4).map_err(|_| "PostgreSQL's values end at 1 GiB")?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}
