use std::error::Error as StdError;
use std::fmt;

use bindery_core::engine::Param;
use bindery_core::value::{SqlType, ValueRef};
use bindery_core::{Error, ErrorKind, Result};
use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use super::wire::{Target, Wire};
use crate::numeric::Numeric;
use crate::problem::Problem;

/// The server's limit of one value.
const MAX_BYTES: usize = (1 << 30) - 1;

/// The type that a parameter is declared as: that of its column as `Dialect::postgres` makes it. [`Type::UNKNOWN`] where the server
/// is to infer it: there is no type, or it is one of the server's own.
pub(crate) fn parameter_type(param: &Param<'_>) -> Type {
    param.sql_type.map_or(Type::UNKNOWN, declared_type)
}

fn declared_type(sql_type: SqlType) -> Type {
    match sql_type {
        SqlType::Bool => Type::BOOL,
        SqlType::I8 | SqlType::I16 | SqlType::U8 => Type::INT2,
        SqlType::I32 | SqlType::U16 => Type::INT4,
        SqlType::I64 | SqlType::U32 => Type::INT8,
        SqlType::U64 | SqlType::Decimal => Type::NUMERIC,
        SqlType::F32 => Type::FLOAT4,
        SqlType::F64 => Type::FLOAT8,
        SqlType::Text => Type::TEXT,
        SqlType::Bytes => Type::BYTEA,
        SqlType::Date => Type::DATE,
        SqlType::Time => Type::TIME,
        SqlType::DateTime => Type::TIMESTAMP,
        SqlType::Timestamp => Type::TIMESTAMPTZ,
        SqlType::Uuid => Type::UUID,
        SqlType::Json => Type::JSONB,
        SqlType::Array(element) => declared_array(*element),
        _ => Type::UNKNOWN,
    }
}

fn declared_array(element: SqlType) -> Type {
    match element {
        SqlType::Bool => Type::BOOL_ARRAY,
        SqlType::I8 | SqlType::I16 | SqlType::U8 => Type::INT2_ARRAY,
        SqlType::I32 | SqlType::U16 => Type::INT4_ARRAY,
        SqlType::I64 | SqlType::U32 => Type::INT8_ARRAY,
        SqlType::U64 | SqlType::Decimal => Type::NUMERIC_ARRAY,
        SqlType::F32 => Type::FLOAT4_ARRAY,
        SqlType::F64 => Type::FLOAT8_ARRAY,
        SqlType::Text => Type::TEXT_ARRAY,
        SqlType::Bytes => Type::BYTEA_ARRAY,
        SqlType::Date => Type::DATE_ARRAY,
        SqlType::Time => Type::TIME_ARRAY,
        SqlType::DateTime => Type::TIMESTAMP_ARRAY,
        SqlType::Timestamp => Type::TIMESTAMPTZ_ARRAY,
        SqlType::Uuid => Type::UUID_ARRAY,
        SqlType::Json => Type::JSONB_ARRAY,
        _ => Type::UNKNOWN,
    }
}

/// The parameters of one statement, each as the client library takes it.
///
/// What can be told without the server is told here: text that PostgreSQL can't hold, and a value that doesn't fit the type that
/// its parameter is declared as. What an inferred type doesn't take is found when the argument is encoded ([`refused`]).
pub(crate) fn arguments<'a>(params: &'a [Param<'a>]) -> Result<Vec<Argument<'a>>> {
    let argument = |(index, param): (usize, &Param<'a>)| {
        let argument = Argument { number: index + 1, value: param.value, column: param.column };
        argument.check(&parameter_type(param)).map_err(|problem| argument.refusal(problem).to_error())?;
        Ok(argument)
    };
    params.iter().enumerate().map(argument).collect()
}

/// The bindery error inside the client library's, where that comes from an [`Argument`] which the server's type doesn't take.
pub(crate) fn refused(error: &tokio_postgres::Error) -> Option<Error> {
    error.source()?.downcast_ref::<Refusal>().map(Refusal::to_error)
}

/// One parameter, which encodes itself into the type that the server asks for.
pub(crate) struct Argument<'a> {
    number: usize,
    value: ValueRef<'a>,
    column: Option<&'a str>,
}

impl Argument<'_> {
    fn check(&self, declared: &Type) -> Result<(), Problem> {
        check_content(self.value)?;
        let target = Target::of(declared);
        match (self.value, &target) {
            (ValueRef::Array(elements), Target::Array(element)) => {
                let target = Target::of(element);
                elements.iter().try_for_each(|value| Wire::new(value.as_ref(), &target, element).map(drop))
            }
            (value, target) => Wire::new(value, target, declared).map(drop),
        }
    }

    fn refusal(&self, problem: Problem) -> Refusal {
        Refusal { message: format!("parameter {}: {problem}", self.number), column: self.column.map(str::to_owned) }
    }
}

/// What no type of PostgreSQL takes.
fn check_content(value: ValueRef<'_>) -> Result<(), Problem> {
    let length = match value {
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Other { text, .. } => {
            if text.as_bytes().contains(&0) {
                return Err("PostgreSQL's text can't hold the character NUL (U+0000): send bytes, or leave it out".into());
            }
            text.len()
        }
        ValueRef::Decimal(text) => {
            Numeric::parse(text)?;
            text.len()
        }
        ValueRef::Bytes(bytes) => bytes.len(),
        ValueRef::Array(elements) => return elements.iter().try_for_each(|element| check_content(element.as_ref())),
        _ => 0,
    };
    if length > MAX_BYTES { Err("PostgreSQL's values end at 1 GiB".into()) } else { Ok(()) }
}

impl ToSql for Argument<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let wire = Wire::new(self.value, &Target::of(ty), ty).and_then(|wire| wire.write(out));
        wire.map_err(|problem| self.refusal(problem).into())
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        // What is refused is refused by `to_sql`.
        Wire::new(self.value, &Target::of(ty), ty).map_or(Format::Binary, |wire| wire.format())
    }

    to_sql_checked!();
}

impl fmt::Debug for Argument<'_> {
    // The client library logs arguments, and the value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}: {}", self.number, self.value.kind_name())
    }
}

/// An argument that can't be sent, on its way through the client library's error.
#[derive(Debug)]
struct Refusal {
    message: String,
    column: Option<String>,
}

impl Refusal {
    fn to_error(&self) -> Error {
        let error = Error::new(ErrorKind::InvalidValue, self.message.as_str());
        match &self.column {
            Some(column) => error.at_column(column.as_str()),
            None => error,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Refusal {}
