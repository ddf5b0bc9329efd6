//! What the script can say, through every verb of a session.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use bindery::engine::{Cells, Executed};
use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::recorder::{Call, Recorder};
use futures_util::TryStreamExt;

use super::databases;
use crate::models::{Note, User, soon, user};

#[tokio::test]
async fn every_verb_works_on_it() -> Result<()> {
    let ada = || User { id: 1, email: "ada@example.org".into() };
    for recorder in [Recorder::postgres(), Recorder::mysql(), Recorder::sqlite()] {
        recorder.on("count(*)").rows(["n"], [(7_i64,)]);
        recorder.on("exists").rows(["found"], [(true,)]);
        recorder.on(Call::Query).models([ada()]);
        recorder.on(Call::Execute).affects(3);
        let databases = databases(&recorder).await;
        let outside = databases.session();
        let inside = outside.begin().await?;
        for session in [&outside, &*inside] {
            assert_eq!(session.all(User::select()).await?, [ada()]);
            assert_eq!(session.one(User::select()).await?, ada());
            assert_eq!(session.optional(User::select()).await?, Some(ada()));
            assert_eq!(session.first(User::select()).await?, Some(ada()));
            assert_eq!(session.get::<User>(1).await?, Some(ada()));
            assert_eq!(session.count(User::select()).await?, 7);
            assert!(session.exists(User::select()).await?);
            assert_eq!(session.stream(User::select()).try_collect::<Vec<_>>().await?, [ada()]);
            assert_eq!(session.all(raw("auth", "select * from users").rows::<User>()).await?, [ada()]);
            assert_eq!(session.execute(User::delete_all()).await?, Executed::rows(3));
            if session.databases().engine("auth")?.dialect().name() != "mysql" {
                assert_eq!(session.insert(user("ada@example.org")).await?, ada());
            }
        }
        inside.commit().await?;
        assert_eq!(databases.engine("auth")?.pool_status().in_use, 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_long_result_comes_in_parts() -> Result<()> {
    let recorder = Recorder::sqlite();
    recorder.on("notes").models((0..1_000).map(|id| Note { id, text: format!("note {id}") }));
    let databases = databases(&recorder).await;
    let mut connection = databases.engine("default")?.acquire(bindery::engine::Effect::Read).await?;
    let query = bindery::engine::Statement::new("select * from notes", &[], bindery::engine::Effect::Read);
    assert_eq!(connection.query(&query).await?.len(), 2);
    let mut lengths = Vec::new();
    loop {
        let mut rows = 0;
        let mut each = |_: &dyn Cells| {
            rows += 1;
            ControlFlow::Continue(())
        };
        let more = connection.fetch(&mut each).await?;
        lengths.push(rows);
        if !more {
            break;
        }
    }
    assert_eq!(lengths, [256, 256, 256, 232]);
    connection.release(bindery::engine::Fate::Clean);
    let notes = databases.session().all(Note::select()).await?;
    assert_eq!((notes.len(), notes[999].text.as_str()), (1_000, "note 999"));
    Ok(())
}

#[tokio::test]
async fn a_statement_that_nobody_scripted_says_how() {
    let recorder = Recorder::postgres();
    let session = databases(&recorder).await.session();
    let error = session.execute(User::delete().filter(User::email.eq("secret@example.org"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let expected = "no rule of the recorder's script answers this statement: add one, as in `recorder.on(\"DELETE\").affects(1)`: \
                    DELETE FROM \"users\" WHERE \"users\".\"email\" = $1 (bind `auth`, table `users`)";
    assert_eq!(error.to_string(), expected);
    let error = session.all(User::select()).await.unwrap_err();
    assert!(error.to_string().contains("`recorder.on(\"SELECT\").rows([\"id\"], [(1,)])`"), "{error}");
    recorder.on("delete").affects(1);
    assert!(!format!("{:?} {:?}", recorder, recorder.sent_to_all()).contains("secret"));

    let error = session.all(raw("auth", "delete from users returning id").writes()).await.unwrap_err();
    assert!(error.to_string().starts_with("the recorder's script answers without rows"), "{error}");
}

#[tokio::test]
async fn a_wrong_script_is_told() {
    let recorder = Recorder::postgres();
    recorder.on("users").rows(["id"], [(1, "too many")]);
    recorder.on("notes").rows(["id", "text"], [(1, Some(chrono::NaiveDate::MAX)), (2, None)]);
    let session = databases(&recorder).await.session();
    let error = session.all(User::select()).await.unwrap_err();
    assert!(error.to_string().starts_with("the recorder's script names 1 columns, and gives a row of 2"), "{error}");
    let error = session.all(Note::select()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "a date is no text: {error}");
}

#[tokio::test]
async fn rules_answer_in_their_order_until_they_are_used_up() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on("delete").bind("auth").once().affects(1);
    recorder.on("delete").times(2).affects(2);
    recorder.on("delete").affects(3);
    let session = databases(&recorder).await.session();
    let affected = async |bind: &str| Ok::<_, bindery::Error>(session.execute(raw(bind, "DELETE FROM t")).await?.rows_affected.unwrap());
    assert_eq!(affected("default").await?, 2);
    assert_eq!(affected("auth").await?, 1);
    assert_eq!(affected("auth").await?, 2);
    assert_eq!(affected("auth").await?, 3);
    assert_eq!(affected("default").await?, 3);
    Ok(())
}

#[tokio::test]
async fn an_answer_can_take_its_time_or_never_come() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on("slow").after(Duration::from_millis(30)).affects(1);
    recorder.on("stuck").never_answers();
    let databases = databases(&recorder).await;
    let session = databases.session();
    let started = Instant::now();
    session.execute(raw("default", "slow")).await?;
    assert!(started.elapsed() >= Duration::from_millis(30));

    let stuck = tokio::time::timeout(Duration::from_millis(20), session.execute(raw("default", "stuck"))).await;
    assert!(stuck.is_err());
    assert_eq!(recorder.sent("default")?, ["slow", "stuck", "CANCEL"]);
    let status = databases.engine("default")?.pool_status();
    assert_eq!((status.in_use, status.idle), (0, 0), "the connection was closed");
    soon(session.execute(raw("default", "slow"))).await?;
    assert_eq!(recorder.sent("default")?.last().unwrap().connection, 2);
    Ok(())
}
