use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, StreamExt};

use super::held::Held;
use crate::Result;
use crate::engine::{Row, Rows};

/// Rows as they come: [`Session::stream`](super::Session::stream). Memory stays constant, the server waits for the reader, and
/// it can be dropped at any row. It borrows its session, so that a transaction can't be committed while it is read.
///
/// [`try_next`](RowStream::try_next) reads it row by row. It is a `Stream` of the crate `futures` too, for `map`, `try_for_each` and their kin.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use futures_util::TryStreamExt;
///
/// // Every adapter of `futures_util` works on it.
/// let titles: Vec<String> =
///     session.stream(Post::select().filter(Post::author.eq(1))).map_ok(|post| post.title).try_collect().await?;
/// assert_eq!(titles, ["Notes", "Sketch"]);
/// # Ok(())
/// # }
/// ```
///
/// What ends the transaction does not compile while the stream is there:
///
/// ```compile_fail,E0505
/// # use bindery_core::{query::Query, session::Transaction};
/// # async fn example(tx: Transaction, query: impl Query) -> bindery_core::Result<()> {
/// let stream = tx.stream(query);
/// tx.commit().await?; // cannot move out of `tx` because it is borrowed
/// drop(stream);
/// # Ok(())
/// # }
/// ```
///
/// The stream dropped first, it compiles:
///
/// ```
/// # use bindery_core::{query::Query, session::Transaction};
/// # async fn example(tx: Transaction, query: impl Query) -> bindery_core::Result<()> {
/// let stream = tx.stream(query);
/// drop(stream);
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
pub struct RowStream<'s, T> {
    // Fused: polled beyond its end, it stays there.
    rows: Pin<Box<dyn Stream<Item = Result<T>> + Send + 's>>,
}

/// What the stream is doing between some rows and the next.
enum Step<'s, F> {
    Open(F),
    /// Where the result has ended, its connection stays until the last row was given: small results and large ones hold it alike.
    Read {
        rows: Rows<Held<'s>>,
        more: bool,
    },
    End,
}

impl<'s, T: Send + 'static> RowStream<'s, T> {
    /// The stream of a result that this future opens at the first poll.
    pub(super) fn new<F>(open: F, read: fn(&Row<'_>) -> Result<T>, context: impl Fn(crate::Error) -> crate::Error + Send + 's) -> Self
    where
        F: Future<Output = Result<Rows<Held<'s>>>> + Send + 's,
    {
        let parts = stream::unfold(Step::Open(open), move |step| async move {
            let mut rows = match step {
                Step::Open(open) => match open.await {
                    Ok(rows) => rows,
                    Err(error) => return Some((vec![Err(error)], Step::End)),
                },
                Step::Read { rows, more: true } => rows,
                Step::Read { more: false, .. } | Step::End => return None,
            };
            let mut some: Vec<T> = Vec::new();
            match rows.next_up_to(usize::MAX, read, |row| some.push(row)).await {
                Ok(more) => Some((some.into_iter().map(Ok).collect(), Step::Read { rows, more })),
                Err(error) => Some((some.into_iter().map(Ok).chain([Err(error)]).collect(), Step::End)),
            }
        });
        RowStream { rows: Box::pin(parts.flat_map(stream::iter).map(move |row| row.map_err(&context)).fuse()) }
    }
}

impl<T> RowStream<'_, T> {
    /// The next row, or `None` where there is no more: `while let Some(user) = users.try_next().await? { .. }`.
    ///
    /// # Errors
    /// As [`Session::all`](super::Session::all), the first one at the first row. After an error there is `None`.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.rows.next().await.transpose()
    }
}

impl<T> Stream for RowStream<'_, T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.rows.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for RowStream<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").finish_non_exhaustive()
    }
}
