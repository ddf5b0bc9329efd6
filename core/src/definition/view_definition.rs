use super::{ColumnDefinition, IndexDefinition};

/// A view, as its database has it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ViewDefinition {
    /// its name
    pub name: String,
    /// its columns, as far as the database knows them
    pub columns: Vec<ColumnDefinition>,
    /// its select, as the server has it; empty where it doesn't show it
    pub sql: String,
    /// whether its rows are kept, and made anew when it is asked to
    pub materialized: bool,
    /// its indexes, which one whose rows are kept may have
    pub indexes: Vec<IndexDefinition>,
    /// whatever else is said when it is created, in the server's words: `WITH (security_barrier='true')` between its name and its select on
    /// PostgreSQL, `ALGORITHM=MERGE SQL SECURITY INVOKER` before it on MySQL
    pub options: Option<String>,
    /// what its people say of it
    pub comment: Option<String>,
}

impl ViewDefinition {
    /// A view of this select.
    pub fn new(name: impl Into<String>, sql: impl Into<String>) -> Self {
        ViewDefinition {
            name: name.into(),
            columns: Vec::new(),
            sql: sql.into(),
            materialized: false,
            indexes: Vec::new(),
            options: None,
            comment: None,
        }
    }
}
