use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::node::{Body, Cte, Source};
use super::select::Select;
use super::select_query::SelectQuery;
use super::selection::WholeRow;
use super::union::Composed;
use crate::schema::{Model, Relation};

/// What a statement can be from, under a name of its own: a model's table (`Post::alias("p")`), or a select whose rows are `R`, as a
/// [subquery](Select::subquery) or as a [common table expression](Select::cte). Its columns are `column.of(&alias)`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let original = Post::alias("original");
/// let answers = Post::select()
///     .join_alias(&original, Post::answers.eq(Post::id.of(&original)))
///     .columns((Post::title, Post::title.of(&original)));
/// assert_eq!(session.all(answers).await?, [("On notes".to_owned(), "Notes".to_owned())]);
/// # Ok(())
/// # }
/// ```
pub struct Alias<R, B> {
    source: Source,
    types: PhantomData<fn() -> (R, B)>,
}

impl<M: Model> Alias<M, M::Bind> {
    pub(super) fn of_table(name: Cow<'static, str>) -> Self {
        Alias::of(Source { table: M::table(), alias: Some(name), body: None })
    }
}

impl<R, B> Alias<R, B> {
    fn of(source: Source) -> Self {
        Alias { source, types: PhantomData }
    }

    pub(super) fn source(&self) -> Source {
        self.source.clone()
    }

    /// The same once more, under another name: for a statement that has it twice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let rated = Post::select().filter(Post::stars.is_not_null()).cte("rated");
    /// let better = rated.alias("better");
    /// let pairs = rated
    ///     .select()
    ///     .join_alias(&better, Post::stars.of(&better).gt(Post::stars.of(&rated)))
    ///     .columns((Post::title.of(&rated), Post::title.of(&better)));
    /// assert_eq!(session.all(pairs).await?, [("On notes".to_owned(), "Notes".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn alias(&self, name: impl Into<Cow<'static, str>>) -> Self {
        Alias::of(Source { alias: Some(name.into()), ..self.source() })
    }
}

impl<R: Relation, B> Alias<R, B> {
    /// The rows of a subquery.
    pub(super) fn subquery(name: Cow<'static, str>, body: Composed) -> Self {
        Alias::of(Source { table: R::relation(), alias: Some(name), body: Some(Body::Subquery(Arc::new(body))) })
    }

    /// The rows of a common table expression.
    pub(super) fn cte(name: Cow<'static, str>, first: Composed, recursive: Option<(bool, SelectQuery)>) -> Self {
        let cte = Cte { name: name.clone(), columns: R::relation(), first, recursive };
        Alias::of(Source { table: R::relation(), alias: Some(name), body: Some(Body::Cte(Arc::new(cte))) })
    }

    /// The CTE of this name, inside its own recursive part.
    pub(super) fn recursion(name: Cow<'static, str>) -> Self {
        Alias::of(Source { table: R::relation(), alias: Some(name.clone()), body: Some(Body::Recursion(name)) })
    }

    /// A select from it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::engine::Dialect;
    ///
    /// let post = Post::alias("p");
    /// let sql = post.select().columns(Post::title.of(&post)).to_sql(&Dialect::sqlite())?;
    /// assert_eq!(sql, r#"SELECT "p"."title" FROM "posts" AS "p""#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn select(&self) -> Select<R, B> {
        Select::new(self.source())
    }

    /// All its columns, for a [selection](super::Selection).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let original = Post::alias("original");
    /// let answered = Post::select().join_alias(&original, Post::answers.eq(Post::id.of(&original)));
    /// let (answer, original): (Post, Post) = session.one(answered.columns((Post::row(), original.row()))).await?;
    /// assert_eq!(answer.answers, Some(original.id));
    /// # Ok(())
    /// # }
    /// ```
    pub fn row(&self) -> WholeRow<R, B> {
        WholeRow::new(self.source())
    }
}

impl<R, B> Clone for Alias<R, B> {
    fn clone(&self) -> Self {
        Alias::of(self.source())
    }
}
