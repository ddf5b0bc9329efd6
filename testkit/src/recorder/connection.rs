use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use bindery_core::engine::{
    Capabilities, ColumnInfo, Connection, EachRow, Effect, Executed, Family, Fate, GlobalId, IsolationLevel, Place, Statement,
    TransactionOptions, TwoPhase,
};
use bindery_core::value::Value;
use bindery_core::{Error, ErrorKind, Result};

use super::engine::{Served, scripted};
use super::rule::{Answer, Rows};
use super::sent::{Call, Sent};

/// As many rows as a real engine gives at once.
const MOST_ROWS: usize = 256;

/// A connection to nothing: it notes what it is asked for, and answers from the script.
pub(super) struct RecorderConnection {
    served: Arc<Served>,
    number: u64,
    state: State,
    /// The savepoints of the transaction, outermost first.
    savepoints: Vec<String>,
    result: Option<OpenResult>,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    InTransaction,
    /// It has failed: only a rollback, to a savepoint at least, is left.
    Failed,
    /// The server has rolled it back on its own.
    Ended,
    /// The connection broke.
    Lost,
}

struct OpenResult {
    rows: Rows,
    next: usize,
}

impl RecorderConnection {
    pub(super) fn new(served: Arc<Served>, number: u64, place: Place) -> Self {
        RecorderConnection { served, number, state: State::Idle, savepoints: Vec::new(), result: None, place }
    }

    fn set(&mut self, state: State) {
        self.state = state;
        self.place.set_in_transaction(matches!(state, State::InTransaction | State::Failed));
        if state == State::Idle {
            self.savepoints.clear();
        }
    }

    fn note(&self, call: Call, sql: &str, params: Vec<Value>, effect: Option<Effect>) {
        let (bind, connection) = (self.served.bind, self.number);
        self.served.recorder.note(Sent { bind, connection, call, sql: sql.to_owned(), params, effect });
    }

    /// What a real connection finds before it sends anything.
    fn check(&self) -> Result<()> {
        match self.state {
            State::Idle | State::InTransaction => Ok(()),
            State::Failed => Err(aborted("an earlier statement of this transaction failed, so only a rollback is left")),
            State::Ended => Err(aborted("the server has rolled this transaction back")),
            State::Lost => Err(Error::new(ErrorKind::ConnectionLost, "this connection was lost at an earlier call")),
        }
    }

    /// An error of the server's, and what it does to the transaction.
    fn fail(&mut self, kind: ErrorKind) -> Error {
        if kind == ErrorKind::ConnectionLost {
            self.set(State::Lost);
        } else if self.state == State::InTransaction {
            match self.served.dialect.family() {
                Family::Sqlite => {}
                Family::MySql if matches!(kind, ErrorKind::Deadlock | ErrorKind::SerializationFailure) => self.set(State::Ended),
                Family::MySql => {}
                _ => self.set(State::Failed),
            }
        }
        scripted(kind)
    }

    /// Sends one of bindery's own words, which succeeds unless the script says otherwise.
    async fn word(&mut self, call: Call, sql: &str) -> Result<()> {
        self.note(call, sql, Vec::new(), None);
        match self.served.answer(call, sql).await {
            Some(Answer::Fails(kind)) => Err(self.fail(kind)),
            Some(Answer::Wrong(kind, message)) => Err(Error::new(kind, message)),
            _ => Ok(()),
        }
    }

    async fn statement(&mut self, call: Call, statement: &Statement<'_>) -> Result<Answer> {
        self.check()?;
        let params = statement.params.iter().map(|param| param.value.to_owned()).collect();
        self.note(call, statement.sql, params, Some(statement.effect));
        match self.served.answer(call, statement.sql).await {
            Some(Answer::Fails(kind)) => Err(self.fail(kind)),
            Some(Answer::Wrong(kind, message)) => Err(Error::new(kind, message)),
            Some(answer) => Ok(answer),
            None => Err(unscripted(call, statement.sql)),
        }
    }

    /// Where in the list the innermost savepoint of this name is.
    fn place(&self, name: &str) -> Result<usize> {
        let place = self.savepoints.iter().rposition(|here| here == name);
        place.ok_or_else(|| Error::new(ErrorKind::Sql, format!("there is no savepoint `{name}` in this transaction")))
    }

    async fn finish(&mut self, call: Call, sql: &str, id: &GlobalId) -> Result<()> {
        self.check()?;
        self.word(call, sql).await?;
        if self.served.recorder.remove_prepared(self.served.bind, id) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::UnknownTransaction, "no transaction of this id is prepared on this bind"))
    }
}

fn aborted(message: &str) -> Error {
    Error::new(ErrorKind::TransactionAborted, message)
}

fn unscripted(call: Call, sql: &str) -> Error {
    let answer = if call == Call::Query { "rows([\"id\"], [(1,)])" } else { "affects(1)" };
    let word = sql.split_whitespace().next().unwrap_or_default();
    let message =
        format!("no rule of the recorder's script answers this statement: add one, as in `recorder.on(\"{word}\").{answer}`: {sql}");
    Error::new(ErrorKind::Unsupported, message)
}

#[async_trait]
impl Connection for RecorderConnection {
    fn capabilities(&self) -> &Capabilities {
        &self.served.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        match self.statement(Call::Execute, statement).await? {
            Answer::Rows(rows) => Ok(Executed::rows(rows.rows.len() as u64)),
            Answer::Done(executed) => Ok(executed),
            _ => Ok(Executed::default()),
        }
    }

    async fn query(&mut self, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        match self.statement(Call::Query, statement).await? {
            Answer::Rows(rows) => {
                let columns = Arc::clone(&rows.columns);
                self.result = Some(OpenResult { rows, next: 0 });
                Ok(columns)
            }
            _ => {
                let message = format!("the recorder's script answers without rows, and this statement asks for some: {}", statement.sql);
                Err(Error::new(ErrorKind::Unsupported, message))
            }
        }
    }

    async fn fetch(&mut self, each: &mut EachRow<'_>) -> Result<bool> {
        let Some(open) = &mut self.result else { return Ok(false) };
        for row in open.rows.rows[open.next..].iter().take(MOST_ROWS) {
            open.next += 1;
            if each(row).is_break() {
                return Ok(true);
            }
        }
        if open.next < open.rows.rows.len() {
            return Ok(true);
        }
        let failure = open.rows.failure;
        self.result = None;
        match failure {
            Some(kind) => Err(self.fail(kind)),
            None => Ok(false),
        }
    }

    async fn close_result(&mut self) -> Result<()> {
        self.result = None;
        Ok(())
    }

    async fn begin(&mut self, options: &TransactionOptions<'_>) -> Result<()> {
        self.check()?;
        if options.global_id.is_some() && !self.served.capabilities.two_phase {
            let message = format!("{} can't prepare transactions", self.served.capabilities.server);
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        self.word(Call::Begin, &begin(options)).await?;
        self.set(State::InTransaction);
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        if matches!(self.state, State::Ended | State::Lost) {
            return self.check();
        }
        let was_failed = self.state == State::Failed;
        match self.word(Call::Commit, "COMMIT").await {
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionLost | ErrorKind::CommitInDoubt) => {
                self.set(State::Lost);
                Err(scripted(ErrorKind::CommitInDoubt))
            }
            answered => {
                // A commit that is refused ends the transaction on every server.
                self.set(State::Idle);
                match answered {
                    Ok(()) if was_failed => Err(aborted("the server has answered COMMIT with a rollback")),
                    answered => answered,
                }
            }
        }
    }

    async fn rollback(&mut self) -> Result<()> {
        match self.state {
            State::Ended => {}
            State::Lost => return self.check(),
            _ => self.word(Call::Rollback, "ROLLBACK").await?,
        }
        self.set(State::Idle);
        Ok(())
    }

    async fn savepoint(&mut self, name: &str) -> Result<()> {
        self.check()?;
        self.word(Call::Savepoint, &format!("SAVEPOINT {name}")).await?;
        self.savepoints.push(name.to_owned());
        Ok(())
    }

    async fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        if self.state != State::Failed {
            self.check()?;
        }
        let place = self.place(name)?;
        self.word(Call::RollbackToSavepoint, &format!("ROLLBACK TO SAVEPOINT {name}")).await?;
        self.savepoints.truncate(place + 1);
        self.set(State::InTransaction);
        Ok(())
    }

    async fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.check()?;
        let place = self.place(name)?;
        self.word(Call::ReleaseSavepoint, &format!("RELEASE SAVEPOINT {name}")).await?;
        self.savepoints.truncate(place);
        Ok(())
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        if self.served.capabilities.two_phase { Some(self) } else { None }
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        None // there is none
    }

    fn release(self: Box<Self>, fate: Fate) {
        let clean = match (self.state, fate) {
            (State::Lost, _) => false,
            (_, Fate::CutOff) => {
                self.note(Call::Cancel, "CANCEL", Vec::new(), None);
                false
            }
            (State::InTransaction | State::Failed, _) => {
                self.note(Call::Rollback, "ROLLBACK", Vec::new(), None);
                true
            }
            (State::Idle | State::Ended, _) => true,
        };
        if clean {
            self.served.pool.give_back(self.number);
        }
    }
}

#[async_trait]
impl TwoPhase for RecorderConnection {
    async fn prepare(&mut self, id: &GlobalId) -> Result<()> {
        self.check()?;
        self.word(Call::Prepare, &format!("PREPARE TRANSACTION '{id}'")).await?;
        self.served.recorder.add_prepared(self.served.bind, id);
        self.set(State::Idle);
        Ok(())
    }

    async fn commit_prepared(&mut self, id: &GlobalId) -> Result<()> {
        self.finish(Call::CommitPrepared, &format!("COMMIT PREPARED '{id}'"), id).await
    }

    async fn rollback_prepared(&mut self, id: &GlobalId) -> Result<()> {
        self.finish(Call::RollbackPrepared, &format!("ROLLBACK PREPARED '{id}'"), id).await
    }

    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        self.check()?;
        Ok(self.served.recorder.prepared(self.served.bind))
    }
}

fn begin(options: &TransactionOptions<'_>) -> String {
    let isolation = match options.isolation {
        None => "",
        Some(IsolationLevel::ReadCommitted) => " ISOLATION LEVEL READ COMMITTED",
        Some(IsolationLevel::RepeatableRead) => " ISOLATION LEVEL REPEATABLE READ",
        Some(_) => " ISOLATION LEVEL SERIALIZABLE",
    };
    format!("BEGIN{isolation}{}", if options.read_only { " READ ONLY" } else { "" })
}
