use std::borrow::Cow;
use std::marker::PhantomData;

use super::alias::Alias;
use super::expression::Expression;
use super::node::{Node, Owner, Source};
use super::order::OrderKey;
use super::selection::Selection;
use super::union::Union;
use super::{Expr, Order};
use crate::SameDatabase;
use crate::engine::FromRow;
use crate::schema::Model;

/// A SELECT whose rows are `R`, from tables of the bind `B`. A value: build it anywhere, run it by a session's verb.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let newest = Post::select().filter(Post::author.eq(1)).order_by(Post::id.desc()).limit(10);
/// assert_eq!(session.all(&newest).await?.len(), 2);
/// assert_eq!(session.first(newest.offset(1)).await?.unwrap().title, "Notes");
/// # Ok(())
/// # }
/// ```
///
/// A statement belongs to one database. What names another one does not compile:
///
/// ```compile_fail,E0277
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # fn main() {
/// let posts = Post::select().join_on::<User, _>(Post::author.eq(User::id)); // `default` and `auth`
/// # }
/// ```
pub struct Select<R, B> {
    query: SelectQuery,
    types: PhantomData<fn() -> (R, B)>,
}

/// A select without its types.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct SelectQuery {
    pub(crate) from: Source,
    pub(crate) joins: Vec<Join>,
    pub(crate) selection: Selected,
    pub(crate) distinct: bool,
    pub(crate) filter: Option<Node>,
    pub(crate) group_by: Vec<Node>,
    pub(crate) having: Option<Node>,
    pub(crate) order_by: Vec<OrderKey>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
}

/// What a select lists.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Selected {
    /// every column of the table that it is from
    All,
    These(Vec<Node>),
}

impl SelectQuery {
    /// What it lists, written out.
    pub(crate) fn selected(&self) -> Cow<'_, [Node]> {
        match &self.selection {
            Selected::All => self.from.columns().into(),
            Selected::These(nodes) => nodes.into(),
        }
    }

    /// Whether each row of the joined tables that the filter lets through is one row of the result.
    pub(crate) fn is_plain(&self) -> bool {
        self.group_by.is_empty()
            && self.having.is_none()
            && !self.distinct
            && self.limit.is_none()
            && self.offset.is_none()
            && match &self.selection {
                Selected::All => true,
                Selected::These(nodes) => nodes.iter().all(|node| matches!(node, Node::Column(..))),
            }
    }

    /// Whether an expression with values in it may have to stand in two places as the same one: as a key of the groups, or of the order
    /// of rows that are alike only once, and in the list.
    pub(crate) fn repeats_expressions(&self) -> bool {
        let computed = |node: &Node| !matches!(node, Node::Column(..));
        self.group_by.iter().any(computed) || (self.distinct && self.order_by.iter().any(|key| computed(&key.node)))
    }
}

#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Join {
    pub(crate) source: Source,
    /// `None`: the one reference that is declared between this table and those before it
    pub(crate) condition: Option<Node>,
}

impl<M: Model> Select<M, M::Bind> {
    /// Every row of a model's table.
    pub(super) fn from_source(source: Source) -> Self {
        Select::new(source)
    }
}

impl Select<(), ()> {
    /// Every row of a model's table: what `User::select()` calls.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::query::Select;
    /// use bindery::schema::Model;
    ///
    /// /// For code that is generic over models.
    /// fn everything<M: Model>() -> Select<M, M::Bind> {
    ///     Select::of::<M>()
    /// }
    /// let posts = everything::<Post>();
    /// # Ok(())
    /// # }
    /// ```
    pub fn of<M: Model>() -> Select<M, M::Bind> {
        Select::new(Source::plain(M::table()))
    }
}

impl<R, B> Select<R, B> {
    pub(super) fn new(from: Source) -> Self {
        let query = SelectQuery {
            from,
            joins: Vec::new(),
            selection: Selected::All,
            distinct: false,
            filter: None,
            group_by: Vec::new(),
            having: None,
            order_by: Vec::new(),
            limit: None,
            offset: None,
        };
        Select { query, types: PhantomData }
    }

    pub(super) fn into_query(self) -> SelectQuery {
        self.query
    }

    pub(super) fn query(&self) -> &SelectQuery {
        &self.query
    }

    /// Only rows for which this holds.
    pub(super) fn narrowed(mut self, condition: impl FnOnce(Owner) -> Node) -> Self {
        let owner = self.query.from.owner();
        self.query.filter = Some(Node::and(self.query.filter.take(), condition(owner)));
        self
    }

    /// Only rows for which this holds; called again, both must hold.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let mut posts = Post::select().filter(Post::author.eq(1));
    /// if let Some(least) = Some(4) {
    ///     posts = posts.filter(Post::stars.ge(least));
    /// }
    /// assert_eq!(session.one(posts).await?.title, "Notes");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn filter<C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.filter = Some(Node::and(self.query.filter.take(), condition.into_node()));
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
    pub fn join<M: Model>(mut self) -> Self
    where
        B: SameDatabase<M::Bind>,
    {
        self.query.joins.push(Join { source: Source::plain(M::table()), condition: None });
        self
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
    pub fn join_on<M: Model, C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C>,
    {
        self.query.joins.push(Join { source: Source::plain(M::table()), condition: Some(condition.into_node()) });
        self
    }

    /// Inner join to a model's table under an alias, on a condition.
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
    pub fn join_alias<M: Model, C>(mut self, alias: &Alias<M>, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C>,
    {
        self.query.joins.push(Join { source: alias.source(), condition: Some(condition.into_node()) });
        self
    }

    /// These columns and expressions instead of the whole row: the rows become tuples.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let emails: Vec<(String,)> = session.all(User::select().columns(User::email)).await?;
    /// let both: Vec<(i64, Option<String>)> = session.all(User::select().columns((User::id, User::name))).await?;
    /// assert_eq!(both[0], (1, Some("Ada".to_owned())));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn columns<S: Selection<B>>(mut self, selection: S) -> Select<S::Row, B> {
        self.query.selection = Selected::These(selection.into_nodes());
        Select { query: self.query, types: PhantomData }
    }

    /// Rows that are alike only once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.all(Post::select().columns(Post::author).distinct()).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.query.distinct = true;
        self
    }

    /// One row for all rows that have this in common; called again, for all that have both. Select these keys and aggregates only: of
    /// another column SQLite gives any row's value, and PostgreSQL refuses the statement, as MySQL does. By an expression with values of yours
    /// in it (`Post::stars.gt(3)`) MySQL groups nothing: to it that is another expression than the selected one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let busy = Post::select().columns((Post::author, count())).group_by(Post::author).having(count().gt(1));
    /// assert_eq!(session.all(busy).await?, [(1, 2)]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn group_by<E: Expression>(mut self, key: E) -> Self
    where
        B: SameDatabase<E::Bind>,
        <E::Value as crate::value::Scalar>::Base: crate::value::Comparable,
    {
        self.query.group_by.push(key.into_expr().into_node());
        self
    }

    /// Only groups for which this holds; called again, both must hold.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let rated = Post::select().columns(Post::author).group_by(Post::author).having(Post::stars.avg().gt(4.0));
    /// assert_eq!(session.all(rated).await?, [(1,)]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn having<C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.having = Some(Node::and(self.query.having.take(), condition.into_node()));
        self
    }

    /// In this order; called again, rows that are alike so far are in that order.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let posts = session.all(Post::select().order_by(Post::author.desc()).order_by(Post::id.desc())).await?;
    /// assert_eq!(posts.iter().map(|post| post.id).collect::<Vec<_>>(), [2, 3, 1]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn order_by<C>(mut self, order: Order<C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.order_by.push(order.into_key());
        self
    }

    /// At most this many rows. Called again, the last one counts.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let page = Post::select().order_by(Post::id.asc()).limit(2).offset(2); // the second page
    /// assert_eq!(session.all(page).await?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.query.limit = Some(rows);
        self
    }

    /// Without the first rows. Called again, the last one counts.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.query.offset = Some(rows);
        self
    }
}

impl<R: FromRow, B> Select<R, B> {
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
        Union::new(self.query, false, other.query)
    }

    /// The rows of both, as often as they are there.
    #[must_use]
    pub fn union_all<C>(self, other: Select<R, C>) -> Union<R, B>
    where
        B: SameDatabase<C>,
    {
        Union::new(self.query, true, other.query)
    }
}

impl<R, B> Clone for Select<R, B> {
    fn clone(&self) -> Self {
        Select { query: self.query.clone(), types: PhantomData }
    }
}
