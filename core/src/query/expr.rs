use std::marker::PhantomData;

use super::expression::Expression;
use super::node::{Connective, Node};
use super::select::Select;
use crate::value::Scalar;
use crate::{AnyBind, SameDatabase};

/// An expression whose values are `V`, over columns of the bind `B`. [`Expression`] has what can be done with it.
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

impl<B> Expr<bool, B> {
    /// Both hold. With NULL in one of them it is SQL's `AND`: false if the other is false, else unknown, and a filter drops the row.
    #[must_use]
    pub fn and<C>(self, other: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        Expr::new(Node::chain(self.node, Connective::And, other.node))
    }

    /// One of them holds, or both.
    #[must_use]
    pub fn or<C>(self, other: Expr<bool, C>) -> Self
    where
        B: SameDatabase<C>,
    {
        Expr::new(Node::chain(self.node, Connective::Or, other.node))
    }
}

impl<B> std::ops::Not for Expr<bool, B> {
    type Output = Self;

    /// It does not hold. Of NULL, `NOT` is NULL too.
    fn not(self) -> Self {
        Expr::new(Node::Not(Box::new(self.node)))
    }
}

/// `COUNT(*)`: the rows of a group.
pub fn count() -> Expr<i64, AnyBind> {
    Expr::new(Node::CountRows)
}

/// `EXISTS (…)`: the select gives a row. Inside it, the columns of the outer statement's tables can be used.
pub fn exists<R, B>(select: Select<R, B>) -> Expr<bool, B> {
    Expr::new(Node::Exists(Box::new(select.into_query())))
}
