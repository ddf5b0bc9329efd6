use std::sync::Arc;
use std::time::Duration;

use bindery_core::Result;
use bindery_core::config::{BindConfig, Config, OptionValue, PoolOptions};
use bindery_core::engine::{Capabilities, Catalog, Dialect, Driver, Effect, Engine, Family};
use bindery_core::schema::Table;
use bindery_core::session::{Builder, Databases};
use bindery_core::value::SqlType;

use super::client::Client;
use super::cut::until;
use super::family;
use super::setup::{Setup, TestDatabase};

/// What one test of the suite stands on: one database, and engines on it, as their own type or as `dyn Engine`.
pub struct Ground<E: Engine + ?Sized> {
    open: Open<E>,
    builder: Box<dyn Fn() -> Builder<E>>,
    config: BindConfig,
    options: Vec<(String, OptionValue)>,
    /// For what is looked at from outside.
    witness: Arc<E>,
    expected: Capabilities,
    without_types: &'static [SqlType],
    uncarried: Option<&'static str>,
    has_catalog: bool,
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
        // The names of options and their values are checked as an application's are.
        let config = Config::builder().bind("default", database.url.clone());
        let options = database.options.clone();
        let config = options.iter().fold(config, |config, (name, value)| config.bind_option("default", name, value.clone()));
        let config = config.resolve(&[database.driver.info()]).expect("the setup's options are wrong");
        let config = config.binds().first().expect("one bind was configured").clone();
        let witness = open(&config).expect("the engine could not be opened");
        let uncarried = setup.uncarried(witness.dialect().family());
        Ground {
            open,
            builder,
            config,
            options,
            witness,
            expected: setup.capabilities(),
            without_types: setup.without_types(),
            uncarried,
            has_catalog: setup.has_catalog(),
        }
    }

    /// What the setup says that the server can do.
    pub fn expected(&self) -> &Capabilities {
        &self.expected
    }

    /// The types that the setup says the backend lacks.
    pub fn without_types(&self) -> &'static [SqlType] {
        self.without_types
    }

    /// Those of these types that the setup doesn't say the backend lacks.
    pub fn types(&self, types: impl IntoIterator<Item = SqlType>) -> Vec<SqlType> {
        types.into_iter().filter(|sql_type| !self.without_types.contains(sql_type)).collect()
    }

    /// A query for a value that can't be carried.
    pub fn uncarried(&self) -> Option<&'static str> {
        self.uncarried
    }

    /// The catalog of this engine; `None` where the setup says that there is none.
    pub fn catalog<'e>(&self, engine: &'e E) -> Option<&'e dyn Catalog> {
        let catalog = engine.catalog();
        assert_eq!(
            catalog.is_some(),
            self.has_catalog,
            "the engine has a catalog, or it has none, and the setup restates the other: `has_catalog`"
        );
        catalog
    }

    /// How the backend spells SQL.
    pub fn dialect(&self) -> &Dialect {
        self.witness.dialect()
    }

    /// The family of its SQL.
    pub fn family(&self) -> Family {
        self.dialect().family()
    }

    /// An engine of its own, with these options of the pool.
    pub fn engine_with(&self, change: impl FnOnce(&mut PoolOptions)) -> Arc<E> {
        let mut pool = self.config.pool().clone();
        change(&mut pool);
        (self.open)(&self.config.clone().with_pool(pool)).expect("the engine could not be opened")
    }

    /// An engine that gives this password, whether it is asked for or not.
    pub fn engine_with_password(&self, password: &str) -> Arc<E> {
        let url = self.config.url().clone().with_password(password);
        (self.open)(&self.config.clone().with_url(url)).expect("the engine could not be opened")
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
        let options = self.options.iter();
        let builder = options.fold(builder, |builder, (name, value)| builder.bind_option("default", name, value.clone()));
        builder.connect().await.expect("the databases could not be opened")
    }

    /// Runs statements that must work, each on its own.
    pub async fn prepare<S: AsRef<str>>(&self, statements: impl IntoIterator<Item = S>) {
        let mut client = self.client().await;
        for sql in statements {
            client.run(sql.as_ref()).await.unwrap_or_else(|error| panic!("{}: {error:?}", sql.as_ref()));
        }
    }

    /// Has the server end the connection of this number, which waits for its next statement.
    pub(super) async fn end_connection(&self, number: i64) {
        let mut client = self.client().await;
        // MySQL 5.7 may never end one that is killed as it begins to wait for its client.
        tokio::time::sleep(Duration::from_millis(20)).await;
        client.rows(&family::kill(self.family(), number)).await.unwrap();
        // MySQL 5.7 may wait on the number of the socket that it has closed, which the next connection gets.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let gone = family::is_connected(self.family(), number);
        until(async || self.witness().await.number(&gone).await == 0, "the server did not end a connection").await;
    }

    /// How many rows the table has, for everyone.
    pub async fn count(&self, table: &str) -> i64 {
        self.witness().await.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// The placeholder of a parameter, by its number from 1.
    pub fn placeholder(&self, number: usize) -> String {
        self.dialect().placeholder(number)
    }
}
