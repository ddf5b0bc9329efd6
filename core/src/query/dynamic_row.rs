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

impl FromRow for DynamicRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let values = (0..row.columns().len()).map(|column| Ok(row.value(column)?.to_owned())).collect::<Result<_>>()?;
        Ok(DynamicRow { columns: row.shared_columns(), values })
    }
}
