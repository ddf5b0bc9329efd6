#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use std::marker::PhantomData;
use std::sync::Arc;

use super::node::Node;
use super::operand::Operand;
use super::{DynamicRow, Query, Sql};
use crate::engine::{Dialect, Effect, FromRow};
use crate::value::Scalar;
use crate::{BindKey, Error, ErrorKind, ToBindKey};

/// SQL in the words of one bind's server, with bound parameters. Made by [`raw`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let sql = "select name, length(email) from users where id = ?";
/// let row = session.one(raw("auth", sql).param(1).rows::<(Option<String>, i64)>()).await?;
/// assert_eq!(row, (Some("Ada".to_owned()), 15));
/// # Ok(())
/// # }
/// ```
pub struct Raw<R = DynamicRow> {
    pub(super) bind: Result<BindKey, Arc<Error>>,
    pub(super) sql: Sql,
    pub(super) params: Vec<Node>,
    pub(super) effect: Effect,
    rows: PhantomData<fn() -> R>,
}

/// SQL for a bind, in the words of its server: with values in it, by [`sql!`](Sql), or as text with the server's own placeholders (`?` on SQLite and
/// MySQL, `$1` on PostgreSQL), for which [`param`](Raw::param) gives values. Run by `all` and its kin it must
/// only read, unless [`writes`](Raw::writes) says otherwise; by `execute` it may write.
/// A malformed bind name is [`ErrorKind::UnknownBind`] when it is run. Values go into parameters, never into the text.
///
/// PostgreSQL infers the type of a parameter from where it stands; where nothing tells it, it asks for a cast: `select $1::bigint`,
/// `$1::text is null`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// // Rows as models: their columns, in their order.
/// let users: Vec<User> = session.all(raw("auth", "select id, email, name from users").rows()).await?;
/// assert_eq!(users.len(), 2);
///
/// session.execute(raw("auth", "update users set name = ? where id = ?").param("Bob").param(2)).await?;
/// # Ok(())
/// # }
/// ```
pub fn raw(bind: impl ToBindKey, sql: impl Into<Sql>) -> Raw {
    Raw { bind: bind.to_bind_key().map_err(Arc::new), sql: sql.into(), params: Vec::new(), effect: Effect::Read, rows: PhantomData }
}

impl<R: FromRow> Raw<R> {
    /// Its text in a dialect: as [`Query::to_sql`], which has the same name as [`Action::to_sql`](super::Action::to_sql).
    ///
    /// # Errors
    /// As [`Query::to_sql`].
    pub fn to_sql(&self, dialect: &Dialect) -> crate::Result<String> {
        Query::to_sql(self, dialect)
    }

    /// Its text in a dialect, and its parameters in their order.
    ///
    /// # Errors
    /// As [`Query::to_sql`].
    pub fn to_sql_with_params(&self, dialect: &Dialect) -> crate::Result<(String, Vec<crate::value::Value>)> {
        Query::to_sql_with_params(self, dialect)
    }
}

impl<R> Raw<R> {
    /// Binds the next parameter.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let select = raw("auth", "select count(*) from users where name is ?").param(None::<String>).rows::<(i64,)>();
    /// assert_eq!(session.one(select).await?, (1,));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn param<V: Scalar>(mut self, value: impl RawParam<V>) -> Self {
        self.params.push(value.into_param());
        self
    }

    /// The rows as models, views, tuples or, of one column, scalars, by the order of the columns; [`DynamicRow`]s unless told. A model's
    /// columns must come first and in its order (`select users.* from …`), else running it is an error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let names: Vec<String> = session.all(raw("default", "select title from posts order by id").rows()).await?;
    /// assert_eq!(names[0], "Notes");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rows<T>(self) -> Raw<T> {
        Raw { bind: self.bind, sql: self.sql, params: self.params, effect: self.effect, rows: PhantomData }
    }

    /// It writes and gives rows (`insert … returning`): run on a connection that may write.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let insert = raw("default", "insert into tags (post, name) values (2, 'new') returning post").writes().rows::<(i64,)>();
    /// assert_eq!(session.one(insert).await?, (2,));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.effect = Effect::Write;
        self
    }

    pub(super) fn bind(&self) -> crate::Result<BindKey> {
        self.bind.as_ref().copied().map_err(|error| Error::duplicate(error))
    }

    /// Refuses what can't stand inside another statement, which asks about its rows.
    pub(super) fn check_reads(&self) -> crate::Result<()> {
        if self.effect == Effect::Write {
            return Err(Error::new(
                ErrorKind::InvalidStatement,
                "a statement that writes can't be counted or asked for existence: run it by `all`",
            ));
        }
        Ok(())
    }
}

/// What a raw statement's parameter may be.
pub trait RawParam<V> {
    #[doc(hidden)]
    fn into_param(self) -> Node;
}

impl<V: Scalar> RawParam<V> for V {
    fn into_param(self) -> Node {
        Node::value(self)
    }
}

impl RawParam<String> for &str {
    fn into_param(self) -> Node {
        Operand::<String>::into_node(self)
    }
}

impl<R> Clone for Raw<R> {
    fn clone(&self) -> Self {
        Raw { bind: self.bind.clone(), sql: self.sql.clone(), params: self.params.clone(), effect: self.effect, rows: PhantomData }
    }
}
