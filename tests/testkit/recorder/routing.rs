//! Each bind is sent its own, and nothing where an error comes first.

use bindery::prelude::*;
use bindery::value::Value;
use bindery::{ErrorKind, Result};
use bindery_testkit::recorder::{Call, Recorder};

use super::{databases, sent};
use crate::models::{Event, Note, User, event, note, user};

fn world() -> Recorder {
    let recorder = Recorder::postgres();
    recorder.on("INSERT INTO \"users\"").models([User { id: 1, email: "ada@example.org".into() }]);
    recorder.on("INSERT INTO \"notes\"").models([Note { id: 1, text: "Notes".into() }]);
    recorder.on("INSERT INTO \"events\"").models([Event { id: 1, kind: "login".into() }]);
    recorder.on(Call::Query).rows(["n"], [(0_i64,)]);
    recorder
}

#[tokio::test]
async fn each_bind_is_sent_its_own() -> Result<()> {
    let recorder = world();
    let session = databases(&recorder).await.session();
    let ada = session.insert(user("ada@example.org")).await?;
    assert_eq!(ada, User { id: 1, email: "ada@example.org".into() });
    session.insert(note("Notes")).await?;
    session.count(Event::select()).await?;

    let of_users = recorder.sent("auth")?;
    assert_eq!(of_users, [r#"INSERT INTO "users" ("email") VALUES ($1) RETURNING "id", "email""#]);
    assert_eq!((of_users[0].call, &*of_users[0].params), (Call::Query, &[Value::Text("ada@example.org".into())][..]));
    assert_eq!(of_users[0].effect, Some(bindery::engine::Effect::Write));
    assert_eq!(recorder.sent("default")?, [r#"INSERT INTO "notes" ("text") VALUES ($1) RETURNING "id", "text""#]);
    assert_eq!(recorder.sent("meta")?, [r#"SELECT COUNT(*) FROM "events""#]);
    let order: Vec<_> = recorder.sent_to_all().iter().map(|sent| sent.bind.to_string()).collect();
    assert_eq!(order, ["auth", "default", "meta"]);
    recorder.forget_sent();
    assert!(recorder.sent_to_all().is_empty());
    Ok(())
}

#[tokio::test]
async fn each_bind_can_speak_its_own_dialect() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on("").affects(1);
    let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://");
    let builder = builder.bind("auth", "recorder://?dialect=mysql").bind("meta", "recorder://?dialect=sqlite");
    let session = builder.connect().await?.session();
    session.execute(Note::delete().filter(Note::id.eq(1))).await?;
    session.execute(User::delete().filter(User::id.eq(1))).await?;
    session.execute(Event::delete().filter(Event::id.eq(1))).await?;
    assert_eq!(sent(&recorder, "default"), [r#"DELETE FROM "notes" WHERE "notes"."id" = $1"#]);
    assert_eq!(sent(&recorder, "auth"), ["DELETE FROM `users` WHERE `users`.`id` = ?"]);
    assert_eq!(sent(&recorder, "meta"), [r#"DELETE FROM "events" WHERE "events"."id" = ?"#]);
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_where_an_error_comes_first() -> Result<()> {
    let recorder = world();
    let session = databases(&recorder).await.session();
    let error = session.execute(User::update().filter(User::id.gt(0))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "an update that sets nothing");
    let error = session.execute(raw("elsewhere", "delete from users")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownBind);

    let tx = session.begin().await?;
    tx.insert(note("Notes")).await?;
    let error = tx.insert(event("login")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAtomic, "a second bind");
    tx.commit().await?;
    assert_eq!(recorder.sent("auth")?, [""; 0]);
    assert_eq!(recorder.sent("meta")?, [""; 0]);
    assert_eq!(recorder.sent("default")?.len(), 3, "BEGIN, INSERT, COMMIT");
    Ok(())
}

#[tokio::test]
async fn a_bind_that_it_does_not_serve_is_told() {
    let recorder = world();
    let _databases = databases(&recorder).await;
    let error = recorder.sent("atuh").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownBind);
    let text = error.to_string();
    assert_eq!(text, "the recorder serves no bind `atuh`: it serves `default`, `auth`, `meta` (bind `atuh`)");

    let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://?dialect=oracle");
    let error = builder.without_registered().connect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.problems()[0].contains("parameter `dialect` must be `postgresql`, `mysql` or `sqlite`"), "{:?}", error.problems());
}

#[tokio::test]
async fn transactions_and_nested_ones_are_on_one_connection() -> Result<()> {
    let recorder = world();
    let session = databases(&recorder).await.session();
    let tx = session.begin_with(bindery::engine::IsolationLevel::Serializable).await?;
    tx.insert(note("kept")).await?;
    let nested = tx.begin().await?;
    nested.execute(Note::delete_all()).await.unwrap_err(); // not in the script
    nested.rollback().await?;
    let nested = tx.begin().await?;
    nested.insert(note("kept too")).await?;
    nested.commit().await?;
    tx.commit().await?;
    let insert = r#"INSERT INTO "notes" ("text") VALUES ($1) RETURNING "id", "text""#;
    let expected = [
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        insert,
        "SAVEPOINT bindery_1",
        r#"DELETE FROM "notes""#,
        "ROLLBACK TO SAVEPOINT bindery_1",
        "RELEASE SAVEPOINT bindery_1",
        "SAVEPOINT bindery_2",
        insert,
        "RELEASE SAVEPOINT bindery_2",
        "COMMIT",
    ];
    let sent = recorder.sent("default")?;
    assert_eq!(sent, expected);
    assert!(sent.iter().all(|sent| sent.connection == 1));
    drop(session.begin().await?);
    assert_eq!(recorder.sent("default")?.len(), expected.len(), "it has touched no bind");
    Ok(())
}

#[tokio::test]
async fn what_is_dropped_is_seen() -> Result<()> {
    let recorder = world();
    let session = databases(&recorder).await.session();
    let tx = session.begin().await?;
    tx.insert(note("dropped")).await?;
    drop(tx);
    assert_eq!(sent(&recorder, "default").last().unwrap(), "ROLLBACK");

    recorder.forget_sent();
    let mut stream = session.stream(User::select());
    recorder.on("FROM \"users\"").never_answers(); // comes after the rule for every query
    assert!(stream.try_next().await.is_err(), "the rows of the script are no users");
    drop(stream);
    assert_eq!(sent(&recorder, "auth").last().unwrap(), "CANCEL");
    Ok(())
}
