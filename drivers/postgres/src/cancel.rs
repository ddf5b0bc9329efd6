use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::timeout;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::hosts::Address;

/// Stops what one connection runs, over a socket of its own to the same server.
#[derive(Clone)]
pub(crate) struct Canceller {
    pub(crate) token: CancelToken,
    pub(crate) address: Address,
    /// with the name of the server, where the connection itself may use TLS
    pub(crate) tls: Option<(MakeRustlsConnect, String)>,
    /// for all of it
    pub(crate) timeout: Duration,
}

impl Canceller {
    /// Asks the server to stop what the connection runs, and returns once the server has taken notice: it closes this socket
    /// after it has sent the signal. Whatever the connection is sent from then on is safe from this cancel, once the
    /// statement that runs now has ended.
    ///
    /// A statement that was sent and has not begun there is missed: whoever waits for its end cancels again until it comes.
    ///
    /// # Errors
    /// Where the server can't be reached, or doesn't close the socket within the bind's `connect_timeout`.
    pub(crate) async fn cancel(&self) -> io::Result<()> {
        timeout(self.timeout, self.connect_and_send()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn connect_and_send(&self) -> io::Result<()> {
        match &self.address {
            Address::Tcp(address) => self.send(TcpStream::connect(address).await?).await,
            #[cfg(unix)]
            Address::Unix(folder, port) => self.send(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?).await,
            #[cfg(not(unix))]
            Address::Unix(..) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    async fn send<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) -> io::Result<()> {
        let stream = UntilEnd(stream);
        let sent = match &self.tls {
            None => self.token.cancel_query_raw(stream, NoTls).await,
            Some((tls, name)) => {
                let Ok(tls) = MakeTlsConnect::<UntilEnd<S>>::make_tls_connect(&mut tls.clone(), name);
                self.token.cancel_query_raw(stream, tls).await
            }
        };
        sent.map_err(io::Error::other)
    }
}

/// The other side may close without having read TLS's goodbye; the system then reports the end so.
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::NotConnected)
}

/// A stream whose shutdown waits until the other side has closed too.
///
/// tokio-postgres ends a cancel with a shutdown and doesn't read; the server has then often not acted yet, and kills the *next*
/// statement of the connection.
struct UntilEnd<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for UntilEnd<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilEnd<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Our side stays open meanwhile: pgbouncer takes its end for ours, and 1.18 crashes when it then hears of the server's
        // (<https://github.com/pgbouncer/pgbouncer/issues/801>).
        let ended = ready!(Pin::new(&mut self.0).poll_flush(context)).and_then(|()| {
            let mut bytes = [0; 256];
            loop {
                let mut buffer = ReadBuf::new(&mut bytes);
                match Pin::new(&mut self.0).poll_read(context, &mut buffer)? {
                    Poll::Ready(()) if buffer.filled().is_empty() => return Ok(Poll::Ready(())),
                    Poll::Ready(()) => {}
                    Poll::Pending => return Ok(Poll::Pending),
                }
            }
        });
        match ended {
            Ok(poll) => poll.map(Ok),
            Err(error) if is_end(&error) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
