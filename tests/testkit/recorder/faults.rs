//! Faults, and what an application sees of them.

use bindery::engine::{Fate, GlobalId, Lease};
use bindery::prelude::*;
use bindery::{BindKey, ErrorKind, Outcome, Result};
use bindery_testkit::recorder::{Call, Recorder};

use super::{databases, sent};
use crate::models::{Event, Note, User};

fn affecting(recorder: Recorder) -> Recorder {
    recorder.on(Call::Execute).affects(1);
    recorder
}

fn change() -> impl Action {
    Note::update_all().set(Note::text.to("changed"))
}

#[tokio::test]
async fn a_retry_after_a_serialization_failure() -> Result<()> {
    let recorder = affecting(Recorder::postgres());
    recorder.on(Call::Commit).times(2).fails(ErrorKind::SerializationFailure);
    let session = databases(&recorder).await.session();
    let mut tries = 0;
    loop {
        tries += 1;
        let tx = session.begin().await?;
        tx.execute(change()).await?;
        match tx.commit().await {
            Ok(()) => break,
            Err(error) => assert_eq!(error.kind(), ErrorKind::SerializationFailure),
        }
    }
    assert_eq!(tries, 3);
    let words: Vec<_> = recorder.sent("default")?.iter().map(|sent| sent.call).collect();
    assert_eq!(words, [Call::Begin, Call::Execute, Call::Commit].repeat(3));
    Ok(())
}

#[tokio::test]
async fn a_commit_whose_connection_breaks_is_in_doubt() -> Result<()> {
    for kind in [ErrorKind::ConnectionLost, ErrorKind::CommitInDoubt] {
        let recorder = affecting(Recorder::postgres());
        recorder.on(Call::Commit).fails(kind);
        let databases = databases(&recorder).await;
        let tx = databases.session().begin().await?;
        tx.execute(change()).await?;
        let error = tx.commit().await.unwrap_err();
        assert_eq!((error.kind(), error.bind(), error.step()), (ErrorKind::CommitInDoubt, Some(BindKey::DEFAULT), Some("commit")));
        assert_eq!(sent(&recorder, "default").last().unwrap(), "COMMIT", "it is not retried, and there is nothing to roll back");
        let status = databases.engine("default")?.pool_status();
        assert_eq!((status.in_use, status.idle), (0, 0), "the connection is gone");
    }
    Ok(())
}

#[tokio::test]
async fn a_best_effort_commit_that_stops_half_way() -> Result<()> {
    let recorder = affecting(Recorder::mysql());
    recorder.on(Call::Commit).bind("auth").fails(ErrorKind::ForeignKeyViolation);
    let session = databases(&recorder).await.session();
    let tx = session.begin_with(Atomicity::BestEffort).await?;
    tx.execute(Event::delete_all()).await?;
    tx.execute(User::delete_all()).await?;
    tx.execute(Note::delete_all()).await?;
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PartialCommit);
    let outcomes: Vec<_> = error.outcomes().iter().map(|(bind, outcome)| (bind.as_str(), *outcome)).collect();
    assert_eq!(outcomes, [("default", Outcome::Committed), ("auth", Outcome::RolledBack), ("meta", Outcome::RolledBack)]);
    let last = |bind: &str| sent(&recorder, bind).pop().unwrap();
    assert_eq!([last("default"), last("auth"), last("meta")], ["COMMIT", "COMMIT", "ROLLBACK"]);
    Ok(())
}

#[tokio::test]
async fn what_an_error_does_to_a_transaction_is_the_servers_choice() -> Result<()> {
    // In each: a statement fails, and another follows.
    let after = async |recorder: Recorder, kind: ErrorKind| {
        recorder.on(Call::Execute).once().fails(kind);
        let recorder = affecting(recorder);
        let tx = databases(&recorder).await.session().begin().await.unwrap();
        assert_eq!(tx.execute(change()).await.unwrap_err().kind(), kind);
        let second = tx.execute(change()).await.map(|_| ()).map_err(|error| error.kind());
        let commit = tx.commit().await.map_err(|error| error.kind());
        (second, commit, sent(&recorder, "default").len())
    };
    let aborted = Err(ErrorKind::TransactionAborted);
    let unique = ErrorKind::UniqueViolation;
    assert_eq!(after(Recorder::postgres(), unique).await, (aborted, aborted, 3), "BEGIN, the statement, COMMIT");
    assert_eq!(after(Recorder::mysql(), unique).await, (Ok(()), Ok(()), 4));
    assert_eq!(after(Recorder::mysql(), ErrorKind::Deadlock).await, (aborted, aborted, 2), "it is over on the server");
    assert_eq!(after(Recorder::sqlite(), unique).await, (Ok(()), Ok(()), 4));
    let lost = Err(ErrorKind::ConnectionLost);
    assert_eq!(after(Recorder::sqlite(), ErrorKind::ConnectionLost).await, (lost, lost, 2));
    Ok(())
}

#[tokio::test]
async fn a_transaction_that_cannot_begin_sends_nothing_more() -> Result<()> {
    let recorder = affecting(Recorder::postgres());
    recorder.on(Call::Begin).once().fails(ErrorKind::ConnectionLost);
    recorder.on(Call::Acquire).bind("auth").fails(ErrorKind::Timeout);
    let session = databases(&recorder).await.session();
    let tx = session.begin().await?;
    let error = tx.execute(change()).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::ConnectionLost, Some("begin")));
    assert_eq!(sent(&recorder, "default"), ["BEGIN"]);
    let error = session.execute(User::delete_all()).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::Timeout, "auth"));
    assert_eq!(sent(&recorder, "auth"), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn prepared_transactions_stay_until_they_are_finished() -> Result<()> {
    let recorder = affecting(Recorder::postgres());
    recorder.on(Call::CommitPrepared).once().fails(ErrorKind::ConnectionLost);
    let databases = databases(&recorder).await;
    let engine = databases.engine("default")?;
    let id = GlobalId::new("bindery-1").unwrap();
    let lease = async || Ok::<_, bindery::Error>(Lease::new(engine.acquire(bindery::engine::Effect::Write).await?, BindKey::DEFAULT));
    let mut first = lease().await?;
    first.begin(&bindery::engine::TransactionOptions::default()).await?;
    first.prepare(&id).await?;
    assert_eq!(first.commit_prepared(&id).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    drop(first);
    let mut second = lease().await?;
    assert_eq!(second.list_prepared().await?, std::slice::from_ref(&id));
    second.commit_prepared(&id).await?;
    assert_eq!(second.commit_prepared(&id).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
    assert_eq!(second.list_prepared().await?, []);
    let commit = "COMMIT PREPARED 'bindery-1'";
    assert_eq!(recorder.sent("default")?, ["BEGIN", "PREPARE TRANSACTION 'bindery-1'", commit, commit, commit]);

    let sqlite = Recorder::sqlite();
    let databases = super::databases(&sqlite).await;
    let mut connection = databases.engine("default")?.acquire(bindery::engine::Effect::Write).await?;
    assert!(connection.two_phase().is_none());
    connection.release(Fate::Clean);
    Ok(())
}
