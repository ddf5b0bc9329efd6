use std::error::Error as StdError;
use std::fmt;
use std::pin::{Pin, pin};

use futures_core::Stream;
use futures_util::StreamExt;

use super::bracket;
use super::held::{Held, Use};
use super::session::Session;
use super::verbs::{execute_all, located};
use crate::engine::{Dialect, Effect, Engine};
use crate::query::{Insert, Progress};
use crate::schema::{Insertable, Model};
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// Inserts the rows of a stream, in constant memory: each thousand of them, or eight mebibytes, are a statement or a few, and the next ones
    /// are asked for when those are done. Items are rows, or results of rows, such as another [`stream`](Session::stream) gives. It runs when it is
    /// awaited, and says how many rows there were.
    ///
    /// All of them are one transaction, or a savepoint of the open one: all are inserted, or none. No other statement of that runs on the bind meanwhile. With
    /// [`commit_every`](InsertStream::commit_every) those before a failure stay.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use futures_util::{TryStreamExt, stream};
    ///
    /// let rows = stream::iter((0..5_000).map(|n| NewUser::new(format!("user{n}@example.org"))));
    /// assert_eq!(session.insert_stream(rows).await?, 5_000);
    ///
    /// // From one database into another.
    /// let drafts = session.stream(User::select()).map_ok(|user| NewPost::new(user.id, format!("Welcome, {}", user.email)));
    /// assert_eq!(session.insert_stream(drafts).commit_every(1_000).await?, 5_002);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Session::execute), and what the stream gives, as it is where it is an [`Error`], else as the source of one of the kind
    /// [`ErrorKind::Source`]. One of some rows says which, and [`Error::rows_committed`] how many are committed: the first ones of the stream.
    pub fn insert_stream<'s, S>(&'s self, rows: S) -> InsertStream<'s, E, S>
    where
        S: Stream<Item: StreamedRow> + Send + 's,
    {
        InsertStream { session: self, rows, commit_every: None, each_insert: None, on_progress: None }
    }
}

/// What a stream of rows gives: a row, or a result of one. What [`Session::insert_stream`] takes. Sealed by [`Insertable`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row that can be inserted, nor a result of one",
    note = "a stream of models, of their `New…`, or of `Result`s of these is"
)]
pub trait StreamedRow: Send {
    /// The row.
    type Row: Insertable;

    #[doc(hidden)]
    fn into_row(self) -> Result<Self::Row>;
}

impl<T: Insertable> StreamedRow for T {
    type Row = T;

    fn into_row(self) -> Result<T> {
        Ok(self)
    }
}

impl<T: Insertable, E: Into<Box<dyn StdError + Send + Sync>> + Send> StreamedRow for Result<T, E> {
    type Row = T;

    fn into_row(self) -> Result<T> {
        self.map_err(|error| match error.into().downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::new(ErrorKind::Source, "the stream of the rows failed").with_source(error),
        })
    }
}

/// The model of what a stream gives.
type ModelOf<S> = <<<S as Stream>::Item as StreamedRow>::Row as Insertable>::Model;

type MakeInsert<'s, M> = Box<dyn FnMut(Insert<M>) -> Insert<M> + Send + 's>;

/// An insert of a stream's rows that is still to be awaited: [`Session::insert_stream`].
///
/// Dropped while it runs, it ends as if it had failed: what is committed stays.
#[must_use = "nothing is inserted until it is awaited"]
pub struct InsertStream<'s, E: Engine + ?Sized, S: Stream<Item: StreamedRow>> {
    session: &'s Session<E>,
    rows: S,
    commit_every: Option<usize>,
    each_insert: Option<MakeInsert<'s, ModelOf<S>>>,
    on_progress: Option<Box<dyn FnMut(Progress) + Send + 's>>,
}

impl<'s, E: Engine + ?Sized, S: Stream<Item: StreamedRow>> InsertStream<'s, E, S> {
    /// Commits each so many rows: a failure undoes those since the last commit only, and locks are held no longer than for as many. While it
    /// waits for the first rows after a commit, it holds no connection.
    ///
    /// In a transaction of the session this is [`ErrorKind::InvalidStatement`], as is 0.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use futures_util::stream;
    ///
    /// let names = ["eve", "kim", "lee", "ada", "moe"]; // one of whom is there
    /// let rows = || stream::iter(names.map(|name| NewUser::new(format!("{name}@example.org"))));
    /// let error = session.insert_stream(rows()).commit_every(2).await.unwrap_err();
    /// assert_eq!((error.kind(), error.rows_committed()), (ErrorKind::UniqueViolation, Some(2))); // so go on behind the second one
    /// # Ok(())
    /// # }
    /// ```
    pub fn commit_every(mut self, rows: usize) -> Self {
        self.commit_every = Some(rows);
        self
    }

    /// What each of its inserts is made of: what becomes of a row that is there already.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use futures_util::stream;
    ///
    /// let rows = stream::iter(["ada", "eve"].map(|name| NewUser::new(format!("{name}@example.org"))));
    /// session.insert_stream(rows).each_insert(|insert| insert.on_conflict(User::email).do_nothing()).await?;
    /// assert_eq!(session.count(User::select()).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn each_insert(mut self, make: impl FnMut(Insert<ModelOf<S>>) -> Insert<ModelOf<S>> + Send + 's) -> Self {
        self.each_insert = Some(Box::new(make));
        self
    }

    /// Says how far it is, whenever some rows are inserted, a thousand at most, and after each commit.
    pub fn on_progress(mut self, tell: impl FnMut(Progress) + Send + 's) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }
}

impl<'s, E: Engine + ?Sized, S: Stream<Item: StreamedRow> + Send + 's> IntoFuture for InsertStream<'s, E, S> {
    type Output = Result<u64>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<u64>> + Send + 's>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let table = ModelOf::<S>::table();
            let mut done = Done::default();
            self.run(&mut done).await.map_err(|error| located(error, Some(table)).with_rows_committed(done.committed))
        })
    }
}

/// How far it is.
#[derive(Default)]
struct Done {
    rows: u64,
    committed: u64,
}

impl<'s, E: Engine + ?Sized, S: Stream<Item: StreamedRow> + Send + 's> InsertStream<'s, E, S> {
    async fn run(self, done: &mut Done) -> Result<u64> {
        let InsertStream { session, rows, commit_every, each_insert, on_progress } = self;
        let (place, bound) = session.databases().bound(ModelOf::<S>::table().bind())?;
        let located = |error: Error| error.on_bind(bound.key);
        refuse_commits(session, commit_every).map_err(located)?;
        let is_joined = session.part().is_some();
        let commit_every = commit_every.map_or(u64::MAX, |rows| rows as u64);
        let mut feed = Feed { rows: pin!(rows), each_insert, on_progress, done };
        loop {
            // No connection is held while the first rows are waited for. A transaction has its own, which they might be wanted from.
            let mut first = if is_joined { None } else { Some(feed.next(commit_every).await.map_err(located)?) };
            if first.as_ref().is_some_and(|batch| batch.rows == 0) {
                return Ok(feed.done.rows);
            }
            let mut held = session.hold(place, bound, Effect::Write, Use::Stream).await.map_err(located)?;
            let all = async |held: &mut Held<'_>| {
                let mut room = commit_every;
                loop {
                    let batch = match first.take() {
                        Some(batch) => batch,
                        None => feed.next(room).await?,
                    };
                    // It may have ended while the rows were waited for.
                    session.refuse_over()?;
                    room -= batch.rows;
                    let ended = batch.ended;
                    feed.insert(held, bound.engine.dialect(), batch).await?;
                    if ended || room == 0 {
                        return Ok(ended);
                    }
                }
            };
            let ended = bracket::around(&mut held, all).await.map_err(located)?;
            if !is_joined {
                feed.done.committed = feed.done.rows;
                feed.tell();
            }
            if ended {
                return Ok(feed.done.rows);
            }
        }
    }
}

/// What a stream gives on its way into the table.
struct Feed<'r, 's, S: Stream<Item: StreamedRow>> {
    rows: Pin<&'r mut S>,
    each_insert: Option<MakeInsert<'s, ModelOf<S>>>,
    on_progress: Option<Box<dyn FnMut(Progress) + Send + 's>>,
    done: &'r mut Done,
}

impl<S: Stream<Item: StreamedRow>> Feed<'_, '_, S> {
    /// The next rows, at most as many as there is room for.
    async fn next(&mut self, room: u64) -> Result<Batch<ModelOf<S>>> {
        let mut batch = Batch { insert: Insert::of_none(), rows: 0, ended: false };
        let most = room.min(MOST_ROWS);
        let mut bytes = 0;
        let mut values = Vec::new();
        while batch.rows < most && bytes < MOST_BYTES {
            let Some(row) = self.rows.next().await else {
                batch.ended = true;
                break;
            };
            let taken = row.into_row().and_then(|row| batch.insert.add(row, &mut values, 1));
            taken.map_err(|error| error.saying(&format!("; at row {} of the stream", self.done.rows + batch.rows + 1)))?;
            bytes += batch.insert.bytes_of_last();
            batch.rows += 1;
        }
        if let Some(make) = &mut self.each_insert {
            batch.insert = make(batch.insert);
        }
        Ok(batch)
    }

    async fn insert(&mut self, held: &mut Held<'_>, dialect: &Dialect, batch: Batch<ModelOf<S>>) -> Result<()> {
        if batch.rows == 0 {
            return Ok(());
        }
        let inserted = async {
            let steps = batch.insert.render(dialect, held.capabilities()?, false)?;
            execute_all(held, &steps, |rows| batch.insert.tell(rows)).await
        };
        let last = self.done.rows + batch.rows;
        inserted.await.map_err(|error| error.saying(&format!("; in rows {} to {last} of the stream", self.done.rows + 1)))?;
        self.done.rows = last;
        self.tell();
        Ok(())
    }

    fn tell(&mut self) {
        if let Some(tell) = &mut self.on_progress {
            tell(Progress { rows: self.done.rows, total: None, committed: self.done.committed });
        }
    }
}

/// Refuses commits that can't be meant.
fn refuse_commits<E: Engine + ?Sized>(session: &Session<E>, commit_every: Option<usize>) -> Result<()> {
    let message = match commit_every {
        Some(0) => "a commit is of one row at least: `commit_every` is 0",
        Some(_) if session.part().is_some() => "a transaction is committed as a whole: leave out `commit_every`, or stream outside it",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::InvalidStatement, message))
}

/// Rows that are inserted together.
struct Batch<M> {
    insert: Insert<M>,
    rows: u64,
    /// whether there are no more
    ended: bool,
}

const MOST_ROWS: u64 = 1_000;
const MOST_BYTES: usize = 8 << 20;

impl<E: Engine + ?Sized, S: Stream<Item: StreamedRow>> fmt::Debug for InsertStream<'_, E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertStream").field("commit_every", &self.commit_every).finish_non_exhaustive()
    }
}
