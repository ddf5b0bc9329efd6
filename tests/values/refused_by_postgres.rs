//! What does not fit PostgreSQL's columns, or a Rust type of what stands in them.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};
use crate::refused::{NewThing, Strict, Thing, nothing, place as place_of};

#[test]
fn on_the_way_in() -> Result<()> {
    let place = Place::new(Backend::Postgres);
    block_on(async {
        let databases = place.databases::<(Thing, Strict)>().await;
        let session = databases.session();
        let leap_second = chrono::NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        let transaction = session.begin().await?;
        for (column, row) in [
            ("float", NewThing { float: Some(f64::NAN), ..nothing() }),
            ("date", NewThing { date: Some(chrono::NaiveDate::MIN), ..nothing() }),
            ("moment", NewThing { moment: Some(jiff::Timestamp::MIN), ..nothing() }),
            ("at", NewThing { at: Some(time::PrimitiveDateTime::MIN), ..nothing() }),
            ("time", NewThing { time: Some(leap_second), ..nothing() }),
            ("text", NewThing { text: Some("a\0b".to_owned()), ..nothing() }),
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
            transaction.all(Thing::select().filter(Thing::float.lt(f64::NAN))).await.unwrap_err(),
            transaction.all(Thing::select().filter(Thing::date.in_([chrono::NaiveDate::MIN]))).await.unwrap_err(),
            transaction.execute(Thing::update_all().set(Thing::moment.to(jiff::Timestamp::MIN))).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidValue, Some("thing")), "{error}");
        }
        // Nothing of it was sent: the server would have failed the transaction.
        transaction.insert(NewThing { big: Some(u64::MAX), ..nothing() }).await?;
        transaction.commit().await?;
        assert_eq!(place.witness("SELECT count(*), max(big) FROM thing"), "1|18446744073709551615");
        databases.close().await;
        Ok(())
    })
}

/// As another program made them, the columns hold more than the Rust types do.
const WIDER: &str = "
    CREATE TABLE strict (id bigint PRIMARY KEY, text text);
    CREATE TABLE thing (
        id bigserial PRIMARY KEY, big numeric, float numeric, small integer, flag integer, date date, moment timestamptz, at timestamptz, time time,
        code text, document jsonb, level smallint, state text, text bytea
    )";

#[test]
fn on_the_way_out() -> Result<()> {
    let place = Place::new(Backend::Postgres);
    place.witness(WIDER);
    block_on(async {
        let databases = place.databases::<(Thing, Strict)>().await;
        let session = databases.session();
        for (column, value) in [
            ("big", "-1"),
            ("big", "18446744073709551616"),
            ("big", "0.5"),
            ("big", "'NaN'"),
            ("float", "'NaN'"),
            ("float", "'1e400'"),
            ("small", "256"),
            ("small", "-1"),
            ("flag", "2"),
            ("date", "'infinity'"),
            ("date", "'5874897-12-31'"),
            ("moment", "'-infinity'"),
            ("moment", "'10000-01-01Z'"),
            ("at", "'2005-05-24 22:53:30Z'"),
            ("time", "'24:00'"),
            ("code", "'not a uuid'"),
            ("document", "'18446744073709551616'"),
            ("level", "7"),
            ("state", "'lost'"),
            ("text", "'\\x00'"),
        ] {
            place.witness(&format!("DELETE FROM thing; INSERT INTO thing (id, {column}) VALUES (1, {value})"));
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
