use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::{Error, ErrorKind};

/// Who has the connections of a pool: what an engine tells those who wait in vain, and waits for when it closes.
///
/// A driver notes a [`Holder`] for each connection that it gives out, and keeps it beside the connection until that is clean again.
///
/// ```
/// use bindery_core::ErrorKind;
/// use bindery_core::engine::Holders;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let holders = Holders::new();
/// let holder = holders.add();
/// holder.set_in_transaction(true);
///
/// // Another task waits in vain.
/// let waiting = holders.clone();
/// let error = tokio::spawn(async move { waiting.timed_out(Duration::from_millis(500)) }).await.unwrap();
/// assert_eq!(error.kind(), ErrorKind::Timeout);
/// assert!(error.to_string().starts_with("no connection became free within 500ms (`pool_timeout`): 1 is out, for up to "));
///
/// drop(holder);
/// holders.all_back().await;
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Holders {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    out: Mutex<Out>,
    came_back: Notify,
}

#[derive(Default)]
struct Out {
    entries: Vec<Entry>,
    next_id: u64,
}

struct Entry {
    id: u64,
    since: Instant,
    task: Task,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    InUse,
    InTransaction,
    Cleaning,
}

/// A task of tokio's, or what a thread runs in `block_on`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Spawned(tokio::task::Id),
    Thread(ThreadId),
}

impl Task {
    fn current() -> Self {
        tokio::task::try_id().map_or_else(|| Task::Thread(std::thread::current().id()), Task::Spawned)
    }
}

/// One connection that is out, until this is dropped.
pub struct Holder {
    holders: Holders,
    id: u64,
}

impl Holders {
    /// Nobody yet.
    pub fn new() -> Self {
        Holders::default()
    }

    /// Notes that the current task has a connection.
    pub fn add(&self) -> Holder {
        let mut out = self.out();
        let id = out.next_id;
        out.next_id += 1;
        out.entries.push(Entry { id, since: Instant::now(), task: Task::current(), state: State::InUse });
        Holder { holders: self.clone(), id }
    }

    /// How many connections are out, those included that are being cleaned.
    pub fn len(&self) -> usize {
        self.out().entries.len()
    }

    /// Whether none is out.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns once no connection is out.
    pub async fn all_back(&self) {
        loop {
            let came_back = self.shared.came_back.notified();
            if self.is_empty() {
                return;
            }
            came_back.await;
        }
    }

    /// The error of the current task, which waited for a connection in vain: [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), or
    /// [`ErrorKind::BindBusy`](crate::ErrorKind::BindBusy) where all connections are its own. Says who has them, for how long, and
    /// what to do.
    pub fn timed_out(&self, timeout: Duration) -> Error {
        let held = self.describe();
        if self.is_own() {
            let message = format!(
                "this task would wait for itself: {held}, all held by it; end that first, or send this statement to the open transaction"
            );
            return Error::new(ErrorKind::BindBusy, message);
        }
        let advice = "read results to their end, keep transactions short, or raise `pool_size`";
        Error::new(ErrorKind::Timeout, format!("no connection became free within {timeout:?} (`pool_timeout`): {held}; {advice}"))
    }

    /// Whether every connection that is out is the current task's.
    fn is_own(&self) -> bool {
        let (out, task) = (self.out(), Task::current());
        !out.entries.is_empty() && out.entries.iter().all(|entry| entry.task == task && entry.state != State::Cleaning)
    }

    /// `3 are out, for up to 1.2s, 2 of them in a transaction`.
    fn describe(&self) -> String {
        let out = self.out();
        let count = |state| out.entries.iter().filter(|entry| entry.state == state).count();
        let longest = out.entries.iter().map(|entry| entry.since.elapsed()).max().unwrap_or_default();
        let verb = if out.entries.len() == 1 { "is" } else { "are" };
        let mut text = format!("{} {verb} out, for up to {longest:.1?}", out.entries.len());
        for (number, what) in [(count(State::InTransaction), "in a transaction"), (count(State::Cleaning), "being cleaned after a cut-off")]
        {
            if number > 0 {
                text.push_str(&format!(", {number} of them {what}"));
            }
        }
        text
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        // Nothing that holds it can panic half way.
        self.shared.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder {
    /// Notes whether a transaction is open on the connection.
    pub fn set_in_transaction(&self, in_transaction: bool) {
        self.set(if in_transaction { State::InTransaction } else { State::InUse });
    }

    /// Notes that the connection came back and is being cleaned.
    pub fn set_cleaning(&self) {
        self.set(State::Cleaning);
    }

    fn set(&self, state: State) {
        if let Some(entry) = self.holders.out().entries.iter_mut().find(|entry| entry.id == self.id) {
            entry.state = state;
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let mut out = self.holders.out();
        if let Some(index) = out.entries.iter().position(|entry| entry.id == self.id) {
            out.entries.swap_remove(index);
        }
        if out.entries.is_empty() {
            self.holders.shared.came_back.notify_waiters();
        }
    }
}

impl std::fmt::Debug for Holders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Holders").field(&self.describe()).finish()
    }
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holder").finish_non_exhaustive()
    }
}
