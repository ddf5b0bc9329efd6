use bindery_core::engine::Cells;
use bindery_core::value::{Value, ValueRef};
use bindery_core::{Error, ErrorKind, Result};

/// A row that outlives the look at it: what each of its cells was, or why it can't be carried.
pub(crate) struct OwnedRow(Vec<std::result::Result<Value, (ErrorKind, String)>>);

impl OwnedRow {
    /// The first so many cells of a row.
    pub(crate) fn new(cells: &dyn Cells, width: usize) -> Self {
        let cell = |column| cells.value(column).map(ValueRef::to_owned).map_err(|error| (error.kind(), error.to_string()));
        OwnedRow((0..width).map(cell).collect())
    }
}

impl Cells for OwnedRow {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        match self.0.get(column) {
            Some(Ok(value)) => Ok(value.as_ref()),
            Some(Err((kind, message))) => Err(Error::new(*kind, message.clone())),
            None => {
                Err(Error::new(ErrorKind::Decode, format!("there is no column {column}, counted from 0: the row has {}", self.0.len())))
            }
        }
    }
}
