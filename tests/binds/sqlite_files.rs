//! Where SQLite's databases are.

use bindery::prelude::*;
use bindery::{ErrorKind, SqliteDriver};
use bindery_testkit::TempSqlite;

use crate::models::{NewUser, User, on_default, on_meta};
use crate::witness;

async fn connect(files: &TempSqlite, toml: &str) -> Databases {
    let path = files.folder().join("bindery.toml");
    std::fs::write(&path, toml).unwrap();
    Databases::builder().driver(SqliteDriver).without_registered().file(path).connect().await.unwrap()
}

#[tokio::test]
async fn relative_files_stand_beside_the_configuration_and_their_parents_are_made() {
    let files = TempSqlite::new().unwrap();
    let databases = connect(&files, "[databases]\ndefault = 'sqlite:///default.db'\nauth = 'sqlite:///data/deep/auth.db'").await;
    let session = databases.session();
    for bind in ["default", "auth"] {
        session.execute(raw(bind, format!("CREATE TABLE t AS SELECT '{bind}' AS bind"))).await.unwrap();
    }
    assert_eq!(witness::rows(&files, "default", "t"), ["default"]);
    assert_eq!(witness::rows(&files, "data/deep/auth", "t"), ["auth"]);
}

#[tokio::test]
async fn absolute_files_stand_where_they_are_said_to_be() {
    let (files, elsewhere) = (TempSqlite::new().unwrap(), TempSqlite::new().unwrap());
    let absolute = elsewhere.path("absolute").display().to_string();
    let databases = connect(&files, &format!("databases = 'sqlite:///{absolute}'")).await;
    databases.session().execute(raw("default", "CREATE TABLE t AS SELECT 1 AS x")).await.unwrap();
    assert_eq!(witness::rows(&elsewhere, "absolute", "t"), ["1"]);
}

#[tokio::test]
async fn file_uris_are_sqlites_own() {
    let files = TempSqlite::new().unwrap();
    rusqlite::Connection::open(files.path("library")).unwrap().execute_batch("CREATE TABLE t AS SELECT 'there' AS x").unwrap();
    let databases = connect(
        &files,
        "[databases]\ndefault = 'sqlite:///file:default.db?uri=true'\nlibrary = 'sqlite:///file:library.db?mode=ro&uri=true'",
    )
    .await;
    let session = databases.session();
    assert_eq!(session.one(raw("library", "SELECT x FROM t").rows::<(String,)>()).await.unwrap(), ("there".to_owned(),));
    let error = session.execute(raw("library", "INSERT INTO t VALUES ('x')")).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::PermissionDenied, "library"));
    session.execute(raw("default", "CREATE TABLE t AS SELECT 'new' AS x")).await.unwrap();
    assert_eq!(witness::rows(&files, "default", "t"), ["new"]);
    assert_eq!(witness::rows(&files, "library", "t"), ["there"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_in_memory_is_shared_by_threads_and_never_by_binds() {
    for urls in [["sqlite://"; 3], ["sqlite:///:memory:"; 3], ["sqlite:///file::memory:?uri=true"; 3]] {
        let builder = Databases::builder().driver(SqliteDriver).without_registered();
        let builder = builder.models::<(User, on_default::User, on_meta::User)>();
        let databases = builder.bind("default", urls[0]).bind("auth", urls[1]).bind("meta", urls[2]).connect().await.unwrap();
        databases.create_all(All).await.unwrap();

        let writers = (0..8).map(|n| {
            let session = databases.session();
            tokio::spawn(async move { session.insert(NewUser { email: format!("{n}@auth"), name: None }).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        let readers = (0..8).map(|_| {
            let session = databases.session();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(session.count(User::select()))
            })
        });
        for reader in readers.collect::<Vec<_>>() {
            assert_eq!(reader.join().unwrap().unwrap(), 8);
        }
        assert_eq!(databases.session().count(on_default::User::select()).await.unwrap(), 0);
        assert_eq!(databases.session().count(on_meta::User::select()).await.unwrap(), 0);
    }
}
