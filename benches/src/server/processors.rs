use std::process::{Command, Stdio};

use crate::Result;

/// The processors that this process may run on, as Linux tells them: `0-3,6`.
pub(super) struct Processors {
    all: Option<String>,
}

impl Processors {
    /// Those that it was given. Elsewhere than on Linux nobody knows, and nothing is changed below.
    pub(super) fn given() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let all = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        Processors { all: all.map(|all| all.trim().to_owned()) }
    }

    /// Makes a server that keeps to the last processor, and has this process keep to the first.
    pub(super) fn apart<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some(all) = &self.all else { return start() };
        let first = all.split([',', '-']).next().unwrap_or(all);
        let last = all.rsplit([',', '-']).next().unwrap_or(all);
        // Who starts it hands on its own.
        keep_to(last)?;
        let server = start();
        keep_to(first)?;
        server
    }

    /// Lets this process run on all of them again.
    pub(super) fn together(&self) -> Result<()> {
        self.all.as_deref().map_or(Ok(()), keep_to)
    }
}

/// By `taskset`, of util-linux: to ask the system itself would take `unsafe`.
fn keep_to(processors: &str) -> Result<()> {
    let process = std::process::id().to_string();
    let status = Command::new("taskset").args(["-apc", processors, &process]).stdout(Stdio::null()).status();
    match status.map_err(|error| format!("`taskset` (of util-linux) can't be run: {error}"))? {
        status if status.success() => Ok(()),
        status => Err(format!("`taskset -apc {processors} {process}` failed: {status}").into()),
    }
}
