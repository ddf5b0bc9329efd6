use std::borrow::Cow;
use std::marker::PhantomData;

use super::alias::Alias;
use super::condition::node;
use super::expression::Expression;
use super::lock::{Lock, Taken};
use super::node::{Node, Owner, Source};
use super::order::OrderKey;
use super::selection::{Listed, Selection};
use super::union::{Composed, Union};
use super::{Condition, Expr, Order};
use crate::engine::{FromRow, Row};
use crate::schema::{Model, Relation, Table, View};
use crate::value::{Comparable, Scalar};
use crate::{Result, SameDatabase};

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
    read: RowReader<R>,
    bind: PhantomData<fn() -> B>,
}

/// Makes a row of a statement out of its cells.
pub(crate) type RowReader<R> = fn(&Row<'_>) -> Result<R>;

/// A select without its types.
#[derive(Clone, PartialEq)]
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
    pub(crate) lock: Option<Lock>,
    /// What its rows become, whose columns its own are called then.
    pub(crate) view: Option<&'static Table>,
}

/// What a select lists.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Selected {
    /// every column of the table that it is from
    All,
    These(Vec<Listed>),
}

impl SelectQuery {
    /// At which place, from 0, it lists a column: one of its tables, or of the view that its rows become.
    pub(crate) fn place_of(&self, column: &Node) -> Option<usize> {
        let Node::Column(Owner::View(_, address), name) = column else {
            return self.selected().iter().position(|node| node.is_same_column(column));
        };
        let is_listed_whole = matches!(self.selection, Selected::All);
        let relation = self.view.or(is_listed_whole.then_some(self.from.table))?;
        let is_meant = std::ptr::from_ref(relation).addr() == *address;
        relation.columns().iter().position(|listed| listed.name() == name).filter(|_| is_meant)
    }

    /// What it lists, written out.
    pub(crate) fn selected(&self) -> Cow<'_, [Node]> {
        match &self.selection {
            Selected::All => self.from.columns().into(),
            Selected::These(listed) => listed.iter().map(|listed| listed.node.clone()).collect(),
        }
    }

    /// Whether the one column that it lists is of a type that only the server knows.
    pub(crate) fn lists_servers_own(&self) -> bool {
        let Selected::These(listed) = &self.selection else { return false };
        let sources = || std::iter::once(&self.from).chain(self.joins.iter().map(|join| &join.source));
        listed.iter().any(|listed| match &listed.node {
            Node::Column(owner, name) => sources()
                .filter(|source| source.owner() == *owner || matches!(owner, Owner::Main | Owner::View(..)))
                .filter_map(|source| source.table.find_column(name))
                .any(|column| column.parameter_type().is_none()),
            _ => false,
        })
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
                Selected::These(listed) => listed.iter().all(|listed| matches!(listed.node, Node::Column(..))),
            }
    }

    /// Whether an expression with values in it may have to stand in two places as the same one: as a key of the groups, or of the order
    /// of rows that are alike only once, and in the list.
    pub(crate) fn repeats_expressions(&self) -> bool {
        let computed = |node: &Node| !matches!(node, Node::Column(..));
        self.group_by.iter().any(computed) || (self.distinct && self.order_by.iter().any(|key| computed(&key.node)))
    }
}

#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Join {
    pub(crate) source: Source,
    /// `None`: the one reference that is declared between this table and those before it
    pub(crate) condition: Option<Node>,
    /// whether rows before it stay that have no partner
    pub(crate) left: bool,
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

impl<R: FromRow, B> Select<R, B> {
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
            lock: None,
            view: None,
        };
        Select { query, read: R::from_row, bind: PhantomData }
    }
}

impl<R, B> Select<R, B> {
    pub(super) fn into_query(self) -> SelectQuery {
        self.query
    }

    pub(super) fn reader(&self) -> RowReader<R> {
        self.read
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
    pub fn filter<C: Condition>(mut self, condition: C) -> Self
    where
        B: SameDatabase<C::Bind>,
    {
        self.query.filter = Some(Node::and(self.query.filter.take(), node(condition)));
        self
    }

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
    /// [`nullable`](Expression::nullable), or whole by [`optional`](super::WholeRow::optional); without it, running the statement is an error.
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
        self.query.view = None;
        self.query.selection = Selected::These(selection.into_listed());
        Select { query: self.query, read: S::read, bind: PhantomData }
    }

    /// The selected columns as a view: a struct with a field for each of them, in their order.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// #[derive(FromRow, Debug, PartialEq)]
    /// struct Title {
    ///     id: i64,
    ///     text: String,
    /// }
    /// let titles = Post::select().columns((Post::id, Post::title)).into::<Title>();
    /// assert_eq!(session.first(titles.order_by(Post::id.asc())).await?, Some(Title { id: 1, text: "Notes".into() }));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into<V: View<Row = R>>(mut self) -> Select<V, B> {
        self.query.view = Some(V::relation());
        Select { query: self.query, read: V::from_row, bind: PhantomData }
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
        <E::Value as Scalar>::Base: Comparable,
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
    pub fn having<C: Condition>(mut self, condition: C) -> Self
    where
        B: SameDatabase<C::Bind>,
    {
        self.query.having = Some(Node::and(self.query.having.take(), node(condition)));
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

    /// `FOR UPDATE`: the rows are locked until the transaction ends; who else would change or lock them waits. Outside a transaction, which ends at
    /// once, it is of no use. On PostgreSQL rows of left joins, subqueries and CTEs are not locked.
    ///
    /// A server that has no locks of rows (SQLite, where a transaction that writes has the whole database) is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use bindery::engine::Dialect;
    ///
    /// let next = Post::select().filter(Post::stars.is_null()).limit(1).for_update().skip_locked();
    /// assert!(next.to_sql(&Dialect::postgres())?.ends_with("LIMIT 1 FOR UPDATE SKIP LOCKED"));
    /// assert_eq!(session.first(next).await.unwrap_err().kind(), ErrorKind::Unsupported); // these databases are SQLite's
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn for_update(self) -> Self {
        self.locked(false)
    }

    /// `FOR SHARE`: as [`for_update`](Select::for_update), but others may lock the rows so too; who would change them waits.
    #[must_use]
    pub fn for_share(self) -> Self {
        self.locked(true)
    }

    fn locked(mut self, shared: bool) -> Self {
        let taken = self.query.lock.map_or(Taken::Wait, |lock| lock.taken);
        self.query.lock = Some(Lock { shared, taken });
        self
    }

    /// `SKIP LOCKED`: rows that others have locked are left out, for a queue of which several take. It locks for update, unless
    /// [`for_share`](Select::for_share) says otherwise, with which MySQL 8 doesn't take it. A server without it is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    #[must_use]
    pub fn skip_locked(self) -> Self {
        self.where_taken(Taken::Skip)
    }

    /// `NOWAIT`: rows that others have locked are an error at once, [`ErrorKind::Locked`](crate::ErrorKind::Locked). As
    /// [`skip_locked`](Select::skip_locked).
    #[must_use]
    pub fn no_wait(self) -> Self {
        self.where_taken(Taken::Fail)
    }

    fn where_taken(mut self, taken: Taken) -> Self {
        let shared = self.query.lock.is_some_and(|lock| lock.shared);
        self.query.lock = Some(Lock { shared, taken });
        self
    }
}

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

impl<R, B> Clone for Select<R, B> {
    fn clone(&self) -> Self {
        Select { query: self.query.clone(), read: self.read, bind: PhantomData }
    }
}
