use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast;
use tokio_postgres::{AsyncMessage, Connection, Notification, Socket};

use crate::peer::Peer;

/// A listener that is further behind than this loses the oldest; a payload is at most 8,000 bytes.
const KEPT: usize = 1024;

/// What `NOTIFY` sends to one connection.
///
/// Nothing is kept before the first [`subscribe`](Notifications::subscribe), and the connection never waits for a listener: one
/// that falls more than 1,024 notifications behind gets `RecvError::Lagged` with how many it missed, one whose connection has ended
/// `RecvError::Closed`.
#[derive(Clone, Default)]
pub(crate) struct Notifications(Arc<Mutex<State>>);

#[derive(Default)]
enum State {
    #[default]
    Unheard,
    Heard(broadcast::Sender<Notification>),
    Ended,
}

impl Notifications {
    /// Whatever arrives from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Notification> {
        let mut state = self.state();
        match &*state {
            State::Heard(sender) => sender.subscribe(),
            State::Unheard => {
                let (sender, receiver) = broadcast::channel(KEPT);
                *state = State::Heard(sender);
                receiver
            }
            // Its sender is dropped here.
            State::Ended => broadcast::channel(1).1,
        }
    }

    fn send(&self, notification: Notification) {
        if let State::Heard(sender) = &*self.state() {
            // An error is that nobody listens any more.
            let _ = sender.send(notification);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drives a connection until it ends: what [`connect`](crate::connect::connect) spawns.
    pub(crate) async fn drive<T: AsyncRead + AsyncWrite + Unpin>(self, mut connection: Connection<Socket, T>, peer: Peer) {
        let end = EndOfNotifications(self);
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(notification))) => end.0.send(notification),
                Some(Ok(AsyncMessage::Notice(notice))) => {
                    // Not its text, in which a function of the database may quote a value.
                    tracing::debug!(severity = notice.severity(), code = notice.code().code(), "PostgreSQL sent a notice");
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::debug!(%error, "a connection to PostgreSQL broke");
                    // Whoever uses the client next learns only that, and the reason from here.
                    return peer.ended(error);
                }
                None => return,
            }
        }
    }
}

/// Tells the listeners that nothing comes any more, however the task ends.
struct EndOfNotifications(Notifications);

impl Drop for EndOfNotifications {
    fn drop(&mut self) {
        *self.0.state() = State::Ended;
    }
}

#[cfg(test)]
mod tests;
