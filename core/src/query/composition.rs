//! What else a select can be: part of a union, a value, a table of another statement.

use std::borrow::Cow;

use super::node::Node;
use super::union::Composed;
use super::{Alias, Expr, Select, Union};
use crate::SameDatabase;
use crate::schema::Relation;
use crate::value::Scalar;

impl<R, B> Select<R, B> {
    /// The rows of both, each once. Order and limit of the whole are the [`Union`]'s; one that this select has already is an error when it is run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let good = Post::select().columns(Post::title).filter(Post::stars.ge(4));
    /// let long = Post::select().columns(Post::title).filter(Post::title.like("%notes%"));
    /// let both = good.union(long).order_by(Post::title.asc()).limit(10);
    /// assert_eq!(session.all(both).await?, [("Notes".to_owned(),), ("On notes".to_owned(),)]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn union<C>(self, other: Select<R, C>) -> Union<R, B>
    where
        B: SameDatabase<C>,
    {
        Union::new(self.query, self.read, false, other.query)
    }

    /// The rows of both, as often as they are there.
    #[must_use]
    pub fn union_all<C>(self, other: Select<R, C>) -> Union<R, B>
    where
        B: SameDatabase<C>,
    {
        Union::new(self.query, self.read, true, other.query)
    }
}

impl<V: Scalar, B> Select<(V,), B> {
    /// As a value, of a select of one column and at most one row: NULL where there is none. More rows are an error of the server's, except on SQLite, which takes the
    /// first of them. Inside it, the columns of the outer statement's tables can be used.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let best = Post::select().columns(Post::stars.max()).scalar();
    /// assert_eq!(session.one(Post::select().filter(Post::stars.eq(best))).await?.title, "Notes");
    ///
    /// let tags = Tag::select().columns(count()).filter(Tag::post.eq(Post::id)).scalar();
    /// let posts = Post::select().columns((Post::title, tags)).order_by(Post::id.asc());
    /// assert_eq!(session.first(posts).await?, Some(("Notes".to_owned(), Some(2))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn scalar(self) -> Expr<Option<V::Base>, B> {
        Expr::new(Node::Scalar(Box::new(self.query), V::TYPE))
    }
}

impl<R: Relation, B> Select<R, B> {
    /// As a table of another statement, in whose FROM it stands: of whole models, or of a view, whose fields name the columns.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// #[derive(FromRow)]
    /// struct Best {
    ///     author: i64,
    ///     stars: Option<i16>,
    /// }
    /// let best = Post::select().columns((Post::author, Post::stars.max())).group_by(Post::author).into::<Best>().subquery("best");
    /// let posts = Post::select().join_alias(&best, Best::author.of(&best).eq(Post::author).and(Best::stars.of(&best).eq(Post::stars)));
    /// assert_eq!(session.count(posts).await?, 2); // the best of each author
    /// # Ok(())
    /// # }
    /// ```
    pub fn subquery(self, name: impl Into<Cow<'static, str>>) -> Alias<R, B> {
        Alias::subquery(name.into(), Composed::of(self.query))
    }

    /// As a common table expression: a table of another statement, before which it stands, once, in its WITH, however often it is used.
    /// A server without them is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (MySQL 5.7): there it is a [`subquery`](Select::subquery).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::engine::Dialect;
    ///
    /// let answers = Post::select().filter(Post::answers.is_not_null()).cte("answer");
    /// let sql = answers.select().columns(count()).to_sql(&Dialect::sqlite())?;
    /// assert!(sql.starts_with(r#"WITH "answer" ("id", "author", "title", "stars", "answers") AS (SELECT"#));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cte(self, name: impl Into<Cow<'static, str>>) -> Alias<R, B> {
        Alias::cte(name.into(), Composed::of(self.query), None)
    }

    /// As a recursive common table expression: to these rows are added those that `more` makes of the ones added last, until it makes none. It
    /// is given the expression itself. Where rows lead round in a circle, it never ends: for that there is
    /// [`recursive_cte_distinct`](Select::recursive_cte_distinct).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// #[derive(FromRow, Debug, PartialEq)]
    /// struct Step {
    ///     post: i64,
    ///     depth: i64,
    /// }
    /// let first = Post::select().columns((Post::id, value(0_i64))).filter(Post::answers.is_null()).into::<Step>();
    /// let thread = first.recursive_cte("thread", |thread| {
    ///     let answers = thread.select().join_on::<Post, _>(Post::answers.eq(Step::post));
    ///     answers.columns((Post::id, Step::depth + 1)).into::<Step>()
    /// });
    /// let deepest = thread.select().order_by(Step::depth.desc());
    /// assert_eq!(session.first(deepest).await?, Some(Step { post: 2, depth: 1 }));
    /// # Ok(())
    /// # }
    /// ```
    pub fn recursive_cte<C>(self, name: impl Into<Cow<'static, str>>, more: impl FnOnce(&Alias<R, B>) -> Select<R, C>) -> Alias<R, B>
    where
        B: SameDatabase<C>,
    {
        self.recursive(name.into(), true, more)
    }

    /// As [`recursive_cte`](Select::recursive_cte), each row once: a row that was there is not added again, so a circle ends.
    pub fn recursive_cte_distinct<C>(
        self,
        name: impl Into<Cow<'static, str>>,
        more: impl FnOnce(&Alias<R, B>) -> Select<R, C>,
    ) -> Alias<R, B>
    where
        B: SameDatabase<C>,
    {
        self.recursive(name.into(), false, more)
    }

    fn recursive<C>(self, name: Cow<'static, str>, all: bool, more: impl FnOnce(&Alias<R, B>) -> Select<R, C>) -> Alias<R, B> {
        let more = more(&Alias::recursion(name.clone())).query;
        Alias::cte(name, Composed::of(self.query), Some((all, more)))
    }
}
