//! A future of a session dropped at each of its awaits: no lock is leaked, nothing is committed half, the pool is whole.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use bindery::SqliteDriver;
use bindery::prelude::*;
use bindery::session::Atomicity;
use bindery::{Error, Result};
use futures_util::TryStreamExt;

use crate::two_files::{Note, TwoFiles, account, note, soon};

/// When a future is dropped, after a number of polls.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Drop {
    /// at once: what it waits for is going on
    AtOnce,
    /// when it is woken: what it waited for is done, and nobody has looked
    Woken,
}

/// Polls a future so many times and drops it; its output, if it came that far.
pub(crate) async fn poll_times<F: Future>(future: F, times: usize, when: Drop) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls == times && matches!(when, Drop::AtOnce) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// How often a work must come to its end: what is done before it is asked for saves a poll, so that one end may be luck.
const ENDS: usize = 3;

/// Runs a work that is dropped after each number of polls, until it comes to its end; after each, the bind is as good as new.
async fn at_each_await<F: Future<Output = Result<()>>>(files: &TwoFiles, work: impl Fn() -> F, check: impl Fn(bool, &str)) {
    for when in [Drop::AtOnce, Drop::Woken] {
        let (mut times, mut ends) = (0, 0);
        while ends < ENDS {
            let session = files.session();
            session.execute(Note::delete_all()).await.unwrap();
            let done = soon(poll_times(work(), times, when)).await;
            let place = format!("dropped after {times} polls, {when:?}");
            // No lock is leaked: someone else gets the one writer, and soon.
            soon(async {
                let tx = session.begin_with(Atomicity::BestEffort).await?;
                tx.insert(note("probe")).await?;
                tx.insert(account("probe")).await?;
                tx.rollback().await
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{place}: {error:?}"));
            files.until_all_are_back().await;
            assert!(files.is_unlocked("default"), "{place}");
            check(done.is_some(), &place);
            if let Some(done) = done {
                done.unwrap();
                ends += 1;
            }
            times += 1;
        }
    }
}

/// A transaction of several statements, with a nested one in it; five rows.
pub(crate) async fn transaction(session: Session) -> Result<()> {
    let tx = session.begin().await?;
    let first = tx.insert(note("1")).await?;
    tx.insert_many([note("2"), note("3")]).await?;
    let nested = tx.begin().await?;
    nested.execute(Note::insert([note("4"), note("5")])).await?;
    nested.commit().await?;
    let dropped = tx.begin().await?;
    dropped.insert(note("never")).await?;
    drop(dropped);
    tx.execute(Note::update().set(Note::text.to("one")).filter(Note::id.eq(first.id))).await?;
    assert_eq!(tx.stream(Note::select()).try_collect::<Vec<_>>().await?.len(), 5);
    tx.commit().await
}

fn none_or_all(files: &TwoFiles, all: usize) -> impl Fn(bool, &str) {
    move |done, place| {
        let rows = files.notes().len();
        assert!(rows == all || (rows == 0 && !done), "{place}: {rows} of {all} rows");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_transaction_on_a_current_thread_runtime() {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_size", 1)).await;
    at_each_await(&files, || transaction(files.session()), none_or_all(&files, 5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_on_a_multi_thread_runtime() {
    let files = TwoFiles::open().await;
    at_each_await(&files, || transaction(files.session()), none_or_all(&files, 5)).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_transaction_of_each_execution() {
    for execution in ["inline", "blocking"] {
        let files = TwoFiles::open_with(|builder| builder.engine_option("execution", execution)).await;
        let polls = std::cell::Cell::new(0);
        let work = || {
            polls.set(polls.get() + 1);
            transaction(files.session())
        };
        if execution == "blocking" {
            at_each_await(&files, work, none_or_all(&files, 5)).await;
        } else {
            // Everything but opening the file is done at the first poll.
            assert!(soon(poll_times(work(), 50, Drop::AtOnce)).await.is_some());
            none_or_all(&files, 5)(true, "inline");
        }
    }
}

const ROWS: usize = 11_000;

/// Three parameters a row, 32,766 a statement: two of them.
fn rows() -> impl Iterator<Item = Note> {
    (0..ROWS).map(|number| Note { id: number as i64, text: number.to_string(), parent_id: None })
}

#[tokio::test]
async fn an_insert_of_several_statements() {
    let files = TwoFiles::open().await;
    at_each_await(&files, || async { files.session().execute(Note::insert(rows())).await.map(|_| ()) }, none_or_all(&files, ROWS)).await;
}

#[tokio::test]
async fn an_insert_of_several_statements_that_gives_its_rows_back() {
    let files = TwoFiles::open().await;
    let work = || async {
        let rows = files.session().insert_many(rows()).await?;
        assert_eq!(rows.len(), ROWS);
        Ok(())
    };
    at_each_await(&files, work, none_or_all(&files, ROWS)).await;
}

#[tokio::test]
async fn a_stream() {
    let files = TwoFiles::open().await;
    let work = || async {
        let session = files.session();
        session.execute(Note::insert((0..3_000).map(|number| note(&number.to_string())))).await?;
        let read = session.stream(Note::select()).try_fold(0, |count, _| async move { Ok(count + 1) }).await?;
        assert_eq!(read, 3_000);
        Ok(())
    };
    at_each_await(&files, work, none_or_all(&files, 3_000)).await;
}

#[tokio::test]
async fn a_transaction_over_two_binds_leaves_no_lock() {
    let files = TwoFiles::open().await;
    let work = || async {
        let session = files.session();
        let tx = session.begin_with(Atomicity::BestEffort).await?;
        tokio::try_join!(tx.insert(note("a")), tx.execute(raw("auth", "DELETE FROM account")))?;
        tx.insert(account("a")).await?;
        tx.commit().await
    };
    // Which of the binds have committed is for `BestEffort` to say, and nobody was there to be told.
    at_each_await(&files, work, |_, place| assert!(files.is_unlocked("auth"), "{place}")).await;
}

#[tokio::test]
async fn a_commit_that_waits_for_another_session_leaves_no_lock() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(account("a")).await?;
    tx.insert(note("a")).await?;
    // Its statement is running, and it lives on.
    let clone = Session::clone(&tx);
    let mut running = Box::pin(clone.execute(Note::insert((0..5_000).map(|number| note(&number.to_string())))));
    assert!(futures_util::FutureExt::now_or_never(running.as_mut()).is_none());
    // The commit waits for the statement on `default`; `auth`, which comes after it, hasn't been looked at.
    assert!(poll_times(tx.commit(), 1, Drop::AtOnce).await.is_none());
    drop(running);
    files.until_all_are_back().await;
    assert!(files.is_unlocked("default") && files.is_unlocked("auth"));
    assert!(files.notes().is_empty() && files.accounts().is_empty());
    drop(clone);
    Ok(())
}

#[tokio::test]
async fn creating_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    for when in [Drop::AtOnce, Drop::Woken] {
        for times in 0..1_000 {
            let file = |bind: &str| folder.path().join(format!("{bind}-{times}-{when:?}.db"));
            let url = |bind: &str| format!("sqlite:///{}", file(bind).display());
            let databases = Databases::builder().driver(SqliteDriver).bind("default", url("default")).bind("auth", url("auth"));
            let databases = databases.connect().await.unwrap();
            let done = soon(poll_times(databases.create_all(All), times, when)).await;
            // Closing waits for what is cleaned in the background.
            soon(databases.close()).await;
            let tables = ["default", "auth"].map(|bind| {
                let witness = rusqlite::Connection::open(file(bind)).unwrap();
                witness.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
                witness
                    .query_row("SELECT count(*) FROM sqlite_schema WHERE name IN ('note', 'account')", [], |row| row.get::<_, i64>(0))
                    .unwrap()
            });
            // Each bind has all of its tables or none.
            assert!(matches!(tables, [0 | 1, 0 | 1]) && tables[0] >= tables[1], "after {times} polls: {tables:?}");
            if let Some(done) = done {
                done.unwrap();
                assert_eq!(tables, [1, 1]);
                break;
            }
        }
    }
}
