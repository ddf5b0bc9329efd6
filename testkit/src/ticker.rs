use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_millis(1);

/// A task that ticks every millisecond and notes the longest gap between two ticks: how long something kept the executor from
/// running other tasks. Dropped, it stops.
///
/// It proves that most on a current-thread runtime, where a blocked thread stops everything; on a multi-thread runtime it sees only
/// what blocks every worker. Time in which the thread could have run and the machine had no processor for it is not counted, where
/// the system tells (Linux).
///
/// ```
/// use std::time::Duration;
///
/// use bindery_testkit::Ticker;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let ticker = Ticker::start();
/// tokio::time::sleep(Duration::from_millis(20)).await; // others run meanwhile
/// assert!(ticker.longest_gap() < Duration::from_secs(1));
///
/// std::thread::sleep(Duration::from_millis(50)); // nobody does
/// assert!(ticker.longest_gap() >= Duration::from_millis(50));
/// # }
/// ```
#[derive(Debug)]
pub struct Ticker {
    gaps: Arc<Mutex<Gaps>>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Gaps {
    last_tick: Tick,
    longest: Duration,
}

#[derive(Debug)]
struct Tick {
    at: Instant,
    thread: ThreadId,
    /// How long the thread has waited for a processor so far, in all.
    waited: Duration,
}

impl Tick {
    fn now() -> Self {
        // The second number of Linux's `schedstat`, in nanoseconds.
        let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let waited = statistics.split(' ').nth(1).and_then(|nanos| nanos.parse().ok()).unwrap_or_default();
        Tick { at: Instant::now(), thread: std::thread::current().id(), waited: Duration::from_nanos(waited) }
    }

    fn elapsed(&self) -> Duration {
        let now = Tick::now();
        // Another thread's number says nothing of this one's.
        let waited = if now.thread == self.thread { now.waited.saturating_sub(self.waited) } else { Duration::ZERO };
        now.at.duration_since(self.at).saturating_sub(waited)
    }
}

impl Ticker {
    /// Starts ticking, now.
    ///
    /// # Panics
    /// Outside of a tokio runtime, or in one without a timer.
    pub fn start() -> Self {
        let gaps = Arc::new(Mutex::new(Gaps { last_tick: Tick::now(), longest: Duration::ZERO }));
        let ticked = Arc::clone(&gaps);
        let task = tokio::spawn(async move {
            let mut interval = tokio::time::interval(PERIOD);
            // A burst of late ticks would be no news.
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                let mut gaps = lock(&ticked);
                gaps.longest = gaps.longest_until_now();
                gaps.last_tick = Tick::now();
            }
        });
        Ticker { gaps, task }
    }

    /// The longest gap so far, the one that lasts now included. About a millisecond where nothing stalls.
    pub fn longest_gap(&self) -> Duration {
        lock(&self.gaps).longest_until_now()
    }
}

impl Gaps {
    fn longest_until_now(&self) -> Duration {
        self.longest.max(self.last_tick.elapsed())
    }
}

fn lock(gaps: &Mutex<Gaps>) -> MutexGuard<'_, Gaps> {
    gaps.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.task.abort();
    }
}
