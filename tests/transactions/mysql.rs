//! The same promises on MariaDB and MySQL 5.7, where a failed statement is undone alone, and a deadlock ends its victim. The servers' own
//! client is the witness.

use bindery::prelude::*;
use bindery::session::{Atomicity, Builder};
use bindery::{ErrorKind, Mysql, MysqlDriver, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};
use futures_util::StreamExt;

use crate::cancellation::{Drop, poll_times, transaction};
use crate::two_files::{Account, Note, account, note, soon};

/// Runs each of these tests on each server: `mariadb::…`, `mysql_5_7::…`.
macro_rules! on_each_server {
    ($($test:ident),+ $(,)?) => {
        mod mariadb {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test(bindery_testkit::MysqlFlavor::MariaDb).await
            })+
        }
        mod mysql_5_7 {
            $(#[tokio::test]
            async fn $test() -> bindery::Result<()> {
                super::$test(bindery_testkit::MysqlFlavor::MySql).await
            })+
        }
    };
}

on_each_server! {
    a_failed_statement_is_undone_alone_and_the_transaction_goes_on,
    a_nested_transaction_is_undone_on_both_binds,
    a_deadlocks_victim_runs_nothing_more_and_is_not_committed,
    a_stream_holds_its_bind_and_what_is_dropped_is_closed,
    a_task_that_would_wait_for_its_own_transaction_is_told,
    a_transaction_dropped_at_each_await_is_there_whole_or_not_at_all,
    a_lent_connection_of_the_transaction_is_named_to_who_needs_it,
    a_statement_that_would_commit_is_refused,
}

struct Two {
    default: TempMysqlDatabase,
    auth: TempMysqlDatabase,
    databases: Databases,
}

impl Two {
    async fn open(flavor: MysqlFlavor) -> Self {
        Self::open_with(flavor, |builder| builder).await
    }

    async fn open_with(flavor: MysqlFlavor, options: impl FnOnce(Builder) -> Builder) -> Self {
        let server = TempMysql::shared(flavor).unwrap();
        let (default, auth) = (server.database().unwrap(), server.database().unwrap());
        let builder = Databases::builder().driver(MysqlDriver).bind("default", default.url()).bind("auth", auth.url());
        let databases = options(builder).connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        Two { default, auth, databases }
    }

    /// The notes and the accounts, in order.
    fn rows(&self) -> (String, String) {
        let notes = self.default.sql("SELECT ifnull(group_concat(text ORDER BY id), '') FROM note").unwrap();
        (notes, self.auth.sql("SELECT ifnull(group_concat(name ORDER BY id), '') FROM account").unwrap())
    }

    /// Waits until the server has let go of what was cut off, with its locks.
    async fn until_idle(&self) {
        let open = "SELECT count(*) FROM information_schema.innodb_trx";
        soon(async {
            while self.default.sql(open).unwrap() != "0" {
                // What it tells of transactions, it looks up once no one has asked for a tenth of a second.
                tokio::time::sleep(std::time::Duration::from_millis(110)).await;
            }
        })
        .await;
    }
}

async fn a_failed_statement_is_undone_alone_and_the_transaction_goes_on(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    let tx = two.databases.session().begin().await?;
    tx.insert(note("first")).await?;
    let rows = [note("second"), note("first"), note("third")];
    assert_eq!(tx.execute(Note::insert(rows)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(tx.insert(note("first")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    tx.insert(note("last")).await?;
    assert_eq!(two.rows().0, "", "nobody sees it before");
    tx.commit().await?;
    assert_eq!(two.rows().0, "first,last");

    let tx = two.databases.session().begin().await?;
    tx.insert(note("rolled back")).await?;
    tx.rollback().await?;
    let tx = two.databases.session().begin().await?;
    tx.insert(note("dropped")).await?;
    drop(tx);
    two.until_idle().await;
    assert_eq!(two.rows().0, "first,last");
    two.databases.close().await;
    Ok(())
}

async fn a_nested_transaction_is_undone_on_both_binds(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    let outer = two.databases.session().begin_with(Atomicity::BestEffort).await?;
    outer.insert(account("ada")).await?;
    outer.insert(note("outer")).await?;
    for how in ["rolled back", "dropped"] {
        let nested = outer.begin().await?;
        nested.insert(note("nested")).await?;
        nested.insert(account("nested")).await?;
        assert_eq!(nested.insert(account("ada")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
        if how == "rolled back" {
            nested.rollback().await?
        } else {
            drop(nested)
        }
        assert_eq!((outer.count(Note::select()).await?, outer.count(Account::select()).await?), (1, 1), "{how}");
    }
    let nested = outer.begin().await?;
    nested.insert(account("kept")).await?;
    nested.commit().await?;
    outer.commit().await?;
    assert_eq!(two.rows(), ("outer".to_owned(), "ada,kept".to_owned()));
    two.databases.close().await;
    Ok(())
}

/// The server rolls the whole of it back: what came next would commit on its own.
async fn a_deadlocks_victim_runs_nothing_more_and_is_not_committed(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    let session = two.databases.session();
    session.insert_many(["a", "b", "c", "d", "e"].map(note)).await?;
    let rename = |id: i64, text: &str| Note::update().set(Note::text.to(text)).filter(Note::id.eq(id));
    let (victim, winner) = (session.begin().await?, session.begin().await?);
    // Who has changed less is the victim.
    for id in 2..=5 {
        winner.execute(rename(id, &format!("winner {id}"))).await?;
    }
    victim.insert(note("victim")).await?;
    victim.execute(rename(1, "victim 1")).await?;
    let (won, lost) = soon(async { tokio::join!(winner.execute(rename(1, "winner 1")), victim.execute(rename(2, "victim 2"))) }).await;
    assert_eq!(won?.rows_affected, Some(1));
    assert_eq!(lost.unwrap_err().kind(), ErrorKind::Deadlock);
    for error in [victim.insert(note("on its own")).await.unwrap_err(), victim.count(Note::select()).await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
    }
    assert_eq!(victim.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    winner.commit().await?;
    assert_eq!(two.rows().0, "winner 1,winner 2,winner 3,winner 4,winner 5");
    two.databases.close().await;
    Ok(())
}

async fn a_stream_holds_its_bind_and_what_is_dropped_is_closed(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    two.databases.session().execute(Note::insert((0..5_000).map(|number| note(&format!("{number:05}"))))).await?;
    let tx = two.databases.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(note("before")).await?;
    let mut stream = tx.stream(Note::select().order_by(Note::id.asc()));
    assert_eq!(soon(stream.next()).await.unwrap()?.text, "00000");
    assert_eq!(soon(tx.insert(note("refused"))).await.unwrap_err().kind(), ErrorKind::BindBusy);
    // Another bind isn't concerned.
    soon(tx.insert(account("meanwhile"))).await?;
    drop(stream);
    soon(tx.insert(note("after"))).await?;
    assert_eq!(soon(tx.count(Note::select())).await?, 5_002);
    soon(tx.commit()).await?;
    assert_eq!(two.default.sql("SELECT count(*) FROM note").unwrap(), "5002");
    assert_eq!(two.rows().1, "meanwhile");
    two.databases.close().await;
    Ok(())
}

async fn a_task_that_would_wait_for_its_own_transaction_is_told(flavor: MysqlFlavor) -> Result<()> {
    let options = |builder: Builder| builder.engine_option("pool_size", 1).engine_option("pool_timeout", "300ms");
    let two = Two::open_with(flavor, options).await;
    let session = two.databases.session();
    let tx = session.begin().await?;
    tx.insert(note("held")).await?;
    assert_eq!(soon(session.insert(note("waits for itself"))).await.unwrap_err().kind(), ErrorKind::BindBusy);
    let other = session.clone();
    let error = soon(tokio::spawn(async move { other.insert(note("waits")).await })).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("1 of them in a transaction"), "{error}");
    // The other bind has a pool of its own.
    soon(session.insert(account("beside"))).await?;
    tx.commit().await?;
    assert_eq!(two.rows(), ("held".to_owned(), "beside".to_owned()));
    two.databases.close().await;
    Ok(())
}

async fn a_transaction_dropped_at_each_await_is_there_whole_or_not_at_all(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open_with(flavor, |builder| builder.engine_option("pool_size", 2)).await;
    let session = two.databases.session();
    for when in [Drop::AtOnce, Drop::Woken] {
        let (mut polls, mut ends) = (0, 0);
        while ends < 3 {
            session.execute(Note::delete_all()).await?;
            let done = soon(poll_times(transaction(session.clone()), polls, when)).await;
            let place = format!("dropped after {polls} polls, {when:?}");
            // No lock is leaked, and no connection.
            two.until_idle().await;
            soon(async { tokio::try_join!(session.insert(note("probe")), session.count(Account::select())) }).await?;
            session.execute(Note::delete().filter(Note::text.eq("probe"))).await?;
            let rows = two.default.sql("SELECT count(*) FROM note").unwrap();
            assert!(rows == "5" || (rows == "0" && done.is_none()), "{place}: {rows} of 5 rows");
            if let Some(done) = done {
                done?;
                ends += 1;
            }
            polls += 1;
        }
    }
    two.databases.close().await;
    Ok(())
}

async fn a_lent_connection_of_the_transaction_is_named_to_who_needs_it(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    let tx = two.databases.session().begin().await?;
    let client = tx.native::<Mysql>("default").await?;
    for error in [tx.insert(note("refused")).await.unwrap_err(), tx.native::<Mysql>("default").await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::BindBusy);
        assert!(error.to_string().contains("or its connection is lent by `native`"), "{error}");
    }
    drop(client);
    tx.insert(note("taken")).await?;
    tx.commit().await?;
    assert_eq!(two.rows(), ("taken".to_owned(), String::new()));
    two.databases.close().await;
    Ok(())
}

async fn a_statement_that_would_commit_is_refused(flavor: MysqlFlavor) -> Result<()> {
    let two = Two::open(flavor).await;
    let tx = two.databases.session().begin().await?;
    tx.insert(note("rolled back")).await?;
    for sql in ["CREATE TABLE others (id int)", "TRUNCATE TABLE note", "ALTER TABLE note ADD more int"] {
        assert_eq!(tx.execute(raw("default", sql)).await.unwrap_err().kind(), ErrorKind::Unsupported, "{sql}");
    }
    assert_eq!(tx.execute(raw("default", "COMMIT")).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    tx.rollback().await?;
    assert_eq!(two.rows().0, "");
    assert_eq!(two.default.sql("SHOW TABLES").unwrap(), "note");
    two.databases.close().await;
    Ok(())
}
