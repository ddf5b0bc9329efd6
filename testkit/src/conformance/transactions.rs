//! Transactions: what the server says counts.

use bindery_core::ErrorKind;
use bindery_core::engine::{Effect, Engine, Family, IsolationLevel, TransactionOptions};

use super::client::Client;
use super::cut::until;
use super::failure;
use super::family;
use super::ground::Ground;

const TABLE: &str = "CREATE TABLE notes (id integer)";

/// A server that refuses to begin has refused before `begin` returns, and no statement comes after.
pub async fn tx_1_a_refused_begin_is_an_error_of_begin<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let mut client = ground.client().await;
    let mut holder = ground.client().await;
    match family::connection_id(ground.family()) {
        Some(id) => {
            let id = client.number(id).await;
            ground.end_connection(id).await;
        }
        // Without a server, it is the writer's lock that refuses.
        None => holder.begun().await,
    }
    let refused = client.begin(&TransactionOptions::default()).await;
    let error = refused.expect_err("`begin` says that a transaction is open, and the server can't have begun one");
    assert!(matches!(error.kind(), ErrorKind::Locked | ErrorKind::ConnectionLost), "{error:?}");
    assert_eq!(error.step(), Some("begin"));
}

/// What is committed, everyone sees; before, nobody else does.
pub async fn tx_2_a_commit_is_there_for_everyone<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let mut client = ground.client().await;
    client.begun().await;
    client.run("INSERT INTO notes VALUES (1), (2)").await.unwrap();
    assert_eq!(client.number("SELECT count(*) FROM notes").await, 2);
    assert_eq!(ground.count("notes").await, 0, "others see what is not committed");
    client.commit().await.unwrap();
    assert_eq!(ground.count("notes").await, 2, "what was committed is not there");
    client.run("INSERT INTO notes VALUES (3)").await.unwrap();
    assert_eq!(ground.count("notes").await, 3, "after the commit each statement is its own again");
}

/// A constraint that is checked at the end fails the commit, which says so.
pub async fn tx_2_a_commit_that_a_constraint_refuses_is_its_error<E: Engine + ?Sized>(ground: &Ground<E>) {
    // MySQL checks every constraint at once.
    if ground.family() == Family::MySql {
        return;
    }
    let key = "CREATE TABLE chain (id integer PRIMARY KEY, before integer REFERENCES chain (id) DEFERRABLE INITIALLY DEFERRED)";
    ground.prepare([key]).await;
    let engine = ground.engine();
    let mut client = Client::of(&*engine, Effect::Write).await;
    client.begun().await;
    client.run("INSERT INTO chain VALUES (1, 2)").await.unwrap();
    let error = client.commit().await.expect_err("the commit that a constraint has refused succeeded");
    assert_eq!((error.kind(), error.step()), (ErrorKind::ForeignKeyViolation, Some("commit")), "{error:?}");
    drop(client);
    super::cut::all_back(&*engine).await;
    assert_eq!(ground.count("chain").await, 0);
}

/// A server that answers COMMIT of a failed transaction with a rollback has not committed.
pub async fn tx_2_a_failed_transaction_is_not_committed<E: Engine + ?Sized>(ground: &Ground<E>) {
    let Some(mut client) = failed(ground).await else { return };
    let error = client.commit().await.expect_err("the commit of a failed transaction succeeded");
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
    drop(client);
    assert_eq!(ground.count("once").await, 1);
}

/// Once the server has failed or ended a transaction, nothing runs on, and nothing runs outside of it by mistake.
pub async fn tx_3_nothing_runs_on_a_failed_transaction<E: Engine + ?Sized>(ground: &Ground<E>) {
    let Some(mut client) = failed(ground).await else { return };
    for _ in 0..2 {
        let error = client.run("INSERT INTO once VALUES (3)").await.expect_err("a statement ran on a failed transaction");
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        let error = client.rows("SELECT a FROM once").await.expect_err("a query ran on a failed transaction");
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
    }
    let error = client.savepoint("late").await.expect_err("a failed transaction takes no savepoint");
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
    assert_eq!(ground.count("once").await, 1, "a statement of a failed transaction was committed on its own");
    client.rollback().await.unwrap();
    client.run("INSERT INTO once VALUES (4)").await.unwrap();
    assert_eq!(ground.count("once").await, 2, "after the rollback the connection works on");
}

/// Nobody can say what became of a commit whose connection was lost on the way.
pub async fn tx_4_a_commit_that_loses_its_connection_is_in_doubt<E: Engine + ?Sized>(ground: &Ground<E>) {
    // Elsewhere a commit can't be made to take long, or there is no connection to lose.
    if ground.family() != Family::Postgres {
        return;
    }
    ground
        .prepare([
            TABLE,
            "CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_long()",
        ])
        .await;
    let mut client = ground.client().await;
    let id = client.number("SELECT pg_backend_pid()").await;
    client.begun().await;
    client.run("INSERT INTO notes VALUES (1)").await.unwrap();
    let commit = tokio::spawn(async move { client.commit().await });
    let committing = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {id} AND wait_event = 'PgSleep'");
    until(async || ground.witness().await.number(&committing).await == 1, "the commit does not run").await;
    ground.witness().await.rows(&family::kill(Family::Postgres, id)).await.unwrap();
    let committed = commit.await.unwrap();
    let error = committed.expect_err("a commit without an answer succeeded");
    assert_eq!(error.kind(), ErrorKind::CommitInDoubt, "{error:?}");
}

/// What is rolled back leaves nothing, and the connection works on.
pub async fn tx_5_a_rollback_leaves_nothing<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let mut client = ground.client().await;
    for _ in 0..2 {
        client.begun().await;
        client.run("INSERT INTO notes VALUES (1)").await.unwrap();
        client.savepoint("second").await.unwrap();
        client.run("INSERT INTO notes VALUES (2)").await.unwrap();
        client.rollback().await.unwrap();
        assert_eq!(ground.count("notes").await, 0, "what was rolled back is there");
    }
    client.run("INSERT INTO notes VALUES (3)").await.unwrap();
    assert_eq!(ground.count("notes").await, 1);
}

/// A transaction of repeatable reads sees one state, whatever others commit meanwhile.
pub async fn tx_6_repeatable_reads_repeat<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    for isolation in [IsolationLevel::RepeatableRead, IsolationLevel::Serializable] {
        // MySQL's serializable reads lock what they have read: the write would wait for their end.
        if isolation == IsolationLevel::Serializable && ground.family() == Family::MySql {
            continue;
        }
        let mut reader = Client::of(&*ground.engine(), Effect::Read).await;
        let before = ground.count("notes").await;
        let mut options = TransactionOptions::default();
        (options.read_only, options.isolation) = (true, Some(isolation));
        reader.begin(&options).await.unwrap();
        assert_eq!(reader.number("SELECT count(*) FROM notes").await, before);
        ground.prepare(["INSERT INTO notes VALUES (1)"]).await;
        assert_eq!(reader.number("SELECT count(*) FROM notes").await, before, "{isolation:?}: the second read saw another state");
        reader.commit().await.unwrap();
        assert_eq!(reader.number("SELECT count(*) FROM notes").await, before + 1);
    }
}

/// A transaction that only reads takes no write.
pub async fn tx_6_a_read_only_transaction_writes_nothing<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([TABLE]).await;
    let mut client = ground.client().await;
    let mut options = TransactionOptions::default();
    options.read_only = true;
    client.begin(&options).await.unwrap();
    assert_eq!(client.number("SELECT count(*) FROM notes").await, 0);
    client.run("INSERT INTO notes VALUES (1)").await.expect_err("a read-only transaction has written");
    client.rollback().await.unwrap();
    client.run("INSERT INTO notes VALUES (2)").await.unwrap();
    assert_eq!(ground.count("notes").await, 1, "only the transaction was read-only");
}

/// A connection in a transaction that the server has failed or ended, where that can be brought about. The table `once` has one row
/// outside of it.
async fn failed<E: Engine + ?Sized>(ground: &Ground<E>) -> Option<Client> {
    ground.prepare([failure::TABLE, failure::ROW]).await;
    let mut client = ground.client().await;
    client.begun().await;
    client.run("INSERT INTO once VALUES (2)").await.unwrap();
    failure::fail(ground, &mut client).await.then_some(client)
}
