//! The application's statements and transactions work as on the real databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bindery::engine::IsolationLevel;
use bindery::prelude::*;
use bindery::session::BeginOptions;
use bindery::{ErrorKind, Result};
use bindery_testkit::rolled_back;
use tracing::span;

use super::{Real, register, texts};
use crate::models::{Event, NewNote, Note, User, event, note, user};

#[tokio::test]
async fn what_is_committed_is_there_for_later_statements_and_for_nobody_else() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let ada = register(&test, "ada").await?;
    assert_eq!(test.session().get::<User>(ada.id).await?, Some(ada));
    assert_eq!(texts(&test.session()).await?, ["first", "welcome, ada"]);
    let tx = test.session().begin().await?;
    assert_eq!(tx.count(Note::select()).await?, 2);
    tx.rollback().await?;
    real.assert_untouched();
    test.finish().await?;
    real.assert_untouched();
    register(&real.databases, "ada").await?;
    assert_eq!(real.column("auth", "SELECT email FROM users ORDER BY id"), ["root", "ada"]);
    Ok(())
}

#[tokio::test]
async fn what_is_rolled_back_is_gone_and_what_was_before_stays() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("before")).await?;
    let tx = session.begin().await?;
    tx.execute(Note::delete_all()).await?;
    tx.rollback().await?;
    assert_eq!(texts(&session).await?, ["first", "before"]);
    let tx = session.begin().await?;
    tx.execute(Note::delete_all()).await?;
    drop(tx);
    assert_eq!(texts(&session).await?, ["first", "before"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn nested_transactions_work() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    let tx = session.begin().await?;
    tx.insert(note("outer")).await?;
    let nested = tx.begin().await?;
    nested.insert(note("undone")).await?;
    let innermost = nested.begin().await?;
    innermost.insert(note("undone too")).await?;
    innermost.commit().await?;
    nested.rollback().await?;
    let nested = tx.begin().await?;
    nested.insert(note("dropped")).await?;
    drop(nested);
    let nested = tx.begin().await?;
    nested.insert(note("inner")).await?;
    nested.commit().await?;
    tx.commit().await?;
    assert_eq!(texts(&session).await?, ["first", "outer", "inner"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn a_statement_that_fails_undoes_itself_only() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("kept")).await?;
    // The row before the one that is refused was written by the same statement.
    let rows = ["new", "kept"].map(note);
    assert_eq!(session.execute(Note::insert(rows)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(session.insert_many(["new", "kept"].map(note)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(session.all(raw("default", "SELECT nothing")).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(texts(&session).await?, ["first", "kept"]);
    session.insert(note("after")).await?;
    // More rows than one statement takes: several, all or none.
    let many = (0..40_000).map(|number| NewNote { text: if number == 39_999 { "kept".into() } else { number.to_string() } });
    assert_eq!(session.execute(Note::insert(many)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(texts(&session).await?, ["first", "kept", "after"]);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn the_promises_over_several_binds_are_the_real_ones() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let tx = test.session().begin().await?;
    tx.insert(note("one")).await?;
    assert_eq!(tx.insert(user("two")).await.unwrap_err().kind(), ErrorKind::NotAtomic);
    tx.commit().await?;
    let tx = test.session().begin_with(Atomicity::BestEffort).await?;
    tx.insert(note("best")).await?;
    tx.insert(user("effort")).await?;
    tx.commit().await?;
    assert_eq!(texts(&test.session()).await?, ["first", "one", "best"]);
    assert_eq!(test.session().count(User::select()).await?, 2);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn a_transaction_that_reads_refuses_to_write() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let options = BeginOptions::from(IsolationLevel::Serializable).read_only();
    let tx = test.session().begin_with(options).await?;
    assert_eq!(tx.count(Note::select()).await?, 1);
    assert_eq!(tx.insert(note("refused")).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    tx.commit().await?;
    let tx = test.session().begin().await?;
    tx.insert(note("written")).await?;
    tx.commit().await?;
    assert_eq!(texts(&test.session()).await?, ["first", "written"]);
    test.finish().await
}

#[tokio::test]
async fn tables_that_are_made_are_gone_too() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    assert!(!real.files.path("meta").exists(), "a bind joins at its first statement");
    test.create_all(All).await?;
    test.session().insert(event("login")).await?;
    assert_eq!(test.session().count(Event::select()).await?, 1);
    test.drop_all("default").await?;
    assert_eq!(test.session().count(Note::select()).await.unwrap_err().kind(), ErrorKind::Sql);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

#[tokio::test]
async fn a_long_stream_is_read_as_always() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.execute(Note::insert((0..3_000).map(|number| NewNote { text: number.to_string() }))).await?;
    let mut stream = session.stream(Note::select());
    let mut count = 0;
    while stream.try_next().await?.is_some() {
        count += 1;
    }
    assert_eq!(count, 3_001);
    drop(stream);
    assert_eq!(session.count(Note::select()).await?, 3_001);
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}

/// Counts the spans of statements.
struct Spans(AtomicU64);

impl tracing::Subscriber for Spans {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "bindery::statement"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn the_spans_are_the_applications_and_no_others() -> Result<()> {
    let real = Real::filled().await;
    let spans = Arc::new(Spans(AtomicU64::new(0)));
    let _default = tracing::subscriber::set_default(Arc::clone(&spans));
    let count = async |databases: &Databases, email: &str| {
        let before = spans.0.load(Ordering::Relaxed);
        register(databases, email).await.map(|_| spans.0.load(Ordering::Relaxed) - before)
    };
    let test = rolled_back(&real.databases);
    let inside = count(&test, "ada").await?;
    test.finish().await?;
    assert_eq!(inside, count(&real.databases, "ada").await?);
    assert_eq!(inside, 4, "BEGIN, two inserts, COMMIT");
    Ok(())
}
