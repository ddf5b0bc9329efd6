use bindery_core::BindKey;

use super::*;

fn bind(url: &str) -> BindConfig {
    BindConfig::new(BindKey::DEFAULT, url.parse().unwrap())
}

fn problems(bind: &BindConfig) -> Vec<String> {
    let error = MysqlConfig::new(bind).unwrap_err();
    assert_eq!(error.kind(), bindery_core::ErrorKind::Configuration);
    error.problems().to_vec()
}

#[test]
fn a_url_says_where_the_server_is() {
    for (url, server, backend) in [
        ("mysql://shop@db.example.org/shop", "db.example.org:3306", "mysql"),
        ("mariadb://shop@[::1]:3307/shop", "[::1]:3307", "mariadb"),
        ("mysql://shop@localhost/shop?socket=/run/mysqld/mysqld.sock", "/run/mysqld/mysqld.sock", "mysql"),
        ("mysql:///shop", "localhost:3306", "mysql"),
    ] {
        let config = MysqlConfig::new(&bind(url)).unwrap();
        assert_eq!((config.server(), config.backend(), config.database()), (server, backend, "shop"), "{url}");
    }
}

#[test]
fn every_problem_is_told_and_no_secret() {
    let bind = bind("mysql://ada:hunter1@a,b?password=hunter2").with_option("ssl_mode", "hunter3").with_option("ssl_cert", "hunter4");
    let problems = problems(&bind);
    for name in
        ["`password` is set twice", "names no database", "names several hosts", "`ssl_mode` must be one of", "`ssl_cert` and `ssl_key`"]
    {
        assert_eq!(problems.iter().filter(|problem| problem.contains(name)).count(), 1, "{name}: {problems:#?}");
    }
    assert_eq!(problems.len(), 5, "{problems:#?}");
    assert!(!format!("{problems:?}").contains("hunter"), "{problems:#?}");
}

#[test]
fn no_debug_tells_the_password() {
    let config = MysqlConfig::new(&bind("mysql://ada:hunter1@localhost/shop")).unwrap();
    assert!(!format!("{config:?}").contains("hunter"), "{config:?}");
}
