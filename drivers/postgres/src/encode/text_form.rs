//! Values as the server parses them from text.

use std::fmt::{self, Write};

use bindery_core::value::ValueRef;
use bytes::{BufMut, BytesMut};

use crate::problem::Problem;
use crate::text;

/// Appends the text of a value that isn't NULL.
pub(super) fn put(value: ValueRef<'_>, out: &mut BytesMut) -> Result<(), Problem> {
    match value {
        // Copied as it is: it may be long.
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Decimal(text) | ValueRef::Other { text, .. } => {
            out.put_slice(text.as_bytes());
        }
        ValueRef::Array(elements) => {
            let mut text = BytesMut::new();
            let mut separator = '{';
            for element in elements {
                out.put_u8(separator as u8);
                separator = ',';
                match element.as_ref() {
                    ValueRef::Null => out.put_slice(b"NULL"),
                    ValueRef::Array(_) => {
                        return Err("an array within an array can't be sent: PostgreSQL's arrays here have one dimension".into());
                    }
                    element => {
                        text.clear();
                        put(element, &mut text)?;
                        put_quoted(&text, out);
                    }
                }
            }
            if separator == '{' {
                out.put_u8(b'{');
            }
            out.put_u8(b'}');
        }
        value => {
            let mut text = String::new();
            write(value, &mut text).map_err(|_| "the value has no text form")?;
            out.put_slice(text.as_bytes());
        }
    }
    Ok(())
}

fn put_quoted(text: &[u8], out: &mut BytesMut) {
    out.reserve(text.len() + 2);
    out.put_u8(b'"');
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.put_u8(b'\\');
        }
        out.put_u8(byte);
    }
    out.put_u8(b'"');
}

fn write(value: ValueRef<'_>, out: &mut String) -> fmt::Result {
    match value {
        ValueRef::Bool(value) => write!(out, "{value}"),
        ValueRef::I64(value) => write!(out, "{value}"),
        ValueRef::U64(value) => write!(out, "{value}"),
        ValueRef::F64(value) if value.is_infinite() => out.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" }),
        ValueRef::F64(value) => write!(out, "{value}"),
        ValueRef::Bytes(bytes) => text::bytes(bytes, out),
        ValueRef::Date(days) => text::date(days.into(), out),
        ValueRef::Time(micros) => text::time(micros, out),
        ValueRef::DateTime(micros) => text::date_time(micros.into(), "", out),
        ValueRef::Timestamp(micros) => text::date_time(micros.into(), "+00", out),
        ValueRef::Uuid(bytes) => text::uuid(bytes, out),
        _ => Err(fmt::Error),
    }
}
