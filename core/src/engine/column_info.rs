use crate::value::SqlType;

/// One column of a result.
///
/// ```
/// use bindery_core::{engine::ColumnInfo, value::SqlType};
///
/// let id = ColumnInfo::new("id").with_type(SqlType::I64);
/// assert_eq!((id.name.as_str(), id.sql_type), ("id", Some(SqlType::I64)));
/// ```
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
