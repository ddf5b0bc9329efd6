//! A bind has one connection, so its statements wait for each other.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::rolled_back;

use super::{Real, register, texts};
use crate::models::{Note, User, note, soon, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_many_tasks_come_one_after_the_other() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let databases = test.clone();
            tokio::spawn(async move { register(&databases, &number.to_string()).await })
        })
        .collect();
    for task in tasks {
        soon(task).await.unwrap()?;
    }
    assert_eq!(test.session().count(User::select()).await?, 21);
    assert_eq!(texts(&test.session()).await?.len(), 21);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn another_tasks_statement_has_to_wait_for_the_transaction() -> Result<()> {
    let real = Real::impatient().await;
    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.insert(note("held")).await?;
    let session = test.session();
    let in_vain = tokio::spawn(async move { session.count(Note::select()).await });
    let error = soon(in_vain).await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::Timeout, "default"), "{error}");
    let message = error.to_string();
    assert!(message.starts_with("databases that are rolled back have one connection for each bind"), "{message}");
    assert!(message.contains("1 of them in a transaction"), "{message}");
    // Other binds are free.
    soon(test.session().insert(user("ada"))).await?;

    let session = test.session();
    let mut patient = tokio::spawn(async move { session.count(Note::select()).await });
    assert!(tokio::time::timeout(std::time::Duration::from_millis(20), &mut patient).await.is_err());
    tx.commit().await?;
    assert_eq!(soon(patient).await.unwrap()?, 2);
    test.finish().await
}

#[tokio::test]
async fn a_task_that_would_wait_for_itself_is_told() -> Result<()> {
    let real = Real::impatient().await;
    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.insert(note("held")).await?;
    let error = soon(test.session().insert(note("beside"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BindBusy, "{error}");
    assert!(error.to_string().contains("this task would wait for itself"), "{error}");
    tx.commit().await?;
    assert_eq!(texts(&test.session()).await?, ["first", "held"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}
