use sea_query::{Alias, BinOper, Expr, ExprTrait, Func};

use super::Renderer;
use crate::engine::Family;
use crate::schema::Column;
use crate::value::SqlType;

impl Renderer<'_> {
    /// SQL with other expressions where `{}` stands, as they are: brackets around them are the text's own.
    pub(super) fn template(&self, text: &str, expressions: Vec<Expr>) -> Expr {
        if let Some(name) = function_of(text, expressions.len()) {
            // Known to sea-query as a call, it has no brackets around it.
            return Func::cust(Alias::new(name)).args(expressions).into();
        }
        let mut parts = text.split("{}");
        let mut template = parts.next().unwrap_or_default().to_owned();
        for (part, number) in parts.zip(1..) {
            // sea-query's own placeholders, by family.
            match self.family {
                Family::Postgres => template.push_str(&format!("${number}")),
                Family::MySql | Family::Sqlite => template.push('?'),
            }
            template.push_str(part);
        }
        Expr::cust_with_exprs(template, expressions)
    }

    /// In the type of a column, where the server would take the expression's own, of fewer digits or letters.
    pub(super) fn of_column_type(&self, expression: Expr, column: &Column) -> Expr {
        let Some(sql_type) = column.parameter_type() else { return expression };
        match (self.family, sql_type) {
            (Family::Postgres, _) => {
                let cast = Func::cast_as(expression, Alias::new(self.dialect.cast_name(sql_type))).into();
                self.as_type(cast, sql_type)
            }
            // As long as a text there can be that isn't a large object.
            (Family::MySql, SqlType::Text) => self.template("CAST({} AS CHAR(16383))", vec![expression]),
            _ => expression,
        }
    }

    /// The result of a computation, which compares and sorts as a column of its type does: it has no collation of its own.
    pub(super) fn as_type(&self, expression: Expr, sql_type: SqlType) -> Expr {
        match (self.family, sql_type) {
            (Family::Sqlite, SqlType::Decimal) => collated(expression, "decimal"),
            // It would have one that stands anywhere inside it: that of decimals in a condition.
            (Family::Sqlite, SqlType::Text) => collated(expression, "binary"),
            (Family::Postgres, SqlType::Text) => collated(expression, "C"),
            _ => expression,
        }
    }
}

/// The function that a text is a plain call of, with so many arguments: `REPLACE({}, {}, {})`.
fn function_of(text: &str, arguments: usize) -> Option<&str> {
    let (name, rest) = text.split_once('(')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') && !name.is_empty();
    (is_name && rest == format!("{})", vec!["{}"; arguments].join(", "))).then_some(name)
}

pub(super) fn collated(expression: Expr, collation: &'static str) -> Expr {
    // Named as a column is, for anything else would stand in brackets, which SQLite doesn't take there.
    expression.binary(BinOper::Custom("COLLATE"), Expr::col(Alias::new(collation)))
}
