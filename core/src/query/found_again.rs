use super::node::Node;
use super::render::{Rendered, Renderer};
use super::{ByKey, Insert, Query, Select};
use crate::engine::{Capabilities, Dialect, Executed};
use crate::schema::{Column, Model};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// An INSERT of a server that can't give its rows back, and how they are found again: by their keys.
pub(crate) struct FoundAgain<'a> {
    pub(crate) insert: Rendered<'a>,
    rows: usize,
    keys: Keys<'a>,
}

enum Keys<'a> {
    /// of each column of the primary key, the value in each row
    Given(Vec<&'a [Value]>),
    /// the server's
    Generated(&'static Column),
}

impl<M: Model> Insert<M> {
    /// Its statements, each with the way to its rows.
    pub(crate) fn found_again<'a>(&'a self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<FoundAgain<'a>>> {
        let table = Insert::table(self);
        // Of several rows, not every server tells which keys it has generated; of one, each does.
        let are_generated = table.columns().iter().any(|column| column.is_primary_key() && column.is_generated());
        let most_rows = if are_generated && !capabilities.generated_keys { 1 } else { usize::MAX };
        let steps = self.runs_of_most(most_rows, dialect.family(), capabilities.max_parameters)?.into_iter().map(|run| {
            let mut given = Vec::new();
            let mut missing = None;
            for key in table.columns().iter().filter(|column| column.is_primary_key()) {
                match run.columns.iter().find(|(column, _)| column.name() == key.name()) {
                    Some((_, values)) => given.push(*values),
                    None => missing = Some(key),
                }
            }
            let keys = match missing {
                None => Keys::Given(given),
                Some(key) if key.is_generated() && given.is_empty() => Keys::Generated(key),
                Some(key) => {
                    let message = format!(
                        "{} can't give inserted rows back, and a key that is the server's default does not tell them: give it a value",
                        capabilities.server
                    );
                    return Err(Error::new(ErrorKind::Unsupported, message).at_column(key.name()));
                }
            };
            let insert = Renderer::new(dialect, table.bind()).insert(&run, false)?;
            Ok(FoundAgain { insert, rows: run.rows, keys })
        });
        steps.collect()
    }
}

impl FoundAgain<'_> {
    /// The queries for its rows, in their order, once it has run.
    pub(crate) fn queries<M: Model>(&self, executed: &Executed) -> Result<Vec<Box<dyn Query<Row = M>>>> {
        match &self.keys {
            Keys::Given(columns) => {
                let key = |row: usize| columns.iter().map(|values| values[row].clone()).collect();
                Ok((0..self.rows).map(|row| Box::new(ByKey::<M>::of(key(row))) as Box<dyn Query<Row = M>>).collect())
            }
            Keys::Generated(column) => {
                let keys = executed.generated_keys.ok_or_else(|| {
                    Error::new(
                        ErrorKind::Server,
                        "the server does not say which keys it has generated: is the column one that generates them",
                    )
                    .at_column(column.name())
                })?;
                let values = keys.of(self.rows).map(Value::I64).collect();
                Ok(vec![Box::new(of_keys::<M>(column, values))])
            }
        }
    }

    /// How many rows it inserts.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }
}

/// The rows whose keys are these.
fn of_keys<M: Model>(column: &'static Column, values: Vec<Value>) -> Select<M, M::Bind> {
    Select::of::<M>().narrowed(|owner| Node::InValues {
        node: Box::new(Node::Column(owner, column.name().into())),
        values,
        sql_type: column.sql_type(),
        negated: false,
    })
}
