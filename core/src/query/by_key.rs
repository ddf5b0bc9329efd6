use std::marker::PhantomData;

use super::node::{Node, Operator};
use super::render::{Rendered, Renderer, Sql};
use super::select::RowReader;
use super::{Query, Select, Shape};
use crate::engine::{Dialect, Effect, Param};
use crate::schema::{Column, Key, Model, Table};
use crate::value::Value;
use crate::{BindKey, Result};

/// The row of a primary key. It is what an application asks most often, and all of one table have the same text: so the table keeps that
/// for each dialect, and nothing has to be looked at to find it.
pub(crate) struct ByKey<M> {
    values: Vec<Value>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> ByKey<M> {
    pub(crate) fn new(key: M::Key) -> Result<Self> {
        Ok(ByKey::of(key.into_values()?))
    }

    /// Of a value for each column of the key.
    pub(crate) fn of(values: Vec<Value>) -> Self {
        ByKey { values, model: PhantomData }
    }

    fn key() -> impl Iterator<Item = &'static Column> {
        M::table().columns().iter().filter(|column| column.is_primary_key())
    }

    fn write(dialect: &Dialect) -> Result<String> {
        let mut select = Select::of::<M>().into_query();
        for key in Self::key() {
            let column = Node::Column(select.from.owner(), key.name().into());
            // Only its placeholder is written.
            let key = Node::binary(column, Operator::Equal, Node::Value(Value::Null, key.sql_type()));
            select.filter = Some(Node::and(select.filter.take(), key));
        }
        Renderer::new(dialect, M::table().bind()).select_text(&select, Shape::Rows)
    }
}

impl<M: Model> Query for ByKey<M> {
    type Row = M;

    #[allow(private_interfaces)]
    fn reader(&self) -> RowReader<M> {
        M::from_row
    }

    fn bind(&self) -> Result<BindKey> {
        Ok(M::table().bind())
    }

    fn table(&self) -> Option<&'static Table> {
        Some(M::table())
    }

    /// In whatever shape: there is one row at most.
    #[allow(private_interfaces)]
    fn render<'a>(&'a self, dialect: &Dialect, _shape: Shape) -> Result<Rendered<'a>> {
        let sql = M::table().text_by_key(dialect, || Self::write(dialect))?;
        let params = self.values.iter().zip(Self::key()).map(|(value, key)| Param::new(value.as_ref(), key.parameter_type()));
        Ok(Rendered {
            sql: Sql::OfTable(sql),
            params: params.collect(),
            effect: Effect::Read,
            table: Some(M::table().name()),
            needs: Vec::new(),
            rows: 0,
        })
    }
}
