use bindery::Result;
use bindery::prelude::*;
use futures_util::FutureExt;
use tracing::level_filters::LevelFilter;

use crate::blog::{Post, endless, opened_with, post};
use crate::capture::{Capture, Told};

const SECRET: &str = "hunter2";

/// Statements of every kind that carry the secret, with whatever end.
async fn everything(log_parameters: bool) -> Result<Vec<Told>> {
    let capture = Capture::up_to(LevelFilter::TRACE);
    let databases = opened_with(|builder| {
        let builder = builder.bind_option("default", "slow_statement_threshold", "0.000001ms");
        if log_parameters { builder.bind_option("default", "log_parameters", true) } else { builder }
    });
    let databases = databases.await;
    let session = databases.session();
    session.insert(post(SECRET)).await?;
    session.insert(post(SECRET)).await.unwrap_err();
    session.one(Post::select().filter(Post::title.eq(SECRET))).await?;
    session.one(Post::select().filter(Post::title.eq(format!("{SECRET}!")))).await.unwrap_err();
    session.execute(Post::update().set(Post::title.to(SECRET)).filter(Post::title.eq(SECRET))).await?;
    session.all(raw("default", "select id, title from post where title = ?").param(SECRET).rows::<(i64, String)>()).await?;
    session.all(raw("default", "select title from post where title = ?").param(SECRET).rows::<(i64,)>()).await.unwrap_err();
    session.all(raw("default", "select ? from nowhere").param(SECRET).rows::<(String,)>()).await.unwrap_err();
    session.stream(Post::select().filter(Post::title.eq(SECRET))).try_next().await?;
    let tx = session.begin().await?;
    tx.get::<Post>(1).await?;
    assert!(tx.execute(endless(SECRET)).now_or_never().is_none());
    drop(tx);
    databases.close().await;
    Ok(capture.all())
}

#[tokio::test]
async fn no_span_or_event_carries_a_parameter_unasked() -> Result<()> {
    let told = everything(false).await?;
    assert!(told.iter().filter(|told| told.is_event).count() > 10 && told.iter().filter(|told| !told.is_event).count() > 10);
    for told in told {
        assert!(!format!("{told:?}").contains(SECRET), "{told:?}");
        assert_eq!(told.field("bindery.parameters"), None);
    }
    Ok(())
}

#[tokio::test]
async fn parameters_are_told_where_they_are_asked_for() -> Result<()> {
    let told = everything(true).await?;
    for is_event in [false, true] {
        let parameters = told.iter().filter(|told| told.is_event == is_event).filter_map(|told| told.field("bindery.parameters"));
        assert!(parameters.filter(|parameters| *parameters == "[\"hunter2\"]").count() > 5, "{told:#?}");
    }
    // They stand in their field only.
    for mut told in told {
        told.fields.remove("bindery.parameters");
        assert!(!format!("{told:?}").contains(SECRET), "{told:?}");
    }
    Ok(())
}

#[tokio::test]
async fn long_parameters_are_cut() -> Result<()> {
    let databases = opened_with(|builder| builder.bind_option("default", "log_parameters", true)).await;
    let capture = Capture::up_to(LevelFilter::DEBUG);
    let select = raw("default", "select ?, ?, ?, ?, ?, ?").param("é".repeat(1_000)).param(vec![0_u8; 3]).param(true).param(-1.5);
    let select = select.param(None::<i64>).param(7_i64);
    databases.session().execute(select.writes()).await.ok();
    let shown = format!("[\"{}\"… (2000 bytes), 3 bytes, true, -1.5, NULL, 7]", "é".repeat(100));
    assert_eq!(capture.take_span().field("bindery.parameters"), Some(shown.as_str()));
    Ok(())
}
