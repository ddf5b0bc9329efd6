//! Transactions inside transactions: savepoints.

use std::time::Duration;

use bindery::prelude::*;
use bindery::session::Atomicity;
use bindery::{ErrorKind, Result};
use bindery_testkit::recorder::{Call, Recorder};
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::two_files::{Account, Note, TwoFiles, account, note, soon};

#[tokio::test]
async fn a_nested_commit_becomes_part_of_the_outer_one() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    outer.insert(note("outer")).await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    nested.commit().await?;
    assert!(files.notes().is_empty(), "a nested commit shows nothing to others");
    outer.insert(note("after")).await?;
    outer.commit().await?;
    assert_eq!(files.notes(), ["outer", "nested", "after"]);
    Ok(())
}

#[tokio::test]
async fn a_nested_commit_does_not_survive_the_outer_rollback() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    nested.commit().await?;
    outer.rollback().await?;
    assert!(files.notes().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_nested_rollback_undoes_only_itself() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    outer.insert(note("outer")).await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    nested.rollback().await?;
    assert_eq!(outer.count(Note::select()).await?, 1);
    outer.commit().await?;
    assert_eq!(files.notes(), ["outer"]);
    Ok(())
}

#[tokio::test]
async fn a_nested_one_that_is_dropped_leaves_only_the_outer_rows() -> Result<()> {
    let files = TwoFiles::open().await;
    // With a statement of the outer one after the drop, and without.
    for statement_after in [true, false] {
        let outer = files.session().begin().await?;
        outer.execute(Note::delete_all()).await?;
        outer.insert(note("outer")).await?;
        let nested = outer.begin().await?;
        nested.insert(note("nested")).await?;
        drop(nested);
        if statement_after {
            assert_eq!(outer.count(Note::select()).await?, 1);
        }
        outer.commit().await?;
        assert_eq!(files.notes(), ["outer"], "statement_after = {statement_after}");
    }
    Ok(())
}

#[tokio::test]
async fn each_of_two_levels_ends_by_itself() -> Result<()> {
    // What becomes of the middle and of the inner level, and which rows are there in the end.
    let ends = [
        ("commit", "commit", vec!["outer", "middle", "inner", "last"]),
        ("commit", "rollback", vec!["outer", "middle", "last"]),
        ("commit", "drop", vec!["outer", "middle", "last"]),
        ("rollback", "commit", vec!["outer", "last"]),
        ("drop", "commit", vec!["outer", "last"]),
        ("drop", "drop", vec!["outer", "last"]),
    ];
    for (middle_end, inner_end, expected) in ends {
        let files = TwoFiles::open().await;
        let outer = files.session().begin().await?;
        outer.insert(note("outer")).await?;
        let middle = outer.begin().await?;
        middle.insert(note("middle")).await?;
        let inner = middle.begin().await?;
        inner.insert(note("inner")).await?;
        end(inner, inner_end).await?;
        end(middle, middle_end).await?;
        outer.insert(note("last")).await?;
        outer.commit().await?;
        assert_eq!(files.notes(), expected, "middle: {middle_end}, inner: {inner_end}");
    }
    Ok(())
}

async fn end(tx: Transaction, how: &str) -> Result<()> {
    match how {
        "commit" => tx.commit().await,
        "rollback" => tx.rollback().await,
        _ => {
            drop(tx);
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_sibling_after_a_dropped_one_starts_without_its_rows() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    let first = outer.begin().await?;
    first.insert(note("first")).await?;
    drop(first);
    let second = outer.begin().await?;
    assert_eq!(second.count(Note::select()).await?, 0);
    second.insert(note("second")).await?;
    second.commit().await?;
    outer.commit().await?;
    assert_eq!(files.notes(), ["second"]);
    Ok(())
}

#[tokio::test]
async fn levels_dropped_without_a_statement_cost_nothing() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    for _ in 0..3 {
        let nested = outer.begin().await?;
        let inner = nested.begin().await?;
        drop(inner);
        nested.commit().await?;
    }
    assert_eq!(files.in_use("default"), 0);
    outer.insert(note("outer")).await?;
    outer.commit().await?;
    assert_eq!(files.notes(), ["outer"]);
    Ok(())
}

#[tokio::test]
async fn the_outer_one_waits_for_no_nested_one_but_says_so() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    outer.insert(note("outer")).await?;
    let nested = outer.begin().await?;
    for error in [
        soon(outer.insert(note("refused"))).await.unwrap_err(),
        soon(outer.count(Note::select())).await.unwrap_err(),
        soon(outer.begin()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::BindBusy, "{error}");
    }
    insta::assert_snapshot!(
        outer.insert(note("refused")).await.unwrap_err(),
        @"a nested transaction is open inside this one: use that, or end it first (bind `default`, table `note`)"
    );
    nested.insert(note("nested")).await?;
    nested.commit().await?;
    outer.commit().await?;
    assert_eq!(files.notes(), ["outer", "nested"]);
    Ok(())
}

#[tokio::test]
async fn an_outer_commit_under_an_open_nested_one_rolls_everything_back() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    outer.insert(note("outer")).await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    assert_eq!(outer.commit().await.unwrap_err().kind(), ErrorKind::BindBusy);
    for error in [nested.insert(note("late")).await.unwrap_err(), nested.commit().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::TransactionOver, "{error}");
    }
    files.until_all_are_back().await;
    assert!(files.notes().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_clone_of_a_nested_session_is_over_with_it() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    let nested = outer.begin().await?;
    let clone = Session::clone(&nested);
    clone.insert(note("nested")).await?;
    nested.commit().await?;
    assert_eq!(clone.insert(note("late")).await.unwrap_err().kind(), ErrorKind::TransactionOver);
    outer.commit().await?;
    assert_eq!(files.notes(), ["nested"]);
    Ok(())
}

#[tokio::test]
async fn a_multi_statement_insert_in_a_nested_transaction_is_undone_alone() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin().await?;
    let nested = outer.begin().await?;
    nested.insert(note("kept")).await?;
    // Two columns a row: 20,000 rows are two statements, and the last row of the second is refused.
    let rows = (0..20_000).map(|number| note(&format!("row {number}"))).chain([note("kept")]);
    assert_eq!(nested.insert_many(rows).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    nested.insert(note("also kept")).await?;
    nested.commit().await?;
    outer.commit().await?;
    assert_eq!(files.notes(), ["kept", "also kept"]);
    Ok(())
}

/// A nested transaction over both binds, its commit waiting for a statement of a clone that runs on the second one.
async fn while_a_nested_commit_waits<T>(
    files: &TwoFiles,
    then: impl AsyncFnOnce(Session, BoxFuture<'_, Result<()>>) -> T,
) -> (Transaction, T) {
    let outer = files.session().begin_with(Atomicity::BestEffort).await.unwrap();
    let nested = outer.begin().await.unwrap();
    nested.insert(note("nested")).await.unwrap();
    nested.insert(account("nested")).await.unwrap();
    let clone = nested.clone();
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(*) FROM n";
    let running = clone.all(raw("auth", long));
    let mut running = std::pin::pin!(running);
    let moment = Duration::from_millis(20);
    assert!(timeout(moment, &mut running).await.is_err());
    let mut commit: BoxFuture<'_, Result<()>> = Box::pin(nested.commit());
    assert!(timeout(moment, &mut commit).await.is_err());
    let (_, then) = tokio::join!(running, then(clone.clone(), commit));
    (outer, then)
}

#[tokio::test]
async fn a_nested_commit_that_is_cut_off_leaves_nothing_on_any_bind() -> Result<()> {
    let files = TwoFiles::open().await;
    let (outer, ()) = while_a_nested_commit_waits(&files, async |_, commit| drop(commit)).await;
    outer.commit().await?;
    assert_eq!(files.notes().len(), files.accounts().len(), "half of the nested transaction was committed");
    assert!(files.notes().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_statement_beside_a_nested_commit_is_in_it_or_fails() -> Result<()> {
    let files = TwoFiles::open().await;
    let (outer, (late, committed)) = while_a_nested_commit_waits(&files, async |clone, commit| {
        let late = async { clone.insert(note("late")).await };
        soon(async { tokio::join!(late, commit) }).await
    })
    .await;
    committed?;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::TransactionOver);
    outer.commit().await?;
    assert_eq!((files.notes(), files.accounts()), (vec!["nested".to_owned()], vec!["nested".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn a_nested_commit_that_one_bind_refuses_has_merged_on_none() -> Result<()> {
    let files = TwoFiles::open().await;
    let outer = files.session().begin_with(Atomicity::BestEffort).await?;
    outer.insert(account("ada")).await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    // SQLite ends the whole transaction of that bind, and the nested one goes on as if nothing were.
    let ended = nested.execute(raw("auth", "INSERT OR ROLLBACK INTO account (name) VALUES ('ada')")).await.unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::UniqueViolation);
    assert_eq!(nested.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    assert_eq!(outer.count(Note::select()).await?, 0, "the first bind has nothing of it either");
    assert_eq!(outer.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    assert!(files.notes().is_empty() && files.accounts().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_nested_commit_that_fails_half_way_takes_the_whole_transaction_with_it() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on(Call::ReleaseSavepoint).bind("auth").fails(ErrorKind::Interrupted);
    recorder.on("INSERT").affects(1);
    let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://").bind("auth", "recorder://");
    let outer = builder.connect().await?.session().begin_with(Atomicity::BestEffort).await?;
    let nested = outer.begin().await?;
    nested.execute(Note::insert([note("nested")])).await?;
    nested.execute(Account::insert([account("nested")])).await?;
    assert_eq!(nested.commit().await.unwrap_err().kind(), ErrorKind::Interrupted);
    // `default` has merged it, and `auth` could still roll it back: no commit may follow.
    assert_eq!(outer.execute(Note::insert([note("outer")])).await.unwrap_err().kind(), ErrorKind::TransactionOver);
    assert_eq!(outer.commit().await.unwrap_err().kind(), ErrorKind::TransactionOver);
    for bind in ["default", "auth"] {
        let calls: Vec<_> = recorder.sent(bind)?.into_iter().map(|sent| sent.call).collect();
        assert!(calls.contains(&Call::Rollback) && !calls.contains(&Call::Commit), "{bind}: {calls:?}");
    }
    Ok(())
}
