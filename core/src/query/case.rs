use std::marker::PhantomData;

use super::condition::node;
use super::node::Node;
use super::{Condition, Expr, IntoExpr, Operand};
use crate::SameDatabase;
use crate::value::Scalar;

/// A CASE of which it is still to be said what it is where no condition holds. Made by [`when`].
#[must_use = "what it is where no condition holds is still to be said: `otherwise`, or `or_null`"]
pub struct Case<V, B> {
    branches: Vec<(Node, Node)>,
    types: PhantomData<fn() -> (V, B)>,
}

/// `CASE WHEN … THEN …`: the value behind the first condition that holds; further conditions are added by [`Case::when`]. One that is
/// NULL does not hold.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::query::when;
///
/// let grade = when(Post::stars.ge(4), "good").when(Post::stars.is_null(), "new").otherwise("fair");
/// let grades = session.all(Post::select().columns(grade).order_by(Post::id.asc())).await?;
/// assert_eq!(grades, ["good", "fair", "new"].map(|grade| (grade.to_owned(),)));
///
/// let stars = when(Post::author.eq(1), Post::stars).or_null(); // NULL where it isn't
/// assert_eq!(session.all(Post::select().columns(stars).order_by(Post::id.asc())).await?, [(Some(5),), (None,), (None,)]);
/// # Ok(())
/// # }
/// ```
pub fn when<C: Condition, T: IntoExpr>(condition: C, value: T) -> Case<T::Value, C::Bind>
where
    C::Bind: SameDatabase<T::Bind>,
{
    Case { branches: vec![(node(condition), value.into_node())], types: PhantomData }
}

impl<V: Scalar, B> Case<V, B> {
    /// And else, where this condition holds, this value.
    pub fn when<C: Condition, T: Operand<V>>(mut self, condition: C, value: T) -> Case<V::Lifted<T::Value>, B>
    where
        B: SameDatabase<C::Bind> + SameDatabase<T::Bind>,
    {
        self.branches.push((node(condition), value.into_node()));
        Case { branches: self.branches, types: PhantomData }
    }

    /// Where no condition holds, this.
    pub fn otherwise<T: Operand<V>>(self, value: T) -> Expr<V::Lifted<T::Value>, B>
    where
        B: SameDatabase<T::Bind>,
    {
        Expr::new(Node::Case { branches: self.branches, otherwise: Some(Box::new(value.into_node())), sql_type: V::TYPE })
    }

    /// Where no condition holds, NULL.
    pub fn or_null(self) -> Expr<Option<V::Base>, B> {
        Expr::new(Node::Case { branches: self.branches, otherwise: None, sql_type: V::TYPE })
    }
}
