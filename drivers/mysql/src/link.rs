use std::sync::Arc;
use std::time::Duration;

use bindery_core::engine::{Capabilities, ColumnInfo, EachRow, Effect, Executed, GeneratedKeys, Place, Statement};
use bindery_core::{Error, ErrorKind, Result};
use futures_util::FutureExt;
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use mysql_async::{BinaryProtocol, Conn, Params, QueryResult};

use crate::doomed::Doomed;
use crate::encode;
use crate::error::{Ending, NOT_PREPARABLE, Sent, ending, from_mysql, internal, is_full, is_stale, lost};
use crate::route::Route;
use crate::row_cells::{Decoder, RowCells};
use crate::server::Server;
use crate::statement_cache::{Prepared, Shape};
use crate::statement_kind::{StatementKind, may_replace};

/// The most rows that are given at once, and after how many bytes there are enough.
const ROWS: usize = 256;
const BYTES: usize = 1 << 20;
/// Between two looks at whether the server has let go of a connection.
const PAUSE: Duration = Duration::from_millis(1);
/// Between two tries to connect to a server that has no room.
const FULL_PAUSE: Duration = Duration::from_millis(20);
/// How long interrupting a statement may take.
const KILLING: Duration = Duration::from_secs(5);

/// A connection, with its place in the pool. Dropped before it was [given back](Link::give_back), it is closed.
pub(crate) struct Link {
    conn: Option<Conn>,
    server: Arc<Server>,
    route: Arc<Route>,
    /// Why it can't be used any more.
    ended: Option<Ending>,
    /// Something was left on it that whoever has it next would find.
    traces: bool,
    // Below the connection, so dropped after it: a place is free once its connection is.
    place: Place,
}

/// A result that is not read to its end. Its rows stand in the connection.
pub(crate) struct OpenResult {
    decoders: Arc<[Decoder]>,
    effect: Effect,
    /// To be closed with the result, where none are kept.
    statement: Option<mysql_async::Statement>,
    /// Other results may come behind it. The client library's way to them can't be cut off.
    is_first_of_many: bool,
}

impl OpenResult {
    pub(crate) fn effect(&self) -> Effect {
        self.effect
    }

    pub(crate) fn is_first_of_many(&self) -> bool {
        self.is_first_of_many
    }
}

impl Link {
    pub(crate) fn new(conn: Conn, server: Arc<Server>, route: Arc<Route>, place: Place) -> Self {
        Link { conn: Some(conn), server, route, ended: None, traces: false, place }
    }

    pub(crate) fn capabilities(&self) -> &Arc<Capabilities> {
        &self.server.capabilities
    }

    pub(crate) fn database(&self) -> &str {
        &self.route.database
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether it can't be used any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.ended.is_some() || self.conn.as_ref().is_none_or(Conn::is_disconnected)
    }

    /// Whether the server has nothing to stop for it.
    pub(crate) fn is_lost(&self) -> bool {
        self.ended == Some(Ending::Lost)
    }

    pub(crate) fn has_traces(&self) -> bool {
        self.traces
    }

    /// Something was left on it.
    pub(crate) fn set_traces(&mut self) {
        self.traces = true;
    }

    /// The client library's own connection, for anyone to do anything with.
    pub(crate) fn lend(&mut self) -> Option<&mut Conn> {
        self.traces = true;
        self.conn.as_mut()
    }

    fn conn(&mut self) -> Result<&mut Conn> {
        if self.is_gone() {
            return Err(lost(&self.route.server, Sent::No));
        }
        self.conn.as_mut().ok_or_else(|| internal("a connection was used after it was given back"))
    }

    pub(crate) fn failed(&mut self, error: mysql_async::Error, sent: Sent) -> Error {
        self.ended = self.ended.or(ending(&error));
        from_mysql(error, &self.route.server, sent)
    }

    /// Words of bindery's own, sent as they are: one statement, or several of which each runs only once the one before it has succeeded.
    pub(crate) async fn verb(&mut self, sql: &str) -> Result<()> {
        let answer = self.conn()?.query_drop(sql).await;
        answer.map_err(|error| self.failed(error, Sent::Yes))
    }

    /// A query of bindery's own.
    pub(crate) async fn rows<T: mysql_async::prelude::FromRow + Send + 'static>(&mut self, sql: &str) -> Result<Vec<T>> {
        let answer = self.conn()?.query(sql).await;
        answer.map_err(|error| self.failed(error, Sent::Yes))
    }

    /// How many rows the last statement has changed or matched.
    pub(crate) fn affected_rows(&mut self) -> Result<u64> {
        Ok(self.conn()?.affected_rows())
    }

    /// Waits for the server to answer anything at all.
    pub(crate) async fn ping(&mut self) -> Result<()> {
        let answer = self.conn()?.ping().await;
        answer.map_err(|error| self.failed(error, Sent::Yes))
    }

    /// Whether the server's last answer, which was no error, says that a transaction is open.
    pub(crate) fn is_in_transaction(&self) -> bool {
        let answer = self.conn.as_ref().and_then(Conn::last_ok_packet);
        answer.is_some_and(|answer| answer.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS))
    }

    /// Whether a procedure may have left a transaction open, which a later answer need not tell, or autocommit off.
    fn may_have_been_left(&self) -> bool {
        let answer = self.conn.as_ref().and_then(Conn::last_ok_packet);
        let commits = answer.is_none_or(|answer| answer.status_flags().contains(StatusFlags::SERVER_STATUS_AUTOCOMMIT));
        self.is_in_transaction() || !commits
    }

    /// Runs a statement to its end.
    pub(crate) async fn execute(&mut self, statement: &Statement<'_>, kind: StatementKind) -> Result<Executed> {
        if statement.params.is_empty() && kind.may_have_labels(statement.sql) {
            self.traces |= kind.leaves_traces(statement.sql);
            let rows = self.define(statement.sql).await?;
            return Ok(if kind.is_procedure() { Executed::default() } else { Executed::rows(rows) });
        }
        let replaces = match self.start(statement, kind).await {
            Ok((open, prepared)) => {
                self.finish(open).await?;
                prepared.may_replace
            }
            Err(Failure::NotPreparable) if statement.params.is_empty() => {
                let ran = self.verb(statement.sql).await;
                self.traces |= kind.is_procedure() && (ran.is_err() || self.may_have_been_left());
                ran?;
                may_replace(statement.sql)
            }
            Err(failure) => return Err(failure.error(self)),
        };
        if replaces || kind.is_procedure() {
            // A row that was replaced counts twice, and its key is told like a generated one. Of a procedure the last statement's are told.
            return Ok(Executed::default());
        }
        let mut executed = Executed::rows(self.affected_rows()?);
        let first = self.conn()?.last_insert_id().and_then(|key| i64::try_from(key).ok()).filter(|key| *key > 0);
        let step = self.server.key_step.or((executed.rows_affected == Some(1)).then_some(1));
        executed.generated_keys = first.zip(step).map(|(first, step)| GeneratedKeys { first, step });
        Ok(executed)
    }

    /// Sends a statement, and opens its result.
    pub(crate) async fn send(&mut self, statement: &Statement<'_>, kind: StatementKind) -> Result<(Arc<[ColumnInfo]>, OpenResult)> {
        let started = self.start(statement, kind).await;
        let (mut open, prepared) = started.map_err(|failure| failure.error(self))?;
        let columns = QueryResult::<BinaryProtocol>::new(self.conn()?).columns().unwrap_or_default();
        let known = prepared.known_shape(&columns).cloned();
        let shape = known.unwrap_or_else(|| {
            let shape = Shape::of(columns);
            self.server.statements().set_shape(statement.sql, shape.clone());
            shape
        });
        open.decoders = shape.decoders;
        Ok((shape.infos, open))
    }

    /// Sends a statement; its columns are not looked at.
    async fn start(&mut self, statement: &Statement<'_>, kind: StatementKind) -> Result<(OpenResult, Prepared), Failure> {
        // Before anything is sent.
        let arguments = encode::arguments(statement.params)?;
        // Also of what can't be prepared, and is sent as text.
        self.traces |= kind.leaves_traces(statement.sql);
        let known = self.server.statements().get(statement.sql);
        let prepared = match known {
            Some(prepared) => prepared,
            None => Box::pin(self.prepare(statement.sql)).await?,
        };
        let is_first_of_many = kind.is_procedure();
        let sent = match check(statement.sql, prepared.statement.num_params(), arguments.len()) {
            Ok(()) => {
                let arguments = if arguments.is_empty() { Params::Empty } else { Params::Positional(arguments) };
                let sent = self.conn()?.exec_iter(&prepared.statement, arguments).await.map(drop);
                sent.map_err(|error| {
                    if is_stale(&error) {
                        // The next one prepares it anew.
                        self.server.statements().forget(statement.sql);
                        self.traces = true;
                    }
                    self.failed(error, Sent::Yes)
                })
            }
            Err(error) => Err(error),
        };
        let to_forget = self.server.statements().is_off().then(|| prepared.statement.clone());
        let open = OpenResult { decoders: Arc::default(), effect: statement.effect, statement: to_forget, is_first_of_many };
        match sent {
            Ok(()) => Ok((open, prepared)),
            Err(error) => Err(self.failed_result(open, error).await.into()),
        }
    }

    async fn prepare(&mut self, sql: &str) -> Result<Prepared, Failure> {
        let prepared = self.conn()?.prep(sql).await.map_err(|error| match &error {
            mysql_async::Error::Server(said) if said.code == NOT_PREPARABLE => Failure::NotPreparable,
            _ => Failure::Told(self.failed(error, Sent::No)),
        })?;
        let prepared = Prepared::new(prepared, sql);
        let oldest = self.server.statements().insert(sql, prepared.clone());
        if let Some(oldest) = oldest {
            let closed = self.conn()?.close(oldest).await;
            closed.map_err(|error| self.failed(error, Sent::No))?;
        }
        Ok(prepared)
    }

    /// Gives the rows that are there; waits for the first. Whether there may be more.
    pub(crate) async fn give(&mut self, open: &OpenResult, each: &mut EachRow<'_>) -> Result<bool> {
        let mut bytes = 0;
        for number in 0..ROWS {
            let mut result = QueryResult::<BinaryProtocol>::new(self.conn()?);
            let next = if number == 0 || open.is_first_of_many {
                result.next().await
            } else {
                match result.next().now_or_never() {
                    Some(next) => next,
                    None => return Ok(true),
                }
            };
            match next {
                Ok(Some(row)) => {
                    let cells = RowCells { row: &row, decoders: &open.decoders };
                    bytes += cells.size();
                    if each(&cells).is_break() || bytes >= BYTES {
                        return Ok(true);
                    }
                }
                Ok(None) => return Ok(false),
                Err(error) => return Err(self.failed(error, Sent::Yes)),
            }
        }
        Ok(true)
    }

    /// Reads a result to its end.
    pub(crate) async fn finish(&mut self, open: OpenResult) -> Result<()> {
        let result = QueryResult::<BinaryProtocol>::new(self.conn()?).drop_result().await;
        match result.map_err(|error| self.failed(error, Sent::Yes)) {
            Ok(()) => {
                self.traces |= open.is_first_of_many && self.may_have_been_left();
                self.forget(open).await
            }
            Err(error) => Err(self.failed_result(open, error).await),
        }
    }

    /// Has the server forget the statement of a result that has been read, where none are kept.
    pub(crate) async fn forget(&mut self, open: OpenResult) -> Result<()> {
        let Some(statement) = open.statement else { return Ok(()) };
        let closed = self.conn()?.close(statement).await;
        closed.map_err(|error| self.failed(error, Sent::Yes))
    }

    /// The error that ended a result, whose statement is not kept either.
    pub(crate) async fn failed_result(&mut self, open: OpenResult, error: Error) -> Error {
        if self.is_gone() {
            return error;
        }
        // A procedure may have begun a transaction before it failed, which the server tells only of one that succeeds.
        self.traces |= open.is_first_of_many;
        // Where it fails, the connection is broken, and known as that.
        let _ = self.forget(open).await;
        error
    }

    /// Has the server stop the statement that it runs for this connection, whose result is then read to its end.
    pub(crate) async fn interrupt(&mut self, open: OpenResult) -> Result<()> {
        let id = self.conn()?.id();
        let mut kill = Kill::Unsent;
        let killing = async {
            let mut aside = self.route.aside().await?;
            if self.is_of_this_run(&mut aside).await? {
                kill = Kill::Sent;
                aside.query_drop(format!("KILL QUERY {id}")).await?;
                kill = Kill::Done;
            }
            aside.disconnect().await
        };
        // Where no such connection can be made, the rest is read all the same.
        let _ = tokio::time::timeout(KILLING, killing).await;
        match self.finish(open).await {
            Err(error) if kill != Kill::Unsent && error.kind() == ErrorKind::Interrupted => {}
            ended => ended?,
        }
        match kill {
            Kill::Unsent => Ok(()),
            // It may come at any time, and would hit any statement.
            Kill::Sent => {
                self.ended = Some(Ending::Unusable);
                Ok(())
            }
            // One that came after the statement had ended hits the next: this one.
            Kill::Done => match self.verb("DO 0").await {
                Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
                answered => answered,
            },
        }
    }

    /// Lets whoever waits have it: it is clean.
    pub(crate) fn give_back(mut self) {
        if !self.is_gone() {
            drop(self.conn.take());
        }
    }

    /// Closes it in peace, and waits until the server has let go of it: it has rolled back what was open, or kept what is prepared.
    pub(crate) async fn close(mut self) {
        if let Some(conn) = self.conn.take() {
            let id = conn.id();
            self.doomed(conn).disconnect().await;
            if !self.is_lost()
                && let Err(error) = self.end(id, false).await
            {
                tracing::debug!(error = %from_mysql(error, &self.route.server, Sent::Yes), "a MySQL connection was closed, and the server may hold it");
            }
        }
    }

    /// Ends it whatever it does, and waits until the server has let go of it.
    pub(crate) async fn kill(mut self) {
        if let Some(conn) = self.conn.take() {
            let id = conn.id();
            // The server sees it where it waits for the client.
            drop(self.doomed(conn));
            if !self.is_lost()
                && let Err(error) = self.end(id, true).await
            {
                tracing::debug!(error = %from_mysql(error, &self.route.server, Sent::Yes), "a MySQL connection that was cut off could not be ended");
            }
        }
    }

    /// A connection that is about to be closed.
    fn doomed(&self, conn: Conn) -> Doomed {
        self.route.forget(conn.id(), &self.server);
        Doomed::new(conn)
    }

    /// Returns once the server has no connection of this number, which is closed at this end. What it runs, also what it has still to read, is
    /// interrupted where that is wanted: a KILL of the whole connection leaves MySQL 5.7 at times with one that waits for hours, for nobody.
    async fn end(&self, id: u32, interrupt: bool) -> Result<(), mysql_async::Error> {
        let mut aside = loop {
            match self.route.aside().await {
                // It may have room again soon. Whoever cleans has a limit.
                Err(error) if interrupt && is_full(&error) => tokio::time::sleep(FULL_PAUSE).await,
                made => break made?,
            }
        };
        let (kill, sought) = (format!("KILL QUERY {id}"), format!("SELECT count(*) FROM information_schema.processlist WHERE id = {id}"));
        let mut is_there = self.is_of_this_run(&mut aside).await?;
        while is_there {
            if interrupt {
                // It may have ended by itself.
                match aside.query_drop(kill.as_str()).await {
                    Err(error) if error.is_fatal() => return Err(error),
                    _ => {}
                }
            }
            is_there = aside.query_first::<u64, _>(sought.as_str()).await?.is_some_and(|there| there > 0);
            if is_there {
                tokio::time::sleep(PAUSE).await;
            }
        }
        aside.disconnect().await
    }

    /// Whether the server has run since before this connection was made. One that was started again counts its connections from the
    /// beginning, so that this one's number may be somebody else's. It tells whole seconds.
    async fn is_of_this_run(&self, aside: &mut Conn) -> Result<bool, mysql_async::Error> {
        let uptime: Option<(String, String)> = aside.query_first("SHOW GLOBAL STATUS LIKE 'Uptime'").await?;
        let uptime = uptime.and_then(|(_, seconds)| seconds.parse::<u64>().ok());
        Ok(uptime.is_none_or(|uptime| uptime.saturating_add(1) >= self.server.since.elapsed().as_secs()))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            drop(self.doomed(conn));
        }
    }
}

/// Why a statement could not be sent.
enum Failure {
    /// Only as text.
    NotPreparable,
    Told(Error),
}

impl Failure {
    fn error(self, link: &Link) -> Error {
        match self {
            Failure::Told(error) => error,
            Failure::NotPreparable => {
                let server = &link.server.capabilities.server;
                let message = format!("{server} can't prepare this statement: run it by `execute` without parameters, or by native access");
                Error::new(ErrorKind::Unsupported, message)
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Told(error)
    }
}

/// How far the interrupt of a statement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    Unsent,
    /// Without an answer.
    Sent,
    Done,
}

fn check(sql: &str, wanted: u16, given: usize) -> Result<()> {
    if usize::from(wanted) != given {
        let message = format!("the statement has {wanted} placeholders and was given {given} parameters; placeholders are `?` here");
        return Err(Error::new(ErrorKind::InvalidStatement, message));
    }
    if wanted > 0 && !sql.contains('?') {
        // The client library takes it for a placeholder, wherever it isn't in quotes.
        return Err(Error::new(ErrorKind::InvalidStatement, "the statement has a `:name`: placeholders are `?` here"));
    }
    Ok(())
}
