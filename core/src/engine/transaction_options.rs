use std::fmt;

/// How a transaction begins.
///
/// ```
/// use bindery_core::engine::{IsolationLevel, TransactionOptions};
///
/// /// What a driver of the PostgreSQL family sends.
/// fn begin(options: &TransactionOptions<'_>) -> String {
///     let isolation = match options.isolation {
///         Some(IsolationLevel::ReadCommitted) => " ISOLATION LEVEL READ COMMITTED",
///         Some(IsolationLevel::RepeatableRead) => " ISOLATION LEVEL REPEATABLE READ",
///         Some(_) => " ISOLATION LEVEL SERIALIZABLE",
///         None => "",
///     };
///     format!("BEGIN{isolation}{}", if options.read_only { " READ ONLY" } else { "" })
/// }
/// assert_eq!(begin(&TransactionOptions::default()), "BEGIN");
/// ```
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
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::engine::IsolationLevel;
///
/// let tx = session.begin_with(IsolationLevel::Serializable).await?;
/// assert_eq!(tx.count(Post::select()).await?, 3);
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
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
///
/// ```
/// use bindery_core::engine::GlobalId;
///
/// let id = GlobalId::new("bindery-7f3a").unwrap();
/// assert_eq!(id.as_str(), "bindery-7f3a");
/// assert_eq!(GlobalId::new("it's"), None); // it can stand in SQL between quotes
/// ```
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
