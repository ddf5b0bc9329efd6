use std::borrow::Cow;

use sea_query::{
    Alias, ConditionalStatement, DeleteStatement, Expr, Func, InsertStatement, LogicalChainOper, SelectStatement, UpdateStatement,
};

use super::select::Names;
use super::writer::Writer;
use super::{Rendered, Renderer, Sql, invalid, stored_param};
use crate::engine::{Effect, Family, Placeholders, UpsertForm};
use crate::query::insert_rows::InsertRun;
use crate::query::node::Node;
use crate::query::on_conflict::{Conflict, is_same_key};
use crate::query::union::Composed;
use crate::query::{Delete, Update};
use crate::schema::{Column, Table};
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    /// An INSERT of given rows. The table keeps the text of one that has a single row, which is inserted often.
    pub(crate) fn insert(self, run: &InsertRun<'a>, conflict: Option<&Conflict>, returning: bool) -> Result<Rendered<'a>> {
        if run.rows != 1 || conflict.is_some() {
            return self.write_insert(run, conflict, returning);
        }
        let dialect = self.dialect.clone();
        let write = || Ok(self.write_insert(run, None, returning)?.sql.into_string());
        let sql = match run.table.text_of_insert(&dialect, run.places, returning, write)? {
            Cow::Borrowed(text) => Sql::OfTable(text),
            Cow::Owned(text) => Sql::Written(text),
        };
        let params = run.columns.iter().map(|(column, values)| stored_param(&values[0], column)).collect();
        Ok(Rendered { sql, params, effect: Effect::Write, table: Some(run.table.name()), needs: Vec::new(), rows: 1 })
    }

    fn write_insert(mut self, run: &InsertRun<'a>, conflict: Option<&Conflict>, returning: bool) -> Result<Rendered<'a>> {
        self.stores = true;
        let plain = match self.dialect.placeholders() {
            Placeholders::Plain(mark) if run.rows > 1 && !run.by_array => Some(mark),
            _ => None,
        };
        let mut statement = InsertStatement::new();
        statement.into_table(Alias::new(run.table.name()));
        statement.columns(run.columns.iter().map(|(column, _)| Alias::new(column.name())));
        // Each row of a run gives the same columns, so sea-query has nothing to refuse.
        let differ = |error| Error::new(ErrorKind::Internal, "the rows of an insert differ").with_source(error);
        if run.columns.is_empty() {
            statement.or_default_values();
        } else if run.by_array {
            statement.select_from(self.unnested(run)?).map_err(differ)?;
        } else {
            let rows = if plain.is_some() { 1 } else { run.rows };
            for row in 0..rows {
                let values = run.columns.iter().map(|(column, values)| self.stored(&values[row], column)).collect::<Result<Vec<_>>>()?;
                statement.values(values).map_err(differ)?;
            }
        }
        let mut written = self.write(&statement);
        if let Some(mark) = plain {
            self.other_rows(run, mark, &mut written);
        }
        let given: Vec<_> = run.columns.iter().map(|(column, _)| column.name()).collect();
        written.sql.push_str(&self.end_of_insert(run.table, &given, conflict, returning)?);
        Ok(Rendered { rows: run.rows, ..self.rendered(written, Effect::Write, run.table) })
    }

    /// An INSERT of what a query gives.
    pub(crate) fn insert_from(
        mut self,
        table: &'static Table,
        columns: &'a [Cow<'static, str>],
        query: &'a Composed,
        conflict: Option<&Conflict>,
        returning: bool,
    ) -> Result<Rendered<'a>> {
        // SQLite would take ON CONFLICT for the condition of a join, and MySQL the query's columns for the table's.
        let is_wrapped = conflict.is_some() && self.family != Family::Postgres;
        let mut select = self.composed(query, if is_wrapped { Names::Numbered } else { Names::None })?;
        if is_wrapped {
            if query.is_ordered() && !query.is_limited() {
                // Without a limit an order inside a FROM is left out.
                select.limit(i64::MAX.unsigned_abs());
            }
            let mut around = SelectStatement::new();
            around.columns((0..columns.len()).map(|place| Alias::new(format!("c{place}"))));
            around.from_subquery(select, Alias::new("inserted")).and_where(Expr::cust("1 = 1"));
            select = around;
        }
        let mut statement = InsertStatement::new();
        statement.into_table(Alias::new(table.name()));
        statement.columns(columns.iter().map(|column| Alias::new(column.as_ref())));
        // It lists as many columns: their types are the same.
        let differ = |error| Error::new(ErrorKind::Internal, "the query lists other columns than are inserted").with_source(error);
        statement.select_from(select).map_err(differ)?;
        let mut written = self.write(&statement);
        let given: Vec<_> = columns.iter().map(AsRef::as_ref).collect();
        written.sql.push_str(&self.end_of_insert(table, &given, conflict, returning)?);
        Ok(self.rendered(written, Effect::Write, table))
    }

    /// What stands behind the rows of an INSERT that gives these columns.
    fn end_of_insert(&self, table: &Table, given: &[&str], conflict: Option<&Conflict>, returning: bool) -> Result<String> {
        let mut end = match conflict {
            Some(conflict) => self.on_conflict(table, given, conflict)?,
            None => String::new(),
        };
        if returning {
            // Not by sea-query, which doesn't know of MariaDB's.
            let columns: Vec<_> = table.columns().iter().map(|column| self.dialect.quote(column.name())).collect();
            end.push_str(&format!(" RETURNING {}", columns.join(", ")));
        }
        Ok(end)
    }

    /// The rows behind the first one. A value that is stored is its placeholder alone, so where that has no number each row has the same text, which
    /// is written more quickly than sea-query's tree of all rows is made.
    fn other_rows(&mut self, run: &InsertRun<'a>, mark: &str, written: &mut Writer) {
        let text = format!(", ({})", vec![mark; run.columns.len()].join(", "));
        written.sql.reserve(text.len() * run.rows);
        self.params.reserve(run.columns.len() * run.rows);
        for row in 1..run.rows {
            written.sql.push_str(&text);
            for (column, values) in &run.columns {
                written.note_placeholder();
                self.params.push(stored_param(&values[row], column));
            }
        }
    }

    /// What becomes of a row whose key is there already.
    fn on_conflict(&self, table: &Table, given: &[&str], conflict: &Conflict) -> Result<String> {
        let quoted = |names: &[Cow<'static, str>]| names.iter().map(|name| self.dialect.quote(name)).collect::<Vec<_>>();
        let is_set = |column: &&Column| conflict.update.iter().any(|name| name == column.name());
        let version = table.columns().iter().find(|column| column.is_version() && !is_set(column));
        let next_version = version.filter(|_| !conflict.update.is_empty()).map(|version| {
            let (table, version) = (self.dialect.quote(table.name()), self.dialect.quote(version.name()));
            format!("{version} = {table}.{version} + 1")
        });
        let set = |columns: &[Cow<'static, str>], value: &dyn Fn(&str) -> String| {
            let set = quoted(columns).into_iter().map(|column| format!("{column} = {}", value(&column)));
            set.chain(next_version.clone()).collect::<Vec<_>>().join(", ")
        };
        self.check_conflict(table, given, conflict)?;
        match self.dialect.upsert_form() {
            UpsertForm::OnConflict if conflict.update.is_empty() => {
                Ok(format!(" ON CONFLICT ({}) DO NOTHING", quoted(&conflict.key).join(", ")))
            }
            UpsertForm::OnConflict => {
                let set = set(&conflict.update, &|column| format!("excluded.{column}"));
                Ok(format!(" ON CONFLICT ({}) DO UPDATE SET {set}", quoted(&conflict.key).join(", ")))
            }
            UpsertForm::OnDuplicateKey => {
                // Not IGNORE, which is silent about every other error too.
                Ok(match conflict.update.is_empty() {
                    true => format!(" ON DUPLICATE KEY UPDATE {}", set(&conflict.key, &str::to_owned)),
                    false => format!(" ON DUPLICATE KEY UPDATE {}", set(&conflict.update, &|column| format!("VALUES({column})"))),
                })
            }
            UpsertForm::None => Err(self.has_no_upsert()),
        }
    }

    /// Refuses a conflict that the dialect has no words for.
    pub(crate) fn check_conflict(&self, table: &Table, given: &[&str], conflict: &Conflict) -> Result<()> {
        if given.is_empty() {
            return Err(invalid("a row without any value has nothing to be in conflict with"));
        }
        match self.dialect.upsert_form() {
            UpsertForm::OnConflict => Ok(()),
            UpsertForm::OnDuplicateKey => match another_key(table, given, &conflict.key) {
                None => Ok(()),
                Some(other) => Err(Error::new(
                    ErrorKind::Unsupported,
                    format!(
                        "{} can't tell which key a row is in conflict with, and rows of this table may be in `{other}`: find the rows that are \
                         there by a query first",
                        self.dialect.name()
                    ),
                )),
            },
            UpsertForm::None => Err(self.has_no_upsert()),
        }
    }

    fn has_no_upsert(&self) -> Error {
        Error::new(ErrorKind::Unsupported, format!("{} has no insert of rows that may be there already", self.dialect.name()))
    }

    /// The rows out of one array for each column. In the list of the select, where the server hands them on one by one: out of its
    /// FROM it would gather them all first.
    fn unnested(&mut self, run: &InsertRun<'a>) -> Result<SelectStatement> {
        let mut select = SelectStatement::new();
        for (column, values) in &run.columns {
            let array = Func::cast_as(self.array(values, column)?, Alias::new(self.dialect.cast_name(column.array_type())));
            select.expr(Func::cust(Alias::new("UNNEST")).arg(array));
        }
        Ok(select)
    }

    pub(crate) fn update<T, F>(mut self, update: &'a Update<T, F>) -> Result<Rendered<'a>> {
        let mut statement = UpdateStatement::new();
        statement.table(Alias::new(update.table.name()));
        self.enter_table(update.table);
        for (column, value) in &update.assignments {
            let Some(column) = update.table.find_column(column) else {
                return Err(invalid("the updated table has no such column").at_column(column.as_ref()));
            };
            column.check_is_given()?;
            if let Node::Value(value, _) = value {
                column.check_value(value)?;
            }
            let value = self.for_column(column, value)?;
            statement.value(Alias::new(column.name()), value);
        }
        let is_set = |column: &Column| update.assignments.iter().any(|(name, _)| name == column.name());
        if let Some(version) = update.table.columns().iter().find(|column| column.is_version() && !is_set(column)) {
            let column = Expr::col((Alias::new(update.table.name()), Alias::new(version.name())));
            statement.value(Alias::new(version.name()), self.template("({} + 1)", vec![column]));
        }
        if let Some(filter) = &update.filter {
            let filter = self.expression(filter)?;
            add_filter(&mut statement, filter);
        }
        let written = self.write(&statement);
        Ok(self.rendered(written, Effect::Write, update.table))
    }

    pub(crate) fn delete<T, F>(mut self, delete: &'a Delete<T, F>) -> Result<Rendered<'a>> {
        let mut statement = DeleteStatement::new();
        statement.from_table(Alias::new(delete.table.name()));
        self.enter_table(delete.table);
        if let Some(filter) = &delete.filter {
            let filter = self.expression(filter)?;
            add_filter(&mut statement, filter);
        }
        let written = self.write(&statement);
        Ok(self.rendered(written, Effect::Write, delete.table))
    }
}

/// A key of the table beside this one, in which the rows of an insert may be in conflict: not one that the server generates.
fn another_key(table: &Table, given: &[&str], key: &[Cow<'static, str>]) -> Option<String> {
    let is_generated = |name: &str| !given.contains(&name) && table.find_column(name).is_some_and(Column::is_generated);
    let is_this = |columns: &[&str]| is_same_key(key, columns.iter().copied());
    let mut others = table.keys().filter(|(_, columns)| !is_this(columns) && !columns.iter().any(|column| is_generated(column)));
    let of_parts = || table.indexes().iter().find(|index| index.unique && index.key().is_none());
    others.next().map(|(name, _)| name.into_owned()).or_else(|| of_parts().map(|index| index.name.clone()))
}

/// WHERE, as one part of a chain: sea-query copies the whole of a `Condition` to write it.
pub(super) fn add_filter(statement: &mut impl ConditionalStatement, filter: Expr) {
    statement.and_or_where(LogicalChainOper::And(filter));
}
