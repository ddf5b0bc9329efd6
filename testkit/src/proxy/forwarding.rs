use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::faults::Faults;

/// How many pieces of a stream may be on their way while they are delayed; with `PIECE`, what a network holds.
const PIECES: usize = 64;
const PIECE: usize = 16 * 1024;

/// What was read, and when it may arrive.
type Piece = (Instant, Vec<u8>);

/// Forwards one client's bytes to the server and the server's to the client, until both have ended or one is cut off.
pub(super) async fn forward(client: TcpStream, server: SocketAddr, faults: Arc<Faults>) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (requests, sent_requests) = mpsc::channel(PIECES);
    let (replies, sent_replies) = mpsc::channel(PIECES);
    let turn = Turn { servers: AtomicBool::new(false) };
    // One that fails drops all four ends, and both sides see their connection closed.
    tokio::try_join!(
        read(from_client, requests, &faults, &faults.bytes_to_server, || turn.client_speaks(&faults)),
        write(to_server, sent_requests, &faults, |_| None),
        read(from_server, replies, &faults, &faults.bytes_from_server, || turn.server_speaks()),
        write(to_client, sent_replies, &faults, |bytes| faults.cut_off_within(bytes)),
    )?;
    Ok(())
}

async fn read(mut from: OwnedReadHalf, to: mpsc::Sender<Piece>, faults: &Faults, count: &AtomicU64, spoke: impl Fn()) -> io::Result<()> {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let bytes = from.read_buf(&mut piece).await?;
        if bytes == 0 {
            return Ok(());
        }
        count.fetch_add(bytes as u64, Ordering::Relaxed);
        spoke();
        if to.send((Instant::now() + faults.delay(), piece)).await.is_err() {
            return Ok(());
        }
    }
}

async fn write(
    mut to: OwnedWriteHalf,
    mut from: mpsc::Receiver<Piece>,
    faults: &Faults,
    cut_off: impl Fn(usize) -> Option<usize>,
) -> io::Result<()> {
    while let Some((at, piece)) = from.recv().await {
        if at > Instant::now() {
            tokio::time::sleep_until(at).await;
        }
        faults.until_thawed().await;
        if let Some(passing) = cut_off(piece.len()) {
            to.write_all(piece.get(..passing).unwrap_or_default()).await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        to.write_all(&piece).await?;
    }
    faults.until_thawed().await;
    to.shutdown().await
}

/// Whose turn it was last: a round trip begins when the client speaks and did not speak last.
struct Turn {
    servers: AtomicBool,
}

impl Turn {
    fn client_speaks(&self, faults: &Faults) {
        if !self.servers.swap(true, Ordering::Relaxed) {
            faults.round_trips.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn server_speaks(&self) {
        self.servers.store(false, Ordering::Relaxed);
    }
}
