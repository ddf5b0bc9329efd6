use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::Source;
use super::select::Select;
use crate::schema::Model;

/// A model's table under another name, for a statement that has the table twice.
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
pub struct Alias<M> {
    name: Cow<'static, str>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Alias<M> {
    /// The model's table under this name. `column.of(&alias)` are its columns.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::query::Alias;
    ///
    /// let original = Alias::<Post>::new("original"); // as `Post::alias("original")`
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Alias { name: name.into(), model: PhantomData }
    }

    /// A select from the table under this name.
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
    pub fn select(&self) -> Select<M, M::Bind> {
        Select::from_source(self.source())
    }

    pub(super) fn source(&self) -> Source {
        Source { table: M::table(), alias: Some(self.name.clone()) }
    }
}
