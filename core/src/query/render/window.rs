//! OVER: the rows of a window.

use std::fmt::Write;

use sea_query::Expr;

use super::needs::Need;
use super::{Renderer, invalid};
use crate::engine::Family;
use crate::query::node::{AggregateFunction, Node, Over, WindowCall};
use crate::query::order::{Nulls, OrderKey};
use crate::query::window::FrameBound;
use crate::value::SqlType;
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    pub(super) fn windowed(&mut self, function: &'a Node, over: &'a Over, sql_type: SqlType) -> Result<Expr> {
        self.need(Need::WindowFunctions);
        check_window(function, over)?;
        match function {
            Node::WindowCall(call, argument) => {
                let is_servers_own = argument.as_ref().is_some_and(|argument| self.is_servers_own(argument));
                let argument = argument.as_ref().map(|argument| self.expression(argument)).transpose()?;
                let (mut text, mut expressions) = (window_call(*call)?, argument.into_iter().collect());
                self.over(over, &mut text, &mut expressions)?;
                let call = self.template(&text, expressions);
                Ok(match (self.family, call_is_narrow(function)) {
                    (Family::Postgres, true) => self.template("CAST({} AS bigint)", vec![call]),
                    _ if is_servers_own => call,
                    _ => self.as_type(call, sql_type),
                })
            }
            Node::CountRows => {
                let (mut text, mut expressions) = ("COUNT(*)".to_owned(), Vec::new());
                self.over(over, &mut text, &mut expressions)?;
                Ok(self.template(&text, expressions))
            }
            Node::Aggregate(function, argument, of) => self.aggregate(*function, argument, *of, Some(over)),
            _ => Err(Error::new(ErrorKind::Internal, "a window is one of an aggregate or of a window function")),
        }
    }

    /// An aggregate function's call, over the rows of a window if there is one.
    pub(super) fn over_rows(&mut self, call: Expr, over: Option<&'a Over>) -> Result<Expr> {
        let Some(over) = over else { return Ok(call) };
        let (mut text, mut expressions) = ("{}".to_owned(), vec![call]);
        self.over(over, &mut text, &mut expressions)?;
        Ok(self.template(&text, expressions))
    }

    fn over(&mut self, over: &'a Over, text: &mut String, expressions: &mut Vec<Expr>) -> Result<()> {
        text.push_str(" OVER (");
        let mut separator = "PARTITION BY ";
        for key in &over.partition_by {
            text.push_str(separator);
            text.push_str("{}");
            expressions.push(self.expression(key)?);
            separator = ", ";
        }
        separator = if over.partition_by.is_empty() { "ORDER BY " } else { " ORDER BY " };
        for key in &over.order_by {
            text.push_str(separator);
            separator = ", ";
            self.order_key(key, text, expressions)?;
        }
        if let Some((from, to)) = over.rows {
            if place(from) > place(to) || from == FrameBound::UnboundedFollowing || to == FrameBound::UnboundedPreceding {
                return Err(invalid("the rows of a window end before they begin"));
            }
            let space = if text.ends_with('(') { "" } else { " " };
            // Writing to a String can't fail.
            let _ = write!(text, "{space}ROWS BETWEEN {} AND {}", bound(from), bound(to));
        }
        text.push(')');
        Ok(())
    }

    fn order_key(&mut self, key: &'a OrderKey, text: &mut String, expressions: &mut Vec<Expr>) -> Result<()> {
        let has_words_for_nulls = self.family != Family::MySql;
        if let Some(nulls) = key.nulls
            && !has_words_for_nulls
        {
            text.push_str(if nulls == Nulls::First { "(({}) IS NOT NULL), " } else { "(({}) IS NULL), " });
            expressions.push(self.expression(&key.node)?);
        }
        text.push_str(if key.descending { "{} DESC" } else { "{} ASC" });
        expressions.push(self.expression(&key.node)?);
        match key.nulls {
            Some(Nulls::First) if has_words_for_nulls => text.push_str(" NULLS FIRST"),
            Some(Nulls::Last) if has_words_for_nulls => text.push_str(" NULLS LAST"),
            _ => {}
        }
        Ok(())
    }
}

/// PostgreSQL's is of 32 bits.
fn call_is_narrow(function: &Node) -> bool {
    matches!(function, Node::WindowCall(WindowCall::Ntile(_), _))
}

/// Refuses what some servers refuse, and some take for something else.
fn check_window(function: &Node, over: &Over) -> Result<()> {
    match function {
        Node::Aggregate(AggregateFunction::CountDistinct, ..) => {
            Err(invalid("no server counts different values over the rows of a window: count them in a subquery"))
        }
        Node::WindowCall(WindowCall::FirstValue | WindowCall::LastValue, _) => Ok(()),
        Node::WindowCall(..) if over.rows.is_some() => {
            Err(invalid("a place in a window is one of the whole partition: `rows` is for aggregates, `first_value` and `last_value`"))
        }
        Node::WindowCall(call, _) if over.order_by.is_empty() && *call != WindowCall::RowNumber => {
            Err(invalid("a place in a window is one in an order: say which by `order_by`"))
        }
        _ => Ok(()),
    }
}

fn window_call(call: WindowCall) -> Result<String> {
    Ok(match call {
        WindowCall::RowNumber => "ROW_NUMBER()".to_owned(),
        WindowCall::Rank => "RANK()".to_owned(),
        WindowCall::DenseRank => "DENSE_RANK()".to_owned(),
        WindowCall::Ntile(0) => return Err(invalid("a window is cut into one part at least: `ntile(0)`")),
        WindowCall::Ntile(parts) => format!("NTILE({parts})"),
        WindowCall::Lag(rows) => format!("LAG({{}}, {rows})"),
        WindowCall::Lead(rows) => format!("LEAD({{}}, {rows})"),
        WindowCall::FirstValue => "FIRST_VALUE({})".to_owned(),
        WindowCall::LastValue => "LAST_VALUE({})".to_owned(),
    })
}

fn place(bound: FrameBound) -> i64 {
    match bound {
        FrameBound::UnboundedPreceding => i64::MIN,
        FrameBound::Preceding(rows) => -i64::from(rows),
        FrameBound::CurrentRow => 0,
        FrameBound::Following(rows) => i64::from(rows),
        FrameBound::UnboundedFollowing => i64::MAX,
    }
}

fn bound(bound: FrameBound) -> String {
    match bound {
        FrameBound::UnboundedPreceding => "UNBOUNDED PRECEDING".to_owned(),
        FrameBound::Preceding(rows) => format!("{rows} PRECEDING"),
        FrameBound::CurrentRow => "CURRENT ROW".to_owned(),
        FrameBound::Following(rows) => format!("{rows} FOLLOWING"),
        FrameBound::UnboundedFollowing => "UNBOUNDED FOLLOWING".to_owned(),
    }
}
