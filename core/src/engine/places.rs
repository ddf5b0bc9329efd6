use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Holder, Holders};
use crate::config::PoolOptions;
use crate::{Error, ErrorKind, Result};

/// The places of a pool, one for each connection that may be out: who waits for one, for how long, what is said to who waits in vain,
/// and how a pool closes. An engine keeps its connections itself, and a [`Place`] beside each that is out.
///
/// Clones have the same places.
///
/// ```
/// use bindery_core::ErrorKind;
/// use bindery_core::config::PoolOptions;
/// use bindery_core::engine::Places;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery_core::Result<()> {
/// let mut options = PoolOptions::default();
/// (options.size, options.timeout) = (1, std::time::Duration::from_millis(10));
/// let places = Places::new(&options);
///
/// let place = places.take().await?; // a connection is made, or taken out of those that are free
/// assert_eq!((places.size(), places.in_use()), (1, 1));
/// assert_eq!(places.take().await.unwrap_err().kind(), ErrorKind::BindBusy); // this task has it itself
/// drop(place); // the connection is clean and free again, or closed
///
/// places.close().await;
/// assert_eq!(places.take().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Places {
    seats: Arc<Semaphore>,
    size: u32,
    timeout: Duration,
    holders: Holders,
}

/// The place of one connection that is out, until this is dropped. What it is held for is said to the [`Holder`] that it derefs to.
pub struct Place {
    holder: Holder,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// As many as `pool_size` says, each waited for as long as `pool_timeout` says.
    pub fn new(options: &PoolOptions) -> Self {
        Places::of(options.size, options.timeout, Holders::new())
    }

    /// So many, of a pool with several kinds of connections, and what is said of those who have them.
    pub fn of(size: u32, timeout: Duration, holders: Holders) -> Self {
        let seats = usize::try_from(size).map_or(Semaphore::MAX_PERMITS, |size| size.min(Semaphore::MAX_PERMITS));
        Places { seats: Arc::new(Semaphore::new(seats)), size, timeout, holders }
    }

    /// A place, once one is free: first come, first served. A wait that is dropped leaves nothing behind.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] or [`ErrorKind::BindBusy`] after `pool_timeout`, as [`Holders::timed_out`] says it;
    /// [`ErrorKind::ConnectionLost`] once the places are closed.
    pub async fn take(&self) -> Result<Place> {
        self.take_several(1).await
    }

    /// So many places as one: for who must be alone.
    ///
    /// # Errors
    /// As [`take`](Places::take).
    pub async fn take_several(&self, number: u32) -> Result<Place> {
        let permit = match Arc::clone(&self.seats).try_acquire_many_owned(number) {
            Ok(permit) => permit,
            Err(_) => {
                let waiting = Arc::clone(&self.seats).acquire_many_owned(number);
                let waited = tokio::time::timeout(self.timeout, waiting).await.map_err(|_| self.holders.timed_out(self.timeout))?;
                waited.map_err(|_| closed())?
            }
        };
        let place = Place { holder: self.holders.add(Instant::now()), _permit: permit };
        // Whoever closes looks at the holders after closing the queue: one of the two sees the other.
        if self.is_closed() { Err(closed()) } else { Ok(place) }
    }

    /// How many there are.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// How many connections are out, those included that are being cleaned.
    pub fn in_use(&self) -> usize {
        self.holders.len()
    }

    /// Whether nobody is served any more: a connection that comes back is closed then, not kept.
    pub fn is_closed(&self) -> bool {
        self.seats.is_closed()
    }

    /// Serves nobody any more.
    pub fn refuse(&self) {
        self.seats.close();
    }

    /// Serves nobody any more, and returns once every connection that was out has come back.
    pub async fn close(&self) {
        self.refuse();
        self.holders.all_back().await;
    }
}

impl Deref for Place {
    type Target = Holder;

    fn deref(&self) -> &Holder {
        &self.holder
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the engine is closed")
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("size", &self.size).field("holders", &self.holders).finish()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(size: u32) -> Places {
        Places::of(size, Duration::from_millis(50), Holders::new())
    }

    #[tokio::test]
    async fn who_waits_is_served_once_a_place_is_free() {
        let places = places(1);
        let place = places.take().await.unwrap();
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take().await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(place);
        waiting.await.unwrap().unwrap();
        assert_eq!(places.in_use(), 0);
    }

    #[tokio::test]
    async fn who_must_be_alone_waits_for_all() {
        let places = places(3);
        let one = places.take().await.unwrap();
        let elsewhere = places.clone();
        let error = tokio::spawn(async move { elsewhere.take_several(3).await.map(drop) }).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        drop(one);
        let all = places.take_several(3).await.unwrap();
        assert_eq!((places.in_use(), places.take().await.unwrap_err().kind()), (1, ErrorKind::BindBusy));
        drop(all);
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_out_and_refuses_who_waits() {
        let places = places(1);
        let place = places.take().await.unwrap();
        let closing = tokio::spawn({
            let places = places.clone();
            async move { places.close().await }
        });
        tokio::task::yield_now().await;
        assert_eq!(places.take().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
        assert!(!closing.is_finished() && places.is_closed());
        drop(place);
        closing.await.unwrap();
    }
}
