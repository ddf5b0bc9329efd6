use sea_query::{Alias, BinOper, Expr, ExprTrait, Func};

use super::Renderer;
use crate::engine::Family;
use crate::query::node::{Aggregate, Connective, Node, Operator};
use crate::schema::Column;
use crate::value::{SqlType, Value};
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    pub(super) fn expression(&mut self, node: &'a Node) -> Result<Expr> {
        Ok(match node {
            Node::Column(owner, column) => {
                let table = self.qualifier(owner, column)?;
                Expr::col((Alias::new(table), Alias::new(column.as_ref())))
            }
            Node::Value(value, sql_type) => self.value(value, *sql_type)?,
            Node::Invalid(error) => return Err(Error::duplicate(error)),
            Node::Binary(left, operator, right) => {
                let (left_expr, right_expr) = (self.expression(left)?, self.beside(left, right)?);
                match operator {
                    Operator::Like => left_expr.binary(BinOper::Like, self.escaped(right_expr)),
                    Operator::NotLike => left_expr.binary(BinOper::NotLike, self.escaped(right_expr)),
                    operator => left_expr.binary(binary_operator(*operator), right_expr),
                }
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
                let list = list.iter().map(|item| self.beside(node, item)).collect::<Result<Vec<_>>>()?;
                let node = self.expression(node)?;
                if *negated { node.is_not_in(list) } else { node.is_in(list) }
            }
            Node::InSelect { node, select, negated } => {
                let node = self.expression(node)?;
                let select = self.select_statement(select, false)?;
                if *negated { node.not_in_subquery(select) } else { node.in_subquery(select) }
            }
            Node::Exists(select) => Expr::exists(self.select_statement(select, false)?),
            Node::CountRows => Expr::cust("COUNT(*)"),
            Node::Aggregate(function, argument, sql_type) => {
                let argument = self.expression(argument)?;
                self.aggregate(*function, argument, *sql_type)
            }
        })
    }

    /// What a node is compared with.
    fn beside(&mut self, node: &'a Node, other: &'a Node) -> Result<Expr> {
        match node {
            Node::Column(_, column) => self.for_column(column, other),
            _ => self.expression(other),
        }
    }

    /// What a column gets or is compared with: a value that doesn't fit names it.
    pub(super) fn for_column(&mut self, column: &'a str, node: &'a Node) -> Result<Expr> {
        self.column = Some(column);
        let expression = self.expression(node);
        self.column = None;
        expression.map_err(|error| error.at_column(column))
    }

    /// The value that an insert stores in a column.
    pub(super) fn stored(&mut self, value: &'a Value, column: &'a Column) -> Result<Expr> {
        self.column = Some(column.name());
        let expression = self.value(value, column.sql_type());
        self.column = None;
        expression
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

    fn aggregate(&self, function: Aggregate, argument: Expr, sql_type: SqlType) -> Expr {
        // SQLite keeps decimals as text, and its own SUM and AVG would make floats of them.
        let decimal_text = self.family == Family::Sqlite && sql_type == SqlType::Decimal;
        let call = match function {
            Aggregate::Count => Func::count(argument),
            Aggregate::CountDistinct => Func::count_distinct(argument),
            Aggregate::Sum if decimal_text => Func::cust("decimal_sum").arg(argument),
            Aggregate::Sum => Func::sum(argument),
            Aggregate::Average if decimal_text => Func::avg(Func::cast_as(argument, Alias::new("REAL"))),
            Aggregate::Average => Func::avg(argument),
            Aggregate::Min => Func::min(argument),
            Aggregate::Max => Func::max(argument),
        };
        let expression = Expr::FunctionCall(call);
        if decimal_text && matches!(function, Aggregate::Sum | Aggregate::Min | Aggregate::Max) {
            // A function's result has no collation of its own, and would compare and sort as text.
            // Named as a column is, for anything else would stand in brackets, which SQLite doesn't take there.
            expression.binary(BinOper::Custom("COLLATE"), Expr::col(Alias::new("decimal")))
        } else {
            expression
        }
    }

    /// A pattern with its escape character, which SQLite doesn't have by itself.
    fn escaped(&self, pattern: Expr) -> Expr {
        let backslash = if self.family == Family::MySql { r"'\\'" } else { r"'\'" };
        pattern.binary(BinOper::Escape, Expr::cust(backslash))
    }
}

fn binary_operator(operator: Operator) -> BinOper {
    match operator {
        Operator::Equal => BinOper::Equal,
        Operator::NotEqual => BinOper::NotEqual,
        Operator::Less => BinOper::SmallerThan,
        Operator::LessOrEqual => BinOper::SmallerThanOrEqual,
        Operator::Greater => BinOper::GreaterThan,
        Operator::GreaterOrEqual => BinOper::GreaterThanOrEqual,
        Operator::Like => BinOper::Like,
        Operator::NotLike => BinOper::NotLike,
    }
}

#[cfg(all(test, feature = "rust_decimal"))]
mod tests {
    use rust_decimal::Decimal;

    use crate::BindKey;
    use crate::engine::Dialect;
    use crate::query::{Expression, Query, TableExt};
    use crate::schema::{Column, StaticTable, Table};

    static PAYMENTS: StaticTable = StaticTable::new(|| Table::new("payments", BindKey::DEFAULT).column(Column::of::<Decimal>("paid")));

    #[test]
    fn aggregates_of_decimals_compare_as_numbers_on_sqlite() {
        let sum = PAYMENTS.col::<Decimal>("paid").sum();
        let select = PAYMENTS.select().columns(sum.clone()).having(sum.clone().gt(Decimal::ONE)).order_by(sum.desc());
        assert_eq!(
            select.to_sql(&Dialect::sqlite()).unwrap(),
            r#"SELECT decimal_sum("payments"."paid") COLLATE "decimal" FROM "payments" "#.to_owned()
                + r#"HAVING (decimal_sum("payments"."paid") COLLATE "decimal") > ? "#
                + r#"ORDER BY decimal_sum("payments"."paid") COLLATE "decimal" DESC"#
        );
    }
}
