//! Savepoints: transactions within a transaction.

use bindery_core::ErrorKind;
use bindery_core::engine::Engine;
use bindery_core::query::raw;

use super::client::Client;
use super::ground::Ground;

async fn begun<E: Engine + ?Sized>(ground: &Ground<E>) -> Client {
    ground.prepare(["CREATE TABLE notes (id integer UNIQUE)"]).await;
    let mut client = ground.client().await;
    client.begun().await;
    client
}

async fn add(client: &mut Client, id: i64) {
    client.run(&format!("INSERT INTO notes VALUES ({id})")).await.unwrap();
}

async fn kept<E: Engine + ?Sized>(ground: &Ground<E>) -> Vec<i64> {
    let rows = ground.witness().await.rows("SELECT id FROM notes ORDER BY id").await.unwrap();
    rows.iter().map(|row| bindery_core::value::Scalar::from_value(row[0].as_ref()).unwrap()).collect()
}

/// Undone is what came after the savepoint, and that as often as it is asked for.
pub async fn save_1_what_came_after_a_savepoint_is_undone<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = begun(ground).await;
    add(&mut client, 1).await;
    client.savepoint("first").await.unwrap();
    add(&mut client, 2).await;
    client.savepoint("second").await.unwrap();
    for id in [31, 32] {
        add(&mut client, id).await;
        client.rollback_to_savepoint("second").await.unwrap();
    }
    add(&mut client, 4).await;
    client.rollback_to_savepoint("first").await.unwrap();
    add(&mut client, 5).await;
    client.commit().await.unwrap();
    assert_eq!(kept(ground).await, [1, 5], "something that came after a savepoint was not undone");
}

/// What a nested transaction of a session did is undone alone, and what it keeps goes with what is around it.
pub async fn save_1_a_nested_transaction_is_undone_alone<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (id integer UNIQUE)"]).await;
    let databases = ground.databases([]).await;
    let session = databases.session();
    let insert = |id: i64| raw("default", format!("INSERT INTO notes VALUES ({id})"));
    let transaction = session.begin().await.unwrap();
    transaction.execute(insert(1)).await.unwrap();
    let kept_one = transaction.begin().await.unwrap();
    kept_one.execute(insert(2)).await.unwrap();
    kept_one.commit().await.unwrap();
    let undone = transaction.begin().await.unwrap();
    undone.execute(insert(3)).await.unwrap();
    let error = undone.execute(insert(1)).await.expect_err("a second 1 was taken");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
    undone.rollback().await.unwrap();
    transaction.execute(insert(4)).await.unwrap();
    transaction.commit().await.unwrap();
    databases.close().await;
    assert_eq!(kept(ground).await, [1, 2, 4]);
}

/// A savepoint that is released keeps what came after it, as a part of what is around it.
pub async fn save_2_a_released_savepoint_keeps_its_rows<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = begun(ground).await;
    client.savepoint("alone").await.unwrap();
    add(&mut client, 1).await;
    client.release_savepoint("alone").await.unwrap();
    client.savepoint("first").await.unwrap();
    client.savepoint("second").await.unwrap();
    add(&mut client, 2).await;
    client.release_savepoint("second").await.unwrap();
    assert_eq!(client.number("SELECT count(*) FROM notes").await, 2, "a row of a released savepoint is gone");
    client.rollback_to_savepoint("first").await.unwrap();
    client.commit().await.unwrap();
    assert_eq!(kept(ground).await, [1]);
}

/// After a failed statement the transaction lives on from its savepoint.
pub async fn save_3_a_savepoint_outlives_a_failed_statement<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = begun(ground).await;
    add(&mut client, 1).await;
    client.savepoint("saved").await.unwrap();
    for _ in 0..2 {
        let error = client.run("INSERT INTO notes VALUES (1)").await.expect_err("a second 1 was taken");
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
        let revived = client.rollback_to_savepoint("saved").await;
        revived.unwrap_or_else(|error| panic!("after a failed statement the savepoint is gone: {error:?}"));
    }
    add(&mut client, 2).await;
    client.release_savepoint("saved").await.unwrap();
    client.commit().await.unwrap();
    assert_eq!(kept(ground).await, [1, 2]);
}
