//! What a configuration gives: an engine for each key, with its options.

use bindery::config::{DatabaseUrl, Format};
use bindery::prelude::*;
use bindery::session::Builder;
use bindery::{ErrorKind, SqliteDriver};
use bindery_testkit::TempSqlite;

use crate::models::{BINDS, User};
use crate::witness;

fn builder() -> Builder {
    Databases::builder().driver(SqliteDriver).without_registered()
}

fn toml(text: &str) -> Builder {
    builder().config(|config| config.text(Format::Toml, text))
}

async fn problems(builder: Builder) -> Vec<String> {
    let error = builder.connect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.problems().to_vec()
}

/// The most connections that a bind's pool may have: its readers, and the one writer.
fn max_size(databases: &Databases, bind: &str) -> usize {
    databases.engine(bind).unwrap().pool_status().max_size
}

#[tokio::test]
async fn an_engine_per_key() {
    let databases = builder().bind("default", "sqlite://").bind("auth", "sqlite://").bind("meta", "sqlite://").connect().await.unwrap();
    assert_eq!(databases.binds().map(|key| key.to_string()).collect::<Vec<_>>(), BINDS);
    let engines = BINDS.map(|bind| databases.engine(bind).unwrap());
    for (i, engine) in engines.iter().enumerate() {
        assert!(engines[i + 1..].iter().all(|other| !std::sync::Arc::ptr_eq(engine, other)));
        assert_eq!(engine.backend(), "sqlite");
    }
}

#[tokio::test]
async fn the_default_engine() {
    let databases = builder().bind("default", "sqlite://").connect().await.unwrap();
    assert!(std::sync::Arc::ptr_eq(databases.engine("default").unwrap(), databases.engine(bindery::BindKey::DEFAULT).unwrap()));
}

#[tokio::test]
async fn one_url_is_the_default_engine() {
    let databases = toml("databases = 'sqlite://'").connect().await.unwrap();
    assert_eq!(databases.binds().map(|key| key.to_string()).collect::<Vec<_>>(), ["default"]);
}

#[tokio::test]
async fn common_options_are_for_every_engine() {
    let text = "databases = { default = 'sqlite://', auth = 'sqlite://' }\n[engine_options]\npool_size = 3";
    let databases = toml(text).connect().await.unwrap();
    assert_eq!([max_size(&databases, "default"), max_size(&databases, "auth")], [4, 4]);
    let databases = toml(text).engine_option("pool_size", 5).connect().await.unwrap();
    assert_eq!([max_size(&databases, "default"), max_size(&databases, "auth")], [6, 6]);
}

#[tokio::test]
async fn own_options_win_over_common_ones() {
    let databases = toml(
        "databases.default = 'sqlite://'
         databases.auth = { url = 'sqlite://', pool_size = 7 }
         databases.meta = { url = 'sqlite://', pool_timeout = '5s' }
         engine_options = { pool_size = 3 }",
    );
    let databases = databases.connect().await.unwrap();
    assert_eq!(BINDS.map(|bind| max_size(&databases, bind)), [4, 8, 4]);
}

#[tokio::test]
async fn a_bind_is_a_url_string_a_url_object_or_a_map() {
    let files = TempSqlite::new().unwrap();
    let object: DatabaseUrl = files.url("meta");
    let databases = toml("[databases]\ndefault = 'sqlite:///default.db'\nauth = { url = 'sqlite:///auth.db', pool_size = 2 }")
        .config(|config| config.folder(files.folder()))
        .bind("meta", object)
        .connect()
        .await
        .unwrap();
    for bind in BINDS {
        let session = databases.session();
        session.execute(raw(bind, "CREATE TABLE marks (bind TEXT)")).await.unwrap();
        session.execute(raw(bind, "INSERT INTO marks VALUES (?)").param(bind)).await.unwrap();
    }
    for bind in BINDS {
        assert_eq!(witness::rows(&files, bind, "marks"), [bind]);
    }
    assert_eq!(max_size(&databases, "auth"), 3);
}

#[tokio::test]
async fn no_default_is_an_error() {
    let missing = ["there is no bind `default`: add it to `databases`"];
    assert_eq!(problems(builder()).await, missing);
    assert_eq!(problems(builder().bind("auth", "sqlite://")).await, missing);
    assert_eq!(problems(toml("[databases]\nauth = 'sqlite://'")).await, missing);
}

#[tokio::test]
async fn wrong_shapes_are_errors() {
    for (text, problem) in [
        ("databases = 5", "`databases` must be a table of binds, or the URL of `default`"),
        ("databases.default = 5", "bind `default`: it must be a URL, or a table with `url` and options"),
        ("databases.default = ['sqlite://']", "bind `default`: it must be a URL, or a table with `url` and options"),
        ("databases.default = {}", "bind `default`: it has no `url`"),
        ("databases.default = { pool_size = 5 }", "bind `default`: it has no `url`"),
        ("databases.default = { url = 5 }", "bind `default`: `url` must be text"),
        ("databases.default = { url = 'sqlite://', echo = true }", "bind `default`: unknown option `echo`"),
        (
            "databases.default = { url = 'sqlite://', pool_size = 'five' }",
            "bind `default`: option `pool_size` must be a whole number from 1 to 4294967295",
        ),
    ] {
        let found = problems(toml(text)).await;
        assert!(found.contains(&problem.to_owned()), "{text}: {found:?}");
    }
}

#[tokio::test]
async fn every_problem_of_every_bind_is_in_one_error() {
    let builder = toml("[databases]\nauth = { pool_size = 2 }\nmeta = 'oracle://h/db'\n[databases.logs]\nurl = 'sqlite://'\npool_size = 0");
    insta::assert_snapshot!(builder.connect().await.unwrap_err(), @r"
    the configuration of the databases is wrong
      - there is no bind `default`: add it to `databases`
      - bind `auth`: it has no `url`
      - bind `meta`: no driver serves the scheme `oracle`: hand a driver for it to `.driver(..)`
      - bind `logs`: option `pool_size` must be a whole number from 1 to 4294967295
    ");
}

#[tokio::test]
async fn a_configuration_file_and_then_the_session() {
    let files = TempSqlite::new().unwrap();
    let path = files.config_file(BINDS).unwrap();
    let databases = Databases::builder().driver(SqliteDriver).file(path).connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let ada = databases.session().insert(crate::models::NewUser { email: "ada@auth".into(), name: None }).await.unwrap();
    assert_eq!(databases.session().get::<User>(ada.id).await.unwrap(), Some(ada));
    assert_eq!(witness::rows(&files, "auth", "users"), ["1|ada@auth|NULL"]);
    assert_eq!(witness::rows(&files, "default", "users"), [""; 0]);
    assert_eq!(witness::rows(&files, "meta", "users"), [""; 0]);
}
