use std::hash::{Hash, Hasher};
use std::mem::discriminant;
use std::ptr;

use crate::engine::{Dialect, Family};
use crate::query::Shape;
use crate::query::node::{Node, Over, Source};
use crate::query::order::OrderKey;
use crate::query::select_query::{Join, SelectQuery, Selected};
use crate::query::selection::Listed;
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
        let SelectQuery { from, joins, selection, distinct, filter, group_by, having, order_by, limit, offset, lock, view: _ } = query;
        self.source(from)?;
        self.add(joins.len());
        for Join { source, condition, left } in joins {
            self.add(left);
            self.source(source)?;
            self.optional(condition.as_ref())?;
        }
        self.optional(filter.as_ref())?;
        match selection {
            Selected::All => self.add(false),
            Selected::These(listed) => {
                self.add(true);
                self.add(listed.len());
                for Listed { node, nullable } in listed {
                    self.add(nullable);
                    self.node(node)?;
                }
            }
        }
        self.nodes(group_by)?;
        self.optional(having.as_ref())?;
        self.order(order_by)?;
        self.add((distinct, limit, offset.is_some(), lock));
        Some(())
    }

    fn source(&mut self, Source { table, alias, body }: &Source) -> Option<()> {
        self.add((ptr::from_ref(*table), alias));
        // Another select is rarely worth it.
        body.is_none().then_some(())
    }

    fn order(&mut self, keys: &'a [OrderKey]) -> Option<()> {
        self.add(keys.len());
        for OrderKey { node, descending, nulls } in keys {
            self.add((descending, nulls));
            self.node(node)?;
        }
        Some(())
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
            Node::Between { node, low, high } => {
                self.node(node)?;
                self.node(low)?;
                self.node(high)?;
            }
            Node::Distinct { left, right, negated } => {
                self.add(negated);
                self.node(left)?;
                self.node(right)?;
            }
            Node::Like { node, pattern, ignoring_case, negated } => {
                self.add((ignoring_case, negated));
                self.node(node)?;
                self.node(pattern)?;
            }
            Node::Arithmetic(left, operator, right, sql_type) => {
                self.add((operator, sql_type));
                self.node(left)?;
                self.node(right)?;
            }
            Node::Negative(node, sql_type) => {
                self.add(sql_type);
                self.node(node)?;
            }
            Node::Call(function, arguments, sql_type) => {
                self.add((function, sql_type));
                self.nodes(arguments)?;
            }
            Node::Cast { node, from, to } => {
                self.add((from, to));
                self.node(node)?;
            }
            Node::Case { branches, otherwise, sql_type } => {
                self.add((branches.len(), sql_type));
                for (condition, value) in branches {
                    self.node(condition)?;
                    self.node(value)?;
                }
                self.optional(otherwise.as_deref())?;
            }
            Node::WindowCall(call, argument) => {
                self.add(call);
                self.optional(argument.as_deref())?;
            }
            Node::Windowed(function, over, sql_type) => {
                let Over { partition_by, order_by, rows } = &**over;
                self.add((sql_type, rows));
                self.node(function)?;
                self.nodes(partition_by)?;
                self.order(order_by)?;
            }
            // One parameter, if the column's values go in arrays; else this is not kept.
            Node::InValues { node, values, sql_type, negated } if self.family == Family::Postgres => {
                self.add((sql_type, negated));
                self.node(node)?;
                self.values.push(ValueRef::Array(values));
            }
            // A text for each length; another select is rarely worth it; an error has no text.
            Node::InValues { .. }
            | Node::InList { .. }
            | Node::InSelect { .. }
            | Node::Exists(_)
            | Node::Scalar(..)
            | Node::Json(..)
            | Node::Fragment(_)
            | Node::Invalid(_) => return None,
        }
        Some(())
    }
}
