//! Transactions that touch two binds: refused as long as that can't be atomic, or in order and told.

use std::error::Error;

use bindery::engine::IsolationLevel;
use bindery::prelude::*;
use bindery::session::{Atomicity, BeginOptions};
use bindery::{BindKey, ErrorKind, Outcome, Result};

use crate::two_files::{Account, Note, TwoFiles, account, note, soon};

const DEFAULT: BindKey = BindKey::DEFAULT;
const AUTH: BindKey = BindKey::from_static("auth");

/// A note, and an account, that only COMMIT refuses.
fn orphan_note() -> Note {
    Note { id: 1, text: "orphan".into(), parent_id: Some(99) }
}

fn orphan_account() -> Account {
    Account { id: 1, name: "orphan".into(), parent_id: Some(99) }
}

#[tokio::test]
async fn a_second_bind_is_refused_before_anything_is_sent_to_it() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    tx.insert(note("first")).await?;
    for error in [
        tx.insert(account("second")).await.unwrap_err(),
        tx.count(Account::select()).await.unwrap_err(),
        tx.execute(raw("auth", "DELETE FROM account")).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.bind()), (ErrorKind::NotAtomic, Some(AUTH)), "{error}");
    }
    insta::assert_snapshot!(
        tx.insert(account("second")).await.unwrap_err(),
        @"bind `auth` can't join this transaction: it has touched bind `default`, and commit over several binds is not atomic yet; use one transaction per bind, or `begin_with(Atomicity::BestEffort)` (bind `auth`, table `account`)"
    );
    // Not even BEGIN: anyone else can have that file's one write lock, and no connection to it was taken.
    assert!(files.is_unlocked("auth"));
    assert!(!files.is_unlocked("default"));
    assert_eq!(files.in_use("auth"), 0);
    // The transaction itself goes on.
    tx.insert(note("second")).await?;
    tx.commit().await?;
    assert_eq!(files.notes(), ["first", "second"]);
    assert!(files.accounts().is_empty());
    Ok(())
}

#[tokio::test]
async fn two_binds_that_join_at_the_same_time_do_not_both_join() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin().await?;
    let (first, second) = soon(async { tokio::join!(tx.insert(note("first")), tx.insert(account("second"))) }).await;
    first?;
    assert_eq!(second.unwrap_err().kind(), ErrorKind::NotAtomic);
    assert!(files.is_unlocked("auth"));
    tx.commit().await?;
    assert_eq!(files.notes(), ["first"]);
    Ok(())
}

#[tokio::test]
async fn a_bind_that_failed_to_join_leaves_its_place_to_another() -> Result<()> {
    let files = TwoFiles::open_with(|builder| builder.bind_option("default", "busy_timeout", 0)).await;
    let other_program = files.witness("default");
    other_program.execute_batch("BEGIN IMMEDIATE").unwrap();
    let tx = files.session().begin().await?;
    assert_eq!(tx.insert(note("locked out")).await.unwrap_err().kind(), ErrorKind::Locked);
    tx.insert(account("alone")).await?;
    tx.commit().await?;
    assert_eq!(files.accounts(), ["alone"]);
    Ok(())
}

#[tokio::test]
async fn best_effort_commits_both_whatever_was_touched_first() -> Result<()> {
    for auth_first in [false, true] {
        let files = TwoFiles::open().await;
        let tx = files.session().begin_with(Atomicity::BestEffort).await?;
        if auth_first {
            tx.insert(account("ada")).await?;
        }
        tx.insert(note("hers")).await?;
        if !auth_first {
            tx.insert(account("ada")).await?;
        }
        assert!(files.notes().is_empty() && files.accounts().is_empty());
        assert!(!files.is_unlocked("default") && !files.is_unlocked("auth"));
        tx.commit().await?;
        assert_eq!((files.notes(), files.accounts()), (vec!["hers".to_owned()], vec!["ada".to_owned()]));
        assert_eq!(files.in_use("default") + files.in_use("auth"), 0);
    }
    Ok(())
}

#[tokio::test]
async fn where_the_second_bind_fails_the_error_says_what_became_of_each() -> Result<()> {
    for auth_first in [false, true] {
        let files = TwoFiles::open().await;
        let tx = files.session().begin_with(Atomicity::BestEffort).await?;
        if auth_first {
            tx.execute(Account::insert([orphan_account()])).await?;
        }
        tx.insert(note("there")).await?;
        if !auth_first {
            tx.execute(Account::insert([orphan_account()])).await?;
        }
        let error = tx.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PartialCommit);
        // The order of the configuration, not that of the statements.
        assert_eq!(error.outcomes(), [(DEFAULT, Outcome::Committed), (AUTH, Outcome::RolledBack)]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"
            the transaction has been committed on some binds and not on others
              - bind `default`: committed
              - bind `auth`: rolled back
            ");
            insta::assert_snapshot!(
                error.source().unwrap(),
                @"a foreign key refers to a row that is not there, or a row is still referred to (step `commit`, bind `auth`)"
            );
        }
        files.until_all_are_back().await;
        assert_eq!(files.notes(), ["there"]);
        assert!(files.accounts().is_empty());
        assert!(files.is_unlocked("auth"));
    }
    Ok(())
}

#[tokio::test]
async fn where_the_first_bind_fails_everything_is_rolled_back() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(account("not there")).await?;
    tx.execute(Note::insert([orphan_note()])).await?;
    let error = tx.commit().await.unwrap_err();
    assert_eq!((error.kind(), error.bind()), (ErrorKind::ForeignKeyViolation, Some(DEFAULT)));
    assert_eq!(error.outcomes(), [(DEFAULT, Outcome::RolledBack), (AUTH, Outcome::RolledBack)]);
    files.until_all_are_back().await;
    assert!(files.notes().is_empty() && files.accounts().is_empty());
    assert!(files.is_unlocked("default") && files.is_unlocked("auth"));
    Ok(())
}

#[tokio::test]
async fn a_bind_that_the_server_gave_up_is_found_before_the_first_commit() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(note("not there")).await?;
    tx.insert(account("lost")).await?;
    tx.execute(raw("auth", "INSERT OR ROLLBACK INTO account (name) VALUES ('lost')")).await.unwrap_err();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
    files.until_all_are_back().await;
    assert!(files.notes().is_empty(), "what was known to fail before the first commit must leave every bind rolled back");
    assert!(files.accounts().is_empty());
    Ok(())
}

#[tokio::test]
async fn rolled_back_or_dropped_it_leaves_nothing_on_either() -> Result<()> {
    let files = TwoFiles::open().await;
    for dropped in [false, true] {
        let tx = files.session().begin_with(Atomicity::BestEffort).await?;
        tx.insert(note("gone")).await?;
        tx.insert(account("gone")).await?;
        if dropped {
            drop(tx);
            files.until_all_are_back().await;
        } else {
            tx.rollback().await?;
        }
        assert!(files.is_unlocked("default") && files.is_unlocked("auth"));
        assert!(files.notes().is_empty() && files.accounts().is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn statements_on_different_binds_run_at_the_same_time() -> Result<()> {
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(Atomicity::BestEffort).await?;
    let (note, account) = soon(async { tokio::try_join!(tx.insert(note("a")), tx.insert(account("a"))) }).await?;
    assert_eq!((note.id, account.id), (1, 1));
    tx.commit().await?;
    assert_eq!((files.notes().len(), files.accounts().len()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn nested_levels_reach_over_both_binds() -> Result<()> {
    let files = TwoFiles::open().await;
    let options = BeginOptions::from(Atomicity::BestEffort).isolation(IsolationLevel::Serializable);
    let outer = files.session().begin_with(options).await?;
    outer.insert(note("outer")).await?;
    let kept = outer.begin().await?;
    kept.insert(note("kept")).await?;
    kept.insert(account("kept")).await?;
    kept.commit().await?;
    let gone = outer.begin().await?;
    gone.insert(account("gone")).await?;
    gone.insert(note("gone")).await?;
    drop(gone);
    outer.commit().await?;
    assert_eq!((files.notes(), files.accounts()), (vec!["outer".to_owned(), "kept".to_owned()], vec!["kept".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn reading_only_is_not_exempt_from_the_promise() -> Result<()> {
    // One moment over two databases is no more atomic than one commit.
    let files = TwoFiles::open().await;
    let tx = files.session().begin_with(BeginOptions::default().read_only()).await?;
    tx.count(Note::select()).await?;
    assert_eq!(tx.count(Account::select()).await.unwrap_err().kind(), ErrorKind::NotAtomic);
    tx.commit().await
}
