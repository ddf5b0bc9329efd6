//! Begin, commit, roll back, drop.

use bindery::engine::IsolationLevel;
use bindery::prelude::*;
use bindery::session::BeginOptions;
use bindery::{ErrorKind, Result};

use crate::two_files::{Note, TwoFiles, note, soon};

#[tokio::test]
async fn what_is_committed_is_there_and_nobody_saw_it_before() -> Result<()> {
    let files = TwoFiles::open().await;
    let session = files.session();
    let tx = session.begin().await?;
    let first = tx.insert(note("first")).await?;
    tx.execute(Note::update().set(Note::text.to("changed")).filter(Note::id.eq(first.id))).await?;
    assert_eq!(tx.count(Note::select()).await?, 1, "a transaction sees what it wrote");
    assert_eq!(session.count(Note::select()).await?, 0, "a session outside of it does not");
    assert!(files.notes().is_empty(), "nor does another program");
    tx.commit().await?;
    assert_eq!(files.notes(), ["changed"]);
    assert_eq!(files.in_use("default"), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_rolled_back_is_gone_and_the_lock_is_free_at_once() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.insert(note("gone")).await?;
    assert!(!files.is_unlocked("default"));
    tx.rollback().await?;
    assert!(files.notes().is_empty());
    assert!(files.is_unlocked("default"));
    assert_eq!(files.in_use("default"), 0);
    Ok(())
}

#[tokio::test]
async fn begin_takes_no_connection_before_the_first_statement() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    assert_eq!(files.in_use("default") + files.in_use("auth"), 0);
    assert!(files.is_unlocked("default"));
    tx.commit().await
}

#[tokio::test]
async fn a_dropped_transaction_is_rolled_back_in_the_background() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.insert(note("dropped")).await?;
    assert!(!files.is_unlocked("default"));
    drop(tx);
    files.until_all_are_back().await;
    assert!(files.is_unlocked("default"));
    assert!(files.notes().is_empty());
    soon(files.session().insert(note("after"))).await?;
    assert_eq!(files.notes(), ["after"]);
    Ok(())
}

#[tokio::test]
async fn a_task_that_panics_in_a_transaction_leaves_a_rollback() {
    let files = TwoFiles::open().await;
    let session = files.session();
    let panicked = tokio::spawn(async move {
        let tx = session.begin().await.unwrap();
        tx.insert(note("panicked")).await.unwrap();
        panic!("the application has a bug");
    });
    assert!(panicked.await.unwrap_err().is_panic());
    files.until_all_are_back().await;
    assert!(files.notes().is_empty());
    assert!(files.is_unlocked("default"));
}

#[tokio::test]
async fn the_sessions_of_a_transaction_are_over_with_it() -> Result<()> {
    let files = TwoFiles::open().await;
    for end in ["commit", "rollback", "drop"] {
        let tx = files.session().begin().await?;
        let clone = Session::clone(&tx);
        clone.insert(note(end)).await?;
        match end {
            "commit" => tx.commit().await?,
            "rollback" => tx.rollback().await?,
            _ => drop(tx),
        }
        // The clone lives on, and holds nothing.
        files.until_all_are_back().await;
        assert!(files.is_unlocked("default"), "after {end}");
        for error in [
            clone.insert(note("late")).await.unwrap_err(),
            clone.all(Note::select()).await.unwrap_err(),
            clone.begin().await.unwrap_err(),
            clone.execute(Note::delete_all()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::TransactionOver, "after {end}: {error}");
        }
    }
    files.until_all_are_back().await;
    assert_eq!(files.notes(), ["commit"]);
    insta::assert_snapshot!(
        files.session().begin().await?.session_after_commit().await.count(Note::select()).await.unwrap_err(),
        @"this transaction has been committed or rolled back: begin a new one (bind `default`, table `note`)"
    );
    Ok(())
}

trait SessionAfterCommit {
    async fn session_after_commit(self) -> Session;
}

impl SessionAfterCommit for Transaction {
    async fn session_after_commit(self) -> Session {
        let session = Session::clone(&self);
        self.commit().await.unwrap();
        session
    }
}

#[tokio::test]
async fn a_failed_statement_is_undone_alone_and_the_transaction_goes_on() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.insert(note("twice")).await?;
    let error = tx.insert_many([note("other"), note("twice")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    tx.insert(note("last")).await?;
    tx.commit().await?;
    assert_eq!(files.notes(), ["twice", "last"]);
    Ok(())
}

#[tokio::test]
async fn what_the_server_has_ended_runs_nothing_more_and_is_not_committed() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.insert(note("lost")).await?;
    // SQLite itself rolls the transaction back.
    let or_rollback = raw("default", "INSERT OR ROLLBACK INTO note (text) VALUES (?)").param("lost");
    assert_eq!(tx.execute(or_rollback).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    for error in [
        tx.insert(note("never")).await.unwrap_err(),
        tx.count(Note::select()).await.unwrap_err(),
        tx.begin().await?.insert(note("nested")).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
    }
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TransactionAborted);
    insta::assert_snapshot!(error, @"SQLite has rolled the transaction back after an earlier error (step `commit`, bind `default`)");
    files.until_all_are_back().await;
    assert!(files.notes().is_empty());
    assert!(files.is_unlocked("default"));
    Ok(())
}

#[tokio::test]
async fn a_commit_that_the_server_refuses_leaves_nothing() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.execute(Note::insert([Note { id: 1, text: "orphan".into(), parent_id: Some(99) }])).await?;
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    assert_eq!(error.step(), Some("commit"));
    files.until_all_are_back().await;
    assert!(files.notes().is_empty());
    assert!(files.is_unlocked("default"));
    Ok(())
}

#[tokio::test]
async fn a_read_only_transaction_leaves_the_writer_to_others_and_sees_one_moment() -> Result<()> {
    let files = TwoFiles::open().await;
    let session = files.session();
    session.insert(note("before")).await?;
    let reading = session.begin_with(BeginOptions::default().read_only()).await?;
    assert_eq!(reading.count(Note::select()).await?, 1);
    soon(session.insert(note("meanwhile"))).await?;
    assert_eq!(reading.count(Note::select()).await?, 1, "its snapshot is of its first statement");
    let error = reading.insert(note("refused")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    reading.commit().await?;
    assert_eq!(files.notes(), ["before", "meanwhile"]);
    Ok(())
}

#[tokio::test]
async fn a_nested_transaction_has_no_options_of_its_own() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(IsolationLevel::Serializable).await?;
    let error = tx.begin_with(IsolationLevel::Serializable).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    insta::assert_snapshot!(error, @"a nested transaction has the options of the one around it: give them there");
    tx.commit().await
}

#[tokio::test]
async fn statements_on_one_bind_queue() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    let (a, b, c) = soon(async { tokio::join!(tx.insert(note("a")), tx.insert(note("b")), tx.count(Note::select())) }).await;
    assert_eq!((a?.id, b?.id, c?), (1, 2, 2));
    tx.commit().await?;
    assert_eq!(files.notes(), ["a", "b"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_share_a_transaction_queue_too() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let session = Session::clone(&tx);
            tokio::spawn(async move { session.insert(note(&format!("{number:02}"))).await })
        })
        .collect();
    for task in tasks {
        soon(task).await.unwrap()?;
    }
    tx.commit().await?;
    assert_eq!(files.notes().len(), 20);
    Ok(())
}
