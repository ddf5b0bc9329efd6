//! What does not fit the columns of MariaDB and MySQL, or a Rust type of what stands in them.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};
use crate::refused::{NewThing, Strict, Thing, nothing, place as place_of};

fn on_the_way_in(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    block_on(async {
        let databases = place.databases::<(Thing, Strict)>().await;
        let session = databases.session();
        let year_10000 = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
        let leap_second = chrono::NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        let transaction = session.begin().await?;
        for (column, row) in [
            ("float", NewThing { float: Some(f64::NAN), ..nothing() }),
            ("float", NewThing { float: Some(f64::NEG_INFINITY), ..nothing() }),
            ("date", NewThing { date: Some(year_10000), ..nothing() }),
            ("moment", NewThing { moment: Some(jiff::Timestamp::MIN), ..nothing() }),
            ("at", NewThing { at: Some(time::PrimitiveDateTime::MIN), ..nothing() }),
            ("time", NewThing { time: Some(leap_second), ..nothing() }),
        ] {
            for error in [
                transaction.insert(row.clone()).await.unwrap_err(),
                transaction.insert_many([nothing(), row.clone()]).await.unwrap_err(),
                transaction.execute(Thing::insert([nothing(), row])).await.unwrap_err(),
            ] {
                assert_eq!(place_of(&error), (ErrorKind::InvalidValue, Some("thing"), Some(column)), "{error}");
            }
        }
        for error in [
            transaction.all(Thing::select().filter(Thing::float.lt(f64::INFINITY))).await.unwrap_err(),
            transaction.all(Thing::select().filter(Thing::date.in_([year_10000]))).await.unwrap_err(),
            transaction.execute(Thing::update_all().set(Thing::moment.to(jiff::Timestamp::MIN))).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidValue, Some("thing")), "{error}");
        }
        transaction.insert(NewThing { big: Some(u64::MAX), ..nothing() }).await?;
        transaction.commit().await?;
        assert_eq!(place.witness("SELECT count(*), max(big) FROM thing"), "1\t18446744073709551615");
        databases.close().await;
        Ok(())
    })
}

/// As another program made them, the columns hold more than the Rust types do.
const WIDER: &str = "
    CREATE TABLE strict (id bigint PRIMARY KEY, text text);
    CREATE TABLE thing (
        id bigint AUTO_INCREMENT PRIMARY KEY, big decimal(30, 1), `float` varchar(9), small integer, flag integer, date date, moment datetime, at varchar(40),
        time time, code text, document text, level smallint, state text, text blob
    )";

fn on_the_way_out(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    place.witness(WIDER);
    block_on(async {
        let databases = place.databases::<(Thing, Strict)>().await;
        let session = databases.session();
        for (column, value) in [
            ("big", "-1"),
            ("big", "18446744073709551616"),
            ("big", "0.5"),
            ("`float`", "'many'"),
            ("small", "256"),
            ("small", "-1"),
            ("flag", "2"),
            ("date", "'0000-00-00'"),
            ("date", "'2005-00-24'"),
            ("moment", "'2005-05-00 22:53:30'"),
            ("at", "'2005-05-24 22:53:30Z'"),
            ("time", "'-00:00:01'"),
            ("time", "'24:00'"),
            ("time", "'838:59:59'"),
            ("code", "'not a uuid'"),
            ("document", "'{'"),
            ("document", "'18446744073709551616'"),
            ("level", "7"),
            ("state", "'lost'"),
            ("text", "x'00'"),
        ] {
            // Without NO_ZERO_DATE, as many servers are run.
            place.witness(&format!("SET sql_mode = ''; DELETE FROM thing; INSERT INTO thing (id, {column}) VALUES (1, {value})"));
            let column = column.trim_matches('`');
            for error in [session.all(Thing::select()).await.unwrap_err(), session.get::<Thing>(1).await.unwrap_err()] {
                assert_eq!(place_of(&error), (ErrorKind::Decode, Some("thing"), Some(column)), "{value}: {error}");
                assert_eq!(error.bind().unwrap().as_str(), "default");
                assert!(!error.to_string().contains(value.trim_matches('\'')) || value.len() < 8, "no value stands in an error: {error}");
            }
        }
        place.witness("INSERT INTO strict VALUES (1, NULL)");
        let error = session.get::<Strict>(1).await.unwrap_err();
        assert_eq!(place_of(&error), (ErrorKind::Decode, Some("strict"), Some("text")));
        // The connection that gave what couldn't be read goes on.
        assert_eq!(session.count(Thing::select()).await?, 1);
        databases.close().await;
        Ok(())
    })
}

#[test]
fn on_the_way_in_to_mariadb() -> Result<()> {
    on_the_way_in(Backend::MariaDb)
}

#[test]
fn on_the_way_in_to_mysql_5_7() -> Result<()> {
    on_the_way_in(Backend::MySql57)
}

#[test]
fn on_the_way_out_of_mariadb() -> Result<()> {
    on_the_way_out(Backend::MariaDb)
}

#[test]
fn on_the_way_out_of_mysql_5_7() -> Result<()> {
    on_the_way_out(Backend::MySql57)
}

/// The servers would cut it, round it or take the nearest there is, unless their SQL is strict, which a bind's connections see to.
#[test]
fn a_server_that_is_not_strict_refuses_all_the_same() -> Result<()> {
    for backend in [Backend::MariaDb, Backend::MySql57] {
        let place = Place::new(backend);
        let Place::Mysql(database) = &place else { panic!("no server") };
        database.server().sql("SET GLOBAL sql_mode = ''").unwrap();
        place.witness("CREATE TABLE thing (id bigint AUTO_INCREMENT PRIMARY KEY, big tinyint unsigned, small tinyint, state varchar(2), text varchar(2))");
        block_on(async {
            let databases = place.databases::<(Narrow,)>().await;
            let session = databases.session();
            let nothing = || NewNarrow::new();
            for (column, row) in [
                ("big", NewNarrow { big: Some(256), ..nothing() }),
                ("small", NewNarrow { small: Some(128), ..nothing() }),
                ("text", NewNarrow { text: Some("abc".to_owned()), ..nothing() }),
            ] {
                let error = session.insert(row).await.unwrap_err();
                assert_eq!(place_of(&error), (ErrorKind::InvalidValue, Some("thing"), Some(column)), "{error}");
            }
            assert_eq!(place.witness("SELECT count(*) FROM thing"), "0");
            databases.close().await;
            Ok::<(), bindery::Error>(())
        })?;
        database.server().sql("SET GLOBAL sql_mode = DEFAULT").unwrap();
    }
    Ok(())
}

#[derive(Model, Debug)]
#[model(table = "thing")]
struct Narrow {
    #[column(primary_key, generated)]
    id: i64,
    big: Option<u64>,
    small: Option<u8>,
    text: Option<String>,
}
