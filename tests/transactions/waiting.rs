//! Waiting for the one writer never stalls the executor, and what would wait for itself is told.

use std::time::{Duration, Instant};

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::Ticker;

use crate::two_files::{Note, TwoFiles, note, soon};

/// The longest that another task may have been kept from its turn. Who waited for a lock by blocking the thread would stall it for
/// as long as the lock is held, 200 ms here.
const LONGEST: Duration = Duration::from_millis(50);

async fn hold_over_an_await(session: Session, text: &'static str) -> Result<()> {
    let tx = session.begin().await?;
    tx.insert(note(text)).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    tx.execute(Note::update().set(Note::text.to(format!("{text}, held"))).filter(Note::text.eq(text))).await?;
    tx.commit().await
}

#[tokio::test(flavor = "current_thread")]
async fn two_tasks_with_transactions_come_one_after_the_other_and_the_executor_never_stalls() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_size", 1)).await;
    let tasks = ["first", "second"].map(|text| tokio::spawn(hold_over_an_await(files.session(), text)));
    let started = Instant::now();
    let ticker = Ticker::start();
    let results = soon(futures_util::future::join_all(tasks)).await;
    let longest = ticker.longest_gap();
    for result in results {
        result.unwrap()?;
    }
    assert!(started.elapsed() >= Duration::from_millis(400), "they can't have run at the same time");
    assert_eq!(files.notes(), ["first, held", "second, held"]);
    println!("the longest that the ticking task waited: {longest:?}");
    assert!(longest < LONGEST, "the executor was stalled for {longest:?}");
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn a_lock_that_another_program_holds_does_not_stall_the_executor() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_size", 1)).await;
    let other_program = files.witness("default");
    other_program.execute_batch("BEGIN IMMEDIATE; INSERT INTO note (text) VALUES ('theirs')").unwrap();
    let session = files.session();
    let waiting = tokio::spawn(async move { session.insert(note("ours")).await });
    let ticker = Ticker::start();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let longest = ticker.longest_gap();
    assert!(!waiting.is_finished());
    other_program.execute_batch("COMMIT").unwrap();
    soon(waiting).await.unwrap()?;
    assert_eq!(files.notes(), ["theirs", "ours"]);
    assert!(longest < LONGEST, "the executor was stalled for {longest:?}");
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn a_task_that_would_wait_for_its_own_transaction_is_told() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_size", 1).engine_option("pool_timeout", "300ms")).await;
    let session = files.session();
    let task = tokio::spawn(async move {
        let tx = session.begin().await?;
        tx.insert(note("held")).await?;
        let started = Instant::now();
        let error = soon(session.insert(note("waits for itself"))).await.unwrap_err();
        let waited = started.elapsed();
        tx.commit().await?;
        Ok::<_, bindery::Error>((error, waited))
    });
    let (error, waited) = task.await.unwrap()?;
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::BindBusy, "default"), "{error}");
    let message = error.to_string();
    assert!(message.starts_with("this task would wait for itself: 1 writer is out, for up to "), "{message}");
    assert!(message.ends_with("or send this statement to the open transaction (bind `default`, table `note`)"), "{message}");
    assert!((Duration::from_millis(250)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
    assert_eq!(files.notes(), ["held"]);
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn waiting_for_another_task_is_a_time_out_that_says_what_holds_the_writer() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_timeout", "100ms")).await;
    let session = files.session();
    let tx = session.begin().await?;
    tx.insert(note("held")).await?;
    let waiting = tokio::spawn(async move { session.insert(note("waits")).await });
    let error = soon(waiting).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(message.starts_with("no connection became free within 100ms (`pool_timeout`): 1 writer is out, for up to "), "{message}");
    assert!(message.contains("1 of them in a transaction; a file has one: keep transactions short"), "{message}");
    tx.rollback().await
}

#[tokio::test(flavor = "current_thread")]
async fn a_pool_of_one_reader_serves_readers_beside_a_transaction() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_size", 1)).await;
    let session = files.session();
    let tx = session.begin().await?;
    tx.insert(note("not yet")).await?;
    assert_eq!(soon(session.count(Note::select())).await?, 0);
    tx.commit().await?;
    assert_eq!(soon(session.count(Note::select())).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_statement_that_was_begun_and_left_alone_is_not_waited_for_for_ever() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.engine_option("pool_timeout", "200ms")).await;
    let tx = files.session().begin().await?;
    // Another program has the file, so that the first statement waits for its BEGIN; nobody polls it again.
    let other_program = files.witness("default");
    other_program.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut left_alone = Box::pin(tx.insert(note("left alone")));
    assert!(futures_util::FutureExt::now_or_never(left_alone.as_mut()).is_none());
    let error = soon(tx.insert(note("refused"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BindBusy);
    assert!(error.to_string().contains("200ms"), "{error}");
    other_program.execute_batch("ROLLBACK").unwrap();
    soon(left_alone).await?;
    soon(tx.commit()).await?;
    assert_eq!(files.notes(), ["left alone"]);
    Ok(())
}
