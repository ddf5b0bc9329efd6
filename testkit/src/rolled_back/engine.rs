use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bindery_core::engine::{Capabilities, Catalog, Connection, Dialect, Effect, Engine, Holders, Lease, PoolStatus, TransactionOptions};
use bindery_core::{BindKey, Error, ErrorKind, Result};
use tokio::runtime::Handle as Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection::OuterConnection;
use super::held::Held;
use super::holding::Holding;

/// An engine whose one connection is inside a transaction from its first use to the end of the test.
pub(super) struct OuterEngine {
    engine: Arc<dyn Engine>,
    shared: Arc<Shared>,
}

/// What the engine shares with its connection while that is out.
pub(super) struct Shared {
    bind: BindKey,
    patience: Duration,
    /// One seat: closed at the end of the test.
    seat: Arc<Semaphore>,
    holders: Holders,
    outer: Mutex<Outer>,
}

/// The transaction around the test.
enum Outer {
    /// No statement yet.
    Unopened,
    /// Nobody is using it.
    Free(Open),
    /// Someone is.
    Out,
    /// The test is over.
    Over,
}

/// The connection that it is open on.
pub(super) struct Open {
    pub(super) lease: Lease,
    pub(super) capabilities: Arc<Capabilities>,
}

impl OuterEngine {
    pub(super) fn new(bind: BindKey, engine: Arc<dyn Engine>, patience: Duration) -> Self {
        let seat = Arc::new(Semaphore::new(1));
        let shared = Shared { bind, patience, seat, holders: Holders::new(), outer: Mutex::new(Outer::Unopened) };
        OuterEngine { engine, shared: Arc::new(shared) }
    }

    /// Nothing more begins; what is not in use is rolled back in the background, and what is, when it comes back.
    pub(super) fn end(&self) {
        self.shared.seat.close();
        drop(self.shared.take(Outer::Over));
    }

    /// Rolls back, once what is in use has come back.
    pub(super) async fn finish(&self) -> Result<()> {
        let seated = self.shared.seated().await;
        self.shared.seat.close();
        let _permit = match seated {
            Ok(permit) => permit,
            Err(error) if error.kind() == ErrorKind::ConnectionLost => return Ok(()), // the application has closed it
            Err(error) => {
                self.end();
                return Err(error);
            }
        };
        match self.shared.take(Outer::Over) {
            Outer::Free(mut open) => open.lease.rollback().await,
            _ => Ok(()),
        }
    }

    async fn open(&self) -> Result<Open> {
        let mut lease = Lease::unwatched(self.engine.acquire(Effect::Write).await?, self.shared.bind);
        let mut capabilities = lease.capabilities()?.clone();
        capabilities.two_phase = false;
        lease.begin(&TransactionOptions::default()).await?;
        Ok(Open { lease, capabilities: Arc::new(capabilities) })
    }
}

impl Shared {
    async fn seated(&self) -> Result<OwnedSemaphorePermit> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.seat).acquire_owned());
        let seated = waiting.await.map_err(|_| {
            let error = self.holders.timed_out(self.patience);
            let message = format!("databases that are rolled back have one connection for each bind, for which statements wait: {error}");
            Error::new(error.kind(), message)
        })?;
        seated.map_err(|_| over())
    }

    /// Takes the connection out; `None` where none is open yet.
    fn take_free(&self) -> Result<Option<Open>> {
        let mut outer = self.outer();
        match std::mem::replace(&mut *outer, Outer::Out) {
            Outer::Free(open) => Ok(Some(open)),
            Outer::Unopened => {
                *outer = Outer::Unopened;
                Ok(None)
            }
            Outer::Out => Err(Error::new(ErrorKind::Internal, "a call on the connection of this test has panicked, and took it along")),
            Outer::Over => {
                *outer = Outer::Over;
                Err(over())
            }
        }
    }

    /// The connection was just opened, and is out; unless the test has ended meanwhile.
    fn take_out(&self) -> Result<()> {
        let mut outer = self.outer();
        if matches!(*outer, Outer::Over) {
            return Err(over());
        }
        *outer = Outer::Out;
        Ok(())
    }

    /// Takes what is there, and leaves this.
    fn take(&self, leave: Outer) -> Outer {
        std::mem::replace(&mut *self.outer(), leave)
    }

    /// The connection is free again, or its transaction rolled back where the test is over.
    pub(super) fn give_back(&self, open: Open) {
        let mut outer = self.outer();
        if !matches!(*outer, Outer::Over) {
            *outer = Outer::Free(open);
        }
    }

    fn outer(&self) -> MutexGuard<'_, Outer> {
        // Nothing that holds it can panic half way.
        self.outer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn over() -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        "the databases of this test were rolled back, so nothing more runs on them: keep what `rolled_back` gave until the test's end",
    )
}

#[async_trait]
impl Engine for OuterEngine {
    fn backend(&self) -> &'static str {
        self.engine.backend()
    }

    fn namespace(&self) -> &str {
        self.engine.namespace()
    }

    fn dialect(&self) -> &Dialect {
        self.engine.dialect()
    }

    async fn acquire(&self, _: Effect) -> Result<Box<dyn Connection>> {
        let runtime = Runtime::try_current().map_err(|error| {
            Error::new(ErrorKind::Unsupported, "databases are rolled back on a tokio runtime, and there is none here").with_source(error)
        })?;
        let permit = self.shared.seated().await?;
        let holding = Holding::new(self.shared.holders.add(Instant::now()));
        let open = match self.shared.take_free()? {
            Some(open) => open,
            None => {
                // An error, or a wait that is dropped, leaves it unopened.
                let open = self.open().await?;
                self.shared.take_out()?;
                open
            }
        };
        Ok(Box::new(OuterConnection::new(Held::new(open, Arc::clone(&self.shared), holding, permit), runtime)))
    }

    fn pool_status(&self) -> PoolStatus {
        let idle = usize::from(matches!(*self.shared.outer(), Outer::Free(_)));
        PoolStatus::new(1, self.shared.holders.len(), idle)
    }

    fn catalog(&self) -> Option<&dyn Catalog> {
        self.engine.catalog()
    }

    async fn close(&self) {
        self.shared.seat.close();
        self.shared.holders.all_back().await;
        if let Outer::Free(mut open) = self.shared.take(Outer::Over) {
            // An error changes nothing: what was not committed is rolled back when its connection goes.
            let _ = open.lease.rollback().await;
        }
    }
}
