use crate::engine::Family;
use crate::schema::{Column, Table};
use crate::value::Value;

/// The rows of an INSERT, in their order.
#[derive(Default)]
pub(crate) struct InsertRows {
    stretches: Vec<Stretch>,
    rows: usize,
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

/// What one statement carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rows: usize,
    pub(crate) parameters: usize,
    pub(crate) bytes: usize,
}

impl InsertRows {
    /// Takes the row out of `values`, one entry for each column of the table; `expected` rows come, this one included.
    pub(super) fn push(&mut self, values: &mut Vec<Option<Value>>, expected: usize) {
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
        self.rows += 1;
        for (column, value) in stretch.columns.iter_mut().zip(values.drain(..).flatten()) {
            column.push(value);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// The bytes that the last row takes when it is sent, roughly.
    pub(super) fn bytes_of_last(&self) -> usize {
        let columns = self.stretches.last().map_or(&[][..], |stretch| &stretch.columns);
        columns.iter().filter_map(|values| values.last()).map(size).sum()
    }

    /// Whether a row gives the column at this place of the table.
    pub(super) fn gives(&self, place: usize) -> bool {
        self.stretches.iter().any(|stretch| stretch.places.contains(&place))
    }

    /// The names of the columns that rows give, once for each stretch of them.
    pub(super) fn given(&self, table: &'static Table) -> impl Iterator<Item = Vec<&'static str>> {
        self.stretches.iter().map(|stretch| stretch.places.iter().map(|&place| table.columns()[place].name()).collect())
    }

    /// The rows in their order, cut into runs that one statement can carry: the same columns given in each, no more parameters than
    /// the backend takes, and not so many bytes that client and server hold them all at once.
    pub(crate) fn runs(&self, table: &'static Table, family: Family, limits: Limits) -> Vec<InsertRun<'_>> {
        // Beside the values there are their types.
        let max_bytes = (limits.bytes / 8 * 7).min(MAX_BYTES);
        let mut runs = Vec::with_capacity(self.stretches.len());
        for stretch in &self.stretches {
            let columns = || stretch.places.iter().map(|&place| &table.columns()[place]);
            let by_array = family == Family::Postgres && stretch.rows > 1 && columns().all(Column::is_sent_in_arrays);
            let max_rows = match stretch.places.len() {
                // A row of defaults only has no multi-row form.
                0 => 1,
                _ if by_array => usize::MAX,
                width => (limits.parameters / width).max(1),
            };
            let max_rows = max_rows.min(limits.rows);
            let mut start = 0;
            while start < stretch.rows {
                let rows = stretch.fitting(start, max_rows, max_bytes);
                let columns = columns().zip(stretch.columns.iter().map(|values| &values[start..start + rows])).collect();
                runs.push(InsertRun { table, places: &stretch.places, columns, rows, by_array: by_array && rows > 1 });
                start += rows;
            }
        }
        runs
    }
}

impl Stretch {
    /// How many rows from here on one statement carries.
    fn fitting(&self, start: usize, max_rows: usize, max_bytes: usize) -> usize {
        let mut bytes = 0;
        let rows = (start..self.rows).take(max_rows).take_while(|&row| {
            bytes += self.columns.iter().map(|values| size(&values[row])).sum::<usize>();
            bytes <= max_bytes
        });
        rows.count().max(1)
    }
}

/// What the values of one statement may take, roughly, whatever the server takes: statements of this size are not slower than longer ones.
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
    /// The places in the table of those columns.
    pub(crate) places: &'a [usize],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_take_turns_in_what_they_give_take_no_more_room_than_others() {
        const ROWS: usize = 1_000;
        let mut insert = InsertRows::default();
        for row in 0..ROWS {
            let weight = (row % 2 == 0).then_some(Value::I64(7));
            insert.push(&mut vec![Some(Value::I64(1)), weight], ROWS - row);
        }
        assert_eq!((insert.len(), insert.stretches.len()), (ROWS, ROWS));
        let room: usize = insert.stretches.iter().flat_map(|stretch| &stretch.columns).map(Vec::capacity).sum();
        assert!(room < 10 * ROWS, "{room}");
    }
}
