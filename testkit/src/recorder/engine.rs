use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bindery_core::config::BindConfig;
use bindery_core::engine::{Capabilities, Connection, Dialect, Driver, Effect, Engine, Family, Places, PoolStatus};
use bindery_core::{BindKey, Error, ErrorKind, Result};

use super::connection::RecorderConnection;
use super::recorder::Recorder;
use super::rule::Answer;
use super::sent::Call;

/// Opens a [`RecorderEngine`] for each bind whose URL begins with `recorder:`: what [`Recorder::driver`] gives.
#[derive(Debug, Clone)]
pub struct RecorderDriver {
    recorder: Recorder,
}

impl RecorderDriver {
    pub(super) fn new(recorder: Recorder) -> Self {
        RecorderDriver { recorder }
    }
}

impl Driver for RecorderDriver {
    type Engine = RecorderEngine;

    fn name(&self) -> &'static str {
        "recorder"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["recorder"]
    }

    fn parameters(&self) -> &'static [&'static str] {
        &["dialect"]
    }

    fn open(&self, bind: &BindConfig) -> Result<RecorderEngine> {
        let dialect = match bind.url().parameter("dialect") {
            None => self.recorder.dialect().clone(),
            Some("postgres" | "postgresql") => Dialect::postgres(),
            Some("mysql") => Dialect::mysql(),
            Some("sqlite") => Dialect::sqlite(),
            Some(_) => {
                let message = "parameter `dialect` must be `postgresql`, `mysql` or `sqlite`";
                return Err(Error::new(ErrorKind::Configuration, message));
            }
        };
        self.recorder.serve(bind.key());
        let pool = Pool { places: Places::new(bind.pool()), connections: Mutex::default() };
        let capabilities = capabilities(&dialect);
        let served = Served { bind: bind.key(), dialect, capabilities, recorder: self.recorder.clone(), pool };
        Ok(RecorderEngine { served: Arc::new(served) })
    }
}

/// The engine of one bind that a [`Recorder`] serves.
pub struct RecorderEngine {
    served: Arc<Served>,
}

/// One bind, as its connections see it.
pub(super) struct Served {
    pub(super) bind: BindKey,
    pub(super) dialect: Dialect,
    pub(super) capabilities: Capabilities,
    pub(super) recorder: Recorder,
    pub(super) pool: Pool,
}

/// There is nothing to keep in it; it counts, as a real one would.
pub(super) struct Pool {
    places: Places,
    connections: Mutex<Connections>,
}

/// Connections by their numbers.
#[derive(Default)]
struct Connections {
    made: u64,
    idle: Vec<u64>,
}

/// What the current servers of these families can do.
fn capabilities(dialect: &Dialect) -> Capabilities {
    let mut capabilities = Capabilities::none(format!("the recorder as {}", dialect.name()));
    let (returning, transactional_ddl, two_phase, max_parameters) = match dialect.family() {
        Family::MySql => (false, false, true, 65_535),
        Family::Sqlite => (true, true, false, 32_766),
        _ => (true, true, true, 65_535),
    };
    capabilities.returning = returning;
    capabilities.generated_keys = !returning;
    capabilities.common_table_expressions = true;
    capabilities.window_functions = true;
    capabilities.row_locks = true;
    capabilities.skip_locked = true;
    capabilities.no_wait = true;
    capabilities.check_constraints = true;
    capabilities.transactional_ddl = transactional_ddl;
    capabilities.two_phase = two_phase;
    capabilities.max_parameters = max_parameters;
    capabilities.max_statement_bytes = 16 << 20;
    capabilities
}

impl Served {
    /// The script's answer, once it is there.
    pub(super) async fn answer(&self, call: Call, sql: &str) -> Option<Answer> {
        let (delay, answer) = self.recorder.answer(self.bind, call, sql)?;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if matches!(answer, Answer::Never) {
            std::future::pending::<()>().await;
        }
        Some(answer)
    }
}

/// The error that the script asks for.
pub(super) fn scripted(kind: ErrorKind) -> Error {
    Error::new(kind, "the recorder's script has this fail")
}

impl Pool {
    /// The number of an idle connection, or of a new one.
    fn take(&self) -> u64 {
        let mut connections = self.connections();
        if let Some(number) = connections.idle.pop() {
            return number;
        }
        connections.made += 1;
        connections.made
    }

    /// A connection that came back clean.
    pub(super) fn give_back(&self, number: u64) {
        if !self.places.is_closed() {
            self.connections().idle.push(number);
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        // Nothing that holds it can panic half way.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Engine for RecorderEngine {
    fn backend(&self) -> &'static str {
        self.served.dialect.name()
    }

    fn namespace(&self) -> &str {
        self.served.bind.as_str()
    }

    fn dialect(&self) -> &Dialect {
        &self.served.dialect
    }

    async fn acquire(&self, _: Effect) -> Result<Box<dyn Connection>> {
        match self.served.answer(Call::Acquire, "").await {
            Some(Answer::Fails(kind)) => return Err(scripted(kind)),
            Some(Answer::Wrong(kind, message)) => return Err(Error::new(kind, message)),
            _ => {}
        }
        let pool = &self.served.pool;
        let place = pool.places.take().await?;
        Ok(Box::new(RecorderConnection::new(Arc::clone(&self.served), pool.take(), place)))
    }

    fn pool_status(&self) -> PoolStatus {
        let pool = &self.served.pool;
        PoolStatus::new(pool.places.size() as usize, pool.places.in_use(), pool.connections().idle.len())
    }

    async fn close(&self) {
        let pool = &self.served.pool;
        pool.places.close().await;
        pool.connections().idle.clear();
    }
}

impl fmt::Debug for RecorderEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecorderEngine")
            .field("bind", &self.served.bind)
            .field("dialect", &self.served.dialect.name())
            .field("pool", &self.pool_status())
            .finish()
    }
}
