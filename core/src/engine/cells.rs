use std::ops::ControlFlow;

use crate::value::{Value, ValueRef};
use crate::{Error, ErrorKind, Result};

/// The values of one row, where the driver has them: it is borrowed for as long as [`EachRow`] looks at it.
///
/// A row of plain values, `Vec<Value>`, is one too.
///
/// ```
/// use bindery_core::engine::{Cells, ColumnInfo, FromRow, Row};
/// use bindery_core::value::ValueRef;
/// use bindery_core::{Error, ErrorKind, Result};
/// use std::sync::Arc;
///
/// /// A line of a file, its fields apart by tabs.
/// struct Line(&'static str);
///
/// impl Cells for Line {
///     fn value(&self, column: usize) -> Result<ValueRef<'_>> {
///         let field = self.0.split('\t').nth(column);
///         field.map(ValueRef::Text).ok_or_else(|| Error::new(ErrorKind::Decode, format!("the line has no field {column}")))
///     }
/// }
///
/// let columns: Arc<[ColumnInfo]> = [ColumnInfo::new("name"), ColumnInfo::new("language")].into();
/// let (name, language) = <(String, String)>::from_row(&Row::new(&Line("Ada\tAda"), &columns))?;
/// assert_eq!(name, language);
/// # Ok::<(), Error>(())
/// ```
pub trait Cells {
    /// The value of one column, borrowed. Columns count from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where it can't be carried (text that isn't UTF-8), or there is no such column.
    fn value(&self, column: usize) -> Result<ValueRef<'_>>;
}

impl Cells for Vec<Value> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        self.get(column).map(Value::as_ref).ok_or_else(|| no_column(column, self.len()))
    }
}

#[cold]
fn no_column(column: usize, width: usize) -> Error {
    Error::new(ErrorKind::Decode, format!("there is no column {column}, counted from 0: the row has {width}"))
}

/// What looks at each row of a result: whoever reads gives it to [`Connection::fetch`](super::Connection::fetch). It breaks where it
/// has enough; the row at which it does is not given again.
///
/// So no row is kept by a driver only to be looked at and thrown away, and the call for a row is a plain one, never an async one.
pub type EachRow<'a> = dyn FnMut(&dyn Cells) -> ControlFlow<()> + Send + 'a;
