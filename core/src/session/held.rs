use std::ops::{Deref, DerefMut};

use tokio::sync::MappedMutexGuard;

use super::joined::{Joined, Slot};
use crate::engine::Lease;

/// The connection that one statement runs on: its own, from the pool, or its transaction's.
pub(super) enum Held<'s> {
    Pooled(Lease),
    Joined(JoinedLease<'s>),
}

/// A transaction's connection while a statement uses it. The order of the fields is the order of their ends.
pub(super) struct JoinedLease<'s> {
    stream: StreamMark<'s>,
    lease: MappedMutexGuard<'s, Lease>,
    _end: EndOfUse<'s>,
}

struct StreamMark<'s> {
    slot: &'s Slot,
    set: bool,
}

/// The transaction may have ended while a statement was using its connection: then this gives the connection back.
pub(super) struct EndOfUse<'s>(pub(super) &'s Joined);

impl<'s> JoinedLease<'s> {
    pub(super) fn new(slot: &'s Slot, lease: MappedMutexGuard<'s, Lease>, end: EndOfUse<'s>) -> Self {
        JoinedLease { stream: StreamMark { slot, set: false }, lease, _end: end }
    }
}

impl Held<'_> {
    /// The user reads the result at their own pace: other statements of the transaction don't wait for that.
    pub(super) fn mark_as_stream(&mut self) {
        if let Held::Joined(joined) = self {
            joined.stream.set = true;
            joined.stream.slot.set_streaming(true);
        }
    }

    pub(super) fn is_joined(&self) -> bool {
        matches!(self, Held::Joined(_))
    }
}

impl Deref for Held<'_> {
    type Target = Lease;

    fn deref(&self) -> &Lease {
        match self {
            Held::Pooled(lease) => lease,
            Held::Joined(joined) => &joined.lease,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Lease {
        match self {
            Held::Pooled(lease) => lease,
            Held::Joined(joined) => &mut joined.lease,
        }
    }
}

impl Drop for StreamMark<'_> {
    fn drop(&mut self) {
        if self.set {
            self.slot.set_streaming(false);
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
