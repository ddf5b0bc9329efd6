//! Rows: one open result, read as it comes.

use std::ops::ControlFlow;
use std::time::Duration;

use bindery_core::ErrorKind;
use bindery_core::engine::{Cells, Effect, Engine, Statement};
use bindery_core::value::{Scalar, Value, ValueRef};

use super::family;
use super::ground::Ground;
use crate::owned_row::OwnedRow;

/// Once a result has been read to its end, the connection takes the next statement; also where it had no row.
pub async fn rows_1_a_result_that_has_ended_is_closed<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE notes (id integer, note integer)"]).await;
    let mut client = ground.client().await;
    let none = Statement::new("SELECT id, note FROM notes", &[], Effect::Read);
    let columns = client.query(&none).await.unwrap();
    assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "note"]);
    assert_eq!(client.some_rows().await.unwrap(), (0, false), "there is no row, and nothing to wait for");
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
            assert!(client.some_rows().await.unwrap().1, "there are more rows");
        }
        client.close_result().await.unwrap();
        assert_eq!(client.number("SELECT 42").await, 42, "after {fetches} fetches");
    }
    client.close_result().await.unwrap();
}

/// The first rows of a result are there although it never ends, and so no engine gathers it first.
pub async fn rows_2_the_first_rows_come_before_the_last<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let endless = family::numbers(ground.family(), 1_000_000_000_000);
    let first = async {
        client.query(&Statement::new(&endless, &[], Effect::Read)).await.unwrap();
        let mut first = None;
        let mut each = |cells: &dyn Cells| {
            first = first.or(cells.value(0).and_then(i64::from_value).ok());
            ControlFlow::Continue(())
        };
        assert!(client.fetch(&mut each).await.unwrap(), "there are more rows");
        first
    };
    let first = tokio::time::timeout(Duration::from_secs(5), first).await;
    assert_eq!(first.expect("the first rows of a long result did not come before the others"), Some(1));
    client.close_result().await.unwrap();
    assert_eq!(client.number("SELECT 42").await, 42);
}

/// A cell that can't be carried is an error of that cell, or carried as the server writes it; the others are what they are.
pub async fn rows_3_what_can_not_be_carried_is_an_error_of_its_cell<E: Engine + ?Sized>(ground: &Ground<E>) {
    let Some(uncarried) = ground.uncarried() else { return };
    let mut client = ground.client().await;
    client.query(&Statement::new(uncarried, &[], Effect::Read)).await.unwrap();
    let mut rows = Vec::new();
    let mut each = |cells: &dyn Cells| {
        rows.push(OwnedRow::new(cells, 5));
        ControlFlow::Continue(())
    };
    while client.fetch(&mut each).await.unwrap() {}
    let [row] = rows.as_slice() else { panic!("{} rows, and not 1", rows.len()) };
    assert_eq!(row.value(0).unwrap(), ValueRef::Text("before"));
    assert_eq!(row.value(2).unwrap(), ValueRef::Text("after"));
    match row.value(1) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}"),
        Ok(carried) => assert!(matches!(carried, ValueRef::Other { .. }), "it was carried as {}", carried.kind_name()),
    }
    for column in [3, 4] {
        let error = row.value(column).expect_err("there is no such cell");
        assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    }
}

/// Whoever reads stops at any row, and goes on with the one after it.
pub async fn rows_4_a_reader_that_has_enough_is_given_no_more<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    for (last, portion) in [(10, 1), (1_000, 7), (1_000, 256), (5_000, 1_999)] {
        client.query(&Statement::new(&family::numbers(ground.family(), last), &[], Effect::Read)).await.unwrap();
        let mut numbers = Vec::new();
        loop {
            let before = numbers.len();
            let mut each = |cells: &dyn Cells| {
                numbers.push(cells.value(0).and_then(i64::from_value).unwrap());
                if numbers.len() - before < portion { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let more = client.fetch(&mut each).await.unwrap();
            let given = numbers.len() - before;
            assert!(given <= portion, "{given} rows were given to a reader that had enough at {portion}");
            assert!(more || given < portion, "a result said that it has ended to a reader that had enough");
            if !more {
                break;
            }
        }
        let expected: Vec<_> = (1..=i64::try_from(last).unwrap()).collect();
        assert!(numbers == expected, "of {last} rows, read {portion} at once, some are missing, doubled or out of order");
    }
    assert_eq!(client.number("SELECT 42").await, 42);
}
