//! `TempMysql` against real servers of both flavors: its life, its faults, and that nothing of it stays behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)] // clippy knows tests by `#[test]`, and these are their helpers

mod traces;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use bindery_core::config::DatabaseUrl;
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};
use traces::{assert_nothing_is_left, in_a_child, listens, part, processes_of, server_process, states, tell, until};

/// Each function is two tests: `mariadb::NAME` and `mysql::NAME`.
macro_rules! of_each_flavor {
    ($($test:ident,)*) => {
        mod mariadb {
            $(#[test] fn $test() { super::$test(super::MysqlFlavor::MariaDb) })*
        }
        mod mysql {
            $(#[test] fn $test() { super::$test(super::MysqlFlavor::MySql) })*
        }
    };
}

of_each_flavor! {
    a_database_is_reached_by_port_and_socket,
    the_server_is_set_up_for_tests,
    each_flavor_is_shared,
    databases_of_one_process_dont_meet_and_are_dropped,
    a_database_is_dropped_under_an_open_transaction,
    a_prepared_xa_transaction_doesnt_hold_up_a_drop,
    a_failing_script_ends_at_its_error,
    what_a_script_prints_is_as_it_is,
    a_long_script_with_a_long_answer_passes,
    two_servers_at_once,
    settings_and_files_are_the_servers,
    a_wrong_setting_is_an_error_with_the_servers_words,
    it_doesnt_run_as_root,
    killed_and_restarted_it_has_what_was_committed,
    prepared_xa_transactions_survive_a_kill,
    shut_down_and_restarted_it_has_the_same_address,
    stopped_it_answers_when_it_goes_on,
    a_stopped_server_can_be_killed_shut_down_and_dropped,
    dropped_it_leaves_nothing,
    a_killed_test_process_leaves_nothing,
    a_test_process_that_ends_or_panics_leaves_nothing,
    parallel_processes_dont_meet,
}

fn name(flavor: MysqlFlavor, test: &str) -> String {
    match flavor {
        MysqlFlavor::MariaDb => format!("mariadb::{test}"),
        MysqlFlavor::MySql => format!("mysql::{test}"),
    }
}

/// The client, told where by a URL alone.
fn client(url: &DatabaseUrl) -> Command {
    let program = ["mariadb", "mysql"].into_iter().find(|program| Command::new(program).arg("--version").output().is_ok()).unwrap();
    let mut command = Command::new(program);
    command.args(["--no-defaults", "-NB", "--skip-password"]).arg(format!("--user={}", url.user().unwrap()));
    match url.parameter("socket") {
        Some(socket) => command.arg(format!("--socket={socket}")),
        None => command.arg(format!("--host={}", url.hosts()[0].name())).arg(format!("--port={}", url.hosts()[0].port().unwrap())),
    };
    command.arg(url.path());
    command
}

fn by_url(url: &DatabaseUrl, sql: &str) -> Output {
    client(url).args(["-e", sql]).output().unwrap()
}

fn a_database_is_reached_by_port_and_socket(flavor: MysqlFlavor) {
    let server = TempMysql::shared(flavor).unwrap();
    let database = server.database().unwrap();
    let url = database.url();
    assert_eq!(url.to_string(), format!("mysql://root@127.0.0.1:{}/{}", server.port(), database.name()));
    assert!(listens(server.port()));
    let socket = database.socket_url();
    let folder = server.folder().to_str().unwrap();
    let encoded = folder.replace('/', "%2F");
    assert_eq!(socket.to_string_with_password(), format!("mysql://root@localhost/{}?socket={encoded}%2Fs.sock", database.name()));
    assert_eq!(socket.parameter("socket").unwrap(), format!("{folder}/s.sock"));
    for (url, user) in [(url, "root@127.0.0.1"), (socket, "root@localhost")] {
        let output = by_url(&url, "SELECT database(), current_user()");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{}\t{user}\n", database.name()), "{output:?}");
    }
}

fn the_server_is_set_up_for_tests(flavor: MysqlFlavor) {
    let server = TempMysql::shared(flavor).unwrap();
    assert_eq!(server.flavor(), flavor);
    assert_eq!(server.sql("SELECT version() LIKE '%MariaDB%'").unwrap(), if flavor == MysqlFlavor::MariaDb { "1" } else { "0" });
    let database = server.database().unwrap();
    let settings = [
        ("character_set_database", "utf8mb4"),
        ("global.time_zone", "+00:00"),
        ("innodb_flush_log_at_trx_commit", "2"),
        ("max_connections", "200"),
        ("bind_address", "127.0.0.1"),
        ("log_bin", "0"),
        ("performance_schema", "0"),
        ("skip_name_resolve", "1"),
    ];
    for (name, value) in settings {
        assert_eq!(database.sql(&format!("SELECT @@{name}")).unwrap(), value, "{name}");
    }
    assert_eq!(database.sql("SELECT now() = utc_timestamp()").unwrap(), "1");
    database.sql("CREATE TABLE t (x text); INSERT INTO t VALUES ('𝄞')").unwrap();
    assert_eq!(database.sql("SELECT x, hex(x) FROM t").unwrap(), "𝄞\tF09D849E");
    assert_eq!(server.sql("SELECT coalesce(@@ssl_cert, '')").unwrap(), ""); // no TLS unless a test asks for it
}

fn each_flavor_is_shared(flavor: MysqlFlavor) {
    let (one, two) = (TempMysql::shared(flavor).unwrap(), TempMysql::shared(flavor).unwrap());
    assert_eq!((one.port(), one.folder()), (two.port(), two.folder()));
    let other = if flavor == MysqlFlavor::MariaDb { MysqlFlavor::MySql } else { MysqlFlavor::MariaDb };
    assert_ne!(TempMysql::shared(other).unwrap().port(), one.port());
    drop((one, two));
    assert!(TempMysql::shared(flavor).unwrap().database().is_ok());
}

fn databases_of_one_process_dont_meet_and_are_dropped(flavor: MysqlFlavor) {
    let server = TempMysql::shared(flavor).unwrap();
    let (one, two) = (server.database().unwrap(), server.database().unwrap());
    assert_ne!(one.name(), two.name());
    one.sql("CREATE TABLE t (n int)").unwrap();
    assert_eq!(two.sql("SHOW TABLES").unwrap(), "");

    let name = one.name().to_owned();
    drop(one);
    assert_eq!(server.sql(&format!("SHOW DATABASES LIKE '{name}'")).unwrap(), "");
    assert_eq!(server.sql(&format!("SHOW DATABASES LIKE '{}'", two.name())).unwrap(), two.name());
}

/// A client that has begun a transaction and read in it.
fn in_transaction(database: &TempMysqlDatabase) -> Child {
    let sql = "SET SESSION wait_timeout = 600; BEGIN; SELECT * FROM t; SELECT sleep(600)";
    client(&database.url()).args(["-e", sql]).stderr(Stdio::null()).spawn().unwrap()
}

fn a_database_is_dropped_under_an_open_transaction(flavor: MysqlFlavor) {
    let server = TempMysql::shared(flavor).unwrap();
    let database = server.database().unwrap();
    let name = database.name().to_owned();
    database.sql("CREATE TABLE t (n int)").unwrap();
    let mut client = in_transaction(&database);
    let sleeps = format!("SELECT count(*) FROM information_schema.processlist WHERE db = '{name}' AND info LIKE 'SELECT sleep%'");
    until("the client is in its transaction", || server.sql(&sleeps).unwrap() == "1");
    drop(database);
    assert_eq!(server.sql(&format!("SHOW DATABASES LIKE '{name}'")).unwrap(), "");
    assert!(!client.wait().unwrap().success());
}

fn a_prepared_xa_transaction_doesnt_hold_up_a_drop(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let database = server.database().unwrap();
    database.sql("CREATE TABLE t (n int); XA START 'left'; INSERT INTO t VALUES (1); XA END 'left'; XA PREPARE 'left'").unwrap();
    let began = Instant::now();
    drop(database);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(server.database().is_ok());
}

fn a_failing_script_ends_at_its_error(flavor: MysqlFlavor) {
    let database = TempMysql::shared(flavor).unwrap().database().unwrap();
    let error = database.sql("CREATE TABLE t (n int);\nINSERT INTO t VALUES ('x');\nINSERT INTO t VALUES (2)").unwrap_err();
    assert!(error.to_string().contains("\nERROR 1366 (") && error.to_string().contains("Incorrect integer value: 'x'"), "{error}");
    assert_eq!(database.sql("SELECT count(*) FROM t").unwrap(), "0");
}

fn what_a_script_prints_is_as_it_is(flavor: MysqlFlavor) {
    let database = TempMysql::shared(flavor).unwrap().database().unwrap();
    assert_eq!(database.sql("SELECT 1, NULL, 'ä'; SELECT 2").unwrap(), "1\tNULL\tä\n2");
    assert_eq!(database.sql(r"SELECT 'back\\slash', 'line\nend', 'tab\t.'").unwrap(), "back\\slash\tline\nend\ttab\t.");
    assert_eq!(database.sql("SELECT hex('\r\n')").unwrap(), "0D0A");
    assert!(database.sql(r"\! echo of the shell").is_err());
    assert_eq!(database.sql("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nCALL p()//").unwrap(), "1\n2");
}

fn a_long_script_with_a_long_answer_passes(flavor: MysqlFlavor) {
    let database = TempMysql::shared(flavor).unwrap().database().unwrap();
    let script = "SELECT repeat('x', 1000);\n".repeat(5_000);
    assert_eq!(database.sql(&script).unwrap().len(), 5_000 * 1_001 - 1);
}

fn two_servers_at_once(flavor: MysqlFlavor) {
    let (one, two) = (TempMysql::start(flavor).unwrap(), TempMysql::start(flavor).unwrap());
    assert_ne!((one.port(), one.folder()), (two.port(), two.folder()));
    one.sql("CREATE DATABASE d").unwrap();
    assert_eq!(two.sql("SHOW DATABASES LIKE 'd'").unwrap(), "");
    if flavor == MysqlFlavor::MySql {
        // By which servers of one replication know each other; a copy of the data has its own.
        assert_ne!(one.sql("SELECT @@server_uuid").unwrap(), two.sql("SELECT @@server_uuid").unwrap());
    }
}

fn settings_and_files_are_the_servers(flavor: MysqlFlavor) {
    let server = TempMysql::builder(flavor)
        .setting("max_connections", "5")
        .setting("max-connections", "17")
        .setting("init_connect", r#"SET @it = 'it''s \ "odd" # 1'"#)
        .setting("init_file", "begin.sql")
        .file("begin.sql", "CREATE DATABASE of_the_file;\n")
        .start()
        .unwrap();
    assert_eq!(server.sql("SELECT @@max_connections").unwrap(), "17");
    assert_eq!(server.sql("SELECT @@init_connect").unwrap(), r#"SET @it = 'it''s \ "odd" # 1'"#);
    assert_eq!(server.sql("SHOW DATABASES LIKE 'of_the_file'").unwrap(), "of_the_file");
    let file = fs::metadata(server.folder().join("data/begin.sql")).unwrap();
    assert_eq!((file.mode() & 0o777, file.uid()), (0o600, fs::metadata(server.folder()).unwrap().uid()));
}

fn a_wrong_setting_is_an_error_with_the_servers_words(flavor: MysqlFlavor) {
    let error = TempMysql::builder(flavor).setting("innodb_page_size", "1000").start().unwrap_err();
    assert!(error.to_string().contains("d did not start: ") && error.to_string().contains("innodb"), "{error}");
    let error = TempMysql::builder(flavor).setting("no_such_setting", "1").start().unwrap_err();
    assert!(error.to_string().contains("unknown variable 'no_such_setting=1'"), "{error}");
}

fn it_doesnt_run_as_root(flavor: MysqlFlavor) {
    let server = TempMysql::shared(flavor).unwrap();
    let process = fs::metadata(Path::new("/proc").join(server_process(server.folder()))).unwrap();
    assert_ne!(process.uid(), 0);
    assert_eq!(fs::metadata(server.folder()).unwrap().uid(), process.uid());
}

fn killed_and_restarted_it_has_what_was_committed(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let (database, port) = (server.database().unwrap(), server.port());
    database.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (1)").unwrap();
    for round in 2..5 {
        database.sql(&format!("INSERT INTO t VALUES ({round})")).unwrap();
        server.kill().unwrap();
        assert!(!listens(port));
        assert!(database.sql("SELECT 1").is_err());
        server.restart().unwrap();
        assert_eq!(server.port(), port);
        assert_eq!(database.sql("SELECT count(*) FROM t").unwrap(), round.to_string());
    }
    server.kill().unwrap();
    server.kill().unwrap();
}

fn prepared_xa_transactions_survive_a_kill(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let database = server.database().unwrap();
    database.sql("CREATE TABLE t (n int); XA START 'open'; INSERT INTO t VALUES (1); XA END 'open'; XA PREPARE 'open'").unwrap();
    assert_eq!(server.sql("XA RECOVER").unwrap(), "1\t4\t0\topen");
    server.kill().unwrap();
    server.restart().unwrap();
    assert_eq!(server.sql("XA RECOVER").unwrap(), "1\t4\t0\topen");
    assert_eq!(database.sql("SELECT count(*) FROM t; XA COMMIT 'open'; SELECT n FROM t").unwrap(), "0\n1");
    assert_eq!(server.sql("XA RECOVER").unwrap(), "");
}

fn shut_down_and_restarted_it_has_the_same_address(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let (database, port) = (server.database().unwrap(), server.port());
    let process = server_process(server.folder());
    server.shutdown().unwrap();
    assert!(!listens(port));
    server.shutdown().unwrap();
    assert!(fs::read_to_string(server.folder().join("log")).unwrap().contains("Shutdown complete")); // and not killed
    server.restart().unwrap();
    server.restart().unwrap();
    assert!(listens(port));
    assert_eq!(database.sql("SELECT 1").unwrap(), "1");
    assert_ne!(server_process(server.folder()), process);
}

fn stopped_it_answers_when_it_goes_on(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let database = server.database().unwrap();
    server.stop().unwrap();
    until("the process is stopped", || states(server.folder()) == ["T"]);
    assert!(listens(server.port()));
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| database.sql("SELECT 'after all'"));
        // That nothing comes can only be seen by looking for a while.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(300) {
            assert!(!answer.is_finished());
            std::thread::yield_now();
        }
        server.cont().unwrap();
        assert_eq!(answer.join().unwrap().unwrap(), "after all");
    });
    assert_ne!(states(server.folder()), ["T"]);
}

fn a_stopped_server_can_be_killed_shut_down_and_dropped(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let database = server.database().unwrap();
    server.stop().unwrap();
    server.kill().unwrap();
    assert!(server.stop().is_err());
    server.restart().unwrap();
    server.stop().unwrap();
    server.shutdown().unwrap();
    server.restart().unwrap();
    server.stop().unwrap();
    let folder = server.folder().to_owned();
    drop(database);
    drop(server);
    assert_nothing_is_left(&folder);
}

fn dropped_it_leaves_nothing(flavor: MysqlFlavor) {
    let server = TempMysql::start(flavor).unwrap();
    let (folder, port) = (server.folder().to_owned(), server.port());
    assert!(!processes_of(&folder).is_empty());
    drop(server);
    assert!(!folder.exists());
    assert_nothing_is_left(&folder);
    assert!(!listens(port));
}

fn a_killed_test_process_leaves_nothing(flavor: MysqlFlavor) {
    if let Some(part) = part() {
        let server = TempMysql::start(flavor).unwrap();
        if part == "stopped" {
            server.stop().unwrap();
        }
        tell(server.folder());
        loop {
            std::thread::park();
        }
    }
    for part in ["running", "stopped"] {
        let (mut child, folder) = in_a_child(&name(flavor, "a_killed_test_process_leaves_nothing"), part);
        assert!(!processes_of(&folder).is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_nothing_is_left(&folder);
    }
}

fn a_test_process_that_ends_or_panics_leaves_nothing(flavor: MysqlFlavor) {
    if let Some(part) = part() {
        let server = TempMysql::shared(flavor).unwrap();
        tell(server.folder());
        assert_ne!(part, "panic");
        return;
    }
    for part in ["end", "panic"] {
        let (mut child, folder) = in_a_child(&name(flavor, "a_test_process_that_ends_or_panics_leaves_nothing"), part);
        assert_eq!(child.wait().unwrap().success(), part == "end");
        assert_nothing_is_left(&folder);
    }
}

fn parallel_processes_dont_meet(flavor: MysqlFlavor) {
    if part().is_some() {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (1)").unwrap();
        tell(server.folder());
        assert_eq!(database.sql("SELECT n FROM t").unwrap(), "1");
        return;
    }
    let test = name(flavor, "parallel_processes_dont_meet");
    let children: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| in_a_child(&test, "one"))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (mut child, folder) in children {
        assert!(child.wait().unwrap().success());
        assert_nothing_is_left(&folder);
    }
}
