#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::node::Source;
use super::render::{Rendered, Renderer, Sql};
use super::select::RowReader;
use super::{Delete, Insert, NamesRows, Raw, Select, Union, Update};
use crate::engine::{Capabilities, ColumnInfo, Dialect, Effect, FromRow};
use crate::schema::Table;
use crate::value::Value;
use crate::{BindKey, Error, ErrorKind, Result};

/// In what form a query is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// its rows
    Rows,
    /// so many rows are enough
    AtMost(u64),
    /// how many rows it has
    Count,
    /// whether it has a row
    Exists,
}

/// A statement that gives rows: [`Select`], [`Union`], [`Raw`]. What the session's verbs `all`, `one`, `optional`, `first`, `count`,
/// `exists` and `stream` take, by value or by reference. Sealed: only this crate makes statements.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::engine::Dialect;
///
/// async fn print<Q: Query<Row = Post>>(session: &Session, query: Q) -> bindery::Result<()> {
///     println!("{}: {} rows", query.to_sql(&Dialect::sqlite())?, session.count(&query).await?);
///     for post in session.all(&query).await? {
///         println!("{}", post.title);
///     }
///     Ok(())
/// }
/// print(&session, Post::select().limit(2)).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement that gives rows",
    note = "inserts, updates and deletes are run by `execute`"
)]
pub trait Query: Send + Sync {
    /// A row of it.
    type Row: Send + 'static;

    /// The bind that it is sent to.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`] for raw SQL on a bind whose name is malformed.
    fn bind(&self) -> Result<BindKey>;

    /// The table that its rows are mostly of, for errors.
    #[doc(hidden)]
    fn table(&self) -> Option<&'static Table>;

    #[doc(hidden)]
    fn render<'a>(&'a self, dialect: &Dialect, shape: Shape) -> Result<Rendered<'a>>;

    /// What makes its rows out of their cells.
    #[doc(hidden)]
    fn reader(&self) -> RowReader<Self::Row>;

    /// Whether a result of these columns can become its rows: asked for raw SQL, which alone may have others.
    #[doc(hidden)]
    fn check_columns(&self, _: &[ColumnInfo]) -> Result<()> {
        Ok(())
    }

    /// Its text in a dialect, for a server that has what it needs.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::engine::Dialect;
    ///
    /// let select = Tag::select().filter(Tag::post.eq(1)).limit(5);
    /// let sql = r#"SELECT "tags"."post", "tags"."name" FROM "tags" WHERE "tags"."post" = $1 LIMIT 5"#;
    /// assert_eq!(select.to_sql(&Dialect::postgres())?, sql);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidStatement`], [`ErrorKind::CrossBind`] or [`ErrorKind::InvalidValue`], as running it would give before
    /// anything is sent.
    fn to_sql(&self, dialect: &Dialect) -> Result<String> {
        Ok(self.render(dialect, Shape::Rows)?.sql.into_string())
    }

    /// Its text in a dialect, and its parameters in their order.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::engine::Dialect;
    /// use bindery::value::Value;
    ///
    /// let (sql, params) = Tag::select().filter(Tag::post.eq(1)).to_sql_with_params(&Dialect::mysql())?;
    /// assert!(sql.ends_with("WHERE `tags`.`post` = ?"));
    /// assert_eq!(params, [Value::I64(1)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`to_sql`](Query::to_sql).
    fn to_sql_with_params(&self, dialect: &Dialect) -> Result<(String, Vec<Value>)> {
        Ok(self.render(dialect, Shape::Rows)?.into_parts())
    }
}

/// A statement that changes rows: [`Insert`], [`Update`], [`Delete`], [`Raw`]. What the session's verb `execute` takes. Sealed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::query::Action;
///
/// async fn run(session: &Session, actions: &[&dyn Action]) -> bindery::Result<()> {
///     let tx = session.begin().await?;
///     for action in actions {
///         tx.execute(*action).await?;
///     }
///     tx.commit().await
/// }
/// run(&session, &[&Tag::delete_all(), &Post::update_all().set(Post::stars.to(1))]).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement that changes rows",
    note = "selects are run by `all`, `one` and their kin"
)]
pub trait Action: Send + Sync {
    /// The bind that it is sent to.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`] for raw SQL on a bind whose name is malformed.
    fn bind(&self) -> Result<BindKey>;

    #[doc(hidden)]
    fn table(&self) -> Option<&'static Table>;

    /// The one statement that it is. `None` for an insert of rows, which is as many as the server needs; what is wrong with its rows is said
    /// here all the same, before there is a connection.
    #[doc(hidden)]
    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>>;

    /// The statements that it is on a server that can do this.
    #[doc(hidden)]
    fn steps<'a>(&'a self, dialect: &Dialect, _: &Capabilities) -> Result<Vec<Rendered<'a>>> {
        Ok(self.whole(dialect)?.into_iter().collect())
    }

    /// Of an insert: so many of its rows have been taken.
    #[doc(hidden)]
    fn tell(&self, _rows: u64) {}

    /// Its texts in a dialect, for a server that can do this: several for an insert of more rows than one statement can carry.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::engine::{Capabilities, Dialect};
    /// use bindery::query::Action;
    ///
    /// let delete = Tag::delete().filter(Tag::post.eq(1));
    /// let sql = delete.to_sql(&Dialect::mysql(), &Capabilities::none("MySQL"))?;
    /// assert_eq!(sql, ["DELETE FROM `tags` WHERE `tags`.`post` = ?"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::to_sql`].
    fn to_sql(&self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<String>> {
        Ok(self.steps(dialect, capabilities)?.into_iter().map(|step| step.sql.into_string()).collect())
    }

    /// Its texts in a dialect, as [`to_sql`](Action::to_sql) gives them, each with its parameters in their order.
    ///
    /// # Errors
    /// As [`Query::to_sql`].
    fn to_sql_with_params(&self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<(String, Vec<Value>)>> {
        Ok(self.steps(dialect, capabilities)?.into_iter().map(Rendered::into_parts).collect())
    }
}

impl<R: Send + 'static, B> Query for Select<R, B> {
    type Row = R;

    fn reader(&self) -> RowReader<R> {
        Select::reader(self)
    }

    fn bind(&self) -> Result<BindKey> {
        bind_of(&self.query().from)
    }

    fn table(&self) -> Option<&'static Table> {
        Some(self.query().from.table)
    }

    fn render<'a>(&'a self, dialect: &Dialect, shape: Shape) -> Result<Rendered<'a>> {
        Renderer::new(dialect, bind_of(&self.query().from)?).select(self.query(), shape)
    }
}

impl<R: Send + 'static, B> Query for Union<R, B> {
    type Row = R;

    fn reader(&self) -> RowReader<R> {
        Union::reader(self)
    }

    fn bind(&self) -> Result<BindKey> {
        bind_of(&self.query().first.from)
    }

    fn table(&self) -> Option<&'static Table> {
        Some(self.query().first.from.table)
    }

    fn render<'a>(&'a self, dialect: &Dialect, shape: Shape) -> Result<Rendered<'a>> {
        Renderer::new(dialect, bind_of(&self.query().first.from)?).union(self.query(), shape)
    }
}

impl<R: FromRow> Query for Raw<R> {
    type Row = R;

    fn reader(&self) -> RowReader<R> {
        R::from_row
    }

    fn check_columns(&self, columns: &[ColumnInfo]) -> Result<()> {
        R::check_columns(columns)
    }

    fn bind(&self) -> Result<BindKey> {
        Raw::bind(self)
    }

    fn table(&self) -> Option<&'static Table> {
        None
    }

    fn render<'a>(&'a self, dialect: &Dialect, shape: Shape) -> Result<Rendered<'a>> {
        let (before, after) = match shape {
            Shape::Rows | Shape::AtMost(_) => ("", ""),
            // On a line of its own, the bracket is not in the statement's last comment.
            Shape::Count => ("SELECT COUNT(*) FROM (", "\n) AS counted"),
            Shape::Exists => ("SELECT EXISTS (", "\n)"),
        };
        let mut rendered = Renderer::new(dialect, Raw::bind(self)?).raw(&self.sql.pieces, &self.params, self.effect)?;
        if !before.is_empty() {
            self.check_reads()?;
            rendered.sql = Sql::Written(format!("{before}{}{after}", rendered.sql.trim_end().trim_end_matches(';')));
        }
        Ok(rendered)
    }
}

impl<Q: Query + ?Sized> Query for &Q {
    type Row = Q::Row;

    fn reader(&self) -> RowReader<Q::Row> {
        (**self).reader()
    }

    fn check_columns(&self, columns: &[ColumnInfo]) -> Result<()> {
        (**self).check_columns(columns)
    }

    fn bind(&self) -> Result<BindKey> {
        (**self).bind()
    }

    fn table(&self) -> Option<&'static Table> {
        (**self).table()
    }

    fn render<'a>(&'a self, dialect: &Dialect, shape: Shape) -> Result<Rendered<'a>> {
        (**self).render(dialect, shape)
    }
}

impl<M> Action for Insert<M> {
    fn bind(&self) -> Result<BindKey> {
        Ok(Insert::table(self).bind())
    }

    fn table(&self) -> Option<&'static Table> {
        Some(Insert::table(self))
    }

    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        Insert::whole(self, dialect)
    }

    fn steps<'a>(&'a self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<Rendered<'a>>> {
        Insert::render(self, dialect, capabilities, false)
    }

    fn tell(&self, rows: u64) {
        Insert::tell(self, rows);
    }
}

impl<T, F: NamesRows> Action for Update<T, F> {
    fn bind(&self) -> Result<BindKey> {
        Ok(self.table.bind())
    }

    fn table(&self) -> Option<&'static Table> {
        Some(self.table)
    }

    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        if self.assignments.is_empty() {
            return Err(invalid("an update sets at least one column: `.set(User::name.to(..))`"));
        }
        Renderer::new(dialect, self.table.bind()).update(self).map(Some)
    }
}

impl<T, F: NamesRows> Action for Delete<T, F> {
    fn bind(&self) -> Result<BindKey> {
        Ok(self.table.bind())
    }

    fn table(&self) -> Option<&'static Table> {
        Some(self.table)
    }

    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        Renderer::new(dialect, self.table.bind()).delete(self).map(Some)
    }
}

impl<R> Action for Raw<R> {
    fn bind(&self) -> Result<BindKey> {
        Raw::bind(self)
    }

    fn table(&self) -> Option<&'static Table> {
        None
    }

    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        Renderer::new(dialect, Raw::bind(self)?).raw(&self.sql.pieces, &self.params, Effect::Write).map(Some)
    }
}

impl<A: Action + ?Sized> Action for &A {
    fn bind(&self) -> Result<BindKey> {
        (**self).bind()
    }

    fn table(&self) -> Option<&'static Table> {
        (**self).table()
    }

    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        (**self).whole(dialect)
    }

    fn steps<'a>(&'a self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<Rendered<'a>>> {
        (**self).steps(dialect, capabilities)
    }

    fn tell(&self, rows: u64) {
        (**self).tell(rows);
    }
}

fn bind_of(source: &Source) -> Result<BindKey> {
    source.bind().ok_or_else(|| invalid("a recursive CTE is used outside its own recursive part"))
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, message)
}
