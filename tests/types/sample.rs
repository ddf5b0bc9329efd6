use bindery::prelude::*;
use bindery::value::{SqlType, Value, ValueRef};
use bindery::{Error, Result, Scalar};

/// A column for each Rust type.
#[derive(Model)]
#[model(columns = Columns)]
pub(crate) struct Sample {
    #[column(primary_key)]
    id: i64,
    pub(crate) bool: Option<bool>,
    pub(crate) i8: Option<i8>,
    pub(crate) i16: Option<i16>,
    pub(crate) i32: Option<i32>,
    pub(crate) i64: Option<i64>,
    pub(crate) u8: Option<u8>,
    pub(crate) u16: Option<u16>,
    pub(crate) u32: Option<u32>,
    pub(crate) u64: Option<u64>,
    pub(crate) f32: Option<f32>,
    pub(crate) f64: Option<f64>,
    pub(crate) string: Option<String>,
    #[column(max_length = 3)]
    pub(crate) short: Option<String>,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) decimal: Option<rust_decimal::Decimal>,
    #[column(type = decimal(5, 2))]
    pub(crate) price: Option<rust_decimal::Decimal>,
    pub(crate) chrono_date: Option<chrono::NaiveDate>,
    pub(crate) time_date: Option<time::Date>,
    pub(crate) jiff_date: Option<jiff::civil::Date>,
    pub(crate) chrono_time: Option<chrono::NaiveTime>,
    pub(crate) time_time: Option<time::Time>,
    pub(crate) jiff_time: Option<jiff::civil::Time>,
    pub(crate) chrono_date_time: Option<chrono::NaiveDateTime>,
    pub(crate) time_date_time: Option<time::PrimitiveDateTime>,
    pub(crate) jiff_date_time: Option<jiff::civil::DateTime>,
    pub(crate) chrono_timestamp: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) time_utc: Option<time::UtcDateTime>,
    pub(crate) time_timestamp: Option<time::OffsetDateTime>,
    pub(crate) jiff_timestamp: Option<jiff::Timestamp>,
    pub(crate) uuid: Option<uuid::Uuid>,
    pub(crate) json: Option<serde_json::Value>,
    pub(crate) email: Option<Email>,
    pub(crate) state: Option<State>,
    pub(crate) level: Option<Level>,
    pub(crate) light: Option<Light>,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) digits: Option<Digits>,
}

#[derive(Scalar, Clone, Debug, PartialEq)]
pub(crate) struct Email(pub(crate) String);

#[derive(Scalar, Clone, Debug, PartialEq)]
#[scalar(rename_all = "snake_case")]
pub(crate) enum State {
    New,
    InProgress,
}

#[derive(Scalar, Clone, Debug, PartialEq)]
#[scalar(repr = "i16")]
pub(crate) enum Level {
    Low = -5,
    High = 300,
}

#[derive(Scalar, Clone, Debug, PartialEq)]
#[scalar(enumeration = "light", rename_all = "snake_case")]
pub(crate) enum Light {
    Red,
    Green,
}

/// An array has no Rust type of bindery's: a program that wants one writes this.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numbers(pub(crate) Vec<i64>);

impl Scalar for Numbers {
    type Base = Numbers;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Array(&SqlType::I64);

    fn into_value(self) -> Result<Value> {
        Ok(Value::Array(self.0.into_iter().map(Value::I64).collect()))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Array(elements) => {
                elements.iter().map(|element| i64::from_value(element.as_ref())).collect::<Result<_>>().map(Numbers)
            }
            value => Err(Error::unexpected_value("an array", value)),
        }
    }
}

/// A decimal of any number of digits, where `rust_decimal` has 28: a program that wants one writes this.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Digits(pub(crate) String);

impl Scalar for Digits {
    type Base = Digits;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Decimal;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Decimal(self.0))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            // SQLite keeps decimals as text.
            ValueRef::Decimal(digits) | ValueRef::Text(digits) => Ok(Digits(digits.to_owned())),
            value => Err(Error::unexpected_value("a decimal", value)),
        }
    }
}
