use crate::definition::{
    CheckDefinition, ColumnDefinition, DomainDefinition, EnumerationDefinition, ForeignKeyDefinition, IndexDefinition, KeyDefinition,
    TableDefinition,
};

/// One thing in which two definitions of a database differ, as what is done about it.
///
/// Its text is one line for people; [`loss`](Change::loss) says what may be lost by it.
///
/// ```
/// use bindery_core::ddl::Change;
/// use bindery_core::definition::ColumnDefinition;
///
/// let column = |type_name| Box::new(ColumnDefinition::new("name", type_name));
/// let change = Change::AlterColumn { table: "users".to_owned(), from: column("varchar(20)"), to: column("varchar(10)") };
/// assert_eq!(change.to_string(), "column `users.name`: varchar(20) becomes varchar(10)");
/// assert!(change.is_destructive());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// a table is created, with all that belongs to it
    CreateTable(Box<TableDefinition>),
    /// a table is dropped, with its rows
    DropTable(Box<TableDefinition>),
    /// a table gets another name
    RenameTable {
        /// its name so far
        from: String,
        /// its new name
        to: String,
    },
    /// what stands behind a table's columns becomes something else
    AlterTableOptions {
        /// the table
        table: String,
        /// the options so far
        from: Option<String>,
        /// the new ones
        to: Option<String>,
    },
    /// what people say of a table becomes something else
    AlterTableComment {
        /// the table
        table: String,
        /// the new comment
        to: Option<String>,
    },
    /// a table gets another column
    AddColumn {
        /// the table
        table: String,
        /// the column
        column: Box<ColumnDefinition>,
    },
    /// a column is dropped, with its values
    DropColumn {
        /// the table
        table: String,
        /// the column
        column: Box<ColumnDefinition>,
    },
    /// a column gets another name
    RenameColumn {
        /// the table
        table: String,
        /// its name so far
        from: String,
        /// its new name
        to: String,
    },
    /// a column becomes another one, of the same name
    AlterColumn {
        /// the table
        table: String,
        /// the column so far
        from: Box<ColumnDefinition>,
        /// the new one
        to: Box<ColumnDefinition>,
    },
    /// a table gets a primary key
    AddPrimaryKey {
        /// the table
        table: String,
        /// the key
        key: KeyDefinition,
    },
    /// a table's primary key is dropped
    DropPrimaryKey {
        /// the table
        table: String,
        /// the key
        key: KeyDefinition,
    },
    /// a table gets a unique constraint
    AddUnique {
        /// the table
        table: String,
        /// the constraint
        key: KeyDefinition,
    },
    /// a unique constraint is dropped
    DropUnique {
        /// the table
        table: String,
        /// the constraint
        key: KeyDefinition,
    },
    /// a table gets an index
    AddIndex {
        /// the table
        table: String,
        /// the index
        index: IndexDefinition,
    },
    /// an index is dropped
    DropIndex {
        /// the table
        table: String,
        /// the index
        index: IndexDefinition,
    },
    /// an index gets another name, where the backend can do that
    RenameIndex {
        /// the table
        table: String,
        /// its name so far
        from: String,
        /// its new name
        to: String,
    },
    /// a table gets a foreign key
    AddForeignKey {
        /// the table
        table: String,
        /// the key
        key: ForeignKeyDefinition,
    },
    /// a foreign key is dropped
    DropForeignKey {
        /// the table
        table: String,
        /// the key
        key: ForeignKeyDefinition,
    },
    /// a table gets a check
    AddCheck {
        /// the table
        table: String,
        /// the check
        check: CheckDefinition,
    },
    /// a check is dropped
    DropCheck {
        /// the table
        table: String,
        /// the check
        check: CheckDefinition,
    },
    /// a constraint gets another name, where the backend can do that
    RenameConstraint {
        /// the table
        table: String,
        /// its name so far
        from: String,
        /// its new name
        to: String,
    },
    /// an enumeration is created
    CreateEnumeration(EnumerationDefinition),
    /// an enumeration is dropped
    DropEnumeration(EnumerationDefinition),
    /// an enumeration gets another value
    AddEnumerationValue {
        /// the enumeration
        enumeration: String,
        /// the new value
        value: String,
        /// the value that it comes behind; `None`: it is the first
        after: Option<String>,
    },
    /// an enumeration's values become others, or have another order: its columns are made anew
    AlterEnumeration {
        /// the enumeration so far
        from: EnumerationDefinition,
        /// the new one
        to: EnumerationDefinition,
    },
    /// a domain is created
    CreateDomain(DomainDefinition),
    /// a domain is dropped
    DropDomain(DomainDefinition),
    /// a domain's default, checks or NULL become others
    AlterDomain {
        /// the domain so far
        from: Box<DomainDefinition>,
        /// the new one
        to: Box<DomainDefinition>,
    },
}

impl Change {
    /// The table that it is about, where it is about one.
    pub fn table(&self) -> Option<&str> {
        match self {
            Change::CreateTable(table) | Change::DropTable(table) => Some(&table.name),
            Change::RenameTable { from: table, .. }
            | Change::AlterTableOptions { table, .. }
            | Change::AlterTableComment { table, .. }
            | Change::AddColumn { table, .. }
            | Change::DropColumn { table, .. }
            | Change::RenameColumn { table, .. }
            | Change::AlterColumn { table, .. }
            | Change::AddPrimaryKey { table, .. }
            | Change::DropPrimaryKey { table, .. }
            | Change::AddUnique { table, .. }
            | Change::DropUnique { table, .. }
            | Change::AddIndex { table, .. }
            | Change::DropIndex { table, .. }
            | Change::RenameIndex { table, .. }
            | Change::AddForeignKey { table, .. }
            | Change::DropForeignKey { table, .. }
            | Change::AddCheck { table, .. }
            | Change::DropCheck { table, .. }
            | Change::RenameConstraint { table, .. } => Some(table),
            Change::CreateEnumeration(_)
            | Change::DropEnumeration(_)
            | Change::AddEnumerationValue { .. }
            | Change::AlterEnumeration { .. }
            | Change::CreateDomain(_)
            | Change::DropDomain(_)
            | Change::AlterDomain { .. } => None,
        }
    }

    /// Whether rows, columns or values may be lost by it.
    pub fn is_destructive(&self) -> bool {
        self.loss().is_some()
    }
}

/// The name that a table has after these changes.
pub(super) fn table_now<'c>(table: &'c str, changes: &'c [Change]) -> &'c str {
    changes.iter().fold(table, |name, change| match change {
        Change::RenameTable { from, to } if from == name => to,
        _ => name,
    })
}
