use std::sync::Arc;

use crate::engine::{ColumnInfo, FromRow, Row};
use crate::value::{Scalar, Value};
use crate::{Error, ErrorKind, Result};

/// A row whose columns are known at run time only: of a bare table, or of raw SQL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let event = session.one(EVENTS.select()).await?;
/// assert_eq!(event.get::<String>("kind")?, "login");
/// assert_eq!(event.get::<Option<i64>>("user")?, Some(1));
///
/// let row = session.one(raw("auth", "select count(*), max(id) from users")).await?;
/// assert_eq!((row.at::<i64>(0)?, row.at::<i64>(1)?), (2, 2));
/// assert_eq!(row.columns()[0].name, "count(*)");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DynamicRow {
    columns: Arc<[ColumnInfo]>,
    values: Vec<Value>,
}

impl DynamicRow {
    /// As a row that has the first of its columns, which these are.
    pub(super) fn as_row<'r>(&'r self, first_columns: &'r Arc<[ColumnInfo]>) -> Row<'r> {
        Row::new(&self.values, first_columns)
    }

    /// The columns.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The values, in the order of the columns, as the backend gave them: SQLite has no booleans, dates or decimals of its own.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// One value as a Rust type, by the name of its column.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], with the column, where there is no such column, or its value doesn't fit the type.
    pub fn get<T: Scalar>(&self, column: &str) -> Result<T> {
        let index = self.columns.iter().position(|info| info.name == column).ok_or_else(|| {
            let known: Vec<_> = self.columns.iter().map(|info| info.name.as_str()).collect();
            Error::new(ErrorKind::Decode, format!("the row has no such column: it has {}", known.join(", "))).at_column(column)
        })?;
        self.at(index)
    }

    /// One value as a Rust type, by its place, from 0.
    ///
    /// # Errors
    /// As [`get`](DynamicRow::get).
    pub fn at<T: Scalar>(&self, index: usize) -> Result<T> {
        match (self.values.get(index), self.columns.get(index)) {
            (Some(value), Some(info)) => T::from_value(value.as_ref()).map_err(|error| error.at_column(info.name.as_str())),
            _ => Err(Error::new(
                ErrorKind::Decode,
                format!("the row has {} columns, and column {index}, from 0, was asked for", self.values.len()),
            )),
        }
    }
}

#[cfg(feature = "serde_json")]
impl DynamicRow {
    /// The row as a JSON object: numbers, texts and truth values as such, documents as they are, arrays as arrays, as far as the backend tells them: on SQLite
    /// a truth value is a number, and there and on MariaDB a document is text. Decimals, dates, times
    /// and UUIDs are text, since JSON has none of them, and bytes are text in hexadecimal digits. Of two columns of one name the last one counts.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let event = session.one(EVENTS.select()).await?;
    /// assert_eq!(event.to_json()?, serde_json::json!({"id": 1, "kind": "login", "user": 1}));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], with the column, of a float that is not finite, for which JSON has no number, of a date before the year 0 or beyond 9999, and of a
    /// document that is none.
    pub fn to_json(&self) -> Result<serde_json::Value> {
        let member = |(info, value): (&ColumnInfo, &Value)| {
            Ok((info.name.clone(), to_json(value).map_err(|error| error.at_column(info.name.as_str()))?))
        };
        self.columns.iter().zip(&self.values).map(member).collect()
    }
}

#[cfg(feature = "serde_json")]
fn to_json(value: &Value) -> Result<serde_json::Value> {
    use serde_json::Value as Json;

    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::I64(value) => (*value).into(),
        Value::U64(value) => (*value).into(),
        Value::F64(value) => {
            let number = serde_json::Number::from_f64(*value);
            number.map(Json::Number).ok_or_else(|| Error::new(ErrorKind::Decode, "the float is not finite: JSON has no such number"))?
        }
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        Value::Json(_) => Json::from_value(value.as_ref())?,
        Value::Array(values) => values.iter().map(to_json).collect::<Result<_>>()?,
        other => {
            let text = other.as_ref().to_text();
            text.ok_or_else(|| Error::new(ErrorKind::Decode, "the date is beyond the years 0000 to 9999, which text has"))?
                .into_owned()
                .into()
        }
    })
}

impl FromRow for DynamicRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let values = (0..row.columns().len()).map(|column| Ok(row.value(column)?.to_owned())).collect::<Result<_>>()?;
        Ok(DynamicRow { columns: row.shared_columns(), values })
    }
}
