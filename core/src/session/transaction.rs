use std::fmt;
use std::ops::Deref;

use super::atomicity::BeginOptions;
use super::databases::Databases;
use super::joined::{Joined, Open, ROOT, Slot, over, savepoint_name};
use super::session::{Part, Session, settle};
use crate::engine::{Engine, Lease};
use crate::{BindKey, Error, ErrorKind, Outcome, Result};

/// A session with a transaction open on every bind that it has touched. It derefs to [`Session`], so a function that takes
/// `&Session` works inside and outside one.
///
/// Dropped before [`commit`](Transaction::commit), it is rolled back, in the background. After an error of a statement the transaction goes
/// on where the server lets it: on SQLite and MySQL it mostly does, on PostgreSQL only a [`rollback`](Transaction::rollback) is left.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let tx = session.begin().await?;
/// tx.execute(Post::delete().filter(Post::author.eq(2))).await?;
/// {
///     let nested = tx.begin().await?; // a savepoint
///     nested.execute(Post::delete_all()).await?;
/// } // dropped: only what happened in it is undone
/// assert_eq!(tx.count(Post::select()).await?, 2);
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction<E: Engine + ?Sized = dyn Engine> {
    session: Session<E>,
}

impl<E: Engine + ?Sized> Transaction<E> {
    pub(super) fn new(session: Session<E>) -> Self {
        Transaction { session }
    }

    /// The transaction that is open on a connection already, of this one bind. For migrations, which are run on the connection that has their lock.
    pub(crate) fn holding(databases: &Databases<E>, bind: BindKey, lease: Lease) -> Result<Self> {
        let (place, _) = databases.bound(bind)?;
        let transaction = databases.session().begin_root(BeginOptions::default());
        if let Some(Part { joined, .. }) = transaction.session.part() {
            joined.join(bind)?.keep();
            *joined.slots[place].lock_now()? = Some(Open { lease, savepoints: Vec::new() });
        }
        Ok(transaction)
    }

    /// Gives the connection of that bind back, with the transaction open on it.
    pub(crate) async fn give_back(self, bind: BindKey) -> Result<Lease> {
        let Some(Part { joined, level }) = self.session.part() else { return Err(over()) };
        joined.slots.iter().try_for_each(Slot::refuse_stream)?;
        for (key, mut open) in take_open(joined, *level).await? {
            if key == bind {
                settle(&mut open, &[]).await?;
                return Ok(open.lease);
            }
        }
        Err(over())
    }

    /// Commits. A nested transaction becomes part of the one around it. Statements of other clones of this session that are running are
    /// waited for; later ones fail with [`ErrorKind::TransactionOver`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tx = session.begin().await?;
    /// let clone: Session = tx.clone(); // for a task of its own
    /// clone.insert(NewUser::new("eve@example.org".into())).await?;
    /// tx.commit().await?;
    ///
    /// let late = clone.count(User::select()).await.unwrap_err();
    /// assert_eq!(late.kind(), ErrorKind::TransactionOver);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::TransactionAborted`]: the server had ended the transaction; nothing of it is there.
    /// - [`ErrorKind::CommitInDoubt`]: the connection broke before the server answered; look at the data.
    /// - [`ErrorKind::PartialCommit`]: of a best-effort transaction, some binds have committed, or may have, and others not;
    ///   [`Error::outcomes`] says which.
    /// - what else the server says at a commit, such as [`ErrorKind::ForeignKeyViolation`] of a deferred key or
    ///   [`ErrorKind::SerializationFailure`]; nothing of the transaction is there.
    /// - [`ErrorKind::BindBusy`]: a nested transaction, a stream, a lent connection or, for longer than `pool_timeout`, another statement is still open; this
    ///   transaction is rolled back.
    /// - [`ErrorKind::TransactionOver`]: the transaction around this one has ended.
    ///
    /// A nested transaction whose commit fails has merged on no bind. Should one fail when another has merged already (its connection
    /// broke just then), the transaction around it is rolled back as a whole.
    pub async fn commit(self) -> Result<()> {
        let Some(Part { joined, level }) = self.session.part() else { return Ok(()) };
        let nested = joined.nested_levels(*level)?;
        joined.slots.iter().try_for_each(Slot::refuse_stream)?;
        if *level == ROOT {
            let taken = take_open(joined, *level).await?;
            let binds: Vec<_> = taken.iter().map(|(bind, _)| *bind).collect();
            match ready_to_commit(taken).await {
                Ok(ready) => commit_in_order(ready).await,
                Err(error) if binds.len() > 1 => {
                    Err(error.with_outcomes(binds.into_iter().map(|bind| (bind, Outcome::RolledBack)).collect()))
                }
                Err(error) => Err(error),
            }
        } else {
            // Every connection first: a statement that comes later finds the level closed, and one that is cut off here has merged nothing.
            let mut connections = Vec::with_capacity(joined.slots.len());
            for slot in &joined.slots {
                connections.push(slot.lock().await?);
            }
            let open = connections.iter_mut().filter_map(|connection| connection.as_mut());
            let mut merging: Vec<_> = open.filter(|open| open.savepoints.contains(level)).collect();
            for open in &mut merging {
                settle(open, &nested).await?;
            }
            if merging.len() > 1 {
                // A bind whose server has failed the transaction says so here, while none has merged.
                for open in &mut merging {
                    open.lease.savepoint(BEFORE_COMMIT).await.map_err(|error| error.in_step("commit"))?;
                }
            }
            let name = savepoint_name(*level);
            let mut released = Ok(());
            let mut merged = 0;
            for open in &mut merging {
                released = open.lease.release_savepoint(&name).await;
                if released.is_err() {
                    break;
                }
                open.savepoints.pop();
                merged += 1;
            }
            if released.is_err() && merged > 0 {
                // What has merged can't be taken out again without the rest, so nothing of it may be committed.
                joined.close(ROOT);
                drop(connections);
                joined.abandon();
                return released;
            }
            released?;
            joined.close(*level);
            Ok(())
        }
    }

    /// Rolls back, and waits until it is done. Of a nested transaction, only what happened in it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tx = session.begin().await?;
    /// tx.execute(User::delete_all()).await?;
    /// tx.rollback().await?;
    /// assert_eq!(session.count(User::select()).await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Whatever the server says, and [`ErrorKind::BindBusy`] where a stream or a lent connection is still open; the transaction is over all the same.
    pub async fn rollback(self) -> Result<()> {
        let Some(Part { joined, level }) = self.session.part() else { return Ok(()) };
        joined.slots.iter().try_for_each(Slot::refuse_stream)?;
        if *level == ROOT {
            let mut result = Ok(());
            for (_, Open { mut lease, .. }) in take_open(joined, *level).await? {
                let ended = match lease.close_result().await {
                    Ok(()) => lease.rollback().await,
                    Err(error) => Err(error),
                };
                result = result.and(ended);
            }
            result
        } else {
            joined.close(*level);
            for slot in &joined.slots {
                let mut connection = slot.lock().await?;
                if let Some(open) = &mut *connection
                    && let Some(place) = open.savepoints.iter().position(|here| here == level)
                {
                    let outer = open.savepoints[..place].to_vec();
                    settle(open, &outer).await?;
                }
            }
            Ok(())
        }
    }
}

const BEFORE_COMMIT: &str = "bindery_commit";

/// Ends the level, and takes every connection out of the transaction, in the order of the configuration.
async fn take_open(joined: &Joined, level: u64) -> Result<Vec<(BindKey, Open)>> {
    joined.close(level);
    let mut taken = Vec::new();
    for slot in &joined.slots {
        taken.extend(slot.lock_patiently().await?.take().map(|open| (slot.bind, open)));
    }
    Ok(taken)
}

/// Everything that can fail before the first commit, so that every bind is rolled back then.
async fn ready_to_commit(taken: Vec<(BindKey, Open)>) -> Result<Vec<(BindKey, Lease)>> {
    let several = taken.len() > 1;
    let mut ready = Vec::with_capacity(taken.len());
    for (bind, mut open) in taken {
        settle(&mut open, &[]).await?;
        if several {
            // A server that has ended the transaction on its own refuses this.
            open.lease.savepoint(BEFORE_COMMIT).await.map_err(|error| error.in_step("commit"))?;
        }
        ready.push((bind, open.lease));
    }
    Ok(ready)
}

/// One after the other; after a failure the rest is rolled back.
async fn commit_in_order(leases: Vec<(BindKey, Lease)>) -> Result<()> {
    let several = leases.len() > 1;
    let mut outcomes = Vec::with_capacity(leases.len());
    let mut failure: Option<Error> = None;
    for (bind, mut lease) in leases {
        if failure.is_some() {
            // An error here changes nothing: what was not committed is rolled back when its connection goes.
            let _ = lease.rollback().await;
            outcomes.push((bind, Outcome::RolledBack));
            continue;
        }
        match lease.commit().await {
            Ok(()) => outcomes.push((bind, Outcome::Committed)),
            Err(error) => {
                let doubt = matches!(error.kind(), ErrorKind::CommitInDoubt | ErrorKind::ConnectionLost);
                outcomes.push((bind, if doubt { Outcome::InDoubt } else { Outcome::RolledBack }));
                failure = Some(error);
            }
        }
    }
    match failure {
        None => Ok(()),
        Some(error) if !several => Err(error),
        Some(error) if outcomes.iter().all(|(_, outcome)| *outcome == Outcome::RolledBack) => Err(error.with_outcomes(outcomes)),
        Some(error) => Err(Error::new(ErrorKind::PartialCommit, "the transaction has been committed on some binds and not on others")
            .with_outcomes(outcomes)
            .with_source(error)),
    }
}

impl<E: Engine + ?Sized> Deref for Transaction<E> {
    type Target = Session<E>;

    fn deref(&self) -> &Session<E> {
        &self.session
    }
}

impl<E: Engine + ?Sized> Drop for Transaction<E> {
    fn drop(&mut self) {
        if let Some(Part { joined, level }) = self.session.part() {
            // A nested one is rolled back to its savepoint by the next statement of the one around it.
            joined.close(*level);
            if *level == ROOT {
                // Nothing is left to give back where it was committed.
                joined.abandon();
            }
        }
    }
}

impl<E: Engine + ?Sized> fmt::Debug for Transaction<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("session", &self.session).finish()
    }
}
