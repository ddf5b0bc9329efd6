use sea_query::{Alias, BinOper, Expr, ExprTrait, Func};

use super::Renderer;
use crate::Result;
use crate::engine::Family;
use crate::query::node::{Aggregate, Node};
use crate::value::SqlType;

impl<'a> Renderer<'a> {
    /// An aggregate over values of a type. The answer is the same everywhere, so it is asked for in other words where a backend's own
    /// function would give another one, or none.
    pub(super) fn aggregate(&mut self, function: Aggregate, argument: &'a Node, sql_type: SqlType) -> Result<Expr> {
        let servers_own = self.column_of(argument).is_some_and(|column| column.parameter_type().is_none());
        if !servers_own {
            self.dialect.check_type(sql_type)?;
        }
        let argument = self.expression(argument)?;
        Ok(match (self.family, sql_type) {
            (Family::Sqlite, SqlType::Decimal) => of_sqlite_decimals(function, argument),
            (Family::Postgres, _) if !servers_own => on_postgres(function, argument, sql_type),
            // MySQL's own average of integers and decimals has four digits more than they have. A float's is exact.
            (Family::MySql, _) if matches!(function, Aggregate::Average) => plain(function, argument.add(Expr::cust("0e0"))),
            _ => plain(function, argument),
        })
    }
}

fn plain(function: Aggregate, argument: Expr) -> Expr {
    Expr::FunctionCall(match function {
        Aggregate::Count => Func::count(argument),
        Aggregate::CountDistinct => Func::count_distinct(argument),
        Aggregate::Sum => Func::sum(argument),
        Aggregate::Average => Func::avg(argument),
        Aggregate::Min => Func::min(argument),
        Aggregate::Max => Func::max(argument),
    })
}

/// SQLite keeps decimals as text, and its own SUM and AVG would make floats of them.
fn of_sqlite_decimals(function: Aggregate, argument: Expr) -> Expr {
    // A function's result has no collation of its own, and would compare and sort as text.
    let as_number = |expression: Expr| collated(expression, "decimal");
    match function {
        Aggregate::Sum => as_number(Func::cust(Alias::new("decimal_sum")).arg(argument).into()),
        Aggregate::Average => plain(function, Func::cast_as(argument, Alias::new("REAL")).into()),
        Aggregate::Min | Aggregate::Max => as_number(plain(function, argument)),
        Aggregate::Count | Aggregate::CountDistinct => plain(function, argument),
    }
}

/// PostgreSQL has no MIN and MAX of booleans, only lately of bytes and UUIDs, and it sums floats of 32 bits in 32 bits.
fn on_postgres(function: Aggregate, argument: Expr, sql_type: SqlType) -> Expr {
    let cast = |expression: Expr, name: &str| -> Expr { Func::cast_as(expression, Alias::new(name)).into() };
    match (function, sql_type) {
        (Aggregate::Min, SqlType::Bool) => Func::cust(Alias::new("BOOL_AND")).arg(argument).into(),
        (Aggregate::Max, SqlType::Bool) => Func::cust(Alias::new("BOOL_OR")).arg(argument).into(),
        // Texts of these forms sort as what they stand for.
        (Aggregate::Min | Aggregate::Max, SqlType::Uuid) => {
            let text = collated(cast(argument, "text"), "C");
            cast(plain(function, text), "uuid")
        }
        (Aggregate::Min | Aggregate::Max, SqlType::Bytes) => {
            let hex = || Expr::cust("'hex'");
            let text = collated(Func::cust(Alias::new("ENCODE")).arg(argument).arg(hex()).into(), "C");
            Func::cust(Alias::new("DECODE")).arg(plain(function, text)).arg(hex()).into()
        }
        (Aggregate::Sum, SqlType::F32) => plain(function, cast(argument, "double precision")),
        _ => plain(function, argument),
    }
}

fn collated(expression: Expr, collation: &'static str) -> Expr {
    // Named as a column is, for anything else would stand in brackets, which SQLite doesn't take there.
    expression.binary(BinOper::Custom("COLLATE"), Expr::col(Alias::new(collation)))
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
