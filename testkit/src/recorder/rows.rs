use bindery_core::Result;
use bindery_core::value::{Scalar, Value};

/// What a cell of a scripted row can be: any [`Scalar`], and `&str` for text.
pub trait IntoCell<V> {
    /// The value.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](bindery_core::ErrorKind::InvalidValue) where it can't be carried.
    fn into_cell(self) -> Result<Value>;
}

impl<V: Scalar> IntoCell<V> for V {
    fn into_cell(self) -> Result<Value> {
        self.into_value()
    }
}

impl IntoCell<String> for &str {
    fn into_cell(self) -> Result<Value> {
        Ok(Value::Text(self.to_owned()))
    }
}

impl IntoCell<Option<String>> for Option<&str> {
    fn into_cell(self) -> Result<Value> {
        self.map_or(Ok(Value::Null), IntoCell::into_cell)
    }
}

/// A scripted row: a tuple of up to twelve cells, `(1,)` for a single one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of a script",
    note = "rows are tuples of up to twelve column values, `(1,)` for a single one; for models there is `models`"
)]
pub trait IntoRow<V> {
    /// The values.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](bindery_core::ErrorKind::InvalidValue) where one can't be carried.
    fn into_row(self) -> Result<Vec<Value>>;
}

macro_rules! into_row {
    ($($($ty:ident $value:ident $index:tt),+;)+) => {$(
        impl<$($ty: IntoCell<$value>, $value),+> IntoRow<($($value,)+)> for ($($ty,)+) {
            fn into_row(self) -> Result<Vec<Value>> {
                Ok(vec![$(self.$index.into_cell()?),+])
            }
        }
    )+};
}

into_row! {
    A V0 0;
    A V0 0, B V1 1;
    A V0 0, B V1 1, C V2 2;
    A V0 0, B V1 1, C V2 2, D V3 3;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6, H V7 7;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6, H V7 7, I V8 8;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6, H V7 7, I V8 8, J V9 9;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6, H V7 7, I V8 8, J V9 9, K V10 10;
    A V0 0, B V1 1, C V2 2, D V3 3, E V4 4, F V5 5, G V6 6, H V7 7, I V8 8, J V9 9, K V10 10, L V11 11;
}
