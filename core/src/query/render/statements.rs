use std::borrow::Cow;

use sea_query::{
    Alias, ConditionalStatement, DeleteStatement, Expr, Func, InsertStatement, LogicalChainOper, NullOrdering, SelectStatement, UnionType,
    UpdateStatement,
};

use super::outline::Outline;
use super::select_text::SelectText;
use super::writer::Writer;
use super::{Rendered, Renderer, Sql, invalid, stored_param};
use crate::engine::{Effect, Family, LimitForm, Placeholders, UpsertForm};
use crate::query::insert::InsertRun;
use crate::query::node::{Node, Source};
use crate::query::on_conflict::{Conflict, is_same_key};
use crate::query::order::{Nulls, OrderKey};
use crate::query::select::{SelectQuery, Selected};
use crate::query::union::UnionQuery;
use crate::query::{Delete, Shape, Update};
use crate::schema::{Column, Table};
use crate::{Error, ErrorKind, Result};

impl<'a> Renderer<'a> {
    /// A select, whose text is written once for all of its outline.
    pub(crate) fn select(mut self, query: &'a SelectQuery, shape: Shape) -> Result<Rendered<'a>> {
        let table = query.from.table;
        let outline = Outline::of(query, &self.dialect, shape);
        if let Some(outline) = &outline
            && let Some((text, params)) = SelectText::find(outline, query.offset)
        {
            return Ok(Rendered { sql: Sql::Kept(text), params, effect: Effect::Read, table: Some(table.name()) });
        }
        let writer = self.write_select(query, shape)?;
        if let Some(outline) = outline {
            SelectText::keep(outline, query, &self.params, &writer);
        }
        Ok(self.rendered(writer, Effect::Read, table))
    }

    /// The text of a select that nobody else keeps.
    pub(crate) fn select_text(mut self, query: &'a SelectQuery, shape: Shape) -> Result<String> {
        Ok(self.write_select(query, shape)?.sql)
    }

    pub(super) fn write_select(&mut self, query: &'a SelectQuery, shape: Shape) -> Result<Writer> {
        if shape == Shape::Count && query.is_plain() {
            // Each row of the tables is one of the result, so no subquery is needed to count them.
            let mut statement = self.start_select(query)?;
            // Not written, but refused where `all` would refuse them.
            let selected = if let Selected::These(nodes) = &query.selection { nodes.as_slice() } else { &[] };
            for node in selected.iter().chain(query.order_by.iter().map(|key| &key.node)) {
                self.expression(node)?;
            }
            statement.expr(count_rows());
            return Ok(self.write(&statement));
        }
        let statement = self.select_statement(query, shape == Shape::Count)?;
        Ok(self.write(&shaped(statement, shape, query.limit)))
    }

    pub(crate) fn union(mut self, query: &'a UnionQuery, shape: Shape) -> Result<Rendered<'a>> {
        for part in std::iter::once(&query.first).chain(query.rest.iter().map(|(_, select)| select)) {
            if !part.order_by.is_empty() || part.limit.is_some() || part.offset.is_some() {
                return Err(invalid("a select with an order or a limit of its own can't be part of a union: order and limit the union"));
            }
        }
        let aliased = shape == Shape::Count;
        let mut statement = self.select_statement(&query.first, aliased)?;
        for (all, select) in &query.rest {
            let kind = if *all { UnionType::All } else { UnionType::Distinct };
            statement.union(kind, self.select_statement(select, aliased)?);
        }
        let selected = query.first.selected();
        for key in &query.order_by {
            // By its place: backends differ in how the columns of a union are named.
            let place = selected.iter().position(|node| node.is_same_column(&key.node));
            let place = place.ok_or_else(|| invalid("a union is ordered by a column that its first select has"))?;
            if key.nulls.is_some() && self.family == Family::MySql {
                // It has no words for it, and an expression in their stead can't name a column of a union.
                return Err(Error::new(ErrorKind::Unsupported, "MySQL can't say where the NULLs of a union stand: order its rows in Rust"));
            }
            order(&mut statement, Expr::cust((place + 1).to_string()), key);
        }
        self.limit(&mut statement, query.limit, query.offset);
        let statement = shaped(statement, shape, query.limit);
        let written = self.write(&statement);
        Ok(self.rendered(written, Effect::Read, query.first.from.table))
    }

    pub(crate) fn insert(mut self, run: &InsertRun<'a>, returning: bool) -> Result<Rendered<'a>> {
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
        if let Some(conflict) = run.conflict {
            written.sql.push_str(&self.on_conflict(run, conflict)?);
        }
        if returning {
            // Not by sea-query, which doesn't know of MariaDB's.
            let columns: Vec<_> = run.table.columns().iter().map(|column| self.dialect.quote(column.name())).collect();
            written.sql.push_str(&format!(" RETURNING {}", columns.join(", ")));
        }
        Ok(self.rendered(written, Effect::Write, run.table))
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

    /// What becomes of a row whose key is there already. The rows that are inserted so are never given back, so nothing stands behind it.
    fn on_conflict(&self, run: &InsertRun<'a>, conflict: &Conflict) -> Result<String> {
        let unsupported = |message: String| Err(Error::new(ErrorKind::Unsupported, message));
        let quoted = |names: &[Cow<'static, str>]| names.iter().map(|name| self.dialect.quote(name)).collect::<Vec<_>>();
        let set = |columns: &[Cow<'static, str>], value: &dyn Fn(&str) -> String| {
            quoted(columns).iter().map(|column| format!("{column} = {}", value(column))).collect::<Vec<_>>().join(", ")
        };
        if run.columns.is_empty() {
            return Err(invalid("a row without any value has nothing to be in conflict with"));
        }
        match self.dialect.upsert_form() {
            UpsertForm::OnConflict if conflict.update.is_empty() => {
                Ok(format!(" ON CONFLICT ({}) DO NOTHING", quoted(&conflict.key).join(", ")))
            }
            UpsertForm::OnConflict => {
                let set = set(&conflict.update, &|column| format!("excluded.{column}"));
                Ok(format!(" ON CONFLICT ({}) DO UPDATE SET {set}", quoted(&conflict.key).join(", ")))
            }
            UpsertForm::OnDuplicateKey => {
                if let Some(other) = another_key(run, &conflict.key) {
                    let name = self.dialect.name();
                    return unsupported(format!(
                        "{name} can't tell which key a row is in conflict with, and rows of this table may be in `{other}`: find the rows that are \
                         there by a query first"
                    ));
                }
                // Not IGNORE, which is silent about every other error too.
                Ok(match conflict.update.is_empty() {
                    true => format!(" ON DUPLICATE KEY UPDATE {}", set(&conflict.key, &str::to_owned)),
                    false => format!(" ON DUPLICATE KEY UPDATE {}", set(&conflict.update, &|column| format!("VALUES({column})"))),
                })
            }
            UpsertForm::None => unsupported(format!("{} has no insert of rows that may be there already", self.dialect.name())),
        }
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

    pub(crate) fn update<B>(mut self, update: &'a Update<B>) -> Result<Rendered<'a>> {
        let mut statement = UpdateStatement::new();
        statement.table(Alias::new(update.table.name()));
        self.enter_table(update.table);
        for (column, value) in &update.assignments {
            let Some(column) = update.table.find_column(column) else {
                return Err(invalid("the updated table has no such column").at_column(column.as_ref()));
            };
            if let Node::Value(value, _) = value {
                column.check(value)?;
            }
            let value = self.for_column(column, value)?;
            statement.value(Alias::new(column.name()), value);
        }
        if let Some(filter) = &update.filter {
            let filter = self.expression(filter)?;
            add_filter(&mut statement, filter);
        }
        let written = self.write(&statement);
        Ok(self.rendered(written, Effect::Write, update.table))
    }

    pub(crate) fn delete<B>(mut self, delete: &'a Delete<B>) -> Result<Rendered<'a>> {
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

    /// A whole select; `aliased` gives each column a name of its own, as a derived table must have.
    pub(super) fn select_statement(&mut self, query: &'a SelectQuery, aliased: bool) -> Result<SelectStatement> {
        self.shares_parameters |= self.family == Family::Postgres && query.repeats_expressions();
        let mut statement = self.start_select(query)?;
        self.list(&mut statement, query, aliased)?;
        if query.distinct {
            statement.distinct();
        }
        for key in &query.group_by {
            statement.add_group_by([self.expression(key)?]);
        }
        if let Some(having) = &query.having {
            let having = self.expression(having)?;
            statement.and_having(having);
        }
        for key in &query.order_by {
            let expression = self.expression(&key.node)?;
            order(&mut statement, expression, key);
        }
        self.limit(&mut statement, query.limit, query.offset);
        self.leave();
        Ok(statement)
    }

    fn limit(&self, statement: &mut SelectStatement, limit: Option<u64>, offset: Option<u64>) {
        if let Some(rows) = limit {
            statement.limit(rows);
        }
        if let Some(rows) = offset {
            if limit.is_none() && self.dialect.limit_form() == LimitForm::LimitOffset {
                // SQLite and MySQL know OFFSET only behind LIMIT.
                statement.limit(i64::MAX.unsigned_abs());
            }
            statement.offset(rows);
        }
    }

    /// What stands between SELECT and FROM.
    fn list(&mut self, statement: &mut SelectStatement, query: &'a SelectQuery, aliased: bool) -> Result<()> {
        let mut add = |index: usize, expression| {
            if aliased {
                statement.expr_as(expression, Alias::new(format!("c{index}")));
            } else {
                statement.expr(expression);
            }
        };
        match &query.selection {
            Selected::These(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    add(index, self.expression(node)?);
                }
            }
            // What most selects list: the same text each time.
            Selected::All if !aliased && query.from.alias.is_none() => add(0, Expr::cust(self.all_columns(query.from.table)?)),
            Selected::All => {
                let column = |(index, column): (usize, &Column)| add(index, of_table(query.from.name(), column.name()));
                query.from.table.columns().iter().enumerate().for_each(column);
            }
        }
        Ok(())
    }

    fn all_columns(&self, table: &'static Table) -> Result<&'static str> {
        table.text_of_columns(&self.dialect, || {
            let mut list = SelectStatement::new();
            list.exprs(table.columns().iter().map(|column| of_table(table.name(), column.name())));
            let text = self.write(&list).sql;
            let columns =
                text.strip_prefix("SELECT ").ok_or_else(|| Error::new(ErrorKind::Internal, "a select does not begin with SELECT"))?;
            Ok(columns.to_owned())
        })
    }

    /// FROM, the joins and WHERE; leaves the scope open for what follows.
    fn start_select(&mut self, query: &'a SelectQuery) -> Result<SelectStatement> {
        let mut statement = SelectStatement::new();
        self.enter(query)?;
        match &query.from.alias {
            Some(alias) => statement.from_as(Alias::new(query.from.table.name()), Alias::new(alias.as_ref())),
            None => statement.from(query.from.table.name()),
        };
        for join in &query.joins {
            self.add_source(&join.source)?;
            let condition = match &join.condition {
                Some(condition) => self.expression(condition)?,
                None => {
                    let [from, to] = self.declared_reference(join)?.map(|(table, column)| of_table(&table, &column));
                    sea_query::ExprTrait::eq(from, to)
                }
            };
            let Source { table, alias } = &join.source;
            match alias {
                Some(alias) => {
                    statement.join_as(sea_query::JoinType::InnerJoin, Alias::new(table.name()), Alias::new(alias.as_ref()), condition)
                }
                None => statement.inner_join(Alias::new(table.name()), condition),
            };
        }
        if let Some(filter) = &query.filter {
            let filter = self.expression(filter)?;
            add_filter(&mut statement, filter);
        }
        Ok(statement)
    }
}

/// A key of the table beside this one, in which the rows of an insert may be in conflict: not one that the server generates.
fn another_key(run: &InsertRun<'_>, key: &[Cow<'static, str>]) -> Option<String> {
    let table = run.table;
    let is_generated = |name: &str| {
        let given = run.columns.iter().any(|(column, _)| column.name() == name);
        !given && table.find_column(name).is_some_and(Column::is_generated)
    };
    let primary = table.primary_key().next().is_some() && !table.primary_key().any(is_generated) && !is_same_key(key, table.primary_key());
    if primary {
        return Some(table.primary_key_name());
    }
    let unique = table.uniques().iter().find(|unique| !is_same_key(key, unique.columns.iter().map(AsRef::as_ref)));
    unique.map(|unique| unique.name.clone())
}

/// WHERE, as one part of a chain: sea-query copies the whole of a `Condition` to write it.
fn add_filter(statement: &mut impl ConditionalStatement, filter: Expr) {
    statement.and_or_where(LogicalChainOper::And(filter));
}

fn of_table(table: &str, column: &str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

fn shaped(mut statement: SelectStatement, shape: Shape, limit: Option<u64>) -> SelectStatement {
    match shape {
        Shape::Rows => statement,
        Shape::AtMost(rows) => {
            if limit.is_none_or(|limit| limit > rows) {
                statement.limit(rows);
            }
            statement
        }
        Shape::Count => SelectStatement::new().expr(count_rows()).from_subquery(statement, Alias::new("counted")).to_owned(),
        Shape::Exists => SelectStatement::new().expr(exists(statement, limit)).to_owned(),
    }
}

/// Whether a select gives any row.
pub(super) fn exists(statement: SelectStatement, limit: Option<u64>) -> Expr {
    // There MySQL 5.7 takes no notice of LIMIT, not even of this one.
    if limit == Some(0) { Expr::cust("1 = 0") } else { Expr::exists(statement) }
}

fn count_rows() -> Expr {
    Expr::cust("COUNT(*)")
}

fn order(statement: &mut SelectStatement, expression: Expr, key: &OrderKey) {
    let direction = if key.descending { sea_query::Order::Desc } else { sea_query::Order::Asc };
    match key.nulls {
        None => statement.order_by_expr(expression, direction),
        Some(Nulls::First) => statement.order_by_expr_with_nulls(expression, direction, NullOrdering::First),
        Some(Nulls::Last) => statement.order_by_expr_with_nulls(expression, direction, NullOrdering::Last),
    };
}
