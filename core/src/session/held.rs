use std::ops::{Deref, DerefMut};

use tokio::sync::MappedMutexGuard;

use super::joined::{Joined, Open, StreamMark};
use crate::engine::Lease;

/// What a connection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A statement that runs to its end as fast as it can: those after it wait.
    Statement,
    /// A stream, which the user reads at their own pace: other statements of its transaction don't wait for that.
    Stream,
}

/// The connection that one statement runs on: its own, from the pool, or its transaction's.
pub(super) enum Held<'s> {
    Pooled(Lease),
    Joined(JoinedLease<'s>),
}

/// A transaction's connection while a statement uses it. The order of the fields is the order of their ends.
pub(super) struct JoinedLease<'s> {
    pub(super) _stream: Option<StreamMark<'s>>,
    pub(super) open: MappedMutexGuard<'s, Open>,
    pub(super) _end: EndOfUse<'s>,
}

/// The transaction may have ended while a statement was using its connection: then this gives the connection back.
pub(super) struct EndOfUse<'s>(pub(super) &'s Joined);

impl<'s> JoinedLease<'s> {
    pub(super) fn new(stream: Option<StreamMark<'s>>, open: MappedMutexGuard<'s, Open>, end: EndOfUse<'s>) -> Self {
        JoinedLease { _stream: stream, open, _end: end }
    }
}

impl Held<'_> {
    pub(super) fn is_joined(&self) -> bool {
        matches!(self, Held::Joined(_))
    }

    /// The connection with its savepoints, where it is a transaction's.
    pub(super) fn joined(&mut self) -> Option<&mut Open> {
        match self {
            Held::Pooled(_) => None,
            Held::Joined(joined) => Some(&mut joined.open),
        }
    }
}

impl Deref for Held<'_> {
    type Target = Lease;

    fn deref(&self) -> &Lease {
        match self {
            Held::Pooled(lease) => lease,
            Held::Joined(joined) => &joined.open.lease,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Lease {
        match self {
            Held::Pooled(lease) => lease,
            Held::Joined(joined) => &mut joined.open.lease,
        }
    }
}

impl Drop for EndOfUse<'_> {
    fn drop(&mut self) {
        if self.0.is_over() {
            self.0.abandon();
        }
    }
}
