use async_trait::async_trait;

use crate::session::Session;
use crate::{Error, ErrorKind, Result};

/// A migration in Rust, for what SQL can't say: values that are computed, rows that move to another bind.
/// [`Migrations::rust`](crate::migrate::Migrations::rust) adds it to a bind, under a version and a name.
///
/// Where definitions take part in transactions (SQLite, PostgreSQL), the session is that of the migration's transaction on its bind: what
/// it does there is committed with the note that it was applied, or not at all. On MySQL and MariaDB, where they don't, each statement is
/// on its own; a transaction begun on the session is for changes of rows. It needs a second connection there, so a `pool_size` of 2, and
/// `lock_timeout` and `statement_timeout` don't bound it. Other binds are reached by a session of their own,
/// [`session.databases().session()`](crate::session::Databases::session), which commits as it goes: what is written there is written again
/// where this bind's transaction fails, so write it so that it can be.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// use bindery::migrate::RustMigration;
///
/// /// Titles without the spaces around them.
/// struct TrimTitles;
///
/// #[async_trait::async_trait]
/// impl RustMigration for TrimTitles {
///     async fn up(&self, session: &Session) -> bindery::Result<()> {
///         for post in session.all(Post::select()).await? {
///             let title = post.title.trim().to_owned();
///             session.execute(Post::update().set(Post::title.to(title)).filter(Post::id.eq(post.id))).await?;
///         }
///         Ok(())
///     }
///
///     async fn down(&self, _session: &Session) -> bindery::Result<()> {
///         Ok(()) // nobody misses the spaces
///     }
///
///     fn is_repeatable(&self) -> bool {
///         true
///     }
/// }
/// # fn main() {}
/// ```
#[async_trait]
pub trait RustMigration: Send + Sync + 'static {
    /// Leads to the newer version.
    ///
    /// # Errors
    /// Whatever went wrong.
    async fn up(&self, session: &Session) -> Result<()>;

    /// Leads back. Unless it is written, that is refused.
    ///
    /// # Errors
    /// As [`up`](RustMigration::up).
    async fn down(&self, session: &Session) -> Result<()> {
        let _ = session;
        Err(Error::new(ErrorKind::Unsupported, "this migration has no way back: nothing was done").with_source(NoWayBack))
    }

    /// Whether it may be run once more after it was cut off in the middle, where it is not in a transaction. Unless it says so, it is not:
    /// what to do is asked for then.
    fn is_repeatable(&self) -> bool {
        false
    }
}

/// Of a [`down`](RustMigration::down) that nobody has written: the one error of which it is known that nothing was done.
#[derive(Debug, thiserror::Error)]
#[error("`RustMigration::down` is not written")]
pub(in crate::migrate) struct NoWayBack;

impl NoWayBack {
    pub(in crate::migrate) fn is(error: &Error) -> bool {
        std::error::Error::source(error).is_some_and(|source| source.is::<NoWayBack>())
    }
}
