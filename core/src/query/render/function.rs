//! Functions, casts and CASE, in each backend's words.

use sea_query::{BinOper, Expr, ExprTrait, Func};

use super::{Renderer, invalid};
use crate::Result;
use crate::engine::Family;
use crate::query::node::{Function, Node};
use crate::value::SqlType;

impl<'a> Renderer<'a> {
    pub(super) fn call(&mut self, function: Function, arguments: &'a [Node], sql_type: SqlType) -> Result<Expr> {
        // What is compared with a column, or stands in for one, is a value of its kind.
        let column = arguments.iter().find_map(|argument| self.column_of(argument));
        let column = column.filter(|_| matches!(function, Function::Coalesce | Function::NullIf));
        let mut expressions = Vec::with_capacity(arguments.len());
        for argument in arguments {
            expressions.push(self.operand(column, argument)?);
        }
        let text = match function {
            Function::Lower => "LOWER({})",
            Function::Upper => "UPPER({})",
            Function::Trim => "TRIM({})",
            Function::Length if self.family == Family::Sqlite => "LENGTH({})",
            Function::Length if self.family == Family::Postgres => "CAST(CHAR_LENGTH({}) AS bigint)",
            Function::Length => "CHAR_LENGTH({})",
            Function::Concat if self.family == Family::MySql => "CONCAT({}, {})",
            Function::Concat => "(({}) || ({}))",
            // These don't look at what they have no place for, and so not whether it is NULL.
            Function::Replace if self.family != Family::Postgres && !matches!(arguments, [.., Node::Value(..)]) => {
                expressions.extend(arguments.last().map(|to| self.expression(to)).transpose()?);
                expressions.rotate_right(1);
                "(CASE WHEN ({}) IS NOT NULL THEN REPLACE({}, {}, {}) END)"
            }
            Function::Replace => "REPLACE({}, {}, {})",
            Function::Substring { start: 0, .. } => return Err(invalid("a substring begins at character 1: its `start` is 0")),
            Function::Substring { start, length } => {
                let name = if self.family == Family::Sqlite { "SUBSTR" } else { "SUBSTRING" };
                let length = std::cmp::min(length, i32::MAX as u32);
                return Ok(self.template(&format!("{name}({{}}, {start}, {length})"), expressions));
            }
            Function::Coalesce => return Ok(self.as_computed("COALESCE({}, {})", expressions, arguments, sql_type)),
            Function::NullIf => return Ok(self.as_computed("NULLIF({}, {})", expressions, arguments, sql_type)),
            Function::Now => self.now(sql_type),
            Function::DatePart(part, of) => return Ok(self.date_part(part, of, expressions)),
            Function::StartOf(start, of) => return Ok(self.start_of(start, of, expressions)),
        };
        Ok(self.template(text, expressions))
    }

    /// A result that is one of its arguments, and has the collation of none.
    fn as_computed(&self, text: &str, expressions: Vec<Expr>, arguments: &[Node], sql_type: SqlType) -> Expr {
        let result = self.template(text, expressions);
        if arguments.iter().any(|node| self.is_servers_own(node)) { result } else { self.as_type(result, sql_type) }
    }

    pub(super) fn case(&mut self, branches: &'a [(Node, Node)], otherwise: Option<&'a Node>, sql_type: SqlType) -> Result<Expr> {
        let results = branches.iter().map(|(_, value)| value).chain(otherwise);
        let column = results.clone().find_map(|value| self.column_of(value));
        let mut text = "(CASE".to_owned();
        let mut expressions = Vec::with_capacity(2 * branches.len() + 1);
        for (condition, value) in branches {
            text.push_str(" WHEN {} THEN {}");
            expressions.push(self.expression(condition)?);
            expressions.push(self.operand(column, value)?);
        }
        if let Some(value) = otherwise {
            text.push_str(" ELSE {}");
            expressions.push(self.operand(column, value)?);
        }
        text.push_str(" END)");
        let result = self.template(&text, expressions);
        let is_servers_own = column.is_some_and(|column| column.parameter_type().is_none());
        Ok(if is_servers_own { result } else { self.as_type(result, sql_type) })
    }

    pub(super) fn cast(&mut self, node: &'a Node, from: SqlType, to: SqlType) -> Result<Expr> {
        self.dialect.check_type(to)?;
        let expression = self.expression(node)?;
        let is_fraction = matches!(from, SqlType::F32 | SqlType::F64 | SqlType::Decimal);
        let text = match (self.family, to) {
            (Family::Postgres, SqlType::I64) if is_fraction => "CAST(TRUNC({}) AS bigint)",
            (Family::Postgres, SqlType::I64) if from == SqlType::Bool => "CAST(CAST({} AS integer) AS bigint)",
            (Family::Postgres, SqlType::I64) => "CAST({} AS bigint)",
            (Family::Postgres, SqlType::F64) => "CAST({} AS double precision)",
            (Family::Postgres, SqlType::Text) if from == SqlType::Bool => "CAST(CAST({} AS integer) AS text)",
            (Family::Postgres, SqlType::Text) => "CAST({} AS text)",
            (Family::Postgres, _) => "CAST({} AS numeric)",
            (Family::MySql, SqlType::I64) if is_fraction => "CAST(TRUNCATE({}, 0) AS SIGNED)",
            (Family::MySql, SqlType::I64) => "CAST({} AS SIGNED)",
            // 5.7 has no cast to a float.
            (Family::MySql, SqlType::F64) => "(({}) + 0e0)",
            (Family::MySql, SqlType::Text) => "CAST({} AS CHAR)",
            (Family::MySql, _) => "CAST({} AS DECIMAL(65, 30))",
            (Family::Sqlite, SqlType::I64) => "CAST({} AS INTEGER)",
            (Family::Sqlite, SqlType::F64) => "CAST({} AS REAL)",
            (Family::Sqlite, _) => "CAST({} AS TEXT)",
        };
        Ok(self.as_type(self.template(text, vec![expression]), to))
    }

    /// Whether two values are different, NULL being like NULL.
    pub(super) fn distinct(&mut self, left: &'a Node, right: &'a Node, negated: bool) -> Result<Expr> {
        let (left, right) = self.sides(left, right)?;
        let text = match (self.family, negated) {
            (Family::Postgres, true) => "(({}) IS NOT DISTINCT FROM ({}))",
            (Family::Postgres, false) => "(({}) IS DISTINCT FROM ({}))",
            (Family::MySql, true) => "(({}) <=> ({}))",
            (Family::MySql, false) => "(NOT (({}) <=> ({})))",
            (Family::Sqlite, true) => "(({}) IS ({}))",
            (Family::Sqlite, false) => "(({}) IS NOT ({}))",
        };
        Ok(self.template(text, vec![left, right]))
    }

    pub(super) fn like(&mut self, node: &'a Node, pattern: &'a Node, ignoring_case: bool, negated: bool) -> Result<Expr> {
        // The column's length is none of the pattern's; its type is, where that is the server's own.
        let column = self.column_of(node).filter(|column| column.parameter_type().is_none());
        let (mut text, mut pattern) = (self.expression(node)?, self.operand(column, pattern)?);
        let mut operator = if negated { BinOper::NotLike } else { BinOper::Like };
        if ignoring_case {
            match self.family {
                Family::Postgres => operator = if negated { BinOper::Custom("NOT ILIKE") } else { BinOper::Custom("ILIKE") },
                Family::MySql | Family::Sqlite => {
                    text = Func::lower(text).into();
                    pattern = Func::lower(pattern).into();
                }
            }
        }
        Ok(text.binary(operator, self.escaped(pattern)))
    }
}
