use crate::Result;
use crate::value::{SqlType, ValueRef};

/// Some rows of a result. The virtual call is per cell, never an async call per row; some 256 rows stay in the processor's cache.
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

/// One column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnInfo {
    /// the name that the server gave it
    pub name: String,
    /// its type, where the server says one
    pub sql_type: Option<SqlType>,
}

impl ColumnInfo {
    /// A column of this name.
    pub fn new(name: impl Into<String>) -> Self {
        ColumnInfo { name: name.into(), sql_type: None }
    }

    /// With the type that the server said.
    #[must_use]
    pub fn with_type(mut self, sql_type: SqlType) -> Self {
        self.sql_type = Some(sql_type);
        self
    }
}
