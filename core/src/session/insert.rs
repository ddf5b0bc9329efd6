//! Inserts that give their rows back.

use std::ops::ControlFlow;

use super::bracket;
use super::held::{Held, Use};
use super::session::Session;
use super::verbs::{check_fits, located};
use crate::engine::{Dialect, Effect, Engine, Executed, Rows};
use crate::query::{FoundAgain, GivenKeys, Insert, Keys, Query, Rendered, Shape, of_generated};
use crate::schema::{Insertable, Key, Model};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// Inserts a row and gives it back as it is in the database: with its generated columns and the server's defaults.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let eve = session.insert(NewUser { email: "eve@example.org".into(), name: None }).await?;
    /// assert_eq!(eve.id, 3); // the server's
    ///
    /// // With all its columns, the generated one too: a row that comes from elsewhere.
    /// session.insert(User { id: 70, email: "kim@example.org".into(), name: None }).await?;
    ///
    /// let again = session.insert(NewUser::new("eve@example.org".into())).await.unwrap_err();
    /// assert_eq!(again.kind(), ErrorKind::UniqueViolation);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all). A server that can't give inserted rows back (MySQL, but not MariaDB) is asked for them by their keys, in
    /// a second statement: [`ErrorKind::Unsupported`] where the key is neither given nor a generated one. Where a row that came back doesn't fit its model ([`ErrorKind::Decode`]), the rows may be in
    /// the database all the same: the message says so.
    pub async fn insert<T: Insertable>(&self, row: T) -> Result<T::Model> {
        let rows = self.insert_many([row]).await?;
        let inserted = rows.into_iter().next();
        inserted.ok_or_else(|| located(Error::new(ErrorKind::Internal, "the server gave no row for an insert"), Some(T::Model::table())))
    }

    /// Inserts rows, in as few statements as the server allows, all or none, and gives them back in their order. Where they are not needed,
    /// `session.execute(User::insert(rows))` is faster.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let names = ["eve", "kim", "lee"];
    /// let users = session.insert_many(names.map(|name| NewUser::new(format!("{name}@example.org")))).await?;
    /// assert_eq!(users[2].email, "lee@example.org");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`insert`](Session::insert).
    pub async fn insert_many<T: Insertable>(&self, rows: impl IntoIterator<Item = T>) -> Result<Vec<T::Model>> {
        self.insert_returning(Insert::rows_of(rows)).await
    }

    /// Runs an insert and gives its rows back, as they are in the database. Of one that says what becomes of a row that is
    /// [there already](Insert::on_conflict), that row: for each row that was given one comes back, new, updated or as it was. They are asked for
    /// by their keys, in the same transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let rows = ["ada", "eve"].map(|name| NewUser::new(format!("{name}@example.org")));
    /// let users = session.insert_returning(User::insert(rows).on_conflict(User::email).do_nothing()).await?;
    /// assert_eq!((users[0].id, users[0].name.as_deref()), (1, Some("Ada"))); // who was there
    /// assert_eq!(users[1].email, "eve@example.org"); // who is new
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`insert`](Session::insert). [`ErrorKind::Unsupported`] for the rows of a select where the server can't give inserted rows back;
    /// [`ErrorKind::InvalidStatement`] for those that may be there already, and where a row does not give the key that it may be in conflict in.
    /// [`ErrorKind::NotFound`], and nothing is inserted, where another session deletes a row that was there before it is read (PostgreSQL does not lock rows that stay).
    pub async fn insert_returning<M: Model>(&self, insert: Insert<M>) -> Result<Vec<M>> {
        let table = insert.table();
        self.run_returning(&insert).await.map_err(|error| located(error, Some(table)))
    }

    async fn run_returning<M: Model>(&self, insert: &Insert<M>) -> Result<Vec<M>> {
        let (place, bound) = self.databases().bound(insert.table().bind())?;
        let dialect = bound.engine.dialect();
        insert.check_returning(dialect).map_err(|error| error.on_bind(bound.key))?;
        let run = async {
            let mut held = self.hold(place, bound, Effect::Write, Use::Statement).await?;
            // RETURNING leaves out the rows that stay as they are.
            match held.capabilities()?.returning && !insert.has_conflict() {
                true => insert_and_read(&mut held, insert, dialect).await,
                false => insert_and_find(&mut held, insert, dialect).await,
            }
        };
        run.await.map_err(|error| error.on_bind(bound.key))
    }
}

/// An insert that gives its rows back itself.
async fn insert_and_read<M: Model>(held: &mut Held<'_>, insert: &Insert<M>, dialect: &Dialect) -> Result<Vec<M>> {
    let steps = insert.render(dialect, held.capabilities()?, true)?;
    let generates_key = insert.generates_key();
    let mut inserted = Vec::with_capacity(steps.iter().map(|step| step.rows).sum());
    match steps.as_slice() {
        [] => Ok(inserted),
        [step] => {
            if let Err(error) = read(held, step, &mut inserted, generates_key).await {
                return Err(kept(held, error).await);
            }
            insert.tell(inserted.len() as u64);
            Ok(inserted)
        }
        steps => {
            let all = async |held: &mut Held<'_>| {
                for step in steps {
                    read(held, step, &mut inserted, generates_key).await?;
                    insert.tell(inserted.len() as u64);
                }
                Ok(inserted)
            };
            bracket::around(held, all).await
        }
    }
}

/// An insert whose rows are asked for by their keys.
async fn insert_and_find<M: Model>(held: &mut Held<'_>, insert: &Insert<M>, dialect: &Dialect) -> Result<Vec<M>> {
    let steps = insert.found_again(dialect, held.capabilities()?)?;
    let mut inserted = Vec::with_capacity(steps.iter().map(|step| step.insert.rows).sum());
    match steps.as_slice() {
        [] => Ok(inserted),
        // Of rows that may be there already, what is found must be what the insert has seen: so it is one transaction.
        [step] if !insert.has_conflict() => {
            let executed = held.execute(&step.insert.statement()).await?;
            let (more, joined) = ("; the rows are in the database all the same", "; the rows are in the transaction all the same");
            let more = if held.is_joined() { joined } else { more };
            find(held, step, &executed, dialect, &mut inserted).await.map_err(|error| error.saying(more))?;
            insert.tell(inserted.len() as u64);
            Ok(inserted)
        }
        steps => {
            let all = async |held: &mut Held<'_>| {
                for step in steps {
                    let executed = held.execute(&step.insert.statement()).await?;
                    find(held, step, &executed, dialect, &mut inserted).await?;
                    insert.tell(inserted.len() as u64);
                }
                Ok(inserted)
            };
            bracket::around(held, all).await
        }
    }
}

/// The rows of an insert that has run, in their order.
async fn find<M: Model>(
    held: &mut Held<'_>,
    step: &FoundAgain<'_>,
    executed: &Executed,
    dialect: &Dialect,
    into: &mut Vec<M>,
) -> Result<()> {
    let (first, rows) = (into.len(), step.insert.rows);
    match &step.keys {
        Keys::Generated(key) => {
            let query = of_generated::<M>(key, rows, executed)?;
            read(held, &query.render(dialect, Shape::Rows)?, into, true).await?;
        }
        Keys::Given(keys) => {
            let most = keys.most_at_once(held.capabilities()?.max_parameters);
            let rows: Vec<_> = (0..rows).collect();
            for some in rows.chunks(most) {
                find_some(held, keys, some, dialect, into).await?;
            }
        }
    }
    let found = into.len() - first;
    if found != rows {
        let message = format!("of {rows} inserted rows, {found} are there: another session has deleted some since, or changed their keys");
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    Ok(())
}

/// Those of the rows whose keys are these, in this order.
async fn find_some<M: Model>(
    held: &mut Held<'_>,
    keys: &GivenKeys<'_>,
    rows: &[usize],
    dialect: &Dialect,
    into: &mut Vec<M>,
) -> Result<()> {
    let mut found = fetch(held, &keys.query::<M>(rows), dialect).await?;
    if rows.len() == 1 {
        into.extend(found.pop().map(|(model, _)| model));
        return Ok(());
    }
    for &row in rows {
        let place = found.iter().position(|(_, values)| values.as_ref().is_some_and(|values| keys.is_of(row, values)));
        let model = match place {
            // Mostly the first one: they come in the order of the keys, as they were given.
            Some(place) => Some(found.remove(place)),
            // A key that the server has in other words ("ADA" for "ada", where it doesn't mind), or that was given twice, and a row that is newer
            // than what this transaction sees: the server is to say which row that is.
            None => fetch(held, &keys.query::<M>(&[row]), dialect).await?.pop(),
        };
        into.extend(model.map(|(model, _)| model));
    }
    Ok(())
}

/// The error of a statement that nothing undoes. Where only a row that it gave back doesn't fit, what it has inserted stays: said once
/// the result was read to its end, for only then has the server done all of it.
async fn kept(held: &mut Held<'_>, error: Error) -> Error {
    // A fetch that failed has closed the result, a row that doesn't fit has not.
    if !held.has_open_result() {
        return error;
    }
    loop {
        match held.fetch(&mut |_| ControlFlow::Continue(())).await {
            Ok(true) => {}
            Ok(false) if held.is_joined() => return error.saying("; the rows are in the transaction all the same"),
            Ok(false) => return error.saying("; the rows are in the database all the same"),
            Err(_) => return error,
        }
    }
}

/// The rows of a query.
async fn fetch<Q: Query>(held: &mut Held<'_>, query: &Q, dialect: &Dialect) -> Result<Vec<Q::Row>> {
    let columns = held.query(&query.render(dialect, Shape::Rows)?.statement()).await?;
    let mut rows = Rows::new(&mut **held, columns);
    let mut all = Vec::new();
    while rows.next_up_to(usize::MAX, query.reader(), |row| all.push(row)).await? {}
    Ok(all)
}

async fn read<M: Model>(held: &mut Held<'_>, step: &Rendered<'_>, into: &mut Vec<M>, generates_key: bool) -> Result<()> {
    check_fits(held, step)?;
    let first = into.len();
    let columns = held.query(&step.statement()).await?;
    let mut rows = Rows::new(&mut **held, columns);
    while rows.next_into(into).await? {}
    if generates_key {
        // A server generates keys in the order of the rows, and may give the rows back in any.
        into[first..].sort_by_cached_key(|row| match row.key().into_values().as_deref() {
            Ok([Value::I64(key)]) => i128::from(*key),
            Ok([Value::U64(key)]) => i128::from(*key),
            _ => 0,
        });
    }
    Ok(())
}
