use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::engine::{Capabilities, ColumnInfo, Param, Statement};
use bindery_core::{Error, ErrorKind, Result};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::cancel::Canceller;
use crate::capabilities;
use crate::client::Client;
use crate::config::PostgresConfig;
use crate::connect::connect;
use crate::drive_task::DriveTask;
use crate::encode::{arguments, parameter_type};
use crate::error::{Call, breaks_connection, from_postgres, is_stale_statement, names_unknown_statement};
use crate::leading_word::{self, Traces};
use crate::look_ups::{LookUps, has_own_types};
use crate::open_result::OpenResult;
use crate::peer::{Peer, Sent};
use crate::placeholders;
use crate::row_cells::{Decoders, columns};
use crate::statement_cache::StatementCache;

/// Statements whose columns are remembered where none is prepared. Each costs the client a little room, and the server none.
const DESCRIBED: usize = 1024;

/// How long a cancelled statement may take to end before it is cancelled again: at first, and at most.
const FIRST_PATIENCE: Duration = Duration::from_millis(20);
const MOST_PATIENCE: Duration = Duration::from_millis(160);

/// One physical connection, with what belongs to it.
pub(crate) struct Link {
    client: Client,
    peer: Peer,
    canceller: Canceller,
    driver: DriveTask,
    capabilities: Arc<Capabilities>,
    prepared: StatementCache<Prepared>,
    described: StatementCache<Arc<[ColumnInfo]>>,
    look_ups: LookUps,
    opened: Instant,
    free_since: Instant,
    /// No one knows what the server and the client think of each other.
    broken: bool,
    /// A cancel was sent, or may have been, and no one knows whether the server has acted on it: it may hit whatever comes next.
    cancel_is_out: bool,
    /// Something was left on it that whoever has it next would find.
    traces: Traces,
}

/// A statement that the server has prepared, until the last clone is dropped.
#[derive(Clone)]
struct Prepared {
    statement: tokio_postgres::Statement,
    columns: Arc<[ColumnInfo]>,
    decoders: Decoders,
    traces: Traces,
}

/// What the parameters are declared as.
fn types<'a>(params: &'a [Param<'_>]) -> impl Iterator<Item = Type> + Clone + 'a {
    params.iter().map(parameter_type)
}

impl Link {
    pub(crate) async fn open(config: &PostgresConfig) -> Result<Self> {
        let mut connected = connect(config).await?;
        let limit = config.pool().connect_timeout;
        let capabilities = tokio::time::timeout(limit, capabilities::read(&connected.client))
            .await
            .map_err(|_| Error::new(ErrorKind::ConnectionLost, format!("the server did not answer within {limit:?} (`connect_timeout`)")))?
            .map_err(|error| from_postgres(error, &Call { peer: &connected.peer, sent: Sent::No, statement: None }))?;
        connected.driver.set_owed(false);
        tracing::debug!(server = capabilities.server, "a PostgreSQL connection was opened");
        let now = Instant::now();
        Ok(Link {
            client: Client::new(connected.client, connected.notifications),
            peer: connected.peer,
            canceller: connected.canceller,
            driver: connected.driver,
            capabilities: Arc::new(capabilities),
            prepared: StatementCache::new(config.pool().statement_cache_size),
            described: StatementCache::new(DESCRIBED),
            opened: now,
            free_since: now,
            broken: false,
            cancel_is_out: false,
            look_ups: LookUps::default(),
            traces: Traces::None,
        })
    }

    pub(crate) fn capabilities(&self) -> &Arc<Capabilities> {
        &self.capabilities
    }

    /// When it was opened.
    pub(crate) fn opened(&self) -> Instant {
        self.opened
    }

    /// Since when nobody uses it.
    pub(crate) fn free_since(&self) -> Instant {
        self.free_since
    }

    pub(crate) fn set_free(&mut self) {
        self.free_since = Instant::now();
    }

    /// Whether it can't be used any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_lost() || self.cancel_is_out
    }

    /// Whether there is nothing at its other end that could be stopped or cleaned.
    pub(crate) fn is_lost(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    /// The error of a connection that is [gone](Link::is_gone): nothing was sent.
    pub(crate) fn lost(&self) -> Error {
        self.peer.lost(Sent::No, None)
    }

    /// Whether it broke in a call of this driver's, or the server said that it closes it.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether something was left on it that whoever has it next would find.
    pub(crate) fn has_traces(&self) -> bool {
        self.traces == Traces::Left
    }

    /// Something may be left on it that no first word of a statement tells: a lock, a setting.
    pub(crate) fn set_traces(&mut self) {
        self.traces = Traces::Left;
    }

    /// The client library's own connection, for anyone to do anything with.
    pub(crate) fn lend(&mut self) -> &mut Client {
        self.set_traces();
        &mut self.client
    }

    /// One of bindery's own words, sent as it is.
    pub(crate) async fn verb(&mut self, sql: &str) -> Result<()> {
        if self.is_gone() {
            return Err(self.lost());
        }
        let answer = self.client.batch_execute(sql).await;
        answer.map_err(|error| self.failed(error))
    }

    /// A query of bindery's own that is prepared under no name.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<Row>> {
        let answer = self.client.query_typed(sql, &[]).await;
        answer.map_err(|error| self.failed(error))
    }

    /// Waits for the server to answer anything at all.
    pub(crate) async fn ping(&mut self) -> Result<()> {
        // Whoever gives it up drops the connection.
        self.driver.set_owed(true);
        let answer = self.client.check_connection().await;
        self.driver.set_owed(false);
        answer.map_err(|error| self.failed(error))
    }

    /// Asks the server to stop what it runs for this connection; see [`Canceller::cancel`]. Where that fails or is cut off, nothing is
    /// sent on this connection any more.
    pub(crate) async fn cancel(&mut self) -> std::io::Result<()> {
        let before = std::mem::replace(&mut self.cancel_is_out, true);
        self.canceller.cancel().await?;
        self.cancel_is_out = before;
        Ok(())
    }

    /// Has the server stop whatever it was sent, and returns once all of that is answered. The client library throws the answers away.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let answer = {
            let mut answer = pin!(self.client.check_connection());
            let mut patience = FIRST_PATIENCE;
            loop {
                if let Err(error) = self.canceller.cancel().await {
                    self.cancel_is_out = true;
                    tracing::debug!(%error, "a statement that was cut off could not be cancelled");
                }
                // A cancel that overtakes its statement on the way, or in a pooler's queue, stops nothing: ask again.
                match tokio::time::timeout(patience, &mut answer).await {
                    Ok(answer) => break answer,
                    Err(_) => patience = MOST_PATIENCE.min(patience * 2),
                }
            }
        };
        answer.map_err(|error| self.failed(error))
    }

    /// Closes it without waiting for whatever it is still to be answered.
    pub(crate) fn abort(self) {
        self.driver.abort();
    }

    pub(crate) fn failed(&mut self, error: tokio_postgres::Error) -> Error {
        self.failed_at(error, Sent::Yes, None)
    }

    fn failed_at(&mut self, error: tokio_postgres::Error, sent: Sent, statement: Option<&Statement<'_>>) -> Error {
        self.broken |= breaks_connection(&error);
        from_postgres(error, &Call { peer: &self.peer, sent, statement })
    }

    /// Whether a statement may be sent at all.
    fn check(&self, statement: &Statement<'_>) -> Result<()> {
        if self.is_gone() {
            return Err(self.lost());
        }
        // Each time: a statement that is prepared already may have been sent as a write then.
        leading_word::check_effect(statement.sql, statement.effect)
    }

    /// Sends a statement, and opens its result.
    pub(crate) async fn send(&mut self, statement: &Statement<'_>, in_transaction: bool) -> Result<(Arc<[ColumnInfo]>, OpenResult)> {
        self.check(statement)?;
        // What a statement rarely needs is in a box, so that the future of each one is small.
        if self.prepared.is_off() {
            Box::pin(self.send_unnamed(statement, in_transaction)).await
        } else {
            self.send_prepared(statement, in_transaction).await
        }
    }

    /// Runs a statement to its end, and tells how many rows were matched.
    pub(crate) async fn execute(&mut self, statement: &Statement<'_>, in_transaction: bool) -> Result<u64> {
        self.check(statement)?;
        if self.prepared.is_off() {
            return Box::pin(self.execute_unnamed(statement)).await;
        }
        let (_, mut result) = self.send_prepared(statement, in_transaction).await?;
        result.finish().await.map_err(|error| self.failed(error))
    }

    /// As a prepared statement: one round trip where the connection knows it, else two.
    async fn send_prepared(&mut self, statement: &Statement<'_>, in_transaction: bool) -> Result<(Arc<[ColumnInfo]>, OpenResult)> {
        let mut may_try_again = !in_transaction;
        loop {
            // Before anything is sent.
            let arguments = arguments(statement.params)?;
            let prepared = match self.prepared.get(statement.sql, types(statement.params)) {
                Some(prepared) => prepared,
                None => Box::pin(self.prepare(statement)).await?,
            };
            let wanted = prepared.statement.params().len();
            if wanted != arguments.len() {
                return Err(placeholders::wrong_number(statement.sql, wanted, arguments.len()));
            }
            if prepared.traces == Traces::Left {
                self.traces = Traces::Left;
            }
            // Its future is nearly all of this one: in a box of its own it is of a size that the allocator has at hand.
            let answer = Box::pin(self.client.query_raw(&prepared.statement, &arguments)).await;
            match answer {
                Ok(rows) => return Ok((prepared.columns, OpenResult::new(rows, statement.effect, Some(prepared.decoders)))),
                Err(error) if is_stale_statement(&error) => {
                    self.prepared.forget(statement.sql, types(statement.params));
                    // The server refused it before it ran. In a transaction that has failed the transaction.
                    if !std::mem::take(&mut may_try_again) {
                        return Err(self.failed(error));
                    }
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    async fn prepare(&mut self, statement: &Statement<'_>) -> Result<Prepared> {
        let traces = leading_word::check(statement.sql)?;
        placeholders::check(statement.sql, statement.params.len())?;
        let types: Vec<_> = types(statement.params).collect();
        // Cut off here, the server is left with a statement that nobody knows.
        let before = std::mem::replace(&mut self.traces, Traces::Left);
        let prepared = self.client.prepare_typed(statement.sql, &types).await;
        self.traces = before;
        let prepared = prepared.map_err(|error| self.failed_at(error, Sent::No, Some(statement)))?;
        let (columns, decoders) = (columns(prepared.columns()), Decoders::of(prepared.columns()));
        let prepared = Prepared { statement: prepared, columns, decoders, traces };
        self.prepared.insert(statement.sql, types, prepared.clone());
        Ok(prepared)
    }

    /// Without a name that a later statement would have to find: one round trip where the connection knows it, else four.
    async fn send_unnamed(&mut self, statement: &Statement<'_>, in_transaction: bool) -> Result<(Arc<[ColumnInfo]>, OpenResult)> {
        let arguments = arguments(statement.params)?;
        placeholders::check(statement.sql, statement.params.len())?;
        let traces = leading_word::check(statement.sql)?;
        // Before it is sent: the client library looks its types up, which it can't do any more once the rows stand in the way.
        let described = match self.described.get(statement.sql, types(statement.params)) {
            Some(columns) => columns,
            None => self.describe(statement, in_transaction).await?,
        };
        if traces == Traces::Left {
            self.traces = Traces::Left;
        }
        let answer = self.client.query_typed_raw(statement.sql, arguments.into_iter().zip(types(statement.params))).await;
        let mut result = OpenResult::new(answer.map_err(|error| self.failed_unnamed(error, statement))?, statement.effect, None);
        // A table may have been altered since. The client library tells the columns of a row, not of a result.
        match result.peek().await.map_err(|error| self.failed(error))? {
            Some(row) => Ok((columns(row.columns()), result)),
            None => Ok((described, result)),
        }
    }

    /// Without a name, and without a look at the types of what it returns, which nobody wants.
    async fn execute_unnamed(&mut self, statement: &Statement<'_>) -> Result<u64> {
        let arguments = arguments(statement.params)?;
        placeholders::check(statement.sql, statement.params.len())?;
        if leading_word::check(statement.sql)? == Traces::Left {
            self.traces = Traces::Left;
        }
        let typed: Vec<_> = arguments.iter().map(|argument| argument as &(dyn ToSql + Sync)).zip(types(statement.params)).collect();
        let answer = self.client.execute_typed(statement.sql, &typed).await;
        answer.map_err(|error| self.failed_at(error, Sent::Yes, Some(statement)))
    }

    /// The columns of a statement. It is prepared for that and closed again within one transaction.
    async fn describe(&mut self, statement: &Statement<'_>, in_transaction: bool) -> Result<Arc<[ColumnInfo]>> {
        // Cut off here, the server is left with statements that nobody knows, and with that transaction.
        let before = std::mem::replace(&mut self.traces, Traces::Left);
        let (begin, end) = if in_transaction { ("", "") } else { ("BEGIN READ ONLY; ", "ROLLBACK; ") };
        let begun = self.verb(&format!("{begin}{}", self.look_ups.prepare())).await;
        if begun.is_err() && in_transaction {
            self.traces = before;
        }
        begun?;
        let types: Vec<_> = types(statement.params).collect();
        let prepared = self.client.prepare_typed(statement.sql, &types).await;
        // What becomes of a look-up that failed midway, only the client library knows.
        self.broken |= prepared.as_ref().is_err_and(names_unknown_statement);
        let looked_up = prepared.as_ref().is_ok_and(has_own_types);
        let described = prepared.map(|statement| columns(statement.columns())).map_err(|error| self.failed(error));
        // A transaction that has failed takes nothing more.
        if described.is_ok() || !in_transaction {
            let answer = self.client.simple_query(&format!("{end}{}", LookUps::clean(looked_up))).await;
            let answer = answer.map_err(|error| self.failed(error))?;
            self.look_ups.learn(&answer);
        }
        self.traces = before;
        let columns = described?;
        self.described.insert(statement.sql, types, columns.clone());
        Ok(columns)
    }

    /// The error of a statement without a name, which itself names none: the client library looked for a type that it doesn't know.
    fn failed_unnamed(&mut self, error: tokio_postgres::Error, statement: &Statement<'_>) -> Error {
        if !names_unknown_statement(&error) {
            return self.failed_at(error, Sent::Yes, Some(statement));
        }
        self.broken = true;
        let message = "a table was altered: the result has a type that it didn't have when this connection, which is closed now, first ran \
                       the statement; the statement itself may have taken effect";
        Error::new(ErrorKind::Server, message).with_source(crate::ServerError::new(error))
    }
}
