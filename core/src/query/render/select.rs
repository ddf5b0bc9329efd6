use sea_query::{Alias, DynIden, Expr, ExprTrait, JoinType, LockBehavior, LockType, NullOrdering, SelectStatement, UnionType};

use super::needs::Need;
use super::outline::Outline;
use super::select_text::SelectText;
use super::statements::add_filter;
use super::writer::Writer;
use super::{Rendered, Renderer, Sql, invalid};
use crate::engine::{Effect, Family, LimitForm};
use crate::query::Shape;
use crate::query::lock::{Lock, Taken};
use crate::query::node::{Body, Node, Source};
use crate::query::order::{Nulls, OrderKey};
use crate::query::select_query::{Join, SelectQuery, Selected};
use crate::query::union::Composed;
use crate::schema::{Column, Table};
use crate::{Error, ErrorKind, Result};

/// What the columns of a select are called.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// as the server likes
    None,
    /// `c0`, `c1`: each differently, as a derived table must have them
    Numbered,
    /// as the columns of this relation
    Of(&'static Table),
    /// the same, and of their types: what a recursion adds must be of those of its first rows
    Typed(&'static Table),
}

impl<'a> Renderer<'a> {
    /// A select, whose text is written once for all of its outline.
    pub(crate) fn select(mut self, query: &'a SelectQuery, shape: Shape) -> Result<Rendered<'a>> {
        let table = query.from.table;
        let outline = Outline::of(query, &self.dialect, shape);
        if let Some(outline) = &outline
            && let Some((text, params)) = SelectText::find(outline, query.offset)
        {
            let (needs, effect) = (text.needs().to_vec(), effect(query));
            return Ok(Rendered { needs, sql: Sql::Kept(text), params, effect, table: Some(table.name()), rows: 0 });
        }
        let writer = self.write_select(query, shape)?;
        if let Some(outline) = outline {
            SelectText::keep(outline, query, &self.params, &self.needs, &writer);
        }
        Ok(self.rendered(writer, effect(query), table))
    }

    /// The text of a select that nobody else keeps.
    pub(crate) fn select_text(mut self, query: &'a SelectQuery, shape: Shape) -> Result<String> {
        Ok(self.write_select(query, shape)?.sql)
    }

    pub(super) fn write_select(&mut self, query: &'a SelectQuery, shape: Shape) -> Result<Writer> {
        if shape == Shape::Count && query.is_plain() {
            // Each row of the tables is one of the result, so no subquery is needed to count them.
            let statement = self.outermost(|renderer| {
                let mut statement = renderer.start_select(query)?;
                // Not written, but refused where `all` would refuse them.
                let selected = if let Selected::These(listed) = &query.selection { listed.as_slice() } else { &[] };
                for listed in selected {
                    renderer.listed(listed)?;
                }
                for key in &query.order_by {
                    renderer.expression(&key.node)?;
                }
                if let Some(lock) = query.lock {
                    renderer.lock(&mut SelectStatement::new(), query, lock)?;
                }
                renderer.leave();
                statement.expr(count_rows());
                Ok(statement)
            })?;
            return Ok(self.write(&statement));
        }
        let statement = self.select_statement(query, if shape == Shape::Count { Names::Numbered } else { Names::None })?;
        Ok(self.write(&shaped(statement, shape, query.limit)))
    }

    pub(crate) fn union(mut self, query: &'a Composed, shape: Shape) -> Result<Rendered<'a>> {
        let statement = self.composed(query, if shape == Shape::Count { Names::Numbered } else { Names::None })?;
        let written = self.write(&shaped(statement, shape, query.limit));
        Ok(self.rendered(written, Effect::Read, query.first.from.table))
    }

    /// A select, or a union of several.
    pub(super) fn composed(&mut self, query: &'a Composed, names: Names) -> Result<SelectStatement> {
        if query.rest.is_empty() {
            return self.select_statement(&query.first, names);
        }
        for part in std::iter::once(&query.first).chain(query.rest.iter().map(|(_, select)| select)) {
            check_part(part, "a union")?;
        }
        self.outermost(|renderer| {
            let mut statement = renderer.select_statement(&query.first, names)?;
            for (all, select) in &query.rest {
                let more = renderer.select_statement(select, names)?;
                statement.union(union_type(*all), more);
            }
            for key in &query.order_by {
                // By its place: backends differ in how the columns of a union are named.
                let place = query.first.place_of(&key.node);
                let place = place.ok_or_else(|| {
                    invalid("a union is ordered by a column that its first select has; for anything else, order a select from it: `.subquery(\"name\")`")
                })?;
                if key.nulls.is_some() && renderer.family == Family::MySql {
                    // It has no words for it, and an expression in their stead can't name a column of a union.
                    return Err(Error::new(
                        ErrorKind::Unsupported,
                        "MySQL can't say where the NULLs of a union stand: order a select from it, `.subquery(\"name\").select()`",
                    ));
                }
                order(&mut statement, Expr::cust((place + 1).to_string()), key);
            }
            renderer.limit(&mut statement, query.limit, query.offset);
            Ok(statement)
        })
    }

    /// A whole select.
    pub(super) fn select_statement(&mut self, query: &'a SelectQuery, names: Names) -> Result<SelectStatement> {
        self.shares_parameters |= self.family == Family::Postgres && query.repeats_expressions();
        self.outermost(|renderer| {
            let mut statement = renderer.start_select(query)?;
            renderer.list(&mut statement, query, names)?;
            if query.distinct {
                statement.distinct();
            }
            for key in &query.group_by {
                let place = renderer.place_of_group(query, key);
                let key = match place {
                    Some(place) => Expr::cust(place.to_string()),
                    None => renderer.expression(key)?,
                };
                statement.add_group_by([key]);
            }
            if let Some(having) = &query.having {
                let having = renderer.expression(having)?;
                statement.and_having(having);
            }
            for key in &query.order_by {
                // As in the groups, and of rows that are given only once.
                let is_repeated = key.nulls.is_none() && (query.distinct || !query.group_by.is_empty());
                if let Some(place) = renderer.place_of_group(query, &key.node).filter(|_| is_repeated) {
                    order(&mut statement, Expr::cust(place.to_string()), key);
                    continue;
                }
                let mut expression = renderer.expression(&key.node)?;
                if renderer.family == Family::MySql && key.nulls.is_some() && !matches!(key.node, Node::Column(..)) {
                    // There `IS NULL` is written behind it, as it is.
                    expression = renderer.template("({})", vec![expression]);
                }
                order(&mut statement, expression, key);
            }
            renderer.limit(&mut statement, query.limit, query.offset);
            if let Some(lock) = query.lock {
                renderer.lock(&mut statement, query, lock)?;
            }
            renderer.leave();
            Ok(statement)
        })
    }

    /// To MySQL an expression with values in it is another one each time: so it is told which of the listed ones it is.
    fn place_of_group(&self, query: &SelectQuery, key: &Node) -> Option<usize> {
        let Selected::These(listed) = &query.selection else { return None };
        let is_computed = self.family == Family::MySql && !matches!(key, Node::Column(..));
        listed.iter().position(|listed| listed.node == *key).filter(|_| is_computed).map(|place| place + 1)
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

    fn lock(&mut self, statement: &mut SelectStatement, query: &SelectQuery, lock: Lock) -> Result<()> {
        if self.is_nested() {
            return Err(invalid(
                "rows are locked by the statement's own select, and not by one inside it: `for_update` stands on the outer one",
            ));
        }
        let lists_several = query.lists_aggregates() || query.lists_windows();
        if query.distinct || !query.group_by.is_empty() || query.having.is_some() || lists_several {
            return Err(invalid(
                "what is made of several rows, or given only once, is no row that could be locked: lock the rows by their keys",
            ));
        }
        if self.family == Family::Sqlite {
            // Its syntax has none, so that this would be left out.
            return Err(Need::RowLocks.lacking(self.dialect.name()));
        }
        self.need(Need::RowLocks);
        let kind = if lock.shared { LockType::Share } else { LockType::Update };
        let of = self.locked_tables(query)?;
        match lock.taken {
            Taken::Wait if of.is_empty() => statement.lock(kind),
            Taken::Wait => statement.lock_with_tables(kind, of),
            Taken::Skip => {
                self.need(Need::SkipLocked);
                statement.lock_with_tables_behavior(kind, of, LockBehavior::SkipLocked)
            }
            Taken::Fail => {
                self.need(Need::NoWait);
                statement.lock_with_tables_behavior(kind, of, LockBehavior::Nowait)
            }
        };
        Ok(())
    }

    /// The tables of which rows are locked, where they aren't all: PostgreSQL locks no row that may not be there, nor one of a select, and wants to be
    /// told.
    fn locked_tables(&self, query: &SelectQuery) -> Result<Vec<Alias>> {
        let sources = || std::iter::once((&query.from, false)).chain(query.joins.iter().map(|join| (&join.source, join.left)));
        let is_table = |(source, left): &(&Source, bool)| source.body.is_none() && !left;
        if self.family != Family::Postgres || sources().all(|source| is_table(&source)) {
            return Ok(Vec::new());
        }
        let of: Vec<_> = sources().filter(is_table).map(|(source, _)| Alias::new(source.name())).collect();
        if of.is_empty() {
            return Err(invalid(
                "only rows of tables can be locked, and the statement is from none: lock them where the subquery has them",
            ));
        }
        Ok(of)
    }

    /// What stands between SELECT and FROM.
    fn list(&mut self, statement: &mut SelectStatement, query: &'a SelectQuery, names: Names) -> Result<()> {
        let mut add = |index: usize, expression| match names {
            Names::None => drop(statement.expr(expression)),
            Names::Numbered => drop(statement.expr_as(expression, Alias::new(format!("c{index}")))),
            Names::Of(relation) | Names::Typed(relation) => match relation.columns().get(index) {
                Some(column) => drop(statement.expr_as(expression, Alias::new(column.name()))),
                None => drop(statement.expr(expression)),
            },
        };
        match &query.selection {
            Selected::These(listed) => {
                for (index, listed) in listed.iter().enumerate() {
                    let mut expression = self.listed(listed)?;
                    if let Names::Typed(relation) = names
                        && let Some(column) = relation.columns().get(index)
                    {
                        expression = self.of_column_type(expression, column);
                    }
                    add(index, expression);
                }
            }
            // What most selects list: the same text each time. Its columns are named as the table's.
            Selected::All if !matches!(names, Names::Numbered) && query.from.alias.is_none() => {
                statement.expr(Expr::cust(self.all_columns(query.from.table)?));
            }
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
        let from = self.named_source(&query.from)?;
        self.enter(query)?;
        match from {
            NamedSource::Table(name, None) => statement.from(name),
            NamedSource::Table(name, Some(alias)) => statement.from_as(name, alias),
            NamedSource::Subquery(select, alias) => statement.from_subquery(*select, alias),
        };
        for join in &query.joins {
            self.join(&mut statement, join)?;
        }
        if let Some(filter) = &query.filter {
            let filter = self.expression(filter)?;
            add_filter(&mut statement, filter);
        }
        Ok(statement)
    }

    fn join(&mut self, statement: &mut SelectStatement, join: &'a Join) -> Result<()> {
        let joined = self.named_source(&join.source)?;
        self.add_source(&join.source, join.left)?;
        let condition = match &join.condition {
            Some(condition) => self.expression(condition)?,
            None => {
                let equal = |columns: [(String, String); 2]| {
                    let [from, to] = columns.map(|(table, column)| of_table(&table, &column));
                    from.eq(to)
                };
                let conditions = self.declared_reference(join)?.into_iter().map(equal);
                conditions.reduce(ExprTrait::and).ok_or_else(|| invalid("the reference that is joined by has no columns"))?
            }
        };
        let kind = if join.left { JoinType::LeftJoin } else { JoinType::InnerJoin };
        match joined {
            NamedSource::Table(name, None) => statement.join(kind, name, condition),
            NamedSource::Table(name, Some(alias)) => statement.join_as(kind, name, alias, condition),
            NamedSource::Subquery(select, alias) => statement.join_subquery(kind, *select, alias, condition),
        };
        Ok(())
    }

    /// What stands in FROM for a source.
    fn named_source(&mut self, source: &'a Source) -> Result<NamedSource> {
        let alias = source.alias.as_deref().map(|alias| DynIden::from(alias.to_owned()));
        let under = |name: &str| {
            let other = alias.clone().filter(|_| source.alias.as_deref() != Some(name));
            NamedSource::Table(DynIden::from(name.to_owned()), other)
        };
        Ok(match &source.body {
            None => {
                self.note_table(source.table.name());
                NamedSource::Table(DynIden::from(source.table.name()), alias)
            }
            Some(Body::Subquery(composed)) => {
                let select = self.detached(|renderer| renderer.composed(composed, Names::Of(source.table)))?;
                NamedSource::Subquery(Box::new(select), alias.unwrap_or_else(|| DynIden::from(source.table.name())))
            }
            Some(Body::Cte(cte)) => {
                self.cte(cte)?;
                under(&cte.name)
            }
            Some(Body::Recursion(name)) => {
                self.check_recursion(name)?;
                under(name)
            }
        })
    }
}

/// A lock is a write: a server that is only read from refuses it.
fn effect(query: &SelectQuery) -> Effect {
    if query.lock.is_some() { Effect::Write } else { Effect::Read }
}

enum NamedSource {
    /// a table or CTE, and its alias
    Table(DynIden, Option<DynIden>),
    Subquery(Box<SelectStatement>, DynIden),
}

pub(super) fn union_type(all: bool) -> UnionType {
    if all { UnionType::All } else { UnionType::Distinct }
}

/// What stands beside another select has no order, limit or lock: servers would take them for those of the whole.
pub(super) fn check_part(part: &SelectQuery, of: &str) -> Result<()> {
    if part.order_by.is_empty() && part.limit.is_none() && part.offset.is_none() && part.lock.is_none() {
        return Ok(());
    }
    let message = format!(
        "a select with an order, a limit or a lock of its own can't be part of {of}: order and limit the whole, or make the part a `subquery`"
    );
    Err(invalid(message))
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
