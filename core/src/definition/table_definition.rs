use super::{CheckDefinition, ColumnDefinition, ForeignKeyDefinition, IndexDefinition, KeyDefinition};

/// A table, as its database has it.
///
/// ```
/// use bindery_core::definition::{ColumnDefinition, KeyDefinition, TableDefinition};
///
/// let mut users = TableDefinition::new("users");
/// users.columns.push(ColumnDefinition::new("id", "bigint"));
/// users.primary_key = Some(KeyDefinition::new("pk_users", ["id"]));
/// assert_eq!(users.column("id").unwrap().type_name, "bigint");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TableDefinition {
    /// its name
    pub name: String,
    /// its columns, in order
    pub columns: Vec<ColumnDefinition>,
    /// its primary key
    pub primary_key: Option<KeyDefinition>,
    /// its unique constraints
    pub uniques: Vec<KeyDefinition>,
    /// its indexes, those of constraints apart
    pub indexes: Vec<IndexDefinition>,
    /// its foreign keys
    pub foreign_keys: Vec<ForeignKeyDefinition>,
    /// its checks
    pub checks: Vec<CheckDefinition>,
    /// what stands behind its columns when it is created, in the server's words: `ENGINE=InnoDB`, `WITHOUT ROWID`, `PARTITION BY RANGE
    /// (at)`
    pub options: Option<String>,
    /// of a partition, its parent's name and what stands behind that: `("payment", "FOR VALUES FROM ('2022-01-01') TO ('2022-02-01')")`
    pub partition_of: Option<(String, String)>,
    /// what its people say of it
    pub comment: Option<String>,
}

impl TableDefinition {
    /// A table without columns.
    pub fn new(name: impl Into<String>) -> Self {
        TableDefinition {
            name: name.into(),
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            options: None,
            partition_of: None,
            comment: None,
        }
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&ColumnDefinition> {
        self.columns.iter().find(|column| column.name == name)
    }
}
