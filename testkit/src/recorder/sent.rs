use std::fmt;

use bindery_core::BindKey;
use bindery_core::engine::Effect;
use bindery_core::value::Value;

/// One thing that a bind was sent: what [`Recorder::sent`](super::Recorder::sent) gives.
///
/// It is equal to its SQL, so that a test can say what it expects in words.
///
/// ```
/// use bindery::prelude::*;
/// use bindery::value::Value;
/// use bindery_testkit::recorder::{Call, Recorder};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// let recorder = Recorder::sqlite();
/// recorder.on("delete").affects(1);
/// let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://");
/// let session = builder.without_registered().connect().await?.session();
/// session.execute(raw("default", "delete from posts where id = ?").param(7_i64)).await?;
///
/// let sent = recorder.sent("default")?;
/// assert_eq!(sent, ["delete from posts where id = ?"]);
/// assert_eq!((sent[0].call, sent[0].params.as_slice()), (Call::Execute, [Value::I64(7)].as_slice()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Sent {
    /// the bind that it was sent to
    pub bind: BindKey,
    /// the connection of this bind, counted from 1: what has the same number was sent on the same one
    pub connection: u64,
    /// what was asked of the connection
    pub call: Call,
    /// the statement, or what a server would be sent for the call: `BEGIN`, `SAVEPOINT …`, `COMMIT`
    pub sql: String,
    /// the parameters in the order of the placeholders; empty for what is no statement
    pub params: Vec<Value>,
    /// whether a statement was sent as one that only reads; `None` for what is no statement
    pub effect: Option<Effect>,
}

/// What can be asked of a connection, and of a pool: what a [`Sent`] was, and what a [`Rule`](super::Rule) can answer to.
///
/// ```
/// use bindery::ErrorKind;
/// use bindery_testkit::recorder::{Call, Recorder};
///
/// let recorder = Recorder::postgres();
/// recorder.on(Call::Acquire).bind("auth").fails(ErrorKind::Timeout); // the pool of `auth` has no connection left
/// recorder.on(Call::Commit).bind("default").once().fails(ErrorKind::CommitInDoubt);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// A connection is taken from the pool. It stands in no list of what was sent.
    Acquire,
    /// `BEGIN`, with the isolation and `READ ONLY` where asked for
    Begin,
    /// a statement that gives rows
    Query,
    /// a statement that gives none
    Execute,
    /// `SAVEPOINT …`
    Savepoint,
    /// `ROLLBACK TO SAVEPOINT …`
    RollbackToSavepoint,
    /// `RELEASE SAVEPOINT …`
    ReleaseSavepoint,
    /// `COMMIT`
    Commit,
    /// `ROLLBACK`, also of a transaction that was dropped
    Rollback,
    /// `PREPARE TRANSACTION …`
    Prepare,
    /// `COMMIT PREPARED …`
    CommitPrepared,
    /// `ROLLBACK PREPARED …`
    RollbackPrepared,
    /// `CANCEL`: a future was dropped before its call had ended, or a result before it was read. The connection is closed, and a
    /// transaction on it rolled back.
    Cancel,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}

impl fmt::Debug for Sent {
    // As the text that it is compared with; a parameter's value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.sql, f)
    }
}

impl PartialEq<str> for Sent {
    fn eq(&self, sql: &str) -> bool {
        self.sql == sql
    }
}

impl PartialEq<&str> for Sent {
    fn eq(&self, sql: &&str) -> bool {
        self.sql == *sql
    }
}

impl PartialEq<String> for Sent {
    fn eq(&self, sql: &String) -> bool {
        self.sql == *sql
    }
}
