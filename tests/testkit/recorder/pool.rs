//! The recorder's pool: as a real one.

use bindery::ErrorKind;
use bindery::Result;
use bindery::prelude::*;
use bindery_testkit::recorder::{Call, Recorder};

use super::databases;
use crate::models::{Note, soon};

#[tokio::test]
async fn who_asks_in_vain_is_told_who_has_the_connections() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on(Call::Execute).affects(1);
    let session = databases(&recorder).await.session(); // two connections
    let (one, two) = (session.begin().await?, session.begin().await?);
    one.execute(Note::delete_all()).await?;
    two.execute(Note::delete_all()).await?;
    let own = soon(session.execute(Note::delete_all())).await.unwrap_err();
    assert_eq!(own.kind(), ErrorKind::BindBusy, "{own}");
    let other = session.clone();
    let others = soon(tokio::spawn(async move { other.execute(Note::delete_all()).await })).await.unwrap().unwrap_err();
    assert_eq!(others.kind(), ErrorKind::Timeout, "{others}");
    assert!(others.to_string().contains("2 connections are out, for up to"), "{others}");
    drop((one, two));
    session.execute(Note::delete_all()).await?;
    Ok(())
}

#[tokio::test]
async fn closing_comes_after_what_is_out() -> Result<()> {
    let recorder = Recorder::postgres();
    recorder.on(Call::Execute).affects(1);
    let databases = databases(&recorder).await;
    let session = databases.session();
    let tx = session.begin().await?;
    tx.execute(Note::delete_all()).await?;
    let mut closing = Box::pin(databases.close());
    assert!(futures_util::FutureExt::now_or_never(closing.as_mut()).is_none(), "a transaction is open");
    assert_eq!(session.execute(Note::delete_all()).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.commit().await?;
    soon(closing).await;
    let status = databases.engine("default")?.pool_status();
    assert_eq!((status.in_use, status.idle), (0, 0));
    Ok(())
}
