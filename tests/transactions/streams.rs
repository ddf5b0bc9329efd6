//! A stream inside a transaction holds its bind's connection, and whoever would wait for it is told.

use bindery::prelude::*;
use bindery::session::{Atomicity, RowStream};
use bindery::{ErrorKind, Result};
use futures_util::{FutureExt, StreamExt, TryStreamExt};

use crate::two_files::{Account, Note, TwoFiles, account, note, soon};

async fn with_rows(rows: usize) -> TwoFiles {
    let files = TwoFiles::open().await;
    let rows = (0..rows).map(|number| note(&format!("{number:05}")));
    files.session().execute(Note::insert(rows)).await.unwrap();
    files
}

#[tokio::test]
async fn another_statement_on_the_bind_is_busy_at_once() -> Result<()> {
    // Both a result that is there as a whole, and one that is still being read.
    for rows in [3, 5_000] {
        let files = with_rows(rows).await;
        let tx = files.session().begin_with(Atomicity::BestEffort).await?;
        let mut stream = tx.stream(Note::select().order_by(Note::id.asc()));
        assert_eq!(soon(stream.next()).await.unwrap()?.text, "00000");
        let started = std::time::Instant::now();
        for error in [
            soon(tx.insert(note("refused"))).await.unwrap_err(),
            soon(tx.count(Note::select())).await.unwrap_err(),
            soon(tx.stream(Note::select()).next()).await.unwrap().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::BindBusy, "{error}");
        }
        assert!(started.elapsed().as_secs() < 1, "it is said at once");
        let error = tx.insert(note("refused")).await.unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                error,
                @"a stream of this transaction is still open on this bind, or its connection is lent by `native`: read the stream to its end, or drop what is open, before the next statement (bind `default`, table `note`)"
            );
        }
        // Another bind isn't concerned.
        soon(tx.insert(account("meanwhile"))).await?;
        assert_eq!(soon(stream.try_fold(1, |count, _| async move { Ok(count + 1) })).await?, rows);
        soon(tx.insert(note("after the end"))).await?;
        soon(tx.commit()).await?;
        assert_eq!(files.notes().len(), rows + 1);
        assert_eq!(files.accounts().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn after_a_dropped_stream_the_transaction_goes_on() -> Result<()> {
    for rows in [3, 5_000] {
        for read in [0, 1, 2] {
            let files = with_rows(rows).await;
            let tx = files.session().begin().await?;
            tx.insert(note("before")).await?;
            let mut stream = tx.stream(Note::select());
            for _ in 0..read {
                soon(stream.next()).await.unwrap()?;
            }
            drop(stream);
            soon(tx.insert(note("after"))).await?;
            soon(tx.commit()).await?;
            assert_eq!(files.notes().len(), rows + 2, "of {rows} rows {read} were read");
            assert_eq!(files.in_use("default"), 0);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_statement_that_was_waiting_when_the_stream_began_is_told_too() -> Result<()> {
    let files = with_rows(10).await;
    let tx = files.session().begin().await?;
    let mut stream = tx.stream(Note::select());
    // The insert queues behind the stream's own first poll, which then keeps the connection.
    let (row, inserted) = soon(async { tokio::join!(stream.next(), tx.insert(note("waits"))) }).await;
    row.unwrap()?;
    assert_eq!(inserted.unwrap_err().kind(), ErrorKind::BindBusy);
    drop(stream);
    tx.commit().await?;
    assert_eq!(files.notes().len(), 10);
    Ok(())
}

#[tokio::test]
async fn a_stream_that_was_begun_and_left_alone_is_told_too() -> Result<()> {
    let files = with_rows(10).await;
    let tx = files.session().begin().await?;
    let mut stream = tx.stream(Note::select());
    // Polled once, it waits for its BEGIN; nobody polls it again before the next statement.
    let other_program = files.witness("default");
    other_program.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(stream.next().now_or_never().is_none());
    assert_eq!(soon(tx.insert(note("refused"))).await.unwrap_err().kind(), ErrorKind::BindBusy);
    other_program.execute_batch("ROLLBACK").unwrap();
    assert_eq!(soon(stream.try_collect::<Vec<_>>()).await?.len(), 10);
    tx.commit().await
}

#[tokio::test]
async fn a_nested_transaction_begun_during_a_stream_waits_for_nothing() -> Result<()> {
    let files = with_rows(5_000).await;
    let tx = files.session().begin().await?;
    let mut stream = tx.stream(Note::select());
    soon(stream.next()).await.unwrap()?;
    let nested = tx.begin().await?;
    assert_eq!(soon(nested.insert(note("refused"))).await.unwrap_err().kind(), ErrorKind::BindBusy);
    drop(stream);
    soon(nested.insert(note("nested"))).await?;
    soon(nested.commit()).await?;
    soon(tx.commit()).await?;
    assert_eq!(files.notes().len(), 5_001);
    Ok(())
}

#[tokio::test]
async fn outside_a_transaction_a_stream_hinders_no_writer() -> Result<()> {
    let files = with_rows(5_000).await;
    let session = files.session();
    let mut stream = session.stream(Note::select());
    soon(stream.next()).await.unwrap()?;
    soon(session.insert(note("meanwhile"))).await?;
    soon(async {
        let tx = session.begin().await?;
        tx.insert(note("in a transaction")).await?;
        tx.commit().await
    })
    .await?;
    drop(stream);
    files.until_all_are_back().await;
    assert_eq!(files.notes().len(), 5_002);
    assert_eq!(session.count(Account::select()).await?, 0);
    Ok(())
}

#[tokio::test]
async fn the_end_of_the_transaction_does_not_wait_for_a_stream_either() -> Result<()> {
    for commits in [true, false] {
        let files = with_rows(5_000).await;
        let tx = files.session().begin().await?;
        tx.insert(note("new")).await?;
        // `tx.stream` would borrow the transaction, and the commit would not compile.
        let clone = Session::clone(&tx);
        let mut stream = clone.stream(Note::select());
        soon(stream.next()).await.unwrap()?;
        let ended = if commits { soon(tx.commit()).await } else { soon(tx.rollback()).await };
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::BindBusy);
        drop(stream);
        files.until_all_are_back().await;
        assert_eq!(files.notes().len(), 5_000, "it is rolled back");
        assert!(files.is_unlocked("default"));
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_is_read_without_another_crate() -> Result<()> {
    let files = with_rows(3).await;
    let session = files.session();
    let mut stream = session.stream(Note::select().order_by(Note::id.asc()));
    let mut texts = Vec::new();
    while let Some(note) = RowStream::try_next(&mut stream).await? {
        texts.push(note.text);
    }
    assert_eq!(texts, ["00000", "00001", "00002"]);
    assert!(RowStream::try_next(&mut stream).await?.is_none(), "beyond its end it stays there");
    Ok(())
}
