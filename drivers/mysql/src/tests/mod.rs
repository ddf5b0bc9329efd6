//! The engine on real servers, MariaDB and Oracle MySQL 5.7, with the servers' own client as the independent witness.

mod cancellation;
mod catalog;
mod definitions;
mod errors;
mod faults;
mod native;
mod pool;
mod sessions;
mod statements;
mod transactions;
mod two_phase;
mod values;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use bindery_core::config::{BindConfig, DatabaseUrl, PoolOptions};
use bindery_core::engine::{Cells, Connection, Driver, Effect, Engine, Executed, Fate, Param, Statement, TransactionOptions};
use bindery_core::value::{Value, ValueRef};
use bindery_core::{BindKey, Error, ErrorKind, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};

use crate::{Mysql, MysqlDriver};

pub(crate) const FLAVORS: [MysqlFlavor; 2] = [MysqlFlavor::MariaDb, MysqlFlavor::MySql];

/// Runs a test that is slow for what it waits for on both at once.
pub(crate) async fn on_both(test: impl AsyncFn(MysqlFlavor)) {
    futures_util::future::join_all(FLAVORS.map(|flavor| test(flavor))).await;
}

/// A database of the test's own, on the server of this flavor that the tests of this process share.
pub(crate) fn database_on(flavor: MysqlFlavor) -> TempMysqlDatabase {
    TempMysql::shared(flavor).unwrap().database().unwrap()
}

/// One on MariaDB and one on MySQL.
pub(crate) fn databases() -> [TempMysqlDatabase; 2] {
    FLAVORS.map(database_on)
}

pub(crate) fn is_mariadb(database: &TempMysqlDatabase) -> bool {
    database.server().flavor() == MysqlFlavor::MariaDb
}

pub(crate) fn open_url(url: DatabaseUrl, change: impl FnOnce(&mut PoolOptions)) -> Mysql {
    let mut pool = PoolOptions::default();
    pool.timeout = Duration::from_secs(10);
    change(&mut pool);
    MysqlDriver.open(&BindConfig::new(BindKey::DEFAULT, url).with_pool(pool)).unwrap()
}

pub(crate) fn open_with(database: &TempMysqlDatabase, change: impl FnOnce(&mut PoolOptions)) -> Mysql {
    open_url(database.url(), change)
}

pub(crate) fn open(database: &TempMysqlDatabase) -> Mysql {
    open_with(database, |_| {})
}

/// A pool of one connection.
pub(crate) fn open_one(database: &TempMysqlDatabase) -> Mysql {
    open_with(database, |pool| pool.size = 1)
}

/// A user who may do anything in this database and nothing with the server, unlike `root`: its URL.
pub(crate) fn user_url(database: &TempMysqlDatabase, user: &str) -> DatabaseUrl {
    database.sql(&format!("CREATE USER {user}@'127.0.0.1'; GRANT ALL ON {}.* TO {user}@'127.0.0.1'", database.name())).unwrap();
    database.url().with_user(user)
}

/// How many of the connections to this database the witness sees, but for its own.
pub(crate) fn seen(database: &TempMysqlDatabase, condition: &str) -> usize {
    let sql = format!(
        "select count(*) from information_schema.processlist where db = '{}' and id <> connection_id() and ({condition})",
        database.name()
    );
    database.sql(&sql).unwrap().parse().unwrap()
}

/// How many transactions are open on the whole server, which looks only once in a tenth of a second.
pub(crate) fn open_transactions(database: &TempMysqlDatabase) -> usize {
    database.sql("do sleep(0.12); select count(*) from information_schema.innodb_trx").unwrap().parse().unwrap()
}

/// Waits until it is so, at most ten seconds.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: not so after ten seconds");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn until_all_are_back(engine: &Mysql) {
    until("all connections are back", || engine.pool_status().in_use == 0).await;
}

/// Runs a future for a while, and drops it then.
pub(crate) async fn cut_off<T>(after: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(after, future).await.ok()
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// The number of a connection on its server.
pub(crate) async fn id_of(engine: &Mysql) -> i64 {
    match query(engine, "select connection_id()", &[]).await.unwrap()[0][0] {
        Value::I64(id) => id,
        ref other => panic!("{other:?}"),
    }
}

fn params(values: &[Value]) -> Vec<Param<'_>> {
    values.iter().map(|value| Param::new(value.as_ref(), None)).collect()
}

pub(crate) async fn execute_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Executed> {
    connection.execute(&Statement::new(sql, &params(values), Effect::Write)).await
}

pub(crate) async fn execute(engine: &Mysql, sql: &str, values: &[Value]) -> Result<Executed> {
    let mut connection = engine.acquire(Effect::Write).await?;
    let result = execute_on(&mut *connection, sql, values).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn query_on(connection: &mut dyn Connection, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    let statement_params = params(values);
    let columns = connection.query(&Statement::new(sql, &statement_params, Effect::Read)).await?;
    let mut rows = Vec::new();
    let mut each = |cells: &dyn Cells| {
        rows.push((0..columns.len()).map(|column| cells.value(column).map(ValueRef::to_owned)).collect::<Result<_>>());
        ControlFlow::Continue(())
    };
    while connection.fetch(&mut each).await? {}
    rows.into_iter().collect()
}

/// Opens a result and reads some rows of it, of which there are more.
pub(crate) async fn half_read(connection: &mut dyn Connection, sql: &str) {
    connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
    assert!(connection.fetch(&mut |_| ControlFlow::Continue(())).await.unwrap());
}

pub(crate) async fn query(engine: &Mysql, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
    let mut connection = engine.acquire(Effect::Read).await?;
    let result = query_on(&mut *connection, sql, values).await;
    connection.release(Fate::Clean);
    result
}

pub(crate) async fn begin(engine: &Mysql) -> Result<Box<dyn Connection>> {
    begin_with(engine, &TransactionOptions::default()).await
}

pub(crate) async fn begin_with(engine: &Mysql, options: &TransactionOptions<'_>) -> Result<Box<dyn Connection>> {
    let mut connection = engine.acquire(Effect::Write).await?;
    connection.begin(options).await?;
    Ok(connection)
}

/// More rows than a connection holds, in words that each version understands.
pub(crate) const MANY_ROWS: &str = "select a.n * 1000 + b.n as n, repeat('x', 100) from thousand a, thousand b limit 150000";

/// The table that [`MANY_ROWS`] is of.
pub(crate) fn make_thousand(database: &TempMysqlDatabase) {
    database
        .sql(
            "create table digits (d int); insert into digits values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9); \
             create table thousand as select a.d * 100 + b.d * 10 + c.d as n from digits a, digits b, digits c",
        )
        .unwrap();
}
