use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// What an operation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// a connection of the pool
    Pool,
    Begin,
    /// the answer to a statement
    Sent,
    /// the rest of a result that has begun to come
    MidStream,
    Commit,
    Rollback,
}

impl Stage {
    pub(crate) const ALL: [Stage; 6] = [Stage::Pool, Stage::Begin, Stage::Sent, Stage::MidStream, Stage::Commit, Stage::Rollback];
}

/// Where one operation is: set by the engine that it runs on.
#[derive(Debug, Default)]
pub(crate) struct Whereabouts(AtomicUsize);

tokio::task_local! {
    static WHEREABOUTS: Arc<Whereabouts>;
}

impl Whereabouts {
    const OUTSIDE: usize = usize::MAX;

    fn get(&self) -> Option<Stage> {
        Stage::ALL.get(self.0.load(Ordering::Relaxed)).copied()
    }
}

/// Runs a call of the engine's, which the operation then waits for.
pub(crate) async fn at<T>(stage: Stage, call: impl Future<Output = T>) -> T {
    // What a driver runs in the background belongs to no operation.
    let set = |place: usize| WHEREABOUTS.try_with(|here| here.0.store(place, Ordering::Relaxed)).unwrap_or_default();
    set(stage as usize);
    let result = call.await;
    set(Whereabouts::OUTSIDE);
    result
}

/// Runs an operation until it waits in this stage, then for `grace` longer, and drops it; where it was then. `None` where it ended
/// before that.
pub(crate) async fn drop_in(stage: Stage, grace: Duration, operation: impl Future<Output = ()>) -> Option<Stage> {
    let here = Arc::new(Whereabouts(AtomicUsize::new(Whereabouts::OUTSIDE)));
    let mut operation = pin!(WHEREABOUTS.scope(Arc::clone(&here), operation));
    let mut timer = None;
    poll_fn(|context| {
        if operation.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        if timer.is_none() && here.get() == Some(stage) {
            timer = Some(Box::pin(tokio::time::sleep(grace)));
        }
        let Some(timer) = &mut timer else { return Poll::Pending };
        if grace.is_zero() || timer.as_mut().poll(context).is_ready() {
            // Between two calls it waits for nothing of the engine's: a little later it does.
            return here.get().map_or(Poll::Pending, |dropped| Poll::Ready(Some(dropped)));
        }
        Poll::Pending
    })
    .await
}

/// How many operations were dropped in each stage.
#[derive(Debug, Default)]
pub(crate) struct Histogram([AtomicUsize; 6]);

impl Histogram {
    pub(crate) fn count(&self, stage: Stage) {
        self.0[stage as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn total(&self) -> usize {
        self.0.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// The stage in which the fewest were dropped so far.
    pub(crate) fn rarest(&self) -> Stage {
        Stage::ALL.into_iter().min_by_key(|stage| self.0[*stage as usize].load(Ordering::Relaxed)).unwrap_or(Stage::Pool)
    }

    /// Whether each stage has this share of the whole.
    pub(crate) fn each_has(&self, share: f64) -> bool {
        let least = self.total() as f64 * share;
        self.0.iter().all(|count| count.load(Ordering::Relaxed) as f64 >= least)
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stage in Stage::ALL {
            let count = self.0[stage as usize].load(Ordering::Relaxed);
            writeln!(f, "{:<10} {count:>6}  {}", format!("{stage:?}"), "#".repeat(count / 50))?;
        }
        write!(f, "{:<10} {:>6}", "in all", self.total())
    }
}
