use std::ops::ControlFlow;

use bindery::engine::{Effect, Lease, Statement};
use bindery::prelude::*;
use bindery::{BindKey, ErrorKind, Result};
use futures_util::FutureExt;
use tracing::level_filters::LevelFilter;

use crate::blog::{Post, endless, opened, post};
use crate::capture::Capture;

fn names(capture: &Capture) -> Vec<String> {
    capture.take_spans().iter().map(|span| span.name()).collect()
}

#[tokio::test]
async fn a_statement_has_a_span_in_opentelemetry_s_terms() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    let capture = Capture::up_to(LevelFilter::TRACE);
    session.execute(Post::insert(["a", "b"].map(post))).await?;
    insta::assert_debug_snapshot!(capture.take_span().steady_fields(), @r#"
    [
        "bindery.bind = default",
        "bindery.rows_affected = 2",
        "db.collection.name = post",
        "db.namespace = :memory:",
        "db.operation.name = INSERT",
        "db.query.text = INSERT INTO \"post\" (\"title\") VALUES (?), (?)",
        "db.system.name = sqlite",
        "otel.kind = client",
        "otel.name = INSERT post",
    ]
    "#);
    assert_eq!(session.all(Post::select().filter(Post::id.gt(0))).await?.len(), 2);
    let span = capture.take_span();
    insta::assert_debug_snapshot!(span.steady_fields(), @r#"
    [
        "bindery.bind = default",
        "db.collection.name = post",
        "db.namespace = :memory:",
        "db.operation.name = SELECT",
        "db.query.text = SELECT \"post\".\"id\", \"post\".\"title\" FROM \"post\" WHERE \"post\".\"id\" > ?",
        "db.response.returned_rows = 2",
        "db.system.name = sqlite",
        "otel.kind = client",
        "otel.name = SELECT post",
    ]
    "#);
    assert!(span.field("bindery.elapsed_secs").unwrap().parse::<f64>().unwrap() > 0.0);
    Ok(())
}

#[tokio::test]
async fn every_verb_that_runs_a_statement_has_one_span() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let returned = |rows: &str| {
        let span = capture.take_span();
        assert_eq!(span.field("db.response.returned_rows"), Some(rows), "{span:?}");
        span.name()
    };
    let affected = |rows: &str| {
        let span = capture.take_span();
        assert_eq!(span.field("bindery.rows_affected"), Some(rows), "{span:?}");
        span.name()
    };

    session.insert(post("a")).await?;
    assert_eq!(returned("1"), "INSERT post");
    session.execute(Post::update_all().set(Post::title.to("b"))).await?;
    assert_eq!(affected("1"), "UPDATE post");
    session.get::<Post>(1).await?;
    assert_eq!(returned("1"), "SELECT post");
    session.get::<Post>(2).await?;
    assert_eq!(returned("0"), "SELECT post");
    session.count(Post::select()).await?;
    assert_eq!(returned("1"), "SELECT post");
    session.one(Post::select()).await?;
    assert_eq!(returned("1"), "SELECT post");
    session.all(raw("default", "  select 1 union select 2").rows::<(i64,)>()).await?;
    assert_eq!(returned("2"), "select :memory:");
    session.all(raw("default", "-- why\nselect 1").rows::<(i64,)>()).await?;
    assert_eq!(returned("1"), ":memory:");
    session.execute(Post::delete_all()).await?;
    assert_eq!(affected("1"), "DELETE post");
    Ok(())
}

#[tokio::test]
async fn the_verbs_of_transactions_have_spans() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let tx = session.begin().await?;
    tx.insert(post("a")).await?;
    let nested = tx.begin().await?;
    nested.insert(post("b")).await?;
    nested.rollback().await?;
    let nested = tx.begin().await?;
    nested.insert(post("c")).await?;
    nested.commit().await?;
    tx.commit().await?;
    let (insert, memory) = ("INSERT post", |verb: &str| format!("{verb} :memory:"));
    let undone = [insert.to_owned(), memory("ROLLBACK TO SAVEPOINT"), memory("RELEASE SAVEPOINT")];
    let kept = [insert.to_owned(), memory("RELEASE SAVEPOINT"), memory("COMMIT")];
    let begun = [memory("BEGIN"), insert.to_owned(), memory("SAVEPOINT")];
    assert_eq!(names(&capture), [&begun[..], &undone[..], &[memory("SAVEPOINT")], &kept[..]].concat());

    let tx = session.begin().await?;
    tx.insert(post("d")).await?;
    tx.rollback().await?;
    assert_eq!(names(&capture), [memory("BEGIN"), insert.to_owned(), memory("ROLLBACK")]);
    Ok(())
}

#[tokio::test]
async fn a_stream_s_span_lasts_until_its_end() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    session.execute(Post::insert((0..5_000).map(|number| post(&number.to_string())))).await?;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let mut posts = session.stream(Post::select());
    let mut read = 0;
    while posts.try_next().await?.is_some() {
        read += 1;
        // The last rows are given out when the server has none any more.
        assert!(capture.of_statements(false).iter().all(|span| span.is_open()));
    }
    assert_eq!(read, 5_000);
    assert_eq!(capture.take_span().field("db.response.returned_rows"), Some("5000"));
    Ok(())
}

#[tokio::test]
async fn a_stream_s_span_ends_when_it_is_dropped() -> Result<()> {
    let databases = opened().await;
    databases.session().execute(Post::insert((0..5_000).map(|number| post(&number.to_string())))).await?;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    for in_transaction in [false, true] {
        let session = databases.session();
        let tx = session.begin().await?;
        if in_transaction {
            // Whose connection stays with it.
            tx.count(Post::select()).await?;
            capture.take_spans();
        }
        let session = if in_transaction { &*tx } else { &session };
        let mut posts = session.stream(Post::select());
        posts.try_next().await?;
        assert!(capture.of_statements(false)[0].is_open());
        drop(posts);
        let span = capture.take_span();
        assert_eq!(span.field("error.type"), None, "{span:?}");
        let read: u64 = span.field("db.response.returned_rows").unwrap().parse().unwrap();
        assert!((1..5_000).contains(&read), "{span:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_statement_says_its_kind() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    session.insert(post("a")).await?;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    for (kind, error) in [
        (ErrorKind::UniqueViolation, session.insert(post("a")).await.unwrap_err()),
        (ErrorKind::UniqueViolation, session.execute(Post::insert([post("a")])).await.unwrap_err()),
        (ErrorKind::Sql, session.all(raw("default", "select nothing").rows::<(i64,)>()).await.unwrap_err()),
        (ErrorKind::Decode, session.all(raw("default", "select 'a'").rows::<(i64,)>()).await.unwrap_err()),
    ] {
        assert_eq!(error.kind(), kind);
    }
    let told = capture.take_spans().into_iter().map(|span| {
        assert_eq!(span.field("otel.status_code"), Some("ERROR"), "{span:?}");
        span.field("error.type").unwrap().to_owned()
    });
    assert_eq!(told.collect::<Vec<_>>(), ["UniqueViolation", "UniqueViolation", "Sql", "Decode"]);
    Ok(())
}

#[tokio::test]
async fn a_dropped_future_s_span_says_so() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    let tx = session.begin().await?;
    tx.count(Post::select()).await?;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    // Sent to the blocking pool, and nobody waits for it.
    assert!(tx.execute(endless("a")).now_or_never().is_none());
    let span = capture.take_span();
    assert_eq!((span.name().as_str(), span.field("error.type")), ("insert :memory:", Some("Interrupted")), "{span:?}");
    // Its connection is not used again, so nothing is sent, and there is nothing to tell.
    assert_eq!(tx.count(Post::select()).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
    assert!(capture.take_spans().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_span_stands_inside_its_caller_s() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let request = tracing::info_span!("request", "otel.name" = "GET /posts");
    tracing::Instrument::instrument(session.count(Post::select()), request).await?;
    assert_eq!(capture.take_span().inside.as_deref(), Some("GET /posts"));
    Ok(())
}

#[tokio::test]
async fn who_listens_to_less_is_told_nothing() -> Result<()> {
    let databases = opened().await;
    let capture = Capture::up_to(LevelFilter::INFO);
    databases.session().insert(post("a")).await?;
    assert!(capture.all().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_span_of_a_lease_ends_when_its_result_is_closed() -> Result<()> {
    let databases = opened().await;
    let session = databases.session();
    session.execute(Post::insert(["a", "b"].map(post))).await?;
    let mut lease = Lease::new(databases.engine("default")?.acquire(Effect::Read).await?, BindKey::DEFAULT);
    let capture = Capture::up_to(LevelFilter::DEBUG);
    lease.query(&Statement::new("SELECT id FROM post", &[], Effect::Read)).await?;
    while lease.fetch(&mut |_| ControlFlow::Continue(())).await? {}
    assert!(capture.of_statements(false)[0].is_open(), "a row of it may turn out not to fit");
    lease.close_result().await?;
    assert_eq!(capture.take_span().field("db.response.returned_rows"), Some("2"));
    Ok(())
}
