//! The one error of bindery.

use std::fmt;

use crate::BindKey;

/// The result of every fallible call of bindery.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, on which bind, at which table and column.
///
/// Branch on [`kind`](Error::kind); show the [`Display`](fmt::Display) text to people. That text is bindery's own layer only:
/// what the client library said is the [`source`](std::error::Error::source), so a log that prints the chain says each thing once.
///
/// No error carries a password, a URL or the value of a parameter.
///
/// ```
/// use bindery_core::{BindKey, Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::UniqueViolation, "a row with this key is there already")
///     .on_bind(BindKey::from_static("auth"))
///     .at_table("users");
/// assert_eq!(error.kind(), ErrorKind::UniqueViolation);
/// assert_eq!(error.to_string(), "a row with this key is there already (bind `auth`, table `users`)");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    bind: Option<BindKey>,
    table: Option<String>,
    column: Option<String>,
    step: Option<&'static str>,
    problems: Vec<String>,
    outcomes: Vec<(BindKey, Outcome)>,
    rows_committed: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The class of an [`Error`]: what an application branches on.
///
/// Drivers map each native error to its class in one file; two backends that refuse the same thing report the same kind.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// async fn register(session: &Session, email: &str) -> bindery::Result<&'static str> {
///     match session.insert(NewUser::new(email.to_owned())).await {
///         Ok(_) => Ok("welcome"),
///         Err(error) if error.kind() == ErrorKind::UniqueViolation => Ok("you are here already"),
///         Err(error) => Err(error),
///     }
/// }
/// assert_eq!(register(&session, "ada@example.org").await?, "you are here already");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is wrong; [`Error::problems`] has every problem found.
    Configuration,
    /// The declared tables don't fit each other or the configured binds; [`Error::problems`] has every problem found.
    Schema,
    /// A bind that is not configured was asked for. Nothing was sent.
    UnknownBind,
    /// One statement names tables of two binds. Nothing was sent.
    CrossBind,
    /// The statement can't be built: it uses a table that it doesn't join, joins without a declared reference, inserts no row …
    /// Nothing was sent.
    InvalidStatement,
    /// A value doesn't fit its column's type (too large, NaN, a year out of range). Where bindery sees it, nothing was sent; what only
    /// the server sees (a domain's check, digits before a decimal's point) failed the statement there.
    InvalidValue,
    /// A value from the database doesn't fit the Rust type that it was asked as.
    Decode,
    /// Exactly one row was asked for and there is none.
    NotFound,
    /// At most one row was asked for and there are more.
    TooManyRows,
    /// A row was to be written or deleted as it was read, and its version is another by now, or it is gone.
    Stale,
    /// The server, or this driver, can't do what was asked for. Nothing was sent.
    Unsupported,
    /// The statement would wait for something that its own task holds: an open result or a nested transaction on the same bind.
    BindBusy,
    /// No connection became free in time, or a statement took longer than it may. The statement did not take effect unless
    /// the message says so.
    Timeout,
    /// The transaction of this session has been committed or rolled back already.
    TransactionOver,
    /// The server has failed or ended the transaction: nothing more runs on it, and it can't be committed.
    TransactionAborted,
    /// A second bind would join a transaction that promises atomicity. Nothing was sent.
    NotAtomic,
    /// Some binds of a best-effort transaction have committed, or are in doubt, others not: [`Error::outcomes`] says which.
    PartialCommit,
    /// The connection broke before the server answered a commit: the transaction may have taken effect. Never retried silently.
    CommitInDoubt,
    /// No transaction of this id is prepared on this database: it was finished, or never prepared.
    UnknownTransaction,
    /// A row with the same unique key is there already.
    UniqueViolation,
    /// A foreign key refers to a row that isn't there, or a row is still referred to.
    ForeignKeyViolation,
    /// NULL in a column that doesn't allow it.
    NotNullViolation,
    /// A CHECK constraint refused the row.
    CheckViolation,
    /// Two transactions ran into each other; running this one again from its beginning may succeed.
    SerializationFailure,
    /// The server chose this transaction as a deadlock's victim; running it again from its beginning may succeed.
    Deadlock,
    /// Another connection holds the lock on the row, table or file; waiting for it took too long.
    Locked,
    /// The connection to the server broke, or none could be made. The message tells which it is: nothing was sent (none could be made,
    /// or it was found broken), and the statement can be sent again; or the connection broke before the server answered, and whether the
    /// statement took effect is not known.
    ConnectionLost,
    /// The server refused the user, the password or the right to do this.
    PermissionDenied,
    /// The SQL is wrong, or names a table or column that isn't there.
    Sql,
    /// Migrations don't fit each other, their files, the history of the database or the bind; nothing was run unless the message says so.
    /// What failed while one was run has the kind of that failure as its [source](std::error::Error::source).
    Migration,
    /// The stream that rows were to be inserted from failed; its error is the source of this one.
    Source,
    /// The call was interrupted: its future was dropped, or the engine is closing.
    Interrupted,
    /// The database itself failed: disk full, file damaged, internal error.
    Server,
    /// An engine broke its contract, or bindery has a bug. Please report it.
    Internal,
}

/// What became of one bind of a transaction over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The server confirmed the commit.
    Committed,
    /// Nothing of the transaction is on this bind.
    RolledBack,
    /// The connection broke before the server answered: look at the data.
    InDoubt,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Committed => "committed",
            Outcome::RolledBack => "rolled back",
            Outcome::InDoubt => "in doubt",
        })
    }
}

impl Error {
    /// An error of this kind; the message is one lower-case sentence without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            bind: None,
            table: None,
            column: None,
            step: None,
            problems: Vec::new(),
            outcomes: Vec::new(),
            rows_committed: None,
            source: None,
        }))
    }

    /// Several problems as one error, so that a user mends them in one go. Each problem names its own bind, table or option.
    pub fn with_problems(kind: ErrorKind, summary: impl Into<String>, problems: Vec<String>) -> Self {
        let mut error = Error::new(kind, summary);
        error.0.problems = problems;
        error
    }

    /// Adds what caused it; printed by whoever walks the chain, not by this error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says more, at the end of the message.
    pub(crate) fn saying(mut self, more: &str) -> Self {
        self.0.message.push_str(more);
        self
    }

    /// Adds the bind, unless a deeper layer has named it already.
    #[must_use]
    pub fn on_bind(mut self, bind: BindKey) -> Self {
        self.0.bind.get_or_insert(bind);
        self
    }

    /// Adds the table, unless a deeper layer has named it already.
    #[must_use]
    pub fn at_table(mut self, table: impl Into<String>) -> Self {
        if self.0.table.is_none() {
            self.0.table = Some(table.into());
        }
        self
    }

    /// Adds the column, unless a deeper layer has named it already.
    #[must_use]
    pub fn at_column(mut self, column: impl Into<String>) -> Self {
        if self.0.column.is_none() {
            self.0.column = Some(column.into());
        }
        self
    }

    /// Adds the step that failed (`"begin"`, `"commit"`, `"create tables"`), unless a deeper layer has named it already.
    #[must_use]
    pub fn in_step(mut self, step: &'static str) -> Self {
        self.0.step.get_or_insert(step);
        self
    }

    /// Adds what became of each bind of a transaction.
    #[must_use]
    pub fn with_outcomes(mut self, outcomes: Vec<(BindKey, Outcome)>) -> Self {
        self.0.outcomes = outcomes;
        self
    }

    /// Adds how many rows of a stream are committed.
    pub(crate) fn with_rows_committed(mut self, rows: u64) -> Self {
        self.0.rows_committed = Some(rows);
        self
    }

    /// The same error again, without its source: for a statement that was built wrong and is run more than once.
    pub(crate) fn duplicate(error: &Error) -> Self {
        let Inner { kind, message, bind, table, column, step, problems, outcomes, rows_committed, source: _ } = &*error.0;
        Error(Box::new(Inner {
            kind: *kind,
            message: message.clone(),
            bind: *bind,
            table: table.clone(),
            column: column.clone(),
            step: *step,
            problems: problems.clone(),
            outcomes: outcomes.clone(),
            rows_committed: *rows_committed,
            source: None,
        }))
    }

    /// The class: what to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The bind that it happened on, where it is one.
    pub fn bind(&self) -> Option<BindKey> {
        self.0.bind
    }

    /// The table, where one is known.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column, where one is known.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The step that failed, where it isn't a single statement.
    pub fn step(&self) -> Option<&'static str> {
        self.0.step
    }

    /// Every problem of a [`Configuration`](ErrorKind::Configuration) or [`Schema`](ErrorKind::Schema) error; empty for others.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let error = bindery::builder().bind("auth", "mysqll://localhost").connect().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Configuration);
    /// for problem in error.problems() {
    ///     eprintln!("{problem}");
    /// }
    /// assert_eq!(error.problems().len(), 2); // no bind `default`, and no driver for `mysqll`
    /// # Ok(())
    /// # }
    /// ```
    pub fn problems(&self) -> &[String] {
        &self.0.problems
    }

    /// What became of each bind, for a failed commit over several; empty for others.
    ///
    /// ```
    /// use bindery::{BindKey, Error, ErrorKind, Outcome};
    ///
    /// # let (main, auth) = (BindKey::DEFAULT, BindKey::from_static("auth"));
    /// # let error = Error::new(ErrorKind::PartialCommit, "…").with_outcomes(vec![(main, Outcome::Committed), (auth, Outcome::RolledBack)]);
    /// if error.kind() == ErrorKind::PartialCommit {
    ///     let missing: Vec<_> = error.outcomes().iter().filter(|(_, outcome)| *outcome != Outcome::Committed).collect();
    ///     assert_eq!(missing, [&(auth, Outcome::RolledBack)]);
    /// }
    /// ```
    pub fn outcomes(&self) -> &[(BindKey, Outcome)] {
        &self.0.outcomes
    }

    /// Of an [`insert_stream`](crate::session::Session::insert_stream) that failed, how many rows are committed: so many from the beginning
    /// of the stream. After a commit [in doubt](ErrorKind::CommitInDoubt) those behind them may be too. `None` for other errors.
    pub fn rows_committed(&self) -> Option<u64> {
        self.0.rows_committed
    }

    /// Whether running the whole transaction again from its beginning may succeed.
    ///
    /// True for [`SerializationFailure`](ErrorKind::SerializationFailure), [`Deadlock`](ErrorKind::Deadlock) and
    /// [`Locked`](ErrorKind::Locked). False for a commit in doubt: that may have taken effect; and for a stream of which some
    /// [rows are committed](Error::rows_committed): go on behind those.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// async fn tag(session: &Session, name: &str) -> bindery::Result<()> {
    ///     let tx = session.begin().await?;
    ///     tx.insert(Tag { post: 1, name: name.to_owned() }).await?;
    ///     tx.commit().await
    /// }
    /// let mut tries = 3;
    /// while let Err(error) = tag(&session, "new").await {
    ///     tries -= 1;
    ///     if tries == 0 || !error.is_retryable() {
    ///         return Err(error);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_retryable(&self) -> bool {
        let has_committed = self.0.rows_committed.is_some_and(|rows| rows > 0);
        !has_committed && matches!(self.0.kind, ErrorKind::SerializationFailure | ErrorKind::Deadlock | ErrorKind::Locked)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.write_str(&inner.message)?;
        let places = [
            ("step", inner.step),
            ("bind", inner.bind.as_ref().map(BindKey::as_str)),
            ("table", inner.table.as_deref()),
            ("column", inner.column.as_deref()),
        ];
        let mut separator = " (";
        for (name, place) in places {
            if let Some(place) = place {
                write!(f, "{separator}{name} `{place}`")?;
                separator = ", ";
            }
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        if let Some(rows) = inner.rows_committed.filter(|rows| *rows > 0) {
            write!(f, "\n  - rows of the stream that are committed: the first {rows}")?;
        }
        for (bind, outcome) in &inner.outcomes {
            write!(f, "\n  - bind `{bind}`: {outcome}")?;
        }
        for problem in &inner.problems {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `fn main() -> bindery::Result<()>` prints Debug: make that readable, with the whole chain.
        write!(f, "{:?}: {self}", self.0.kind)?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, "\n  caused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_is_committed_in_part_is_not_to_be_run_again_as_a_whole() {
        let error = || Error::new(ErrorKind::Deadlock, "this transaction was chosen");
        assert!(error().is_retryable() && error().with_rows_committed(0).is_retryable());
        assert!(!error().with_rows_committed(1_000).is_retryable());
    }
}
