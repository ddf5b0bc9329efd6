//! Rows and batches: one open result, read as it comes.

use std::time::Duration;

use bindery_core::ErrorKind;
use bindery_core::engine::{Effect, Engine, Statement};
use bindery_core::value::{Scalar, Value, ValueRef};

use super::family;
use super::ground::Ground;

/// Once a result has been read to its end, the connection takes the next statement; also where it had no row.
pub async fn rows_1_a_result_that_has_ended_is_closed<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (id integer, note integer)"]).await;
    let mut client = ground.client().await;
    let none = Statement::new("SELECT id, note FROM notes", &[], Effect::Read);
    let columns = client.query(&none).await.unwrap();
    assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "note"]);
    assert!(client.fetch().await.unwrap().is_none(), "there is no row");
    for last in [1, 255, 256, 257, 5_000] {
        let found = client.rows(&family::numbers(ground.family(), last)).await.unwrap();
        assert!((1..).zip(&found).all(|(number, row)| *row == [Value::I64(number)]), "of {last} rows some are others");
        assert_eq!(found.len() as u64, last);
    }
}

/// A result that is given up half read leaves nothing of itself to the next.
pub async fn rows_1_a_result_given_up_is_closed<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let many = family::numbers(ground.family(), 100_000);
    for fetches in [0, 1, 3] {
        client.query(&Statement::new(&many, &[], Effect::Read)).await.unwrap();
        for _ in 0..fetches {
            client.fetch().await.unwrap().expect("there are more rows");
        }
        client.close_result().await.unwrap();
        assert_eq!(client.number("SELECT 42").await, 42, "after {fetches} batches");
    }
    client.close_result().await.unwrap();
}

/// The first rows of a result are there although it never ends, and so no engine gathers it first.
pub async fn rows_2_the_first_rows_come_before_the_last<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let endless = family::numbers(ground.family(), 1_000_000_000_000);
    let first = async {
        client.query(&Statement::new(&endless, &[], Effect::Read)).await.unwrap();
        let batch = client.fetch().await.unwrap().expect("there are rows");
        i64::from_value(batch.value(0, 0).unwrap()).unwrap()
    };
    let first = tokio::time::timeout(Duration::from_secs(5), first).await;
    assert_eq!(first.expect("the first rows of a long result did not come before the others"), 1);
    client.close_result().await.unwrap();
    assert_eq!(client.number("SELECT 42").await, 42);
}

/// A cell that can't be carried is an error of that cell, or carried as the server writes it; the others are what they are.
pub async fn rows_3_what_can_not_be_carried_is_an_error_of_its_cell<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    client.query(&Statement::new(family::uncarried(ground.family()), &[], Effect::Read)).await.unwrap();
    let batch = client.fetch().await.unwrap().expect("there is a row");
    assert_eq!(batch.value(0, 0).unwrap(), ValueRef::Text("before"));
    assert_eq!(batch.value(0, 2).unwrap(), ValueRef::Text("after"));
    match batch.value(0, 1) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}"),
        Ok(carried) => assert!(matches!(carried, ValueRef::Other { .. }), "it was carried as {}", carried.kind_name()),
    }
    for (row, column) in [(1, 0), (0, 3)] {
        let error = batch.value(row, column).expect_err("there is no such cell");
        assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    }
}
