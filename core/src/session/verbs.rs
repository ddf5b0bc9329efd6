//! The session's verbs: what runs a statement.

use std::borrow::Cow;

use super::bracket;
use super::held::{Held, Use};
use super::row_stream::RowStream;
use super::session::Session;
use crate::engine::{Effect, Engine, Executed, FromRow, Lease, Rows};
use crate::query::{Action, ByKey, DynamicRow, Query, Rendered, Shape};
use crate::schema::{IntoKey, Model, Table};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// Every row, in memory at once; for many rows there is [`stream`](Session::stream).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let users = session.all(User::select().filter(User::name.is_null()).order_by(User::email.asc())).await?;
    /// assert_eq!(users[0].email, "bob@example.org");
    ///
    /// // One or more columns instead of whole rows: tuples.
    /// let titles: Vec<(String, Option<i16>)> = session.all(Post::select().columns((Post::title, Post::stars))).await?;
    /// assert_eq!(titles.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the statement is refused for before it is sent ([`ErrorKind::UnknownBind`], [`ErrorKind::CrossBind`], [`ErrorKind::InvalidStatement`],
    /// [`ErrorKind::InvalidValue`]), [`ErrorKind::Timeout`] where no connection becomes free within the bind's `pool_timeout`, what the server says, and [`ErrorKind::Decode`] where a value doesn't fit its type. Each names the
    /// bind, and the table and column where there is one. So do those of the other verbs.
    pub async fn all<Q: Query>(&self, query: Q) -> Result<Vec<Q::Row>> {
        let read = async {
            let mut rows = self.open_rows(&query, Shape::Rows).await?;
            let mut all = Vec::new();
            while rows.next_up_to(usize::MAX, query.reader(), |row| all.push(row)).await? {}
            Ok(all)
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    /// The one row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let ada = session.one(User::select().filter(User::email.eq("ada@example.org"))).await?;
    /// assert_eq!(ada.name.as_deref(), Some("Ada"));
    ///
    /// let nobody = session.one(User::select().filter(User::id.eq(99))).await.unwrap_err();
    /// assert_eq!(nobody.kind(), ErrorKind::NotFound);
    /// assert_eq!(nobody.to_string(), "one row was asked for, and there is none (bind `auth`, table `users`)");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all); [`ErrorKind::NotFound`] where there is none, [`ErrorKind::TooManyRows`] where there are several.
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
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let bob = User::select().filter(User::email.eq("bob@example.org"));
    /// assert!(session.optional(bob).await?.is_some());
    /// assert_eq!(session.optional(User::select().filter(User::id.eq(99))).await?, None);
    /// assert_eq!(session.optional(User::select()).await.unwrap_err().kind(), ErrorKind::TooManyRows);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all), and [`ErrorKind::TooManyRows`] where there are several.
    pub async fn optional<Q: Query>(&self, query: Q) -> Result<Option<Q::Row>> {
        let read = async {
            let mut rows = self.open_rows(&query, Shape::AtMost(2)).await?;
            let mut found = Vec::new();
            while found.len() < 2 && rows.next_up_to(2 - found.len(), query.reader(), |row| found.push(row)).await? {}
            rows.close().await?;
            if found.len() > 1 {
                let message = "at most one row was asked for, and there are more: `first` takes any of them";
                return Err(Error::new(ErrorKind::TooManyRows, message).on_bind(query.bind()?));
            }
            Ok(found.pop())
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    /// The first row, if there is one. The server is asked for one only, except by raw SQL, which is sent as it is.
    /// Without an order, which one is first is the server's choice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let best = session.first(Post::select().filter(Post::stars.is_not_null()).order_by(Post::stars.desc())).await?;
    /// assert_eq!(best.unwrap().title, "Notes");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all).
    pub async fn first<Q: Query>(&self, query: Q) -> Result<Option<Q::Row>> {
        let read = async {
            let mut rows = self.open_rows(&query, Shape::AtMost(1)).await?;
            let mut first = None;
            while first.is_none() && rows.next_up_to(1, query.reader(), |row| first = Some(row)).await? {}
            rows.close().await?;
            Ok(first)
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    /// How many rows there are, counted by the server.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::author.eq(1))).await?, 2);
    /// assert_eq!(session.count(Post::select().limit(1)).await?, 1); // as many as `all` would give
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all); [`ErrorKind::InvalidStatement`] for raw SQL that [writes](crate::query::Raw::writes).
    pub async fn count<Q: Query>(&self, query: Q) -> Result<u64> {
        let count: i64 = self.scalar(&query, Shape::Count).await?;
        u64::try_from(count).map_err(|_| Error::new(ErrorKind::Decode, "the server counted fewer than no rows"))
    }

    /// Whether there is a row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert!(session.exists(User::select().filter(User::email.eq("ada@example.org"))).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`count`](Session::count).
    pub async fn exists<Q: Query>(&self, query: Q) -> Result<bool> {
        self.scalar(&query, Shape::Exists).await
    }

    /// The row of this primary key, if it is there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let ada: Option<User> = session.get::<User>(1).await?;
    /// assert_eq!(ada.unwrap().email, "ada@example.org");
    ///
    /// // A key of several columns is a tuple, in the order of the columns.
    /// let tag = session.get::<Tag>((1, "engines".to_owned())).await?;
    /// assert!(tag.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all).
    pub async fn get<M: Model>(&self, key: impl IntoKey<M::Key>) -> Result<Option<M>> {
        let query = ByKey::<M>::new(key.into_key()).map_err(|error| located(error, Some(M::table())))?;
        self.first(query).await
    }

    /// The rows as they come, in constant memory. The statement is sent at the first row: this itself is not awaited. The stream holds its connection until
    /// it has ended or is dropped.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let mut posts = session.stream(Post::select().order_by(Post::id.asc()));
    /// while let Some(post) = posts.try_next().await? {
    ///     println!("{}", post.title);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all), as an item of the stream, which is its last. Inside a transaction, another statement on the same bind
    /// while the stream is open is [`ErrorKind::BindBusy`].
    pub fn stream<'s, Q: Query + 's>(&'s self, query: Q) -> RowStream<'s, Q::Row> {
        let (table, read) = (query.table(), query.reader());
        let open = async move {
            let (held, rendered) = self.prepare(&query, Shape::Rows, Use::Stream).await?;
            check_columns(&query, send(held, &rendered).await?).await
        };
        RowStream::new(open, read, move |error| located(error, table))
    }

    /// Each so many rows, as they come, in constant memory: the next ones are read when this is done with those before. The statement's
    /// connection is held until the last ones are.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let mut sizes = Vec::new();
    /// session
    ///     .for_each_batch(Post::select().order_by(Post::id.asc()), 2, async |posts: Vec<Post>| {
    ///         sizes.push(posts.len());
    ///         Ok(())
    ///     })
    ///     .await?;
    /// assert_eq!(sizes, [2, 1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`stream`](Session::stream), and what `each` gives, which ends it; [`ErrorKind::InvalidStatement`] for batches of no rows.
    pub async fn for_each_batch<Q: Query>(
        &self,
        query: Q,
        rows: usize,
        mut each: impl AsyncFnMut(Vec<Q::Row>) -> Result<()>,
    ) -> Result<()> {
        if rows == 0 {
            return Err(located(Error::new(ErrorKind::InvalidStatement, "a batch has one row at least: `rows` is 0"), query.table()));
        }
        let mut stream = self.stream(query);
        let mut batch = Vec::with_capacity(rows.min(MOST_ROOM));
        while let Some(row) = stream.try_next().await? {
            batch.push(row);
            if batch.len() == rows {
                let next = Vec::with_capacity(rows.min(MOST_ROOM));
                each(std::mem::replace(&mut batch, next)).await?;
            }
        }
        if batch.is_empty() { Ok(()) } else { each(batch).await }
    }

    /// How the server would run a query, in its own words, a line for each row of them: PostgreSQL's and MySQL's `EXPLAIN`, SQLite's
    /// `EXPLAIN QUERY PLAN`. The query itself is not run, raw SQL that writes neither.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let plan = session.explain(User::select().filter(User::email.eq("ada@example.org"))).await?;
    /// assert!(plan.contains("USING INDEX"), "{plan}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all). Raw SQL that begins with `ANALYZE` or another option of `EXPLAIN` is the server's syntax error.
    pub async fn explain<Q: Query>(&self, query: Q) -> Result<String> {
        let read = async {
            let (_, bound) = self.databases().bound(query.bind()?)?;
            let (held, rendered) = self.prepare(&query, Shape::Rows, Use::Statement).await?;
            let mut rows = send(held, &rendered.explained(bound.engine.dialect())).await?;
            let mut lines = Vec::new();
            while rows.next_up_to(usize::MAX, DynamicRow::from_row, |row| lines.push(plan_line(&row))).await? {}
            Ok(lines.join("\n"))
        };
        read.await.map_err(|error| located(error, query.table()))
    }

    /// Runs an insert, update, delete or raw SQL that gives no rows. An insert that takes several statements runs in one
    /// transaction, or in a savepoint of the open one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let done = session.execute(Post::update().set(Post::stars.to(4)).filter(Post::author.eq(1))).await?;
    /// assert_eq!(done.rows_affected, Some(2));
    ///
    /// session.execute(User::insert([NewUser::new("eve@example.org".into()), NewUser::new("kim@example.org".into())])).await?;
    /// session.execute(raw("auth", "update users set name = upper(email) where name is null")).await?;
    ///
    /// session.execute(Post::delete_all()).await?; // `Post::delete()` alone does not compile
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all); and [`ErrorKind::InvalidStatement`] for an update that sets nothing.
    pub async fn execute<A: Action>(&self, action: A) -> Result<Executed> {
        let table = action.table();
        let run = async {
            let (place, bound) = self.databases().bound(action.bind()?)?;
            let whole = action.whole(bound.engine.dialect()).map_err(|error| error.on_bind(bound.key))?;
            let mut held = self.hold(place, bound, Effect::Write, Use::Statement).await.map_err(|error| error.on_bind(bound.key))?;
            let steps = match whole {
                Some(step) => vec![step],
                None => action.steps(bound.engine.dialect(), held.capabilities()?)?,
            };
            match steps.as_slice() {
                [] => Ok(Executed::rows(0)),
                [step] => {
                    check_fits(&held, step)?;
                    let executed = held.execute(&step.statement()).await?;
                    if let Some(rows) = taken(step, &executed) {
                        action.tell(rows);
                    }
                    Ok(executed)
                }
                steps => bracket::around(&mut held, async |held| execute_all(held, steps, |rows| action.tell(rows)).await).await,
            }
        };
        run.await.map_err(|error| located(error, table))
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
        let (held, rendered) = self.prepare(query, shape, Use::Statement).await?;
        send(held, &rendered).await
    }

    /// Everything that can go wrong before the statement is sent, and the connection to send it on.
    async fn prepare<'q, Q: Query>(&self, query: &'q Q, shape: Shape, purpose: Use) -> Result<(Held<'_>, Rendered<'q>)> {
        let (place, bound) = self.databases().bound(query.bind()?)?;
        let rendered = query.render(bound.engine.dialect(), shape).map_err(|error| error.on_bind(bound.key))?;
        let held = self.hold(place, bound, rendered.effect, purpose).await.map_err(|error| error.on_bind(bound.key))?;
        Ok((held, rendered))
    }
}

/// Room for so many rows is made at once, however many a batch may have.
const MOST_ROOM: usize = 1_024;

/// A row of a plan: its text where it is one, else each of its columns with its name.
fn plan_line(row: &DynamicRow) -> String {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::I64(number) => Some(number.to_string()),
        Value::U64(number) => Some(number.to_string()),
        Value::F64(number) => Some(number.to_string()),
        other => other.as_ref().to_text().map(Cow::into_owned),
    };
    match row.values() {
        [plan] => text(plan).unwrap_or_default(),
        // SQLite's own: id, parent, notused, detail.
        [_, _, _, detail] if row.columns()[3].name == "detail" => text(detail).unwrap_or_default(),
        several => {
            let named = row.columns().iter().zip(several).filter_map(|(info, value)| Some(format!("{}: {}", info.name, text(value)?)));
            named.collect::<Vec<_>>().join(", ")
        }
    }
}

async fn send<'s>(mut held: Held<'s>, rendered: &Rendered<'_>) -> Result<Rows<Held<'s>>> {
    check_fits(&held, rendered)?;
    let columns = held.query(&rendered.statement()).await?;
    Ok(Rows::new(held, columns))
}

/// Refuses what the server lacks, and too many parameters: its own words for this name neither the number nor the way out.
pub(super) fn check_fits(lease: &Lease, rendered: &Rendered<'_>) -> Result<()> {
    let capabilities = lease.capabilities()?;
    for need in &rendered.needs {
        need.check(capabilities).map_err(|error| error.on_bind(lease.bind()))?;
    }
    let (given, limit) = (rendered.params.len(), capabilities.max_parameters);
    if given <= limit {
        return Ok(());
    }
    let message = format!("the statement has {given} parameters, and this server takes {limit}: ask in several statements");
    Err(Error::new(ErrorKind::InvalidStatement, message).on_bind(lease.bind()))
}

/// Refuses a result of raw SQL whose columns aren't those of the rows' type; a statement of a table has asked for the right ones.
async fn check_columns<'s, Q: Query>(query: &Q, rows: Rows<Held<'s>>) -> Result<Rows<Held<'s>>> {
    if query.table().is_some() {
        return Ok(rows);
    }
    match query.check_columns(rows.columns()) {
        Ok(()) => Ok(rows),
        Err(error) => {
            rows.close().await?;
            Err(error.on_bind(query.bind()?))
        }
    }
}

/// How many rows an insert has taken: as many as were given, or as its query gave, where the server tells.
fn taken(step: &Rendered<'_>, executed: &Executed) -> Option<u64> {
    if step.rows > 0 { Some(step.rows as u64) } else { executed.rows_affected }
}

/// Several statements; after each, the number of rows that have been inserted is told.
pub(super) async fn execute_all(lease: &mut Lease, steps: &[Rendered<'_>], tell: impl Fn(u64)) -> Result<Executed> {
    let mut rows = Some(0);
    let mut told = 0;
    for step in steps {
        check_fits(lease, step)?;
        let executed = lease.execute(&step.statement()).await?;
        told += step.rows as u64;
        tell(told);
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
