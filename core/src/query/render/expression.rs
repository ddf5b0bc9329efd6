use std::borrow::Cow;

use sea_query::{Alias, BinOper, DynIden, Expr, ExprTrait, Func, SelectStatement};

use super::select::{Names, exists};
use super::{MYSQL_MOST_DIGITS, MYSQL_MOST_SCALE, Renderer, stored_param};
use crate::engine::{Family, Param};
use crate::query::node::{Connective, Node, Operator};
use crate::schema::Column;
use crate::value::{SqlType, Value, ValueRef};
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    pub(super) fn expression(&mut self, node: &'a Node) -> Result<Expr> {
        Ok(match node {
            Node::Column(owner, column) => {
                let table = self.qualifier(owner, column)?;
                // sea-query copies an `Alias` once more, and looks at each of its letters.
                let column = match column {
                    Cow::Borrowed(name) => DynIden::from(*name),
                    Cow::Owned(name) => DynIden::from(name.clone()),
                };
                Expr::col((table, column))
            }
            Node::Value(value, sql_type) => self.value(value, *sql_type)?,
            Node::Invalid(mistake) => return Err(mistake.error()),
            Node::Binary(left, operator, right) => {
                let (left_expr, right_expr) = self.sides(left, right)?;
                left_expr.binary(binary_operator(*operator), right_expr)
            }
            Node::Chain(connective, operands) => {
                let operator = match connective {
                    Connective::And => BinOper::And,
                    Connective::Or => BinOper::Or,
                };
                self.chain(operands, operator)?
            }
            Node::Not(node) => self.expression(node)?.not(),
            Node::IsNull { node, negated: false } => self.expression(node)?.is_null(),
            Node::IsNull { node, negated: true } => self.expression(node)?.is_not_null(),
            // Not sea-query's own `1 = 2`, whose numbers are parameters that nobody here has.
            Node::InList { list, negated, .. } if list.is_empty() => Expr::cust(if *negated { "1 = 1" } else { "1 = 0" }),
            Node::InList { node, list, negated } => {
                let column = self.column_of(node);
                let node = self.expression(node)?;
                let list = list.iter().map(|item| self.operand(column, item)).collect::<Result<Vec<_>>>()?;
                is_in(node, list, *negated)
            }
            Node::InValues { node, values, sql_type, negated } => match self.column_of(node) {
                Some(column) if self.family == Family::Postgres && column.is_sent_in_arrays() => {
                    // One parameter: the text, and what the server has prepared for it, is the same for a list of any length.
                    let (node, array) = (self.expression(node)?, self.array(values, column)?);
                    let (operator, of_all) = if *negated { (BinOper::NotEqual, "ALL") } else { (BinOper::Equal, "ANY") };
                    node.binary(operator, Func::cust(Alias::new(of_all)).arg(array))
                }
                Some(column) => {
                    let node = self.expression(node)?;
                    let list = values.iter().map(|value| self.stored(value, column)).collect::<Result<Vec<_>>>()?;
                    is_in(node, list, *negated)
                }
                None => {
                    let node = self.expression(node)?;
                    let list = values.iter().map(|value| self.value(value, *sql_type)).collect::<Result<Vec<_>>>()?;
                    is_in(node, list, *negated)
                }
            },
            Node::InSelect { node, select, negated } => {
                let node = self.expression(node)?;
                let is_limited = select.limit.is_some() || select.offset.is_some();
                let mut select = self.select_statement(select, Names::None)?;
                if is_limited && self.family == Family::MySql {
                    // It takes no LIMIT there, but one level further in.
                    select = SelectStatement::new().expr(Expr::cust("*")).from_subquery(select, Alias::new("limited")).to_owned();
                }
                if *negated { node.not_in_subquery(select) } else { node.in_subquery(select) }
            }
            Node::Exists(select) => exists(self.select_statement(select, Names::None)?, select.limit),
            Node::Scalar(query, sql_type) => {
                let is_servers_own = query.lists_servers_own();
                let select = self.select_statement(query, Names::None)?;
                let select = Expr::SubQuery(None, Box::new(sea_query::SubQueryStatement::SelectStatement(select)));
                if is_servers_own { select } else { self.as_type(select, *sql_type) }
            }
            Node::Between { node, low, high } => {
                let column = self.column_of(node);
                let node = self.expression(node)?;
                let (low, high) = (self.operand(column, low)?, self.operand(column, high)?);
                self.template("(({}) BETWEEN ({}) AND ({}))", vec![node, low, high])
            }
            Node::Distinct { left, right, negated } => self.distinct(left, right, *negated)?,
            Node::Like { node, pattern, ignoring_case, negated } => self.like(node, pattern, *ignoring_case, *negated)?,
            Node::Arithmetic(left, operator, right, sql_type) => self.arithmetic(left, *operator, right, *sql_type)?,
            Node::Negative(node, sql_type) => self.negative(node, *sql_type)?,
            Node::Call(function, arguments, sql_type) => self.call(*function, arguments, *sql_type)?,
            Node::Cast { node, from, to } => self.cast(node, *from, *to)?,
            Node::Case { branches, otherwise, sql_type } => self.case(branches, otherwise.as_deref(), *sql_type)?,
            Node::Json(place, kind) => self.json(place, *kind)?,
            Node::Fragment(pieces) => self.fragment(pieces)?,
            Node::CountRows => Expr::cust("COUNT(*)"),
            Node::Aggregate(function, argument, sql_type) => self.aggregate(*function, argument, *sql_type, None)?,
            Node::Windowed(function, over, sql_type) => self.windowed(function, over, *sql_type)?,
            Node::WindowCall(..) => return Err(Error::new(ErrorKind::Internal, "a window function without its window")),
        })
    }

    /// Two that are compared: of a column and a value, the value is one of the column's, on whichever side it stands.
    pub(super) fn sides(&mut self, left: &'a Node, right: &'a Node) -> Result<(Expr, Expr)> {
        let (of_left, of_right) = (self.column_of(left), self.column_of(right));
        let left_expr = self.operand(of_right, left)?;
        let right_expr = self.operand(of_left, right)?;
        Ok(match left {
            // Where there is no column, nothing says how its text or decimal compares.
            Node::Value(_, sql_type) if of_right.is_none() => (self.as_type(left_expr, *sql_type), right_expr),
            _ => (left_expr, right_expr),
        })
    }

    /// What is compared with values of a column, if the other side is one.
    pub(super) fn operand(&mut self, column: Option<&'static Column>, node: &'a Node) -> Result<Expr> {
        match column {
            Some(column) => self.for_column(column, node),
            None => self.expression(node),
        }
    }

    /// What a column gets or is compared with: a value that doesn't fit names it.
    pub(super) fn for_column(&mut self, column: &'static Column, node: &'a Node) -> Result<Expr> {
        match node {
            Node::Value(value, _) => self.stored(value, column),
            node => self.expression(node).map_err(|error| error.at_column(column.name())),
        }
    }

    pub(super) fn value(&mut self, value: &'a Value, sql_type: SqlType) -> Result<Expr> {
        self.param(Param::new(value.as_ref(), (!sql_type.is_servers_own()).then_some(sql_type)))
    }

    /// Values of a column as one parameter.
    pub(super) fn array(&mut self, values: &'a [Value], column: &'static Column) -> Result<Expr> {
        self.param(Param::new(ValueRef::Array(values), Some(column.array_type())).for_column(Some(column.name())))
    }

    /// A value in the type of a column.
    pub(super) fn stored(&mut self, value: &'a Value, column: &'static Column) -> Result<Expr> {
        // What a column with more than 35 digits before the point holds must not be cut off there, for MySQL would do so in silence.
        let scale = match column.digits_before_point() {
            Some(digits) if digits > MYSQL_MOST_DIGITS - MYSQL_MOST_SCALE => MYSQL_MOST_DIGITS.saturating_sub(digits),
            _ => MYSQL_MOST_SCALE,
        };
        self.param_of_scale(stored_param(value, column), scale)
    }

    /// Halves of halves: sea-query and SQLite go down one level for each nested operator, and neither goes down a thousand.
    fn chain(&mut self, operands: &'a [Node], operator: BinOper) -> Result<Expr> {
        match operands {
            [] => Err(Error::new(ErrorKind::Internal, "a chain of no conditions")),
            [only] => self.expression(only),
            several => {
                let (left, right) = several.split_at(several.len().div_ceil(2));
                Ok(self.chain(left, operator)?.binary(operator, self.chain(right, operator)?))
            }
        }
    }

    /// A pattern with its escape character, which SQLite doesn't have by itself. PostgreSQL has this one.
    pub(super) fn escaped(&self, pattern: Expr) -> Expr {
        let backslash = match self.family {
            Family::Postgres => return pattern,
            Family::MySql => r"'\\'",
            Family::Sqlite => r"'\'",
        };
        pattern.binary(BinOper::Escape, Expr::cust(backslash))
    }
}

fn is_in(node: Expr, list: Vec<Expr>, negated: bool) -> Expr {
    if negated { node.is_not_in(list) } else { node.is_in(list) }
}

fn binary_operator(operator: Operator) -> BinOper {
    match operator {
        Operator::Equal => BinOper::Equal,
        Operator::NotEqual => BinOper::NotEqual,
        Operator::Less => BinOper::SmallerThan,
        Operator::LessOrEqual => BinOper::SmallerThanOrEqual,
        Operator::Greater => BinOper::GreaterThan,
        Operator::GreaterOrEqual => BinOper::GreaterThanOrEqual,
    }
}
