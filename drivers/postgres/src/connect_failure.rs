use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bindery_core::{Error, ErrorKind};
use tokio_postgres::error::SqlState;

use crate::config::PostgresConfig;
use crate::{ServerError, tls};

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

    /// What the server, or the client library, said of a connection that was to be made with these settings.
    pub(crate) fn from_postgres(error: tokio_postgres::Error, config: &PostgresConfig) -> Self {
        if let Some(state) = error.code() {
            let (kind, reason) = refused(state, config);
            return ConnectFailure { cause: Some(ServerError::new(error).into()), ..Self::new(kind, reason) };
        }
        if is_unreachable(&error) {
            // The client library's own layer would say the same again.
            return ConnectFailure { cause: error.into_source(), ..Self::new(ErrorKind::ConnectionLost, "can't be reached") };
        }
        let (kind, reason) = match tls::cause(&error) {
            Some(cause) => (ErrorKind::ConnectionLost, tls::explain(cause).to_owned()),
            None => broken(&error),
        };
        ConnectFailure { cause: Some(error.into()), ..Self::new(kind, reason) }
    }

    /// What the system said, where the connection did not get as far as the server.
    fn io_error(&self) -> Option<&io::Error> {
        self.cause.as_ref()?.downcast_ref()
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

/// The server has answered, and refuses.
fn refused(state: &SqlState, config: &PostgresConfig) -> (ErrorKind, String) {
    let user = config.settings.get_user().unwrap_or_default();
    let (kind, reason) = match *state {
        SqlState::INVALID_PASSWORD => return (ErrorKind::PermissionDenied, format!("refuses the user `{user}` or the password")),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            let reason = format!("doesn't let the user `{user}` in, from here, in this way (its `pg_hba.conf`)");
            return (ErrorKind::PermissionDenied, reason);
        }
        SqlState::INSUFFICIENT_PRIVILEGE => {
            let reason = format!("doesn't let the user `{user}` into the database `{}`", config.database());
            return (ErrorKind::PermissionDenied, reason);
        }
        SqlState::INVALID_CATALOG_NAME => {
            let reason = format!("has no database `{}` (the URL's path, or `dbname`)", config.database());
            return (ErrorKind::Configuration, reason);
        }
        SqlState::TOO_MANY_CONNECTIONS => (ErrorKind::ConnectionLost, "takes no more connections"),
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN => (ErrorKind::ConnectionLost, "is starting, stopping or recovering"),
        _ if matches!(state.code().get(..2), Some("22" | "42" | "0A")) => (ErrorKind::Configuration, "doesn't take the bind's `options`"),
        // A proxy says most of what it has to say so, pgbouncer that it knows no `options`.
        SqlState::PROTOCOL_VIOLATION => (ErrorKind::ConnectionLost, "refuses the connection, or one of its settings (such as `options`)"),
        _ => (ErrorKind::ConnectionLost, "refuses the connection"),
    };
    (kind, reason.to_owned())
}

fn is_unreachable(error: &tokio_postgres::Error) -> bool {
    error.to_string() == "error connecting to server" && error.source().is_some_and(|cause| cause.is::<io::Error>())
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
        ("connection closed", _) => (ErrorKind::ConnectionLost, "closed the connection instead of answering"),
        _ => (ErrorKind::ConnectionLost, "broke the connection off"),
    };
    (kind, reason.to_owned())
}

/// One error of all servers that were tried, each with its name. What the system said of one server is the error's source; what it
/// said of several stands in the message, which has room for all.
pub(crate) fn report(mut failures: Vec<(String, ConnectFailure)>) -> Error {
    let Some((server, last)) = failures.pop() else {
        return Error::new(ErrorKind::Configuration, "no server is configured");
    };
    if failures.is_empty() {
        let error = Error::new(last.kind, format!("the server `{server}` {}", last.reason));
        return match last.cause {
            Some(cause) => error.with_source(cause),
            None => error,
        };
    }
    let tell = |server: &str, failure: &ConnectFailure| match failure.io_error() {
        Some(cause) => format!("`{server}` {}: {cause}", failure.reason),
        None => format!("`{server}` {}", failure.reason),
    };
    let mut reasons: Vec<_> = failures.iter().map(|(server, failure)| tell(server, failure)).collect();
    reasons.push(tell(&server, &last));
    let is_told = last.io_error().is_some();
    let error = Error::new(last.kind, format!("no server can be connected to: {}", reasons.join("; ")));
    match last.cause {
        Some(cause) if !is_told => error.with_source(cause),
        _ => error,
    }
}
