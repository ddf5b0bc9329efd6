//! What does not fit SQLite is an error that names table and column, never a silent change.

use std::path::Path;

use bindery::prelude::*;
use bindery::{Error, ErrorKind, Result};

use crate::column::{block_on, databases};

#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Thing {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) big: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) small: Option<u8>,
    pub(crate) flag: Option<bool>,
    pub(crate) date: Option<chrono::NaiveDate>,
    pub(crate) moment: Option<jiff::Timestamp>,
    pub(crate) at: Option<time::PrimitiveDateTime>,
    pub(crate) time: Option<chrono::NaiveTime>,
    pub(crate) code: Option<uuid::Uuid>,
    pub(crate) document: Option<serde_json::Value>,
    pub(crate) level: Option<crate::types::Level>,
    pub(crate) state: Option<crate::types::State>,
    pub(crate) text: Option<String>,
}

#[derive(Model, Clone, Debug, PartialEq)]
pub(crate) struct Strict {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) text: String,
}

pub(crate) fn nothing() -> NewThing {
    NewThing::new()
}

async fn open(file: &Path) -> Session {
    // As another program made it: without NOT NULL.
    rusqlite::Connection::open(file).unwrap().execute_batch("CREATE TABLE strict (id INTEGER PRIMARY KEY, text TEXT)").unwrap();
    databases::<(Thing, Strict)>(file).await.session()
}

pub(crate) fn place(error: &Error) -> (ErrorKind, Option<&str>, Option<&str>) {
    (error.kind(), error.table(), error.column())
}

#[test]
fn on_the_way_in() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("refused.db");
    block_on(async {
        let session = open(&file).await;
        let year_10000 = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
        let before_0 = jiff::civil::date(-1, 12, 31).at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let leap_second = chrono::NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        for (column, row) in [
            ("big", NewThing { big: Some(1 << 63), ..nothing() }),
            ("float", NewThing { float: Some(f64::NAN), ..nothing() }),
            ("date", NewThing { date: Some(year_10000), ..nothing() }),
            ("moment", NewThing { moment: Some(before_0), ..nothing() }),
            ("time", NewThing { time: Some(leap_second), ..nothing() }),
        ] {
            for error in [
                session.insert(row.clone()).await.unwrap_err(),
                session.execute(Thing::insert([nothing(), row.clone()])).await.unwrap_err(),
            ] {
                assert_eq!(place(&error), (ErrorKind::InvalidValue, Some("thing"), Some(column)), "{error}");
                println!("{error}");
            }
        }
        for error in [
            session.all(Thing::select().filter(Thing::big.eq(u64::MAX))).await.unwrap_err(),
            session.all(Thing::select().filter(Thing::float.lt(f64::NAN))).await.unwrap_err(),
            session.all(Thing::select().filter(Thing::date.in_([year_10000]))).await.unwrap_err(),
            session.execute(Thing::update_all().set(Thing::big.to(u64::MAX))).await.unwrap_err(),
            session.execute(Thing::update_all().set(Thing::float.to(f64::NAN))).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidValue, Some("thing")), "{error}");
            println!("{error}");
        }
        assert_eq!(session.count(Thing::select()).await?, 0);
        Ok(())
    })
}

#[test]
fn on_the_way_out() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("refused.db");
    block_on(async {
        let session = open(&file).await;
        let witness = rusqlite::Connection::open(&file).unwrap();
        for (column, value) in [
            ("big", "-1"),
            ("big", "'many'"),
            ("float", "'many'"),
            ("small", "256"),
            ("small", "-1"),
            ("small", "1.5"),
            ("flag", "2"),
            ("flag", "'yes'"),
            ("date", "'2005-02-29'"),
            ("date", "'yesterday'"),
            ("date", "20050224"),
            ("moment", "'24:00'"),
            ("at", "'2005-02-24 25:00:00'"),
            ("time", "'noon'"),
            ("code", "'not a uuid'"),
            ("document", "'{'"),
            ("level", "7"),
            ("state", "'lost'"),
            ("text", "x'00'"),
            ("text", "CAST(x'ff' AS TEXT)"),
        ] {
            witness.execute_batch(&format!("DELETE FROM thing; INSERT INTO thing (id, {column}) VALUES (1, {value})")).unwrap();
            let error = session.all(Thing::select()).await.unwrap_err();
            assert_eq!(place(&error), (ErrorKind::Decode, Some("thing"), Some(column)), "{value}: {error}");
            assert_eq!(error.bind().unwrap().as_str(), "default");
            assert!(!error.to_string().contains(value.trim_matches('\'')) || value.len() < 4, "no value stands in an error: {error}");
            println!("{value}: {error}");
            assert_eq!(place(&session.get::<Thing>(1).await.unwrap_err()), (ErrorKind::Decode, Some("thing"), Some(column)));
        }
        witness.execute_batch("INSERT INTO strict VALUES (1, NULL)").unwrap();
        let error = session.get::<Strict>(1).await.unwrap_err();
        assert_eq!(place(&error), (ErrorKind::Decode, Some("strict"), Some("text")));
        insta::assert_snapshot!(
            error,
            @"expected text, found NULL: a column that can be NULL is an `Option` (bind `default`, table `strict`, column `text`)"
        );
        Ok(())
    })
}

#[test]
fn finer_than_a_microsecond_is_truncated_towards_the_past() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let session = open(&folder.path().join("refused.db")).await;
        let time = chrono::NaiveTime::from_hms_nano_opt(12, 0, 0, 1_999).unwrap();
        let moment = jiff::Timestamp::from_nanosecond(-1).unwrap();
        let at = time::OffsetDateTime::from_unix_timestamp_nanos(1_999).unwrap();
        let at = time::PrimitiveDateTime::new(at.date(), at.time());
        let row = session.insert(NewThing { time: Some(time), moment: Some(moment), at: Some(at), ..nothing() }).await?;
        assert_eq!(row.time, chrono::NaiveTime::from_hms_micro_opt(12, 0, 0, 1));
        assert_eq!(row.moment, Some(jiff::Timestamp::from_microsecond(-1).unwrap()));
        assert_eq!(row.at.unwrap().nanosecond(), 1_000);
        // So a filter by the finer value finds the row that it was stored as.
        assert_eq!(session.count(Thing::select().filter(Thing::time.eq(time)).filter(Thing::moment.eq(moment))).await?, 1);
        Ok(())
    })
}
