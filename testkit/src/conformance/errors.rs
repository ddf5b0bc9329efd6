//! Errors: the kind that an application branches on, and nothing that it must not log.

use std::error::Error as _;

use bindery_core::engine::{Effect, Engine, Family, Fate, IsolationLevel, Statement, TransactionOptions};
use bindery_core::query::raw;
use bindery_core::value::{SqlType, Value};
use bindery_core::{Error, ErrorKind};

use super::client::{Client, typed};
use super::cut::until;
use super::family;
use super::ground::Ground;
use super::listener::Listener;

const SECRET: &str = "hunter2-f3a9";

/// The same mistake has the same kind on every backend; what the server said is the source.
pub async fn err_1_each_error_has_the_kind_of_its_meaning<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground
        .prepare([
            "CREATE TABLE people (id integer PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, age integer CHECK (age >= 0))",
            "CREATE TABLE pets (id integer PRIMARY KEY, person integer, FOREIGN KEY (person) REFERENCES people (id))",
            "INSERT INTO people VALUES (1, 'Ada', 36)",
            "INSERT INTO pets VALUES (1, 1)",
        ])
        .await;
    let mut client = ground.client().await;
    for (sql, kind, table) in [
        ("INSERT INTO people VALUES (1, 'Bob', 1)", ErrorKind::UniqueViolation, Some("people")),
        ("INSERT INTO people VALUES (2, 'Ada', 1)", ErrorKind::UniqueViolation, Some("people")),
        ("UPDATE people SET name = NULL", ErrorKind::NotNullViolation, Some("people")),
        ("UPDATE people SET age = -1", ErrorKind::CheckViolation, Some("people")),
        ("INSERT INTO pets VALUES (2, 7)", ErrorKind::ForeignKeyViolation, Some("pets")),
        ("DELETE FROM people", ErrorKind::ForeignKeyViolation, None),
        ("INSERT INTO nowhere VALUES (1)", ErrorKind::Sql, None),
        ("UPDATE people SET nothing = 1", ErrorKind::Sql, None),
        ("INSERT people INTO", ErrorKind::Sql, None),
    ] {
        if kind == ErrorKind::CheckViolation && !ground.expected().check_constraints {
            continue;
        }
        let error = client.run(sql).await.expect_err(sql);
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        assert!(error.source().is_some(), "`{sql}`: what the server said is missing");
        // Not every server says where.
        if let (Some(said), Some(table)) = (error.table(), table) {
            assert_eq!(said, table, "{sql}");
        }
        if kind == ErrorKind::NotNullViolation {
            assert_eq!(error.column(), Some("name"), "{sql}");
        }
        assert_eq!(client.number("SELECT 42").await, 42, "after an error the connection works on");
    }
    let error = client.rows("SELECT nothing FROM people").await.expect_err("there is no such column");
    assert_eq!(error.kind(), ErrorKind::Sql, "{error:?}");
}

/// Transactions that run into each other are told how, and that trying again may help.
pub async fn err_1_conflicts_are_told_apart<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (id integer PRIMARY KEY, n integer)", "INSERT INTO notes VALUES (1, 0), (2, 0)"]).await;
    let (mut one, mut other) = (ground.client().await, ground.client().await);
    let first = "UPDATE notes SET n = n + 1 WHERE id = 1";
    let told = |error: Error, kind: ErrorKind| {
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.is_retryable());
    };
    if ground.family() == Family::Sqlite {
        one.begun().await;
        return told(other.run(first).await.expect_err("two write at once"), ErrorKind::Locked);
    }
    if ground.family() == Family::Postgres {
        let mut options = TransactionOptions::default();
        options.isolation = Some(IsolationLevel::RepeatableRead);
        one.begin(&options).await.unwrap();
        assert_eq!(one.number("SELECT n FROM notes WHERE id = 1").await, 0);
        other.run(first).await.unwrap();
        told(one.run(first).await.expect_err("what it has read is old"), ErrorKind::SerializationFailure);
        one.rollback().await.unwrap();
    }
    one.begun().await;
    other.begun().await;
    one.run(first).await.unwrap();
    let at_once = if ground.family() == Family::MySql {
        // Not every version has NOWAIT.
        other.run("SET SESSION innodb_lock_wait_timeout = 1").await.unwrap();
        "SELECT n FROM notes WHERE id = 1 FOR UPDATE"
    } else {
        "SELECT n FROM notes WHERE id = 1 FOR UPDATE NOWAIT"
    };
    let at_once = Statement::new(at_once, &[], Effect::Write);
    other.savepoint("saved").await.unwrap();
    told(other.rows_of(&at_once).await.expect_err("the row is locked"), ErrorKind::Locked);
    other.rollback_to_savepoint("saved").await.unwrap();

    let second = "UPDATE notes SET n = n + 1 WHERE id = 2";
    other.run(second).await.unwrap();
    let waiting = tokio::spawn(async move { one.run(second).await });
    let ended = [other.run(first).await.err(), waiting.await.unwrap().err()];
    let mut victims = ended.into_iter().flatten();
    told(victims.next().expect("two wait for each other, and both go on"), ErrorKind::Deadlock);
    assert!(victims.next().is_none(), "one of two that wait for each other goes on");
}

/// A connection that broke is told, and replaced.
pub async fn err_1_a_lost_connection_is_told_and_replaced<E: Engine + ?Sized>(ground: &Ground<E>) {
    // Where there is no server, there is no connection to lose.
    let Some(id) = family::connection_id(ground.family()) else { return };
    let engine = ground.engine_with(|pool| pool.size = 1);
    let mut client = Client::of(&*engine, Effect::Write).await;
    let id = client.number(id).await;
    ground.end_connection(id).await;
    let error = client.rows("SELECT 42").await.expect_err("a connection that has ended answers");
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    drop(client);
    assert_eq!(Client::of(&*engine, Effect::Write).await.number("SELECT 42").await, 42, "the pool gives a lost connection");
}

/// A parameter's value stands in no error, in none of its causes, and in no `Debug`.
pub async fn err_2_no_error_tells_a_value<E: Engine + ?Sized>(ground: &Ground<E>) {
    let text = ground.dialect().type_name(SqlType::Text, Some(60), None);
    ground
        .prepare([
            format!("CREATE TABLE secrets (secret {text} NOT NULL UNIQUE CHECK (length(secret) < 20), n integer NOT NULL)"),
            format!("INSERT INTO secrets VALUES ('{SECRET}', 1)"),
        ])
        .await;
    let mut client = ground.client().await;
    let (first, second) = (ground.placeholder(1), ground.placeholder(2));
    let insert = format!("INSERT INTO secrets VALUES ({first}, {second})");
    let one = Value::I64(1);
    for (sql, secret, n) in [
        (insert.clone(), SECRET.to_owned(), &one),
        (insert.clone(), format!("{SECRET}-which-is-too-long"), &one),
        (insert, format!("{SECRET}-2"), &Value::Null),
        (format!("INSERT INTO nowhere VALUES ({first}, {second})"), SECRET.to_owned(), &one),
    ] {
        if secret.len() >= 20 && !ground.expected().check_constraints {
            continue;
        }
        let secret = Value::Text(secret);
        let params = [typed(&secret, SqlType::Text), typed(n, SqlType::I32)];
        let error = client.run_with(&sql, &params).await.expect_err(&sql);
        assert!(!everything(&error).contains(SECRET), "the error of `{sql}` tells the value: {error:?}");
    }
}

/// A parameter's value stands in no span and no event, whoever listens to whatever.
pub async fn err_2_no_span_tells_a_value<E: Engine + ?Sized>(ground: &Ground<E>) {
    let text = ground.dialect().type_name(SqlType::Text, Some(60), None);
    ground.prepare([format!("CREATE TABLE secrets (secret {text} UNIQUE)")]).await;
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let databases = ground.databases([]).await;
    let session = databases.session();
    // A place that tells something, first reached by another test's thread, counts as one that nobody here listens to, until it is asked again.
    let is_heard = async || {
        tracing::callsite::rebuild_interest_cache();
        session.one(raw("default", "SELECT count(*) FROM secrets").rows::<(i64,)>()).await.unwrap();
        listener.heard().contains("SELECT count(*) FROM secrets")
    };
    until(is_heard, "nothing is told of the statements").await;
    let insert = format!("INSERT INTO secrets VALUES ({})", ground.placeholder(1));
    for _ in 0..2 {
        // The second one fails.
        let _ = session.execute(raw("default", &insert).param(SECRET)).await;
        let sought = format!("SELECT count(*) FROM secrets WHERE secret = {}", ground.placeholder(1));
        assert_eq!(session.one(raw("default", sought).param(SECRET).rows::<(i64,)>()).await.unwrap(), (1,));
    }
    databases.close().await;
    drop(listening);
    let heard = listener.heard();
    assert!(heard.contains("INSERT INTO secrets"), "nothing is told of the statements: {heard}");
    assert!(!heard.contains(SECRET), "a span or an event tells a value: {heard}");
}

/// All that a log could have of an error.
fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!("\n{source}"));
        cause = source.source();
    }
    text
}

/// The password of a bind stands in no error and no `Debug` of what is opened with it.
pub async fn err_2_nothing_tells_the_password<E: Engine + ?Sized>(ground: &Ground<E>) {
    // A file has no password.
    if ground.family() == Family::Sqlite {
        return;
    }
    let engine = ground.engine_with_password(SECRET);
    assert!(!engine.namespace().contains(SECRET));
    match engine.acquire(Effect::Read).await {
        Ok(connection) => {
            assert!(!connection.capabilities().server.contains(SECRET));
            connection.release(Fate::Clean);
        }
        Err(error) => assert!(!everything(&error).contains(SECRET), "the error tells the password"),
    }
    engine.close().await;
    if let Err(error) = engine.acquire(Effect::Read).await {
        assert!(!everything(&error).contains(SECRET), "the error tells the password");
    }
}
