//! The state of one transaction, shared by its sessions.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::atomicity::{Atomicity, BeginOptions};
use crate::engine::Lease;
use crate::{BindKey, Error, ErrorKind, Result};

/// Everything that the sessions of one transaction share.
pub(super) struct Joined {
    pub(super) options: BeginOptions,
    /// One for each configured bind, in the order of the configuration.
    pub(super) slots: Vec<Slot>,
    levels: Mutex<Levels>,
}

/// The transaction and its nested ones that are open, outermost first, each by a number of its own. None: it is over.
struct Levels {
    open: Vec<u64>,
    next: u64,
    /// The binds that have joined, or are about to.
    joined: Vec<BindKey>,
}

/// One bind's part of a transaction.
pub(super) struct Slot {
    pub(super) bind: BindKey,
    /// How long a statement waits for those before it: as long as for a connection of the pool.
    patience: Duration,
    /// `None` until the bind's first statement, and once the transaction is over.
    connection: tokio::sync::Mutex<Option<Open>>,
    /// A stream given to the user holds the connection, or waits for it: who waits for that might be the one who reads it.
    streaming: AtomicBool,
    stream_started: Notify,
}

/// A connection with a transaction open.
pub(super) struct Open {
    pub(super) lease: Lease,
    /// The numbers of the nested transactions that have a savepoint here, outermost first, and [`STATEMENT`].
    pub(super) savepoints: Vec<u64>,
}

/// A stream on a bind's connection, until it is dropped.
pub(super) struct StreamMark<'a>(&'a Slot);

pub(super) type SlotGuard<'a> = tokio::sync::MutexGuard<'a, Option<Open>>;

/// The number of the outermost level.
pub(super) const ROOT: u64 = 0;

/// What stands for a statement that is several to the server. No nested transaction has its number, so what follows one that was given up rolls it back.
pub(super) const STATEMENT: u64 = u64::MAX;

impl Joined {
    pub(super) fn new(options: BeginOptions, binds: impl Iterator<Item = (BindKey, Duration)>) -> Self {
        let slots = binds.map(|(bind, patience)| Slot {
            bind,
            patience,
            connection: tokio::sync::Mutex::default(),
            streaming: AtomicBool::new(false),
            stream_started: Notify::new(),
        });
        Joined { options, slots: slots.collect(), levels: Mutex::new(Levels { open: vec![ROOT], next: ROOT + 1, joined: Vec::new() }) }
    }

    fn levels(&self) -> MutexGuard<'_, Levels> {
        // Nothing that holds it can panic half way.
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The nested levels down to this one, which must be the innermost that is open.
    pub(super) fn nested_levels(&self, level: u64) -> Result<Vec<u64>> {
        self.levels().nested(level).map(<[u64]>::to_vec)
    }

    pub(super) fn is_over(&self) -> bool {
        self.levels().open.is_empty()
    }

    /// Opens a level inside this one.
    pub(super) fn nest(&self, level: u64) -> Result<u64> {
        let mut levels = self.levels();
        levels.nested(level)?;
        let nested = levels.next;
        levels.next += 1;
        levels.open.push(nested);
        Ok(nested)
    }

    /// Closes a level and all inside it; whether it was open.
    pub(super) fn close(&self, level: u64) -> bool {
        let mut levels = self.levels();
        let place = levels.open.iter().position(|&open| open == level);
        if let Some(place) = place {
            levels.open.truncate(place);
        }
        place.is_some()
    }

    /// A bind joins, if the transaction's promise allows it.
    pub(super) fn join(&self, bind: BindKey) -> Result<JoinClaim<'_>> {
        let mut levels = self.levels();
        if let (Atomicity::Atomic, Some(first)) = (self.options.atomicity, levels.joined.first())
            && *first != bind
        {
            return Err(Error::new(
                ErrorKind::NotAtomic,
                format!(
                    "bind `{bind}` can't join this transaction: it has touched bind `{first}`, and commit over several binds is not atomic yet; \
                     use one transaction per bind, or `begin_with(Atomicity::BestEffort)`"
                ),
            )
            .on_bind(bind));
        }
        levels.joined.push(bind);
        Ok(JoinClaim { joined: self, bind, kept: false })
    }

    /// Gives back every connection that nobody is using right now. Who is using one gives it back when done, seeing that the
    /// transaction is over.
    pub(super) fn abandon(&self) {
        for slot in &self.slots {
            if let Ok(mut connection) = slot.connection.try_lock() {
                *connection = None;
            }
        }
    }
}

impl Levels {
    fn nested(&self, level: u64) -> Result<&[u64]> {
        match self.open.iter().position(|&open| open == level) {
            None => Err(over()),
            Some(place) if place + 1 < self.open.len() => {
                Err(Error::new(ErrorKind::BindBusy, "a nested transaction is open inside this one: use that, or end it first"))
            }
            Some(_) => Ok(&self.open[1..]),
        }
    }
}

/// Takes the bind off the list again, unless its transaction did begin.
pub(super) struct JoinClaim<'a> {
    joined: &'a Joined,
    bind: BindKey,
    kept: bool,
}

impl JoinClaim<'_> {
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for JoinClaim<'_> {
    fn drop(&mut self) {
        if !self.kept {
            let mut levels = self.joined.levels();
            if let Some(place) = levels.joined.iter().rposition(|bind| *bind == self.bind) {
                levels.joined.remove(place);
            }
        }
    }
}

impl Slot {
    /// The connection, once the statements before this one are done. A stream that is being read may be this task's own, so that
    /// is not waited for.
    pub(super) async fn lock(&self) -> Result<SlotGuard<'_>> {
        let mut lock = pin!(self.lock_patiently());
        loop {
            let started = self.stream_started.notified();
            self.refuse_stream()?;
            match select(&mut lock, pin!(started)).await {
                Either::Left((guard, _)) => return guard,
                Either::Right(_) => {}
            }
        }
    }

    /// The connection, of which nobody else knows yet.
    pub(super) fn lock_now(&self) -> Result<SlotGuard<'_>> {
        self.connection.try_lock().map_err(|_| self.has_stream())
    }

    /// The connection, once the statements before this one are done. One of them may be a future that this very task has begun and
    /// left alone, so there is an end to waiting.
    pub(super) async fn lock_patiently(&self) -> Result<SlotGuard<'_>> {
        if let Ok(guard) = self.connection.try_lock() {
            return Ok(guard);
        }
        tokio::time::timeout(self.patience, self.connection.lock()).await.map_err(|_| {
            let message = format!(
                "another statement of this transaction has not ended on this bind within {:?} (`pool_timeout`): if this task has begun it, it \
                 has to be awaited or dropped first",
                self.patience
            );
            Error::new(ErrorKind::BindBusy, message).on_bind(self.bind)
        })
    }

    /// The connection for a stream. Marked before it waits: whoever comes after may be the one who has begun the stream, and won't
    /// poll it before their own statement is done.
    pub(super) async fn lock_for_stream(&self) -> Result<(StreamMark<'_>, SlotGuard<'_>)> {
        if self.streaming.swap(true, Ordering::AcqRel) {
            return Err(self.has_stream());
        }
        let mark = StreamMark(self);
        let guard = self.lock_patiently().await?;
        // Who queued behind it while it was being marked.
        self.stream_started.notify_waiters();
        Ok((mark, guard))
    }

    /// A stream may be this task's own, so that it is not waited for.
    pub(super) fn refuse_stream(&self) -> Result<()> {
        if self.streaming.load(Ordering::Acquire) { Err(self.has_stream()) } else { Ok(()) }
    }

    fn has_stream(&self) -> Error {
        Error::new(
            ErrorKind::BindBusy,
            "a stream of this transaction is still open on this bind, or its connection is lent by `native`: read the stream to its \
             end, or drop what is open, before the next statement",
        )
        .on_bind(self.bind)
    }
}

impl Drop for StreamMark<'_> {
    fn drop(&mut self) {
        self.0.streaming.store(false, Ordering::Release);
    }
}

pub(super) fn over() -> Error {
    Error::new(ErrorKind::TransactionOver, "this transaction has been committed or rolled back: begin a new one")
}

pub(super) fn savepoint_name(level: u64) -> String {
    if level == STATEMENT { "bindery_statement".to_owned() } else { format!("bindery_{level}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_that_nest_at_once_one_does() {
        for _ in 0..500 {
            let joined = Joined::new(BeginOptions::default(), std::iter::empty());
            let start = std::sync::Barrier::new(4);
            let nest = || {
                start.wait();
                joined.nest(ROOT).is_ok()
            };
            let nested = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(nest)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).filter(|&nested| nested).count()
            });
            assert_eq!(nested, 1);
        }
    }
}
