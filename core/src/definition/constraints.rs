use super::ReferentialAction;

/// A primary key or a unique constraint.
///
/// ```
/// use bindery_core::definition::KeyDefinition;
///
/// let key = KeyDefinition::new("uq_users_email", ["email"]);
/// assert_eq!(key.columns, ["email"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyDefinition {
    /// its name; empty where the backend keeps none: of every primary key on MySQL (`PRIMARY`), of one without a name on SQLite
    pub name: String,
    /// its columns, in order
    pub columns: Vec<String>,
    /// what stands in its brackets, as SQL, where its columns' names don't say all of it: `"name" COLLATE NOCASE, "born" DESC` on SQLite
    pub columns_sql: Option<String>,
    /// whatever else stands behind its columns, in the server's words: `DEFERRABLE INITIALLY DEFERRED`, `NULLS NOT DISTINCT`
    pub options: Option<String>,
}

/// An index that is no constraint's.
///
/// ```
/// use bindery_core::definition::{IndexDefinition, IndexPart};
///
/// let mut index = IndexDefinition::new("ix_users_mail", [IndexPart::Expression("lower(email)".to_owned())]);
/// index.unique = true;
/// index.filter = Some("deleted IS NULL".to_owned());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexDefinition {
    /// its name
    pub name: String,
    /// what it is over, in order
    pub parts: Vec<IndexPart>,
    /// whether no two rows may be alike in it
    pub unique: bool,
    /// its method, where it is another than the backend's usual B-tree: `gin`, `gist`, `FULLTEXT`, `SPATIAL`, `HASH`
    pub method: Option<String>,
    /// which rows are in it, as SQL: what stands behind WHERE
    pub filter: Option<String>,
    /// whatever else stands between its parts and its filter, in the server's words: `INCLUDE (name)`, `WITH (fillfactor='70')`
    pub options: Option<String>,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexPart {
    /// a column by its name
    Column(String),
    /// a column by its name, with what stands behind it in the server's words: `DESC NULLS LAST`, `COLLATE nocase`, `text_pattern_ops`;
    /// `(10)` for the first characters of a text
    ColumnWith(String, String),
    /// an expression, as SQL, without brackets around it
    Expression(String),
    /// an expression, as SQL, without brackets around it, with what stands behind it in the server's words: `DESC`, `gin_trgm_ops`
    ExpressionWith(String, String),
}

/// A foreign key.
///
/// ```
/// use bindery_core::definition::{ForeignKeyDefinition, ReferentialAction};
///
/// let mut key = ForeignKeyDefinition::new("fk_posts_author_users", ["author"], "users", ["id"]);
/// key.on_delete = ReferentialAction::Cascade;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKeyDefinition {
    /// its name; empty for one without a name on SQLite
    pub name: String,
    /// the columns that refer, in order
    pub columns: Vec<String>,
    /// the referred table; with its schema in front where that is another one: `other.users`
    pub table: String,
    /// the referred columns, in the same order
    pub referred: Vec<String>,
    /// what happens when a referred row is deleted
    pub on_delete: ReferentialAction,
    /// what happens when a referred key is changed
    pub on_update: ReferentialAction,
    /// whatever else stands behind it, in the server's words: `DEFERRABLE INITIALLY DEFERRED`, `MATCH FULL`
    pub options: Option<String>,
}

/// A check constraint.
///
/// ```
/// use bindery_core::definition::CheckDefinition;
///
/// let check = CheckDefinition::new("ck_films_length", "length > 0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckDefinition {
    /// its name; empty for one without a name on SQLite, and for one of a column on MariaDB
    pub name: String,
    /// what must not be false of any row, as SQL, without brackets around it
    pub sql: String,
    /// the column that it is a part of, where it comes and goes with that column's definition only: MariaDB's, written behind a column
    pub column: Option<String>,
    /// whatever else stands behind it, in the server's words: `NO INHERIT`, `NOT VALID`, `NOT ENFORCED`
    pub options: Option<String>,
}

impl KeyDefinition {
    /// A key of this name over these columns.
    pub fn new<C: Into<String>>(name: impl Into<String>, columns: impl IntoIterator<Item = C>) -> Self {
        KeyDefinition { name: name.into(), columns: columns.into_iter().map(Into::into).collect(), columns_sql: None, options: None }
    }
}

impl IndexDefinition {
    /// An index of this name over these parts, in the usual way.
    pub fn new(name: impl Into<String>, parts: impl IntoIterator<Item = IndexPart>) -> Self {
        IndexDefinition { name: name.into(), parts: parts.into_iter().collect(), unique: false, method: None, filter: None, options: None }
    }

    /// The names of its columns, where it is over nothing but columns.
    pub fn columns(&self) -> Option<Vec<&str>> {
        self.parts.iter().map(IndexPart::column).collect()
    }
}

impl IndexPart {
    /// The name of its column, unless it is an expression.
    pub fn column(&self) -> Option<&str> {
        match self {
            IndexPart::Column(name) | IndexPart::ColumnWith(name, _) => Some(name),
            IndexPart::Expression(_) | IndexPart::ExpressionWith(..) => None,
        }
    }

    /// The name of its column, if it is that and nothing else.
    pub fn plain_column(&self) -> Option<&str> {
        match self {
            IndexPart::Column(name) => Some(name),
            IndexPart::ColumnWith(..) | IndexPart::Expression(_) | IndexPart::ExpressionWith(..) => None,
        }
    }
}

impl ForeignKeyDefinition {
    /// A key of this name from these columns to those of a table.
    pub fn new<C: Into<String>, R: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = C>,
        table: impl Into<String>,
        referred: impl IntoIterator<Item = R>,
    ) -> Self {
        ForeignKeyDefinition {
            name: name.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            table: table.into(),
            referred: referred.into_iter().map(Into::into).collect(),
            on_delete: ReferentialAction::default(),
            on_update: ReferentialAction::default(),
            options: None,
        }
    }
}

impl CheckDefinition {
    /// A check of this name, of the whole table.
    pub fn new(name: impl Into<String>, sql: impl Into<String>) -> Self {
        CheckDefinition { name: name.into(), sql: sql.into(), column: None, options: None }
    }
}
