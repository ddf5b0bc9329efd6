use crate::Result;
use crate::value::ValueRef;

/// Some rows of a result. The virtual call is per cell, never an async call per row; some 256 rows stay in the processor's cache.
///
/// ```
/// use bindery_core::engine::{Batch, ColumnInfo, FromRow, Row};
/// use bindery_core::value::{Value, ValueRef};
/// use bindery_core::{Error, ErrorKind, Result};
/// use std::sync::Arc;
///
/// /// Rows that are in memory already.
/// struct Rows(Vec<Vec<Value>>);
///
/// impl Batch for Rows {
///     fn len(&self) -> usize {
///         self.0.len()
///     }
///
///     fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
///         let value = self.0.get(row).and_then(|row| row.get(column));
///         value.map(Value::as_ref).ok_or_else(|| Error::new(ErrorKind::Decode, format!("there is no cell {row}, {column}")))
///     }
/// }
///
/// let rows = Rows(vec![vec![Value::I64(1), Value::Text("Ada".into())]]);
/// let columns: Arc<[ColumnInfo]> = [ColumnInfo::new("id"), ColumnInfo::new("name")].into();
/// assert_eq!(<(i64, String)>::from_row(&Row::new(&rows, &columns, 0))?, (1, "Ada".to_owned()));
/// # Ok::<(), Error>(())
/// ```
pub trait Batch: Send + Sync + 'static {
    /// How many rows; a batch is never empty.
    fn len(&self) -> usize;

    /// Whether there is no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One cell, borrowed. Rows and columns count from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) where the value can't be carried (text that isn't UTF-8), or there is no such cell.
    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>>;
}
