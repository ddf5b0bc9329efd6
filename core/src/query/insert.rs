use std::marker::PhantomData;
use std::sync::Arc;

use super::Assignment;
use super::node::Node;
use super::on_conflict::Conflict;
use crate::engine::Family;
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
    stretches: Vec<Stretch>,
    error: Option<Arc<Error>>,
    conflict: Option<Conflict>,
    model: PhantomData<fn() -> M>,
}

/// Rows in a row that give the same columns. By column, for that is how PostgreSQL takes many: as arrays, without a copy.
#[derive(Default)]
struct Stretch {
    /// The places in the table of the columns that are given; the others are left to the server.
    places: Vec<usize>,
    /// The values of each of those, as many as there are rows.
    columns: Vec<Vec<Value>>,
    rows: usize,
}

impl<M: Model> Insert<M> {
    pub(crate) fn rows_of<T: Insertable<Model = M>>(rows: impl IntoIterator<Item = T>) -> Self {
        let mut insert = Insert::into_table(M::table());
        let rows = rows.into_iter();
        let mut expected = rows.size_hint().0;
        let mut values = Vec::with_capacity(insert.table.columns().len());
        for row in rows {
            match row.into_values(&mut values) {
                Ok(()) => insert.push(&mut values, expected),
                Err(error) => insert.fail(error),
            }
            values.clear();
            expected = expected.saturating_sub(1);
        }
        insert
    }
}

impl<M> Insert<M> {
    pub(super) fn into_table(table: &'static Table) -> Self {
        Insert { table, stretches: Vec::new(), error: None, conflict: None, model: PhantomData }
    }

    /// Takes the row out of `values`, one entry for each column of the table; `expected` rows come, this one included.
    fn push(&mut self, values: &mut Vec<Option<Value>>, expected: usize) {
        let mut cells = values.iter().zip(self.table.columns());
        if let Err(error) = cells.try_for_each(|(value, column)| value.as_ref().map_or(Ok(()), |value| column.check(value))) {
            self.fail(error);
            return;
        }
        let given = values.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(place, _)| place);
        let stretch = match self.stretches.last_mut() {
            Some(stretch) if given.clone().eq(stretch.places.iter().copied()) => stretch,
            _ => {
                let places: Vec<_> = given.collect();
                // Where rows take turns in what they give, room for all in each stretch would be the square of their number.
                let room = if self.stretches.is_empty() { expected } else { 1 };
                let columns = places.iter().map(|_| Vec::with_capacity(room)).collect();
                self.stretches.push(Stretch { places, columns, rows: 0 });
                let last = self.stretches.len() - 1;
                &mut self.stretches[last]
            }
        };
        stretch.rows += 1;
        for (column, value) in stretch.columns.iter_mut().zip(values.drain(..).flatten()) {
            column.push(value);
        }
    }

    pub(super) fn add_row<O>(&mut self, assignments: impl IntoIterator<Item = Assignment<O>>) {
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
                Node::Invalid(mistake) => self.fail(mistake.error()),
                _ => self.fail(
                    Error::new(ErrorKind::InvalidStatement, "an inserted value is a Rust value, not an expression")
                        .at_column(assignment.column.into_owned()),
                ),
            }
        }
        self.push(&mut row, 1);
    }

    pub(super) fn fail(&mut self, error: Error) {
        // The first one is what the user mends first.
        self.error.get_or_insert_with(|| Arc::new(error.at_table(self.table.name())));
    }

    pub(super) fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.conflict = Some(conflict);
        self
    }

    pub(crate) fn table(&self) -> &'static Table {
        self.table
    }

    pub(crate) fn len(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.rows).sum()
    }

    /// Whether the server generates the primary key of every row.
    pub(crate) fn generates_key(&self) -> bool {
        let generated = self.table.columns().iter().position(|column| column.is_generated());
        generated.is_some_and(|place| {
            self.table.primary_key().eq([self.table.columns()[place].name()])
                && self.stretches.iter().all(|stretch| !stretch.places.contains(&place))
        })
    }

    /// Whether every row could be carried.
    pub(crate) fn check(&self) -> Result<()> {
        self.error.as_ref().map_or(Ok(()), |error| Err(Error::duplicate(error)))
    }

    /// The rows in their order, cut into runs that one statement can carry: the same columns given in each, no more parameters than
    /// the backend takes, and not so many bytes that client and server hold them all at once.
    pub(crate) fn runs(&self, family: Family, max_parameters: usize) -> Result<Vec<InsertRun<'_>>> {
        self.runs_of_most(usize::MAX, family, max_parameters)
    }

    /// As [`runs`](Self::runs), of at most so many rows each.
    pub(crate) fn runs_of_most(&self, most_rows: usize, family: Family, max_parameters: usize) -> Result<Vec<InsertRun<'_>>> {
        self.check()?;
        let mut runs = Vec::with_capacity(self.stretches.len());
        for stretch in &self.stretches {
            let columns = || stretch.places.iter().map(|&place| &self.table.columns()[place]);
            let by_array = family == Family::Postgres && stretch.rows > 1 && columns().all(Column::is_sent_in_arrays);
            let max_rows = match stretch.places.len() {
                // A row of defaults only has no multi-row form.
                0 => 1,
                _ if by_array => usize::MAX,
                width => (max_parameters / width).max(1),
            };
            let max_rows = max_rows.min(most_rows);
            let mut start = 0;
            while start < stretch.rows {
                let rows = stretch.fitting(start, max_rows);
                let columns = columns().zip(stretch.columns.iter().map(|values| &values[start..start + rows])).collect();
                runs.push(InsertRun { table: self.table, columns, rows, by_array: by_array && rows > 1, conflict: self.conflict.as_ref() });
                start += rows;
            }
        }
        Ok(runs)
    }
}

impl Stretch {
    /// How many rows from here on one statement carries.
    fn fitting(&self, start: usize, max_rows: usize) -> usize {
        let mut bytes = 0;
        let rows = (start..self.rows).take(max_rows).take_while(|&row| {
            bytes += self.columns.iter().map(|values| size(&values[row])).sum::<usize>();
            bytes <= MAX_BYTES
        });
        rows.count().max(1)
    }
}

/// What the values of one statement may take, roughly: a server has limits of its own (PostgreSQL 1 GiB for a message), and
/// statements of this size are not slower than longer ones.
const MAX_BYTES: usize = 32 << 20;

/// The bytes that a value takes when it is sent, roughly.
fn size(value: &Value) -> usize {
    const LENGTH: usize = 4;
    LENGTH
        + match value {
            Value::Null => 0,
            Value::Text(text) | Value::Decimal(text) | Value::Json(text) | Value::Other { text, .. } => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Uuid(bytes) => bytes.len(),
            Value::Array(values) => values.iter().map(size).sum(),
            _ => size_of::<i64>(),
        }
}

/// Rows that one INSERT statement carries.
pub(crate) struct InsertRun<'a> {
    pub(crate) table: &'static Table,
    /// The columns that are given, each with its values.
    pub(crate) columns: Vec<(&'static Column, &'a [Value])>,
    pub(crate) rows: usize,
    /// Each column is one parameter, an array: the text is the same for any number of rows.
    pub(crate) by_array: bool,
    pub(crate) conflict: Option<&'a Conflict>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BindKey;
    use crate::schema::StaticTable;

    static TAGS: StaticTable =
        StaticTable::new(|| Table::new("tags", BindKey::DEFAULT).column(Column::of::<i64>("id")).column(Column::of::<i64>("weight")));

    #[test]
    fn rows_that_take_turns_in_what_they_give_take_no_more_room_than_others() {
        const ROWS: usize = 1_000;
        let mut insert = Insert::<Table>::into_table(&TAGS);
        for row in 0..ROWS {
            let weight = (row % 2 == 0).then_some(Value::I64(7));
            insert.push(&mut vec![Some(Value::I64(1)), weight], ROWS - row);
        }
        assert_eq!((insert.len(), insert.stretches.len()), (ROWS, ROWS));
        let room: usize = insert.stretches.iter().flat_map(|stretch| &stretch.columns).map(Vec::capacity).sum();
        assert!(room < 10 * ROWS, "{room}");
    }
}
