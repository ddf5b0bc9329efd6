use std::time::Duration;

use bindery::Result;
use bindery::prelude::*;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::blog::{Post, opened_with, post};
use crate::capture::Capture;

const ANY: Duration = Duration::from_nanos(1);

async fn opened(threshold: impl Into<bindery::config::OptionValue>) -> Databases {
    opened_with(|builder| builder.bind_option("default", "slow_statement_threshold", threshold)).await
}

#[tokio::test]
async fn a_slow_statement_is_told_by_an_event() -> Result<()> {
    let databases = opened(ANY).await;
    let session = databases.session();
    session.insert(post("a")).await?;
    // Nobody has to listen to the spans.
    let capture = Capture::up_to(LevelFilter::WARN);
    let request = tracing::warn_span!("request", "otel.name" = "GET /posts");
    tracing::Instrument::instrument(session.all(Post::select()), request).await?;
    let [event] = capture.of_statements(true).try_into().unwrap();
    assert_eq!((event.level, event.inside.as_deref()), (Level::WARN, Some("GET /posts")));
    let message = event.field("message").unwrap();
    assert!(message.starts_with("slow statement: it took "), "{message}");
    assert!(message.ends_with(", longer than 1ns (`slow_statement_threshold`)"), "{message}");
    let fields: Vec<_> = event.steady_fields().into_iter().filter(|field| !field.starts_with("message")).collect();
    insta::assert_debug_snapshot!(fields, @r#"
    [
        "bindery.bind = default",
        "db.collection.name = post",
        "db.namespace = :memory:",
        "db.operation.name = SELECT",
        "db.query.text = SELECT \"post\".\"id\", \"post\".\"title\" FROM \"post\"",
        "db.response.returned_rows = 1",
        "db.system.name = sqlite",
    ]
    "#);
    assert!(event.field("bindery.elapsed_secs").unwrap().parse::<f64>().unwrap() > 0.0);
    Ok(())
}

#[tokio::test]
async fn it_says_which_task_it_was() -> Result<()> {
    let databases = opened(ANY).await;
    let capture = Capture::up_to(LevelFilter::WARN);
    let session = databases.session();
    let task = tokio::spawn(async move {
        session.count(Post::select()).await?;
        Ok::<_, bindery::Error>(tokio::task::id().to_string())
    });
    let id = task.await.unwrap()?;
    assert_eq!(capture.of_statements(true)[0].field("bindery.task"), Some(id.as_str()));
    Ok(())
}

#[tokio::test]
async fn verbs_and_failures_can_be_slow_too() -> Result<()> {
    let databases = opened(ANY).await;
    let capture = Capture::up_to(LevelFilter::WARN);
    let tx = databases.session().begin().await?;
    tx.insert(post("a")).await?;
    tx.insert(post("a")).await.unwrap_err();
    tx.commit().await?;
    let told = capture.of_statements(true);
    let told: Vec<_> = told.iter().map(|event| (event.field("db.operation.name").unwrap(), event.field("error.type"))).collect();
    assert_eq!(told, [("BEGIN", None), ("INSERT", None), ("INSERT", Some("UniqueViolation")), ("COMMIT", None)]);
    Ok(())
}

#[tokio::test]
async fn the_time_of_a_stream_is_that_to_its_end() -> Result<()> {
    let databases = opened("20ms").await;
    let session = databases.session();
    session.execute(Post::insert((0..5_000).map(|number| post(&number.to_string())))).await?;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let mut posts = session.stream(Post::select());
    posts.try_next().await?;
    tokio::time::sleep(Duration::from_millis(21)).await;
    assert!(capture.of_statements(true).is_empty());
    drop(posts);
    let [event] = capture.of_statements(true).try_into().unwrap();
    // Who listens to spans too finds it in that of its statement.
    assert_eq!(event.inside.as_deref(), Some("SELECT post"));
    Ok(())
}

#[tokio::test]
async fn what_is_fast_enough_is_not_told() -> Result<()> {
    for threshold in ["1h", "never"] {
        let databases = opened(threshold).await;
        let capture = Capture::up_to(LevelFilter::WARN);
        databases.session().insert(post("a")).await?;
        assert!(capture.all().is_empty());
    }
    Ok(())
}
