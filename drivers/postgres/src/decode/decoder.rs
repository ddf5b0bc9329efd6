use bindery_core::value::{SqlType, Value};
use tokio_postgres::types::{Kind, Type};

use super::borrowed::Borrowed;
use super::{render, structured};
use crate::numeric;
use crate::problem::Problem;

/// What is done with the values of one column.
#[derive(Debug)]
pub(crate) enum Decoder {
    /// They stand in the row.
    Borrowed(Borrowed),
    /// They are made into decimal text.
    Numeric,
    /// They are made into values, each of this kind.
    Array(Box<Decoder>),
    /// They are made into the server's text for them.
    Rendered(Type),
}

impl Decoder {
    pub(crate) fn of(ty: &Type) -> Self {
        Decoder::Borrowed(match *ty {
            Type::BOOL => Borrowed::Bool,
            Type::INT2 => Borrowed::Int2,
            Type::INT4 => Borrowed::Int4,
            Type::INT8 => Borrowed::Int8,
            Type::OID | Type::XID | Type::CID => Borrowed::Oid,
            Type::FLOAT4 => Borrowed::Float4,
            Type::FLOAT8 => Borrowed::Float8,
            // The result of a function that returns none is void, and empty.
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::CSTRING | Type::REFCURSOR | Type::VOID => {
                Borrowed::Text
            }
            Type::CHAR => Borrowed::Char,
            Type::BYTEA => Borrowed::Bytea,
            Type::DATE => Borrowed::Date,
            Type::TIME => Borrowed::Time,
            Type::TIMESTAMP => Borrowed::Timestamp,
            Type::TIMESTAMPTZ => Borrowed::TimestampTz,
            Type::UUID => Borrowed::Uuid,
            Type::JSON => Borrowed::Json,
            Type::JSONB => Borrowed::Jsonb,
            Type::NUMERIC => return Decoder::Numeric,
            _ => match ty.kind() {
                Kind::Enum(_) => Borrowed::Text,
                // An extension's: known by its name only.
                Kind::Simple if ty.name() == "citext" => Borrowed::Text,
                Kind::Array(element) => return Decoder::Array(Box::new(Decoder::of(element))),
                Kind::Domain(base) => return Decoder::of(base),
                _ => return Decoder::Rendered(ty.clone()),
            },
        })
    }

    /// Appends the text of a value that has to be made.
    pub(crate) fn render(&self, bytes: &[u8], out: &mut String) -> Result<(), Problem> {
        match self {
            Decoder::Numeric => numeric::render(bytes, out),
            Decoder::Rendered(ty) => render::render(ty, bytes, out),
            Decoder::Borrowed(_) | Decoder::Array(_) => Err("a value that is no text was asked as text".into()),
        }
    }

    /// The elements of an array, where this is the decoder of each.
    pub(crate) fn array(&self, bytes: &[u8]) -> Result<Vec<Value>, Problem> {
        structured::elements(bytes)?.map(|element| element?.map_or(Ok(Value::Null), |bytes| self.owned(bytes))).collect()
    }

    fn owned(&self, bytes: &[u8]) -> Result<Value, Problem> {
        Ok(match self {
            Decoder::Borrowed(borrowed) => borrowed.value(bytes)?.to_owned(),
            Decoder::Array(element) => Value::Array(element.array(bytes)?),
            Decoder::Numeric | Decoder::Rendered(_) => {
                let mut text = String::new();
                self.render(bytes, &mut text)?;
                match self {
                    Decoder::Rendered(ty) => Value::Other { type_name: ty.name().to_owned(), text },
                    _ => Value::Decimal(text),
                }
            }
        })
    }
}

/// The type of a column in bindery's terms; `None` where it has none.
pub(crate) fn sql_type(ty: &Type) -> Option<SqlType> {
    Some(match *ty {
        Type::BOOL => SqlType::Bool,
        Type::INT2 => SqlType::I16,
        Type::INT4 => SqlType::I32,
        Type::INT8 => SqlType::I64,
        Type::OID => SqlType::U32,
        Type::FLOAT4 => SqlType::F32,
        Type::FLOAT8 => SqlType::F64,
        Type::NUMERIC => SqlType::Decimal,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => SqlType::Text,
        Type::BYTEA => SqlType::Bytes,
        Type::DATE => SqlType::Date,
        Type::TIME => SqlType::Time,
        Type::TIMESTAMP => SqlType::DateTime,
        Type::TIMESTAMPTZ => SqlType::Timestamp,
        Type::UUID => SqlType::Uuid,
        Type::JSON | Type::JSONB => SqlType::Json,
        _ => match ty.kind() {
            Kind::Array(element) => SqlType::Array(element_type(sql_type(element)?)?),
            Kind::Domain(base) => return sql_type(base),
            Kind::Enum(_) => SqlType::Text,
            _ => return None,
        },
    })
}

/// The element's type as an array's type refers to it.
fn element_type(element: SqlType) -> Option<&'static SqlType> {
    const ELEMENTS: [SqlType; 16] = [
        SqlType::Bool,
        SqlType::I16,
        SqlType::I32,
        SqlType::I64,
        SqlType::U32,
        SqlType::F32,
        SqlType::F64,
        SqlType::Decimal,
        SqlType::Text,
        SqlType::Bytes,
        SqlType::Date,
        SqlType::Time,
        SqlType::DateTime,
        SqlType::Timestamp,
        SqlType::Uuid,
        SqlType::Json,
    ];
    const { &ELEMENTS }.iter().find(|known| **known == element)
}
