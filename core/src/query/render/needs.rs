use crate::engine::Capabilities;
use crate::{Error, ErrorKind, Result};

/// What a statement asks of its server that not every server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    CommonTableExpressions,
    WindowFunctions,
    RowLocks,
    SkipLocked,
    NoWait,
}

impl Need {
    /// Refuses what the server lacks.
    pub(crate) fn check(self, capabilities: &Capabilities) -> Result<()> {
        let (is_met, capability, what, instead) = match self {
            Need::CommonTableExpressions => {
                let instead = "a CTE that isn't recursive can be a `subquery`";
                (capabilities.common_table_expressions, "common_table_expressions", "common table expressions (WITH)", instead)
            }
            Need::WindowFunctions => {
                let instead = "compute it in Rust, or by a join with a grouped subquery";
                (capabilities.window_functions, "window_functions", "window functions (OVER)", instead)
            }
            Need::RowLocks => {
                let instead = "a transaction that writes has the whole database, where it has one writer";
                (capabilities.row_locks, "row_locks", "locks of single rows (FOR UPDATE)", instead)
            }
            Need::SkipLocked => (capabilities.skip_locked, "skip_locked", "SKIP LOCKED", "wait for the rows, or mark them as taken"),
            Need::NoWait => (capabilities.no_wait, "no_wait", "NOWAIT", "wait for the rows, under a lock timeout of the server's"),
        };
        if is_met {
            return Ok(());
        }
        let message = format!("{} has no {what} (its capability `{capability}` is false): {instead}", capabilities.server);
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}
