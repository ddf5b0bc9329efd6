//! Computations with numbers, with the same result on every backend.

use sea_query::{BinOper, Expr, ExprTrait};

use super::Renderer;
use super::template::collated;
use crate::engine::Family;
use crate::query::node::{ArithmeticOperator, Node};
use crate::value::SqlType;
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    pub(super) fn arithmetic(&mut self, left: &'a Node, operator: ArithmeticOperator, right: &'a Node, sql_type: SqlType) -> Result<Expr> {
        self.dialect.check_type(sql_type)?;
        let column = self.column_of(left).or_else(|| self.column_of(right));
        let left = self.operand(column, left)?;
        let right = self.operand(column, right)?;
        if self.family == Family::Sqlite && sql_type == SqlType::Decimal {
            let function = match operator {
                ArithmeticOperator::Add => "decimal_add({}, {})",
                ArithmeticOperator::Subtract => "decimal_sub({}, {})",
                ArithmeticOperator::Multiply => "decimal_mul({}, {})",
                ArithmeticOperator::Divide | ArithmeticOperator::Remainder => {
                    return Err(Error::new(ErrorKind::InvalidStatement, "decimals are divided as floats: `.cast::<f64>()`"));
                }
            };
            return Ok(collated(self.template(function, vec![left, right]), "decimal"));
        }
        Ok(match operator {
            ArithmeticOperator::Add => left.binary(BinOper::Add, right),
            ArithmeticOperator::Subtract => left.binary(BinOper::Sub, right),
            ArithmeticOperator::Multiply => left.binary(BinOper::Mul, right),
            ArithmeticOperator::Divide => self.quotient(left, right, sql_type),
            ArithmeticOperator::Remainder => self.remainder(left, right),
        })
    }

    /// Divided by 0 it is NULL everywhere, of which PostgreSQL would make an error.
    fn quotient(&self, left: Expr, right: Expr, sql_type: SqlType) -> Expr {
        let text = match (self.family, sql_type) {
            (_, SqlType::F64) => "({}) / NULLIF({}, 0)",
            // Its own quotient of integers has a fraction.
            (Family::MySql, _) => "({}) DIV NULLIF({}, 0)",
            // These are `numeric` there.
            (Family::Postgres, SqlType::U64) => "DIV({}, NULLIF({}, 0))",
            _ => "({}) / NULLIF({}, 0)",
        };
        self.template(text, vec![left, right])
    }

    fn remainder(&self, left: Expr, right: Expr) -> Expr {
        self.template("({}) % NULLIF({}, 0)", vec![left, right])
    }

    pub(super) fn negative(&mut self, node: &'a Node, sql_type: SqlType) -> Result<Expr> {
        let node = self.expression(node)?;
        Ok(match (self.family, sql_type) {
            (Family::Sqlite, SqlType::Decimal) => collated(self.template("decimal_sub('0', {})", vec![node]), "decimal"),
            // Without a space, a second minus would begin a comment.
            _ => self.template("(- ({}))", vec![node]),
        })
    }
}
