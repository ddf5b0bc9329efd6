use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// How long a process may take to stand still.
const STOPPING: Duration = Duration::from_secs(10);

/// The process of a server, with its children where it has some (PostgreSQL has one for each connection).
#[derive(Debug)]
pub(super) struct ServerProcess {
    process: Child,
    /// Where the guardian reads the number of the process; removed as soon as that number may be another's.
    pid_file: PathBuf,
    is_stopped: bool,
}

impl ServerProcess {
    pub(super) fn new(process: Child, pid_file: PathBuf) -> Self {
        ServerProcess { process, pid_file, is_stopped: false }
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has ended on its own.
    pub(super) fn has_ended(&mut self) -> io::Result<bool> {
        let ended = self.process.try_wait()?.is_some();
        if ended {
            self.forget();
        }
        Ok(ended)
    }

    /// Whether it ends within this time.
    pub(super) fn ends_within(&mut self, limit: Duration) -> io::Result<bool> {
        let began = Instant::now();
        while !self.has_ended()? {
            if began.elapsed() > limit {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(true)
    }

    /// Sends a signal to the server alone, unless it has ended.
    pub(super) fn signal(&mut self, signal: Signal) -> io::Result<()> {
        if self.has_ended()? { Ok(()) } else { send(self.id(), signal) }
    }

    /// Stops every process of the server as SIGSTOP does, and returns when they stand still: it keeps its connections and answers none.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        // The server first: stopped, it starts no more of them.
        self.signal(Signal::STOP)?;
        self.is_stopped = true;
        let began = Instant::now();
        // A thread that waits for a disk stops once it has what it waits for, and may start a process until then.
        loop {
            self.signal_children(Signal::STOP)?;
            if stands_still(self.id()) && self.children()?.iter().all(|child| stands_still(child.id)) {
                return Ok(());
            }
            if began.elapsed() > STOPPING {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the server was stopped by SIGSTOP, and runs"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets them go on.
    pub(super) fn cont(&mut self) -> io::Result<()> {
        self.signal_children(Signal::CONT)?;
        self.signal(Signal::CONT)?;
        self.is_stopped = false;
        Ok(())
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Ends every process of the server by SIGKILL, and returns when they have ended.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        if self.has_ended()? {
            return Ok(());
        }
        send(self.id(), Signal::STOP)?;
        self.signal_children(Signal::KILL)?;
        // They stay as zombies, since their parent is stopped; their memory is free when they are.
        while self.children()?.iter().any(|child| !child.is_zombie) {
            self.signal_children(Signal::KILL)?;
            std::thread::sleep(Duration::from_millis(1));
        }
        self.process.kill()?;
        self.process.wait()?;
        self.forget();
        Ok(())
    }

    fn signal_children(&self, signal: Signal) -> io::Result<()> {
        self.children()?.iter().filter(|child| !child.is_zombie).try_for_each(|child| send(child.id, signal))
    }

    fn children(&self) -> io::Result<Vec<Process>> {
        Ok(processes()?.into_iter().filter(|process| process.parent == self.id()).collect())
    }

    fn forget(&self) {
        // If it can't be removed it is gone already.
        let _ = fs::remove_file(&self.pid_file);
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Nobody could be told of an error; the guardian tries it again.
        let _ = self.kill();
    }
}

struct Process {
    id: u32,
    parent: u32,
    is_zombie: bool,
}

impl Process {
    /// From the words `id parent state …`.
    fn from_words<'a>(id: &str, mut words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let state = words.next()?;
        Some(Process { id: id.trim().parse().ok()?, parent: words.next()?.parse().ok()?, is_zombie: state.starts_with(['Z', 'X']) })
    }
}

/// Every process of the machine that can be seen: from `/proc`, or where there is none (macOS) from `ps`.
fn processes() -> io::Result<Vec<Process>> {
    let Ok(entries) = fs::read_dir("/proc") else {
        let output = Command::new("ps").args(["-A", "-o", "pid=,stat=,ppid="]).output()?;
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        return Ok(lines
            .lines()
            .filter_map(|line| line.trim().split_once(' '))
            .filter_map(|(id, rest)| Process::from_words(id, rest.split_whitespace()))
            .collect());
    };
    let statuses = entries.flatten().filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    // `id (name) state parent …`: a name may have spaces and brackets of its own.
    Ok(statuses
        .filter_map(|status| {
            let (id, rest) = status.split_once(" (")?;
            Process::from_words(id, rest.rsplit_once(") ")?.1.split(' '))
        })
        .collect())
}

/// Whether each of its threads has stopped, or ended. Where that can't be seen, for there is no `/proc`, it is believed.
fn stands_still(id: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else { return true };
    let statuses = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    // `id (name) state …`
    statuses.into_iter().all(|status| status.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 't', 'Z', 'X'])))
}

fn send(id: u32, signal: Signal) -> io::Result<()> {
    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return Ok(()) };
    match kill_process(pid, signal) {
        // It has ended meanwhile.
        Err(Errno::SRCH) => Ok(()),
        other => Ok(other?),
    }
}
