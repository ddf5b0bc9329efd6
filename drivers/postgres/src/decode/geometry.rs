//! Points and what consists of them.

use tokio_postgres::types::Type;

use crate::problem::Problem;
use crate::reader::{Reader, malformed};
use crate::text;

pub(super) fn render(ty: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    match *ty {
        Type::POINT => point(&mut reader, out),
        Type::LINE => {
            out.push('{');
            number(&mut reader, out)?;
            out.push(',');
            number(&mut reader, out)?;
            out.push(',');
            number(&mut reader, out)?;
            out.push('}');
            Ok(())
        }
        Type::LSEG => {
            out.push('[');
            points(2, &mut reader, out)?;
            out.push(']');
            Ok(())
        }
        Type::BOX => points(2, &mut reader, out),
        Type::CIRCLE => {
            out.push('<');
            point(&mut reader, out)?;
            out.push(',');
            number(&mut reader, out)?;
            out.push('>');
            Ok(())
        }
        Type::PATH => {
            let (open, close) = if reader.u8()? != 0 { ('(', ')') } else { ('[', ']') };
            out.push(open);
            let count = reader.count()?;
            points(count, &mut reader, out)?;
            out.push(close);
            Ok(())
        }
        Type::POLYGON => {
            out.push('(');
            let count = reader.count()?;
            points(count, &mut reader, out)?;
            out.push(')');
            Ok(())
        }
        _ => Err(malformed()),
    }
}

fn points(count: usize, reader: &mut Reader<'_>, out: &mut String) -> Result<(), Problem> {
    for index in 0..count {
        if index > 0 {
            out.push(',');
        }
        point(reader, out)?;
    }
    Ok(())
}

fn point(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Problem> {
    out.push('(');
    number(reader, out)?;
    out.push(',');
    number(reader, out)?;
    out.push(')');
    Ok(())
}

fn number(reader: &mut Reader<'_>, out: &mut String) -> Result<(), Problem> {
    text::float8(reader.f64()?, out).map_err(|_| malformed())
}
