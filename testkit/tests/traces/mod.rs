//! What a server and its test process leave in the system, seen from outside; and a test that runs a part of itself in a process that it may
//! kill.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(30), "not within 30 seconds: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn listens(server_port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, server_port)).is_ok()
}

/// The processes, zombies apart, that have this folder as their working directory or in their command line, from `/proc`.
pub(crate) fn processes_of(folder: &Path) -> Vec<String> {
    let of = |process: PathBuf| {
        let command = fs::read(process.join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        let works_there = fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        (!command.is_empty() && (works_there || command.contains(folder.to_str().unwrap()))).then_some(command)
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| of(entry.path())).collect()
}

/// The state of each process that works in this folder: the server's. `T` is stopped.
pub(crate) fn states(folder: &Path) -> Vec<String> {
    let of = |process: PathBuf| {
        let works_there = fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        let status = works_there.then(|| fs::read_to_string(process.join("stat")).ok()).flatten()?;
        Some(status.rsplit_once(") ")?.1.split(' ').next()?.to_owned())
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| of(entry.path())).filter(|state| state != "Z").collect()
}

pub(crate) fn server_process(folder: &Path) -> String {
    fs::read_to_string(folder.join("pid")).unwrap().trim().to_owned()
}

pub(crate) fn assert_nothing_is_left(folder: &Path) {
    until("the folder is deleted", || !folder.exists());
    until("every process has ended", || processes_of(folder).is_empty());
}

/// Runs the test of this name in a process of its own, which prints its server's folder.
pub(crate) fn in_a_child(test: &str, part: &str) -> (Child, PathBuf) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("BINDERY_TEST_PART", part)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let folder = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("folder=")?.1.to_owned()));
    (child, PathBuf::from(folder.expect("the child prints its folder")))
}

/// The part that this process is, where it is such a child.
pub(crate) fn part() -> Option<String> {
    env::var("BINDERY_TEST_PART").ok()
}

/// Prints what `in_a_child` waits for.
#[allow(clippy::print_stdout)] // that is how a child tells it
pub(crate) fn tell(folder: &Path) {
    println!("folder={}", folder.display());
}
