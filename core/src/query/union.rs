use std::borrow::Cow;
use std::marker::PhantomData;

use super::order::OrderKey;
use super::select::{RowReader, Select};
use super::select_query::SelectQuery;
use super::{Alias, Order};
use crate::schema::Relation;
use crate::{BindKey, SameDatabase};

/// The rows of several selects of one database.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let (good, answers) = (Post::select().filter(Post::stars.ge(3)), Post::select().filter(Post::answers.is_not_null()));
/// assert_eq!(session.count(good.clone().union(answers.clone())).await?, 2); // each row once
/// assert_eq!(session.count(good.union_all(answers)).await?, 3);
/// # Ok(())
/// # }
/// ```
pub struct Union<R, B> {
    query: Composed,
    read: RowReader<R>,
    bind: PhantomData<fn() -> B>,
}

/// One select, or several of which one makes a union.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Composed {
    pub(crate) first: SelectQuery,
    /// each with whether rows that are alike stay
    pub(crate) rest: Vec<(bool, SelectQuery)>,
    /// of the union; a select has its own
    pub(crate) order_by: Vec<OrderKey>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
}

impl Composed {
    pub(crate) fn of(select: SelectQuery) -> Self {
        Composed { first: select, rest: Vec::new(), order_by: Vec::new(), limit: None, offset: None }
    }

    /// Its selects, one at least.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &SelectQuery> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, select)| select))
    }

    /// Whether its rows are in an order.
    pub(crate) fn is_ordered(&self) -> bool {
        !self.order_by.is_empty() || (self.rest.is_empty() && !self.first.order_by.is_empty())
    }

    /// Whether so many of its rows are given.
    pub(crate) fn is_limited(&self) -> bool {
        let of_first = self.rest.is_empty() && (self.first.limit.is_some() || self.first.offset.is_some());
        of_first || self.limit.is_some() || self.offset.is_some()
    }

    pub(crate) fn bind(&self) -> Option<BindKey> {
        self.first.from.bind()
    }
}

impl<R, B> Union<R, B> {
    pub(super) fn new(first: SelectQuery, read: RowReader<R>, all: bool, second: SelectQuery) -> Self {
        Union { query: Composed { rest: vec![(all, second)], ..Composed::of(first) }, read, bind: PhantomData }
    }

    pub(super) fn query(&self) -> &Composed {
        &self.query
    }

    pub(super) fn into_query(self) -> Composed {
        self.query
    }

    pub(super) fn reader(&self) -> RowReader<R> {
        self.read
    }

    /// And the rows of another one, each once.
    #[must_use]
    pub fn union<C>(mut self, other: Select<R, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.rest.push((false, other.into_query()));
        self
    }

    /// And the rows of another one, as often as they are there.
    #[must_use]
    pub fn union_all<C>(mut self, other: Select<R, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.rest.push((true, other.into_query()));
        self
    }

    /// The whole in the order of a column of the first select.
    #[must_use]
    pub fn order_by<C>(mut self, order: Order<C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.order_by.push(order.into_key());
        self
    }

    /// At most this many rows of the whole.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.query.limit = Some(rows);
        self
    }

    /// Without the first rows of the whole.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.query.offset = Some(rows);
        self
    }
}

impl<R: Relation, B> Union<R, B> {
    /// As [`Select::subquery`].
    pub fn subquery(self, name: impl Into<Cow<'static, str>>) -> Alias<R, B> {
        Alias::subquery(name.into(), self.query)
    }

    /// As [`Select::cte`].
    pub fn cte(self, name: impl Into<Cow<'static, str>>) -> Alias<R, B> {
        Alias::cte(name.into(), self.query, None)
    }
}

impl<R, B> Clone for Union<R, B> {
    fn clone(&self) -> Self {
        Union { query: self.query.clone(), read: self.read, bind: PhantomData }
    }
}
