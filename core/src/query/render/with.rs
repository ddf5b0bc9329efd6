//! Common table expressions: each stands once, before the outermost select that uses it.

use sea_query::{Alias, CommonTableExpression, SelectStatement, WithClause};

use super::needs::Need;
use super::select::{Names, check_part, union_type};
use super::{Renderer, invalid};
use crate::Result;
use crate::query::node::Cte;

/// What has been met so far of the CTEs of the outermost select.
#[derive(Default)]
pub(super) struct Ctes<'a> {
    /// in an order in which each refers to those before it
    written: Vec<(&'a Cte, SelectStatement)>,
    /// whose recursive part is being written
    under_way: Vec<&'a str>,
    /// the tables that are named as such
    tables: Vec<&'a str>,
    /// how many selects stand around what is written now
    depth: usize,
}

impl<'a> Renderer<'a> {
    /// Writes a select; the outermost one gets the CTEs that all of it uses.
    pub(super) fn outermost(&mut self, write: impl FnOnce(&mut Self) -> Result<SelectStatement>) -> Result<SelectStatement> {
        self.ctes.depth += 1;
        let mut statement = write(self)?;
        self.ctes.depth -= 1;
        if self.ctes.depth > 0 {
            return Ok(statement);
        }
        let tables = std::mem::take(&mut self.ctes.tables);
        if !self.ctes.written.is_empty() {
            let names = || self.ctes.written.iter().map(|(cte, _)| &cte.name);
            if let Some(name) = names().find(|name| tables.iter().any(|table| table.eq_ignore_ascii_case(name))) {
                return Err(invalid(format!(
                    "the common table expression `{name}` is called as a table of the statement, which it would hide: rename the expression"
                )));
            }
            self.need(Need::CommonTableExpressions);
            let mut with = WithClause::new();
            with.recursive(self.ctes.written.iter().any(|(cte, _)| cte.recursive.is_some()));
            for (cte, select) in self.ctes.written.drain(..) {
                let mut expression = CommonTableExpression::new();
                expression.table_name(Alias::new(cte.name.as_ref()));
                expression.columns(cte.columns.columns().iter().map(|column| Alias::new(column.name())));
                expression.query(select);
                with.cte(expression);
            }
            statement.with_cte(with);
        }
        Ok(statement)
    }

    /// Whether what is written now stands in another select.
    pub(super) fn is_nested(&self) -> bool {
        self.ctes.depth > 1
    }

    /// Notes a table that stands in a FROM.
    pub(super) fn note_table(&mut self, name: &'a str) {
        self.ctes.tables.push(name);
    }

    /// Writes what sees nothing of the select around it.
    pub(super) fn detached(&mut self, write: impl FnOnce(&mut Self) -> Result<SelectStatement>) -> Result<SelectStatement> {
        let around = std::mem::take(&mut self.scopes);
        let statement = write(self)?;
        self.scopes = around;
        Ok(statement)
    }

    /// Writes a CTE, unless it is written.
    pub(super) fn cte(&mut self, cte: &'a Cte) -> Result<()> {
        if let Some((known, _)) = self.ctes.written.iter().find(|(known, _)| known.name == cte.name) {
            if std::ptr::eq(*known, cte) {
                return Ok(());
            }
            return Err(invalid(format!("two common table expressions of the statement are called `{}`: rename one", cte.name)));
        }
        self.ctes.depth += 1;
        let select = self.detached(|renderer| {
            let Some((all, more)) = &cte.recursive else { return renderer.composed(&cte.first, Names::Of(cte.columns)) };
            if cte.first.rest.is_empty() {
                check_part(&cte.first.first, "a recursion")?;
            }
            check_part(more, "a recursion")?;
            let mut select = renderer.composed(&cte.first, Names::Typed(cte.columns))?;
            renderer.ctes.under_way.push(&cte.name);
            let more = renderer.select_statement(more, Names::Of(cte.columns))?;
            renderer.ctes.under_way.pop();
            select.union(union_type(*all), more);
            Ok(select)
        })?;
        self.ctes.depth -= 1;
        self.ctes.written.push((cte, select));
        Ok(())
    }

    /// A CTE names itself in its own recursive part only.
    pub(super) fn check_recursion(&self, name: &str) -> Result<()> {
        match self.ctes.under_way.contains(&name) {
            true => Ok(()),
            false => Err(invalid(format!(
                "the common table expression `{name}` is used outside its own recursive part: use what `recursive_cte` gave"
            ))),
        }
    }
}
