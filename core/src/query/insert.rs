use std::marker::PhantomData;
use std::sync::Arc;

use super::Assignment;
use super::node::Node;
use crate::schema::{Column, Insertable, Model, Table};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// An INSERT of rows into the table of `M`: `session.execute(User::insert([..]))` says how many there were,
/// `session.insert` and `session.insert_many` give the rows back.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let rows = (0..1000).map(|n| NewUser::new(format!("user{n}@example.org")));
/// let inserted = session.execute(User::insert(rows)).await?; // in few statements, all or none
/// assert_eq!(inserted.rows_affected, Some(1000));
/// # Ok(())
/// # }
/// ```
pub struct Insert<M> {
    table: &'static Table,
    /// One entry for each column of the table; `None` leaves the column to the server.
    rows: Vec<Vec<Option<Value>>>,
    error: Option<Arc<Error>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Insert<M> {
    pub(crate) fn rows_of<T: Insertable<Model = M>>(rows: impl IntoIterator<Item = T>) -> Self {
        let mut insert = Insert::into_table(M::table());
        let width = insert.table.columns().len();
        for row in rows {
            let mut values = Vec::with_capacity(width);
            match row.into_values(&mut values) {
                Ok(()) => insert.rows.push(values),
                Err(error) => insert.fail(error),
            }
        }
        insert
    }
}

impl<M> Insert<M> {
    pub(super) fn into_table(table: &'static Table) -> Self {
        Insert { table, rows: Vec::new(), error: None, model: PhantomData }
    }

    pub(super) fn add_row<B>(&mut self, assignments: impl IntoIterator<Item = Assignment<B>>) {
        let mut row = vec![None; self.table.columns().len()];
        for assignment in assignments {
            let Some(index) = self.table.columns().iter().position(|column| column.name() == assignment.column) else {
                self.fail(
                    Error::new(ErrorKind::InvalidStatement, "the table has no such column").at_column(assignment.column.into_owned()),
                );
                return;
            };
            match assignment.value {
                Node::Value(value, _) => row[index] = Some(value),
                Node::Invalid(error) => self.fail(Error::duplicate(&error)),
                _ => self.fail(
                    Error::new(ErrorKind::InvalidStatement, "an inserted value is a Rust value, not an expression")
                        .at_column(assignment.column.into_owned()),
                ),
            }
        }
        self.rows.push(row);
    }

    fn fail(&mut self, error: Error) {
        // The first one is what the user mends first.
        self.error.get_or_insert_with(|| Arc::new(error.at_table(self.table.name())));
    }

    pub(crate) fn table(&self) -> &'static Table {
        self.table
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the server generates the primary key of every row.
    pub(crate) fn generates_key(&self) -> bool {
        let generated = self.table.columns().iter().position(|column| column.is_generated());
        generated.is_some_and(|place| {
            self.table.primary_key().eq([self.table.columns()[place].name()]) && self.rows.iter().all(|row| row[place].is_none())
        })
    }

    /// Whether every row could be carried.
    pub(crate) fn check(&self) -> Result<()> {
        self.error.as_ref().map_or(Ok(()), |error| Err(Error::duplicate(error)))
    }

    /// The rows in their order, cut into runs that one statement can carry: the same columns given in each, and no more
    /// parameters than the backend takes.
    pub(crate) fn runs(&self, max_parameters: usize) -> Result<Vec<InsertRun<'_>>> {
        self.check()?;
        let mut runs: Vec<InsertRun<'_>> = Vec::new();
        for row in &self.rows {
            match runs.last_mut() {
                Some(run) if run.takes(row, max_parameters) => run.rows.push(row),
                _ => runs.push(InsertRun { table: self.table, rows: vec![row] }),
            }
        }
        Ok(runs)
    }
}

/// Rows that one INSERT statement carries.
pub(crate) struct InsertRun<'a> {
    pub(crate) table: &'static Table,
    pub(crate) rows: Vec<&'a [Option<Value>]>,
}

impl<'a> InsertRun<'a> {
    fn takes(&self, row: &[Option<Value>], max_parameters: usize) -> bool {
        let first = self.rows.first().copied().unwrap_or_default();
        let width = row.iter().flatten().count();
        // A row of defaults only has no multi-row form.
        width > 0
            && (self.rows.len() + 1) * width <= max_parameters
            && first.iter().map(Option::is_some).eq(row.iter().map(Option::is_some))
    }

    /// The columns that are given, with their place in the table.
    pub(crate) fn given(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let first = self.rows.first().copied().unwrap_or_default();
        let columns = self.table.columns().iter().enumerate();
        columns.zip(first).filter(|(_, value)| value.is_some()).map(|((index, column), _)| (index, column.name()))
    }

    /// The values of a row that are given, with their columns.
    pub(crate) fn values(&self, row: &'a [Option<Value>]) -> impl Iterator<Item = (&'a Value, &'static Column)> {
        row.iter().zip(self.table.columns()).filter_map(|(value, column)| Some((value.as_ref()?, column)))
    }
}
