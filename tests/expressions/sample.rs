//! The table that expressions are over, and its rows.

use bindery::prelude::*;
use bindery::{MysqlDriver, PostgresDriver, SqliteDriver, bind};
use bindery_testkit::{MysqlFlavor, TempMysql, TempPostgres, TempSqlite};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

bind!(pub(crate) Main = "default");

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) n: Option<i64>,
    pub(crate) m: i64,
    pub(crate) small: Option<i32>,
    pub(crate) byte: u8,
    pub(crate) x: Option<f64>,
    pub(crate) d: Option<Decimal>,
    pub(crate) s: Option<String>,
    #[column(max_length = 40)]
    pub(crate) t: String,
    /// digits
    #[column(max_length = 9)]
    pub(crate) digits: String,
    pub(crate) f: Option<bool>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) time: NaiveTime,
    pub(crate) j: Option<Value>,
}

pub(crate) fn rows() -> Vec<Sample> {
    let row = |id: i64| Sample {
        id,
        n: Some(id),
        m: 7 - id,
        small: Some(3),
        byte: 200,
        x: Some(0.5),
        d: Some("2.50".parse().unwrap()),
        s: Some("Notes".into()),
        t: "a_b%c".into(),
        digits: "12".into(),
        f: Some(true),
        day: "2005-05-24".parse().ok(),
        at: "2005-05-24T22:53:30.999999Z".parse().ok(),
        time: "07:08:09.5".parse().unwrap(),
        j: Some(json!({"a": {"text": "Ada", "list": [1, 2.5, true, null]}, "n": -3, "b": false, "odd \"key\\": "it's"})),
    };
    vec![
        row(1),
        Sample {
            n: None,
            small: None,
            x: None,
            d: None,
            s: None,
            f: None,
            day: None,
            at: None,
            j: None,
            t: String::new(),
            digits: "0".into(),
            ..row(2)
        },
        Sample {
            n: Some(0),
            m: 0,
            small: Some(-1),
            x: Some(-2.25),
            d: Some("-0.05".parse().unwrap()),
            s: Some("  notes ".into()),
            t: r"back\slash".into(),
            f: Some(false),
            day: "1969-12-31".parse().ok(),
            at: "1969-12-31T23:59:59.5Z".parse().ok(),
            time: "23:59:59.999999".parse().unwrap(),
            j: Some(json!([{"n": 9_007_199_254_740_993_i64}])),
            ..row(3)
        },
        Sample {
            n: Some(-9),
            m: 1_000_000,
            x: Some(1e6),
            d: Some("100".parse().unwrap()),
            s: Some("日本 it's".into()),
            t: "NOTES".into(),
            day: "2024-02-29".parse().ok(),
            at: "2024-12-30T00:00:00Z".parse().ok(),
            time: "00:00:00".parse().unwrap(),
            j: Some(json!("only text")),
            ..row(4)
        },
        Sample {
            j: Some(json!({"0": {"n": 5}, "a": ["x"]})),
            n: Some(3),
            s: Some(String::new()),
            t: "abcabc".into(),
            day: "2026-01-01".parse().ok(),
            at: "2023-01-01T12:00:00Z".parse().ok(),
            ..row(5)
        },
    ]
}

/// What the expressions are asked of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    /// Oracle's, 5.7: without windows.
    MySql57,
}

/// A database with the rows, for as long as it is kept.
pub(crate) struct Place {
    pub(crate) backend: Backend,
    pub(crate) session: Session,
    _server: Box<dyn Send>,
}

impl Place {
    pub(crate) async fn open(backend: Backend) -> Self {
        let (url, server): (_, Box<dyn Send>) = match backend {
            Backend::Sqlite => {
                let files = TempSqlite::new().unwrap();
                (files.url("sample"), Box::new(files))
            }
            Backend::Postgres => {
                let database = TempPostgres::shared().unwrap().database().unwrap();
                (database.url(), Box::new(database))
            }
            Backend::MariaDb | Backend::MySql57 => {
                let flavor = if backend == Backend::MariaDb { MysqlFlavor::MariaDb } else { MysqlFlavor::MySql };
                let database = TempMysql::shared(flavor).unwrap().database().unwrap();
                (database.url(), Box::new(database))
            }
        };
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver);
        let databases = builder.bind("default", url).connect().await.unwrap();
        databases.create_all(All).await.unwrap();
        let session = databases.session();
        session.execute(Sample::insert(rows())).await.unwrap();
        Place { backend, session, _server: server }
    }
}
