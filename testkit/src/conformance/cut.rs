//! Futures that are dropped, and what is waited for then.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use bindery_core::engine::Engine;
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_secs(10);

/// Polls a future so many times, with a little time for others in between, then drops it. Gives what it gave, if it ended.
pub(super) async fn poll_and_drop<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        if let std::task::Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(done);
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    None
}

/// Returns once no connection of the pool is in use, or being cleaned.
pub(super) async fn all_back<E: Engine + ?Sized>(engine: &E) {
    until(async || engine.pool_status().in_use == 0, "a connection has not come back").await;
}

/// Returns once this holds.
pub(super) async fn until(mut holds: impl AsyncFnMut() -> bool, otherwise: &str) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "{otherwise}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
