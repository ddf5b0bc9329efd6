//! The joins of a select.

use super::condition::node;
use super::node::{Node, Source};
use super::select_query::Join;
use super::{Alias, Condition, Select};
use crate::SameDatabase;
use crate::schema::Model;

impl<R, B> Select<R, B> {
    fn joined(mut self, source: Source, condition: Option<Node>, left: bool) -> Self {
        self.query.joins.push(Join { source, condition, left });
        self
    }

    /// Inner join to a model's table on the one reference that is declared between it and the tables before it, in either
    /// direction. Where there is none, or several, running the statement is an error that lists them: use
    /// [`join_on`](Select::join_on).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tagged = Post::select().join::<Tag>().filter(Tag::name.eq("engines")); // by `references = Post::id`
    /// assert_eq!(session.one(tagged).await?.title, "Notes");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn join<M: Model>(self) -> Self
    where
        B: SameDatabase<M::Bind>,
    {
        self.joined(Source::plain(M::table()), None, false)
    }

    /// Inner join to a model's table on a condition.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let pairs = Tag::select().join_on::<Post, _>(Tag::post.eq(Post::id)).columns((Post::title, Tag::name));
    /// assert_eq!(session.all(pairs).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn join_on<M: Model, C: Condition>(self, condition: C) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C::Bind>,
    {
        self.joined(Source::plain(M::table()), Some(node(condition)), false)
    }

    /// Inner join to what has an alias, on a condition: a model's table, a subquery or a CTE.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let answer = Post::alias("answer");
    /// let answered = Post::select().join_alias(&answer, Post::answers.of(&answer).eq(Post::id));
    /// assert_eq!(session.one(answered).await?.title, "Notes");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn join_alias<S, D, C: Condition>(self, alias: &Alias<S, D>, condition: C) -> Self
    where
        B: SameDatabase<D> + SameDatabase<C::Bind>,
    {
        self.joined(alias.source(), Some(node(condition)), false)
    }

    /// Left join: as [`join`](Select::join), and rows without a partner stay, with NULL in its columns. Those are selected by
    /// [`nullable`](super::Expression::nullable), or whole by [`optional`](super::WholeRow::optional); without it, running the statement is an error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tags = Post::select().left_join::<Tag>().columns((Post::title, Tag::name.nullable())).order_by(Post::id.asc());
    /// let rows: Vec<(String, Option<String>)> = session.all(tags).await?;
    /// assert_eq!(rows[3], ("Sketch".to_owned(), None));
    ///
    /// let none = Post::select().left_join::<Tag>().columns(Tag::name);
    /// assert_eq!(session.all(none).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn left_join<M: Model>(self) -> Self
    where
        B: SameDatabase<M::Bind>,
    {
        self.joined(Source::plain(M::table()), None, true)
    }

    /// Left join on a condition. As [`left_join`](Select::left_join) and [`join_on`](Select::join_on).
    #[must_use]
    pub fn left_join_on<M: Model, C: Condition>(self, condition: C) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C::Bind>,
    {
        self.joined(Source::plain(M::table()), Some(node(condition)), true)
    }

    /// Left join to what has an alias. As [`left_join`](Select::left_join) and [`join_alias`](Select::join_alias).
    #[must_use]
    pub fn left_join_alias<S, D, C: Condition>(self, alias: &Alias<S, D>, condition: C) -> Self
    where
        B: SameDatabase<D> + SameDatabase<C::Bind>,
    {
        self.joined(alias.source(), Some(node(condition)), true)
    }
}
