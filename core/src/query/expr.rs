use std::marker::PhantomData;

use super::expression::Expression;
use super::node::Node;
use super::select::Select;
use crate::value::Scalar;
use crate::{AnyBind, BindName};

/// An expression whose values are `V`, over columns of the bind `B`. [`Expression`] has what can be done with it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::{bind, query::Expr};
///
/// bind!(pub Main = "default");
///
/// /// A part of a filter, to be used in many statements.
/// fn good(stars: i16) -> Expr<bool, Main> {
///     Post::stars.ge(stars).and(Post::answers.is_null())
/// }
/// assert_eq!(session.count(Post::select().filter(good(4))).await?, 1);
/// assert_eq!(session.count(Post::select().filter(!good(4))).await?, 1); // not the post without stars: that is NULL
/// # Ok(())
/// # }
/// ```
pub struct Expr<V, B> {
    node: Node,
    types: PhantomData<fn() -> (V, B)>,
}

impl<V, B> Expr<V, B> {
    pub(super) fn new(node: Node) -> Self {
        Expr { node, types: PhantomData }
    }

    pub(super) fn into_node(self) -> Node {
        self.node
    }
}

impl<V, B> Clone for Expr<V, B> {
    fn clone(&self) -> Self {
        Expr::new(self.node.clone())
    }
}

impl<V: Scalar, B: Send + Sync + 'static> Expression for Expr<V, B> {
    type Value = V;
    type Bind = B;

    fn into_expr(self) -> Expr<V, B> {
        self
    }
}

impl<V> Expr<V, AnyBind> {
    /// Of a statement of this bind: for what names no table, or a bare one, where a bind is asked for.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use bindery::{bind, query::Expr};
    ///
    /// bind!(pub Main = "default");
    ///
    /// /// All of these words, however few.
    /// fn titled(words: &[&str]) -> Expr<bool, Main> {
    ///     words.iter().fold(value(true).of_bind::<Main>(), |all, word| all.and(Post::title.contains(word)))
    /// }
    /// assert_eq!(session.count(Post::select().filter(titled(&["On", "notes"]))).await?, 1);
    /// assert_eq!(session.count(Post::select().filter(titled(&[]))).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn of_bind<B: BindName>(self) -> Expr<V, B> {
        Expr::new(self.node)
    }
}

/// `EXISTS (…)`: the select gives a row. Inside it, the columns of the outer statement's tables can be used.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let answer = Post::alias("answer");
/// let answered = exists(answer.select().filter(Post::answers.of(&answer).eq(Post::id)));
/// assert_eq!(session.one(Post::select().filter(answered)).await?.title, "Notes");
/// # Ok(())
/// # }
/// ```
pub fn exists<R, B>(select: Select<R, B>) -> Expr<bool, B> {
    Expr::new(Node::Exists(Box::new(select.into_query())))
}
