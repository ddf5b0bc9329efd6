//! How it ends, and that nothing is left.

use std::time::{Duration, Instant};

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::rolled_back;

use super::{Real, register, texts};
use crate::models::{Note, note, soon, user};

/// Waits until the database's own client can write: nothing holds the file any more.
async fn until_free(real: &Real, bind: &str) {
    let connection = rusqlite::Connection::open(real.files.path(bind)).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let started = Instant::now();
    while let Err(error) = connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK") {
        assert!(started.elapsed() < Duration::from_secs(10), "the file is still held: {error}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn dropped_it_is_rolled_back_in_the_background() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let kept = test.clone();
    register(&test, "ada").await?;
    drop(test);
    for bind in ["default", "auth"] {
        until_free(&real, bind).await;
    }
    real.assert_untouched();
    let error = kept.session().insert(note("too late")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().starts_with("the databases of this test were rolled back"), "{error}");
    register(&real.databases, "ada").await?;
    Ok(())
}

#[tokio::test]
async fn a_transaction_that_outlives_the_test_is_rolled_back_with_it() -> Result<()> {
    let real = Real::impatient().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("before")).await?;
    let tx = session.begin().await?;
    tx.insert(note("open")).await?;
    drop(test);
    tx.insert(note("still open")).await?;
    tx.commit().await?;
    until_free(&real, "default").await;
    real.assert_untouched();

    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.insert(note("open")).await?;
    let error = soon(test.finish()).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::BindBusy, "default"), "{error}");
    tx.commit().await?;
    until_free(&real, "default").await;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn an_application_may_close_its_databases() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    register(&test, "ada").await?;
    let application = test.clone();
    application.close().await;
    assert_eq!(application.session().insert(user("bob")).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    real.assert_untouched();
    test.finish().await?;
    register(&real.databases, "ada").await?;
    Ok(())
}

#[tokio::test]
async fn a_test_after_a_test_starts_from_the_same() -> Result<()> {
    let real = Real::filled().await;
    for _ in 0..20 {
        let test = rolled_back(&real.databases);
        register(&test, "ada").await?;
        assert_eq!(texts(&test.session()).await?, ["first", "welcome, ada"]);
        test.finish().await?;
    }
    real.assert_untouched();
    for engine in ["default", "auth"] {
        assert_eq!(real.databases.engine(engine)?.pool_status().in_use, 0);
    }
    assert_eq!(real.databases.session().count(Note::select()).await?, 1);
    Ok(())
}
