use std::time::Duration;

use crate::config::MigrationOptions;
use crate::engine::{Catalog, Effect, Engine, Family, Lease};
use crate::session::Bound;
use crate::{ErrorKind, Result};

/// A connection that holds the lock of its database's definitions, with the time-outs of migrations.
pub(in crate::migrate) async fn locked(bound: &Bound<dyn Engine>, catalog: &dyn Catalog, options: &MigrationOptions) -> Result<Lease> {
    let mut lease = bound.acquire(Effect::Write).await?;
    lease.lock(catalog, options.wait_timeout).await?;
    lease.set_timeouts(catalog, lock_timeout(bound, options), options.statement_timeout).await?;
    Ok(lease)
}

/// On SQLite a transaction that writes is the lock of migrations too, and nothing in it waits for another.
fn lock_timeout(bound: &Bound<dyn Engine>, options: &MigrationOptions) -> Option<Duration> {
    match bound.engine.dialect().family() {
        Family::Sqlite => Some(options.wait_timeout),
        Family::Postgres | Family::MySql => options.lock_timeout,
    }
}

/// Gives the lock back. It ends with its connection too, and what was done under it is done: so there is no error.
pub(in crate::migrate) async fn unlock(bound: &Bound<dyn Engine>, catalog: &dyn Catalog, mut lease: Lease) {
    match lease.unlock(catalog).await {
        Ok(()) => {}
        // Behind a proxy that gives each statement another connection it never held.
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            tracing::warn!(bind = %bound.key, %error, "the lock of migrations did not hold")
        }
        Err(error) => {
            tracing::debug!(bind = %bound.key, %error, "the lock of migrations was not given back; it ends with its connection");
        }
    }
}
