use std::hash::{Hash, Hasher};
use std::mem::discriminant;
use std::ptr;

use crate::engine::{Dialect, Family};
use crate::query::Shape;
use crate::query::node::{Node, Source};
use crate::query::order::OrderKey;
use crate::query::select::{Join, SelectQuery, Selected};
use crate::value::ValueRef;

/// A select without its values, from which its text follows; and those values, in the order in which the renderer meets them.
pub(super) struct Outline<'a> {
    pub(super) key: OutlineKey,
    pub(super) values: Vec<ValueRef<'a>>,
    family: Family,
}

/// All of the outline as bytes, which are what its parts' `Hash` writes. So each part's must be derived, or at least write other bytes for
/// whatever isn't equal: one that wrote less would find the text of another select.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct OutlineKey(Vec<u8>);

/// What is longer was put together at run time, and will hardly come again.
const LONGEST: usize = 4_096;

/// Takes down what is hashed into it.
struct TakeDown<'k>(&'k mut Vec<u8>);

impl Hasher for TakeDown<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0 // nobody asks
    }
}

impl<'a> Outline<'a> {
    /// `None` where the text follows from the values too.
    pub(super) fn of(query: &'a SelectQuery, dialect: &Dialect, shape: Shape) -> Option<Self> {
        let family = dialect.family();
        // There, values that are alike are one parameter.
        if family == Family::Postgres && query.repeats_expressions() {
            return None;
        }
        let mut outline = Outline { key: OutlineKey(Vec::with_capacity(512)), values: Vec::new(), family };
        outline.add((dialect.spelling(), shape));
        outline.select(query)?;
        Some(outline)
    }

    fn add(&mut self, part: impl Hash) {
        part.hash(&mut TakeDown(&mut self.key.0));
    }

    fn select(&mut self, query: &'a SelectQuery) -> Option<()> {
        // Each field by its name, so that a new one can't be forgotten.
        let SelectQuery { from, joins, selection, distinct, filter, group_by, having, order_by, limit, offset } = query;
        self.source(from);
        self.add(joins.len());
        for Join { source, condition } in joins {
            self.source(source);
            self.optional(condition.as_ref())?;
        }
        self.optional(filter.as_ref())?;
        match selection {
            Selected::All => self.add(false),
            Selected::These(nodes) => {
                self.add(true);
                self.nodes(nodes)?;
            }
        }
        self.nodes(group_by)?;
        self.optional(having.as_ref())?;
        self.add(order_by.len());
        for OrderKey { node, descending, nulls } in order_by {
            self.add((descending, nulls));
            self.node(node)?;
        }
        self.add((distinct, limit, offset.is_some()));
        Some(())
    }

    fn source(&mut self, Source { table, alias }: &Source) {
        self.add((ptr::from_ref(*table), alias));
    }

    fn optional(&mut self, node: Option<&'a Node>) -> Option<()> {
        self.add(node.is_some());
        node.map_or(Some(()), |node| self.node(node))
    }

    fn nodes(&mut self, nodes: &'a [Node]) -> Option<()> {
        self.add(nodes.len());
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &'a Node) -> Option<()> {
        self.add(discriminant(node));
        if self.key.0.len() > LONGEST {
            return None;
        }
        match node {
            Node::Column(owner, name) => self.add((owner, name)),
            Node::Value(value, sql_type) => {
                self.add(sql_type);
                self.values.push(value.as_ref());
            }
            Node::Binary(left, operator, right) => {
                self.add(operator);
                self.node(left)?;
                self.node(right)?;
            }
            Node::Chain(connective, nodes) => {
                self.add(connective);
                self.nodes(nodes)?;
            }
            Node::Not(node) => self.node(node)?,
            Node::IsNull { node, negated } => {
                self.add(negated);
                self.node(node)?;
            }
            Node::Aggregate(aggregate, node, sql_type) => {
                self.add((aggregate, sql_type));
                self.node(node)?;
            }
            Node::CountRows => {}
            // One parameter, if the column's values go in arrays; else this is not kept.
            Node::InValues { node, values, sql_type, negated } if self.family == Family::Postgres => {
                self.add((sql_type, negated));
                self.node(node)?;
                self.values.push(ValueRef::Array(values));
            }
            // A text for each length; another select is rarely worth it; an error has no text.
            Node::InValues { .. } | Node::InList { .. } | Node::InSelect { .. } | Node::Exists(_) | Node::Invalid(_) => return None,
        }
        Some(())
    }
}
