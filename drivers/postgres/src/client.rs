use std::fmt;
use std::ops::{Deref, DerefMut};

use tokio::sync::broadcast;
use tokio_postgres::Notification;

use crate::notifications::Notifications;

/// tokio-postgres' own client, as `session.native::<Postgres>(bind)` lends it: for COPY, LISTEN and whatever else bindery doesn't do.
///
/// It derefs to [`tokio_postgres::Client`]. The connection is closed after its use, so that no setting, lock, temporary table or
/// listener reaches anyone else. Inside a transaction it is the transaction's own, and must not end it.
///
/// ```no_run
/// use bindery_core::session::Session;
/// use bindery_postgres::Postgres;
///
/// # async fn example(session: Session) -> Result<(), Box<dyn std::error::Error>> {
/// let client = session.native::<Postgres>("default").await?;
/// let mut notifications = client.notifications();
/// client.batch_execute("LISTEN jobs").await?;
/// let job = notifications.recv().await?;
/// println!("{}", job.payload());
/// # Ok(())
/// # }
/// ```
pub struct Client {
    postgres: tokio_postgres::Client,
    notifications: Notifications,
}

impl Client {
    pub(crate) fn new(postgres: tokio_postgres::Client, notifications: Notifications) -> Self {
        Client { postgres, notifications }
    }

    /// What `NOTIFY` sends to this connection from now on, on every channel that it listens to.
    ///
    /// The connection never waits for the receiver: one that falls more than 1,024 notifications behind loses the oldest, and its
    /// `recv` says how many (`RecvError::Lagged`). Once the connection has ended, it is `RecvError::Closed`.
    pub fn notifications(&self) -> broadcast::Receiver<Notification> {
        self.notifications.subscribe()
    }
}

impl Deref for Client {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.postgres
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut tokio_postgres::Client {
        &mut self.postgres
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
