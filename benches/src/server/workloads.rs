use std::hint::black_box;

use bindery::prelude::*;

use super::database::{Database, ROWS, Workload};
use super::raw::{Backend, Raw};
use crate::Result;
use crate::race::{Goal, Standings};
use crate::reading::{NewReading, Reading};

/// Key after key, far apart.
fn keys(times: u32) -> impl Iterator<Item = i64> {
    (0..times).map(|number| i64::from(number.wrapping_mul(7_919) % ROWS) + 1)
}

pub(super) fn one_row_by_key<B: Backend>(standings: &mut Standings, database: &Database<B>) -> Result<()> {
    let ours = database.block_on(database.bindery.session().get::<Reading>(77))?;
    check_same(&ours, &Some(database.block_on(database.raw[0].reading(77))?))?;
    database.race(
        standings,
        Workload { name: "one row by key", times: 10, goal: Goal::Ratio(1.10) },
        async |raw: B::Raw, times| {
            for key in keys(times) {
                black_box(raw.reading(key).await?);
            }
            Ok(())
        },
        async |session: Session, times| {
            for key in keys(times) {
                black_box(session.get::<Reading>(key).await?);
            }
            Ok(())
        },
    )
}

pub(super) fn rows_into_structs<B: Backend>(standings: &mut Standings, database: &Database<B>, rows: u32) -> Result<()> {
    let most = i64::from(rows);
    let ours = database.block_on(database.bindery.session().all(Reading::select().filter(Reading::id.le(most))))?;
    check_same(&ours, &database.block_on(database.raw[0].readings_up_to(most))?)?;
    let name = match rows {
        1 => "1 row into structs",
        100 => "100 rows into structs",
        _ => "10,000 rows into structs",
    };
    database.race(
        standings,
        Workload { name, times: (1_000 / rows).clamp(1, 10), goal: Goal::Ratio(1.10) },
        move |raw: B::Raw, times| async move {
            for _ in 0..times {
                black_box(raw.readings_up_to(most).await?);
            }
            Ok(())
        },
        move |session: Session, times| async move {
            for _ in 0..times {
                black_box(session.all(Reading::select().filter(Reading::id.le(most))).await?);
            }
            Ok(())
        },
    )
}

pub(super) fn insert_one<B: Backend>(standings: &mut Standings, database: &Database<B>) -> Result<()> {
    database.race(
        standings,
        Workload { name: "insert 1 row", times: 10, goal: Goal::Ratio(1.10) },
        |raw: B::Raw, times| async move {
            for row in (0..times).map(NewReading::numbered) {
                raw.insert(row).await?;
            }
            Ok(())
        },
        |session: Session, times| async move {
            for row in (0..times).map(NewReading::numbered) {
                session.execute(Reading::insert([row])).await?;
            }
            Ok(())
        },
    )
}

pub(super) fn insert_many<B: Backend>(standings: &mut Standings, database: &Database<B>, rows: u32) -> Result<()> {
    database.race(
        standings,
        Workload { name: "insert 10,000 rows", times: 1, goal: B::MANY },
        move |raw: B::Raw, times| async move {
            for _ in 0..times {
                raw.insert_many(rows).await?;
            }
            Ok(())
        },
        move |session: Session, times| async move {
            for _ in 0..times {
                session.execute(Reading::insert((0..rows).map(NewReading::numbered))).await?;
            }
            Ok(())
        },
    )
}

/// A race in which one side does other work would say nothing.
fn check_same<T: PartialEq>(ours: &T, raw: &T) -> Result<()> {
    if ours == raw { Ok(()) } else { Err("bindery and the raw driver read different rows".into()) }
}
