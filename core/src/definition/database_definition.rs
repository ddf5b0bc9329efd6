use super::{CheckDefinition, TableDefinition, ViewDefinition};

/// Everything that a database has, as far as it is known here.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// let auth = databases.reflect("auth").await?;
/// let names: Vec<_> = auth.tables.iter().map(|table| table.name.as_str()).collect();
/// assert_eq!(names, ["events", "users"]);
/// let users = auth.table("users").unwrap();
/// assert_eq!(users.uniques[0].columns, ["email"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct DatabaseDefinition {
    /// its tables
    pub tables: Vec<TableDefinition>,
    /// its views
    pub views: Vec<ViewDefinition>,
    /// its enumerations, where these are types of their own
    pub enumerations: Vec<EnumerationDefinition>,
    /// its domains
    pub domains: Vec<DomainDefinition>,
    /// what else it has: triggers, functions, sequences of no column
    pub others: Vec<OtherDefinition>,
}

/// An enumeration that is a type of its own: PostgreSQL's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnumerationDefinition {
    /// its name
    pub name: String,
    /// its values, in order
    pub labels: Vec<String>,
}

/// A domain: a type with a name, made of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DomainDefinition {
    /// its name
    pub name: String,
    /// the type that it is made of, in the server's words
    pub type_name: String,
    /// its collation, where it has one of its own: one other than its type's
    pub collation: Option<String>,
    /// whether NULL is allowed
    pub nullable: bool,
    /// its default, as SQL
    pub default: Option<String>,
    /// its checks, of `VALUE`
    pub checks: Vec<CheckDefinition>,
}

/// Something that a database has and bindery does not look into.
///
/// Of what is compared here only the text counts: migrations don't write it, and say so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherDefinition {
    /// what it is: `trigger`, `function`, `procedure`, `sequence`, `extension`, `event`, `rule`, `policy`
    pub kind: String,
    /// its name; of what can be there more than once under one name, with what tells it apart: `group_concat(text)`
    pub name: String,
    /// the table that it belongs to, where there is one
    pub table: Option<String>,
    /// the SQL that makes it, or as much of it as the server shows
    pub sql: String,
}

impl DatabaseDefinition {
    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&TableDefinition> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// A view by its name.
    pub fn view(&self, name: &str) -> Option<&ViewDefinition> {
        self.views.iter().find(|view| view.name == name)
    }

    /// An enumeration by its name.
    pub fn enumeration(&self, name: &str) -> Option<&EnumerationDefinition> {
        self.enumerations.iter().find(|enumeration| enumeration.name == name)
    }

    /// Sorts every list by name, so that two can be compared. Columns, which have their order, stay. For engines, before they give it.
    pub fn sort(&mut self) {
        let DatabaseDefinition { tables, views, enumerations, domains, others } = self;
        for table in tables.iter_mut() {
            // Without names, by what they say.
            table.uniques.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
            table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
            table.foreign_keys.sort_by(|a, b| (&a.name, &a.columns, &a.table).cmp(&(&b.name, &b.columns, &b.table)));
            table.checks.sort_by(|a, b| (&a.name, &a.sql).cmp(&(&b.name, &b.sql)));
        }
        for view in views.iter_mut() {
            view.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        }
        for domain in domains.iter_mut() {
            domain.checks.sort_by(|a, b| (&a.name, &a.sql).cmp(&(&b.name, &b.sql)));
        }
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        views.sort_by(|a, b| a.name.cmp(&b.name));
        enumerations.sort_by(|a, b| a.name.cmp(&b.name));
        domains.sort_by(|a, b| a.name.cmp(&b.name));
        others.sort_by(|a, b| (&a.kind, &a.name, &a.table).cmp(&(&b.kind, &b.name, &b.table)));
    }
}

impl EnumerationDefinition {
    /// An enumeration of these values.
    pub fn new<L: Into<String>>(name: impl Into<String>, labels: impl IntoIterator<Item = L>) -> Self {
        EnumerationDefinition { name: name.into(), labels: labels.into_iter().map(Into::into).collect() }
    }
}

impl DomainDefinition {
    /// A domain of this type, with NULL, without a default and checks.
    pub fn new(name: impl Into<String>, type_name: impl Into<String>) -> Self {
        DomainDefinition {
            name: name.into(),
            type_name: type_name.into(),
            collation: None,
            nullable: true,
            default: None,
            checks: Vec::new(),
        }
    }
}

impl OtherDefinition {
    /// Something of this kind, of no table.
    pub fn new(kind: impl Into<String>, name: impl Into<String>, sql: impl Into<String>) -> Self {
        OtherDefinition { kind: kind.into(), name: name.into(), table: None, sql: sql.into() }
    }
}
