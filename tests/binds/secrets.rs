//! No password, URL or parameter value in any error or `Debug`.

use std::error::Error as _;

use bindery::config::{Config, Format};
use bindery::prelude::*;
use bindery::{Error, ErrorKind, MysqlDriver, SqliteDriver};

#[cfg(unix)]
use bindery_testkit::{MysqlFlavor, TempMysql};

use crate::models::{NewUser, User, World};

const SECRET: &str = "hunter2";

/// The secret stands nowhere in what an error shows, nor in what caused it.
fn assert_silent(error: &Error) {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    assert!(!shown.to_lowercase().contains(SECRET), "{shown}");
}

#[tokio::test]
async fn no_configuration_error_shows_a_secret() {
    for text in [
        // unknown schemes and drivers
        "databases = 'oracle://ada:hunter2@h/db'",
        "databases = 'postgresql://ada:hunter2@h/db?password=hunter2'",
        "databases = 'hunter2'",
        "databases = 'ada:hunter2@h/db'",
        // malformed URLs
        "databases = 'sqlite:hunter2'",
        "databases = 'mysql://ada:hunter2@h:port/db'",
        "databases = 'mariadb://ada:hunter2@h/db?ssl_mode=hunter2'",
        "databases = 'mysql://ada:hunter2@h/db?ssl_ca=/hunter2'",
        "databases = 'mysql://ada:hunter2@h'",
        "databases = 'postgres://ada:hunter2@h:port/db'",
        "databases = 'postgres://ada:hunter2@[::1/db'",
        "databases = 'postgres://ada:hunter2@@h/db'",
        "databases = 'postgres://ada:hunter2%zz@h/db'",
        "databases = 'sqlite:///x.db?mode=hunter2'",
        "databases = 'sqlite:///x.db?uri=hunter2'",
        "databases = 'sqlite:///x.db?key=hunter2'",
        "databases = 'sqlite:///file://hunter2/x.db?uri=true'",
        // malformed options
        "databases.default = { url = 'sqlite://', pool_size = 'hunter2' }",
        "databases.default = { url = 'sqlite://', execution = 'hunter2' }",
        "databases.default = { url = 'sqlite://', busy_timeout = 'hunter2' }",
        "databases.default = { url = 'sqlite://', password = 'hunter2' }",
        "databases.default = { url = ['postgres://ada:hunter2@h/db'] }",
        "databases.default = { urll = 'postgres://ada:hunter2@h/db' }",
        "databases.default = { url = 'sqlite://', execution = { secret = 'hunter2' } }",
        "databases = 'sqlite://'\nengine_options = { pool_timeout = 'hunter2', password = 'hunter2' }",
        "databases = 'sqlite://'\nmigrations = { password = 'hunter2' }",
        // no TOML at all
        "databases = 'postgres://ada:hunter2@h/db",
        "[databases]\ndefault = postgres://ada:hunter2@h/db",
    ] {
        let builder = || Config::builder().text(Format::Toml, text);
        let error = Databases::builder().driver(SqliteDriver).driver(MysqlDriver).config(|_| builder()).connect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
        assert_silent(&error);
        assert!(!format!("{:?}", builder()).contains(SECRET), "{text}");
    }
}

#[tokio::test]
async fn no_environment_variable_or_code_shows_a_secret() {
    let variables = [("BINDERY__DATABASES__AUTH__URL", "oracle://ada:hunter2@h"), ("BINDERY__DATABASES__AUTH__POOL_SIZE", "hunter2")];
    let builder = Databases::builder().driver(SqliteDriver).config(|config| config.variables(variables));
    let builder = builder.bind("default", "postgres://ada:hunter2@h/db").bind_option("default", "pool_size", "hunter2");
    assert_silent(&builder.connect().await.unwrap_err());
}

/// Of a port where nobody listens, and of a server that knows the user by another password, or not.
#[cfg(unix)]
#[tokio::test]
async fn no_error_of_a_connection_to_mysql_shows_a_secret() {
    for flavor in [MysqlFlavor::MariaDb, MysqlFlavor::MySql] {
        let server = TempMysql::shared(flavor).unwrap();
        let _ = server.sql("CREATE USER ada@'127.0.0.1' IDENTIFIED BY 'another'");
        for (url, kind) in [
            ("mysql://ada:hunter2@127.0.0.1:1/db".to_owned(), ErrorKind::ConnectionLost),
            (format!("mariadb://ada:hunter2@127.0.0.1:{}/db", server.port()), ErrorKind::PermissionDenied),
            (format!("mysql://eve:hunter2@127.0.0.1:{}/db", server.port()), ErrorKind::PermissionDenied),
        ] {
            let builder = Databases::builder().driver(MysqlDriver).without_registered().bind("default", url);
            let databases = builder.connect().await.unwrap();
            let error = databases.session().all(raw("default", "SELECT 1")).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error:?}");
            assert_silent(&error);
            assert!(!format!("{databases:?}").contains(SECRET));
        }
    }
}

#[tokio::test]
async fn no_error_of_a_statement_shows_a_value() {
    let world = World::created().await;
    let session = world.session();
    let user = || NewUser { email: SECRET.into(), name: Some(SECRET.into()) };
    session.insert(user()).await.unwrap();
    let errors = [
        (ErrorKind::UniqueViolation, session.insert(user()).await.unwrap_err()),
        (ErrorKind::UniqueViolation, session.execute(User::insert([user()])).await.unwrap_err()),
        (ErrorKind::NotFound, session.one(User::select().filter(User::email.eq("hunter2!"))).await.unwrap_err()),
        (ErrorKind::Decode, session.all(raw("auth", "SELECT email FROM users").rows::<(i64,)>()).await.unwrap_err()),
        (ErrorKind::Sql, session.all(raw("auth", "SELECT ? FROM nowhere").param(SECRET)).await.unwrap_err()),
    ];
    for (kind, error) in errors {
        assert_eq!(error.kind(), kind, "{error}");
        assert_silent(&error);
    }
}

#[tokio::test]
async fn debug_of_databases_shows_binds_backends_and_pools_and_no_url() {
    let files = bindery_testkit::TempSqlite::new().unwrap();
    let secret = |bind: &str| files.url(&format!("{SECRET}-{bind}"));
    let databases = Databases::builder().driver(SqliteDriver).without_registered().models::<(User,)>();
    let databases = databases.bind("default", secret("default")).bind("auth", secret("auth")).bind_option("auth", "pool_size", 2);
    let databases = databases.connect().await.unwrap();
    insta::assert_snapshot!(format!("{databases:#?}"), @r"
    {
        BindKey(default): sqlite (0 tables, PoolStatus { max_size: 11, in_use: 0, idle: 0 }),
        BindKey(auth): sqlite (1 tables, PoolStatus { max_size: 3, in_use: 0, idle: 0 }),
    }
    ");
    databases.create_all(All).await.unwrap();
    let tx = databases.session().begin().await.unwrap();
    for shown in
        [format!("{databases:?}"), format!("{:?}", databases.session()), format!("{tx:?}"), format!("{:?}", databases.metadata("auth"))]
    {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}
