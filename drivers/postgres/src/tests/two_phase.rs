use bindery_core::engine::GlobalId;
use bindery_testkit::Proxy;

use super::*;

async fn begun(engine: &Postgres, id: &GlobalId) -> Box<dyn Connection> {
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let mut options = TransactionOptions::default();
    options.global_id = Some(id);
    connection.begin(&options).await.unwrap();
    connection
}

fn prepared(database: &TempPostgresDatabase) -> String {
    database
        .psql("select coalesce(string_agg(gid, ',' order by gid), '') from pg_prepared_xacts where database = current_database()")
        .unwrap()
}

fn id(text: &str) -> GlobalId {
    GlobalId::new(text).unwrap()
}

#[tokio::test]
async fn what_is_prepared_stays_until_it_is_finished() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    database.psql("create table t (a int)").unwrap();
    let engine = open_one(&database);
    let (one, two, three) = (id("one"), id("two"), id("three"));
    for (number, id) in [(1, &one), (2, &two), (3, &three)] {
        let mut tx = begun(&engine, id).await;
        execute_on(&mut *tx, "insert into t values ($1)", &[Value::I64(number)]).await.unwrap();
        tx.two_phase().unwrap().prepare(id).await.unwrap();
        match number {
            1 => tx.release(Fate::Prepared),
            2 => tx.release(Fate::CutOff),
            _ => drop(tx),
        }
        until_all_are_back(&engine).await;
    }
    assert_eq!(prepared(&database), "one,three,two");
    assert_eq!(seen(&database, "state like 'idle in transaction%'"), 0);
    server.kill().unwrap();
    server.restart().unwrap();

    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let two_phase = connection.two_phase().unwrap();
    let mut listed = two_phase.list_prepared().await.unwrap();
    listed.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    assert_eq!(listed, [one.clone(), three.clone(), two.clone()]);
    two_phase.commit_prepared(&one).await.unwrap();
    two_phase.rollback_prepared(&two).await.unwrap();
    for id in [&one, &two] {
        assert_eq!(two_phase.commit_prepared(id).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
        assert_eq!(two_phase.rollback_prepared(id).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
    }
    assert_eq!(two_phase.list_prepared().await.unwrap(), std::slice::from_ref(&three));
    two_phase.rollback_prepared(&three).await.unwrap();
    connection.release(Fate::Clean);
    assert_eq!(prepared(&database), "");
    assert_eq!(database.psql("select string_agg(a::text, ',') from t").unwrap(), "1");
}

#[tokio::test]
async fn a_failed_transaction_is_not_prepared() {
    let database = database();
    let engine = open_one(&database);
    let one = id("failed");
    let mut tx = begun(&engine, &one).await;
    execute_on(&mut *tx, "select 1 / 0", &[]).await.unwrap_err();
    let error = tx.two_phase().unwrap().prepare(&one).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
    tx.release(Fate::InTransaction);
    // What the server refuses to prepare is rolled back.
    let mut tx = begun(&engine, &one).await;
    execute_on(&mut *tx, "create temp table t (a int)", &[]).await.unwrap();
    let error = tx.two_phase().unwrap().prepare(&one).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    tx.release(Fate::InTransaction);
    until_all_are_back(&engine).await;
    assert_eq!(prepared(&database), "");
}

#[tokio::test]
async fn prepared_transactions_of_other_databases_are_not_listed() {
    let (database, other) = (database(), database());
    let (engine, other_engine) = (open(&database), open(&other));
    let one = id("other-database");
    let mut tx = begun(&other_engine, &one).await;
    execute_on(&mut *tx, "create table t (a int)", &[]).await.unwrap();
    tx.two_phase().unwrap().prepare(&one).await.unwrap();
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    assert_eq!(connection.two_phase().unwrap().list_prepared().await.unwrap(), []);
    tx.two_phase().unwrap().rollback_prepared(&one).await.unwrap();
}

#[tokio::test]
async fn a_server_without_says_so_and_is_sent_nothing() {
    let server = TempPostgres::builder().setting("max_prepared_transactions", "0").setting("log_statement", "all").start().unwrap();
    let database = server.database().unwrap();
    let engine = open(&database);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    assert!(!connection.capabilities().two_phase);
    assert!(connection.two_phase().is_none());
    let one = id("one");
    let mut options = TransactionOptions::default();
    options.global_id = Some(&one);
    let error = connection.begin(&options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("`max_prepared_transactions` is 0"), "{error}");
    let log = std::fs::read_to_string(server.folder().join("log")).unwrap();
    assert!(!log.contains("BEGIN"), "{log}");
    let capabilities = connection.capabilities();
    assert!(capabilities.returning && capabilities.transactional_ddl && capabilities.server.starts_with("PostgreSQL "));
    assert_eq!(capabilities.max_parameters, 65_535);
}

#[tokio::test]
async fn a_prepare_whose_answer_is_lost_says_where_to_look() {
    let database = database();
    let proxy = Proxy::before(&database.url()).unwrap();
    let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 1);
    let one = id("lost-answer");
    let mut tx = begun(&engine, &one).await;
    // Its answer is on its way for long enough to be lost.
    proxy.delay(Duration::from_millis(300));
    let (answer, ()) = tokio::join!(tx.two_phase().unwrap().prepare(&one), async {
        until("the server has prepared it", || prepared(&database) == "lost-answer").await;
        proxy.cut_off().unwrap();
    });
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().contains("`list_prepared`"), "{error}");
    // Nor is it rolled back, as far as anyone knows here.
    assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    tx.release(Fate::CutOff);
    database.psql("rollback prepared 'lost-answer'").unwrap();
}
