//! Two-phase commit, where the server has it.

use bindery_core::ErrorKind;
use bindery_core::engine::{Effect, Engine, Fate, GlobalId, Statement, TransactionOptions};

use super::client::Client;
use super::cut::all_back;
use super::failure;
use super::family;
use super::ground::Ground;

fn id(name: &str) -> GlobalId {
    // A server has one list for all its databases: the ids of tests that run beside this one are others.
    GlobalId::new(format!("{name}-{}", std::process::id())).expect("letters and digits")
}

/// A connection in a transaction of this id, which has written a row; none where the server has no two-phase commit.
async fn begun<E: Engine + ?Sized>(ground: &Ground<E>, engine: &E, id: &GlobalId) -> Option<Client> {
    let mut client = Client::of(engine, Effect::Write).await;
    if !ground.expected().two_phase {
        return None;
    }
    let mut options = TransactionOptions::default();
    options.global_id = Some(id);
    client.begin(&options).await.unwrap();
    client.run("INSERT INTO once VALUES (2)").await.unwrap();
    Some(client)
}

async fn table<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([failure::TABLE, failure::ROW]).await;
}

async fn listed<E: Engine + ?Sized>(ground: &Ground<E>, id: &GlobalId) -> bool {
    ground.client().await.list_prepared().await.unwrap().contains(id)
}

/// What is prepared is there for everyone once it is committed, and not before; what is rolled back, never.
pub async fn prepare_1_a_prepared_transaction_is_finished_as_asked<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    let engine = ground.engine();
    let id = id("finished");
    for (commits, rows) in [(false, 1), (true, 2)] {
        let Some(mut client) = begun(ground, &*engine, &id).await else { return };
        client.prepare(&id).await.unwrap();
        assert_eq!(ground.count("once").await, 1, "what is only prepared is there");
        // On the connection that prepared it.
        let finished = if commits { client.commit_prepared(&id).await } else { client.rollback_prepared(&id).await };
        finished.unwrap();
        assert_eq!(ground.count("once").await, rows);
        assert_eq!(client.number("SELECT 42").await, 42, "the connection works on");
    }
}

/// A server that answers PREPARE of a failed transaction with a rollback has not prepared it.
pub async fn prepare_1_a_failed_transaction_is_not_prepared<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    let engine = ground.engine();
    let id = id("failed");
    let Some(mut client) = begun(ground, &*engine, &id).await else { return };
    if !failure::fail(ground, &mut client).await {
        return;
    }
    let error = client.prepare(&id).await.expect_err("a failed transaction was prepared");
    assert_eq!((error.kind(), error.step()), (ErrorKind::TransactionAborted, Some("prepare")), "{error:?}");
    drop(client);
    all_back(&*engine).await;
    assert!(!listed(ground, &id).await);
    assert_eq!(ground.count("once").await, 1);
}

/// However its connection ends, a prepared transaction waits to be finished by another.
pub async fn prepare_2_it_stays_whatever_becomes_of_its_connection<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    if !ground.expected().two_phase {
        return;
    }
    for fate in [Fate::Prepared, Fate::Clean, Fate::InTransaction, Fate::CutOff, Fate::Lent] {
        let engine = ground.engine();
        let id = id("left");
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let mut options = TransactionOptions::default();
        options.global_id = Some(&id);
        connection.begin(&options).await.unwrap();
        connection.execute(&Statement::new("INSERT INTO once VALUES (2)", &[], Effect::Write)).await.unwrap();
        connection.two_phase().expect("the server can prepare").prepare(&id).await.unwrap();
        connection.release(fate);
        all_back(&*engine).await;
        assert!(listed(ground, &id).await, "it was prepared, and {fate:?} has ended it");
        assert_eq!(ground.count("once").await, 1, "{fate:?}");
        engine.close().await;
        assert!(listed(ground, &id).await, "it was prepared, and ended with its connection");
        let mut other = ground.client().await;
        other.commit_prepared(&id).await.unwrap();
        assert_eq!(ground.count("once").await, 2);
        other.run("DELETE FROM once WHERE a = 2").await.unwrap();
    }
}

/// A prepared transaction outlives a connection that the server loses.
pub async fn prepare_2_it_outlives_a_lost_connection<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    let Some(number) = family::connection_id(ground.family()) else { return };
    let engine = ground.engine();
    let id = id("lost");
    let Some(mut client) = begun(ground, &*engine, &id).await else { return };
    client.prepare(&id).await.unwrap();
    let number = client.number(number).await;
    ground.end_connection(number).await;
    drop(client);
    assert!(listed(ground, &id).await);
    ground.client().await.rollback_prepared(&id).await.unwrap();
    assert_eq!(ground.count("once").await, 1);
}

/// What isn't prepared can't be finished, and so a second time neither.
pub async fn prepare_3_what_is_not_prepared_is_unknown<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    let engine = ground.engine();
    let id = id("unknown");
    let Some(mut client) = begun(ground, &*engine, &id).await else { return };
    client.prepare(&id).await.unwrap();
    client.commit_prepared(&id).await.unwrap();
    for _ in 0..2 {
        let error = client.commit_prepared(&id).await.expect_err("it was committed twice");
        assert_eq!(error.kind(), ErrorKind::UnknownTransaction, "{error:?}");
        let error = client.rollback_prepared(&id).await.expect_err("it was rolled back after its commit");
        assert_eq!(error.kind(), ErrorKind::UnknownTransaction, "{error:?}");
    }
    assert_eq!(client.number("SELECT 42").await, 42, "the connection works on");
}

/// The list has what is prepared and not yet finished.
pub async fn prepare_4_what_is_prepared_is_listed<E: Engine + ?Sized>(ground: &Ground<E>) {
    table(ground).await;
    let engine = ground.engine();
    let id = id("listed");
    let Some(mut client) = begun(ground, &*engine, &id).await else { return };
    assert!(!listed(ground, &id).await, "it is listed before it is prepared");
    client.prepare(&id).await.unwrap();
    assert!(listed(ground, &id).await, "it is prepared and not listed");
    client.rollback_prepared(&id).await.unwrap();
    assert!(!listed(ground, &id).await, "it is listed after its end");
}
