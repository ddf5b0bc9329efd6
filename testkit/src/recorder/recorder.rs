use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bindery_core::engine::{Dialect, GlobalId};
use bindery_core::{BindKey, Error, ErrorKind, Result, ToBindKey};

use super::engine::RecorderDriver;
use super::rule::{Answer, Entry, Rule, Trigger};
use super::sent::{Call, Sent};

/// Stands in for the databases of an application's binds, in unit tests: it notes what each is sent, answers from a script and
/// injects faults. The documentation of the [module](super) has an example and the rules.
///
/// Cheap to clone; clones share one script and one record.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
}

struct Shared {
    dialect: Dialect,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rules: Vec<Entry>,
    sent: Vec<Sent>,
    /// The binds that it serves.
    binds: Vec<BindKey>,
    prepared: Vec<(BindKey, GlobalId)>,
}

impl Recorder {
    /// Records statements in PostgreSQL's dialect.
    pub fn postgres() -> Self {
        Recorder::new(Dialect::postgres())
    }

    /// Records statements in MySQL's dialect.
    pub fn mysql() -> Self {
        Recorder::new(Dialect::mysql())
    }

    /// Records statements in SQLite's dialect.
    pub fn sqlite() -> Self {
        Recorder::new(Dialect::sqlite())
    }

    /// Records statements in any dialect: that of an engine which isn't bindery's own.
    ///
    /// ```
    /// use bindery_core::engine::Dialect;
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// let recorder = Recorder::new(Dialect::sqlite().named("turso"));
    /// ```
    pub fn new(dialect: Dialect) -> Self {
        Recorder { shared: Arc::new(Shared { dialect, state: Mutex::default() }) }
    }

    /// The driver by which it joins an application's databases: it serves every bind whose URL begins with `recorder:`.
    ///
    /// A bind can have another dialect than the recorder's own, by the parameter `dialect` of its URL.
    ///
    /// ```
    /// use bindery::prelude::*;
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let recorder = Recorder::postgres();
    /// let builder = Databases::builder()
    ///     .driver(recorder.driver())
    ///     .bind("default", "recorder://")
    ///     .bind("meta", "recorder://?dialect=sqlite")
    ///     .bind_option("default", "pool_size", 1); // as any bind: every option that all drivers have
    /// # let builder = builder.without_registered();
    /// let databases = builder.connect().await?;
    /// assert_eq!(databases.engine("default")?.dialect().name(), "postgresql");
    /// assert_eq!(databases.engine("meta")?.dialect().name(), "sqlite");
    /// # Ok(())
    /// # }
    /// ```
    pub fn driver(&self) -> RecorderDriver {
        RecorderDriver::new(self.clone())
    }

    /// Begins a rule of the script: what to answer to statements with this part in their SQL, or to a [`Call`]. Of several rules
    /// that fit, the one that was added first answers, until it is [used up](Rule::times).
    ///
    /// ```
    /// use bindery::ErrorKind;
    /// use bindery_testkit::recorder::{Call, Recorder};
    ///
    /// let recorder = Recorder::postgres();
    /// recorder.on("INSERT INTO \"users\"").once().affects(1);
    /// recorder.on("INSERT INTO \"users\"").fails(ErrorKind::UniqueViolation); // from the second on
    /// recorder.on(Call::Begin).bind("auth").fails(ErrorKind::ConnectionLost);
    /// ```
    pub fn on(&self, trigger: impl Into<Trigger>) -> Rule<'_> {
        Rule::new(self, trigger.into())
    }

    /// What a bind was sent, in order.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`] where the recorder serves no such bind: nothing could ever be sent there.
    pub fn sent(&self, bind: impl ToBindKey) -> Result<Vec<Sent>> {
        let bind = bind.to_bind_key()?;
        let state = self.state();
        if !state.binds.contains(&bind) {
            let served: Vec<_> = state.binds.iter().map(|bind| format!("`{bind}`")).collect();
            let message = format!("the recorder serves no bind `{bind}`: it serves {}", served.join(", "));
            return Err(Error::new(ErrorKind::UnknownBind, message).on_bind(bind));
        }
        Ok(state.sent.iter().filter(|sent| sent.bind == bind).cloned().collect())
    }

    /// What all binds were sent, in order.
    ///
    /// ```
    /// use bindery::prelude::*;
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let recorder = Recorder::mysql();
    /// recorder.on("").affects(0);
    /// let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://").bind("auth", "recorder://");
    /// let session = builder.without_registered().connect().await?.session();
    /// session.execute(raw("auth", "delete from users")).await?;
    /// session.execute(raw("default", "delete from posts")).await?;
    ///
    /// let sent: Vec<String> = recorder.sent_to_all().iter().map(|sent| format!("{}: {sent}", sent.bind)).collect();
    /// assert_eq!(sent, ["auth: delete from users", "default: delete from posts"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sent_to_all(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Forgets what was sent so far: what a test does after its preparations. The script stays.
    pub fn forget_sent(&self) {
        self.state().sent.clear();
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.shared.dialect
    }

    pub(super) fn add(&self, rule: Entry) {
        self.state().rules.push(rule);
    }

    pub(super) fn serve(&self, bind: BindKey) {
        let mut state = self.state();
        if !state.binds.contains(&bind) {
            state.binds.push(bind);
        }
    }

    pub(super) fn note(&self, sent: Sent) {
        self.state().sent.push(sent);
    }

    /// What the script says to this.
    pub(super) fn answer(&self, bind: BindKey, call: Call, sql: &str) -> Option<(Duration, Answer)> {
        self.state().rules.iter_mut().find_map(|rule| rule.answer(bind, call, sql))
    }

    pub(super) fn prepared(&self, bind: BindKey) -> Vec<GlobalId> {
        self.state().prepared.iter().filter(|(on, _)| *on == bind).map(|(_, id)| id.clone()).collect()
    }

    pub(super) fn add_prepared(&self, bind: BindKey, id: &GlobalId) {
        self.state().prepared.push((bind, id.clone()));
    }

    /// Whether it was there.
    pub(super) fn remove_prepared(&self, bind: BindKey, id: &GlobalId) -> bool {
        let mut state = self.state();
        let before = state.prepared.len();
        state.prepared.retain(|(on, other)| (*on, other) != (bind, id));
        state.prepared.len() < before
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can panic half way.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Recorder")
            .field("dialect", &self.shared.dialect.name())
            .field("binds", &state.binds)
            .field("rules", &state.rules.len())
            .field("sent", &state.sent.len())
            .finish()
    }
}
