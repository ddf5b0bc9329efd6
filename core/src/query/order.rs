use std::marker::PhantomData;

use super::node::Node;

/// One key of an order, ascending or descending: `User::email.asc()`. NULLs stand where the backend puts them: first in ascending
/// order on SQLite and MySQL, last on PostgreSQL.
pub struct Order<B> {
    key: OrderKey,
    bind: PhantomData<fn() -> B>,
}

#[derive(Clone)]
pub(crate) struct OrderKey {
    pub(crate) node: Node,
    pub(crate) descending: bool,
}

impl<B> Order<B> {
    pub(super) fn new(node: Node, descending: bool) -> Self {
        Order { key: OrderKey { node, descending }, bind: PhantomData }
    }

    pub(super) fn into_key(self) -> OrderKey {
        self.key
    }
}
