//! Transactions that the server fails, or ends on its own.

use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Family};

use super::client::Client;
use super::ground::Ground;

/// A table with a unique column, and the row that it has before anything fails.
pub(super) const TABLE: &str = "CREATE TABLE once (a integer UNIQUE)";
pub(super) const ROW: &str = "INSERT INTO once VALUES (1)";

/// Brings the server to fail, or end, the transaction in which this client is; whether that can be done.
pub(super) async fn fail<E: Engine + ?Sized>(ground: &Ground<E>, client: &mut Client) -> bool {
    let failing = match ground.family() {
        Family::Postgres => ROW,
        Family::Sqlite => "INSERT OR ROLLBACK INTO once VALUES (1)",
        // A failed statement is undone there, and its transaction goes on.
        Family::MySql => {
            lose(ground, client).await;
            return true;
        }
        _ => return false,
    };
    let error = client.run(failing).await.expect_err("a second 1 was taken");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
    true
}

/// Makes a client the victim of a deadlock.
async fn lose<E: Engine + ?Sized>(ground: &Ground<E>, client: &mut Client) {
    let rows = "INSERT INTO fought VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0)";
    ground.prepare(["CREATE TABLE fought (id integer PRIMARY KEY, n integer)", rows]).await;
    let mut other = ground.client().await;
    other.begun().await;
    // The victim is who has changed less, whoever comes last.
    other.run("UPDATE fought SET n = 1 WHERE id > 1").await.unwrap();
    client.run("UPDATE fought SET n = 1 WHERE id = 1").await.unwrap();
    let winning = tokio::spawn(async move {
        other.run("UPDATE fought SET n = 2 WHERE id = 1").await?;
        other.rollback().await
    });
    let error = client.run("UPDATE fought SET n = 2 WHERE id = 2").await.expect_err("two wait for each other, and this one goes on");
    assert_eq!(error.kind(), ErrorKind::Deadlock, "{error:?}");
    winning.await.unwrap().unwrap();
}
