use std::fmt::Write;

use tokio_postgres::types::{Kind, Type};

use super::borrowed::text as utf8;
use super::{geometry, network, structured};
use crate::problem::Problem;
use crate::reader::{Reader, malformed};
use crate::{epoch, numeric, text};

/// Appends the server's text of a value of any type that the driver knows.
pub(super) fn render(ty: &Type, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    let mut reader = Reader::new(bytes);
    let written = match *ty {
        Type::BOOL => write!(out, "{}", if reader.u8()? == 0 { 'f' } else { 't' }),
        Type::INT2 => write!(out, "{}", reader.i16()?),
        Type::INT4 => write!(out, "{}", reader.i32()?),
        Type::INT8 => write!(out, "{}", reader.i64()?),
        Type::OID | Type::XID | Type::CID => write!(out, "{}", reader.u32()?),
        Type::XID8 => write!(out, "{}", reader.u64()?),
        Type::FLOAT4 => text::float4(reader.f32()?, out),
        Type::FLOAT8 => text::float8(reader.f64()?, out),
        Type::NUMERIC => return special_numeric(bytes, out),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON | Type::XML => out.write_str(utf8(bytes)?),
        Type::CHAR => out.write_str(utf8(if bytes == [0] { &[] } else { bytes })?),
        Type::JSONB | Type::JSONPATH => versioned(reader, out)?,
        Type::BYTEA => text::bytes(bytes, out),
        Type::DATE => date(reader.i32()?, out),
        Type::TIME => text::time(reader.i64()?, out),
        Type::TIMETZ => text::time(reader.i64()?, out).and(text::zone(reader.i32()?.wrapping_neg(), out)),
        Type::TIMESTAMP => moment(reader.i64()?, "", out),
        // The session's zone is not known here: in UTC it is the same moment.
        Type::TIMESTAMPTZ => moment(reader.i64()?, "+00", out),
        Type::INTERVAL => text::interval(reader.i64()?, reader.i32()?, reader.i32()?, out),
        Type::UUID => text::uuid(bytes.try_into().map_err(|_| malformed())?, out),
        Type::INET | Type::CIDR => return network::address(bytes, out),
        Type::MACADDR | Type::MACADDR8 => {
            network::hardware_address(bytes, out);
            Ok(())
        }
        Type::BIT | Type::VARBIT => bits(reader, out)?,
        Type::PG_LSN => write!(out, "{:X}/{:X}", reader.u32()?, reader.u32()?),
        Type::TID => write!(out, "({},{})", reader.u32()?, reader.u16()?),
        Type::TS_VECTOR => return structured::lexemes(bytes, out),
        Type::POINT | Type::LINE | Type::LSEG | Type::BOX | Type::PATH | Type::POLYGON | Type::CIRCLE => {
            return geometry::render(ty, bytes, out);
        }
        Type::RECORD => return structured::composite(ty, bytes, out),
        _ => match ty.kind() {
            Kind::Enum(_) => out.write_str(utf8(bytes)?),
            Kind::Domain(base) => return render(base, bytes, out),
            Kind::Array(element) => return structured::array(element, bytes, out),
            Kind::Range(bound) => return structured::range(bound, bytes, out),
            Kind::Multirange(bound) => return structured::multirange(bound, bytes, out),
            Kind::Composite(_) => return structured::composite(ty, bytes, out),
            // Types of extensions that come with PostgreSQL, known by their names only.
            Kind::Simple if ty.name() == "citext" => out.write_str(utf8(bytes)?),
            Kind::Simple if ty.name() == "hstore" => return structured::hstore(bytes, out),
            Kind::Simple if matches!(ty.name(), "ltree" | "lquery" | "ltxtquery") => versioned(reader, out)?,
            _ => {
                let problem = format!("the driver can't read the type `{}` in binary: select it as text (`column::text`)", ty.name());
                return Err(problem.into());
            }
        },
    };
    written.map_err(|_| malformed())
}

/// Text after the version of its form.
fn versioned(mut reader: Reader<'_>, out: &mut String) -> Result<std::fmt::Result, Problem> {
    if reader.u8()? != 1 {
        return Err(malformed());
    }
    Ok(out.write_str(utf8(reader.rest())?))
}

/// A bound of a range may be infinite, where a number of its own may not.
fn special_numeric(bytes: &[u8], out: &mut String) -> Result<(), Problem> {
    match bytes.get(4..6) {
        Some([0xC0, 0]) => out.push_str("NaN"),
        Some([0xD0, 0]) => out.push_str("Infinity"),
        Some([0xF0, 0]) => out.push_str("-Infinity"),
        _ => return numeric::render(bytes, out),
    }
    Ok(())
}

fn date(days: i32, out: &mut String) -> std::fmt::Result {
    match epoch::from_date(days) {
        Some(days) => text::date(days.into(), out),
        None => out.write_str(if days < 0 { "-infinity" } else { "infinity" }),
    }
}

fn moment(micros: i64, zone: &str, out: &mut String) -> std::fmt::Result {
    match epoch::from_timestamp(micros) {
        Some(micros) => text::date_time(micros, zone, out),
        None => out.write_str(if micros < 0 { "-infinity" } else { "infinity" }),
    }
}

fn bits(mut reader: Reader<'_>, out: &mut String) -> Result<std::fmt::Result, Problem> {
    let length = usize::try_from(reader.i32()?).map_err(|_| malformed())?;
    let bytes = reader.rest();
    if bytes.len() != length.div_ceil(8) {
        return Err(malformed());
    }
    out.extend((0..length).map(|index| if bytes[index / 8] & (0x80 >> (index % 8)) == 0 { '0' } else { '1' }));
    Ok(Ok(()))
}
