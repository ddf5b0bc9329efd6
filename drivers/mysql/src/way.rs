use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use mysql_async::{Conn, DriverError, Opts};

/// How often a connection that is on its way back is looked for at once, and how long between two looks after that.
const QUICK_TRIES: u32 = 16;
const PAUSE: Duration = Duration::from_millis(1);

/// One way to the server, encrypted or not: the client library's pool, and the settings of what it makes.
pub(crate) struct Way {
    /// The client library's pool lives as long as the runtime that first used it.
    conns: Mutex<mysql_async::Pool>,
    /// Held while a caller takes the first step towards a connection.
    beginning: Mutex<()>,
    /// For such a pool.
    pooled: Opts,
    /// For a connection beside the pool.
    pub(crate) settings: Opts,
}

/// What came of the first step towards a connection.
enum Begun {
    Ended(Result<Conn, mysql_async::Error>),
    Connecting(Pin<Box<dyn Future<Output = Result<Conn, mysql_async::Error>> + Send>>),
    /// No connection is free, and none can be made yet.
    Nothing,
}

impl Way {
    pub(crate) fn new(settings: Opts, pooled: Opts) -> Self {
        Way { conns: Mutex::new(mysql_async::Pool::new(pooled.clone())), beginning: Mutex::new(()), pooled, settings }
    }

    pub(crate) fn conns(&self) -> mysql_async::Pool {
        self.conns.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets a connection that has just been given back get into the pool, in a task of the client library's: else another would be made.
    pub(crate) async fn settle(&self) {
        let metrics = self.conns().metrics();
        let there = metrics.connections_in_use.load(Ordering::Relaxed) + metrics.connections_in_pool.load(Ordering::Relaxed);
        if there < metrics.connection_count.load(Ordering::Relaxed) {
            step_aside().await;
        }
    }

    /// Takes a connection that is free, or makes one.
    ///
    /// Nobody waits in the client library's pool: its look for connections that were free for too long closes them and wakes nobody.
    pub(crate) async fn get(&self, is_open: bool) -> Result<Conn, mysql_async::Error> {
        let mut tries = 0;
        loop {
            let conns = self.conns();
            let got = match self.begin(&conns) {
                Begun::Ended(got) => got,
                Begun::Connecting(getting) => getting.await,
                // One is on its way back, or is being closed.
                Begun::Nothing if tries < QUICK_TRIES => {
                    tries += 1;
                    step_aside().await;
                    continue;
                }
                Begun::Nothing => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            match got {
                Err(mysql_async::Error::Driver(DriverError::PoolDisconnected)) if is_open => self.renew(&conns),
                got => return got,
            }
        }
    }

    /// The first step towards a connection. A look at one that is free ends in it, also where the task has used up its budget: the library's pool
    /// counts for ever one whose look is given up.
    fn begin(&self, conns: &mysql_async::Pool) -> Begun {
        // One at a time: so who waits in the library's pool right after the step is this caller, which then leaves before the next one comes.
        let _alone = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        let mut getting = Box::pin(conns.get_conn());
        match tokio::task::unconstrained(getting.as_mut()).now_or_never() {
            Some(got) => Begun::Ended(got),
            None if conns.metrics().active_wait_requests.load(Ordering::Relaxed) > 0 => Begun::Nothing,
            None => Begun::Connecting(getting),
        }
    }

    /// Has another pool for the one that ended with its runtime, unless there is one already.
    fn renew(&self, ended: &mysql_async::Pool) {
        let mut conns = self.conns.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&conns.metrics(), &ended.metrics()) {
            *conns = mysql_async::Pool::new(self.pooled.clone());
        }
    }
}

/// Lets the tasks that are ready run before this one. Tokio's own `yield_now` looks at the network first, which takes as long as the rest of
/// taking a connection.
async fn step_aside() {
    let mut has_stepped = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_stepped, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
