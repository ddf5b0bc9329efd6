use std::time::{Duration, Instant};

use bindery_core::Error;
use deadpool::managed::{Metrics, RecycleError, RecycleResult};

use crate::config::PostgresConfig;
use crate::link::Link;

/// A connection that was free for less is taken as it is.
const REST: Duration = Duration::from_millis(1);

/// Opens the connections of a pool, and looks at each before it is used again.
pub(crate) struct Manager {
    config: PostgresConfig,
}

impl Manager {
    pub(crate) fn new(config: PostgresConfig) -> Self {
        Manager { config }
    }

    /// Why a free connection is not to be used again.
    pub(crate) fn objection(&self, link: &Link, now: Instant) -> Option<&'static str> {
        self.objection_to(link, now, now.saturating_duration_since(link.free_since()))
    }

    fn objection_to(&self, link: &Link, now: Instant, free_for: Duration) -> Option<&'static str> {
        let pool = self.config.pool();
        if link.is_gone() {
            Some("it broke")
        } else if pool.recycle.is_some_and(|age| now.saturating_duration_since(link.opened()) > age) {
            Some("it is older than `pool_recycle`")
        } else if pool.idle_timeout.is_some_and(|timeout| free_for > timeout) {
            Some("it was free for longer than `idle_timeout`")
        } else {
            None
        }
    }
}

impl deadpool::managed::Manager for Manager {
    // The pool moves it about.
    type Type = Box<Link>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Link>, Error> {
        // Connecting is a large future. In a box, it isn't a part of each one that only takes a connection that is there: copying those
        // about cost half of the time of reading a row.
        Box::pin(Link::open(&self.config)).await.map(Box::new)
    }

    async fn recycle(&self, link: &mut Box<Link>, _: &Metrics) -> RecycleResult<Error> {
        let now = Instant::now();
        let free_for = now.saturating_duration_since(link.free_since());
        if free_for > REST {
            // First the runtime looks at its sockets, then the task that drives this connection sees that its server has gone.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
        if let Some(objection) = self.objection_to(link, now, free_for) {
            tracing::debug!("a PostgreSQL connection is closed: {objection}");
            return Err(RecycleError::message(objection));
        }
        let pool = self.config.pool();
        if pool.pre_ping {
            // A server that doesn't answer must not be waited for without an end.
            let answer = Box::pin(tokio::time::timeout(pool.connect_timeout, link.ping())).await;
            answer.map_err(|_| RecycleError::message("it did not answer within `connect_timeout`"))??;
        }
        Ok(())
    }
}
