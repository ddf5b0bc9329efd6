use std::collections::BTreeSet;
use std::time::Duration;

use bindery_core::{Error, ErrorKind};
use bindery_testkit::TempPostgres;

use super::*;

/// Every character that a URL, a connection string or SQL could stumble over; `SECRET` is what no text may show.
const PASSWORD: &str = r#"SECRET p@s/s:w?o#r&d=%25+"'\$ü🔑"#;
const ENCODED: &str = "SECRET%20p%40s%2Fs%3Aw%3Fo%23r%26d%3D%2525+%22'%5C$%C3%BC%F0%9F%94%91";

async fn refusal(config: &PostgresConfig) -> Error {
    match connect(config).await {
        Ok(_) => panic!("connected: {config:?}"),
        Err(error) => error,
    }
}

async fn show(client: &Client, sql: &str) -> String {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn tcp_and_unix_sockets() {
    let server = TempPostgres::shared().unwrap();
    let (port, folder) = (server.port(), server.folder().to_str().unwrap().to_owned());
    for (url, address) in [
        (format!("postgresql://postgres@127.0.0.1:{port}/postgres"), "127.0.0.1"),
        (format!("postgresql://postgres@localhost:{port}/postgres"), "127.0.0.1"),
        (format!("postgresql://postgres@{}:{port}/postgres", folder.replace('/', "%2F")), ""),
        (format!("postgresql://postgres@/postgres?host={folder}&port={port}&sslmode=require"), ""),
    ] {
        let connected = connect(&PostgresConfig::at(&url)).await.unwrap();
        let pid = show(&connected.client, "SELECT pg_backend_pid()::text").await;
        let seen =
            server.psql(&format!("SELECT usename, datname, application_name, host(client_addr) FROM pg_stat_activity WHERE pid = {pid}"));
        assert_eq!(seen.unwrap(), format!("postgres|postgres|bindery|{address}"), "{url}");
    }
}

#[tokio::test]
async fn a_login_by_password_and_no_failure_shows_it() {
    let server = TempPostgres::builder().access("host all all 127.0.0.1/32 scram-sha-256").start().unwrap();
    let quoted = PASSWORD.replace('\'', "''");
    server.psql(&format!("SET password_encryption = 'scram-sha-256'; CREATE ROLE ada LOGIN PASSWORD '{quoted}'")).unwrap();
    let port = server.port();
    let config = PostgresConfig::at(&format!("postgresql://ada:{ENCODED}@127.0.0.1:{port}/postgres"));
    assert_eq!(show(&connect(&config).await.unwrap().client, "SELECT current_user::text").await, "ada");

    server.psql("CREATE DATABASE closed; REVOKE CONNECT ON DATABASE closed FROM public").unwrap();
    server.psql("CREATE ROLE full_up LOGIN CONNECTION LIMIT 0 PASSWORD 'SECRET'; CREATE ROLE wrong LOGIN PASSWORD 'other'").unwrap();
    for (url, kind, text) in [
        (format!("wrong:{ENCODED}@127.0.0.1:{port}/postgres"), ErrorKind::PermissionDenied, "refuses the user `wrong` or the password"),
        (format!("nobody:{ENCODED}@127.0.0.1:{port}/postgres"), ErrorKind::PermissionDenied, "refuses the user `nobody` or the password"),
        (format!("ada@127.0.0.1:{port}/postgres"), ErrorKind::PermissionDenied, "asks for a password, and the bind has none"),
        (
            format!("ada:{ENCODED}@127.0.0.1:{port}/nowhere"),
            ErrorKind::Configuration,
            "has no database `nowhere` (the URL's path, or `dbname`)",
        ),
        (
            format!("ada:{ENCODED}@127.0.0.1:{port}/closed"),
            ErrorKind::PermissionDenied,
            "doesn't let the user `ada` into the database `closed`",
        ),
        (format!("full_up:SECRET@127.0.0.1:{port}/postgres"), ErrorKind::ConnectionLost, "takes no more connections"),
        (
            format!("ada:{ENCODED}@127.0.0.1:{port}/postgres?options=-c%20nonsense%3DSECRET"),
            ErrorKind::Configuration,
            "doesn't take the bind's `options`",
        ),
        (
            format!("ada:{ENCODED}@127.0.0.1:{port}/postgres?channel_binding=require"),
            ErrorKind::PermissionDenied,
            "can't agree with the driver on how to log in",
        ),
        (format!("ada:{ENCODED}@127.0.0.1:{port}/postgres?sslmode=require"), ErrorKind::ConnectionLost, "doesn't offer TLS"),
        (format!("ada:{ENCODED}@127.0.0.1:1/postgres"), ErrorKind::ConnectionLost, "can't be reached"),
        (format!("ada:{ENCODED}@no-such-host.invalid/postgres"), ErrorKind::ConnectionLost, "has a name that can't be resolved"),
    ] {
        let config = PostgresConfig::at(&format!("postgresql://{url}"));
        let error = refusal(&config).await;
        assert_eq!(error.kind(), kind, "{url}: {error:?}");
        let host = config.hosts[0].to_string();
        assert!(error.to_string().starts_with(&format!("the server `{host}` {text}")), "{url}: {error:?}");
        let shown = format!("{error} {error:?} {config:?} {:?}", std::error::Error::source(&error).map(|source| format!("{source:?}")));
        assert!(!shown.contains("SECRET"), "{url}: {shown}");
        // The chain says each thing once.
        for cause in ["refused", "db error", "failed", "does not exist", "error connecting", "lookup"] {
            assert!(format!("{error:?}").matches(cause).count() <= 1, "{url}: {error:?}");
        }
        assert!(!format!("{error:?}").contains("db error"), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn hosts_are_tried_in_their_order() {
    let (down, up) = (TempPostgres::start().unwrap(), TempPostgres::start().unwrap());
    let url = format!("postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/postgres", down.port(), up.port());
    let config = PostgresConfig::at(&url);
    let port = async |connected: Connected| show(&connected.client, "SELECT current_setting('port')").await;

    assert_eq!(port(connect(&config).await.unwrap()).await, down.port().to_string());
    // The system accepts the connection, and nothing answers; the second has its time for itself.
    down.stop().unwrap();
    let hasty = config.clone().with_connect_timeout(Duration::from_secs(2));
    assert_eq!(port(connect(&hasty).await.unwrap()).await, up.port().to_string());
    down.kill().unwrap();
    assert_eq!(port(connect(&config).await.unwrap()).await, up.port().to_string());
    up.kill().unwrap();
    let error = refusal(&config).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    let [first, second] = [&down, &up].map(|server| format!("`127.0.0.1:{}` can't be reached: ", server.port()));
    assert!(error.to_string().contains(&first) && error.to_string().contains(&second), "{error}");
    assert_eq!(format!("{error:?}").matches("refused").count(), 2, "{error:?}");
}

#[tokio::test]
async fn a_refused_login_ends_the_search() {
    let strict = TempPostgres::builder().access("host all all 127.0.0.1/32 scram-sha-256").start().unwrap();
    let open = TempPostgres::shared().unwrap();
    let url = format!("postgresql://postgres:wrong@127.0.0.1:1,127.0.0.1:{},127.0.0.1:{}/postgres", strict.port(), open.port());
    let error = refusal(&PostgresConfig::at(&url)).await;
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("`127.0.0.1:1` can't be reached") && error.to_string().contains("refuses the user"), "{error}");
}

#[tokio::test]
async fn a_stopped_server_is_given_up_after_connect_timeout() {
    let server = TempPostgres::start().unwrap();
    let url = format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port());
    let config = PostgresConfig::at(&url).with_connect_timeout(Duration::from_millis(200));
    server.stop().unwrap();
    let error = refusal(&config).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().ends_with("did not answer within 200ms (`connect_timeout`)"), "{error}");
}

#[tokio::test]
async fn load_is_balanced_where_asked_for() {
    let servers = [TempPostgres::start().unwrap(), TempPostgres::start().unwrap()];
    let ports = servers.each_ref().map(|server| server.port().to_string());
    for (balance, expected) in [("disable", &ports[..1]), ("random", &ports[..])] {
        let url = format!("postgresql://postgres@127.0.0.1:{},127.0.0.1:{}/postgres?load_balance_hosts={balance}", ports[0], ports[1]);
        let config = PostgresConfig::at(&url);
        let mut seen = BTreeSet::new();
        for _ in 0..64 {
            seen.insert(show(&connect(&config).await.unwrap().client, "SELECT current_setting('port')").await);
        }
        assert_eq!(seen, expected.iter().cloned().collect(), "{balance}");
    }
}

#[tokio::test]
async fn target_session_attrs() {
    let primary = TempPostgres::start().unwrap();
    let read_only = TempPostgres::builder().setting("default_transaction_read_only", "on").start().unwrap();
    // Recovers for ever: there is nobody to get more from.
    let standby = TempPostgres::builder().file("standby.signal", "").start().unwrap();
    assert_eq!(standby.psql("SELECT pg_is_in_recovery()").unwrap(), "t");
    let servers = [("primary", &primary), ("read-only", &read_only), ("standby", &standby)];
    let config = |attrs: &str, order: &[&str]| {
        let ports: Vec<_> = order.iter().map(|name| servers.iter().find(|(other, _)| other == name).unwrap().1.port()).collect();
        let hosts: Vec<_> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        PostgresConfig::at(&format!("postgresql://postgres@{}/postgres?target_session_attrs={attrs}", hosts.join(",")))
    };
    for (attrs, order, expected) in [
        ("any", &["standby", "primary"][..], Some("standby")),
        ("read-write", &["standby", "read-only", "primary"], Some("primary")),
        ("read-only", &["primary", "read-only", "standby"], Some("read-only")),
        ("read-only", &["primary", "standby"], Some("standby")),
        ("primary", &["standby", "read-only", "primary"], Some("read-only")),
        ("standby", &["primary", "read-only", "standby"], Some("standby")),
        ("prefer-standby", &["primary", "standby"], Some("standby")),
        ("prefer-standby", &["primary", "read-only"], Some("primary")),
        ("read-write", &["standby", "read-only"], None),
        ("read-only", &["primary"], None),
        ("primary", &["standby"], None),
        ("standby", &["primary", "read-only"], None),
    ] {
        let config = config(attrs, order);
        match expected {
            Some(expected) => {
                let port = show(&connect(&config).await.unwrap().client, "SELECT current_setting('port')").await;
                let found = servers.iter().find(|(_, server)| server.port().to_string() == port).unwrap().0;
                assert_eq!(found, expected, "{attrs} among {order:?}");
            }
            None => {
                let error = refusal(&config).await;
                assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{attrs} among {order:?}: {error}");
                assert_eq!(error.to_string().matches("(`target_session_attrs`)").count(), order.len(), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_session_is_set_up_whatever_the_role_says() {
    let server = TempPostgres::start().unwrap();
    let url = format!("postgresql://ada@127.0.0.1:{}/postgres", server.port());
    server.psql("CREATE ROLE ada LOGIN").unwrap();
    let settings = "SELECT current_setting('TimeZone') || ' ' || current_setting('standard_conforming_strings')";

    let connected = connect(&PostgresConfig::at(&url)).await.unwrap();
    assert_eq!(show(&connected.client, settings).await, "UTC on");

    server.psql("ALTER ROLE ada SET TimeZone = 'Asia/Kathmandu'; ALTER ROLE ada SET standard_conforming_strings = off").unwrap();
    let connected = connect(&PostgresConfig::at(&url)).await.unwrap();
    assert_eq!(show(&connected.client, settings).await, "UTC on");
    assert_eq!(show(&connected.client, "SELECT 'a\\b'::text").await, "a\\b");

    // What the bind itself asks for is what it gets.
    let connected = connect(&PostgresConfig::at(&format!("{url}?options=-c%20timezone%3DEurope/Rome"))).await.unwrap();
    assert_eq!(show(&connected.client, settings).await, "Europe/Rome on");
}
