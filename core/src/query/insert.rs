use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::insert_rows::{InsertRows, Limits};
use super::node::Node;
use super::on_conflict::Conflict;
use super::progress::Progress;
use super::render::{Rendered, Renderer};
use super::select_query::{SelectQuery, Selected};
use super::union::Composed;
use super::{Assignment, ColumnList, RowsFor};
use crate::engine::{Capabilities, Dialect};
use crate::schema::{Insertable, Model, Table};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// An INSERT into the table of `M`, of given rows or of those of a select: `session.execute(User::insert([..]))` says how many there were,
/// `session.insert_returning` gives the rows back.
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
    pub(super) source: InsertSource,
    error: Option<Arc<Error>>,
    pub(super) conflict: Option<Conflict>,
    on_progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
    model: PhantomData<fn() -> M>,
}

/// Where the rows of an INSERT come from.
pub(super) enum InsertSource {
    Rows(InsertRows),
    /// What a query gives, into these columns.
    Query(Vec<Cow<'static, str>>, Box<Composed>),
}

impl<M: Model> Insert<M> {
    pub(crate) fn rows_of<T: Insertable<Model = M>>(rows: impl IntoIterator<Item = T>) -> Self {
        let mut insert = Insert::of_none();
        let rows = rows.into_iter();
        let mut expected = rows.size_hint().0;
        let mut values = Vec::with_capacity(insert.table.columns().len());
        for row in rows {
            if let Err(error) = insert.add(row, &mut values, expected) {
                insert.fail(error);
            }
            expected = expected.saturating_sub(1);
        }
        insert
    }

    /// Of no rows so far.
    pub(crate) fn of_none() -> Self {
        Insert::into_table(M::table())
    }

    /// One more row, by way of `values`, an empty list; `expected` rows come, this one included.
    pub(crate) fn add<T: Insertable<Model = M>>(&mut self, row: T, values: &mut Vec<Option<Value>>, expected: usize) -> Result<()> {
        let added = row.into_values(values).and_then(|()| {
            // A whole model has values of these too, from the row that it was.
            let computed = values.iter_mut().zip(self.table.columns()).filter(|(_, column)| column.is_computed());
            computed.for_each(|(value, _)| *value = None);
            self.check_row(values)
        });
        if let (Ok(()), InsertSource::Rows(rows)) = (&added, &mut self.source) {
            rows.push(values, expected);
        }
        values.clear();
        added
    }

    /// The bytes that the last of its rows takes when it is sent, roughly.
    pub(crate) fn bytes_of_last(&self) -> usize {
        match &self.source {
            InsertSource::Rows(rows) => rows.bytes_of_last(),
            InsertSource::Query(..) => 0,
        }
    }
}

impl<M> Insert<M> {
    pub(super) fn into_table(table: &'static Table) -> Self {
        let source = InsertSource::Rows(InsertRows::default());
        Insert { table, source, error: None, conflict: None, on_progress: None, model: PhantomData }
    }

    pub(super) fn of_query<C: ColumnList<M>, B>(table: &'static Table, columns: C, query: impl RowsFor<C::Values, B>) -> Self {
        let mut insert = Insert::into_table(table);
        let columns = insert.given_names_of(columns.into_nodes());
        let query = query.into_composed();
        if let Err(error) = query.parts().try_for_each(|part| check_values(part, table, &columns)) {
            insert.fail(error);
        }
        insert.source = InsertSource::Query(columns, Box::new(query));
        insert
    }

    pub(super) fn of_row<O>(table: &'static Table, assignments: impl IntoIterator<Item = Assignment<O>>) -> Self {
        let mut insert = Insert::into_table(table);
        let mut row = vec![None; table.columns().len()];
        for assignment in assignments {
            let Some(index) = table.columns().iter().position(|column| column.name() == assignment.column) else {
                insert.fail(
                    Error::new(ErrorKind::InvalidStatement, "the table has no such column").at_column(assignment.column.into_owned()),
                );
                return insert;
            };
            if let Err(error) = table.columns()[index].check_is_given() {
                insert.fail(error);
            }
            match assignment.value {
                Node::Value(value, _) => row[index] = Some(value),
                Node::Invalid(mistake) => insert.fail(mistake.error()),
                _ => insert.fail(
                    Error::new(ErrorKind::InvalidStatement, "an inserted value is a Rust value, not an expression")
                        .at_column(assignment.column.into_owned()),
                ),
            }
        }
        if let Err(error) = insert.check_row(&row) {
            insert.fail(error);
        }
        let mut rows = InsertRows::default();
        rows.push(&mut row, 1);
        insert.source = InsertSource::Rows(rows);
        insert
    }

    /// Whether the values of a row fit their columns.
    fn check_row(&self, values: &[Option<Value>]) -> Result<()> {
        let mut cells = values.iter().zip(self.table.columns());
        cells.try_for_each(|(value, column)| value.as_ref().map_or(Ok(()), |value| column.check_value(value)))
    }

    pub(super) fn fail(&mut self, error: Error) {
        // The first one is what the user mends first.
        self.error.get_or_insert_with(|| Arc::new(error.at_table(self.table.name())));
    }

    pub(super) fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.conflict = Some(conflict);
        self
    }

    /// Says how far it is, after each of its statements. They carry ten thousand rows at most then, so that there is something to say.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let rows = (0..25_000).map(|n| NewUser::new(format!("user{n}@example.org")));
    /// let insert = User::insert(rows).on_progress(|progress| println!("{} of {:?}", progress.rows, progress.total));
    /// session.execute(insert).await?; // "10000 of Some(25000)" …
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_progress(mut self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }

    /// Tells how far it is.
    pub(crate) fn tell(&self, rows: u64) {
        if let Some(tell) = &self.on_progress {
            let total = match &self.source {
                InsertSource::Rows(rows) => Some(rows.len() as u64),
                InsertSource::Query(..) => None,
            };
            tell(Progress { rows, total, committed: 0 });
        }
    }

    pub(crate) fn table(&self) -> &'static Table {
        self.table
    }

    /// Whether its rows may be there already.
    pub(crate) fn has_conflict(&self) -> bool {
        self.conflict.is_some()
    }

    /// Whether the server generates the primary key of every row.
    pub(crate) fn generates_key(&self) -> bool {
        let generated = self.table.columns().iter().position(|column| column.is_generated());
        generated.is_some_and(|place| {
            let name = self.table.columns()[place].name();
            self.table.primary_key().eq([name])
                && match &self.source {
                    InsertSource::Rows(rows) => !rows.gives(place),
                    InsertSource::Query(columns, _) => !columns.iter().any(|column| column == name),
                }
        })
    }

    /// Whether every row could be carried.
    pub(crate) fn check(&self) -> Result<()> {
        self.error.as_ref().map_or(Ok(()), |error| Err(Error::duplicate(error)))
    }

    /// As [`check`](Self::check), and whether its rows can be given back by any server.
    pub(crate) fn check_returning(&self, dialect: &Dialect) -> Result<()> {
        match &self.source {
            InsertSource::Query(..) if self.has_conflict() => {
                let message = "rows of a select that may be there already can't be told by their keys: run it by `execute`";
                Err(Error::new(ErrorKind::InvalidStatement, message))
            }
            _ => self.whole(dialect).map(drop),
        }
    }

    /// The one statement that it is, where that takes no server to say.
    pub(crate) fn whole<'a>(&'a self, dialect: &Dialect) -> Result<Option<Rendered<'a>>> {
        self.check()?;
        match &self.source {
            InsertSource::Query(columns, query) => self.render_query(dialect, columns, query, false).map(Some),
            InsertSource::Rows(rows) => {
                if let Some(conflict) = &self.conflict {
                    let renderer = Renderer::new(dialect, self.table.bind());
                    rows.given(self.table).try_for_each(|given| renderer.check_conflict(self.table, &given, conflict))?;
                }
                Ok(None)
            }
        }
    }

    fn render_query<'a>(
        &'a self,
        dialect: &Dialect,
        columns: &'a [Cow<'static, str>],
        query: &'a Composed,
        returning: bool,
    ) -> Result<Rendered<'a>> {
        Renderer::new(dialect, self.table.bind()).insert_from(self.table, columns, query, self.conflict.as_ref(), returning)
    }

    /// What one statement carries on a server that can do this.
    pub(super) fn limits(&self, capabilities: &Capabilities) -> Limits {
        let rows = if self.on_progress.is_some() { ROWS_BETWEEN_PROGRESS } else { usize::MAX };
        Limits { rows, parameters: capabilities.max_parameters, bytes: capabilities.max_statement_bytes }
    }

    /// Its statements; each gives back the rows that it inserts, where that is asked for.
    pub(crate) fn render<'a>(&'a self, dialect: &Dialect, capabilities: &Capabilities, returning: bool) -> Result<Vec<Rendered<'a>>> {
        self.check()?;
        match &self.source {
            InsertSource::Rows(rows) => {
                let runs = rows.runs(self.table, dialect.family(), self.limits(capabilities));
                let renderer = || Renderer::new(dialect, self.table.bind());
                runs.iter().map(|run| renderer().insert(run, self.conflict.as_ref(), returning)).collect()
            }
            InsertSource::Query(columns, query) => Ok(vec![self.render_query(dialect, columns, query, returning)?]),
        }
    }
}

/// Whether the plain values that a select lists fit the columns that they go into.
fn check_values(select: &SelectQuery, table: &'static Table, columns: &[Cow<'static, str>]) -> Result<()> {
    let Selected::These(listed) = &select.selection else { return Ok(()) };
    let mut listed = listed.iter().zip(columns.iter().map(|name| table.find_column(name)));
    listed.try_for_each(|(listed, column)| match (&listed.node, column) {
        (Node::Value(value, _), Some(column)) => column.check_value(value),
        _ => Ok(()),
    })
}

/// Of an insert that tells its progress.
const ROWS_BETWEEN_PROGRESS: usize = 10_000;
