//! The same promises on PostgreSQL, where an error leaves only a rollback. psql is the witness.

use bindery::prelude::*;
use bindery::session::Atomicity;
use bindery::{ErrorKind, Postgres, PostgresDriver, Result};
use bindery_testkit::{TempPostgres, TempPostgresDatabase};

use crate::two_files::{Account, Note, account, note};

struct Two {
    default: TempPostgresDatabase,
    auth: TempPostgresDatabase,
    databases: Databases,
}

impl Two {
    async fn open() -> Self {
        let server = TempPostgres::shared().unwrap();
        let (default, auth) = (server.database().unwrap(), server.database().unwrap());
        let builder = Databases::builder().driver(PostgresDriver).bind("default", default.url()).bind("auth", auth.url());
        let databases = builder.connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        Two { default, auth, databases }
    }

    /// The notes and the accounts, in order.
    fn rows(&self) -> (String, String) {
        let notes = self.default.psql("SELECT string_agg(text, ',' ORDER BY id) FROM note").unwrap();
        (notes, self.auth.psql("SELECT string_agg(name, ',' ORDER BY id) FROM account").unwrap())
    }
}

#[tokio::test]
async fn a_nested_transaction_that_failed_on_one_bind_is_undone_on_both() -> Result<()> {
    let two = Two::open().await;
    let outer = two.databases.session().begin_with(Atomicity::BestEffort).await?;
    outer.insert(account("ada")).await?;
    outer.insert(note("outer")).await?;
    let nested = outer.begin().await?;
    nested.insert(note("nested")).await?;
    nested.insert(account("nested")).await?;
    assert_eq!(nested.insert(account("ada")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    // Nobody looked at that error.
    assert_eq!(nested.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    // The savepoint brings the failed bind back.
    assert_eq!((outer.count(Note::select()).await?, outer.count(Account::select()).await?), (1, 1));
    outer.insert(account("after")).await?;
    outer.commit().await?;
    assert_eq!(two.rows(), ("outer".to_owned(), "ada,after".to_owned()));
    two.databases.close().await;
    Ok(())
}

#[tokio::test]
async fn a_commit_of_two_binds_of_which_one_has_failed_commits_neither() -> Result<()> {
    let two = Two::open().await;
    let tx = two.databases.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(note("note")).await?;
    tx.insert(account("ada")).await?;
    assert_eq!(tx.insert(account("ada")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(tx.insert(account("bob")).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    assert_eq!(two.rows(), (String::new(), String::new()));
    two.databases.close().await;
    Ok(())
}

#[tokio::test]
async fn many_rows_that_fail_are_undone_by_the_savepoint_around_them() -> Result<()> {
    let two = Two::open().await;
    let tx = two.databases.session().begin().await?;
    tx.insert(note("first")).await?;
    let rows = [Note { id: 10, text: "a".into(), parent_id: None }, Note { id: 11, text: "first".into(), parent_id: None }];
    let nested = tx.begin().await?;
    assert_eq!(nested.execute(Note::insert(rows)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    nested.rollback().await?;
    tx.insert_many([note("second"), note("third")]).await?;
    tx.commit().await?;
    assert_eq!(two.rows().0, "first,second,third");
    two.databases.close().await;
    Ok(())
}

#[tokio::test]
async fn a_lent_connection_of_the_transaction_is_named_to_who_needs_it() -> Result<()> {
    let two = Two::open().await;
    let tx = two.databases.session().begin().await?;
    let client = tx.native::<Postgres>("default").await?;
    for error in [tx.insert(note("refused")).await.unwrap_err(), tx.native::<Postgres>("default").await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::BindBusy);
        assert!(error.to_string().contains("or its connection is lent by `native`"), "{error}");
    }
    drop(client);
    tx.insert(note("taken")).await?;
    tx.commit().await?;
    assert_eq!(two.rows(), ("taken".to_owned(), String::new()));
    Ok(())
}

#[tokio::test]
async fn a_bind_of_another_engine_lends_none_and_is_named() -> Result<()> {
    let files = crate::two_files::TwoFiles::open().await;
    let tx = files.session().begin().await?;
    for error in [files.session().native::<Postgres>("auth").await.unwrap_err(), tx.native::<Postgres>("auth").await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.to_string(), "this bind is sqlite, which lends no `Postgres` connection (bind `auth`)");
    }
    Ok(())
}
