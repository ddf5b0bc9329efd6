use std::sync::atomic::{AtomicBool, Ordering};

use bindery_core::engine::Holder;

/// Who holds the connection, and whether they still wait for what they asked it for.
pub(super) struct Holding {
    holder: Holder,
    cut_off: AtomicBool,
}

impl Holding {
    pub(super) fn new(holder: Holder) -> Self {
        Holding { holder, cut_off: AtomicBool::new(false) }
    }

    pub(super) fn set_in_transaction(&self, in_transaction: bool) {
        if !self.is_cut_off() {
            self.holder.set_in_transaction(in_transaction);
        }
    }

    /// They no longer wait: what they left is being undone.
    pub(super) fn cut_off(&self) {
        self.cut_off.store(true, Ordering::Release);
        self.holder.set_cleaning();
    }

    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Acquire)
    }
}
