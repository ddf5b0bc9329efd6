//! Each statement reaches its own bind's engine and no other: the files of the others are not even made.

use bindery::prelude::*;
use bindery::{ErrorKind, SqliteDriver};
use bindery_testkit::TempSqlite;

use crate::models::{BINDS, EVENTS, NewUser, User, World};

/// A statement failed because its bind has no table; no other bind was reached.
fn assert_reached_only(world: &World, bind: &str, error: &bindery::Error) {
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::Sql, bind));
    for other in BINDS {
        assert_eq!(world.files.path(other).exists(), other == bind, "`{other}`, for a statement of `{bind}`");
        let idle = world.engine(other).unwrap().pool_status().idle;
        assert!(other == bind || idle == 0, "`{other}` has {idle} connections, for a statement of `{bind}`");
    }
}

#[tokio::test]
async fn a_session_asks_each_statements_own_engine() {
    let world = World::empty().await;
    let session = world.session();
    assert_reached_only(&world, "auth", &session.all(User::select()).await.unwrap_err());
    let world = World::empty().await;
    let session = world.session();
    assert_reached_only(&world, "meta", &session.all(raw("meta", "SELECT * FROM users")).await.unwrap_err());
    let world = World::empty().await;
    let session = world.session();
    assert_reached_only(&world, "default", &session.count(crate::models::Post::select()).await.unwrap_err());
    let world = World::empty().await;
    let session = world.session();
    assert_reached_only(&world, "auth", &session.insert(NewUser { email: "x".into(), name: None }).await.unwrap_err());
    let world = World::empty().await;
    let session = world.session();
    assert_reached_only(&world, "auth", &session.execute(EVENTS.delete_all()).await.unwrap_err());
}

/// Only `default` is configured, with tables of the same names, and the models of `auth` are unknown to it.
async fn only_default() -> (TempSqlite, Databases) {
    let files = TempSqlite::new().unwrap();
    let databases = Databases::builder().driver(SqliteDriver).bind("default", files.url("default"));
    let databases = databases.without_registered().models::<(crate::models::on_default::User,)>().connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    (files, databases)
}

fn assert_unknown<T: std::fmt::Debug>(result: bindery::Result<T>) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.bind().map(|bind| bind.to_string()).as_deref()), (ErrorKind::UnknownBind, Some("auth")), "{error}");
    assert!(error.to_string().starts_with("bind `auth` is not configured: the configured binds are `default`"), "{error}");
}

#[tokio::test]
async fn a_model_of_an_unconfigured_bind_fails_and_never_reaches_default() {
    let (files, databases) = only_default().await;
    let outside = databases.session();
    let inside = outside.begin().await.unwrap();
    for session in [&outside, &*inside] {
        assert_unknown(session.all(User::select()).await);
        assert_unknown(session.one(User::select()).await);
        assert_unknown(session.first(User::select().columns(User::id)).await);
        assert_unknown(session.count(User::select()).await);
        assert_unknown(session.exists(User::select()).await);
        assert_unknown(session.get::<User>(1).await);
        assert_unknown(session.insert(NewUser { email: "x".into(), name: None }).await);
        assert_unknown(session.insert_many([NewUser { email: "x".into(), name: None }]).await);
        assert_unknown(session.execute(User::insert([NewUser { email: "x".into(), name: None }])).await);
        assert_unknown(session.execute(User::update_all().set(User::email.to("x"))).await);
        assert_unknown(session.execute(User::delete_all()).await);
        assert_unknown(session.all(User::select().union(User::select())).await);
        assert_unknown(session.all(EVENTS.select()).await);
        assert_unknown(session.execute(EVENTS.delete_all()).await);
        assert_unknown(session.all(raw("auth", "SELECT 1")).await);
        assert_unknown(session.execute(raw("auth", "INSERT INTO users (email) VALUES ('x')")).await);
        assert_unknown(futures_util::TryStreamExt::try_collect::<Vec<_>>(session.stream(User::select())).await);
    }
    inside.commit().await.unwrap();
    assert_eq!(crate::witness::rows(&files, "default", "users"), [""; 0]);
    assert!(!files.path("auth").exists());
}

#[tokio::test]
async fn an_unmapped_bind_fails_and_never_reaches_default() {
    let (files, databases) = only_default().await;
    let session = databases.session();
    for name in ["", "Default", "default ", "dflt", "defaults", "auth\0"] {
        let error = session.execute(raw(name, "INSERT INTO users (email) VALUES ('x')")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownBind, "{name:?}");
        assert_eq!(databases.engine(name).err().map(|error| error.kind()), Some(ErrorKind::UnknownBind));
        assert_eq!(databases.create_all(name).await.unwrap_err().kind(), ErrorKind::UnknownBind);
    }
    assert_eq!(crate::witness::rows(&files, "default", "users"), [""; 0]);
}

#[tokio::test]
async fn a_model_that_is_in_no_registry_still_routes_by_its_own_table() {
    let files = TempSqlite::new().unwrap();
    let databases = Databases::builder().driver(SqliteDriver).bind("default", files.url("default")).bind("auth", files.url("auth"));
    let databases = databases.without_registered().connect().await.unwrap();
    let session = databases.session();
    session.execute(raw("auth", "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT)")).await.unwrap();
    session.insert(NewUser { email: "ada@auth".into(), name: None }).await.unwrap();
    assert_eq!(crate::witness::rows(&files, "auth", "users"), ["1|ada@auth|NULL"]);
    assert!(!files.path("default").exists());
}

#[tokio::test]
async fn closing_closes_every_bind_at_once() {
    let world = World::created().await;
    let session = world.session();
    let tx = session.begin().await.unwrap();
    tx.count(crate::models::Post::select()).await.unwrap();
    let mut closing = Box::pin(world.close());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(20), &mut closing).await.is_err(), "a transaction is open on `default`");
    assert_eq!(session.count(User::select()).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.rollback().await.unwrap();
    closing.await;
}
