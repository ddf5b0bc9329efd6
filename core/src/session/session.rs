use std::fmt;
use std::sync::Arc;

use super::atomicity::BeginOptions;
use super::databases::{Bound, Databases};
use super::held::{EndOfUse, Held, JoinedLease, Use};
use super::joined::{Joined, Open, ROOT, over, savepoint_name};
use super::transaction::Transaction;
use crate::engine::{Effect, Engine};
use crate::{Error, ErrorKind, Result};

/// Routes each statement to the engine of its table's bind.
///
/// Outside a transaction each statement takes a connection from its engine's pool and gives it back. In a transaction, which a
/// [`Transaction`] is a session of, each bind that was touched has one connection: statements on one bind queue, statements on different binds
/// may run at the same time. There is no identity map and no hidden flush: what is written is what was asked for, when it was
/// asked for.
///
/// A session is cheap to make and to clone; every method takes `&self`, and every future is `Send`. Any of them may be dropped: its
/// statement is then cancelled, and its connection cleaned before anyone else has it. What it wrote outside a transaction may have taken
/// effect all the same, where the server was done with it; in a transaction it is undone.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// // Outside a transaction: each statement on its own, on the database of its table.
/// let ada = session.one(User::select().filter(User::email.eq("ada@example.org"))).await?; // bind `auth`
/// let posts = session.all(Post::select().filter(Post::author.eq(ada.id))).await?; // bind `default`
/// assert_eq!(posts.len(), 2);
///
/// // The same function inside a transaction: what it does is kept or undone with the rest.
/// async fn rename(session: &Session, id: i64, name: &str) -> bindery::Result<()> {
///     session.execute(User::update().set(User::name.to(name)).filter(User::id.eq(id))).await?;
///     Ok(())
/// }
/// let tx = session.begin().await?;
/// rename(&tx, ada.id, "Countess").await?;
/// tx.rollback().await?;
/// assert_eq!(session.get::<User>(ada.id).await?, Some(ada));
/// # Ok(())
/// # }
/// ```
pub struct Session<E: Engine + ?Sized = dyn Engine> {
    databases: Databases<E>,
    part: Option<Part>,
}

/// The transaction that a session belongs to.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) joined: Arc<Joined>,
    pub(super) level: u64,
}

impl<E: Engine> Session<E> {
    /// The same session, its backend forgotten: for functions that take a `&Session`. In a transaction it stays in it.
    ///
    /// ```
    /// use bindery::prelude::*;
    /// use bindery::{Sqlite, SqliteDriver};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// async fn answer(session: &Session) -> bindery::Result<(i64,)> {
    ///     session.one(raw("default", "select 42").rows()).await
    /// }
    ///
    /// let databases = Databases::with_driver(SqliteDriver).bind("default", "sqlite://").without_registered().connect().await?;
    /// let session: Session<Sqlite> = databases.session();
    /// assert_eq!(answer(&session.erase()).await?, (42,));
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase(&self) -> Session {
        Session { databases: self.databases.erase(), part: self.part.clone() }
    }
}

impl<E: Engine + ?Sized> Session<E> {
    pub(super) fn new(databases: Databases<E>) -> Self {
        Session { databases, part: None }
    }

    /// The databases that it routes to.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let session = databases.session();
    /// assert_eq!(session.databases().binds().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn databases(&self) -> &Databases<E> {
        &self.databases
    }

    /// Begins a transaction. Nothing is sent yet: a bind joins at its first statement. On a session that is in a transaction this
    /// begins a nested one: a savepoint on each bind that it touches.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tx = session.begin().await?;
    /// let post = tx.insert(NewPost::new(1, "Draft".into())).await?; // joins bind `default`, and begins there
    /// tx.insert(Tag { post: post.id, name: "new".into() }).await?;
    /// tx.commit().await?; // both, or neither
    /// assert_eq!(session.count(Tag::select().filter(Tag::post.eq(post.id))).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TransactionOver`] where this session's own transaction has ended, [`ErrorKind::BindBusy`] where another nested one is open.
    pub async fn begin(&self) -> Result<Transaction<E>> {
        self.begin_with(BeginOptions::default()).await
    }

    /// As [`begin`](Session::begin), with another promise over several binds ([`Atomicity`](super::Atomicity)), isolation, or for
    /// reading only.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// use bindery::engine::IsolationLevel;
    /// use bindery::session::BeginOptions;
    ///
    /// let tx = session.begin_with(Atomicity::BestEffort).await?; // may touch several binds
    /// tx.execute(User::update().set(User::name.to("Bob")).filter(User::id.eq(2))).await?;
    /// tx.execute(Post::delete().filter(Post::author.eq(2))).await?;
    /// tx.commit().await?;
    ///
    /// let options = BeginOptions::from(IsolationLevel::Serializable).read_only();
    /// let tx = session.begin_with(options).await?;
    /// assert_eq!(tx.count(Post::select()).await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`begin`](Session::begin); [`ErrorKind::Unsupported`] for options of a nested transaction, which has those of the outer one.
    pub async fn begin_with(&self, options: impl Into<BeginOptions>) -> Result<Transaction<E>> {
        let options = options.into();
        let part = match &self.part {
            None => return Ok(self.begin_root(options)),
            Some(_) if options != BeginOptions::default() => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "a nested transaction has the options of the one around it: give them there",
                ));
            }
            Some(outer) => Part { joined: Arc::clone(&outer.joined), level: outer.joined.nest(outer.level)? },
        };
        Ok(Transaction::new(Session { databases: self.databases.clone(), part: Some(part) }))
    }

    /// A transaction that is inside no other.
    pub(super) fn begin_root(&self, options: BeginOptions) -> Transaction<E> {
        let binds = self.databases.bounds().iter().map(|bound| (bound.key, bound.patience));
        let part = Part { joined: Arc::new(Joined::new(options, binds)), level: ROOT };
        Transaction::new(Session { databases: self.databases.clone(), part: Some(part) })
    }

    pub(super) fn part(&self) -> Option<&Part> {
        self.part.as_ref()
    }

    /// Refuses a transaction that is over, or has another nested in it.
    pub(super) fn refuse_over(&self) -> Result<()> {
        self.part.as_ref().map_or(Ok(()), |Part { joined, level }| joined.nested_levels(*level).map(drop))
    }

    /// The connection for a statement on a bind.
    pub(super) async fn hold(&self, place: usize, bound: &Bound<E>, effect: Effect, purpose: Use) -> Result<Held<'_>> {
        let Some(Part { joined, level }) = &self.part else {
            return bound.acquire(effect).await.map(Held::Pooled);
        };
        joined.nested_levels(*level)?;
        let slot = &joined.slots[place];
        // Declared before the guard, so that it ends after it.
        let end = EndOfUse(joined);
        let (stream, mut guard) = match purpose {
            Use::Statement => (None, slot.lock().await?),
            Use::Stream => slot.lock_for_stream().await.map(|(mark, guard)| (Some(mark), guard))?,
        };
        if guard.is_none() {
            // While this statement waited, the transaction may have ended.
            joined.nested_levels(*level)?;
            let claim = joined.join(bound.key)?;
            let effect = if joined.options.read_only { Effect::Read } else { Effect::Write };
            let mut lease = bound.acquire(effect).await?;
            lease.begin(&joined.options.transaction_options()).await?;
            *guard = Some(Open { lease, savepoints: Vec::new() });
            claim.keep();
        }
        // Again: now it is certain that the connection is in the slot if the transaction ends from here on.
        let nested = joined.nested_levels(*level)?;
        let mut open = tokio::sync::MutexGuard::try_map(guard, Option::as_mut).map_err(|_| over())?;
        settle(&mut open, &nested).await?;
        Ok(Held::Joined(JoinedLease::new(stream, open, end)))
    }
}

/// Brings a connection to where its transaction is: an abandoned result closed, nested transactions that were dropped rolled back,
/// a savepoint for each that is open.
pub(super) async fn settle(open: &mut Open, nested: &[u64]) -> Result<()> {
    let Open { lease, savepoints } = open;
    lease.close_result().await?;
    let common = savepoints.iter().zip(nested).take_while(|(here, open)| here == open).count();
    if let Some(dropped) = savepoints.get(common) {
        let name = savepoint_name(*dropped);
        lease.rollback_to_savepoint(&name).await?;
        lease.release_savepoint(&name).await?;
        savepoints.truncate(common);
    }
    for level in &nested[common..] {
        lease.savepoint(&savepoint_name(*level)).await?;
        savepoints.push(*level);
    }
    Ok(())
}

impl<E: Engine + ?Sized> Clone for Session<E> {
    fn clone(&self) -> Self {
        Session { databases: self.databases.clone(), part: self.part.clone() }
    }
}

impl<E: Engine + ?Sized> fmt::Debug for Session<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("databases", &self.databases).field("in_transaction", &self.part.is_some()).finish()
    }
}
