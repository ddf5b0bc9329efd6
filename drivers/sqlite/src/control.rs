use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use rusqlite::hooks::{AuthAction, Authorization};

/// What the callbacks of one SQLite connection share with those who run statements on it.
pub(crate) struct Control {
    interrupt: InterruptHandle,
    cancelled: AtomicBool,
    epoch: Instant,
    /// When the inline run is over, in nanoseconds since `epoch`; 0: no inline run.
    deadline: AtomicU64,
    overran: AtomicBool,
    watching: AtomicBool,
    seen: AtomicU8,
    /// How long to wait for a lock, in milliseconds, if a statement has said so; else [`NOT_TOLD`].
    busy_timeout: AtomicU64,
}

const NOT_TOLD: u64 = u64::MAX;

/// BEGIN, COMMIT, ROLLBACK or a savepoint.
pub(crate) const SEEN_VERB: u8 = 1;
/// A pragma: it may read the whole file in one instruction.
pub(crate) const SEEN_PRAGMA: u8 = 2;
/// Something that outlives the statement on this one connection: a setting, an attached database, a temporary table.
pub(crate) const SEEN_TRACE: u8 = 4;
/// How long to wait for a lock, which is ours to do.
pub(crate) const SEEN_BUSY_TIMEOUT: u8 = 8;

/// The pragmas that leave the connection as it was, with an argument too.
const HARMLESS_PRAGMAS: [&str; 13] = [
    "application_id",
    "foreign_key_check",
    "foreign_key_list",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "optimize",
    "quick_check",
    "table_info",
    "table_xinfo",
    "user_version",
];

impl Control {
    pub(crate) fn new(interrupt: InterruptHandle) -> Self {
        Control {
            interrupt,
            cancelled: AtomicBool::new(false),
            epoch: Instant::now(),
            deadline: AtomicU64::new(0),
            overran: AtomicBool::new(false),
            watching: AtomicBool::new(false),
            seen: AtomicU8::new(0),
            busy_timeout: AtomicU64::new(NOT_TOLD),
        }
    }

    /// Ends what runs, and what is still to run, until [`reset`](Control::reset).
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.interrupt.interrupt();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    pub(crate) fn reset(&self) {
        self.cancelled.store(false, Ordering::SeqCst);
    }

    /// Starts an inline run that may take so long.
    pub(crate) fn start_budget(&self, budget: Duration) {
        let deadline = (self.epoch.elapsed() + budget).as_nanos();
        self.overran.store(false, Ordering::Relaxed);
        self.deadline.store(u64::try_from(deadline).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Ends it; whether it took longer than it may, and was interrupted.
    pub(crate) fn end_budget(&self) -> bool {
        self.deadline.store(0, Ordering::Relaxed);
        self.overran.load(Ordering::Relaxed)
    }

    /// SQLite's progress handler: `true` interrupts.
    pub(crate) fn progress(&self) -> bool {
        if self.cancelled.load(Ordering::Relaxed) {
            return true;
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != 0 && self.epoch.elapsed().as_nanos() > u128::from(deadline) {
            self.overran.store(true, Ordering::Relaxed);
            return true;
        }
        false
    }

    /// Looks at what is prepared from now on: at a user's statement, not at what SQLite prepares on its own while one runs (VACUUM
    /// begins and attaches).
    pub(crate) fn watch(&self) {
        self.seen.store(0, Ordering::Relaxed);
        self.watching.store(true, Ordering::Relaxed);
    }

    /// Ends it; what was seen.
    pub(crate) fn unwatch(&self) -> u8 {
        self.watching.store(false, Ordering::Relaxed);
        self.seen.load(Ordering::Relaxed)
    }

    /// How long a statement has said to wait for locks.
    pub(crate) fn busy_timeout(&self) -> Option<Duration> {
        let milliseconds = self.busy_timeout.load(Ordering::Relaxed);
        (milliseconds != NOT_TOLD).then(|| Duration::from_millis(milliseconds))
    }

    /// The connection is someone else's now.
    pub(crate) fn forget_busy_timeout(&self) {
        self.busy_timeout.store(NOT_TOLD, Ordering::Relaxed);
    }

    /// SQLite's authorizer, called while a statement is prepared.
    pub(crate) fn authorize(&self, action: &AuthAction<'_>) -> Authorization {
        if !self.watching.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        let seen = match action {
            // SQLite itself would wait on a thread. Ignored, it does not get to know.
            AuthAction::Pragma { pragma_name, pragma_value: Some(value) } if pragma_name.eq_ignore_ascii_case("busy_timeout") => {
                self.busy_timeout.store(value.parse::<u32>().unwrap_or(0).into(), Ordering::Relaxed);
                self.seen.fetch_or(SEEN_BUSY_TIMEOUT, Ordering::Relaxed);
                return Authorization::Ignore;
            }
            AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => SEEN_VERB,
            AuthAction::Pragma { pragma_name, pragma_value: Some(_) }
                if !HARMLESS_PRAGMAS.contains(&pragma_name.to_lowercase().as_str()) =>
            {
                SEEN_PRAGMA | SEEN_TRACE
            }
            AuthAction::Pragma { .. } => SEEN_PRAGMA,
            AuthAction::Attach { .. }
            | AuthAction::Detach { .. }
            | AuthAction::CreateTempIndex { .. }
            | AuthAction::CreateTempTable { .. }
            | AuthAction::CreateTempTrigger { .. }
            | AuthAction::CreateTempView { .. } => SEEN_TRACE,
            _ => 0,
        };
        self.seen.fetch_or(seen, Ordering::Relaxed);
        if seen & SEEN_VERB != 0 { Authorization::Deny } else { Authorization::Allow }
    }
}
