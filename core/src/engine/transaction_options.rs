use std::fmt;

/// How a transaction begins.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TransactionOptions<'a> {
    /// it only reads
    pub read_only: bool,
    /// its isolation; `None` leaves it to the server
    pub isolation: Option<IsolationLevel>,
    /// its id in a transaction over several databases: it may be prepared
    pub global_id: Option<&'a GlobalId>,
}

/// How far a transaction is kept apart from others, in the terms of the SQL standard. A server may give more than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IsolationLevel {
    /// sees what others have committed, statement by statement
    ReadCommitted,
    /// sees one state throughout
    RepeatableRead,
    /// as if transactions ran one after the other
    Serializable,
}

/// The id of a transaction over several databases: at most 64 bytes of letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GlobalId(String);

impl GlobalId {
    /// An id; `None` where the text is not one.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        fits.then_some(GlobalId(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GlobalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
