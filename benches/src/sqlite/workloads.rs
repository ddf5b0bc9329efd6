use std::hint::black_box;
use std::time::Duration;

use bindery::engine::Engine;
use bindery::prelude::*;
use tokio::runtime::Runtime;

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

pub(super) fn one_row_by_key(standings: &mut Standings, runtimes: &Runtimes, database: &Database) -> Result<()> {
    let erased = database.bindery.erase();
    by_key(standings, database, &runtimes.current_thread, "current-thread, Session", erased.session())?;
    by_key(standings, database, &runtimes.current_thread, "current-thread, Session<Sqlite>", database.bindery.session())?;
    by_key(standings, database, &runtimes.multi_thread, "multi-thread, Session", erased.session())?;
    by_key(standings, database, &runtimes.multi_thread, "multi-thread, Session<Sqlite>", database.bindery.session())
}

fn by_key<E: Engine + ?Sized>(
    standings: &mut Standings,
    database: &Database,
    runtime: &Runtime,
    how: &str,
    session: Session<E>,
) -> Result<()> {
    let name = format!("{}: one row by key, {how}", database.place.name());
    let race = Race { name, times: 100, goal: Some(Goal::Difference(Duration::from_micros(2))), runtime };
    let sql = format!("SELECT {COLUMNS} FROM readings WHERE id = ?");
    standings.run(
        race,
        |times| {
            for key in keys(times) {
                let mut statement = database.rusqlite.prepare_cached(&sql)?;
                black_box(statement.query_row([key], Reading::from_rusqlite)?);
            }
            Ok(())
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
    )
}

pub(super) fn rows_into_structs(
    standings: &mut Standings,
    runtimes: &Runtimes,
    database: &Database,
    rows: u32,
    goal: Option<Goal>,
) -> Result<()> {
    let session = database.bindery.erase().session();
    let sql = format!("SELECT {COLUMNS} FROM readings WHERE id <= ?");
    let count = if rows == 10_000 { "10,000".to_owned() } else { rows.to_string() };
    for (how, runtime) in [("current-thread", &runtimes.current_thread), ("multi-thread", &runtimes.multi_thread)] {
        let name = format!("{}: {count} rows into structs, {how}", database.place.name());
        standings.run(
            Race { name, times: (1_000 / rows).max(1), goal, runtime },
            |times| {
                for _ in 0..times {
                    let mut statement = database.rusqlite.prepare_cached(&sql)?;
                    let all = statement.query_map([rows], Reading::from_rusqlite)?.collect::<rusqlite::Result<Vec<_>>>()?;
                    black_box(all);
                }
                Ok(())
            },
            |times| {
                let session = session.clone();
                async move {
                    for _ in 0..times {
                        black_box(session.all(Reading::select().filter(Reading::id.le(i64::from(rows)))).await?);
                    }
                    Ok(())
                }
            },
        )?;
    }
    Ok(())
}

/// A page of rows: what a list on a screen asks for.
pub(super) fn page(standings: &mut Standings, runtimes: &Runtimes, database: &Database) -> Result<()> {
    let session = database.bindery.erase().session();
    let sql = format!("SELECT {COLUMNS} FROM readings WHERE id > ? ORDER BY id LIMIT 20");
    standings.run(
        Race {
            name: format!("{}: a page of 20 rows, filtered and ordered", database.place.name()),
            times: 100,
            goal: None,
            runtime: &runtimes.multi_thread,
        },
        |times| {
            for key in keys(times) {
                let mut statement = database.rusqlite.prepare_cached(&sql)?;
                let page = statement.query_map([key], Reading::from_rusqlite)?.collect::<rusqlite::Result<Vec<_>>>()?;
                black_box(page);
            }
            Ok(())
        },
        |times| {
            let session = session.clone();
            async move {
                for key in keys(times) {
                    black_box(session.all(Reading::select().filter(Reading::id.gt(key)).order_by(Reading::id.asc()).limit(20)).await?);
                }
                Ok(())
            }
        },
    )
}

pub(super) fn inserts(standings: &mut Standings, runtimes: &Runtimes, database: &Database) -> Result<()> {
    let place = database.place.name();
    let runtime = &runtimes.multi_thread;
    let session = database.bindery.erase().session();

    standings.run(
        Race { name: format!("{place}: insert 1 row"), times: 20, goal: None, runtime },
        |times| {
            for number in 0..times {
                let row = NewReading::numbered(number);
                let mut statement = database.rusqlite.prepare_cached("INSERT INTO readings (sensor, note, celsius) VALUES (?, ?, ?)")?;
                statement.execute((row.sensor, row.note, row.celsius))?;
            }
            Ok(())
        },
        |times| {
            let session = session.clone();
            async move {
                for number in 0..times {
                    session.execute(Reading::insert([NewReading::numbered(number)])).await?;
                }
                Ok(())
            }
        },
    )?;

    let returning = format!("INSERT INTO readings (sensor, note, celsius) VALUES (?, ?, ?) RETURNING {COLUMNS}");
    standings.run(
        Race { name: format!("{place}: insert 1 row and give it back"), times: 20, goal: None, runtime },
        |times| {
            for number in 0..times {
                let row = NewReading::numbered(number);
                let mut statement = database.rusqlite.prepare_cached(&returning)?;
                black_box(statement.query_row((row.sensor, row.note, row.celsius), Reading::from_rusqlite)?);
            }
            Ok(())
        },
        |times| {
            let session = session.clone();
            async move {
                for number in 0..times {
                    black_box(session.insert(NewReading::numbered(number)).await?);
                }
                Ok(())
            }
        },
    )?;

    for (rows, count) in [(100, "100"), (1_000, "1,000")] {
        let sql = format!("INSERT INTO readings (sensor, note, celsius) VALUES {}", vec!["(?, ?, ?)"; rows as usize].join(", "));
        standings.run(
            Race { name: format!("{place}: insert {count} rows in one statement"), times: (500 / rows).max(1), goal: None, runtime },
            |times| {
                for _ in 0..times {
                    let mut statement = database.rusqlite.prepare_cached(&sql)?;
                    let mut place = 0;
                    for row in (0..rows).map(NewReading::numbered) {
                        statement.raw_bind_parameter(place + 1, row.sensor)?;
                        statement.raw_bind_parameter(place + 2, row.note)?;
                        statement.raw_bind_parameter(place + 3, row.celsius)?;
                        place += 3;
                    }
                    statement.raw_execute()?;
                }
                Ok(())
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
        )?;
    }
    Ok(())
}
