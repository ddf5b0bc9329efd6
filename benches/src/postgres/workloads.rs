use std::hint::black_box;
use std::sync::Arc;

use bindery::prelude::*;
use futures_util::TryStreamExt;
use tokio_postgres::{Client, Statement};

use super::database::{Database, ROWS};
use crate::Result;
use crate::race::{Goal, Race, Runtimes, Standings};
use crate::reading::{NewReading, Reading};

/// As bindery selects them.
const COLUMNS: &str = "id, sensor, note, celsius";

/// Key after key, far apart.
fn keys(times: u32) -> impl Iterator<Item = i64> {
    (0..times).map(|number| i64::from(number.wrapping_mul(7_919) % ROWS) + 1)
}

/// A statement that tokio-postgres has prepared, with its client.
#[derive(Clone)]
struct Prepared {
    client: Arc<Client>,
    statement: Statement,
}

impl Prepared {
    fn new(runtimes: &Runtimes, database: &Database, sql: &str) -> Result<Self> {
        let statement = runtimes.block_on(database.raw.prepare(sql))?;
        Ok(Prepared { client: Arc::clone(&database.raw), statement })
    }

    /// Rows decoded as they come, which is faster than gathering them first.
    async fn readings(&self, parameter: i64) -> Result<Vec<Reading>> {
        let rows = self.client.query_raw(&self.statement, [parameter]).await?;
        let mut readings = Vec::new();
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await? {
            readings.push(Reading::from_tokio_postgres(&row)?);
        }
        Ok(readings)
    }
}

pub(super) fn one_row_by_key(standings: &mut Standings, runtimes: &Runtimes, database: &Database) -> Result<()> {
    let prepared = Prepared::new(runtimes, database, &format!("SELECT {COLUMNS} FROM readings WHERE id = $1"))?;
    let session = database.bindery.session();
    let same =
        runtimes.block_on(async { Ok::<_, crate::Error>((session.get::<Reading>(77).await?, prepared.readings(77).await?.pop())) })?;
    check_same(&same.0, &same.1)?;
    for (how, runtime) in [("current-thread", &runtimes.current_thread), ("multi-thread", &runtimes.multi_thread)] {
        let race = Race { name: format!("postgres: one row by key, {how}"), times: 10, goal: Some(Goal::Ratio(1.10)), runtime };
        standings.run_async(
            race,
            |times| {
                let Prepared { client, statement } = prepared.clone();
                async move {
                    for key in keys(times) {
                        black_box(Reading::from_tokio_postgres(&client.query_one(&statement, &[&key]).await?)?);
                    }
                    Ok(())
                }
            },
            |times| {
                let session = session.clone();
                async move {
                    for key in keys(times) {
                        black_box(session.get::<Reading>(key).await?);
                    }
                    Ok(())
                }
            },
        )?;
    }
    Ok(())
}

pub(super) fn rows_into_structs(standings: &mut Standings, runtimes: &Runtimes, database: &Database, rows: u32) -> Result<()> {
    let prepared = Prepared::new(runtimes, database, &format!("SELECT {COLUMNS} FROM readings WHERE id <= $1"))?;
    let session = database.bindery.session();
    let most = i64::from(rows);
    let same = runtimes.block_on(async {
        let ours = session.all(Reading::select().filter(Reading::id.le(most))).await?;
        Ok::<_, crate::Error>((ours, prepared.readings(most).await?))
    })?;
    check_same(&same.0, &same.1)?;
    let count = if rows == 10_000 { "10,000".to_owned() } else { rows.to_string() };
    for (how, runtime) in [("current-thread", &runtimes.current_thread), ("multi-thread", &runtimes.multi_thread)] {
        let name = format!("postgres: {count} rows into structs, {how}");
        standings.run_async(
            Race { name, times: (1_000 / rows).clamp(1, 10), goal: Some(Goal::Ratio(1.10)), runtime },
            |times| {
                let prepared = prepared.clone();
                async move {
                    for _ in 0..times {
                        black_box(prepared.readings(most).await?);
                    }
                    Ok(())
                }
            },
            |times| {
                let session = session.clone();
                async move {
                    for _ in 0..times {
                        black_box(session.all(Reading::select().filter(Reading::id.le(most))).await?);
                    }
                    Ok(())
                }
            },
        )?;
    }
    Ok(())
}

pub(super) fn insert_one(standings: &mut Standings, runtimes: &Runtimes, database: &Database) -> Result<()> {
    let prepared = Prepared::new(runtimes, database, "INSERT INTO readings (sensor, note, celsius) VALUES ($1, $2, $3)")?;
    let session = database.bindery.session();
    standings.run_async(
        Race { name: "postgres: insert 1 row".to_owned(), times: 10, goal: Some(Goal::Ratio(1.10)), runtime: &runtimes.multi_thread },
        |times| {
            let Prepared { client, statement } = prepared.clone();
            async move {
                for row in (0..times).map(NewReading::numbered) {
                    client.execute(&statement, &[&row.sensor, &row.note, &row.celsius]).await?;
                }
                Ok(())
            }
        },
        |times| {
            let session = session.clone();
            async move {
                for row in (0..times).map(NewReading::numbered) {
                    session.execute(Reading::insert([row])).await?;
                }
                Ok(())
            }
        },
    )
}

/// Beside the fastest plain SQL that tokio-postgres can send: one array for each column.
pub(super) fn insert_many(standings: &mut Standings, runtimes: &Runtimes, database: &Database, rows: u32) -> Result<()> {
    let sql = "INSERT INTO readings (sensor, note, celsius) SELECT * FROM unnest($1::text[], $2::text[], $3::float8[])";
    let prepared = Prepared::new(runtimes, database, sql)?;
    let session = database.bindery.session();
    standings.run_async(
        Race { name: "postgres: insert 10,000 rows".to_owned(), times: 1, goal: Some(Goal::Ratio(1.0)), runtime: &runtimes.multi_thread },
        |times| {
            let Prepared { client, statement } = prepared.clone();
            async move {
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
            }
        },
        |times| {
            let session = session.clone();
            async move {
                for _ in 0..times {
                    session.execute(Reading::insert((0..rows).map(NewReading::numbered))).await?;
                }
                Ok(())
            }
        },
    )
}

/// A race in which one side does other work would say nothing.
fn check_same<T: PartialEq>(ours: &T, raw: &T) -> Result<()> {
    if ours == raw { Ok(()) } else { Err("bindery and tokio-postgres read different rows".into()) }
}
