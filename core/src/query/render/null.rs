//! Where NULL would come into a type that has none: said before anything is sent, and not by the first row that has one.

use sea_query::Expr;

use super::{Renderer, invalid};
use crate::Result;
use crate::query::node::{AggregateFunction, ArithmeticOperator, Function, Node, WindowCall};
use crate::query::select_query::Selected;
use crate::query::selection::Listed;

/// Why a value may be NULL.
enum Reason<'n> {
    /// a column of a table that is joined from the left
    LeftJoined(&'n str),
    /// a column that can be NULL, inside a condition
    Nullable(&'n str),
    /// an expression that can be NULL whatever it is of, inside a condition
    Expression,
}

impl<'a> Renderer<'a> {
    /// A selected expression, whose type must take NULL where it may be.
    pub(super) fn listed(&mut self, listed: &'a Listed) -> Result<Expr> {
        if !listed.nullable
            && let Some(reason) = self.reason_of_null(&listed.node, true)
        {
            let (message, column) = match reason {
                Reason::LeftJoined(column) => (
                    "a column of a left join is NULL where a row has no partner: select it by `.nullable()`, or the whole row by `.row().optional()`",
                    Some(column),
                ),
                Reason::Nullable(column) => {
                    ("an expression over a column that can be NULL may be NULL too: select it by `.nullable()`", Some(column))
                }
                Reason::Expression => ("a condition over an expression that can be NULL may be NULL too: select it by `.nullable()`", None),
            };
            let error = invalid(message);
            return Err(match column {
                Some(column) => error.at_column(column.to_owned()),
                None => error,
            });
        }
        self.expression(&listed.node)
    }

    /// `selected`: it is what is selected, and not a part of it. Of a plain column its own type says whether it takes NULL.
    fn reason_of_null<'n>(&self, node: &'n Node, selected: bool) -> Option<Reason<'n>> {
        let any = |nodes: &[&'n Node]| nodes.iter().find_map(|node| self.reason_of_null(node, false));
        match node {
            Node::Column(owner, name) => {
                if self.is_left_joined(owner) {
                    return Some(Reason::LeftJoined(name));
                }
                let nullable = !selected && self.column_of(node).is_some_and(|column| column.is_nullable());
                nullable.then_some(Reason::Nullable(name))
            }
            Node::Binary(left, _, right) => any(&[left, right]),
            Node::Chain(_, nodes) => nodes.iter().find_map(|node| self.reason_of_null(node, false)),
            Node::Not(node) | Node::InValues { node, .. } => self.reason_of_null(node, false),
            Node::InSelect { node, select, .. } => {
                let is_null_listed = matches!(&select.selection, Selected::These(listed) if listed.iter().any(|listed| listed.nullable));
                self.reason_of_null(node, false).or(is_null_listed.then_some(Reason::Expression))
            }
            Node::InList { node, list, .. } => {
                let mut nodes = std::iter::once(&**node).chain(list);
                nodes.find_map(|node| self.reason_of_null(node, false))
            }
            Node::Between { node, low, high } => any(&[node, low, high]),
            Node::Like { node, .. } => self.reason_of_null(node, false),
            Node::Negative(node, _) | Node::Cast { node, .. } => self.reason_of_null(node, selected),
            Node::Arithmetic(_, ArithmeticOperator::Divide | ArithmeticOperator::Remainder, ..) if !selected => Some(Reason::Expression),
            Node::Arithmetic(left, _, right, _) => any(&[left, right]),
            Node::Call(Function::Coalesce, arguments, _) => {
                let mut reasons = arguments.iter().map(|node| self.reason_of_null(node, false));
                reasons.clone().all(|reason| reason.is_some()).then(|| reasons.find_map(|reason| reason)).flatten()
            }
            Node::Call(Function::NullIf, ..) if !selected => Some(Reason::Expression),
            Node::Call(_, arguments, _) => arguments.iter().find_map(|node| self.reason_of_null(node, false)),
            Node::Case { otherwise: None, .. } if !selected => Some(Reason::Expression),
            Node::Case { branches, otherwise, .. } => {
                let mut values = branches.iter().map(|(_, value)| value).chain(otherwise.as_deref());
                values.find_map(|node| self.reason_of_null(node, false))
            }
            // What may be NULL whatever it is of. By themselves their types say so; a condition over them has none that does.
            Node::Scalar(..) | Node::Json(..) | Node::WindowCall(..) => (!selected).then_some(Reason::Expression),
            Node::Aggregate(function, ..) if !is_count(*function) => (!selected).then_some(Reason::Expression),
            Node::Windowed(function, ..) if !is_never_null(function) => (!selected).then_some(Reason::Expression),
            // Values, and what is never NULL; of a fragment the user says it.
            Node::Value(..)
            | Node::Invalid(_)
            | Node::IsNull { .. }
            | Node::Exists(_)
            | Node::CountRows
            | Node::Distinct { .. }
            | Node::Fragment(_)
            | Node::Windowed(..)
            | Node::Aggregate(..) => None,
        }
    }
}

fn is_count(function: AggregateFunction) -> bool {
    matches!(function, AggregateFunction::Count | AggregateFunction::CountDistinct)
}

/// Of a window's function: whether it gives a value in each row.
fn is_never_null(function: &Node) -> bool {
    match function {
        Node::CountRows => true,
        Node::Aggregate(function, ..) => is_count(*function),
        Node::WindowCall(call, _) => {
            matches!(call, WindowCall::RowNumber | WindowCall::Rank | WindowCall::DenseRank | WindowCall::Ntile(_))
        }
        _ => false,
    }
}
