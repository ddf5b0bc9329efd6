use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

use super::server_process::ServerProcess;

const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// The process of a server that tests kill, stop and start again, from any thread.
#[derive(Debug)]
pub(super) struct RestartableProcess {
    /// `None` where it has been killed or shut down.
    process: Mutex<Option<ServerProcess>>,
    /// By which an administrator ends this server.
    shutdown: Signal,
}

impl RestartableProcess {
    pub(super) fn new(process: ServerProcess, shutdown: Signal) -> Self {
        RestartableProcess { process: Mutex::new(Some(process)), shutdown }
    }

    /// By SIGKILL; ended when this returns. Not running, it stays so.
    pub(super) fn kill(&self) -> io::Result<()> {
        match self.process().take() {
            Some(mut process) => process.kill(),
            None => Ok(()),
        }
    }

    pub(super) fn stop(&self) -> io::Result<()> {
        self.process().as_mut().ok_or_else(not_running)?.stop()
    }

    pub(super) fn cont(&self) -> io::Result<()> {
        self.process().as_mut().ok_or_else(not_running)?.cont()
    }

    /// Killed where it takes too long. Not running, it stays so.
    pub(super) fn shutdown(&self) -> io::Result<()> {
        match self.process().take() {
            Some(process) => self.shut_down(process),
            None => Ok(()),
        }
    }

    /// Shut down first where it is running.
    pub(super) fn restart(&self, start: impl FnOnce() -> io::Result<ServerProcess>) -> io::Result<()> {
        let mut process = self.process();
        if let Some(running) = process.take() {
            self.shut_down(running)?;
        }
        *process = Some(start()?);
        Ok(())
    }

    /// Whether a statement would be answered.
    pub(super) fn answers(&self) -> bool {
        self.process().as_ref().is_some_and(|process| !process.is_stopped())
    }

    fn shut_down(&self, mut process: ServerProcess) -> io::Result<()> {
        process.cont()?;
        process.signal(self.shutdown)?;
        if process.ends_within(SHUTDOWN_LIMIT)? { Ok(()) } else { process.kill() }
    }

    fn process(&self) -> MutexGuard<'_, Option<ServerProcess>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_running() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the server is not running: `restart` starts it again")
}
