//! The spans of statements on MariaDB and MySQL 5.7: whose they are, how many an insert has, and that no value stands in them.

use std::time::Duration;

use bindery::prelude::*;
use bindery::{ErrorKind, MysqlDriver, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};
use tracing::level_filters::LevelFilter;

use crate::blog::{Post, post};
use crate::capture::Capture;

const FLAVORS: [(MysqlFlavor, &str); 2] = [(MysqlFlavor::MariaDb, "mariadb"), (MysqlFlavor::MySql, "mysql")];
const SECRET: &str = "hunter2";

async fn opened(flavor: MysqlFlavor) -> (TempMysqlDatabase, Databases) {
    let database = TempMysql::shared(flavor).unwrap().database().unwrap();
    // The scheme says which of the two it is, before there is a connection.
    let scheme = if flavor == MysqlFlavor::MariaDb { "mariadb" } else { "mysql" };
    let url = format!("{scheme}://root@127.0.0.1:{}/{}", database.server().port(), database.name());
    let builder = Databases::builder().driver(MysqlDriver).bind("default", url).without_registered().models::<(Post,)>();
    let databases = builder.bind_option("default", "slow_statement_threshold", "0.000001ms").connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    (database, databases)
}

#[tokio::test]
async fn a_statement_has_a_span_in_opentelemetry_s_terms() -> Result<()> {
    for (flavor, system) in FLAVORS {
        let (database, databases) = opened(flavor).await;
        let capture = Capture::up_to(LevelFilter::TRACE);
        databases.session().execute(Post::insert(["a", "b"].map(post))).await?;
        let span = capture.take_span();
        assert_eq!(span.field("db.system.name"), Some(system));
        assert_eq!(span.field("db.namespace"), Some(database.name()));
        assert_eq!(span.field("db.query.text"), Some("INSERT INTO `post` (`title`) VALUES (?), (?)"));
        assert_eq!((span.field("db.operation.name"), span.field("db.collection.name")), (Some("INSERT"), Some("post")));
        assert_eq!((span.name().as_str(), span.field("bindery.rows_affected")), ("INSERT post", Some("2")));
        databases.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_insert_whose_rows_are_asked_for_has_a_span_for_each_statement() -> Result<()> {
    for (flavor, _) in FLAVORS {
        let (_database, databases) = opened(flavor).await;
        let capture = Capture::up_to(LevelFilter::DEBUG);
        databases.session().insert(post("a")).await?;
        let names: Vec<_> = capture.take_spans().iter().map(|span| span.name()).collect();
        // MySQL gives no row back.
        let expected = if flavor == MysqlFlavor::MariaDb { &["INSERT post"][..] } else { &["INSERT post", "SELECT post"] };
        assert_eq!(names, expected);
        databases.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn no_span_or_event_carries_a_parameter_unasked() -> Result<()> {
    for (flavor, _) in FLAVORS {
        let (_database, databases) = opened(flavor).await;
        let capture = Capture::up_to(LevelFilter::TRACE);
        let session = databases.session();
        session.insert(post(SECRET)).await?;
        assert_eq!(session.insert(post(SECRET)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
        session.one(Post::select().filter(Post::title.eq(SECRET))).await?;
        session.execute(Post::update().set(Post::title.to(SECRET)).filter(Post::title.eq(SECRET))).await?;
        session.all(raw("default", "SELECT id, title FROM post WHERE title = ?").param(SECRET).rows::<(i64, String)>()).await?;
        session.all(raw("default", "SELECT title FROM post WHERE title = ?").param(SECRET).rows::<(i64,)>()).await.unwrap_err();
        session.all(raw("default", "SELECT ? FROM nowhere").param(SECRET).rows::<(String,)>()).await.unwrap_err();
        let cast = raw("default", "INSERT INTO post (id, title) VALUES (?, 'x')").param(SECRET);
        assert_eq!(session.execute(cast).await.unwrap_err().kind(), ErrorKind::InvalidValue);
        let tx = session.begin().await?;
        let slow = raw("default", "UPDATE post SET title = concat(?, sleep(60))").param(SECRET);
        assert!(tokio::time::timeout(Duration::from_millis(50), tx.execute(slow)).await.is_err());
        drop(tx);
        databases.close().await;
        let told = capture.all();
        assert!(told.iter().filter(|told| told.is_event).count() > 8 && told.iter().filter(|told| !told.is_event).count() > 8);
        for told in told {
            assert!(!format!("{told:?}").contains(SECRET), "{told:?}");
        }
    }
    Ok(())
}
