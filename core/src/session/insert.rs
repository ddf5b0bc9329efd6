//! Inserts that give their rows back.

use std::ops::ControlFlow;

use super::bracket::Bracket;
use super::held::{Held, Use};
use super::session::Session;
use super::verbs::located;
use crate::engine::{Dialect, Effect, Engine, Executed, Rows};
use crate::query::{FoundAgain, Insert, Rendered, Shape};
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
        let insert = Insert::rows_of(rows);
        let table = insert.table();
        self.insert_returning(&insert).await.map_err(|error| located(error, Some(table)))
    }

    async fn insert_returning<M: Model>(&self, insert: &Insert<M>) -> Result<Vec<M>> {
        let (place, bound) = self.databases().bound(insert.table().bind())?;
        insert.check().map_err(|error| error.on_bind(bound.key))?;
        let mut held = self.hold(place, bound, Effect::Write, Use::Statement).await.map_err(|error| error.on_bind(bound.key))?;
        let capabilities = held.capabilities()?;
        if !capabilities.returning {
            return self.insert_and_find(&mut held, insert, bound.engine.dialect()).await.map_err(|error| error.on_bind(bound.key));
        }
        let steps = insert.returning(bound.engine.dialect(), capabilities).map_err(|error| error.on_bind(bound.key))?;
        let generates_key = insert.generates_key();
        let mut inserted = Vec::with_capacity(insert.len());
        match steps.as_slice() {
            [] => {}
            [step] => {
                if let Err(error) = read(&mut held, step, &mut inserted, generates_key).await {
                    return Err(kept(&mut held, error).await);
                }
            }
            steps => {
                let bracket = Bracket::open(&mut held).await?;
                let run = async {
                    for step in steps {
                        read(&mut held, step, &mut inserted, generates_key).await?;
                    }
                    Ok(())
                };
                let run = run.await;
                bracket.close(&mut held, run).await?;
            }
        }
        Ok(inserted)
    }

    /// Where the server can't give back what it inserts: what was inserted is asked for by its keys.
    async fn insert_and_find<M: Model>(&self, held: &mut Held<'_>, insert: &Insert<M>, dialect: &Dialect) -> Result<Vec<M>> {
        let steps = insert.found_again(dialect, held.capabilities()?)?;
        let mut inserted = Vec::with_capacity(insert.len());
        match steps.as_slice() {
            [] => {}
            [step] => {
                let executed = held.execute(&step.insert.statement()).await?;
                let (more, joined) = ("; the rows are in the database all the same", "; the rows are in the transaction all the same");
                let more = if held.is_joined() { joined } else { more };
                find(held, step, &executed, dialect, &mut inserted).await.map_err(|error| error.saying(more))?;
            }
            steps => {
                let bracket = Bracket::open(held).await?;
                let run = async {
                    for step in steps {
                        let executed = held.execute(&step.insert.statement()).await?;
                        find(held, step, &executed, dialect, &mut inserted).await?;
                    }
                    Ok(())
                };
                let run = run.await;
                bracket.close(held, run).await?;
            }
        }
        Ok(inserted)
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
    let first = into.len();
    let queries = step.queries::<M>(executed)?;
    // One query for all of them is one for keys that the server has generated.
    let generates_key = queries.len() < step.len();
    for query in &queries {
        read(held, &query.render(dialect, Shape::Rows)?, into, generates_key).await?;
    }
    let found = into.len() - first;
    if found != step.len() {
        let message =
            format!("of {} inserted rows, {found} are there: another session has deleted some since, or changed their keys", step.len());
        return Err(Error::new(ErrorKind::NotFound, message));
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

async fn read<M: Model>(held: &mut Held<'_>, step: &Rendered<'_>, into: &mut Vec<M>, generates_key: bool) -> Result<()> {
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
