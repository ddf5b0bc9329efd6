use std::sync::Arc;

use bindery_core::config::{BindConfig, PoolOptions};
use bindery_core::engine::{Capabilities, Dialect, Driver, Effect, Engine, Family};
use bindery_core::schema::Table;
use bindery_core::session::{Builder, Databases};
use bindery_core::{BindKey, Result};

use super::client::Client;
use super::setup::{Setup, TestDatabase};

/// What one test of the suite stands on: one database, and engines on it, as their own type or as `dyn Engine`.
pub struct Ground<E: Engine + ?Sized> {
    open: Open<E>,
    builder: Box<dyn Fn() -> Builder<E>>,
    config: BindConfig,
    /// For what is looked at from outside.
    witness: Arc<E>,
    expected: Capabilities,
}

type Open<E> = Box<dyn Fn(&BindConfig) -> Result<Arc<E>>>;

impl<E: Engine> Ground<E> {
    pub(super) fn typed<S: Setup>(setup: &S, database: &TestDatabase<S::Driver>) -> Self
    where
        S::Driver: Driver<Engine = E>,
    {
        let (opener, driver) = (database.driver.clone(), database.driver.clone());
        let open = move |config: &BindConfig| opener.open(config).map(Arc::new);
        Ground::new(Box::new(open), Box::new(move || Databases::with_driver(driver.clone())), setup, database)
    }
}

impl Ground<dyn Engine> {
    pub(super) fn erased<S: Setup>(setup: &S, database: &TestDatabase<S::Driver>) -> Self {
        let (opener, driver) = (database.driver.clone(), database.driver.clone());
        let open = move |config: &BindConfig| opener.open(config).map(|engine| Arc::new(engine) as Arc<dyn Engine>);
        Ground::new(Box::new(open), Box::new(move || Databases::builder().driver(driver.clone())), setup, database)
    }
}

impl<E: Engine + ?Sized> Ground<E> {
    fn new<S: Setup>(open: Open<E>, builder: Box<dyn Fn() -> Builder<E>>, setup: &S, database: &TestDatabase<S::Driver>) -> Self {
        let config = BindConfig::new(BindKey::DEFAULT, database.url.clone());
        let config = database.options.iter().fold(config, |config, (name, value)| config.with_option(name, value.clone()));
        let witness = open(&config).expect("the engine could not be opened");
        Ground { open, builder, config, witness, expected: setup.capabilities() }
    }

    /// What the setup says that the server can do.
    pub fn expected(&self) -> &Capabilities {
        &self.expected
    }

    /// How the backend spells SQL.
    pub fn dialect(&self) -> &Dialect {
        self.witness.dialect()
    }

    /// The family of its SQL.
    pub fn family(&self) -> Family {
        self.dialect().family()
    }

    /// The configuration of the bind.
    pub fn config(&self) -> &BindConfig {
        &self.config
    }

    /// An engine of its own, with these options of the pool.
    pub fn engine_with(&self, change: impl FnOnce(&mut PoolOptions)) -> Arc<E> {
        self.engine_of(self.config.clone(), change)
    }

    /// An engine with another configuration.
    pub fn engine_of(&self, config: BindConfig, change: impl FnOnce(&mut PoolOptions)) -> Arc<E> {
        let mut pool = PoolOptions::default();
        change(&mut pool);
        (self.open)(&config.with_pool(pool)).expect("the engine could not be opened")
    }

    /// An engine of its own.
    pub fn engine(&self) -> Arc<E> {
        self.engine_with(|_| {})
    }

    /// A connection that may write, of an engine of its own.
    pub async fn client(&self) -> Client {
        Client::of(&*self.engine(), Effect::Write).await
    }

    /// A connection that reads, of an engine that no test works on: what it sees is there for everyone.
    pub async fn witness(&self) -> Client {
        Client::of(&*self.witness, Effect::Read).await
    }

    /// The bind `default` with these tables.
    pub async fn databases(&self, tables: impl IntoIterator<Item = &'static Table>) -> Databases<E> {
        let builder = (self.builder)().without_registered().tables(tables).bind("default", self.config.url().clone());
        let connected = builder.connect().await;
        connected.expect("the databases could not be opened")
    }

    /// Runs statements that must work, each on its own.
    pub async fn prepare<S: AsRef<str>>(&self, statements: impl IntoIterator<Item = S>) {
        let mut client = self.client().await;
        for sql in statements {
            client.run(sql.as_ref()).await.unwrap_or_else(|error| panic!("{}: {error:?}", sql.as_ref()));
        }
    }

    /// How many rows the table has, for everyone.
    pub async fn count(&self, table: &str) -> i64 {
        self.witness().await.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// The placeholder of a parameter, by its number from 1.
    pub fn placeholder(&self, number: usize) -> String {
        match self.family() {
            Family::Postgres => format!("${number}"),
            _ => "?".to_owned(),
        }
    }
}
