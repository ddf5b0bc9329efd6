use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bindery_core::{Error, ErrorKind};
use tokio_postgres::error::SqlState;

use crate::tls;

/// Why one server could not be connected to.
///
/// Other than in a statement's errors, what matters here is whether the next server is worth trying.
pub(crate) struct ConnectFailure {
    kind: ErrorKind,
    /// what the server does, to stand after its name
    reason: String,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConnectFailure {
    fn new(kind: ErrorKind, reason: impl Into<String>) -> Self {
        ConnectFailure { kind, reason: reason.into(), cause: None }
    }

    pub(crate) fn unresolved(error: io::Error) -> Self {
        ConnectFailure { cause: Some(error.into()), ..Self::new(ErrorKind::ConnectionLost, "has a name that can't be resolved") }
    }

    pub(crate) fn late(limit: Duration) -> Self {
        Self::new(ErrorKind::ConnectionLost, format!("did not answer within {limit:?} (`connect_timeout`)"))
    }

    /// Not what `target_session_attrs` asks for.
    pub(crate) fn unwanted(reason: &str) -> Self {
        Self::new(ErrorKind::ConnectionLost, reason)
    }

    /// Whether no other server should be tried.
    pub(crate) fn is_final(&self) -> bool {
        self.kind != ErrorKind::ConnectionLost
    }

    /// Whether the same server may take a connection without TLS: `pg_hba.conf` can tell the two apart.
    pub(crate) fn blames_tls(error: &tokio_postgres::Error) -> bool {
        tls::cause(error).is_some() || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
    }
}

impl From<tokio_postgres::Error> for ConnectFailure {
    fn from(error: tokio_postgres::Error) -> Self {
        let (kind, reason) = match error.code() {
            Some(state) => refused(state),
            None => match tls::cause(&error) {
                Some(cause) => (ErrorKind::ConnectionLost, tls::explain(cause).to_owned()),
                None => broken(&error),
            },
        };
        ConnectFailure { cause: Some(error.into()), ..Self::new(kind, reason) }
    }
}

/// The server has answered, and refuses.
fn refused(state: &SqlState) -> (ErrorKind, String) {
    let (kind, reason) = match *state {
        SqlState::INVALID_PASSWORD => (ErrorKind::PermissionDenied, "refuses the user or the password"),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            (ErrorKind::PermissionDenied, "doesn't let this user in, from here, in this way (its `pg_hba.conf`)")
        }
        SqlState::INSUFFICIENT_PRIVILEGE => (ErrorKind::PermissionDenied, "doesn't let this user into the database"),
        SqlState::INVALID_CATALOG_NAME => (ErrorKind::Configuration, "has no database of the bind's name (the URL's path, or `dbname`)"),
        SqlState::TOO_MANY_CONNECTIONS => (ErrorKind::ConnectionLost, "takes no more connections"),
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN => (ErrorKind::ConnectionLost, "is starting, stopping or recovering"),
        _ if matches!(state.code().get(..2), Some("22" | "42" | "0A")) => (ErrorKind::Configuration, "doesn't take the bind's `options`"),
        // A proxy says most of what it has to say so, pgbouncer that it knows no `options`.
        SqlState::PROTOCOL_VIOLATION => (ErrorKind::ConnectionLost, "refuses the connection, or one of its settings (such as `options`)"),
        _ => (ErrorKind::ConnectionLost, "refuses the connection"),
    };
    (kind, reason.to_owned())
}

/// There is no answer, or none that goes on. tokio-postgres has words for these, but no codes.
fn broken(error: &tokio_postgres::Error) -> (ErrorKind, String) {
    let cause = error.source().map(ToString::to_string);
    let (kind, reason) = match (error.to_string().as_str(), cause.as_deref()) {
        ("invalid configuration", Some("password missing")) => (ErrorKind::PermissionDenied, "asks for a password, and the bind has none"),
        ("authentication error", _) => (ErrorKind::PermissionDenied, "can't agree with the driver on how to log in"),
        ("error performing TLS handshake", Some("server does not support TLS")) => {
            (ErrorKind::ConnectionLost, "doesn't offer TLS, which the bind's `sslmode` demands")
        }
        ("error connecting to server", Some(cause)) => return (ErrorKind::ConnectionLost, format!("can't be reached: {cause}")),
        ("connection closed", _) => (ErrorKind::ConnectionLost, "closed the connection instead of answering"),
        _ => (ErrorKind::ConnectionLost, "broke the connection off"),
    };
    (kind, reason.to_owned())
}

/// One error of all servers that were tried, each with its name.
pub(crate) fn report(mut failures: Vec<(String, ConnectFailure)>) -> Error {
    let reasons: Vec<_> = failures.iter().map(|(server, failure)| format!("`{server}` {}", failure.reason)).collect();
    let message = match reasons.as_slice() {
        [] => "no server is configured".to_owned(),
        [reason] => format!("the server {reason}"),
        reasons => format!("no server can be connected to: {}", reasons.join("; ")),
    };
    match failures.pop() {
        None => Error::new(ErrorKind::Configuration, message),
        Some((_, ConnectFailure { kind, cause: None, .. })) => Error::new(kind, message),
        Some((_, ConnectFailure { kind, cause: Some(cause), .. })) => Error::new(kind, message).with_source(cause),
    }
}
