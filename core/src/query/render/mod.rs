//! From the tree of a statement to SQL and its parameters. sea-query writes the text; this says what.

mod aggregate;
mod arithmetic;
mod expression;
mod function;
mod json;
mod needs;
mod null;
mod outline;
mod quotes;
mod raw;
mod scope;
mod select;
mod select_text;
mod statements;
mod template;
mod temporal;
#[cfg(test)]
mod tests;
mod window;
mod with;
mod writer;

use std::ops::Deref;
use std::sync::Arc;

use sea_query::{Alias, Func, MysqlQueryBuilder, PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder};

pub(crate) use self::needs::Need;
use self::scope::Scope;
use self::select_text::SelectText;
use self::with::Ctes;
use self::writer::Writer;
use crate::engine::{Dialect, Effect, Family, Param, Statement};
use crate::schema::{Column, Table};
use crate::value::{SqlType, Value};
use crate::{BindKey, Error, ErrorKind, Result};

/// A statement as it is sent; its parameters are borrowed from the tree.
pub(crate) struct Rendered<'a> {
    pub(crate) sql: Sql<'a>,
    pub(crate) params: Vec<Param<'a>>,
    pub(crate) effect: Effect,
    pub(crate) table: Option<&'a str>,
    /// what its server must have
    pub(crate) needs: Vec<Need>,
    /// of an insert: how many rows it carries
    pub(crate) rows: usize,
}

/// The text of a statement, whoever wrote it.
pub(crate) enum Sql<'a> {
    Written(String),
    /// of a table, which keeps it
    OfTable(&'a str),
    /// of all selects like this one
    Kept(Arc<SelectText>),
}

impl Deref for Sql<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Sql::Written(text) => text,
            Sql::OfTable(text) => text,
            Sql::Kept(text) => text.sql(),
        }
    }
}

impl Sql<'_> {
    pub(crate) fn into_string(self) -> String {
        match self {
            Sql::Written(text) => text,
            kept => (*kept).to_owned(),
        }
    }
}

impl Rendered<'_> {
    pub(crate) fn into_parts(self) -> (String, Vec<Value>) {
        let params = self.params.iter().map(|param| param.value.to_owned()).collect();
        (self.sql.into_string(), params)
    }

    /// As what asks how it would be run.
    pub(crate) fn explained(mut self, dialect: &Dialect) -> Self {
        let explain = if self.table.is_some() { dialect.explain() } else { dialect.explain_only() };
        self.sql = Sql::Written(format!("{explain} {}", &*self.sql));
        self.effect = Effect::Read;
        self
    }

    pub(crate) fn statement(&self) -> Statement<'_> {
        Statement::new(&self.sql, &self.params, self.effect).of_table(self.table)
    }
}

/// The most digits of a decimal on MySQL, and the most of them behind the point.
const MYSQL_MOST_DIGITS: u8 = 65;
const MYSQL_MOST_SCALE: u8 = 30;

pub(crate) struct Renderer<'a> {
    dialect: Dialect,
    family: Family,
    bind: BindKey,
    /// In the order in which they were met; sea-query says in which order it wrote them.
    params: Vec<Param<'a>>,
    /// The tables that columns can refer to, the innermost select's last.
    scopes: Vec<Scope<'a>>,
    /// Values that are alike are one parameter: PostgreSQL takes `a > $1` and `a > $2` for two expressions, and so the second one for
    /// one that isn't in its `GROUP BY`.
    shares_parameters: bool,
    /// A value is stored, and not computed with or compared.
    stores: bool,
    ctes: Ctes<'a>,
    needs: Vec<Need>,
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(dialect: &Dialect, bind: BindKey) -> Self {
        Renderer {
            dialect: dialect.clone(),
            family: dialect.family(),
            bind,
            params: Vec::new(),
            scopes: Vec::new(),
            shares_parameters: false,
            stores: false,
            ctes: Ctes::default(),
            needs: Vec::new(),
        }
    }

    fn need(&mut self, need: Need) {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    /// A placeholder for a value. sea-query carries only its number, so no value takes a way through sea-query's types.
    fn param(&mut self, param: Param<'a>) -> Result<sea_query::Expr> {
        self.param_of_scale(param, MYSQL_MOST_SCALE)
    }

    /// The same for a value that is compared with a column; of a decimal MySQL has so many digits behind the point.
    fn param_of_scale(&mut self, param: Param<'a>, scale: u8) -> Result<sea_query::Expr> {
        if let Some(sql_type) = param.sql_type {
            self.dialect.check_type(sql_type).map_err(|error| match param.column {
                Some(column) => error.at_column(column),
                None => error,
            })?;
        }
        // MySQL's protocol has decimals as text, which it compares as floats: so it is told.
        let is_decimal = self.family == Family::MySql && param.sql_type == Some(SqlType::Decimal) && !self.stores;
        // Where the server infers the type, it infers another one for each column.
        let alike = |met: &Param<'_>| {
            met.value == param.value && met.sql_type == param.sql_type && (met.sql_type.is_some() || met.column == param.column)
        };
        let known = if self.shares_parameters { self.params.iter().position(alike) } else { None };
        let number = known.unwrap_or_else(|| {
            self.params.push(param);
            self.params.len() - 1
        });
        let number = i32::try_from(number).map_err(|_| invalid("the statement has too many parameters"))?;
        let placeholder = sea_query::Expr::Value(sea_query::Value::Int(Some(number)));
        if is_decimal {
            let decimal = Alias::new(format!("DECIMAL({MYSQL_MOST_DIGITS}, {scale})"));
            return Ok(Func::cast_as(placeholder, decimal).into());
        }
        Ok(placeholder)
    }

    fn rendered(self, writer: Writer, effect: Effect, table: &'a Table) -> Rendered<'a> {
        let params = match writer.is_in_order(self.params.len()) {
            true => self.params,
            false => writer.written.iter().filter_map(|written| written.param(&self.params)).collect(),
        };
        Rendered { sql: Sql::Written(writer.sql), params, effect, table: Some(table.name()), needs: self.needs, rows: 0 }
    }

    fn write(&self, statement: &impl QueryStatementWriter) -> Writer {
        let mut writer = Writer::new(&self.dialect, self.params.len(), self.shares_parameters);
        match self.family {
            Family::Postgres => statement.build_collect_into(PostgresQueryBuilder, &mut writer),
            Family::MySql => statement.build_collect_into(MysqlQueryBuilder, &mut writer),
            Family::Sqlite => statement.build_collect_into(SqliteQueryBuilder, &mut writer),
        }
        writer.end();
        writer
    }
}

/// A value as the parameter of a column.
fn stored_param<'a>(value: &'a Value, column: &'static Column) -> Param<'a> {
    Param::new(value.as_ref(), column.parameter_type()).for_column(Some(column.name()))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidStatement, message)
}
