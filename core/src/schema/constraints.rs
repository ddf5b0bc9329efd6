use std::borrow::Cow;

use crate::BindKey;
use crate::definition::{IndexPart, ReferentialAction};

/// A unique constraint: its name and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unique {
    /// the name, by the convention unless one was given
    pub name: String,
    /// the columns, in order
    pub columns: Vec<Cow<'static, str>>,
}

/// An index: its name, what it is over, and what is particular about it.
///
/// ```
/// use bindery::{BindKey, schema::{Column, Index, Table}};
///
/// let table = Table::new("users", BindKey::DEFAULT)
///     .columns_from([Column::of::<i64>("level").index(), Column::of::<String>("email"), Column::of::<Option<i64>>("deleted")])
///     .index(None, vec!["email".into(), "level".into()])
///     .add_index(Index::over_columns(["email"]).unique().filter("deleted IS NULL"))
///     .add_index(Index::over_sql(["lower(email)", "level DESC"]).named("by_mail"));
/// let names: Vec<_> = table.indexes().iter().map(|index| index.name.as_str()).collect();
/// assert_eq!(names, ["ix_users_level", "ix_users_email_level", "ux_users_email", "by_mail"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Index {
    /// the name, by the convention unless one was given; empty until the index is one of a table
    pub name: String,
    /// what it is over, in order
    pub parts: Vec<IndexPart>,
    /// whether no two rows may be alike in it: an index and no constraint, so it may have a filter and expressions
    pub unique: bool,
    /// its method, where it is another than the backend's usual one: `gin`, `fulltext`
    pub method: Option<Cow<'static, str>>,
    /// which rows are in it, as SQL: what stands behind WHERE
    pub filter: Option<Cow<'static, str>>,
    /// whatever else stands behind its parts, in the server's words
    pub options: Option<Cow<'static, str>>,
}

/// A foreign key, on the bind of its table.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::definition::ReferentialAction;
/// use bindery::schema::Model as _;
///
/// let key = &Tag::table().foreign_keys()[0];
/// assert_eq!(key.name, "fk_tags_post_posts");
/// assert_eq!((key.table.as_ref(), key.referred[0].as_ref(), key.on_delete), ("posts", "id", ReferentialAction::Cascade));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKey {
    /// the name, by the convention unless one was given
    pub name: String,
    /// the columns that refer
    pub columns: Vec<Cow<'static, str>>,
    /// the bind of the referred table; another than the table's own is an error at connect
    pub bind: BindKey,
    /// the referred table
    pub table: Cow<'static, str>,
    /// the referred columns, in the order of those that refer; another number of them is an error at connect
    pub referred: Vec<Cow<'static, str>>,
    /// what happens to a row when the row that it refers to is deleted
    pub on_delete: ReferentialAction,
    /// what happens to a row when the key that it refers to is changed
    pub on_update: ReferentialAction,
    /// whatever else stands behind it, in the server's words
    pub options: Option<Cow<'static, str>>,
}

/// A check constraint: what must not be false of any row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// the name, by the convention unless one was given
    pub name: String,
    /// the condition, as SQL
    pub sql: Cow<'static, str>,
}

impl Index {
    /// An index over these parts.
    pub fn over(parts: impl IntoIterator<Item = IndexPart>) -> Self {
        Index { name: String::new(), parts: parts.into_iter().collect(), unique: false, method: None, filter: None, options: None }
    }

    /// An index over columns.
    pub fn over_columns<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> Self {
        Index::over(columns.into_iter().map(|column| IndexPart::Column(column.into())))
    }

    /// An index over SQL, as it stands between the commas: `"lower(email)"`, `"(a + b)"`, and a column with what is behind it, `"id DESC"`,
    /// `"email text_pattern_ops"`, `"title(20)"`. An expression that is no call of a function stands in brackets of its own; on MySQL every
    /// expression, which 8.0.13 and later have, and MariaDB has not.
    pub fn over_sql<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Self {
        Index::over(parts.into_iter().map(|sql| IndexPart::Expression(sql.into())))
    }

    /// With a name of its own.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// No two rows are alike in it, NULL apart.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// By another method than the backend's usual one: PostgreSQL's `"gin"`, `"gist"`, `"brin"`, `"hash"`; MySQL's `"fulltext"`,
    /// `"spatial"`. SQLite has no other, which is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when the table is created.
    #[must_use]
    pub fn method(mut self, method: impl Into<Cow<'static, str>>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Of those rows only for which this holds, as SQL. MySQL and MariaDB have no such indexes, which is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when the table is created.
    #[must_use]
    pub fn filter(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.filter = Some(sql.into());
        self
    }

    /// With whatever else stands between its parts and its filter, in the server's words: `"INCLUDE (name)"`, `"COMMENT 'by mail'"`.
    #[must_use]
    pub fn options(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.options = Some(sql.into());
        self
    }

    /// The names of its columns, where it is over whole columns and nothing else.
    pub fn plain_columns(&self) -> Option<Vec<&str>> {
        self.parts.iter().map(IndexPart::plain_column).collect()
    }

    /// The columns of a key that it is as a unique constraint would be: over all rows, by whole columns.
    pub(crate) fn key(&self) -> Option<Vec<&str>> {
        self.plain_columns().filter(|_| self.unique && self.filter.is_none())
    }
}
