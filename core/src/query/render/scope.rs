use sea_query::DynIden;

use super::{Renderer, invalid};
use crate::query::node::{AggregateFunction, Function, Node, Owner, Source};
use crate::query::select_query::{Join, SelectQuery};
use crate::schema::{Column, ForeignKey, Table};
use crate::{BindKey, Error, ErrorKind, Result};

/// The tables of one select, update or delete, in order; the first is its own.
pub(super) struct Scope<'a> {
    tables: Vec<Named<'a>>,
}

#[derive(Clone, Copy)]
struct Named<'a> {
    table: &'static Table,
    alias: Option<&'a str>,
    /// whether a row may have no partner in it
    left_joined: bool,
}

impl Named<'_> {
    fn name(&self) -> &str {
        self.alias.unwrap_or(self.table.name())
    }

    fn iden(&self) -> DynIden {
        match self.alias {
            Some(alias) => DynIden::from(alias.to_owned()),
            None => DynIden::from(self.table.name()),
        }
    }
}

/// The columns of a join on a declared reference: those that refer and those that they refer to, each with the name of its table in the statement.
pub(super) type JoinColumns = Vec<[(String, String); 2]>;

impl<'a> Renderer<'a> {
    pub(super) fn enter(&mut self, query: &'a SelectQuery) -> Result<()> {
        self.scopes.push(Scope { tables: Vec::with_capacity(1 + query.joins.len()) });
        self.add_source(&query.from, false)
    }

    pub(super) fn enter_table(&mut self, table: &'static Table) {
        self.scopes.push(Scope { tables: vec![Named { table, alias: None, left_joined: false }] });
    }

    pub(super) fn leave(&mut self) {
        self.scopes.pop();
    }

    /// Adds a table to the innermost scope.
    pub(super) fn add_source(&mut self, source: &'a Source, left_joined: bool) -> Result<()> {
        let named = Named { table: source.table, alias: source.alias.as_deref(), left_joined };
        if let Some(bind) = source.bind()
            && bind != self.bind
        {
            return Err(self.cross_bind(named.name(), bind));
        }
        let Some(scope) = self.scopes.last_mut() else { return Ok(()) };
        if scope.tables.iter().any(|other| other.name() == named.name()) {
            return Err(invalid(format!(
                "`{}` stands in the statement twice: join it once, or under an alias (`Model::alias(\"other\")`)",
                named.name()
            )));
        }
        scope.tables.push(named);
        Ok(())
    }

    pub(super) fn cross_bind(&self, table: &str, bind: BindKey) -> Error {
        Error::new(
            ErrorKind::CrossBind,
            format!(
                "one statement can't name tables of two databases: `{table}` is on bind `{bind}`, the statement is for bind `{}`; run one \
                 statement per bind and combine their rows in Rust, for example by `in_` over the keys that the first one gave",
                self.bind,
            ),
        )
    }

    /// The one reference between the table of a join, which was added last, and those before it.
    pub(super) fn declared_reference(&self, join: &Join) -> Result<JoinColumns> {
        let tables = self.scopes.last().map(|scope| scope.tables.as_slice()).unwrap_or_default();
        let Some((joined, before)) = tables.split_last() else {
            return Err(invalid("a join needs a table to join to"));
        };
        let mut found = Vec::new();
        for other in before {
            for (from, to) in [(joined, other), (other, joined)] {
                let keys = from.table.foreign_keys().iter().filter(|key| key.bind == to.table.bind() && key.table == to.table.name());
                let of = |table: &Named<'_>, column: &str| (table.name().to_owned(), column.to_owned());
                let pairs = |key: &ForeignKey| {
                    key.columns.iter().zip(&key.referred).map(|(a, b)| [of(from, a), of(to, b)]).collect::<JoinColumns>()
                };
                found.extend(keys.map(pairs));
            }
        }
        let name = join.source.name();
        match found.len() {
            1 => Ok(found.swap_remove(0)),
            0 => Err(invalid(format!(
                "`{name}` can't be joined: no reference is declared between it and {}; name the condition with `join_on`",
                before.iter().map(|table| format!("`{}`", table.name())).collect::<Vec<_>>().join(", ")
            ))),
            _ => {
                let all = found.iter().map(|columns| {
                    let pairs = columns.iter().map(|[from, to]| format!("{}.{} -> {}.{}", from.0, from.1, to.0, to.1));
                    pairs.collect::<Vec<_>>().join(" and ")
                });
                Err(invalid(format!(
                    "`{name}` can be joined in {} ways: {}; name the condition with `join_on`",
                    found.len(),
                    all.collect::<Vec<_>>().join(", ")
                )))
            }
        }
    }

    /// The name of the table that a column belongs to, checked to be one of the statement's.
    pub(super) fn qualifier(&self, owner: &Owner, column: &str) -> Result<DynIden> {
        match owner {
            Owner::Main => {
                let main = self.scopes.last().and_then(|scope| scope.tables.first());
                match main {
                    Some(main) if main.table.find_column(column).is_some() => Ok(main.iden()),
                    _ => Err(invalid(
                        "the column of an abstract base is used, but the statement's own table doesn't inherit it: say whose it is with `.on::<Model>()`",
                    )
                    .at_column(column)),
                }
            }
            Owner::View(view, address) => match self.of_view(*address).as_slice() {
                [named] => Ok(named.iden()),
                [] => Err(invalid(format!(
                    "a column of `{view}` is used, but the statement is not from such rows: join them, as a `subquery` or `cte` of a select `into::<{view}>()`"
                ))
                .at_column(column)),
                several => {
                    let aliases = several.iter().map(|named| format!("`{}`", named.name())).collect::<Vec<_>>().join(", ");
                    Err(invalid(format!("rows of `{view}` are in the statement as {aliases}: say whose column it is by `.of(&alias)`"))
                        .at_column(column))
                }
            },
            Owner::Alias(alias) => match self.named(alias) {
                Some(named) if named.alias.is_some() => Ok(named.iden()),
                _ => Err(invalid(format!("a column of the alias `{alias}` is used, but the statement doesn't join it")).at_column(column)),
            },
            Owner::Table(bind, table) => match self.named(table) {
                Some(named) if named.alias.is_none() && named.table.bind() == *bind => Ok(named.iden()),
                Some(_) if *bind == self.bind => {
                    Err(invalid(format!("a column of `{table}` is used where that is another table's alias: choose another alias"))
                        .at_column(column))
                }
                _ if *bind == self.bind => {
                    let under = self.scopes.iter().rev().flat_map(|scope| &scope.tables).find(|named| named.table.name() == table);
                    let message = match under {
                        Some(named) => format!(
                            "a column of `{table}` is used, which is in the statement as `{}`: say that it is of that by `.of(&alias)`",
                            named.name()
                        ),
                        None => format!("a column of `{table}` is used, but the statement doesn't join that table"),
                    };
                    Err(invalid(message).at_column(column))
                }
                _ => Err(self.cross_bind(table, *bind).at_column(column)),
            },
        }
    }

    /// The column whose values a node has, if it is one or the least or greatest of one; of a type of the server's own, also what may be one.
    pub(super) fn column_of(&self, node: &Node) -> Option<&'static Column> {
        match node {
            Node::Column(owner, column) => {
                let named = match owner {
                    Owner::Main => self.scopes.last().and_then(|scope| scope.tables.first()),
                    Owner::Alias(name) | Owner::Table(_, name) => self.named(name),
                    Owner::View(_, address) => self.of_view(*address).first().copied(),
                };
                named.and_then(|named| named.table.find_column(column))
            }
            Node::Aggregate(AggregateFunction::Min | AggregateFunction::Max, argument, _) => self.column_of(argument),
            Node::Call(Function::Coalesce | Function::NullIf, arguments, _) => self.servers_own_of(arguments),
            Node::Case { branches, otherwise, .. } => {
                self.servers_own_of(branches.iter().map(|(_, value)| value).chain(otherwise.as_deref()))
            }
            _ => None,
        }
    }

    fn servers_own_of<'n>(&self, nodes: impl IntoIterator<Item = &'n Node>) -> Option<&'static Column> {
        nodes.into_iter().filter_map(|node| self.column_of(node)).find(|column| column.parameter_type().is_none())
    }

    /// Whether it is a column of a type that only the server knows, which takes no collation of ours.
    pub(super) fn is_servers_own(&self, node: &Node) -> bool {
        self.column_of(node).is_some_and(|column| column.parameter_type().is_none())
    }

    /// Whether a column is of a table that is joined from the left.
    pub(super) fn is_left_joined(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Main => false,
            Owner::View(_, address) => self.of_view(*address).first().is_some_and(|named| named.left_joined),
            Owner::Alias(name) | Owner::Table(_, name) => self.named(name).is_some_and(|named| named.left_joined),
        }
    }

    /// The tables of a view's rows, in the innermost select that has any.
    fn of_view(&self, address: usize) -> Vec<&Named<'a>> {
        let is_of_view = |named: &&Named<'a>| std::ptr::from_ref(named.table).addr() == address;
        let each = self.scopes.iter().rev().map(|scope| scope.tables.iter().filter(is_of_view).collect::<Vec<_>>());
        each.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What a name stands for: the innermost select that has it hides it from those around.
    fn named(&self, name: &str) -> Option<&Named<'a>> {
        self.scopes.iter().rev().flat_map(|scope| &scope.tables).find(|named| named.name() == name)
    }
}
