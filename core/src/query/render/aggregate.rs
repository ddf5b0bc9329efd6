use sea_query::{Alias, Expr, ExprTrait, Func};

use super::Renderer;
use super::template::collated;
use crate::Result;
use crate::engine::Family;
use crate::query::node::{AggregateFunction, Node, Over};
use crate::value::SqlType;

impl<'a> Renderer<'a> {
    /// An aggregate over values of a type, of a group or of the rows of a window. The answer is the same everywhere, so it is asked for in
    /// other words where a backend's own function would give another one, or none.
    pub(super) fn aggregate(
        &mut self,
        function: AggregateFunction,
        argument: &'a Node,
        sql_type: SqlType,
        over: Option<&'a Over>,
    ) -> Result<Expr> {
        let servers_own = self.is_servers_own(argument);
        if !servers_own {
            self.dialect.check_type(sql_type)?;
        }
        let argument = self.expression(argument)?;
        match (self.family, sql_type) {
            (Family::Sqlite, SqlType::Decimal) => self.of_sqlite_decimals(function, argument, over),
            (Family::Postgres, _) if !servers_own => self.on_postgres(function, argument, sql_type, over),
            // MySQL's own average of integers and decimals has four digits more than they have. A float's is exact.
            (Family::MySql, _) if matches!(function, AggregateFunction::Average) => {
                self.over_rows(plain(function, argument.add(Expr::cust("0e0"))), over)
            }
            _ => self.over_rows(plain(function, argument), over),
        }
    }

    /// SQLite keeps decimals as text, and its own SUM and AVG would make floats of them.
    fn of_sqlite_decimals(&mut self, function: AggregateFunction, argument: Expr, over: Option<&'a Over>) -> Result<Expr> {
        let call = match function {
            AggregateFunction::Sum => Func::cust(Alias::new("decimal_sum")).arg(argument).into(),
            AggregateFunction::Average => plain(function, Func::cast_as(argument, Alias::new("REAL")).into()),
            _ => plain(function, argument),
        };
        let call = self.over_rows(call, over)?;
        Ok(match function {
            // A function's result has no collation of its own, and would compare and sort as text.
            AggregateFunction::Sum | AggregateFunction::Min | AggregateFunction::Max => collated(call, "decimal"),
            AggregateFunction::Average | AggregateFunction::Count | AggregateFunction::CountDistinct => call,
        })
    }

    /// PostgreSQL has no MIN and MAX of booleans, only lately of bytes and UUIDs, and it sums floats of 32 bits in 32 bits.
    fn on_postgres(&mut self, function: AggregateFunction, argument: Expr, sql_type: SqlType, over: Option<&'a Over>) -> Result<Expr> {
        let cast = |expression: Expr, name: &str| -> Expr { Func::cast_as(expression, Alias::new(name)).into() };
        Ok(match (function, sql_type) {
            (AggregateFunction::Min, SqlType::Bool) => self.over_rows(Func::cust(Alias::new("BOOL_AND")).arg(argument).into(), over)?,
            (AggregateFunction::Max, SqlType::Bool) => self.over_rows(Func::cust(Alias::new("BOOL_OR")).arg(argument).into(), over)?,
            // Texts of these forms sort as what they stand for.
            (AggregateFunction::Min | AggregateFunction::Max, SqlType::Uuid) => {
                let text = collated(cast(argument, "text"), "C");
                cast(self.over_rows(plain(function, text), over)?, "uuid")
            }
            (AggregateFunction::Min | AggregateFunction::Max, SqlType::Bytes) => {
                let hex = || Expr::cust("'hex'");
                let text = collated(Func::cust(Alias::new("ENCODE")).arg(argument).arg(hex()).into(), "C");
                Func::cust(Alias::new("DECODE")).arg(self.over_rows(plain(function, text), over)?).arg(hex()).into()
            }
            (AggregateFunction::Sum, SqlType::F32) => self.over_rows(plain(function, cast(argument, "double precision")), over)?,
            // Of integers and decimals it makes a `numeric`, of digits that others don't have.
            (AggregateFunction::Average, _) => cast(self.over_rows(plain(function, argument), over)?, "double precision"),
            // Of 64 bits it makes a `numeric`, which divides otherwise than an integer.
            (AggregateFunction::Sum, SqlType::I64 | SqlType::U32 | SqlType::U64) => {
                cast(self.over_rows(plain(function, argument), over)?, "bigint")
            }
            _ => self.over_rows(plain(function, argument), over)?,
        })
    }
}

fn plain(function: AggregateFunction, argument: Expr) -> Expr {
    Expr::FunctionCall(match function {
        AggregateFunction::Count => Func::count(argument),
        AggregateFunction::CountDistinct => Func::count_distinct(argument),
        AggregateFunction::Sum => Func::sum(argument),
        AggregateFunction::Average => Func::avg(argument),
        AggregateFunction::Min => Func::min(argument),
        AggregateFunction::Max => Func::max(argument),
    })
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
