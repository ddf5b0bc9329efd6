use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bindery_core::engine::Engine;
use bindery_core::session::Databases;
use bindery_core::{BindKey, Result};

use super::engine::OuterEngine;

/// Databases on which an application runs as on the real ones, and nothing of it stays: everything on a bind happens inside one
/// transaction, which is rolled back at the end.
///
/// The application takes them unchanged: [`RolledBack`] derefs to [`Databases`], and a clone of those is what its own code keeps. Its
/// `begin` and `commit` become savepoints, so that what it commits is there for its later statements, and what it rolls back is not;
/// nested transactions work, and a promise over several binds is what it is on the real ones.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/docs/blog.rs"));
/// use bindery_testkit::rolled_back;
///
/// /// The application.
/// async fn register(databases: &Databases, email: &str) -> bindery::Result<User> {
///     let tx = databases.session().begin().await?;
///     let user = tx.insert(NewUser::new(email.to_owned())).await?;
///     tx.commit().await?;
///     Ok(user)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?; // bindery::connect("bindery.toml").await?
/// let test = rolled_back(&databases);
/// let eve = register(&test, "eve@example.org").await?;
/// assert_eq!(test.session().get::<User>(eve.id).await?.unwrap().email, "eve@example.org");
///
/// // What fails for the application fails as always, and the test goes on.
/// let again = register(&test, "eve@example.org").await.unwrap_err();
/// assert_eq!(again.kind(), ErrorKind::UniqueViolation);
/// assert_eq!(test.session().count(User::select()).await?, 3);
///
/// test.finish().await?; // or dropped: then it is rolled back in the background
/// assert_eq!(databases.session().count(User::select()).await?, 2);
/// # Ok(())
/// # }
/// ```
///
/// # How
/// - A bind's transaction is begun at its first statement, on one connection of the real engine. Outside a transaction of the
///   application's each statement is in a savepoint of its own, so that one that fails doesn't fail what is around it (PostgreSQL).
/// - A bind has this one connection, so that statements wait for each other, as long as the bind's `pool_timeout`: then the error is
///   [`ErrorKind::Timeout`](bindery_core::ErrorKind::Timeout), or [`ErrorKind::BindBusy`](bindery_core::ErrorKind::BindBusy) where a task would
///   wait for itself: on the real databases, a statement beside a transaction that is open in the same task has another connection.
///   A short `pool_timeout` tells that sooner.
/// - A future that the application drops doesn't cut the connection off: its statement runs to its end in the background, and is then
///   undone, with its transaction where it is in one. Until then others wait. A commit that is dropped is in doubt, as always: it
///   mostly takes effect.
/// - Where the server itself ends the transaction around the test (a deadlock on MySQL, a full disk on SQLite, a connection that is lost), what
///   the test has done on that bind is gone, and every later statement on it is
///   [`ErrorKind::TransactionAborted`](bindery_core::ErrorKind::TransactionAborted) or [`ErrorKind::ConnectionLost`](bindery_core::ErrorKind::ConnectionLost).
///
/// # What is different
/// - Creating and dropping tables is undone too where the server has that in transactions: on PostgreSQL and SQLite. On MySQL it is
///   refused by the engine: create them before.
/// - The isolation is the outer transaction's: the level that the application asks for is not. Nothing fails to serialize at its commit, and
///   deferred constraints are not checked there.
/// - `now()` of PostgreSQL stands still, for it is when the transaction began. Generated keys go on counting after the roll-back.
/// - Transactions can't be prepared (two-phase commit).
/// - What is done through [`Session::native`](bindery_core::session::Session::native) outside of a transaction has no savepoint of its own.
/// - What migrations set on their connection ([`Catalog::lock`](bindery_core::engine::Catalog::lock), and the time-outs of
///   [`Catalog::set_timeouts`](bindery_core::engine::Catalog::set_timeouts)) is on this bind's one: what isn't given back stays, for all
///   that the test does there, until its end. A scratch database can be made on SQLite only: servers make none in a transaction.
/// - On SQLite the test holds the file's one writer until its end: tests that run at the same time use files of their own
///   ([`TempSqlite`](crate::TempSqlite)), or wait for each other.
pub fn rolled_back(databases: &Databases) -> RolledBack {
    let mut engines = Vec::with_capacity(databases.binds().len());
    let databases = databases.map_engines(|bind, engine| -> Arc<dyn Engine> {
        // The bind is one of these databases', so there is a time.
        let patience = databases.pool_timeout(bind).unwrap_or_default();
        let outer = Arc::new(OuterEngine::new(bind, Arc::clone(engine), patience));
        engines.push((bind, Arc::clone(&outer)));
        outer
    });
    RolledBack { databases, engines }
}

/// The databases that [`rolled_back`] gives. It derefs to [`Databases`]: `test.session()`, and `test.clone()` for what an application
/// keeps. Dropped, it rolls everything back in the background; later statements of those clones fail.
#[must_use = "once it is dropped, everything is rolled back and nothing more runs"]
pub struct RolledBack {
    databases: Databases,
    engines: Vec<(BindKey, Arc<OuterEngine>)>,
}

impl RolledBack {
    /// Rolls everything back on every bind, and returns once that is done. Connections that are still in use are waited for.
    ///
    /// # Errors
    /// What a server says, of the first bind; and [`ErrorKind::Timeout`](bindery_core::ErrorKind::Timeout) or
    /// [`ErrorKind::BindBusy`](bindery_core::ErrorKind::BindBusy) where the application still has a transaction or a stream open on a bind after its
    /// `pool_timeout`. The others are rolled back all the same, and that one when it comes back.
    pub async fn finish(self) -> Result<()> {
        let mut result = Ok(());
        for (bind, engine) in &self.engines {
            result = result.and(engine.finish().await.map_err(|error| error.on_bind(*bind)));
        }
        result
    }
}

impl Deref for RolledBack {
    type Target = Databases;

    fn deref(&self) -> &Databases {
        &self.databases
    }
}

impl Drop for RolledBack {
    fn drop(&mut self) {
        for (_, engine) in &self.engines {
            engine.end();
        }
    }
}

impl fmt::Debug for RolledBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RolledBack").field(&self.databases).finish()
    }
}
