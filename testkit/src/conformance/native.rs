//! Native access: a connection that was lent is as new.

use bindery_core::engine::{Effect, Engine, Family, Fate, Statement, TransactionOptions};
use bindery_core::value::Value;

use super::client::Client;
use super::cut::all_back;
use super::ground::Ground;

/// A setting of the connection: how it is changed, and how it is asked for.
fn setting(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::Postgres => ("SET statement_timeout = '77s'", "SELECT current_setting('statement_timeout')"),
        Family::MySql => ("SET SESSION lock_wait_timeout = 77", "SELECT @@lock_wait_timeout"),
        _ => ("PRAGMA cache_size = 77", "SELECT cache_size FROM pragma_cache_size"),
    }
}

/// Whoever has the connection next finds no transaction, no setting and no temporary table of the one who borrowed it.
pub async fn native_1_a_lent_connection_comes_back_as_new<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (id integer)"]).await;
    let (change, ask) = setting(ground.family());
    let engine = ground.engine_with(|pool| pool.size = 1);
    let mut before = Client::of(&*engine, Effect::Write).await;
    let usual: Value = before.value(ask).await;
    drop(before);

    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    for sql in ["CREATE TEMPORARY TABLE scratch (id integer)", change] {
        connection.execute(&Statement::new(sql, &[], Effect::Write)).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    connection.begin(&TransactionOptions::default()).await.unwrap();
    connection.execute(&Statement::new("INSERT INTO notes VALUES (1)", &[], Effect::Write)).await.unwrap();
    let _ = connection.native();
    connection.release(Fate::Lent);

    let mut next = Client::of(&*engine, Effect::Write).await;
    assert_eq!(next.number("SELECT count(*) FROM notes").await, 0, "the next one is in a transaction of the borrower");
    next.rows("SELECT id FROM scratch").await.expect_err("the next one has a temporary table of the borrower");
    assert_eq!(next.value(ask).await, usual, "the next one has a setting of the borrower");
    drop(next);
    all_back(&*engine).await;
    assert_eq!(ground.count("notes").await, 0);
}
