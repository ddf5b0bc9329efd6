use std::marker::PhantomData;

use super::alias::Alias;
use super::expression::Expression;
use super::node::{Node, Source};
use super::order::OrderKey;
use super::selection::Selection;
use super::union::Union;
use super::{Expr, Order};
use crate::SameDatabase;
use crate::engine::FromRow;
use crate::schema::Model;

/// A SELECT whose rows are `R`, from tables of the bind `B`. A value: build it anywhere, run it by a session's verb.
///
/// A statement belongs to one database. What names another one does not compile:
///
/// ```compile_fail
/// # use bindery_core::{Bind, schema::Model, query::Select};
/// fn two_databases<User: Model<Bind = Bind<'a', 'u', 't', 'h'>>, Post: Model<Bind = Bind<'m', 'e', 't', 'a'>>>() {
///     let _ = Select::of::<User>().join::<Post>();
/// }
/// ```
pub struct Select<R, B> {
    query: SelectQuery,
    types: PhantomData<fn() -> (R, B)>,
}

/// A select without its types.
#[derive(Clone)]
pub(crate) struct SelectQuery {
    pub(crate) from: Source,
    pub(crate) joins: Vec<Join>,
    pub(crate) selection: Vec<Node>,
    pub(crate) distinct: bool,
    pub(crate) filter: Option<Node>,
    pub(crate) group_by: Vec<Node>,
    pub(crate) having: Option<Node>,
    pub(crate) order_by: Vec<OrderKey>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
}

impl SelectQuery {
    /// Whether each row of the joined tables that the filter lets through is one row of the result.
    pub(crate) fn is_plain(&self) -> bool {
        self.group_by.is_empty()
            && self.having.is_none()
            && !self.distinct
            && self.limit.is_none()
            && self.offset.is_none()
            && self.selection.iter().all(|node| matches!(node, Node::Column(..)))
    }
}

#[derive(Clone)]
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
    pub fn of<M: Model>() -> Select<M, M::Bind> {
        Select::new(Source::plain(M::table()))
    }
}

impl<R, B> Select<R, B> {
    pub(super) fn new(from: Source) -> Self {
        let selection = from.columns();
        let query = SelectQuery {
            from,
            joins: Vec::new(),
            selection,
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

    /// Only rows for which this holds; called again, both must hold.
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
    #[must_use]
    pub fn join<M: Model>(mut self) -> Self
    where
        B: SameDatabase<M::Bind>,
    {
        self.query.joins.push(Join { source: Source::plain(M::table()), condition: None });
        self
    }

    /// Inner join to a model's table on a condition.
    #[must_use]
    pub fn join_on<M: Model, C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C>,
    {
        self.query.joins.push(Join { source: Source::plain(M::table()), condition: Some(condition.into_node()) });
        self
    }

    /// Inner join to a model's table under an alias, on a condition.
    #[must_use]
    pub fn join_alias<M: Model, C>(mut self, alias: &Alias<M>, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<M::Bind> + SameDatabase<C>,
    {
        self.query.joins.push(Join { source: alias.source(), condition: Some(condition.into_node()) });
        self
    }

    /// These columns and expressions instead of the whole row: the rows become tuples.
    #[must_use]
    pub fn columns<S: Selection<B>>(mut self, selection: S) -> Select<S::Row, B> {
        self.query.selection = selection.into_nodes();
        Select { query: self.query, types: PhantomData }
    }

    /// Rows that are alike only once.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.query.distinct = true;
        self
    }

    /// One row for all rows that have this in common; called again, for all that have both.
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
    #[must_use]
    pub fn having<C>(mut self, condition: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.having = Some(Node::and(self.query.having.take(), condition.into_node()));
        self
    }

    /// In this order; called again, rows that are alike so far are in that order.
    #[must_use]
    pub fn order_by<C>(mut self, order: Order<C>) -> Self
    where
        B: SameDatabase<C>,
    {
        self.query.order_by.push(order.into_key());
        self
    }

    /// At most this many rows.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.query.limit = Some(rows);
        self
    }

    /// Without the first rows.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.query.offset = Some(rows);
        self
    }
}

impl<R: FromRow, B> Select<R, B> {
    /// The rows of both, each once. Order and limit of the whole are the [`Union`]'s; one that this select has already is an error when it is run.
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
