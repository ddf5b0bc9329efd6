use crate::engine::{IsolationLevel, TransactionOptions};

/// What a transaction over several binds promises.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let tx = session.begin().await?; // Atomicity::Atomic
/// tx.count(User::select()).await?;
/// let second = tx.count(Post::select()).await.unwrap_err(); // on another bind
/// assert_eq!(second.kind(), ErrorKind::NotAtomic);
/// drop(tx);
///
/// let tx = session.begin_with(Atomicity::BestEffort).await?;
/// tx.count(User::select()).await?;
/// tx.count(Post::select()).await?;
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Atomicity {
    /// All binds commit, or none. One bind only, for now: a second one that would join is
    /// [`ErrorKind::NotAtomic`](crate::ErrorKind::NotAtomic), before anything is sent to it.
    #[default]
    Atomic,
    /// Several binds, committed one after the other in the order of the configuration. Where one of them fails, those after it are
    /// rolled back, and the error says of each bind what became of it.
    BestEffort,
}

/// How a transaction begins. Made from an [`Atomicity`] or an [`IsolationLevel`].
///
/// ```
/// use bindery_core::engine::IsolationLevel;
/// use bindery_core::session::{Atomicity, BeginOptions};
///
/// let options = BeginOptions::from(Atomicity::BestEffort).isolation(IsolationLevel::Serializable);
/// assert_eq!(options, BeginOptions::from(IsolationLevel::Serializable).atomicity(Atomicity::BestEffort));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BeginOptions {
    pub(super) atomicity: Atomicity,
    pub(super) isolation: Option<IsolationLevel>,
    pub(super) read_only: bool,
}

impl BeginOptions {
    /// With this promise over several binds.
    #[must_use]
    pub fn atomicity(mut self, atomicity: Atomicity) -> Self {
        self.atomicity = atomicity;
        self
    }

    /// With this isolation on each bind; without, each server's own.
    #[must_use]
    pub fn isolation(mut self, isolation: IsolationLevel) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// It only reads: on SQLite it then leaves the one writer to others.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) fn transaction_options(&self) -> TransactionOptions<'static> {
        TransactionOptions { read_only: self.read_only, isolation: self.isolation, global_id: None }
    }
}

impl From<Atomicity> for BeginOptions {
    fn from(atomicity: Atomicity) -> Self {
        BeginOptions::default().atomicity(atomicity)
    }
}

impl From<IsolationLevel> for BeginOptions {
    fn from(isolation: IsolationLevel) -> Self {
        BeginOptions::default().isolation(isolation)
    }
}
