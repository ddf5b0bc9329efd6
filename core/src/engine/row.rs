use std::sync::Arc;

use super::{Cells, ColumnInfo};
use crate::tuples::for_each_tuple;
use crate::value::{Scalar, ValueRef};
use crate::{Error, ErrorKind, Result};

/// One row of a result, borrowed.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    cells: &'a dyn Cells,
    columns: &'a Arc<[ColumnInfo]>,
}

impl<'a> Row<'a> {
    /// The row of these cells.
    pub fn new(cells: &'a dyn Cells, columns: &'a Arc<[ColumnInfo]>) -> Self {
        Row { cells, columns }
    }

    /// The columns of the result.
    pub fn columns(&self) -> &'a [ColumnInfo] {
        self.columns
    }

    /// The columns of the result, to be kept beyond it.
    pub fn shared_columns(&self) -> Arc<[ColumnInfo]> {
        Arc::clone(self.columns)
    }

    /// One cell as it came; columns count from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where the value can't be carried, or there is no such column.
    #[inline]
    pub fn value(&self, column: usize) -> Result<ValueRef<'a>> {
        self.cells.value(column).map_err(|error| self.at(error, column))
    }

    /// One cell as a Rust type; columns count from 0.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], with the column's name, where the value is of another type, out of range, NULL in a type without
    /// NULL, or there is no such column.
    pub fn get<T: Scalar>(&self, column: usize) -> Result<T> {
        T::from_value(self.value(column)?).map_err(|error| self.at(error, column))
    }

    /// One cell as a Rust type, by the name of its column. Looks the name up each time: for loops, [`get`](Row::get) is faster.
    ///
    /// # Errors
    /// As [`get`](Row::get).
    pub fn get_by_name<T: Scalar>(&self, column: &str) -> Result<T> {
        let index = self.columns.iter().position(|info| info.name == column).ok_or_else(|| {
            let known: Vec<_> = self.columns.iter().map(|info| info.name.as_str()).collect();
            Error::new(ErrorKind::Decode, format!("the result has no such column: it has {}", known.join(", "))).at_column(column)
        })?;
        self.get(index)
    }

    #[cold]
    fn at(&self, error: Error, column: usize) -> Error {
        match self.columns.get(column) {
            Some(info) => error.at_column(info.name.as_str()),
            None => Error::new(
                ErrorKind::Decode,
                format!("the row type takes a column number {}, and the result has {}", column + 1, self.columns.len()),
            ),
        }
    }
}

/// A type that is made from a whole row: a model, a view, a tuple of up to sixteen [`Scalar`]s, or a single [`Scalar`], of the first column.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::engine::{FromRow, Row};
///
/// struct Rating { title: String, stars: i16 }
///
/// impl FromRow for Rating {
///     fn from_row(row: &Row<'_>) -> bindery::Result<Self> {
///         Ok(Rating { title: row.get(0)?, stars: row.get::<Option<i16>>(1)?.unwrap_or(0) })
///     }
/// }
///
/// let ratings: Vec<Rating> = session.all(raw("default", "select title, stars from posts").rows()).await?;
/// assert_eq!((ratings[2].title.as_str(), ratings[2].stars), ("Sketch", 0));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be made from a row",
    note = "rows become models, tuples of columns, or a `DynamicRow`"
)]
pub trait FromRow: Sized + Send + 'static {
    /// Makes it from the row's cells, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], with the column, where a cell doesn't fit or is missing.
    fn from_row(row: &Row<'_>) -> Result<Self>;

    /// Whether rows of these columns can become it, asked once for each result of raw SQL. A model asks for its columns' names in their
    /// order: SQL with others would put values into the wrong fields. A tuple takes any.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`], naming the columns that it takes.
    fn check_columns(_columns: &[ColumnInfo]) -> Result<()> {
        Ok(())
    }
}

/// A row of one column, or the first column of one.
impl<T: Scalar> FromRow for T {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(0)
    }
}

macro_rules! from_row {
    ($($ty:ident $index:tt),+) => {
        impl<$($ty: Scalar),+> FromRow for ($($ty,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$ty>($index)?,)+))
            }
        }
    };
}

for_each_tuple!(from_row);
