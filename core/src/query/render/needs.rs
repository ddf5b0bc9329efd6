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
        let is_met = match self {
            Need::CommonTableExpressions => capabilities.common_table_expressions,
            Need::WindowFunctions => capabilities.window_functions,
            Need::RowLocks => capabilities.row_locks,
            Need::SkipLocked => capabilities.skip_locked,
            Need::NoWait => capabilities.no_wait,
        };
        if is_met { Ok(()) } else { Err(self.lacking(&capabilities.server)) }
    }

    /// The error of a server that lacks it.
    pub(super) fn lacking(self, server: &str) -> Error {
        let (capability, what, instead) = match self {
            Need::CommonTableExpressions => {
                let instead = "a CTE that isn't recursive can be a `subquery`";
                ("common_table_expressions", "common table expressions (WITH)", instead)
            }
            Need::WindowFunctions => {
                let instead = "compute it in Rust, or by a join with a grouped subquery";
                ("window_functions", "window functions (OVER)", instead)
            }
            Need::RowLocks => {
                let instead = "a transaction that writes has the whole database, where it has one writer";
                ("row_locks", "locks of single rows (FOR UPDATE)", instead)
            }
            Need::SkipLocked => ("skip_locked", "SKIP LOCKED", "wait for the rows, or mark them as taken"),
            Need::NoWait => ("no_wait", "NOWAIT", "wait for the rows, under a lock timeout of the server's"),
        };
        let message = format!("{server} has no {what} (its capability `{capability}` is false): {instead}");
        Error::new(ErrorKind::Unsupported, message)
    }
}
