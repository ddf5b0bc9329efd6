use std::marker::PhantomData;

use super::condition::node;
use super::expression::Expression;
use super::lock::{Lock, Taken};
use super::node::{Node, Owner, Source};
use super::select_query::{SelectQuery, Selected};
use super::selection::Selection;
use super::{Condition, DynamicRow, Order};
use crate::engine::{FromRow, Row};
use crate::schema::{Model, View};
use crate::value::{Comparable, Scalar};
use crate::{Error, ErrorKind, Result, SameDatabase};

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
    pub(super) query: SelectQuery,
    pub(super) read: RowReader<R>,
    bind: PhantomData<fn() -> B>,
}

/// Makes a row of a statement out of its cells.
pub(crate) type RowReader<R> = fn(&Row<'_>) -> Result<R>;

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

    /// The same, its rows read by this.
    pub(super) fn read_by<T>(self, read: RowReader<T>) -> Select<T, B> {
        Select { query: self.query, read, bind: PhantomData }
    }

    /// The same, whatever its rows were.
    pub(super) fn dynamic(query: SelectQuery) -> Select<DynamicRow, B> {
        Select { query, read: DynamicRow::from_row, bind: PhantomData }
    }

    /// So many of its rows behind the first ones, in an order that is the same each time.
    pub(crate) fn part(mut self, offset: u64, rows: u64) -> Result<Self> {
        if self.query.limit.is_some() || self.query.offset.is_some() {
            return Err(Error::new(
                ErrorKind::InvalidStatement,
                "a page has a limit and an offset of its own: leave out the select's, or page over `.limit(..).subquery(\"name\").select()`",
            ));
        }
        self.query = self.query.in_total_order();
        Ok(self.offset(offset).limit(rows))
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
    /// another column SQLite gives any row's value, and PostgreSQL refuses the statement, as MySQL does. An expression with values of yours
    /// in it (`Post::stars.gt(3)`) is selected too, word for word, or MySQL takes it for another one; in HAVING it does so always.
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

impl<R, B> Clone for Select<R, B> {
    fn clone(&self) -> Self {
        Select { query: self.query.clone(), read: self.read, bind: PhantomData }
    }
}
