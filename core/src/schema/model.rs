use super::{Column, Table};
use crate::engine::{FromRow, Row};
use crate::value::{Scalar, Value};
use crate::{BindName, Result};

/// What the derive gives a struct whose fields are columns: a model, or an abstract base of models.
pub trait Fields: Values {
    /// The bind: its own, else its base's, else `default`.
    type Bind: BindName;
    /// The bind of its typed columns: [`Bind`](Fields::Bind) for a model; [`AnyBind`](crate::AnyBind) for an abstract base, whose
    /// children may be on several.
    type ColumnBind: Send + Sync + 'static;
    /// The table; `None` for an abstract base.
    const TABLE: Option<&'static str>;
    /// How many columns, those of its bases included.
    const WIDTH: usize;

    /// The columns in the order of the fields, a base's where its field stands.
    fn columns() -> Vec<Column>;

    /// Makes it from the cells of a row, the first of them at `offset`.
    fn from_row_at(row: &Row<'_>, offset: usize) -> Result<Self>
    where
        Self: Sized;
}

/// A struct that is a row of a [`Table`]. Implemented by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a model", note = "add #[derive(Model)], without `abstract`")]
pub trait Model: Fields + FromRow {
    /// The table's name.
    const NAME: &'static str;
    /// The primary key: the type of its column, or a tuple where there are several.
    type Key: Key;
    /// The model without its generated columns: `NewUser` for `User`.
    type New: Insertable<Model = Self>;

    /// The table.
    fn table() -> &'static Table;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;
}

/// Column values in the order of the columns.
pub trait Values: Sized + Send + Sync + 'static {
    /// Appends one entry for each column; `None` leaves the column to the server: generated, or its default.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue), with the column, where a value can't be carried.
    fn into_values(self, values: &mut Vec<Option<Value>>) -> Result<()>;
}

/// What can be inserted: a model with all its columns, or its `New…` without the generated ones.
pub trait Insertable: Values {
    /// The model that it becomes.
    type Model: Model;
}

/// Appends the value of one column.
pub fn push_value<T: Scalar>(values: &mut Vec<Option<Value>>, value: T, column: &'static str) -> Result<()> {
    values.push(Some(value.into_value().map_err(|error| error.at_column(column))?));
    Ok(())
}

/// Appends the value of a column with a default of the server's: `None` leaves it to that.
pub fn push_default<T: Scalar>(values: &mut Vec<Option<Value>>, value: Option<T>, column: &'static str) -> Result<()> {
    match value {
        Some(value) => push_value(values, value, column),
        None => {
            values.push(None);
            Ok(())
        }
    }
}

/// Reads one field of a model, whose column is known by name even where the result's is not.
pub fn read_field<T: Scalar>(row: &Row<'_>, index: usize, column: &'static str) -> Result<T> {
    row.get(index).map_err(|error| error.at_column(column))
}

/// A primary key: the [`Scalar`] of its one column, or a tuple of them in the order of the columns.
pub trait Key: Send + Sync + 'static {
    /// The values, in the order of the key's columns.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue) where a value can't be carried.
    fn into_values(self) -> Result<Vec<Value>>;
}

impl<T: Scalar> Key for T {
    fn into_values(self) -> Result<Vec<Value>> {
        Ok(vec![self.into_value()?])
    }
}

macro_rules! composite_keys {
    ($($($ty:ident $index:tt),+;)+) => {$(
        impl<$($ty: Scalar),+> Key for ($($ty,)+) {
            fn into_values(self) -> Result<Vec<Value>> {
                Ok(vec![$(self.$index.into_value()?),+])
            }
        }
    )+};
}

composite_keys! {
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}
