//! [`Scalar`] for `serde_json::Value`.

use serde_json::{Number, Value as Document};

use super::{JsonDocument, Scalar, SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

/// serde_json reads no document that is nested deeper.
const MAX_DEPTH: u8 = 127;

impl Scalar for Document {
    type Base = Document;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Json;

    fn into_value(self) -> Result<Value> {
        if !nests_within(&self, MAX_DEPTH) {
            return Err(Error::new(ErrorKind::InvalidValue, format!("the JSON document is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Value::Json(self.to_string()))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Json(text) | ValueRef::Text(text) => {
                // serde_json's message has the line and column, and nothing of the document.
                let document = text
                    .parse()
                    .map_err(|error: serde_json::Error| Error::new(ErrorKind::Decode, "the text is not JSON").with_source(error))?;
                if keeps_integers(text) {
                    Ok(document)
                } else {
                    Err(Error::out_of_range("serde_json::Value: it has an integer beyond 64 bits"))
                }
            }
            value => Err(Error::unexpected_value("JSON", value)),
        }
    }
}

impl JsonDocument for Document {}

fn nests_within(document: &Document, levels: u8) -> bool {
    match document {
        Document::Array(items) => levels > 0 && items.iter().all(|item| nests_within(item, levels - 1)),
        Document::Object(members) => levels > 0 && members.values().all(|member| nests_within(member, levels - 1)),
        _ => true,
    }
}

/// Whether serde_json keeps every integer of a well-formed document: those beyond 64 bits it would silently make the nearest float.
fn keeps_integers(json: &str) -> bool {
    let mut rest = json;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = if rest.starts_with('"') {
            string_end(rest)
        } else {
            let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
            if !keeps_integer(&rest[..end]) {
                return false;
            }
            end
        };
        rest = &rest[end..];
    }
    true
}

/// Where the string at the beginning of a text ends.
fn string_end(text: &str) -> usize {
    let mut escaped = true; // the opening quote does not close it
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return index + 1,
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

fn keeps_integer(number: &str) -> bool {
    // What has 18 digits fits 64 bits.
    if number.len() <= 18 || number.contains(['.', 'e', 'E']) {
        return true;
    }
    // PostgreSQL writes the float 1e30 as an integer of 31 digits: that is the same float again. With serde_json's feature
    // `arbitrary_precision` every number is kept as it is written.
    number.parse::<Number>().is_ok_and(|kept| kept.to_string() == number || kept.as_f64().is_some_and(|float| float.to_string() == number))
}
