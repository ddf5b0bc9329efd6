//! Selects by the page whose place is the values of a row: what stands behind it in the select's order.

use super::node::{Connective, Node, Operator};
use super::order::{Nulls, OrderKey};
use super::select::RowReader;
use super::select_query::{SelectQuery, Selected};
use super::selection::Listed;
use super::sql::Piece;
use super::{DynamicRow, Query, Select};
use crate::engine::{Dialect, Family};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// A select in an order that says of any two rows which one is first, whose rows have the order's keys behind what was selected.
pub(crate) struct Keyset<R, B> {
    select: Select<DynamicRow, B>,
    read: RowReader<R>,
    family: Family,
    /// which order it is
    fingerprint: u64,
}

impl<R: Send + 'static, B> Keyset<R, B> {
    pub(crate) fn new(select: Select<R, B>, dialect: &Dialect) -> Result<Self> {
        let read = select.read;
        let query = select.into_query();
        check(&query)?;
        let mut query = query.in_total_order();
        let mut listed = match query.selection {
            Selected::All => query.from.columns().into_iter().map(not_asked_for_null).collect(),
            Selected::These(listed) => listed,
        };
        listed.extend(query.order_by.iter().map(|key| not_asked_for_null(key.node.clone())));
        query.selection = Selected::These(listed);
        let unfiltered = Select::<R, B>::dynamic(SelectQuery { filter: None, having: None, ..query.clone() });
        let (sql, params) = unfiltered.to_sql_with_params(dialect)?;
        let fingerprint = fingerprint(&format!("{sql} {params:?}"));
        Ok(Keyset { select: Select::<R, B>::dynamic(query), read, family: dialect.family(), fingerprint })
    }

    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub(crate) fn keys(&self) -> usize {
        self.select.query.order_by.len()
    }

    /// Its first rows; behind this place where there is one; backwards from it, or from the end, where it is asked for.
    pub(crate) fn part(&self, place: Option<&[Value]>, backward: bool, rows: u64) -> Select<DynamicRow, B> {
        let mut select = self.select.clone();
        let query = &mut select.query;
        if backward {
            query.order_by.iter_mut().for_each(turn_round);
        }
        if let Some(place) = place {
            let behind = behind(&query.order_by, place, self.family);
            // A group is known by its aggregates too, which are there only when it is made.
            let condition = if query.group_by.is_empty() { &mut query.filter } else { &mut query.having };
            *condition = Some(Node::and(condition.take(), behind));
        }
        select.limit(rows)
    }

    pub(crate) fn read(&self, rows: &[DynamicRow]) -> Result<Vec<R>> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let selected = first.columns().len().saturating_sub(self.keys());
        let columns = first.columns().iter().take(selected).cloned().collect();
        rows.iter().map(|row| (self.read)(&row.as_row(&columns))).collect()
    }

    /// The place of a row.
    pub(crate) fn place<'r>(&self, row: &'r DynamicRow) -> &'r [Value] {
        &row.values()[row.values().len().saturating_sub(self.keys())..]
    }
}

fn check(query: &SelectQuery) -> Result<()> {
    let invalid = |message: &str| Err(Error::new(ErrorKind::InvalidStatement, message));
    if query.limit.is_some() || query.offset.is_some() {
        return invalid("a page has a limit of its own: leave out the select's limit and offset");
    }
    if query.distinct || (query.lists_aggregates() && query.group_by.is_empty()) {
        return invalid("a cursor stands at a row, and these are made of several: group them by their keys, or ask for pages by number");
    }
    if query.order_by.iter().any(|key| matches!(key.node, Node::Windowed(..))) {
        return invalid(
            "a cursor can't stand in an order by a window function, which is there only behind the filter: ask for pages by number",
        );
    }
    let mut sources = std::iter::once(&query.from).chain(query.joins.iter().map(|join| &join.source));
    let is_unkeyed = sources.any(|source| source.body.is_some() || source.table.primary_key().next().is_none());
    if query.group_by.is_empty() && is_unkeyed {
        return invalid(
            "a cursor needs rows that a primary key tells apart, which those of a subquery or of a table without one don't have: ask for pages by number",
        );
    }
    Ok(())
}

fn not_asked_for_null(node: Node) -> Listed {
    Listed { node, nullable: true }
}

fn turn_round(key: &mut OrderKey) {
    key.descending = !key.descending;
    key.nulls = key.nulls.map(|nulls| match nulls {
        Nulls::First => Nulls::Last,
        Nulls::Last => Nulls::First,
    });
}

/// Holds for the rows behind this place: those that are alike up to one of the keys, and behind it in that one.
fn behind(order: &[OrderKey], place: &[Value], family: Family) -> Node {
    let mut alike: Option<Node> = None;
    let mut any: Option<Node> = None;
    for (key, value) in order.iter().zip(place) {
        if let Some(further) = further(key, value, family) {
            let both = Node::and(alike.clone(), further);
            any = Some(match any.take() {
                Some(any) => Node::chain(any, Connective::Or, both),
                None => both,
            });
        }
        let same = match value {
            Value::Null => is_null(&key.node, false),
            value => compared(&key.node, Operator::Equal, value),
        };
        alike = Some(Node::and(alike.take(), same));
    }
    // Only where each key is NULL and NULLs are last is nothing behind it.
    any.unwrap_or_else(|| Node::Fragment(vec![Piece::Text("1 = 0".to_owned())]))
}

/// Holds for what is behind a value in the order of one key; `None` where nothing is. SQL says nothing of NULLs here, so this does.
fn further(key: &OrderKey, value: &Value, family: Family) -> Option<Node> {
    let nulls_first = match key.nulls {
        Some(nulls) => nulls == Nulls::First,
        // Left to the server: PostgreSQL has NULLs above every value, the others below.
        None => (family == Family::Postgres) == key.descending,
    };
    let operator = if key.descending { Operator::Less } else { Operator::Greater };
    match (value, nulls_first) {
        (Value::Null, true) => Some(is_null(&key.node, true)),
        (Value::Null, false) => None,
        (value, true) => Some(compared(&key.node, operator, value)),
        (value, false) => Some(Node::chain(compared(&key.node, operator, value), Connective::Or, is_null(&key.node, false))),
    }
}

/// The value is one that this server gave, and the server says what it is beside the key.
fn compared(node: &Node, operator: Operator, value: &Value) -> Node {
    Node::binary(node.clone(), operator, Node::Fragment(vec![Piece::Value(value.clone())]))
}

fn is_null(node: &Node, negated: bool) -> Node {
    Node::IsNull { node: Box::new(node.clone()), negated }
}

/// FNV-1a of 64 bits. Not a hasher of `std` or foldhash, which may be another one in the next version, and tokens outlive a deployment: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
