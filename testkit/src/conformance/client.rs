use std::ops::{ControlFlow, Deref, DerefMut};

use bindery_core::engine::{Cells, Connection, Effect, Engine, Executed, Lease, Param, Statement, TransactionOptions};
use bindery_core::value::{Scalar, Value, ValueRef};
use bindery_core::{BindKey, Result};

/// One connection in core's own guard, with shorter words for what the tests say most.
pub struct Client {
    lease: Lease,
}

/// The rows of a result.
pub(super) type Found = Vec<Vec<Value>>;

impl Client {
    /// A connection of this engine's pool.
    pub async fn of<E: Engine + ?Sized>(engine: &E, effect: Effect) -> Self {
        Client::new(engine.acquire(effect).await.unwrap_or_else(|error| panic!("no connection: {error:?}")))
    }

    /// This connection.
    pub fn new(connection: Box<dyn Connection>) -> Self {
        Client { lease: Lease::new(connection, BindKey::DEFAULT) }
    }

    /// Runs a statement without rows.
    pub async fn run(&mut self, sql: &str) -> Result<Executed> {
        self.run_with(sql, &[]).await
    }

    /// Runs a statement without rows, with parameters.
    pub async fn run_with(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Executed> {
        self.lease.execute(&Statement::new(sql, params, Effect::Write)).await
    }

    /// All rows of a query.
    pub async fn rows(&mut self, sql: &str) -> Result<Found> {
        self.rows_with(sql, &[]).await
    }

    /// All rows of a query with parameters.
    pub async fn rows_with(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Found> {
        self.rows_of(&Statement::new(sql, params, Effect::Read)).await
    }

    /// All rows of a statement.
    pub async fn rows_of(&mut self, statement: &Statement<'_>) -> Result<Found> {
        let columns = self.lease.query(statement).await?.len();
        let mut rows = Vec::new();
        let mut each = |cells: &dyn Cells| {
            rows.push((0..columns).map(|column| cells.value(column).map(ValueRef::to_owned)).collect::<Result<_>>());
            ControlFlow::Continue(())
        };
        while self.lease.fetch(&mut each).await? {}
        rows.into_iter().collect()
    }

    /// Some rows of the open result, which are forgotten. How many, and whether there may be more.
    pub async fn some_rows(&mut self) -> Result<(usize, bool)> {
        let mut rows = 0;
        let mut each = |_: &dyn Cells| {
            rows += 1;
            ControlFlow::Continue(())
        };
        let more = self.lease.fetch(&mut each).await?;
        Ok((rows, more))
    }

    /// The one value of a query that must work.
    pub async fn value(&mut self, sql: &str) -> Value {
        let rows = self.rows(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        assert_eq!((rows.len(), rows.first().map(Vec::len)), (1, Some(1)), "`{sql}` gives one value");
        rows.into_iter().flatten().next().unwrap_or(Value::Null)
    }

    /// The one number of a query that must work.
    pub async fn number(&mut self, sql: &str) -> i64 {
        let value = self.value(sql).await;
        i64::from_value(value.as_ref()).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    /// Begins a transaction, which must work.
    pub async fn begun(&mut self) {
        self.lease.begin(&TransactionOptions::default()).await.unwrap_or_else(|error| panic!("begin: {error:?}"));
    }
}

impl Deref for Client {
    type Target = Lease;

    fn deref(&self) -> &Lease {
        &self.lease
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Lease {
        &mut self.lease
    }
}

/// A value with its type, as core's statements send it.
pub(super) fn typed(value: &Value, sql_type: bindery_core::value::SqlType) -> Param<'_> {
    Param::new(value.as_ref(), Some(sql_type))
}
