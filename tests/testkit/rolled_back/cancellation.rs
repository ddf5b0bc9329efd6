//! What the application drops is undone, and the test goes on.

use std::time::Duration;

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::rolled_back;
use futures_util::FutureExt;

use super::{Real, texts};
use crate::models::{NewNote, Note, note, soon};

/// Polls a future so often, and drops it.
async fn polled<F: Future>(future: F, times: usize) -> bool {
    let mut future = Box::pin(future);
    for _ in 0..times {
        if future.as_mut().now_or_never().is_some() {
            return true;
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
    false
}

#[tokio::test]
async fn a_dropped_statement_is_undone_and_the_test_goes_on() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("before")).await?;
    let long =
        "INSERT INTO notes (text) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT 'n' || i FROM n";
    assert!(!polled(session.execute(raw("default", long)), 2).await);
    assert_eq!(soon(session.count(Note::select())).await?, 2);

    let tx = session.begin().await?;
    tx.insert(note("in a transaction")).await?;
    assert!(!polled(tx.execute(raw("default", long)), 2).await);
    let error = soon(tx.insert(note("after"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "as on the real databases");
    drop(tx);
    assert_eq!(soon(session.count(Note::select())).await?, 2);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn futures_dropped_at_every_await_leave_whole_transactions_only() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    let pair = async |number: usize| {
        let tx = session.begin().await?;
        tx.insert(NewNote { text: format!("a{number}") }).await?;
        let nested = tx.begin().await?;
        nested.insert(NewNote { text: format!("b{number}") }).await?;
        nested.commit().await?;
        tx.commit().await
    };
    let mut ended = 0;
    for number in 0..60 {
        if polled(pair(number), number % 30).await {
            ended += 1;
        }
    }
    assert!((1..60).contains(&ended), "{ended} of 60 came to their end");
    let texts = soon(texts(&session)).await?;
    for text in texts.iter().skip(1) {
        let (letter, number) = text.split_at(1);
        let other = if letter == "a" { "b" } else { "a" };
        assert!(texts.contains(&format!("{other}{number}")), "half of pair {number} is there");
    }
    assert!(texts.len() > 2 * ended, "{ended} pairs were committed, and there are {texts:?}");
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn a_stream_that_is_left_half_read_is_closed() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.execute(Note::insert((0..5_000).map(|number| NewNote { text: number.to_string() }))).await?;
    let mut stream = session.stream(Note::select());
    stream.try_next().await?.unwrap();
    drop(stream);
    assert_eq!(soon(session.count(Note::select())).await?, 5_001);

    let tx = session.begin().await?;
    tx.insert(note("kept")).await?;
    let mut stream = tx.stream(Note::select());
    stream.try_next().await?.unwrap();
    drop(stream);
    tx.commit().await?;
    assert_eq!(soon(session.count(Note::select())).await?, 5_002);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn waiting_for_the_first_connection_can_be_dropped() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    // Another program has the file's writer, so that the transaction around the test can't begin.
    let other_program = rusqlite::Connection::open(real.files.path("default")).unwrap();
    other_program.execute_batch("BEGIN IMMEDIATE").unwrap();
    let session = test.session();
    assert!(!polled(session.insert(note("dropped")), 3).await);
    other_program.execute_batch("ROLLBACK").unwrap();
    soon(session.insert(note("begun"))).await?;
    assert_eq!(texts(&session).await?, ["first", "begun"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}
