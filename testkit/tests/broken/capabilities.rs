use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bindery::prelude::*;
use bindery_core::engine::{
    Capabilities, ColumnInfo, Connection, Effect, Engine, Executed, GlobalId, Lease, Statement, TransactionOptions,
};
use bindery_core::{BindKey, ErrorKind, Result};
use bindery_testkit::TempSqlite;

use crate::backend::Backend;
use crate::wrapper::{Break, BrokenDriver};

/// Begins a transaction that is to be prepared as one that can't be.
#[derive(Default)]
pub(crate) struct ForgetsThePromise;

#[async_trait]
impl Break for ForgetsThePromise {
    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        let mut options = *options;
        options.global_id = None;
        inner.begin(&options).await
    }
}

/// Says that it can what the server can't.
#[derive(Default)]
pub(crate) struct Boasts;

impl Break for Boasts {
    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        let mut capabilities = inner.clone();
        capabilities.two_phase = true;
        capabilities.transactional_ddl = true;
        capabilities
    }
}

/// Says that it takes more parameters than the server does.
#[derive(Default)]
pub(crate) struct BoastsOfParameters;

impl Break for BoastsOfParameters {
    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        let mut capabilities = inner.clone();
        capabilities.max_parameters += 1;
        capabilities
    }
}

/// Says that it takes more bytes than the server does.
#[derive(Default)]
pub(crate) struct BoastsOfBytes;

impl Break for BoastsOfBytes {
    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        let mut capabilities = inner.clone();
        capabilities.max_statement_bytes *= 2;
        capabilities
    }
}

/// Tells the last key that was generated for the first.
#[derive(Default)]
pub(crate) struct TellsTheLastKey;

#[async_trait]
impl Break for TellsTheLastKey {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let mut executed = inner.execute(statement).await?;
        if let (Some(keys), Some(rows)) = (&mut executed.generated_keys, executed.rows_affected) {
            keys.first += keys.step * (i64::try_from(rows).unwrap() - 1);
        }
        Ok(executed)
    }
}

/// Claims nothing, and notes what is sent.
#[derive(Default)]
pub(crate) struct ClaimsNothing {
    sent: Mutex<Vec<String>>,
}

impl ClaimsNothing {
    fn note(&self, sql: &str) {
        self.sent.lock().unwrap().push(sql.to_owned());
    }

    fn take_sent(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

#[async_trait]
impl Break for ClaimsNothing {
    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        Capabilities::none(inner.server.as_str())
    }

    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        self.note(statement.sql);
        inner.execute(statement).await
    }

    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        self.note(statement.sql);
        inner.query(statement).await
    }

    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        self.note("BEGIN");
        inner.begin(options).await
    }
}

#[derive(Model, Debug)]
struct Note {
    #[column(primary_key, generated)]
    id: i64,
    body: String,
}

/// What core does with a capability that is false, on an engine that has none: it refuses, and sends nothing.
#[tokio::test]
async fn what_is_not_claimed_is_never_sent() {
    let files = TempSqlite::new().unwrap();
    let driver = BrokenDriver::<ClaimsNothing>::new(Backend::Sqlite);
    let builder = Databases::with_driver(driver).bind("default", files.url("default")).without_registered();
    let databases = builder.tables([Note::table()]).connect().await.unwrap();
    let engine = databases.engine("default").unwrap();

    databases.create_all(All).await.unwrap();
    let sent = engine.breaks().take_sent();
    assert!(sent.iter().any(|sql| sql.starts_with("CREATE TABLE")) && !sent.contains(&"BEGIN".to_owned()), "{sent:?}");

    let session = databases.session();
    let error = session.insert(NewNote::new("remember".to_owned())).await.unwrap_err();
    // Nor does it tell the keys that it makes, which is known once it has made one.
    assert_eq!(error.kind(), ErrorKind::Server, "{error:?}");
    assert!(error.to_string().contains("the rows are in the database all the same"), "{error}");
    assert_eq!(engine.breaks().take_sent(), ["INSERT INTO \"note\" (\"body\") VALUES (?)"], "without RETURNING");

    let mut lease = Lease::new(engine.acquire(Effect::Write).await.unwrap(), BindKey::DEFAULT);
    let id = GlobalId::new("bindery-1").unwrap();
    for refused in [
        lease.prepare(&id).await,
        lease.commit_prepared(&id).await,
        lease.rollback_prepared(&id).await,
        lease.list_prepared().await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert_eq!(engine.breaks().take_sent(), [""; 0]);
}

/// Where a server doesn't tell the keys of several rows, as a Galera cluster of MySQL's, each row is inserted on its own, in one transaction.
#[tokio::test]
async fn rows_whose_keys_are_not_told_are_inserted_one_by_one() {
    let (url, _database) = Backend::MySql57.database().unwrap();
    let driver = BrokenDriver::<ClaimsNothing>::new(Backend::MySql57);
    let builder = Databases::with_driver(driver).bind("default", url).without_registered();
    let databases = builder.tables([Note::table()]).connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let sent = &databases.engine("default").unwrap().breaks();
    sent.take_sent();
    let notes = ["one", "two", "three"].map(|body| NewNote::new(body.to_owned()));
    let notes = databases.session().insert_many(notes).await.unwrap();
    let sent = sent.take_sent();
    assert_eq!(sent.iter().filter(|sql| *sql == "INSERT INTO `note` (`body`) VALUES (?)").count(), 3, "{sent:?}");
    assert_eq!(sent.first().map(String::as_str), Some("BEGIN"));
    assert_eq!(notes.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert!(notes.is_sorted_by_key(|note| note.id), "{notes:?}");
}
