use std::fmt;
use std::sync::Arc;

use super::atomicity::BeginOptions;
use super::databases::{Bound, Databases};
use super::held::{EndOfUse, Held, JoinedLease, Use};
use super::joined::{Joined, ROOT, SlotConnection, over, savepoint_name};
use super::transaction::Transaction;
use crate::engine::{Effect, Engine, Lease};
use crate::{Error, ErrorKind, Result};

/// Routes each statement to the engine of its table's bind.
///
/// Outside a transaction each statement takes a connection from its engine's pool and gives it back. In a transaction, which a
/// [`Transaction`] is a session of, each bind that was touched has one connection: statements on one bind queue, statements on different binds
/// may run at the same time. There is no identity map and no hidden flush: what is written is what was asked for, when it was
/// asked for.
///
/// A session is cheap to make and to clone; every method takes `&self`, and every future is `Send`.
pub struct Session<E: Engine + ?Sized = dyn Engine> {
    databases: Databases<E>,
    part: Option<Part>,
}

/// The transaction that a session belongs to.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) joined: Arc<Joined>,
    pub(super) level: u64,
}

impl<E: Engine> Session<E> {
    /// The same session, its backend forgotten: for functions that take a `&Session`. In a transaction it stays in it.
    pub fn erase(&self) -> Session {
        Session { databases: self.databases.erase(), part: self.part.clone() }
    }
}

impl<E: Engine + ?Sized> Session<E> {
    pub(super) fn new(databases: Databases<E>) -> Self {
        Session { databases, part: None }
    }

    /// The databases that it routes to.
    pub fn databases(&self) -> &Databases<E> {
        &self.databases
    }

    /// Begins a transaction. Nothing is sent yet: a bind joins at its first statement. On a session that is in a transaction this
    /// begins a nested one: a savepoint on each bind that it touches.
    ///
    /// # Errors
    /// [`ErrorKind::TransactionOver`] where this session's own transaction has ended, [`ErrorKind::BindBusy`] where another nested one is open.
    pub async fn begin(&self) -> Result<Transaction<E>> {
        self.begin_with(BeginOptions::default()).await
    }

    /// As [`begin`](Session::begin), with another promise over several binds ([`Atomicity`](super::Atomicity)), isolation, or for
    /// reading only.
    ///
    /// # Errors
    /// As [`begin`](Session::begin); [`ErrorKind::Unsupported`] for options of a nested transaction, which has those of the outer one.
    pub async fn begin_with(&self, options: impl Into<BeginOptions>) -> Result<Transaction<E>> {
        let options = options.into();
        let part = match &self.part {
            None => Part { joined: Arc::new(Joined::new(options, self.databases.binds())), level: ROOT },
            Some(_) if options != BeginOptions::default() => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "a nested transaction has the options of the one around it: give them there",
                ));
            }
            Some(outer) => Part { joined: Arc::clone(&outer.joined), level: outer.joined.nest(outer.level)? },
        };
        Ok(Transaction::new(Session { databases: self.databases.clone(), part: Some(part) }))
    }

    pub(super) fn part(&self) -> Option<&Part> {
        self.part.as_ref()
    }

    /// The connection for a statement on a bind.
    pub(super) async fn hold(&self, place: usize, bound: &Bound<E>, effect: Effect, purpose: Use) -> Result<Held<'_>> {
        let Some(Part { joined, level }) = &self.part else {
            let connection = bound.engine.acquire(effect).await?;
            return Ok(Held::Pooled(Lease::new(connection, bound.key)));
        };
        joined.nested_levels(*level)?;
        let slot = &joined.slots[place];
        // Declared before the guard, so that it ends after it.
        let end = EndOfUse(joined);
        let (stream, mut guard) = match purpose {
            Use::Statement => (None, slot.lock().await?),
            Use::Stream => slot.lock_for_stream().await.map(|(mark, guard)| (Some(mark), guard))?,
        };
        let connection = &mut *guard;
        if connection.lease.is_none() {
            // While this statement waited, the transaction may have ended.
            joined.nested_levels(*level)?;
            let claim = joined.join(bound.key)?;
            let effect = if joined.options.read_only { Effect::Read } else { Effect::Write };
            let mut lease = Lease::new(bound.engine.acquire(effect).await?, bound.key);
            lease.begin(&joined.options.transaction_options()).await?;
            connection.lease = Some(lease);
            claim.keep();
        }
        // Again: now it is certain that the connection is in the slot if the transaction ends from here on.
        let nested = joined.nested_levels(*level)?;
        settle(connection, &nested).await?;
        let lease = tokio::sync::MutexGuard::try_map(guard, |connection| connection.lease.as_mut()).map_err(|_| over())?;
        Ok(Held::Joined(JoinedLease::new(stream, lease, end)))
    }
}

/// Brings a connection to where its transaction is: an abandoned result closed, nested transactions that were dropped rolled back,
/// a savepoint for each that is open.
pub(super) async fn settle(connection: &mut SlotConnection, nested: &[u64]) -> Result<()> {
    let SlotConnection { lease: Some(lease), savepoints } = connection else { return Ok(()) };
    lease.close_result().await?;
    let common = savepoints.iter().zip(nested).take_while(|(here, open)| here == open).count();
    if let Some(dropped) = savepoints.get(common) {
        let name = savepoint_name(*dropped);
        lease.rollback_to_savepoint(&name).await?;
        lease.release_savepoint(&name).await?;
        savepoints.truncate(common);
    }
    for level in &nested[common..] {
        lease.savepoint(&savepoint_name(*level)).await?;
        savepoints.push(*level);
    }
    Ok(())
}

impl<E: Engine + ?Sized> Clone for Session<E> {
    fn clone(&self) -> Self {
        Session { databases: self.databases.clone(), part: self.part.clone() }
    }
}

impl<E: Engine + ?Sized> fmt::Debug for Session<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("databases", &self.databases).field("in_transaction", &self.part.is_some()).finish()
    }
}
