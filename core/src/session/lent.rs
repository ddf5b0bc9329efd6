use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::sync::{MappedMutexGuard, Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use super::held::{EndOfUse, Held, JoinedLease, Use};
use super::joined::{StreamMark, over};
use super::session::Session;
use crate::engine::{Effect, Engine, Lease, Native, short_type_name};
use crate::{Error, ErrorKind, Result, ToBindKey};

/// A client library's own connection, lent by [`Session::native`]; it derefs to that. Dropped, it gives the connection back.
pub struct Lent<'s, N: Native> {
    client: Client<'s, N::Client>,
}

enum Client<'s, C> {
    Pooled(OwnedMappedMutexGuard<Lease, C>),
    // The order of the fields is the order of their ends.
    Joined { _stream: Option<StreamMark<'s>>, client: MappedMutexGuard<'s, C>, _end: EndOfUse<'s> },
}

impl<E: Engine + ?Sized> Session<E> {
    /// Lends the client library's own connection to a bind's database, for what bindery doesn't do: COPY, LISTEN, large objects.
    /// `N` is the engine of the bind; what it lends is its [`Native::Client`].
    ///
    /// Outside a transaction it is a connection of its own. In one it is the transaction's: what is done on it is part of that, and
    /// it must not end it. Either way the connection serves nobody else afterwards before it is reset, or it is closed, so that no
    /// setting, lock or listener outlives its use.
    ///
    /// ```no_run
    /// # use bindery_core::engine::Native;
    /// # use bindery_core::session::Session;
    /// # async fn example<Postgres: Native>(session: Session) -> bindery_core::Result<()> {
    /// let client = session.native::<Postgres>("default").await?;
    /// // … the methods of the client library …
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`](crate::ErrorKind::UnknownBind); [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the
    /// bind's engine is not `N`; those of waiting for a connection.
    pub async fn native<N: Native>(&self, bind: impl ToBindKey) -> Result<Lent<'_, N>> {
        let (place, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let held = self.hold(place, bound, Effect::Write, Use::Stream).await.map_err(|error| error.on_bind(bound.key))?;
        // Asked first, for an error that says more than the mapping's.
        let lends = |lease: &mut Lease| match lease.native::<N::Client>() {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                let message = format!("this bind is {}, which lends no `{}` connection", bound.engine.backend(), short_type_name::<N>());
                Err(Error::new(ErrorKind::Unsupported, message).on_bind(bound.key))
            }
            Err(error) => Err(error),
        };
        let client = match held {
            Held::Pooled(mut lease) => {
                lends(&mut lease)?;
                let guard = Arc::new(Mutex::new(lease)).lock_owned().await;
                OwnedMutexGuard::try_map(guard, |lease| lease.native().ok()).map(Client::Pooled).map_err(|_| over())?
            }
            Held::Joined(JoinedLease { _stream, mut open, _end }) => {
                lends(&mut open.lease)?;
                let client = MappedMutexGuard::try_map(open, |open| open.lease.native().ok()).map_err(|_| over())?;
                Client::Joined { _stream, client, _end }
            }
        };
        Ok(Lent { client })
    }
}

impl<N: Native> Deref for Lent<'_, N> {
    type Target = N::Client;

    fn deref(&self) -> &N::Client {
        match &self.client {
            Client::Pooled(client) => client,
            Client::Joined { client, .. } => client,
        }
    }
}

impl<N: Native> DerefMut for Lent<'_, N> {
    fn deref_mut(&mut self) -> &mut N::Client {
        match &mut self.client {
            Client::Pooled(client) => client,
            Client::Joined { client, .. } => client,
        }
    }
}

impl<N: Native> fmt::Debug for Lent<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").finish_non_exhaustive()
    }
}
