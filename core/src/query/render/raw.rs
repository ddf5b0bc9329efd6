//! SQL that the user wrote: a whole statement, or a part of one.

use sea_query::Expr;

use super::{Rendered, Renderer, Sql, invalid};
use crate::engine::{Effect, Family, Param};
use crate::query::node::{Node, Owner};
use crate::query::sql::Piece;
use crate::value::{SqlType, Value};
use crate::{Error, Result};

impl<'a> Renderer<'a> {
    /// A statement, whose values stand in it or are given beside it.
    pub(crate) fn raw(mut self, pieces: &'a [Piece], params: &'a [Node], effect: Effect) -> Result<Rendered<'a>> {
        if !params.is_empty() && pieces.iter().any(|piece| !matches!(piece, Piece::Text(_))) {
            return Err(invalid("the values of raw SQL stand between the braces of `sql!`, or are given by `param`: not both"));
        }
        let mut sql = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => sql.push_str(text),
                Piece::Value(value) => {
                    self.params.push(Param::new(value.as_ref(), None));
                    let placeholder = self.dialect.placeholder(self.params.len());
                    match (self.family, value) {
                        // Else it would be compared as a float.
                        (Family::MySql, Value::Decimal(_)) => sql.push_str(&format!("CAST({placeholder} AS DECIMAL(65, 30))")),
                        _ => sql.push_str(&placeholder),
                    }
                }
                Piece::Node(node) => sql.push_str(&self.name_in_raw(node)?),
                Piece::EmptyList => return Err(empty_list()),
            }
        }
        for (position, node) in params.iter().enumerate() {
            match node {
                Node::Value(value, _) => self.params.push(Param::new(value.as_ref(), None)),
                Node::Invalid(mistake) => return Err(mistake.error()),
                _ => return Err(invalid(format!("parameter {} of raw SQL is not a value", position + 1))),
            }
        }
        Ok(Rendered { sql: Sql::Written(sql), params: self.params, effect, table: None, needs: Vec::new(), rows: 0 })
    }

    /// A column's own name: what its table is called there, only the text knows.
    fn name_in_raw(&self, node: &Node) -> Result<String> {
        match node {
            Node::Column(Owner::Table(bind, table), _) if *bind != self.bind => Err(self.cross_bind(table, *bind)),
            Node::Column(_, name) => Ok(self.dialect.quote(name)),
            Node::Invalid(mistake) => Err(mistake.error()),
            _ => Err(invalid("between the braces of a raw statement stand values and columns: an expression goes with a typed one")),
        }
    }

    /// A part of a statement, as an expression of it.
    pub(super) fn fragment(&mut self, pieces: &'a [Piece]) -> Result<Expr> {
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                // As a part of its own, so that nothing in it is taken for a placeholder.
                Piece::Text(text) => Expr::cust(text.clone()),
                Piece::Value(value) => self.param(inferred(value))?,
                Piece::Node(node) => self.expression(node)?,
                Piece::EmptyList => return Err(empty_list()),
            });
        }
        Ok(self.template(&format!("({})", vec!["{}"; parts.len()].join(" ")), parts))
    }
}

/// The server infers what the text asks for: it knows more types than Rust's. MySQL would take a decimal, which it gets as text, for a float.
fn inferred(value: &Value) -> Param<'_> {
    let sql_type = matches!(value, Value::Decimal(_)).then_some(SqlType::Decimal);
    Param::new(value.as_ref(), sql_type)
}

fn empty_list() -> Error {
    invalid("a list between the braces of `sql!` is empty, for which SQL has no words: leave the condition out")
}
