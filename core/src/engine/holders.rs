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
/// use std::time::{Duration, Instant};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let holders = Holders::new();
/// let holder = holders.add(Instant::now());
/// holder.set_in_transaction(true);
///
/// // Another task waits in vain.
/// let waiting = holders.clone();
/// let error = tokio::spawn(async move { waiting.timed_out(Duration::from_millis(500)) }).await.unwrap();
/// assert_eq!(error.kind(), ErrorKind::Timeout);
/// assert!(error.to_string().starts_with("no connection became free within 500ms (`pool_timeout`): 1 connection is out, for up to "));
///
/// drop(holder);
/// holders.all_back().await;
/// # }
/// ```
#[derive(Clone)]
pub struct Holders {
    shared: Arc<Shared>,
}

struct Shared {
    what: &'static str,
    advice: &'static str,
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
        Holders::of("connection", "read results to their end, keep transactions short, or raise `pool_size`")
    }

    /// Of a pool with several kinds of connections, those of one kind: what it is called, and what helps against waiting for it in vain.
    ///
    /// ```
    /// use bindery_core::engine::Holders;
    /// use std::time::Duration;
    ///
    /// let writers = Holders::of("writer", "there is one: keep transactions short");
    /// let error = writers.timed_out(Duration::from_secs(1));
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no connection became free within 1s (`pool_timeout`): no writer is out; there is one: keep transactions short"
    /// );
    /// ```
    pub fn of(what: &'static str, advice: &'static str) -> Self {
        Holders { shared: Arc::new(Shared { what, advice, out: Mutex::default(), came_back: Notify::new() }) }
    }

    /// Notes that the current task has a connection, since this moment: a pool that has just looked at the clock needn't look again.
    pub fn add(&self, since: Instant) -> Holder {
        let mut out = self.out();
        let id = out.next_id;
        out.next_id += 1;
        out.entries.push(Entry { id, since, task: Task::current(), state: State::InUse });
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
        let advice = self.shared.advice;
        Error::new(ErrorKind::Timeout, format!("no connection became free within {timeout:?} (`pool_timeout`): {held}; {advice}"))
    }

    /// Whether every connection that is out is the current task's.
    fn is_own(&self) -> bool {
        let (out, task) = (self.out(), Task::current());
        !out.entries.is_empty() && out.entries.iter().all(|entry| entry.task == task && entry.state != State::Cleaning)
    }

    /// `3 connections are out, for up to 1.2s, 2 of them in a transaction`.
    fn describe(&self) -> String {
        let out = self.out();
        let count = |state| out.entries.iter().filter(|entry| entry.state == state).count();
        let longest = out.entries.iter().map(|entry| entry.since.elapsed()).max().unwrap_or_default();
        let what = self.shared.what;
        let mut text = match out.entries.len() {
            0 => return format!("no {what} is out"),
            1 => format!("1 {what} is out, for up to {longest:.1?}"),
            number => format!("{number} {what}s are out, for up to {longest:.1?}"),
        };
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

impl Default for Holders {
    fn default() -> Self {
        Holders::new()
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

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(500);

    /// The error of another task that waits in vain.
    async fn waited_in_vain(holders: &Holders) -> Error {
        let holders = holders.clone();
        tokio::spawn(async move { holders.timed_out(TIMEOUT) }).await.unwrap()
    }

    /// Without its times.
    fn text(error: &Error) -> String {
        let text = error.to_string();
        let (before, rest) = text.split_once(", for ").unwrap();
        let end = rest.find([',', ';']).unwrap();
        format!("{before}{}", &rest[end..])
    }

    #[tokio::test]
    async fn a_wait_in_vain_is_told_by_whom() {
        let holders = Holders::new();
        let [_using, writing, cleaned] = [holders.add(Instant::now()), holders.add(Instant::now()), holders.add(Instant::now())];
        writing.set_in_transaction(true);
        cleaned.set_cleaning();
        let error = waited_in_vain(&holders).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(
            text(&error),
            "no connection became free within 500ms (`pool_timeout`): 3 connections are out, 1 of them in a transaction, 1 of them being cleaned after \
             a cut-off; read results to their end, keep transactions short, or raise `pool_size`"
        );
        writing.set_in_transaction(false);
        drop(cleaned);
        assert!(text(&waited_in_vain(&holders).await).contains(": 2 connections are out; "));
    }

    #[tokio::test]
    async fn the_time_is_that_of_the_first_that_went_out() {
        let holders = Holders::new();
        let _first = holders.add(Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let _second = holders.add(Instant::now());
        let error = waited_in_vain(&holders).await.to_string();
        let (_, rest) = error.split_once("for up to ").unwrap();
        let (millis, _) = rest.split_once("ms").unwrap();
        assert!(millis.parse::<f64>().unwrap() >= 20.0, "{error}");
    }

    #[tokio::test]
    async fn a_task_that_has_them_all_is_told_so() {
        let holders = Holders::new();
        let holder = holders.add(Instant::now());
        let error = holders.timed_out(TIMEOUT);
        assert_eq!(error.kind(), ErrorKind::BindBusy);
        assert!(error.to_string().starts_with("this task would wait for itself: 1 connection is out, for up to "), "{error}");
        // What is being cleaned comes back without it.
        holder.set_cleaning();
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::Timeout);
        holder.set_in_transaction(true);
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::BindBusy);
        // One is another's.
        let another = holders.clone();
        let another = tokio::spawn(async move { another.add(Instant::now()) }).await.unwrap();
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::Timeout);
        drop(another);
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::BindBusy);
    }

    #[test]
    fn threads_without_a_task_are_told_apart() {
        let holders = Holders::new();
        let _holder = holders.add(Instant::now());
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::BindBusy);
        let elsewhere = std::thread::scope(|scope| scope.spawn(|| holders.timed_out(TIMEOUT).kind()).join());
        assert_eq!(elsewhere.unwrap(), ErrorKind::Timeout);
    }

    #[test]
    fn where_none_is_out_there_is_nothing_to_wait_for() {
        let holders = Holders::new();
        assert!(holders.is_empty());
        assert_eq!(holders.timed_out(TIMEOUT).kind(), ErrorKind::Timeout);
        let back = std::pin::pin!(holders.all_back());
        assert!(back.poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }

    #[test]
    fn all_are_back_once_the_last_is() {
        let holders = Holders::new();
        let [first, last] = [holders.add(Instant::now()), holders.add(Instant::now())];
        assert_eq!(holders.len(), 2);
        let mut back = std::pin::pin!(holders.all_back());
        let mut poll = || back.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll(), Poll::Pending);
        drop(first);
        assert_eq!(poll(), Poll::Pending);
        drop(last);
        assert_eq!(poll(), Poll::Ready(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_last_is_seen_from_any_thread() {
        for _ in 0..1_000 {
            let holders = Holders::new();
            let holder = holders.add(Instant::now());
            let giving_back = tokio::spawn(async move { drop(holder) });
            tokio::time::timeout(Duration::from_secs(20), holders.all_back()).await.unwrap();
            giving_back.await.unwrap();
        }
    }

    proptest::proptest! {
        /// Whatever comes, goes and changes: those that are there are counted, and described.
        #[test]
        fn what_is_out_is_counted(steps in proptest::collection::vec(0_usize..12, 0..60)) {
            let holders = Holders::new();
            let mut out: Vec<(Holder, State)> = Vec::new();
            for step in steps {
                let which = step % out.len().max(1);
                match (step % 4, out.get_mut(which)) {
                    (1, Some((holder, state))) => {
                        *state = if *state == State::InTransaction { State::InUse } else { State::InTransaction };
                        holder.set_in_transaction(*state == State::InTransaction);
                    }
                    (2, Some((holder, state))) => {
                        *state = State::Cleaning;
                        holder.set_cleaning();
                    }
                    (3, Some(_)) => drop(out.swap_remove(which)),
                    _ => out.push((holders.add(Instant::now()), State::InUse)),
                }
                assert_eq!(holders.len(), out.len());
                let described = holders.describe();
                for (state, what) in [(State::InTransaction, "in a transaction"), (State::Cleaning, "being cleaned")] {
                    let number = out.iter().filter(|(_, its)| *its == state).count();
                    assert_eq!(described.contains(&format!("{number} of them {what}")), number > 0, "{described}");
                }
            }
        }
    }
}
