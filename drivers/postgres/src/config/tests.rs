use std::time::Duration;

use bindery_core::config::{DatabaseUrl, OptionValue};
use bindery_core::{BindKey, ErrorKind};
use proptest::prelude::*;

use super::*;
use crate::tls::SslMode;

fn bind(url: &str) -> BindConfig {
    BindConfig::new(BindKey::DEFAULT, url.parse().unwrap())
}

fn with(url: &str, options: &[(&str, OptionValue)]) -> BindConfig {
    options.iter().fold(bind(url), |bind, (name, value)| bind.with_option(*name, value.clone()))
}

fn hosts(config: &PostgresConfig) -> Vec<String> {
    config.hosts.iter().map(ToString::to_string).collect()
}

fn problems(bind: &BindConfig) -> Vec<String> {
    let error = PostgresConfig::new(bind).expect_err("a problem");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.problems().to_vec()
}

#[test]
fn hosts_come_from_the_url_a_parameter_or_an_option() {
    for (url, expected) in [
        ("postgresql://ada@h/db", &["h:5432"][..]),
        ("postgres://ada@h1:1,h2,[::1]:3/db", &["h1:1", "h2:5432", "[::1]:3"]),
        ("postgresql:///db?host=/run/pg&port=6", &["/run/pg/.s.PGSQL.6"]),
        ("postgresql://%2Frun%2Fpg:7/db", &["/run/pg/.s.PGSQL.7"]),
        ("postgresql:///db?host=h1,h2&port=1,", &["h1:1", "h2:5432"]),
        ("postgresql:///db?host=h1,h2&port=9", &["h1:9", "h2:9"]),
    ] {
        assert_eq!(hosts(&PostgresConfig::at(url)), expected, "{url}");
    }
    assert!(problems(&bind("postgresql://h1,h2:2/db?port=9"))[0].starts_with("`port` is set twice"));
    let local = hosts(&PostgresConfig::at("postgresql:///db"));
    assert_eq!(local, ["/var/run/postgresql/.s.PGSQL.5432", "/tmp/.s.PGSQL.5432"]);
    let option = with("postgresql:///db", &[("host", "h".into()), ("port", 7.into())]);
    assert_eq!(hosts(&PostgresConfig::new(&option).unwrap()), ["h:7"]);
}

#[test]
fn the_login_comes_from_the_url_a_parameter_or_an_option() {
    for bind in [
        bind("postgresql://ada:p%40s%20%C3%A9@h/db"),
        bind("postgresql://h/?user=ada&password=p%40s%20%C3%A9&dbname=db"),
        with("postgresql://h", &[("user", "ada".into()), ("password", "p@s é".into()), ("dbname", "db".into())]),
        // the same twice is no contradiction
        with("postgresql://ada@h/db?user=ada", &[("password", "p@s é".into()), ("user", "ada".into())]),
    ] {
        let config = PostgresConfig::new(&bind).unwrap();
        assert_eq!((config.settings.get_user(), config.settings.get_password()), (Some("ada"), Some("p@s é".as_bytes())), "{bind:?}");
        assert_eq!((config.settings.get_dbname(), config.database()), (Some("db"), "db"), "{bind:?}");
    }
}

#[test]
fn what_is_not_set_is_as_libpq_has_it() {
    let config = PostgresConfig::at("postgresql://h");
    let user = whoami::username().unwrap();
    assert_eq!((config.settings.get_user(), config.database()), (Some(user.as_str()), user.as_str()));
    assert_eq!((config.settings.get_password(), config.settings.get_application_name()), (None, Some("bindery")));
    assert_eq!((config.target, config.load_balance, config.tls.mode), (Target::Any, LoadBalance::Disable, SslMode::Prefer));
    assert!(config.settings.get_keepalives());
}

#[test]
fn options_are_read() {
    let url = "postgresql://ada@h/db?target_session_attrs=prefer-standby&load_balance_hosts=random&application_name=shop\
               &options=-c%20statement_timeout%3D5s&keepalives=0&keepalives_idle=60&keepalives_count=3&sslmode=disable\
               &channel_binding=disable";
    let from_url = PostgresConfig::at(url);
    let options: [(&str, OptionValue); 9] = [
        ("target_session_attrs", "prefer-standby".into()),
        ("load_balance_hosts", "random".into()),
        ("application_name", "shop".into()),
        ("options", "-c statement_timeout=5s".into()),
        ("keepalives", false.into()),
        ("keepalives_idle", "1m".into()),
        ("keepalives_count", 3.into()),
        ("sslmode", "disable".into()),
        ("channel_binding", "disable".into()),
    ];
    let from_options = PostgresConfig::new(&with("postgresql://ada@h/db", &options)).unwrap();
    for config in [&from_url, &from_options] {
        assert_eq!((config.target, config.load_balance, config.tls.mode), (Target::PreferStandby, LoadBalance::Random, SslMode::Disable));
        assert_eq!(config.settings.get_application_name(), Some("shop"));
        assert_eq!(config.settings.get_options(), Some("-c statement_timeout=5s"));
        assert!(!config.settings.get_keepalives());
        assert_eq!((config.settings.get_keepalives_idle(), config.settings.get_keepalives_retries()), (Duration::from_secs(60), Some(3)));
        assert_eq!(config.settings.get_channel_binding(), ChannelBinding::Disable);
    }
}

#[test]
fn every_problem_is_told_at_once_without_a_value() {
    let url = "postgresql://ada:hunter2@h1,h2/db?password=hunter3&sslmode=hunter4&port=hunter5&keepalives=hunter6&keepalives_idle=hunter7\
               &sslkey=hunter8&load_balance_hosts=hunter9&target_session_attrs=hunter10&keepalives_count=0&application_name=hunter%0011";
    let bind = with(url, &[("channel_binding", 5.into())]);
    let problems = problems(&bind);
    for name in [
        "`password`",
        "`sslmode`",
        "`port`",
        "`keepalives`",
        "`keepalives_idle`",
        "`sslkey`",
        "`load_balance_hosts`",
        "`target_session_attrs`",
        "`keepalives_count`",
        "`application_name`",
        "`channel_binding`",
    ] {
        assert_eq!(problems.iter().filter(|problem| problem.contains(name)).count(), 1, "{name}: {problems:#?}");
    }
    assert_eq!(problems.len(), 11);
    assert!(!format!("{problems:?} {bind:?}").contains("hunter"), "{problems:#?}");
}

#[test]
fn hosts_that_no_server_can_have_are_refused() {
    for url in ["postgresql:///db?host=a,,b", "postgresql://a/db?port=1,2", "postgresql://[fe80::1%25eth0]/db", "postgresql:///db?port=0"] {
        assert_eq!(problems(&bind(url)).len(), 1, "{url}");
    }
}

#[test]
fn options_that_can_not_hold_are_refused() {
    for (query, expected) in [
        ("sslrootcert=missing.pem", "`sslrootcert`: its file can't be read"),
        ("sslrootcert=missing.pem&sslmode=prefer", "`sslrootcert` has no effect with this `sslmode`"),
        ("sslrootcert=missing.pem&sslmode=disable", "`sslrootcert` has no effect with this `sslmode`"),
        ("sslrootcert=system&sslmode=require", "`sslrootcert=system` needs `sslmode=verify-full`"),
        ("sslrootcert=Cargo.toml", "`sslrootcert`: its file doesn't contain a certificate"),
        ("sslmode=verify-ca", "`sslmode=verify-ca` needs a file in `sslrootcert`"),
        ("sslmode=verify-ca&sslrootcert=system", "`sslrootcert=system` needs `sslmode=verify-full`"),
        ("keepalives_idle=32768", "`keepalives_idle` must be from 1 to 32767 seconds"),
        ("keepalives_count=128", "`keepalives_count` must be from 1 to 127"),
        ("sslcert=missing.pem", "`sslcert` and `sslkey` belong together"),
    ] {
        let bind = bind(&format!("postgresql://h/db?{query}")).with_folder(env!("CARGO_MANIFEST_DIR"));
        let problems = problems(&bind);
        assert!(problems.len() == 1 && problems[0].starts_with(expected), "{query}: {problems:#?}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let bind = with(
        "postgresql://ada:hunter2@h/db?options=-c%20app.key%3Dhunter2",
        &[("application_name", "hunter2".into()), ("password", "hunter2".into())],
    );
    let shown = format!("{:#?}", PostgresConfig::new(&bind).unwrap());
    assert!(shown.contains("\"db\"") && !shown.contains("hunter2"), "{shown}");
}

proptest! {
    #[test]
    fn no_value_panics_or_is_shown(name in proptest::sample::select(&OPTIONS[..]), value in "\\PC{0,6}[0-9]{0,6}SECRET\\PC{0,6}") {
        let in_url = BindConfig::new(BindKey::DEFAULT, DatabaseUrl::new("postgresql").unwrap().with_parameter(name, value.clone()));
        let as_option = bind("postgresql://h").with_option(name, value);
        for bind in [in_url, as_option] {
            if let Err(error) = PostgresConfig::new(&bind) {
                prop_assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
            }
        }
    }
}
