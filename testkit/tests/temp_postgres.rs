//! `TempPostgres` against a real server: its life, its faults, and that nothing of it stays behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)] // clippy knows tests by `#[test]`, and these are their helpers

mod traces;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bindery_testkit::TempPostgres;
use traces::{in_a_child, listens, part, processes_of, server_process, states, tell, until};

/// The segments of System V shared memory, of which each PostgreSQL server has one: its number, and the process that made it.
fn shared_memory() -> Vec<(String, String)> {
    let text = fs::read_to_string("/proc/sysvipc/shm").unwrap();
    let words = text.lines().skip(1).map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.map(|words| (words[1].clone(), words[4].clone())).collect()
}

fn assert_nothing_is_left(folder: &Path, process: &str) {
    traces::assert_nothing_is_left(folder);
    assert!(shared_memory().iter().all(|(_, maker)| maker != process));
}

#[test]
fn a_database_is_reached_by_port_and_socket() {
    let server = TempPostgres::shared().unwrap();
    let database = server.database().unwrap();
    let url = database.url();
    assert_eq!(url.to_string(), format!("postgresql://postgres@127.0.0.1:{}/{}", server.port(), database.name()));
    assert!(listens(server.port()));
    let socket = database.socket_url();
    assert_eq!(socket.hosts()[0].name(), server.folder().to_str().unwrap());
    for url in [url, socket] {
        // Not through `psql()`: by the URL itself.
        let output = Command::new("psql").args(["-XAtq", "-c", "SELECT current_database()"]).arg(url.to_string()).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), database.name());
    }
}

#[test]
fn the_server_is_set_up_for_tests() {
    let server = TempPostgres::shared().unwrap();
    let database = server.database().unwrap();
    for (name, value) in [("server_encoding", "UTF8"), ("max_prepared_transactions", "64"), ("fsync", "off"), ("TimeZone", "UTC")] {
        assert_eq!(database.psql(&format!("SHOW {name}")).unwrap(), value, "{name}");
    }
    assert_eq!(database.psql("SELECT datcollate FROM pg_database WHERE datname = current_database()").unwrap(), "C.UTF-8");
    assert_eq!(database.psql("SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['b', 'a', 'Z', 'é']) x").unwrap(), "Zabé");
}

#[test]
fn databases_of_one_process_dont_meet_and_are_dropped() {
    let server = TempPostgres::shared().unwrap();
    let (one, two) = (server.database().unwrap(), server.database().unwrap());
    one.psql("CREATE TABLE t (n int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'left'").unwrap();
    assert_eq!(two.psql("SELECT to_regclass('t') IS NULL").unwrap(), "t");

    let name = one.name().to_owned();
    drop(one);
    assert_eq!(server.psql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")).unwrap(), "0");
    assert_eq!(server.psql("SELECT count(*) FROM pg_prepared_xacts WHERE gid = 'left'").unwrap(), "0");
}

#[test]
fn a_failing_script_ends_at_its_error() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let error = database.psql("CREATE TABLE t (n int);\nINSERT INTO t VALUES ('x');\nINSERT INTO t VALUES (2)").unwrap_err();
    assert!(error.to_string().contains("invalid input syntax for type integer"), "{error}");
    assert_eq!(database.psql("SELECT count(*) FROM t").unwrap(), "0");
}

#[test]
fn a_long_script_with_a_long_answer_passes() {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let script = "SELECT repeat('x', 1000);\n".repeat(5_000);
    assert_eq!(database.psql(&script).unwrap().len(), 5_000 * 1_001 - 1);
}

#[test]
fn two_servers_at_once() {
    let (one, two) = (TempPostgres::start().unwrap(), TempPostgres::start().unwrap());
    assert_ne!((one.port(), one.folder()), (two.port(), two.folder()));
    one.psql("CREATE TABLE t ()").unwrap();
    assert_eq!(two.psql("SELECT to_regclass('t') IS NULL").unwrap(), "t");
}

#[test]
fn settings_files_and_rules_of_access_are_the_servers() {
    let server = TempPostgres::builder()
        .setting("max_connections", "7")
        .setting("log_line_prefix", r"it's \ odd")
        .file("note", "of the server")
        .access("host all all 127.0.0.1/32 reject")
        .start()
        .unwrap();
    assert_eq!(server.psql("SHOW max_connections").unwrap(), "7");
    assert_eq!(server.psql("SHOW log_line_prefix").unwrap(), r"it's \ odd");
    assert_eq!(server.psql("SELECT pg_read_file('note')").unwrap(), "of the server");

    let url = server.database().unwrap().url().to_string();
    let output = Command::new("psql").args(["-XAtqw", "-c", "SELECT 1", &url]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("pg_hba.conf rejects connection"), "{output:?}");
}

#[test]
fn a_wrong_setting_is_an_error_with_the_servers_words() {
    let error = TempPostgres::builder().setting("shared_buffers", "many").start().unwrap_err();
    assert!(error.to_string().contains("/postgres did not start: "), "{error}");
    assert!(error.to_string().contains("invalid value for parameter \"shared_buffers\": \"many\""), "{error}");
}

#[test]
fn killed_and_restarted_it_has_what_was_committed() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    database.psql("CREATE TABLE t (n int); INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2); PREPARE TRANSACTION 'open'").unwrap();
    server.kill().unwrap();
    assert!(!listens(server.port()));
    assert!(database.psql("SELECT 1").is_err());

    server.restart().unwrap();
    assert_eq!(database.psql("SELECT n FROM t; COMMIT PREPARED 'open'; SELECT n FROM t ORDER BY n").unwrap(), "1\n1\n2");
    server.kill().unwrap();
    server.kill().unwrap();
}

#[test]
fn shut_down_and_restarted_it_has_the_same_address() {
    let server = TempPostgres::start().unwrap();
    let (database, port) = (server.database().unwrap(), server.port());
    let began = server.psql("SELECT pg_postmaster_start_time()").unwrap();
    server.shutdown().unwrap();
    assert!(!listens(port));
    server.restart().unwrap();
    server.restart().unwrap();
    assert!(listens(port));
    assert_eq!(database.psql("SELECT 1").unwrap(), "1");
    assert_ne!(server.psql("SELECT pg_postmaster_start_time()").unwrap(), began);
}

#[test]
fn stopped_it_answers_when_it_goes_on() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    server.stop().unwrap();
    assert!(states(server.folder()).len() > 4);
    until("every process is stopped", || states(server.folder()).iter().all(|state| state == "T"));
    assert!(listens(server.port()));
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| database.psql("SELECT 'after all'"));
        // That nothing comes can only be seen by looking for a while.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(300) {
            assert!(!answer.is_finished());
            std::thread::yield_now();
        }
        server.cont().unwrap();
        assert_eq!(answer.join().unwrap().unwrap(), "after all");
    });
    assert!(states(server.folder()).iter().all(|state| state != "T"));
}

#[test]
fn a_stopped_server_can_be_killed_shut_down_and_dropped() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    server.stop().unwrap();
    server.kill().unwrap();
    assert!(server.stop().is_err());
    server.restart().unwrap();
    server.stop().unwrap();
    server.shutdown().unwrap();
    server.restart().unwrap();
    server.stop().unwrap();
    let (folder, process) = (server.folder().to_owned(), server_process(server.folder()));
    drop(database);
    drop(server);
    assert_nothing_is_left(&folder, &process);
}

#[test]
fn dropped_it_leaves_nothing() {
    let server = TempPostgres::start().unwrap();
    let (folder, process) = (server.folder().to_owned(), server_process(server.folder()));
    assert!(shared_memory().iter().any(|(_, maker)| *maker == process));
    drop(server);
    assert!(!folder.exists());
    assert_nothing_is_left(&folder, &process);
}

#[test]
fn a_killed_test_process_leaves_nothing() {
    if let Some(part) = part() {
        let server = TempPostgres::start().unwrap();
        if part == "stopped" {
            server.stop().unwrap();
        }
        tell(server.folder());
        loop {
            std::thread::park();
        }
    }
    for part in ["running", "stopped"] {
        let (mut child, folder) = in_a_child("a_killed_test_process_leaves_nothing", part);
        let process = server_process(&folder);
        assert!(!processes_of(&folder).is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_nothing_is_left(&folder, &process);
    }
}

#[test]
fn a_test_process_that_ends_or_panics_leaves_nothing() {
    if let Some(part) = part() {
        let server = TempPostgres::shared().unwrap();
        tell(server.folder());
        assert_ne!(part, "panic");
        return;
    }
    for part in ["end", "panic"] {
        let (mut child, folder) = in_a_child("a_test_process_that_ends_or_panics_leaves_nothing", part);
        assert_eq!(child.wait().unwrap().success(), part == "end");
        // Its process has no name any more by which memory could be asked for: that is asked for above.
        traces::assert_nothing_is_left(&folder);
    }
}

#[test]
fn parallel_processes_dont_meet() {
    if part().is_some() {
        let server = TempPostgres::start().unwrap();
        let database = server.database().unwrap();
        database.psql("CREATE TABLE t (n int); INSERT INTO t VALUES (1)").unwrap();
        tell(server.folder());
        assert_eq!(database.psql("SELECT n FROM t").unwrap(), "1");
        return;
    }
    let children: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| in_a_child("parallel_processes_dont_meet", "one"))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (mut child, folder) in children {
        assert!(child.wait().unwrap().success());
        until("the folder is deleted", || !folder.exists());
    }
}
