use std::hint::black_box;

use bindery::prelude::*;

use super::database::{Database, ROWS, Workload};
use super::prepared::Prepared;
use crate::Result;
use crate::race::{Goal, Standings};
use crate::reading::{NewReading, Reading};

/// As bindery selects them.
const COLUMNS: &str = "id, sensor, note, celsius";

/// Key after key, far apart.
fn keys(times: u32) -> impl Iterator<Item = i64> {
    (0..times).map(|number| i64::from(number.wrapping_mul(7_919) % ROWS) + 1)
}

pub(super) fn one_row_by_key(standings: &mut Standings, database: &Database) -> Result<()> {
    let prepared = database.prepare(&format!("SELECT {COLUMNS} FROM readings WHERE id = $1"))?;
    let ours = database.block_on(database.bindery.session().get::<Reading>(77))?;
    check_same(&ours, &Some(database.block_on(prepared[0].reading(77))?))?;
    database.race(
        standings,
        Workload { name: "one row by key", times: 10, goal: Goal::Ratio(1.10), prepared: &prepared },
        async |prepared: Prepared, times| {
            for key in keys(times) {
                black_box(prepared.reading(key).await?);
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

pub(super) fn rows_into_structs(standings: &mut Standings, database: &Database, rows: u32) -> Result<()> {
    let prepared = database.prepare(&format!("SELECT {COLUMNS} FROM readings WHERE id <= $1"))?;
    let most = i64::from(rows);
    let ours = database.block_on(database.bindery.session().all(Reading::select().filter(Reading::id.le(most))))?;
    check_same(&ours, &database.block_on(prepared[0].readings(most))?)?;
    let name = match rows {
        1 => "1 row into structs",
        100 => "100 rows into structs",
        _ => "10,000 rows into structs",
    };
    database.race(
        standings,
        Workload { name, times: (1_000 / rows).clamp(1, 10), goal: Goal::Ratio(1.10), prepared: &prepared },
        move |prepared: Prepared, times| async move {
            for _ in 0..times {
                black_box(prepared.readings(most).await?);
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

pub(super) fn insert_one(standings: &mut Standings, database: &Database) -> Result<()> {
    let prepared = database.prepare("INSERT INTO readings (sensor, note, celsius) VALUES ($1, $2, $3)")?;
    database.race(
        standings,
        Workload { name: "insert 1 row", times: 10, goal: Goal::Ratio(1.10), prepared: &prepared },
        |Prepared { client, statement }, times| async move {
            for row in (0..times).map(NewReading::numbered) {
                client.execute(&statement, &[&row.sensor, &row.note, &row.celsius]).await?;
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

/// Beside the fastest plain SQL that tokio-postgres can send: one array for each column.
pub(super) fn insert_many(standings: &mut Standings, database: &Database, rows: u32) -> Result<()> {
    let sql = "INSERT INTO readings (sensor, note, celsius) SELECT * FROM unnest($1::text[], $2::text[], $3::float8[])";
    let prepared = database.prepare(sql)?;
    database.race(
        standings,
        Workload { name: "insert 10,000 rows", times: 1, goal: Goal::Ratio(1.0), prepared: &prepared },
        move |Prepared { client, statement }, times| async move {
            for _ in 0..times {
                let (mut sensors, mut notes, mut celsius) = (Vec::new(), Vec::new(), Vec::new());
                for row in (0..rows).map(NewReading::numbered) {
                    sensors.push(row.sensor);
                    notes.push(row.note);
                    celsius.push(row.celsius);
                }
                client.execute(&statement, &[&sensors, &notes, &celsius]).await?;
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
    if ours == raw { Ok(()) } else { Err("bindery and tokio-postgres read different rows".into()) }
}
