//! Tables that plain SQL made, in statements without a model.

use bindery::prelude::*;
use bindery::schema::Table;
use bindery::value::Array;
use bindery::{BindKey, ErrorKind, Result};
use rust_decimal::Decimal;

use crate::place::{Backend, Place};

/// What every backend has of it: a key that the server numbers, a text, a decimal, a moment.
async fn change_and_read(users: &'static Table, session: &Session) -> Result<()> {
    let (id, name) = (users.col::<i64>("id"), users.col::<String>("name"));
    for given in ["cleo", "ada", "bob"] {
        session.execute(users.insert([name.to(given)])).await?;
    }
    session.execute(users.update().set(name.to("berta")).filter(name.clone().eq("bob"))).await?;
    session.execute(users.delete().filter(name.clone().eq("cleo"))).await?;
    let rows = session.all(users.select().filter(id.clone().gt(0)).order_by(name.asc())).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get("name")).collect::<Result<_>>()?;
    assert_eq!(names, ["ada", "berta"]);
    Ok(())
}

const NAMES: &str = "SELECT name FROM users ORDER BY id";

#[tokio::test]
async fn on_sqlite() -> Result<()> {
    let place = Place::new(Backend::Sqlite);
    place.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(5, 2), at DATETIME, twice INTEGER AS (id * 2), anything);
         CREATE VIEW names AS SELECT name, id FROM users",
    );
    let databases = place.bare().await;
    let (users, session) = (databases.reflect_table("default", "users").await?, databases.session());
    change_and_read(users, &session).await?;
    assert_eq!(place.rows(NAMES), "ada\nberta");

    // Of a type that bindery doesn't know, a value of any.
    let (price, anything, at) =
        (users.col::<Option<f64>>("price"), users.col::<Option<String>>("anything"), users.col::<Option<chrono::NaiveDateTime>>("at"));
    let noon = chrono::NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_opt(12, 0, 0).unwrap();
    session.execute(users.update_all().set(price.to(2.5)).set(anything.to("all".to_owned())).set(at.to(noon))).await?;
    assert_eq!(place.rows("SELECT DISTINCT price * 2, anything, at FROM users"), "5.0|all|2026-01-02 12:00:00".replace("5.0", "Real(5.0)"));
    let row = session.one(users.select().filter(price.eq(2.5)).order_by(users.col::<i64>("id").desc()).limit(1)).await?;
    assert_eq!((row.get::<Option<i64>>("twice")?, row.get::<Option<chrono::NaiveDateTime>>("at")?), (Some(6), Some(noon)));

    let names = databases.reflect_table("default", "names").await?;
    assert_eq!(session.all(names.select().filter(names.col::<String>("name").eq("ada"))).await?.len(), 1);
    let refused = session.execute(names.delete_all()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Sql);
    Ok(())
}

#[tokio::test]
async fn on_postgres() -> Result<()> {
    let place = Place::new(Backend::Postgres);
    place.run(
        "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
         CREATE TABLE users (id serial PRIMARY KEY, name varchar(20) NOT NULL, mood mood DEFAULT 'sad', home inet, tags text[] NOT NULL DEFAULT '{}', age positive,
             price numeric(5, 2), doc json, at timestamp(0) DEFAULT now(), code char(3));
         CREATE VIEW names AS SELECT name, mood FROM users",
    );
    let databases = place.bare().await;
    let (users, session) = (databases.reflect_table("default", "users").await?, databases.session());
    // Its own name for a key, and any width of an integer.
    let wide = users.col::<i32>("id");
    change_and_read_narrow(users, &session, wide.clone()).await?;
    assert_eq!(place.rows(NAMES), "ada\nberta");

    let (mood, home, tags) = (users.col::<Option<String>>("mood"), users.col::<Option<String>>("home"), users.col::<Array<String>>("tags"));
    let (age, price, doc) =
        (users.col::<Option<i32>>("age"), users.col::<Option<Decimal>>("price"), users.col::<Option<serde_json::Value>>("doc"));
    let values = users.update_all().set(mood.to("happy".to_owned())).set(home.to("10.0.0.1".to_owned()));
    let values = values.set(tags.to(Array(vec!["a".to_owned(), "b".to_owned()]))).set(age.to(7));
    session.execute(values).await?;
    session.execute(users.update_all().set(price.to(Decimal::new(250, 2))).set(doc.to(serde_json::json!({"a": 1})))).await?;
    assert_eq!(place.rows("SELECT DISTINCT mood, home, tags, age, price, doc::text FROM users"), "happy|10.0.0.1|{a,b}|7|2.50|{\"a\":1}");
    let happy = users.select().filter(mood.eq("happy").and(age.gt(5)).and(home.eq("10.0.0.1"))).order_by(price.desc()).limit(1);
    let row = session.one(happy).await?;
    assert_eq!(
        (row.get::<String>("mood")?, row.get::<Array<String>>("tags")?),
        ("happy".to_owned(), Array(vec!["a".to_owned(), "b".to_owned()]))
    );
    assert_eq!(row.get::<Option<Decimal>>("price")?, Some(Decimal::new(250, 2)));

    let names = databases.reflect_table("default", "names").await?;
    assert_eq!(session.all(names.select().filter(names.col::<Option<String>>("mood").eq("happy"))).await?.len(), 2);
    Ok(())
}

async fn change_and_read_narrow(users: &'static Table, session: &Session, id: bindery::query::TableColumn<i32>) -> Result<()> {
    let rows = session.all(users.select().filter(id.gt(0))).await?;
    assert!(rows.is_empty());
    let wrong = session.all(users.select().filter(users.col::<String>("id").eq("1"))).await.unwrap_err();
    assert_eq!((wrong.kind(), wrong.column()), (ErrorKind::InvalidStatement, Some("id")));
    let name = users.col::<String>("name");
    for given in ["cleo", "ada", "bob"] {
        session.execute(users.insert([name.to(given)])).await?;
    }
    session.execute(users.update().set(name.to("berta")).filter(name.clone().eq("bob"))).await?;
    session.execute(users.delete().filter(name.clone().eq("cleo"))).await?;
    let rows = session.all(users.select().order_by(name.asc())).await?;
    assert_eq!(rows[1].get::<i64>("id")?, 3);
    Ok(())
}

async fn on_mysql(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    place.run(
        "CREATE TABLE users (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, kind enum('a','b') DEFAULT 'a', rights set('read','write'), born year, flags bit(8), price decimal(5, 2),
             at datetime, since timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, doc json, small mediumint unsigned);
         CREATE VIEW names AS SELECT name, kind FROM users;",
    );
    let databases = place.bare().await;
    let (users, session) = (databases.reflect_table("default", "users").await?, databases.session());
    change_and_read(users, &session).await?;
    assert_eq!(place.rows(NAMES), "ada\nberta");

    let (kind, rights, born) =
        (users.col::<Option<String>>("kind"), users.col::<Option<String>>("rights"), users.col::<Option<u16>>("born"));
    let (flags, price, at) =
        (users.col::<Option<u64>>("flags"), users.col::<Option<Decimal>>("price"), users.col::<Option<chrono::NaiveDateTime>>("at"));
    let noon = chrono::NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_opt(12, 0, 0).unwrap();
    session.execute(users.update_all().set(kind.to("b".to_owned())).set(rights.to("read,write".to_owned())).set(born.to(1969_u16))).await?;
    session.execute(users.update_all().set(flags.to(5_u64)).set(price.to(Decimal::new(250, 2))).set(at.to(noon))).await?;
    assert_eq!(
        place.rows("SELECT DISTINCT kind, rights, born, flags + 0, price, at FROM users"),
        "b|read,write|1969|5|2.50|2026-01-02 12:00:00"
    );
    let row =
        session.one(users.select().filter(kind.eq("b").and(born.lt(2000_u16)).and(at.eq(noon))).order_by(price.asc()).limit(1)).await?;
    assert_eq!(
        (row.get::<u64>("flags")?, row.get::<String>("rights")?, row.get::<Decimal>("price")?),
        (5, "read,write".to_owned(), Decimal::new(250, 2))
    );

    let names = databases.reflect_table("default", "names").await?;
    assert_eq!(session.all(names.select().filter(names.col::<Option<String>>("kind").eq("b"))).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn on_mariadb() -> Result<()> {
    on_mysql(Backend::MariaDb).await
}

#[tokio::test]
async fn on_mysql_5_7() -> Result<()> {
    on_mysql(Backend::MySql57).await
}

#[tokio::test]
async fn the_same_table_is_kept_once_and_another_is_another() -> Result<()> {
    let place = Place::new(Backend::Sqlite);
    place.run("CREATE TABLE users (id INTEGER PRIMARY KEY, anything)");
    let databases = place.bare().await;
    let (one, again) = (databases.reflect_table("default", "users").await?, databases.reflect_table("default", "users").await?);
    assert!(std::ptr::eq(one, again));
    let elsewhere = databases
        .reflect("default")
        .await?
        .table("users")
        .unwrap()
        .to_table(BindKey::from_static("auth"), databases.engine("default")?.dialect());
    assert_eq!(elsewhere.bind().as_str(), "auth");
    place.run("ALTER TABLE users ADD COLUMN name TEXT");
    let changed = databases.reflect_table("default", "users").await?;
    assert_eq!((one.columns().len(), changed.columns().len()), (2, 3));

    let missing = databases.reflect_table("default", "user").await.unwrap_err();
    assert_eq!((missing.kind(), missing.table()), (ErrorKind::Schema, Some("user")));
    Ok(())
}
