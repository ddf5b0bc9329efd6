//! The one place that maps SQLite's result codes (<https://sqlite.org/rescode.html>) to bindery's error kinds.

use std::path::Path;

use bindery_core::{Error, ErrorKind};
use rusqlite::ffi;

/// The error of a call to SQLite. What SQLite said is its source.
pub(crate) fn from_sqlite(error: rusqlite::Error) -> Error {
    let (code, said) = match &error {
        rusqlite::Error::SqliteFailure(error, said) => (error.extended_code, said.as_deref()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, Some(msg.as_str())),
        rusqlite::Error::MultipleStatement => {
            let message = "this is more than one statement, and each must be sent on its own";
            return Error::new(ErrorKind::InvalidStatement, message).with_source(error);
        }
        rusqlite::Error::NulError(_) => {
            return Error::new(ErrorKind::InvalidStatement, "the text of the statement contains a NUL byte").with_source(error);
        }
        _ => return Error::new(ErrorKind::Sql, "SQLite could not run the statement").with_source(error),
    };
    // ON DELETE RESTRICT is a trigger inside SQLite, and has a trigger's code.
    let (kind, message) = class(if said == Some("FOREIGN KEY constraint failed") { ffi::SQLITE_CONSTRAINT_FOREIGNKEY } else { code });
    let place = said.and_then(constraint_place);
    let mut mapped = Error::new(kind, said.and_then(missing_table).unwrap_or(message));
    if let Some((table, columns)) = place {
        mapped = mapped.at_table(table).at_column(columns);
    }
    mapped.with_source(error)
}

/// The error of opening a database. Names the file: what can't be opened is looked for there.
pub(crate) fn while_opening(error: rusqlite::Error, path: &Path) -> Error {
    let code = error.sqlite_error().map_or(ffi::SQLITE_ERROR, |error| error.extended_code);
    let (kind, message) = class(code);
    let file = path.display();
    let message = match code & 0xff {
        ffi::SQLITE_CANTOPEN if !path.exists() => format!("SQLite can not open {file}: there is no such file"),
        ffi::SQLITE_CANTOPEN => format!("SQLite can not open {file}: may this process read and write it, and its folder?"),
        _ => format!("{message}: {file}"),
    };
    Error::new(kind, message).with_source(error)
}

fn class(code: i32) -> (ErrorKind, &'static str) {
    // The extended code says more than the primary one, which is its low byte.
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return (ErrorKind::UniqueViolation, "a row with this key is there already");
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            return (ErrorKind::ForeignKeyViolation, "a foreign key refers to a row that is not there, or a row is still referred to");
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => return (ErrorKind::NotNullViolation, "the column does not allow NULL"),
        ffi::SQLITE_CONSTRAINT_CHECK => return (ErrorKind::CheckViolation, "a CHECK constraint refused the row"),
        ffi::SQLITE_CONSTRAINT_TRIGGER => return (ErrorKind::CheckViolation, "a trigger refused the row"),
        ffi::SQLITE_CONSTRAINT_DATATYPE => return (ErrorKind::CheckViolation, "a STRICT table refused the type of a value"),
        ffi::SQLITE_BUSY_SNAPSHOT => {
            return (ErrorKind::SerializationFailure, "another connection has written since this transaction first read");
        }
        _ => {}
    }
    match code & 0xff {
        ffi::SQLITE_CONSTRAINT => (ErrorKind::CheckViolation, "a constraint refused the row"),
        ffi::SQLITE_MISMATCH => (ErrorKind::CheckViolation, "the column does not take a value of this type"),
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL => {
            (ErrorKind::Locked, "the database is locked by another connection; waiting for it took too long (`busy_timeout`)")
        }
        ffi::SQLITE_INTERRUPT | ffi::SQLITE_ABORT => (ErrorKind::Interrupted, "the statement was interrupted"),
        ffi::SQLITE_READONLY => (
            ErrorKind::PermissionDenied,
            "this connection only reads: a raw statement that writes must say so by `writes()`, and a database opened read-only takes none",
        ),
        ffi::SQLITE_AUTH | ffi::SQLITE_PERM => (ErrorKind::PermissionDenied, "SQLite does not permit this"),
        ffi::SQLITE_CANTOPEN => (ErrorKind::ConnectionLost, "SQLite can not open the database file, or a file beside it"),
        ffi::SQLITE_FULL => (ErrorKind::Server, "the disk, or the limit of an in-memory database, is full"),
        ffi::SQLITE_CORRUPT => (ErrorKind::Server, "the database file is damaged"),
        ffi::SQLITE_NOTADB => (ErrorKind::Server, "the file is not a SQLite database"),
        ffi::SQLITE_IOERR => (ErrorKind::Server, "reading or writing the database file failed"),
        ffi::SQLITE_NOMEM => (ErrorKind::Server, "SQLite ran out of memory"),
        ffi::SQLITE_ERROR | ffi::SQLITE_SCHEMA => (ErrorKind::Sql, "SQLite does not accept the statement"),
        ffi::SQLITE_TOOBIG => (ErrorKind::InvalidValue, "the statement or a value is larger than SQLite takes"),
        ffi::SQLITE_RANGE | ffi::SQLITE_MISUSE => (ErrorKind::InvalidStatement, "the statement is empty, or used wrongly"),
        _ => (ErrorKind::Server, "SQLite failed"),
    }
}

/// The message for `no such table: users`, which the first statement of a new database often gets.
fn missing_table(said: &str) -> Option<&'static str> {
    said.starts_with("no such table: ")
        .then_some("the statement names a table that is not in this database: `create_all` makes those that are declared")
}

/// Table and columns of `UNIQUE constraint failed: users.email`; none for an index on expressions (`index 'name'`).
fn constraint_place(said: &str) -> Option<(&str, String)> {
    let list = said.strip_prefix("UNIQUE constraint failed: ").or_else(|| said.strip_prefix("NOT NULL constraint failed: "))?;
    let (table, _) = list.split(", ").next()?.rsplit_once('.')?;
    let columns: Vec<_> = list.split(", ").filter_map(|place| Some(place.rsplit_once('.')?.1)).collect();
    Some((table, columns.join(", ")))
}

/// A bug, or an engine used after its end.
pub(crate) fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}
