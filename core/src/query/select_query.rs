use std::borrow::Cow;

use super::lock::Lock;
use super::node::{Node, Owner, Source};
use super::order::OrderKey;
use super::selection::Listed;
use crate::schema::Table;

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

    /// Whether it lists an aggregate, which makes one row of several.
    pub(crate) fn lists_aggregates(&self) -> bool {
        self.lists(|node| matches!(node, Node::Aggregate(..) | Node::CountRows))
    }

    /// Whether it lists a window function, for which each row stays one.
    pub(crate) fn lists_windows(&self) -> bool {
        self.lists(|node| matches!(node, Node::Windowed(..)))
    }

    fn lists(&self, is_meant: impl Fn(&Node) -> bool) -> bool {
        matches!(&self.selection, Selected::These(listed) if listed.iter().any(|listed| is_meant(&listed.node)))
    }

    /// In an order that says of any two rows which one is first: behind the order that it has, by what tells its rows apart.
    pub(crate) fn in_total_order(mut self) -> Self {
        let tail = if self.distinct {
            self.selected().into_owned()
        } else if !self.group_by.is_empty() {
            self.group_by.clone()
        } else if self.lists_aggregates() {
            Vec::new()
        } else {
            let sources = std::iter::once(&self.from).chain(self.joins.iter().map(|join| &join.source));
            // Of what has no key, a subquery mostly, all columns: rows that are alike in all of them may change places.
            sources.flat_map(Source::telling_columns).collect()
        };
        for node in tail {
            if !self.order_by.iter().any(|key| key.node == node || key.node.is_same_column(&node)) {
                self.order_by.push(OrderKey { node, descending: false, nulls: None });
            }
        }
        self
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
