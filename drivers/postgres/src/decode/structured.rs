//! What holds other values: arrays, ranges, composites, `hstore`. Each quotes its parts in its own way.

use tokio_postgres::types::{Kind, Type};

use super::borrowed::text;
use super::render::render;
use crate::problem::Problem;
use crate::reader::{Reader, malformed};

/// The elements of an array of one dimension that counts from 1; `None` is NULL.
pub(super) fn elements(bytes: &[u8]) -> Result<impl Iterator<Item = Result<Option<&[u8]>, Problem>>, Problem> {
    let mut reader = Reader::new(bytes);
    let dimensions = reader.i32()?;
    let (_has_nulls, element) = (reader.i32()?, reader.u32()?);
    let length = match dimensions {
        0 => 0,
        1 => {
            let length = reader.count()?;
            let first = reader.i32()?;
            // `int2vector` and `oidvector` of the catalogs always count from 0.
            let from_zero = matches!(Type::from_oid(element), Some(Type::INT2 | Type::OID));
            if first != 1 && !(first == 0 && from_zero) {
                return Err(format!("the array counts from {first}, not from 1: select `array(select unnest(column))`").into());
            }
            length
        }
        _ => {
            let problem = format!("the array has {dimensions} dimensions, not one: select it as JSON (`to_jsonb(column)`) or as text");
            return Err(problem.into());
        }
    };
    Ok((0..length).map(move |_| reader.field()))
}

/// `{1,NULL,"a b"}`
pub(super) fn array(element: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let quoted =
        |text: &str| text.is_empty() || text.eq_ignore_ascii_case("null") || text.contains(['{', '}']) || is_special(text, &['\\']);
    let mut separator = '{';
    for value in elements(bytes)? {
        out.push(separator);
        separator = if *element == Type::BOX { ';' } else { ',' };
        match value? {
            None => out.push_str("NULL"),
            Some(bytes) => {
                let mut text = String::new();
                render(element, bytes, &mut text)?;
                let quotes = if *element == Type::BOX { text.contains(';') } else { quoted(&text) };
                push(&text, quotes, Escape::Backslash, out);
            }
        }
    }
    if separator == '{' {
        out.push('{');
    }
    out.push('}');
    Ok(())
}

/// `[1,10)`, `empty`
pub(super) fn range(bound: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    const EMPTY: u8 = 0x01;
    const LOWER_INCLUSIVE: u8 = 0x02;
    const UPPER_INCLUSIVE: u8 = 0x04;
    const LOWER_INFINITE: u8 = 0x08;
    const UPPER_INFINITE: u8 = 0x10;

    let mut reader = Reader::new(bytes);
    let flags = reader.u8()?;
    if flags & EMPTY != 0 {
        out.push_str("empty");
        return Ok(());
    }
    let mut put_bound = |infinite: u8, out: &mut String| -> Result<(), Problem> {
        if flags & infinite == 0 {
            let mut text = String::new();
            render(bound, reader.field()?.ok_or_else(malformed)?, &mut text)?;
            push(&text, text.is_empty() || is_special(&text, &['\\', '(', ')', '[', ']']), Escape::Doubled, out);
        }
        Ok(())
    };
    out.push(if flags & LOWER_INCLUSIVE != 0 { '[' } else { '(' });
    put_bound(LOWER_INFINITE, out)?;
    out.push(',');
    put_bound(UPPER_INFINITE, out)?;
    out.push(if flags & UPPER_INCLUSIVE != 0 { ']' } else { ')' });
    Ok(())
}

/// `{[1,2),[4,5)}`
pub(super) fn multirange(bound: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    out.push('{');
    for index in 0..reader.count()? {
        if index > 0 {
            out.push(',');
        }
        range(bound, reader.field()?.ok_or_else(malformed)?, out)?;
    }
    out.push('}');
    Ok(())
}

/// `(1,,"a b")`
pub(super) fn composite(ty: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    out.push('(');
    for index in 0..reader.count()? {
        if index > 0 {
            out.push(',');
        }
        let oid = reader.u32()?;
        let known = match ty.kind() {
            Kind::Composite(fields) => fields.iter().map(|field| field.type_()).find(|field| field.oid() == oid).cloned(),
            _ => None,
        };
        if let Some(bytes) = reader.field()? {
            let field = known
                .or_else(|| Type::from_oid(oid))
                .ok_or("a field of the row is of a type that the driver doesn't know: select it by itself")?;
            let mut text = String::new();
            render(&field, bytes, &mut text)?;
            push(&text, text.is_empty() || is_special(&text, &['\\', '(', ')']), Escape::Doubled, out);
        }
    }
    out.push(')');
    Ok(())
}

/// `"a"=>"1", "b"=>NULL`
pub(super) fn hstore(bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    for index in 0..reader.count()? {
        if index > 0 {
            out.push_str(", ");
        }
        push(text(reader.field()?.ok_or_else(malformed)?)?, true, Escape::Backslash, out);
        out.push_str("=>");
        match reader.field()? {
            Some(value) => push(text(value)?, true, Escape::Backslash, out),
            None => out.push_str("NULL"),
        }
    }
    Ok(())
}

/// `'lexeme':1A,2 'other'`
pub(super) fn lexemes(bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    for index in 0..reader.count()? {
        let end = reader.rest().iter().position(|&byte| byte == 0).ok_or_else(malformed)?;
        let lexeme = text(reader.take(end)?)?;
        reader.u8()?;
        out.push_str(if index > 0 { " '" } else { "'" });
        for letter in lexeme.chars() {
            if matches!(letter, '\'' | '\\') {
                out.push(letter);
            }
            out.push(letter);
        }
        out.push('\'');
        for position in 0..reader.u16()? {
            let value = reader.u16()?;
            out.push(if position > 0 { ',' } else { ':' });
            out.push_str(&(value & 0x3FFF).to_string());
            out.push_str(["", "C", "B", "A"][usize::from(value >> 14)]);
        }
    }
    Ok(())
}

/// Whether the text has what each of them quotes, or one of these.
fn is_special(text: &str, also: &[char]) -> bool {
    text.contains(|letter| matches!(letter, '"' | ',' | ' ' | '\t'..='\r') || also.contains(&letter))
}

#[derive(Clone, Copy)]
enum Escape {
    Backslash,
    Doubled,
}

fn push(text: &str, quotes: bool, escape: Escape, out: &mut String) {
    if !quotes {
        return out.push_str(text);
    }
    out.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            out.push(match escape {
                Escape::Backslash => '\\',
                Escape::Doubled => letter,
            });
        }
        out.push(letter);
    }
    out.push('"');
}
