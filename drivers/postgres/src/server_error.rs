use std::fmt;
use std::sync::Arc;

use tokio_postgres::error::DbError;

/// What PostgreSQL said, or its client library: the source of a bindery error.
///
/// Its texts (`Display` and `Debug`) have the server's message and code, without what may quote values: the detail (`Key (email)=(…)
/// already exists`), the context, and the message where a value was refused. [`postgres`](ServerError::postgres) has all of it.
///
/// ```
/// use std::error::Error;
///
/// /// The constraint that refused a row.
/// fn constraint(error: &bindery_core::Error) -> Option<&str> {
///     let said = error.source()?.downcast_ref::<bindery_postgres::ServerError>()?;
///     said.postgres().as_db_error()?.constraint()
/// }
/// ```
#[derive(Clone)]
pub struct ServerError(Arc<tokio_postgres::Error>);

impl ServerError {
    pub(crate) fn new(error: tokio_postgres::Error) -> Self {
        ServerError(Arc::new(error))
    }

    /// The client library's own error, which may quote values.
    pub fn postgres(&self) -> &tokio_postgres::Error {
        &self.0
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_db_error() {
            Some(said) if quotes_a_value(said) => write!(f, "{} {}", said.severity(), said.code().code()),
            Some(said) => write!(f, "{} {}: {}", said.severity(), said.code().code(), said.message()),
            None => {
                write!(f, "{}", self.0)?;
                match std::error::Error::source(self.postgres()) {
                    Some(cause) if cause.is::<std::io::Error>() => write!(f, ": {cause}"),
                    _ => Ok(()),
                }
            }
        }
    }
}

/// `invalid input syntax for type integer: "…"`, and the rest of class 22.
fn quotes_a_value(said: &DbError) -> bool {
    said.code().code().starts_with("22")
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerError({self})")
    }
}

// No source: the client library's error prints the detail.
impl std::error::Error for ServerError {}
