use std::fmt::Write;

use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// A place in an order, to go on from: what a token says.
#[derive(Debug, PartialEq)]
pub(super) struct Cursor {
    /// which order it is
    pub(super) fingerprint: u64,
    pub(super) backward: bool,
    /// of each key of the order
    pub(super) place: Vec<Value>,
}

/// What a token begins with: another form of tokens is another number.
const FORM: u8 = 1;

impl Cursor {
    /// As bytes in hexadecimal digits, so that it stands in a URL as it is.
    pub(super) fn to_token(&self) -> Result<String> {
        let mut bytes = vec![FORM, u8::from(self.backward)];
        bytes.extend(self.fingerprint.to_le_bytes());
        for value in &self.place {
            write_value(value, &mut bytes)?;
        }
        let mut token = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // Writing into a string can't fail.
            let _ = write!(token, "{byte:02x}");
        }
        Ok(token)
    }

    pub(super) fn of_token(token: &str, keys: usize, fingerprint: u64) -> Result<Self> {
        let cursor = Cursor::read(token).ok_or_else(|| invalid("the token of the page is none: it was changed, or cut off"))?;
        if cursor.fingerprint != fingerprint || cursor.place.len() != keys {
            return Err(invalid("the token of the page is one of another select, or of another order: begin with the first page"));
        }
        Ok(cursor)
    }

    fn read(token: &str) -> Option<Self> {
        if !token.is_ascii() || !token.len().is_multiple_of(2) {
            return None;
        }
        let digits = |place: usize| u8::from_str_radix(token.get(place..place + 2)?, 16).ok();
        let bytes: Vec<u8> = (0..token.len()).step_by(2).map(digits).collect::<Option<_>>()?;
        let (&[FORM, backward @ (0 | 1)], rest) = bytes.split_first_chunk()? else { return None };
        let (fingerprint, mut rest) = rest.split_first_chunk()?;
        let mut place = Vec::new();
        while !rest.is_empty() {
            place.push(read_value(&mut rest)?);
        }
        Some(Cursor { fingerprint: u64::from_le_bytes(*fingerprint), backward: backward == 1, place })
    }
}

fn write_value(value: &Value, bytes: &mut Vec<u8>) -> Result<()> {
    let mut fixed = |tag: u8, value: [u8; 8]| {
        bytes.push(tag);
        bytes.extend(value);
        Ok(())
    };
    let (tag, content): (u8, &[u8]) = match value {
        Value::Null => (0, &[]),
        Value::Bool(value) => (1, &[u8::from(*value)]),
        Value::I64(value) => return fixed(2, value.to_le_bytes()),
        Value::U64(value) => return fixed(3, value.to_le_bytes()),
        Value::F64(value) => return fixed(4, value.to_le_bytes()),
        Value::Date(days) => return fixed(5, i64::from(*days).to_le_bytes()),
        Value::Time(micros) => return fixed(6, micros.to_le_bytes()),
        Value::DateTime(micros) => return fixed(7, micros.to_le_bytes()),
        Value::Timestamp(micros) => return fixed(8, micros.to_le_bytes()),
        Value::Text(text) => (9, text.as_bytes()),
        Value::Bytes(bytes) => (10, bytes),
        Value::Decimal(text) => (11, text.as_bytes()),
        Value::Uuid(bytes) => (12, bytes),
        _ => {
            return Err(invalid("a cursor can't stand in an order by arrays, JSON or a type of the server's own: ask for pages by number"));
        }
    };
    bytes.push(tag);
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(content);
    Ok(())
}

fn read_value(bytes: &mut &[u8]) -> Option<Value> {
    let (&[tag], rest) = bytes.split_first_chunk()?;
    let (&number, rest) = rest.split_first_chunk()?;
    *bytes = rest;
    let number_of = i64::from_le_bytes(number);
    Some(match tag {
        2 => Value::I64(number_of),
        3 => Value::U64(u64::from_le_bytes(number)),
        4 => Value::F64(f64::from_le_bytes(number)),
        5 => Value::Date(i32::try_from(number_of).ok()?),
        6 => Value::Time(number_of),
        7 => Value::DateTime(number_of),
        8 => Value::Timestamp(number_of),
        tag => {
            let (content, rest) = bytes.split_at_checked(usize::try_from(u64::from_le_bytes(number)).ok()?)?;
            *bytes = rest;
            let text = || String::from_utf8(content.to_owned()).ok();
            match tag {
                0 if content.is_empty() => Value::Null,
                1 => Value::Bool(match content {
                    [0] => false,
                    [1] => true,
                    _ => return None,
                }),
                9 => Value::Text(text()?),
                10 => Value::Bytes(content.to_owned()),
                11 => Value::Decimal(text()?),
                12 => Value::Uuid(content.try_into().ok()?),
                _ => return None,
            }
        }
    })
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_its_cursor_and_nothing_else_is_a_token() {
        let place = vec![
            Value::Null,
            Value::Bool(true),
            Value::I64(-1),
            Value::U64(u64::MAX),
            Value::F64(0.1),
            Value::Date(-5),
            Value::Time(1),
            Value::DateTime(-2),
            Value::Timestamp(3),
            Value::Text("Émilie".to_owned()),
            Value::Bytes(vec![0, 255]),
            Value::Decimal("-1.50".to_owned()),
            Value::Uuid([7; 16]),
        ];
        let cursor = Cursor { fingerprint: 42, backward: true, place };
        let token = cursor.to_token().unwrap();
        assert_eq!(Cursor::of_token(&token, 13, 42).unwrap(), cursor);
        for (keys, fingerprint) in [(12, 42), (13, 43)] {
            let error = Cursor::of_token(&token, keys, fingerprint).unwrap_err();
            assert!(error.to_string().contains("another select"), "{error}");
        }
        for end in 0..token.len() {
            assert!(Cursor::of_token(&token[..end], 13, 42).is_err(), "{end}");
        }
        for wrong in ["", "x", "zz", "é", "+1+1", "00", &format!("{token}00"), &format!("02{}", &token[2..])] {
            assert!(Cursor::of_token(wrong, 13, 42).is_err(), "{wrong}");
        }
    }
}
