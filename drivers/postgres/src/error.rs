//! The one place that maps PostgreSQL's error codes (<https://www.postgresql.org/docs/current/errcodes-appendix.html>) to bindery's
//! error kinds.

use bindery_core::engine::Statement;
use bindery_core::{Error, ErrorKind};
use tokio_postgres::error::DbError;

use crate::ServerError;
use crate::encode;
use crate::peer::{NOT_KNOWN, Peer, Sent};
use crate::placeholders;

/// A call to the client library, as far as its error tells of it.
pub(crate) struct Call<'a> {
    pub(crate) peer: &'a Peer,
    pub(crate) sent: Sent,
    /// Whose text and parameters the server may find wrong.
    pub(crate) statement: Option<&'a Statement<'a>>,
}

/// The error of a call to the client library. What the server said is its source.
pub(crate) fn from_postgres(error: tokio_postgres::Error, call: &Call<'_>) -> Error {
    if let Some(refused) = encode::refused(&error) {
        return refused;
    }
    let mapped = match error.as_db_error() {
        Some(said) => from_server(said, call),
        None if is_lost(&error) => return call.peer.lost(call.sent, Some(error)),
        None => Error::new(ErrorKind::Server, "the PostgreSQL client library could not go on with this connection"),
    };
    mapped.with_source(ServerError::new(error))
}

/// Whether the connection can't be used again: what isn't the server's answer to a statement, nor a refusal to send one, leaves the
/// connection in a state that nobody knows.
pub(crate) fn breaks_connection(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(said) => ends_connection(said),
        None => encode::refused(error).is_none(),
    }
}

/// FATAL and PANIC: the server closes the connection after them.
fn ends_connection(said: &DbError) -> bool {
    !matches!(said.parsed_severity(), None | Some(tokio_postgres::error::Severity::Error))
}

/// A prepared statement that the server no longer has, or whose result has another shape since a table was altered. It did not run.
pub(crate) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|said| is_changed_result(said) || is_unknown_statement(said))
}

/// `cached plan must not change result type`, whatever the server's language.
fn is_changed_result(said: &DbError) -> bool {
    said.code().code() == "0A000" && said.routine() == Some("RevalidateCachedQuery")
}

/// `prepared statement "s1" does not exist`.
fn is_unknown_statement(said: &DbError) -> bool {
    said.code().code() == "26000"
}

/// Whether the answer was that the statement names a prepared one that isn't there.
pub(crate) fn names_unknown_statement(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(is_unknown_statement)
}

fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

fn from_server(said: &DbError, call: &Call<'_>) -> Error {
    let mut mapped = match class(said) {
        (ErrorKind::ConnectionLost, message) if call.sent == Sent::Yes && ends_connection(said) => {
            Error::new(ErrorKind::ConnectionLost, format!("{message}; {NOT_KNOWN}"))
        }
        (kind, message) => with_statement(kind, message, said, call.statement),
    };
    if let Some(table) = said.table() {
        mapped = mapped.at_table(table);
    }
    if let Some(column) = said.column().or_else(|| key_columns(said)) {
        mapped = mapped.at_column(column);
    }
    mapped
}

/// What is told better by a look at the statement, or by the server's own words.
fn with_statement(kind: ErrorKind, message: &str, said: &DbError, statement: Option<&Statement<'_>>) -> Error {
    match (said.code().code(), said.routine(), statement) {
        ("08P01", Some("exec_bind_message"), Some(statement)) => {
            placeholders::wrong_number(statement.sql, placeholders::highest(statement.sql), statement.params.len())
        }
        ("42601", _, Some(statement)) if kind == ErrorKind::Sql => {
            Error::new(kind, format!("{message}{}", placeholders::hint(statement.sql).unwrap_or_default()))
        }
        // `value too long for type character varying(120)`: where the server itself says it, no value is in it.
        ("22001", Some("varchar" | "varchar_input" | "bpchar" | "bpchar_input"), _) => Error::new(kind, said.message()),
        _ => Error::new(kind, message),
    }
}

fn class(said: &DbError) -> (ErrorKind, &'static str) {
    if let Some(known) = by_routine(said) {
        return known;
    }
    let code = said.code().code();
    by_code(code, said).unwrap_or_else(|| by_class(&code[..code.len().min(2)]))
}

/// What one code has for several reasons; the server's routine tells them apart in any language.
fn by_routine(said: &DbError) -> Option<(ErrorKind, &'static str)> {
    Some(match (said.code().code(), said.routine()?) {
        ("0A000", "RevalidateCachedQuery") => (
            ErrorKind::SerializationFailure,
            "a table of this statement was altered since it was prepared: the transaction has failed, and works when it is run again",
        ),
        ("42601", "exec_parse_message") => {
            (ErrorKind::InvalidStatement, "this is more than one statement, and each must be sent on its own")
        }
        ("08P01", "exec_bind_message") => {
            (ErrorKind::InvalidStatement, "the statement has another number of placeholders than it was given parameters")
        }
        ("42804", "transformAssignedExpr") => (
            ErrorKind::Sql,
            "the column is of another type than the value: where it is of a type of the server's own, `#[column(type = \"…\")]` on the field says so",
        ),
        ("42883", "op_error") => (
            ErrorKind::Sql,
            "the server can not compare or compute these types: where a column is of a type of the server's own, `#[column(type = \"…\")]` on \
             the field says so",
        ),
        ("55000", "LockGXact") => (ErrorKind::Locked, "the prepared transaction is being finished by another connection"),
        _ => return None,
    })
}

fn by_code(code: &str, said: &DbError) -> Option<(ErrorKind, &'static str)> {
    Some(match code {
        "08P01" => (ErrorKind::ConnectionLost, "the server, or a pooler before it, refused the message"),
        "22012" => (ErrorKind::Sql, "the statement divides by zero"),
        "23502" => (ErrorKind::NotNullViolation, "the column does not allow NULL"),
        "23001" | "23503" => {
            (ErrorKind::ForeignKeyViolation, "a foreign key refers to a row that is not there, or a row is still referred to")
        }
        "23505" => (ErrorKind::UniqueViolation, "a row with this key is there already"),
        "23514" => (ErrorKind::CheckViolation, "a CHECK constraint refused the row"),
        "23P01" => (ErrorKind::CheckViolation, "an exclusion constraint refused the row"),
        "25001" => (ErrorKind::InvalidStatement, "the statement can not run inside a transaction"),
        "25006" => (ErrorKind::PermissionDenied, "this transaction only reads, or the server does: a standby"),
        "25P01" => (ErrorKind::InvalidStatement, "the statement can only run inside a transaction"),
        "25P02" => (ErrorKind::TransactionAborted, "the transaction has failed at an earlier statement: it can only be rolled back"),
        "25P03" => (ErrorKind::ConnectionLost, "the server closed the connection: a transaction did nothing for too long"),
        "25P04" => (ErrorKind::ConnectionLost, "the server closed the connection: a transaction took too long"),
        "2D000" => (ErrorKind::InvalidStatement, "a procedure can not end a transaction that it did not begin"),
        "3D000" => (ErrorKind::ConnectionLost, "the server has no database of this name"),
        "40003" => (ErrorKind::CommitInDoubt, "the server can not say whether the statement took effect"),
        "40P01" => (ErrorKind::Deadlock, "this transaction was chosen as the victim of a deadlock"),
        "42501" => (ErrorKind::PermissionDenied, "the server does not permit this to the bind's user"),
        "42601" => (ErrorKind::Sql, "PostgreSQL does not understand the statement"),
        "42703" => (ErrorKind::Sql, "the statement names a column that is not there"),
        "42P01" => (ErrorKind::Sql, "the statement names a table that is not in this database: `create_all` makes those that are declared"),
        "53100" => (ErrorKind::Server, "the server's disk is full"),
        "53200" => (ErrorKind::Server, "the server ran out of memory, or of room for locks or prepared transactions"),
        "53300" => (ErrorKind::ConnectionLost, "the server takes no more connections: lower `pool_size`, or raise its `max_connections`"),
        "55006" => (ErrorKind::Locked, "another connection is using it"),
        "55P03" => {
            (ErrorKind::Locked, "another connection holds the lock; waiting for it took too long (`lock_timeout`), or was not wanted")
        }
        "57014" if said.message().contains("timeout") => {
            (ErrorKind::Timeout, "the statement took longer than the server's `statement_timeout`, and was undone")
        }
        "57014" => (ErrorKind::Interrupted, "the statement was cancelled, and undone"),
        "57P01" => (ErrorKind::ConnectionLost, "the server closed the connection: it is shutting down, or someone ended this connection"),
        "57P02" => (ErrorKind::ConnectionLost, "the server closed the connection: another of its processes crashed"),
        "57P03" => (ErrorKind::ConnectionLost, "the server takes no connections yet: it is starting up or shutting down"),
        "57P04" => (ErrorKind::ConnectionLost, "the server closed the connection: its database was dropped"),
        "57P05" => (ErrorKind::ConnectionLost, "the server closed the connection, which did nothing for too long (`idle_session_timeout`)"),
        "72000" => (ErrorKind::SerializationFailure, "the state that this transaction reads is too old for the server to keep"),
        "P0001" => (ErrorKind::CheckViolation, "a trigger or function of the database refused this"),
        _ => return None,
    })
}

/// By the first two characters of the code.
fn by_class(class: &str) -> (ErrorKind, &'static str) {
    match class {
        "08" => (ErrorKind::ConnectionLost, "the connection to the PostgreSQL server broke"),
        "0A" => (ErrorKind::Unsupported, "PostgreSQL can not do this"),
        "22" => (ErrorKind::InvalidValue, "a value does not fit the type or length that the server wants"),
        "23" | "44" => (ErrorKind::CheckViolation, "a constraint refused the row"),
        "25" => (ErrorKind::InvalidStatement, "the statement does not go with the state of its transaction"),
        "28" => (ErrorKind::PermissionDenied, "the server refused the user or the password"),
        "40" => (ErrorKind::SerializationFailure, "two transactions ran into each other"),
        "0L" | "0P" => (ErrorKind::PermissionDenied, "the server does not permit this to the bind's user"),
        "57" => (ErrorKind::Interrupted, "the server's operator stopped this"),
        "53" | "58" | "F0" | "HV" | "XX" => (ErrorKind::Server, "PostgreSQL failed"),
        _ => (ErrorKind::Sql, "PostgreSQL does not accept the statement"),
    }
}

/// The columns of `Key (author_id, title)=(7, Notes) already exists`, in any language: the values after them are nobody's business.
/// Of a foreign key they may be those of either table, so they are left out.
fn key_columns(said: &DbError) -> Option<&str> {
    if !matches!(said.code().code(), "23505" | "23P01") {
        return None;
    }
    let (_, from_columns) = said.detail()?.split_once('(')?;
    Some(from_columns.split_once(")=(")?.0)
}

/// A bug, or an engine used after its end.
pub(crate) fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// The server's code of an error, where it comes from there.
pub(crate) fn code(error: &Error) -> Option<&str> {
    let said = std::error::Error::source(error)?.downcast_ref::<ServerError>()?;
    Some(said.postgres().code()?.code())
}
