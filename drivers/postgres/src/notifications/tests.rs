use bindery_testkit::TempPostgres;
use tokio::sync::broadcast::error::RecvError;

use super::*;
use crate::config::PostgresConfig;
use crate::connect::connect;

#[tokio::test]
async fn every_listener_hears_and_learns_of_the_end() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let connected = connect(&PostgresConfig::at(&database.url().to_string())).await.unwrap();
    connected.client.batch_execute("LISTEN news").await.unwrap();
    database.psql("NOTIFY news, 'before anyone listens'").unwrap();
    connected.client.simple_query("SELECT 1").await.unwrap();

    let (mut first, mut second) = (connected.notifications.subscribe(), connected.notifications.subscribe());
    database.psql("NOTIFY news, 'hello'").unwrap();
    for listener in [&mut first, &mut second] {
        let notification = listener.recv().await.unwrap();
        assert_eq!((notification.channel(), notification.payload()), ("news", "hello"));
    }
    let notifications = connected.notifications.clone();
    drop(connected);
    assert_eq!(first.recv().await.unwrap_err(), RecvError::Closed);
    assert_eq!(notifications.subscribe().recv().await.unwrap_err(), RecvError::Closed);
}

#[tokio::test]
async fn a_listener_that_does_not_listen_holds_up_nothing() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let connected = connect(&PostgresConfig::at(&database.url().to_string())).await.unwrap();
    connected.client.batch_execute("LISTEN news").await.unwrap();
    let mut listener = connected.notifications.subscribe();
    connected.client.batch_execute("SELECT pg_notify('news', n::text) FROM generate_series(1, 5000) AS n").await.unwrap();
    assert_eq!(connected.client.query_one("SELECT 42", &[]).await.unwrap().get::<_, i32>(0), 42);

    let Err(RecvError::Lagged(missed)) = listener.recv().await else { panic!("nothing was missed") };
    assert_eq!(missed, 5000 - KEPT as u64);
    assert_eq!(listener.recv().await.unwrap().payload(), (missed + 1).to_string());
}

#[tokio::test]
async fn notices_do_not_disturb() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let connected = connect(&PostgresConfig::at(&database.url().to_string())).await.unwrap();
    connected.client.batch_execute("DO $$ BEGIN FOR n IN 1..1000 LOOP RAISE NOTICE 'note %', n; END LOOP; END $$").await.unwrap();
    assert_eq!(connected.client.query_one("SELECT 42", &[]).await.unwrap().get::<_, i32>(0), 42);
}
