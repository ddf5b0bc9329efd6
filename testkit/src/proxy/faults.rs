use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// What the connections of a proxy are to suffer, and what has passed; shared by all of them.
#[derive(Debug)]
pub(super) struct Faults {
    delay: AtomicU64,
    frozen: watch::Sender<bool>,
    /// After so many more bytes from the server, its connection is cut off.
    cut_off_after: Mutex<Option<usize>>,
    pub(super) connections: AtomicU64,
    pub(super) round_trips: AtomicU64,
    pub(super) bytes_to_server: AtomicU64,
    pub(super) bytes_from_server: AtomicU64,
}

impl Faults {
    pub(super) fn none() -> Self {
        Faults {
            delay: AtomicU64::new(0),
            frozen: watch::Sender::new(false),
            cut_off_after: Mutex::new(None),
            connections: AtomicU64::new(0),
            round_trips: AtomicU64::new(0),
            bytes_to_server: AtomicU64::new(0),
            bytes_from_server: AtomicU64::new(0),
        }
    }

    pub(super) fn set_delay(&self, delay: Duration) {
        self.delay.store(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_micros(self.delay.load(Ordering::Relaxed))
    }

    pub(super) fn set_frozen(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    pub(super) async fn until_thawed(&self) {
        // The sender lives as long as this, so the wait can't fail.
        let _ = self.frozen.subscribe().wait_for(|frozen| !frozen).await;
    }

    pub(super) fn set_cut_off_after(&self, bytes: Option<usize>) {
        *self.cut_off_after.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }

    /// Of `bytes` from the server, how many may pass before the connection is to be cut off; `None`: all, and it isn't.
    pub(super) fn cut_off_within(&self, bytes: usize) -> Option<usize> {
        let mut left = self.cut_off_after.lock().unwrap_or_else(PoisonError::into_inner);
        match *left {
            Some(passing) if passing <= bytes && bytes > 0 => left.take(),
            Some(more) => {
                *left = Some(more - bytes);
                None
            }
            None => None,
        }
    }
}
