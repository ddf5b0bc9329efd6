use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::engine::{Capabilities, ColumnInfo, Effect, Executed};
use bindery_core::{Error, ErrorKind, Result};
use rusqlite::CachedStatement;

use crate::batch::{Filling, RowBatch};
use crate::control::{Control, SEEN_BUSY_TIMEOUT, SEEN_PRAGMA, SEEN_TRACE, SEEN_VERB};
use crate::error::from_sqlite;
use crate::param::Arguments;

/// How many statements' columns are remembered where no prepared statement is.
const MIN_KNOWN: usize = 16;

/// One SQLite connection, and what is known about the statements that ran on it. Used by one thread at a time; it moves between
/// the caller's thread and the blocking pool.
pub(crate) struct Handle {
    sqlite: rusqlite::Connection,
    control: Arc<Control>,
    capabilities: Arc<Capabilities>,
    known: HashMap<Box<str>, Known>,
    max_known: usize,
    /// A setting, an attached database or a temporary table is left on it: nobody else must see that.
    traces: bool,
    opened: Instant,
}

/// One statement's text, as it ran last.
struct Known {
    columns: Arc<[ColumnInfo]>,
    /// It is too long for an inline run.
    long: bool,
}

/// One statement to run.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) sql: &'a str,
    pub(crate) arguments: Arguments<'a>,
    pub(crate) effect: Effect,
}

/// Each batch of a result may have twice the rows of the one before, up to these: the first rows come soon, and a long result
/// wakes its reader seldom.
const MAX_ROWS: usize = 2_048;

/// When a batch is full.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rows: usize,
    pub(crate) bytes: usize,
}

/// What to do after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Read on.
    More,
    /// Nobody wants the rest, but what the statement does must be done: run to its end.
    Discard,
    /// Nobody wants the rest.
    Stop,
}

/// The end of a result: its columns, and the rows that no full batch has carried off.
pub(crate) struct Tail {
    pub(crate) columns: Arc<[ColumnInfo]>,
    pub(crate) batch: Option<RowBatch>,
}

impl Handle {
    pub(crate) fn new(sqlite: rusqlite::Connection, control: Arc<Control>, statement_cache_size: usize) -> Self {
        sqlite.set_prepared_statement_cache_capacity(statement_cache_size);
        let mut capabilities = Capabilities::none(format!("SQLite {}", rusqlite::version()));
        capabilities.returning = true;
        capabilities.common_table_expressions = true;
        capabilities.window_functions = true;
        capabilities.check_constraints = true;
        capabilities.transactional_ddl = true;
        // SQLITE_MAX_VARIABLE_NUMBER since 3.32, and the SQLite here is our own
        capabilities.max_parameters = 32_766;
        // SQLITE_MAX_LENGTH, of a single value
        capabilities.max_statement_bytes = 1_000_000_000;
        Handle {
            sqlite,
            control,
            capabilities: Arc::new(capabilities),
            known: HashMap::new(),
            max_known: statement_cache_size.max(MIN_KNOWN),
            traces: false,
            opened: Instant::now(),
        }
    }

    pub(crate) fn control(&self) -> &Arc<Control> {
        &self.control
    }

    pub(crate) fn capabilities(&self) -> &Arc<Capabilities> {
        &self.capabilities
    }

    pub(crate) fn is_autocommit(&self) -> bool {
        self.sqlite.is_autocommit()
    }

    /// How long ago it was opened.
    pub(crate) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Whether someone else may have it as it is.
    pub(crate) fn is_clean(&self) -> bool {
        self.sqlite.is_autocommit() && !self.traces && !self.control.is_cancelled()
    }

    /// Makes it clean, if it can be: rolls back what is open.
    pub(crate) fn clean(&mut self) {
        self.control.reset();
        if !self.sqlite.is_autocommit() {
            // Where it fails, `is_clean` says so, and the connection is closed.
            let _ = self.sqlite.execute_batch("ROLLBACK");
        }
    }

    /// Whether it still answers.
    pub(crate) fn ping(&self) -> rusqlite::Result<()> {
        self.sqlite.query_row("SELECT 1", [], |_| Ok(()))
    }

    /// One of bindery's own words: BEGIN, COMMIT and the like. Prepared each time, so that a user's COMMIT never finds it in the
    /// cache.
    pub(crate) fn verb(&self, sql: &str) -> Result<()> {
        self.sqlite.execute_batch(sql).map_err(from_sqlite)
    }

    /// Whether this statement outran an inline run when it ran last.
    pub(crate) fn is_long(&self, sql: &str) -> bool {
        self.known.get(sql).is_some_and(|known| known.long)
    }

    /// Runs a statement to its end. Rows that it gives are passed over.
    pub(crate) fn execute(&mut self, call: Call<'_>) -> Result<Executed> {
        let before = self.sqlite.total_changes();
        {
            let (mut statement, seen) = prepare(&self.sqlite, &self.control, &mut self.traces, call)?;
            call.arguments.bind(&mut statement)?;
            let mut rows = statement.raw_query();
            while rows.next().map_err(from_sqlite)?.is_some() {}
            drop(rows);
            keep(statement, seen);
        }
        // Only INSERT, UPDATE and DELETE set the count of changes: after another statement it is still that of an earlier one.
        let changed = self.sqlite.total_changes() != before;
        Ok(Executed::rows(if changed { self.sqlite.changes() } else { 0 }))
    }

    /// Runs a statement and gives each full batch of its rows to `each`.
    pub(crate) fn query(
        &mut self,
        call: Call<'_>,
        mut limits: Limits,
        mut each: impl FnMut(&Arc<[ColumnInfo]>, RowBatch) -> Next,
    ) -> Result<Tail> {
        let (mut statement, seen) = prepare(&self.sqlite, &self.control, &mut self.traces, call)?;
        call.arguments.bind(&mut statement)?;
        let mut columns = None;
        let mut batch = Filling::default();
        let mut next = Next::More;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            // The first step prepares the statement again where the schema has changed: only now its columns are sure.
            let columns = match &columns {
                Some(columns) => columns,
                None => columns.insert(remember(&mut self.known, self.max_known, call.sql, row.as_ref())?),
            };
            if next == Next::Discard {
                continue;
            }
            batch.push(row, columns.len())?;
            if batch.is_full(limits) {
                let successor = Filling::after(&batch);
                next = each(columns, std::mem::replace(&mut batch, successor).finish());
                limits.rows = (limits.rows * 2).min(MAX_ROWS);
                if next == Next::Stop {
                    break;
                }
            }
        }
        drop(rows);
        let columns = match columns {
            Some(columns) => columns,
            None => remember(&mut self.known, self.max_known, call.sql, &statement)?,
        };
        keep(statement, seen);
        if seen & SEEN_PRAGMA != 0 {
            self.mark(call.sql, true);
        }
        Ok(Tail { columns, batch: (batch.rows() > 0).then(|| batch.finish()) })
    }

    /// Runs a query within a time and a size, into one batch; `None` where it outran them, and is to be run again.
    pub(crate) fn query_within(&mut self, call: Call<'_>, budget: Option<Duration>, limits: Limits) -> Result<Option<Tail>> {
        if let Some(budget) = budget {
            self.control.start_budget(budget);
        }
        let mut full = false;
        let tail = self.query(call, limits, |_, _| {
            full = true;
            Next::Stop
        });
        let late = self.control.end_budget();
        let outran = full || (late && tail.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted));
        if outran {
            self.mark(call.sql, true);
            return Ok(None);
        }
        tail.map(Some)
    }

    /// Runs a query on the blocking pool, batch by batch; notes when it turns out to be short enough for the caller's thread.
    pub(crate) fn query_long(
        &mut self,
        call: Call<'_>,
        budget: Duration,
        limits: Limits,
        mut each: impl FnMut(&Arc<[ColumnInfo]>, RowBatch) -> Next,
    ) -> Result<Tail> {
        let started = Instant::now();
        let mut batches = 0_usize;
        let tail = self.query(call, limits, |columns, batch| {
            batches += 1;
            each(columns, batch)
        })?;
        if batches == 0 && started.elapsed() < budget {
            self.mark(call.sql, false);
        }
        Ok(tail)
    }

    fn mark(&mut self, sql: &str, long: bool) {
        if let Some(known) = self.known.get_mut(sql) {
            known.long = long;
        } else if long {
            // It was interrupted before its first row.
            make_room(&mut self.known, self.max_known);
            self.known.insert(sql.into(), Known { columns: Arc::new([]), long });
        }
    }
}

/// Prepares a user's statement, and refuses what would change the connection behind bindery's back.
fn prepare<'a>(
    sqlite: &'a rusqlite::Connection,
    control: &Control,
    traces: &mut bool,
    call: Call<'_>,
) -> Result<(CachedStatement<'a>, u8)> {
    control.watch();
    let prepared = sqlite.prepare_cached(call.sql);
    let seen = control.unwatch();
    if seen & SEEN_VERB != 0 {
        return Err(Error::new(
            ErrorKind::InvalidStatement,
            "BEGIN, COMMIT, ROLLBACK and savepoints are not sent as statements: use the session's `begin`, `commit` and `rollback`",
        ));
    }
    *traces |= seen & SEEN_TRACE != 0;
    let statement = prepared.map_err(from_sqlite)?;
    if call.effect == Effect::Read && !statement.readonly() && statement.is_explain() == 0 {
        return Err(Error::new(
            ErrorKind::InvalidStatement,
            "the statement writes, and was sent as one that only reads: say so by `writes()`",
        ));
    }
    Ok((statement, seen))
}

/// Keeps a statement for its next run; not one that sets something, which it does while it is prepared.
fn keep(statement: CachedStatement<'_>, seen: u8) {
    if seen & (SEEN_TRACE | SEEN_BUSY_TIMEOUT) != 0 {
        statement.discard();
    }
}

/// The statement's columns: those of last time, as long as they are still the same.
fn remember(known: &mut HashMap<Box<str>, Known>, max: usize, sql: &str, statement: &rusqlite::Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
    let width = statement.column_count();
    if let Some(known) = known.get_mut(sql) {
        let same = known.columns.len() == width
            && known.columns.iter().enumerate().all(|(index, column)| statement.column_name(index).is_ok_and(|name| name == column.name));
        if !same {
            known.columns = columns(statement, width)?;
        }
        return Ok(known.columns.clone());
    }
    let columns = columns(statement, width)?;
    make_room(known, max);
    known.insert(sql.into(), Known { columns: columns.clone(), long: false });
    Ok(columns)
}

fn columns(statement: &rusqlite::Statement<'_>, width: usize) -> Result<Arc<[ColumnInfo]>> {
    (0..width).map(|index| Ok(ColumnInfo::new(statement.column_name(index).map_err(from_sqlite)?))).collect()
}

fn make_room(known: &mut HashMap<Box<str>, Known>, max: usize) {
    if known.len() >= max {
        known.clear();
    }
}

#[cfg(test)]
mod tests {
    use bindery_core::engine::Param;
    use bindery_core::value::ValueRef;

    use super::*;

    const COUNT: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT count(*) FROM n";
    const ONE_BATCH: Limits = Limits { rows: 100, bytes: 1_000 };

    fn handle() -> Handle {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        let control = Arc::new(Control::new(sqlite.get_interrupt_handle()));
        let mut handle = Handle::new(sqlite, control.clone(), 16);
        handle.sqlite.progress_handler(1_000, Some(move || control.progress())).unwrap();
        handle
    }

    fn call<'a>(sql: &'a str, params: &'a [Param<'a>]) -> Call<'a> {
        Call { sql, arguments: Arguments::Borrowed(params), effect: Effect::Read }
    }

    #[test]
    fn a_statement_is_long_until_it_is_short_again() {
        let mut handle = handle();
        let budget = Duration::from_millis(5);
        let (short, long) = ([Param::new(ValueRef::I64(10), None)], [Param::new(ValueRef::I64(100_000_000), None)]);
        assert!(handle.query_within(call(COUNT, &short), Some(budget), ONE_BATCH).unwrap().is_some());
        assert!(!handle.is_long(COUNT));

        let started = Instant::now();
        assert!(handle.query_within(call(COUNT, &long), Some(budget), ONE_BATCH).unwrap().is_none());
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(handle.is_long(COUNT));

        handle.query_long(call(COUNT, &short), Duration::from_secs(60), ONE_BATCH, |_, _| Next::More).unwrap();
        assert!(!handle.is_long(COUNT));
    }

    #[test]
    fn what_is_too_much_for_one_batch_is_long() {
        let mut handle = handle();
        for sql in
            ["SELECT zeroblob(2000)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n"]
        {
            assert!(handle.query_within(call(sql, &[]), None, ONE_BATCH).unwrap().is_none());
            assert!(handle.is_long(sql));
        }
    }

    #[test]
    fn few_statements_are_remembered() {
        let mut handle = handle();
        for number in 0..1_000 {
            handle.query_within(call(&format!("SELECT {number}"), &[]), None, ONE_BATCH).unwrap();
            assert!(handle.known.len() <= MIN_KNOWN);
        }
    }
}
