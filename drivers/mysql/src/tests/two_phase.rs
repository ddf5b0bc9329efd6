//! What is prepared belongs to the whole server: each of these tests has its own.

use bindery_core::engine::GlobalId;
use bindery_testkit::Proxy;

use super::*;

async fn begun(engine: &Mysql, id: &GlobalId) -> Box<dyn Connection> {
    let mut options = TransactionOptions::default();
    options.global_id = Some(id);
    begin_with(engine, &options).await.unwrap()
}

/// The ids that the server has prepared, with the branch of each.
fn prepared(server: &TempMysql) -> Vec<String> {
    let rows = server.sql("xa recover").unwrap();
    let mut ids: Vec<_> = rows.lines().map(|row| row.rsplit('\t').next().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn id(text: &str) -> GlobalId {
    GlobalId::new(text).unwrap()
}

fn sorted(mut ids: Vec<GlobalId>) -> Vec<String> {
    ids.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    ids.iter().map(GlobalId::to_string).collect()
}

#[tokio::test]
async fn what_is_prepared_stays_until_it_is_finished() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_one(&database);
        let ids = ["clean", "cut-off", "dropped", "in-transaction", "lent", "prepared"].map(id);
        for (number, id) in (1..).zip(&ids) {
            let mut tx = begun(&engine, id).await;
            execute_on(&mut *tx, "insert into t values (?)", &[Value::I64(number)]).await.unwrap();
            tx.two_phase().unwrap().prepare(id).await.unwrap();
            match id.as_str() {
                "clean" => tx.release(Fate::Clean),
                "cut-off" => tx.release(Fate::CutOff),
                "dropped" => drop(tx),
                "in-transaction" => tx.release(Fate::InTransaction),
                "lent" => tx.release(Fate::Lent),
                _ => tx.release(Fate::Prepared),
            }
            // Whoever has the place next finds a connection without it.
            assert_eq!(query(&engine, "select count(*) from t", &[]).await.unwrap(), [[Value::I64(0)]], "{id}");
        }
        let names = ids.each_ref().map(|id| format!("{id}test_1"));
        assert_eq!(prepared(&server), names);
        server.kill().unwrap();
        server.restart().unwrap();
        assert_eq!(prepared(&server), names);

        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let two_phase = connection.two_phase().unwrap();
        assert_eq!(sorted(two_phase.list_prepared().await.unwrap()), ids.each_ref().map(GlobalId::to_string));
        for (number, id) in ids.iter().enumerate() {
            match number % 2 {
                0 => two_phase.commit_prepared(id).await.unwrap(),
                _ => two_phase.rollback_prepared(id).await.unwrap(),
            }
            assert_eq!(two_phase.commit_prepared(id).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
            assert_eq!(two_phase.rollback_prepared(id).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
        }
        assert_eq!(two_phase.list_prepared().await.unwrap(), []);
        connection.release(Fate::Clean);
        assert_eq!(database.sql("select group_concat(a order by a) from t").unwrap(), "1,3,5");
    }
}

#[tokio::test]
async fn it_is_finished_from_another_connection_while_its_own_is_closed() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_with(&database, |pool| pool.size = 2);
        let mut other = engine.acquire(Effect::Write).await.unwrap();
        for number in 0..10 {
            let id = id(&format!("number-{number}"));
            let mut tx = begun(&engine, &id).await;
            execute_on(&mut *tx, "insert into t values (?)", &[Value::I64(number)]).await.unwrap();
            tx.two_phase().unwrap().prepare(&id).await.unwrap();
            tx.release(Fate::Prepared);
            // At once: the server may hold it still for the connection that has gone.
            other.two_phase().unwrap().commit_prepared(&id).await.unwrap();
        }
        other.release(Fate::Clean);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "10");
        assert_eq!(prepared(&server), [""; 0]);
    }
}

/// Its own connection holds it: that is not the same as that there is none.
#[tokio::test]
async fn one_that_another_connection_holds_is_not_unknown() {
    on_both(async |flavor| {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_with(&database, |pool| pool.size = 2);
        let one = id("held");
        let mut tx = begun(&engine, &one).await;
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        tx.two_phase().unwrap().prepare(&one).await.unwrap();
        let mut other = engine.acquire(Effect::Write).await.unwrap();
        let error = other.two_phase().unwrap().commit_prepared(&one).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
        tx.two_phase().unwrap().commit_prepared(&one).await.unwrap();
        let error = other.two_phase().unwrap().commit_prepared(&one).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownTransaction, "{error:?}");
        tx.release(Fate::Clean);
        other.release(Fate::Clean);
        assert_eq!(database.sql("select a from t").unwrap(), "1");
    })
    .await;
}

#[tokio::test]
async fn what_others_have_prepared_is_not_listed_nor_finished() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let (database, other) = (server.database().unwrap(), server.database().unwrap());
        let engines = [&database, &other].map(open);
        let one = id("shared");
        let mut transactions = Vec::new();
        for (engine, database) in engines.iter().zip([&database, &other]) {
            database.sql("create table t (a int) engine innodb").unwrap();
            // One id, on two databases of one server.
            let mut tx = begun(engine, &one).await;
            execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
            tx.two_phase().unwrap().prepare(&one).await.unwrap();
            transactions.push(tx);
        }
        for tx in transactions {
            tx.release(Fate::Prepared);
        }
        database.sql("create table theirs (a int) engine innodb").unwrap();
        // Another application's: with another format, without a branch, of another database, and with an id that is none of ours.
        for xid in ["'theirs','test_1',1", "'other'", "'shared','elsewhere',1651076708", "'it\\'s','test_1',1651076708"] {
            database.sql(&format!("xa start {xid}; insert into theirs values (9); xa end {xid}; xa prepare {xid}")).unwrap();
        }
        until("all are there", || prepared(&server).len() == 6).await;
        let mut connection = engines[0].acquire(Effect::Write).await.unwrap();
        let two_phase = connection.two_phase().unwrap();
        assert_eq!(two_phase.list_prepared().await.unwrap(), std::slice::from_ref(&one));
        let error = two_phase.commit_prepared(&id("other")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownTransaction, "{error:?}");
        two_phase.commit_prepared(&one).await.unwrap();
        connection.release(Fate::Clean);
        assert_eq!(prepared(&server).len(), 5);
        let mut connection = engines[1].acquire(Effect::Write).await.unwrap();
        connection.two_phase().unwrap().rollback_prepared(&one).await.unwrap();
        connection.release(Fate::Clean);
        assert_eq!(database.sql("select a from t").unwrap(), "1");
        assert_eq!(other.sql("select count(*) from t").unwrap(), "0");
        assert_eq!(prepared(&server).len(), 4);
    }
}

#[tokio::test]
async fn an_id_in_use_is_refused() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open(&database);
        let one = id("in-use");
        let mut options = TransactionOptions::default();
        options.global_id = Some(&one);
        let mut tx = begun(&engine, &one).await;
        for is_prepared in [false, true] {
            if is_prepared {
                execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
                tx.two_phase().unwrap().prepare(&one).await.unwrap();
            }
            let mut second = engine.acquire(Effect::Write).await.unwrap();
            let error = second.begin(&options).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
            // It is in no transaction: it may be used on.
            execute_on(&mut *second, "insert into t values (2)", &[]).await.unwrap();
            second.release(Fate::Clean);
        }
        tx.two_phase().unwrap().rollback_prepared(&one).await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(database.sql("select a from t").unwrap(), "2\n2");
        // A transaction that was begun without an id is not prepared, nor one with another.
        for global_id in [None, Some(&id("other"))] {
            options.global_id = global_id;
            let mut tx = begin_with(&engine, &options).await.unwrap();
            let error = tx.two_phase().unwrap().prepare(&one).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
            tx.rollback().await.unwrap();
            tx.release(Fate::Clean);
        }
        assert_eq!(prepared(&server), [""; 0]);
    }
}

#[tokio::test]
async fn a_prepare_whose_answer_is_lost_says_where_to_look() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 1);
        let one = id("lost-answer");
        let mut tx = begun(&engine, &one).await;
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        proxy.delay(Duration::from_millis(200));
        let (answer, ()) = tokio::join!(tx.two_phase().unwrap().prepare(&one), async {
            until("the server has prepared it", || prepared(&server) == ["lost-answertest_1"]).await;
            proxy.cut_off().unwrap();
        });
        proxy.delay(Duration::ZERO);
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert!(error.to_string().contains("`list_prepared`"), "{error}");
        // Nor is it rolled back, as far as anyone knows here.
        assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
        tx.release(Fate::CutOff);
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        assert_eq!(connection.two_phase().unwrap().list_prepared().await.unwrap(), std::slice::from_ref(&one));
        // And so says a commit whose answer is lost that it may have been.
        proxy.cut_off_after(0);
        let error = connection.two_phase().unwrap().commit_prepared(&one).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CommitInDoubt, "{error:?}");
        connection.release(Fate::Clean);
        until("it is committed", || database.sql("select count(*) from t").unwrap() == "1").await;
    }
}

/// Nothing to keep: MariaDB forgets it with its connection.
#[tokio::test]
async fn one_that_has_written_nothing_is_finished_too() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_one(&database);
        let one = id("read");
        let mut tx = begun(&engine, &one).await;
        query_on(&mut *tx, "select * from t", &[]).await.unwrap();
        tx.two_phase().unwrap().prepare(&one).await.unwrap();
        tx.two_phase().unwrap().commit_prepared(&one).await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(prepared(&server), [""; 0]);
        let mut tx = begun(&engine, &one).await;
        query_on(&mut *tx, "select * from t", &[]).await.unwrap();
        tx.two_phase().unwrap().prepare(&one).await.unwrap();
        tx.release(Fate::Prepared);
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let two_phase = connection.two_phase().unwrap();
        two_phase.commit_prepared(&one).await.unwrap();
        assert_eq!(two_phase.commit_prepared(&one).await.unwrap_err().kind(), ErrorKind::UnknownTransaction);
        assert_eq!(two_phase.list_prepared().await.unwrap(), []);
        connection.release(Fate::Clean);
    }
}

/// A Galera cluster of one: it refuses XA, and gives keys by a step that changes as servers join.
#[tokio::test]
async fn a_cluster_takes_no_part() {
    let provider = "/usr/lib/galera/libgalera_smm.so";
    assert!(std::path::Path::new(provider).exists(), "there is no {provider}: install `galera-4` (Debian's `mariadb-server` does)");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = TempMysql::builder(MysqlFlavor::MariaDb)
        .setting("wsrep_on", "ON")
        .setting("wsrep_provider", provider)
        .setting("wsrep_provider_options", format!("gmcast.listen_addr=tcp://127.0.0.1:{port}"))
        .setting("wsrep_cluster_address", "gcomm://")
        .setting("binlog_format", "ROW")
        .start()
        .unwrap();
    let database = server.database().unwrap();
    assert!(database.sql("xa start 'a'").unwrap_err().to_string().contains("ERROR 1235"));
    database.sql("create table t (id int auto_increment primary key, a int) engine innodb").unwrap();
    let engine = open_one(&database);
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    assert!(!connection.capabilities().two_phase && connection.two_phase().is_none());
    assert!(!connection.capabilities().generated_keys);
    let mut options = TransactionOptions::default();
    let one = id("one");
    options.global_id = Some(&one);
    let error = connection.begin(&options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("it can't take part in one over several databases"), "{error}");
    for (sql, first) in [("insert into t (a) values (1)", Some(1)), ("insert into t (a) values (2), (3)", None)] {
        let executed = execute_on(&mut *connection, sql, &[]).await.unwrap();
        assert_eq!(executed.generated_keys.map(|keys| keys.first), first, "{sql}");
    }
    connection.release(Fate::Clean);
}
