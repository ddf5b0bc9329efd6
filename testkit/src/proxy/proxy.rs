use std::io;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc as answers;
use std::thread;
use std::time::Duration;

use bindery_core::config::DatabaseUrl;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::faults::Faults;
use super::forwarding::forward;
use crate::port::on_free_port;

/// A TCP proxy on 127.0.0.1 that stands before a server, of whatever protocol, and does to its connections what networks do.
///
/// It runs on a thread of its own, so that nothing in the test can hold it up, and nothing here waits longer than a moment. A
/// request to cancel that a client sends on a connection of its own (PostgreSQL) passes like any other. Dropped, it closes everything.
///
/// ```
/// use std::io::{BufRead, BufReader, Write};
/// use std::net::{TcpListener, TcpStream};
///
/// use bindery_testkit::Proxy;
///
/// let server = TcpListener::bind("127.0.0.1:0")?; // stands for a database server
/// let proxy = Proxy::start(server.local_addr()?)?;
///
/// let client = TcpStream::connect(proxy.address())?;
/// server.accept()?.0.write_all(b"one\ntwo\n")?;
/// let mut replies = BufReader::new(client).lines();
/// assert_eq!(replies.next().transpose()?.as_deref(), Some("one"));
/// assert_eq!(proxy.bytes_from_server(), 8);
///
/// proxy.refuse()?;
/// assert!(TcpStream::connect(proxy.address()).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    faults: Arc<Faults>,
    orders: mpsc::UnboundedSender<(Order, answers::Sender<io::Result<()>>)>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Refuse,
    Accept,
    CutOff,
}

impl Proxy {
    /// A proxy before the server at this address.
    ///
    /// # Errors
    /// Where there is no such address, or the system has no thread or port for it. Whether the server is there is seen by its clients.
    pub fn start(server: impl ToSocketAddrs) -> io::Result<Self> {
        let server =
            server.to_socket_addrs()?.next().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the server has no address"))?;
        let faults = Arc::new(Faults::none());
        let (orders, received_orders) = mpsc::unbounded_channel();
        let (started, has_started) = answers::channel();
        let of_thread = Arc::clone(&faults);
        thread::Builder::new().name("bindery-proxy".to_owned()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(error))),
            };
            runtime.block_on(async {
                let listening = on_free_port(|port| {
                    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
                    listener.set_nonblocking(true)?;
                    TcpListener::from_std(listener)
                });
                match listening {
                    Ok((port, listener)) => {
                        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                        let _ = started.send(Ok(address)); // `start` waits for it
                        serve(listener, address, server, received_orders, of_thread).await;
                    }
                    Err(error) => drop(started.send(Err(error))),
                }
            });
        })?;
        let address = has_started.recv().map_err(|_| ended())??;
        Ok(Proxy { address, faults, orders })
    }

    /// A proxy before the first server of a URL.
    ///
    /// # Errors
    /// Where the URL has no host and port, and those of [`start`](Self::start).
    pub fn before(url: &DatabaseUrl) -> io::Result<Self> {
        match url.hosts().first().map(|host| (host.name(), host.port())) {
            Some((name, Some(port))) => Self::start((name, port)),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "the URL has no host and port to stand before")),
        }
    }

    /// Where it listens, always the same.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// This URL with the proxy as its only host.
    ///
    /// # Errors
    /// None for a URL that [`before`](Self::before) takes.
    pub fn url(&self, url: &DatabaseUrl) -> io::Result<DatabaseUrl> {
        let through =
            DatabaseUrl::new(url.scheme()).and_then(|new| new.with_host(self.address.ip().to_string(), Some(self.address.port())));
        let mut through = through.map_err(io::Error::other)?.with_path(url.path()).with_user(url.user().unwrap_or_default());
        if let Some(password) = url.password() {
            through = through.with_password(password);
        }
        Ok(url.parameters().fold(through, |through, (name, value)| through.with_parameter(name, value)))
    }

    /// Closes every connection that is open now, without another word. New ones are served.
    ///
    /// # Errors
    /// None as long as the proxy's thread runs.
    pub fn cut_off(&self) -> io::Result<()> {
        self.order(Order::CutOff)
    }

    /// Lets so many more bytes from the server pass, then closes the connection of the next one: once, all connections counted
    /// together. 0: the server has done what it was asked for, and nobody hears of it.
    pub fn cut_off_after(&self, bytes: usize) {
        self.faults.set_cut_off_after(Some(bytes));
    }

    /// Doesn't listen any more, so that the system refuses new connections. Those that are open stay.
    ///
    /// # Errors
    /// None as long as the proxy's thread runs.
    pub fn refuse(&self) -> io::Result<()> {
        self.order(Order::Refuse)
    }

    /// Listens again, at the same address.
    ///
    /// # Errors
    /// Where another process has taken the port meanwhile.
    pub fn accept(&self) -> io::Result<()> {
        self.order(Order::Accept)
    }

    /// Delays what is sent from now on by this time, in each direction: a round trip takes twice as long.
    pub fn delay(&self, delay: Duration) {
        self.faults.set_delay(delay);
    }

    /// Lets nothing pass in either direction, though connections stay open and new ones are accepted.
    pub fn freeze(&self) {
        self.faults.set_frozen(true);
    }

    /// Lets everything pass again, first what was sent meanwhile.
    pub fn thaw(&self) {
        self.faults.set_frozen(false);
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u64 {
        self.count(&self.faults.connections)
    }

    /// How many bytes the clients have sent.
    pub fn bytes_to_server(&self) -> u64 {
        self.count(&self.faults.bytes_to_server)
    }

    /// How many bytes the server has sent, whether they arrived or not.
    pub fn bytes_from_server(&self) -> u64 {
        self.count(&self.faults.bytes_from_server)
    }

    /// How often a client spoke first, or after the server had: what is sent without waiting for a reply counts as one.
    pub fn round_trips(&self) -> u64 {
        self.count(&self.faults.round_trips)
    }

    fn count(&self, counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    fn order(&self, order: Order) -> io::Result<()> {
        let (answer, answered) = answers::channel();
        self.orders.send((order, answer)).map_err(|_| ended())?;
        answered.recv().map_err(|_| ended())?
    }
}

/// Until the `Proxy` is dropped, and `orders` with it.
async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    server: SocketAddr,
    mut orders: mpsc::UnboundedReceiver<(Order, answers::Sender<io::Result<()>>)>,
    faults: Arc<Faults>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            client = accepted(listener.as_ref()) => {
                // A client that is gone already, or a server that isn't there: the connection closes.
                if let Ok(client) = client {
                    faults.connections.fetch_add(1, Ordering::Relaxed);
                    connections.spawn(forward(client, server, Arc::clone(&faults)));
                }
            }
            Some(_) = connections.join_next() => {}
            order = orders.recv() => {
                let Some((order, answer)) = order else { return };
                let result = match order {
                    Order::Refuse => {
                        listener = None;
                        Ok(())
                    }
                    Order::Accept if listener.is_some() => Ok(()),
                    Order::Accept => TcpListener::bind(address).await.map(|bound| listener = Some(bound)),
                    Order::CutOff => {
                        connections.shutdown().await;
                        Ok(())
                    }
                };
                let _ = answer.send(result); // `order` waits for it
            }
        }
    }
}

/// The next client; none while nothing listens.
async fn accepted(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(client, _)| client),
        None => std::future::pending().await,
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the proxy's thread has ended")
}
