use std::marker::PhantomData;

use super::node::{Node, Operator};
use super::render::{Rendered, Renderer, Sql};
use super::{Action, Delete, Update};
use crate::engine::{Dialect, Effect, Param};
use crate::schema::{Column, Model, Table};
use crate::value::Value;
use crate::{BindKey, Error, ErrorKind, Result};

/// A change of the one row that a model is, by its key, and by its version where it has one. All of one table have the same text: so the
/// table keeps that for each dialect.
pub(crate) struct ByModel<M> {
    /// of each column
    values: Vec<Value>,
    change: Change,
    model: PhantomData<fn() -> M>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Change {
    /// Its other columns get the model's values, and the version the next one.
    Update,
    Delete,
}

impl<M: Model> ByModel<M> {
    pub(crate) fn new(row: M, change: Change) -> Result<Self> {
        let mut values = Vec::with_capacity(M::table().columns().len());
        row.into_values(&mut values)?;
        let values: Vec<_> = values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect();
        if change == Change::Update {
            for (value, column) in values.iter().zip(M::table().columns()) {
                column.check_value(value)?;
            }
            if !M::table().columns().iter().any(is_set) {
                let message =
                    "every column of the table is of its key: a row is another one by another key, so insert it, and delete this one";
                return Err(Error::new(ErrorKind::InvalidStatement, message));
            }
        }
        Ok(ByModel { values, change, model: PhantomData })
    }

    /// The values of the row once it has been updated.
    pub(crate) fn updated(&self) -> Result<Vec<Value>> {
        let mut values = self.values.clone();
        for (value, column) in values.iter_mut().zip(M::table().columns()).filter(|(_, column)| column.is_version()) {
            *value = match value {
                Value::I64(version) => version.checked_add(1).map(Value::I64),
                Value::U64(version) => version.checked_add(1).map(Value::U64),
                _ => None,
            }
            .ok_or_else(|| Error::new(ErrorKind::InvalidValue, "the version is the last one").at_column(column.name()))?;
        }
        Ok(values)
    }

    /// Whether the row has a version.
    pub(crate) fn has_version() -> bool {
        M::table().columns().iter().any(Column::is_version)
    }

    /// The columns of its parameters, each with its place, in their order.
    fn parameters(change: Change) -> impl Iterator<Item = (usize, &'static Column)> {
        let columns = || M::table().columns().iter().enumerate();
        let set = columns().filter(move |(_, column)| change == Change::Update && is_set(column));
        set.chain(columns().filter(|(_, column)| column.is_primary_key())).chain(columns().filter(|(_, column)| column.is_version()))
    }

    fn write(dialect: &Dialect, change: Change) -> Result<String> {
        let table = M::table();
        let mut update = Update::<M>::of(table);
        let owner = super::node::Source::plain(table).owner();
        // Only placeholders are written.
        let value = |column: &Column| Node::Value(Value::Null, column.sql_type());
        let mut filter = None;
        for column in table.columns() {
            // The version is counted on in every update.
            if is_set(column) {
                update.assignments.push((column.name().into(), value(column)));
            }
        }
        let of_key = table.columns().iter().filter(|column| column.is_primary_key());
        for column in of_key.chain(table.columns().iter().filter(|column| column.is_version())) {
            let node = Node::Column(owner.clone(), column.name().into());
            filter = Some(Node::and(filter, Node::binary(node, Operator::Equal, value(column))));
        }
        let renderer = Renderer::new(dialect, table.bind());
        let rendered = match change {
            Change::Update => {
                update.filter = filter;
                renderer.update(&update)?.sql.into_string()
            }
            Change::Delete => {
                let mut delete = Delete::<M>::of(table);
                delete.filter = filter;
                renderer.delete(&delete)?.sql.into_string()
            }
        };
        Ok(rendered)
    }
}

/// Whether an update of a whole row sets it.
fn is_set(column: &Column) -> bool {
    !column.is_primary_key() && !column.is_generated() && !column.is_version() && !column.is_computed()
}

impl<M: Model> Action for ByModel<M> {
    fn bind(&self) -> Result<BindKey> {
        Ok(M::table().bind())
    }

    fn table(&self) -> Option<&'static Table> {
        Some(M::table())
    }

    #[allow(private_interfaces)]
    fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        let write = || Self::write(dialect, self.change);
        let sql = match self.change {
            Change::Update => M::table().text_of_update(dialect, write)?,
            Change::Delete => M::table().text_of_delete(dialect, write)?,
        };
        let param = |(place, column): (usize, &'static Column)| {
            Param::new(self.values[place].as_ref(), column.parameter_type()).for_column(Some(column.name()))
        };
        let params = Self::parameters(self.change).map(param).collect();
        Ok(Some(Rendered {
            sql: Sql::OfTable(sql),
            params,
            effect: Effect::Write,
            table: Some(M::table().name()),
            needs: Vec::new(),
            rows: 0,
        }))
    }
}
