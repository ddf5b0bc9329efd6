//! The session's verbs: what runs a statement.

use super::bracket::Bracket;
use super::databases::Bound;
use super::held::{Held, Use};
use super::row_stream::RowStream;
use super::session::Session;
use crate::engine::{Effect, Engine, Executed, FromRow, Lease, Rows};
use crate::query::{Action, ByKey, Query, Rendered, Shape};
use crate::schema::{Model, Table};
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// Every row.
    ///
    /// # Errors
    /// What the statement is refused for before it is sent ([`ErrorKind::UnknownBind`], [`ErrorKind::CrossBind`], [`ErrorKind::InvalidStatement`],
    /// [`ErrorKind::InvalidValue`]), what the server says, and [`ErrorKind::Decode`] where a value doesn't fit its type. Each names the
    /// bind, and the table and column where there is one. So do those of the other verbs.
    pub async fn all<Q: Query>(&self, query: Q) -> Result<Vec<Q::Row>> {
        let read = async {
            let mut rows = self.open_rows(&query, Shape::Rows).await?;
            let mut all = Vec::new();
            while rows.next_into(&mut all).await? {}
            Ok(all)
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    /// The one row.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none, [`ErrorKind::TooManyRows`] where there are several.
    pub async fn one<Q: Query>(&self, query: Q) -> Result<Q::Row> {
        let (bind, table) = (query.bind(), query.table());
        match self.optional(query).await? {
            Some(row) => Ok(row),
            None => {
                let error = located(Error::new(ErrorKind::NotFound, "one row was asked for, and there is none"), table);
                Err(error.on_bind(bind?))
            }
        }
    }

    /// The one row, if it is there.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyRows`] where there are several.
    pub async fn optional<Q: Query>(&self, query: Q) -> Result<Option<Q::Row>> {
        let rows = self.at_most(&query, 2).await?;
        let mut rows = rows.into_iter();
        match (rows.next(), rows.next()) {
            (row, None) => Ok(row),
            _ => {
                let error =
                    Error::new(ErrorKind::TooManyRows, "at most one row was asked for, and there are more: `first` takes any of them");
                Err(located(error.on_bind(query.bind()?), query.table()))
            }
        }
    }

    /// The first row, if there is one.
    pub async fn first<Q: Query>(&self, query: Q) -> Result<Option<Q::Row>> {
        Ok(self.at_most(&query, 1).await?.into_iter().next())
    }

    /// How many rows there are, counted by the server.
    pub async fn count<Q: Query>(&self, query: Q) -> Result<u64> {
        let count: i64 = self.scalar(&query, Shape::Count).await?;
        u64::try_from(count).map_err(|_| Error::new(ErrorKind::Decode, "the server counted fewer than no rows"))
    }

    /// Whether there is a row.
    pub async fn exists<Q: Query>(&self, query: Q) -> Result<bool> {
        self.scalar(&query, Shape::Exists).await
    }

    /// The row of this primary key, if it is there: `session.get::<User>(1)`, `session.get::<FilmActor>((1, 23))`.
    pub async fn get<M: Model>(&self, key: impl Into<M::Key>) -> Result<Option<M>> {
        let query = ByKey::<M>::new(key.into()).map_err(|error| located(error, Some(M::table())))?;
        self.first(query).await
    }

    /// The rows as they come, in constant memory. The statement is sent at the first row: this itself is not awaited.
    ///
    /// `while let Some(user) = users.try_next().await? { .. }` reads it; see [`RowStream`].
    pub fn stream<'s, Q: Query + 's>(&'s self, query: Q) -> RowStream<'s, Q::Row> {
        let table = query.table();
        let open = async move {
            let (bound, held, rendered) = self.prepare(&query, Shape::Rows, Use::Stream).await?;
            check_columns(&query, send(bound, held, &rendered).await?).await
        };
        RowStream::new(open, move |error| located(error, table))
    }

    /// Runs an insert, update, delete or raw SQL that gives no rows. An insert that takes several statements runs in one
    /// transaction, or in a savepoint of the open one.
    ///
    /// # Errors
    /// As [`all`](Session::all); and [`ErrorKind::InvalidStatement`] for an update or delete without a filter.
    pub async fn execute<A: Action>(&self, action: A) -> Result<Executed> {
        let table = action.table();
        let run = async {
            let (place, bound) = self.databases().bound(action.bind()?)?;
            let mut held = self.hold(place, bound, Effect::Write, Use::Statement).await.map_err(|error| error.on_bind(bound.key))?;
            let steps = action.steps(bound.engine.dialect(), held.capabilities()?).map_err(|error| error.on_bind(bound.key))?;
            match steps.as_slice() {
                [] => Ok(Executed::rows(0)),
                [step] => held.execute(&step.statement()).await,
                steps => {
                    let bracket = Bracket::open(&mut held).await?;
                    let run = execute_all(&mut held, steps).await;
                    bracket.close(&mut held, run).await
                }
            }
        };
        run.await.map_err(|error| located(error, table))
    }

    async fn at_most<Q: Query>(&self, query: &Q, limit: usize) -> Result<Vec<Q::Row>> {
        let read = async {
            let mut rows = self.open_rows(query, Shape::AtMost(limit as u64)).await?;
            let mut some = Vec::with_capacity(limit);
            while some.len() < limit && rows.next_into(&mut some).await? {}
            rows.close().await?;
            some.truncate(limit);
            Ok(some)
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    async fn scalar<Q: Query, T: crate::value::Scalar>(&self, query: &Q, shape: Shape) -> Result<T> {
        let read = async {
            let mut rows = self.open(query, shape).await?;
            let mut values: Vec<(T,)> = Vec::with_capacity(1);
            while rows.next_into(&mut values).await? {}
            values.pop().map(|(value,)| value).ok_or_else(|| Error::new(ErrorKind::Internal, "the server gave no row for an aggregate"))
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    async fn open_rows<Q: Query>(&self, query: &Q, shape: Shape) -> Result<Rows<Held<'_>>> {
        check_columns(query, self.open(query, shape).await?).await
    }

    async fn open<Q: Query>(&self, query: &Q, shape: Shape) -> Result<Rows<Held<'_>>> {
        let (bound, held, rendered) = self.prepare(query, shape, Use::Statement).await?;
        send(bound, held, &rendered).await
    }

    /// Everything that can go wrong before the statement is sent, and the connection to send it on.
    async fn prepare<'q, Q: Query>(&self, query: &'q Q, shape: Shape, purpose: Use) -> Result<(&Bound<E>, Held<'_>, Rendered<'q>)> {
        let (place, bound) = self.databases().bound(query.bind()?)?;
        let rendered = query.render(bound.engine.dialect(), shape).map_err(|error| error.on_bind(bound.key))?;
        let held = self.hold(place, bound, rendered.effect, purpose).await.map_err(|error| error.on_bind(bound.key))?;
        Ok((bound, held, rendered))
    }
}

async fn send<'s, E: Engine + ?Sized>(bound: &Bound<E>, mut held: Held<'s>, rendered: &Rendered<'_>) -> Result<Rows<Held<'s>>> {
    let limit = held.capabilities()?.max_parameters;
    if rendered.params.len() > limit {
        return Err(Error::new(
            ErrorKind::InvalidStatement,
            format!("the statement has {} parameters, and this server takes {limit}: ask in several statements", rendered.params.len()),
        )
        .on_bind(bound.key));
    }
    let columns = held.query(&rendered.statement()).await?;
    Ok(Rows::new(held, columns))
}

/// Refuses a result of raw SQL whose columns aren't those of the rows' type; a statement of a table has asked for the right ones.
async fn check_columns<'s, Q: Query>(query: &Q, rows: Rows<Held<'s>>) -> Result<Rows<Held<'s>>> {
    if query.table().is_some() {
        return Ok(rows);
    }
    match Q::Row::check_columns(rows.columns()) {
        Ok(()) => Ok(rows),
        Err(error) => {
            rows.close().await?;
            Err(error.on_bind(query.bind()?))
        }
    }
}

async fn execute_all(lease: &mut Lease, steps: &[Rendered<'_>]) -> Result<Executed> {
    let mut rows = Some(0);
    for step in steps {
        let executed = lease.execute(&step.statement()).await?;
        rows = rows.zip(executed.rows_affected).map(|(sum, step)| sum + step);
    }
    Ok(Executed { rows_affected: rows, ..Executed::default() })
}

pub(super) fn located(error: Error, table: Option<&'static Table>) -> Error {
    match table {
        Some(table) => error.at_table(table.name()),
        None => error,
    }
}
