use std::sync::{Arc, OnceLock};

use bindery_core::{Error, ErrorKind};

use crate::ServerError;

/// The server at the other end of one connection: where it is, and the last that was heard of it.
#[derive(Clone)]
pub(crate) struct Peer(Arc<Inner>);

struct Inner {
    name: String,
    /// What the server said when it ended the connection, or how that broke. It comes to the task that drives the connection, and
    /// to no statement where none was under way.
    last_words: OnceLock<ServerError>,
}

/// Whether a statement had been sent when its connection broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    No,
    Yes,
}

/// What nobody can tell of a statement whose answer never came.
pub(crate) const NOT_KNOWN: &str = "whether the statement took effect is not known";

impl Peer {
    pub(crate) fn new(name: String) -> Self {
        Peer(Arc::new(Inner { name, last_words: OnceLock::new() }))
    }

    /// Keeps why the connection has ended; the first reason is the one.
    pub(crate) fn ended(&self, error: tokio_postgres::Error) {
        let _ = self.0.last_words.set(ServerError::new(error));
    }

    /// The error of a connection that broke.
    pub(crate) fn lost(&self, sent: Sent, error: Option<tokio_postgres::Error>) -> Error {
        let name = &self.0.name;
        let when = match sent {
            Sent::No => "before the statement was sent".to_owned(),
            Sent::Yes => format!("before the server answered: {NOT_KNOWN}"),
        };
        let lost = Error::new(ErrorKind::ConnectionLost, format!("the connection to the PostgreSQL server at {name} broke {when}"));
        match self.0.last_words.get().cloned().or_else(|| error.map(ServerError::new)) {
            Some(why) => lost.with_source(why),
            None => lost,
        }
    }
}
