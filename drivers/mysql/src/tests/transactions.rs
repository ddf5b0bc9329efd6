use bindery_core::engine::{GlobalId, IsolationLevel};
use bindery_testkit::Proxy;

use super::*;

/// Two transactions that lock each other out: the one that the server rolled back, and its error.
async fn deadlocked(engine: &Mysql, ids: [Option<&GlobalId>; 2]) -> (Box<dyn Connection>, Error) {
    let mut transactions = Vec::new();
    for (number, global_id) in (1..).zip(ids) {
        let mut options = TransactionOptions::default();
        options.global_id = global_id;
        let mut tx = begin_with(engine, &options).await.unwrap();
        execute_on(&mut *tx, "update t set a = a + 1 where id = ?", &[Value::I64(number)]).await.unwrap();
        transactions.push(tx);
    }
    let (mut two, mut one) = (transactions.pop().unwrap(), transactions.pop().unwrap());
    let (first, second) = tokio::join!(
        execute_on(&mut *one, "update t set a = a + 1 where id = 2", &[]),
        execute_on(&mut *two, "update t set a = a + 1 where id = 1", &[])
    );
    let (victim, mut winner, error) = match (first, second) {
        (Err(error), Ok(_)) => (one, two, error),
        (Ok(_), Err(error)) => (two, one, error),
        other => panic!("{other:?}"),
    };
    winner.rollback().await.unwrap();
    winner.release(Fate::Clean);
    (victim, error)
}

#[tokio::test]
async fn nothing_of_a_deadlocks_victim_autocommits() {
    for database in databases() {
        let table = "create table t (id int primary key, a int) engine innodb; insert into t values (1, 0), (2, 0)";
        database.sql(table).unwrap();
        let engine = open(&database);
        let ids = ["one", "two"].map(|id| GlobalId::new(format!("{id}-{}", database.name())).unwrap());
        for global_ids in [[None, None], [Some(&ids[0]), Some(&ids[1])]] {
            let (mut tx, error) = deadlocked(&engine, global_ids).await;
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Deadlock, true), "{error:?}");
            for sql in ["insert into t values (3, 0)", "update t set a = 9", "select 1", "set @a = 1"] {
                let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{sql}: {error:?}");
            }
            assert_eq!(tx.savepoint("a").await.unwrap_err().kind(), ErrorKind::TransactionAborted);
            assert_eq!(tx.rollback_to_savepoint("a").await.unwrap_err().kind(), ErrorKind::TransactionAborted);
            assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
            tx.rollback().await.unwrap();
            // It is ready for more.
            tx.begin(&TransactionOptions::default()).await.unwrap();
            execute_on(&mut *tx, "update t set a = a where id = 1", &[]).await.unwrap();
            tx.commit().await.unwrap();
            tx.release(Fate::Clean);
            assert_eq!(database.sql("select * from t").unwrap(), "1\t0\n2\t0");

            // One that is only given back.
            let (tx, _) = deadlocked(&engine, global_ids).await;
            tx.release(Fate::InTransaction);
            until_all_are_back(&engine).await;
            assert_eq!(open_transactions(&database), 0);
        }
    }
}

/// A server may be set to roll the whole transaction back when a lock is waited for in vain.
#[tokio::test]
async fn a_wait_for_a_lock_in_vain_may_end_the_transaction() {
    on_both(async |flavor| {
        for (rolls_back, expected) in [("OFF", "1\n2"), ("ON", "")] {
            if rolls_back == "OFF" && flavor == MysqlFlavor::MySql {
                continue; // as MariaDB
            }
            let server = TempMysql::builder(flavor).setting("innodb_lock_wait_timeout", "1");
            let server = server.setting("innodb_rollback_on_timeout", rolls_back).start().unwrap();
            let database = server.database().unwrap();
            database.sql("create table t (a int primary key) engine innodb; create table locked (a int) engine innodb").unwrap();
            database.sql("insert into locked values (1)").unwrap();
            let engine = open(&database);
            let mut other = begin(&engine).await.unwrap();
            execute_on(&mut *other, "update locked set a = 2", &[]).await.unwrap();
            let mut tx = begin(&engine).await.unwrap();
            execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
            let error = execute_on(&mut *tx, "update locked set a = 3", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
            let next = execute_on(&mut *tx, "insert into t values (2)", &[]).await.map(drop).map_err(|error| error.kind());
            let committed = tx.commit().await.map_err(|error| error.kind());
            let outcome = if rolls_back == "OFF" { Ok(()) } else { Err(ErrorKind::TransactionAborted) };
            assert_eq!((next, committed), (outcome, outcome), "{flavor:?} {rolls_back}");
            tx.release(Fate::Clean);
            other.release(Fate::InTransaction);
            assert_eq!(database.sql("select a from t order by a").unwrap(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_savepoint_takes_a_transaction_on() {
    for database in databases() {
        database.sql("create table t (a int primary key) engine innodb").unwrap();
        let engine = open(&database);
        let id = GlobalId::new(format!("savepoint-{}", database.name())).unwrap();
        for global_id in [None, Some(&id)] {
            let mut options = TransactionOptions::default();
            options.global_id = global_id;
            let mut tx = begin_with(&engine, &options).await.unwrap();
            execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
            tx.savepoint("one").await.unwrap();
            execute_on(&mut *tx, "insert into t values (2)", &[]).await.unwrap();
            execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap_err();
            tx.rollback_to_savepoint("one").await.unwrap();
            execute_on(&mut *tx, "insert into t values (3)", &[]).await.unwrap();
            tx.release_savepoint("one").await.unwrap();
            // It is no more.
            let error = tx.rollback_to_savepoint("one").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Sql, "{error:?}");
            tx.commit().await.unwrap();
            tx.release(Fate::Clean);
            assert_eq!(database.sql("select group_concat(a order by a) from t; delete from t").unwrap(), "1,3");
        }
    }
}

#[tokio::test]
async fn what_would_commit_is_refused_unsent() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open(&database);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t values (1)", &[]).await.unwrap();
        for sql in [
            "create table u (a int)",
            "/* now */ alter table t add b int",
            "drop table t",
            "truncate table t",
            "rename table t to u",
            "lock tables t write",
            "unlock tables",
            "analyze table t",
            "flush tables",
            "create index i on t (a)",
            "create or replace view v as select 1",
        ] {
            let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{sql}: {error:?}");
        }
        for sql in ["commit", "/* now */ rollback", "savepoint a", "start transaction", "begin", "xa recover"] {
            let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
        }
        // A temporary table is no such thing.
        execute_on(&mut *tx, "create temporary table u (a int)", &[]).await.unwrap();
        execute_on(&mut *tx, "drop temporary table u", &[]).await.unwrap();
        tx.rollback().await.unwrap();
        tx.release(Fate::Clean);
        assert_eq!(database.sql("select count(*) from t; show tables").unwrap(), "0\nt");
    }
}

/// What the words don't tell, the server's answer does.
#[tokio::test]
async fn what_has_committed_is_noticed() {
    for database in databases() {
        let procedures = "create table t (a int unique) engine innodb;\nDELIMITER //\n\
            create procedure makes() begin create table u (a int); drop table u; end//\n\
            create procedure ends() commit//\n\
            create procedure fails() begin commit; insert into t values (1), (1); end//\n\
            create procedure begins_anew() begin commit; start transaction; end//\n";
        database.sql(procedures).unwrap();
        let engine = open(&database);
        let compound = ["begin not atomic commit; end", "if true then commit; end if"];
        let compound = compound.into_iter().filter(|_| is_mariadb(&database));
        for sql in ["call makes()", "call ends()", "set autocommit = 1"].into_iter().chain(compound) {
            let mut tx = begin(&engine).await.unwrap();
            execute_on(&mut *tx, "insert into t values (7)", &[]).await.unwrap();
            if sql.starts_with("set") {
                // It commits only where it changes something.
                execute_on(&mut *tx, "set autocommit = 0", &[]).await.unwrap();
            }
            let error = execute_on(&mut *tx, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{sql}: {error:?}");
            assert!(error.to_string().contains("is committed"), "{error}");
            let error = execute_on(&mut *tx, "insert into t values (8)", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{sql}: {error:?}");
            assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
            tx.release(Fate::Clean);
            assert_eq!(database.sql("select a from t; delete from t").unwrap(), "7", "{sql}");
        }
        // Read as a query, and failed after it had committed.
        let mut tx = begin(&engine).await.unwrap();
        let error = query_on(&mut *tx, "call ends()", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        tx.release(Fate::InTransaction);
        let mut tx = begin(&engine).await.unwrap();
        let error = execute_on(&mut *tx, "call fails()", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
        let error = execute_on(&mut *tx, "insert into t values (8)", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error:?}");
        tx.release(Fate::InTransaction);
        until_all_are_back(&engine).await;
        assert_eq!(database.sql("select count(*) from t").unwrap(), "0");
    }
}

#[tokio::test]
async fn options_are_the_servers() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_one(&database);
        for (isolation, expected) in [
            (None, "REPEATABLE READ"),
            (Some(IsolationLevel::ReadCommitted), "READ COMMITTED"),
            (Some(IsolationLevel::RepeatableRead), "REPEATABLE READ"),
            (Some(IsolationLevel::Serializable), "SERIALIZABLE"),
        ] {
            for read_only in [false, true] {
                let mut options = TransactionOptions::default();
                (options.isolation, options.read_only) = (isolation, read_only);
                let mut tx = begin_with(&engine, &options).await.unwrap();
                // A read, so that InnoDB knows of it.
                query_on(&mut *tx, "select * from t", &[]).await.unwrap();
                let sql = "do sleep(0.12); select trx_isolation_level, trx_is_read_only from information_schema.innodb_trx";
                let expected = format!("{expected}\t{}", i32::from(read_only));
                until(&expected, || database.sql(sql).unwrap() == expected).await;
                let written = execute_on(&mut *tx, "insert into t values (1)", &[]).await;
                match read_only {
                    true => assert_eq!(written.unwrap_err().kind(), ErrorKind::PermissionDenied),
                    false => drop(written.unwrap()),
                }
                tx.rollback().await.unwrap();
                tx.release(Fate::Clean);
                // For that transaction alone.
                execute(&engine, "insert into t values (1)", &[]).await.unwrap();
            }
        }
    }
}

/// The options are a statement of their own: what a refused begin has set is nobody else's.
#[tokio::test]
async fn a_refused_begin_leaves_nothing() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        let engine = open_with(&database, |pool| pool.size = 2);
        let id = GlobalId::new(format!("in-use-{}", database.name())).unwrap();
        let mut options = TransactionOptions::default();
        (options.global_id, options.read_only) = (Some(&id), true);
        let first = begin_with(&engine, &options).await.unwrap();
        let mut second = engine.acquire(Effect::Write).await.unwrap();
        let error = second.begin(&options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
        second.release(Fate::Clean);
        execute(&engine, "insert into t values (1)", &[]).await.unwrap();
        first.release(Fate::InTransaction);
        assert_eq!(database.sql("select count(*) from t").unwrap(), "1");
    }
}

#[tokio::test]
async fn a_transaction_takes_one_round_trip_to_begin_and_one_to_commit() {
    for flavor in FLAVORS {
        let server = TempMysql::start(flavor).unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a int) engine innodb").unwrap();
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 1);
        let id = GlobalId::new("one-phase").unwrap();
        id_of(&engine).await;
        let log = "set global log_output = 'TABLE'; set global general_log = 1; truncate mysql.general_log";
        database.sql(log).unwrap();
        for (global_id, begun, ended) in [
            (None, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE|START TRANSACTION", "COMMIT"),
            (
                Some(&id),
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE|XA START 'one-phase','test_1',1651076708",
                "XA END 'one-phase','test_1',1651076708|XA COMMIT 'one-phase','test_1',1651076708 ONE PHASE",
            ),
        ] {
            let mut options = TransactionOptions::default();
            (options.global_id, options.isolation) = (global_id, Some(IsolationLevel::Serializable));
            let mut tx = engine.acquire(Effect::Write).await.unwrap();
            let before = proxy.round_trips();
            tx.begin(&options).await.unwrap();
            assert_eq!(proxy.round_trips() - before, 1);
            let before = proxy.round_trips();
            tx.commit().await.unwrap();
            assert_eq!(proxy.round_trips() - before, 1);
            tx.release(Fate::Clean);
            let logged = "select group_concat(trim(trailing ';' from trim(convert(argument using utf8mb4))) order by event_time separator '|') \
                          from mysql.general_log where command_type = 'Query' and user_host like '%127.0.0.1%'";
            // MariaDB writes what is sent as one, MySQL as several.
            let logged = database.sql(logged).unwrap().replace("; ", "|");
            assert!(logged.contains(begun) && logged.contains(ended), "{logged}");
            database.sql("truncate mysql.general_log").unwrap();
        }
    }
}

/// A procedure begins a transaction and leaves it open; whoever came next would be in it, and lose what they write.
#[tokio::test]
async fn a_transaction_that_a_procedure_leaves_open_is_nobody_elses() {
    for database in databases() {
        let procedures = "create table t (a int unique) engine innodb;\nDELIMITER //\n\
            create procedure opens() begin start transaction; insert into t values (1); end//\n\
            create procedure commits_no_more() set autocommit = 0//\n\
            create procedure fails() begin start transaction; insert into t values (1), (1); end//\n";
        database.sql(procedures).unwrap();
        let engine = open_one(&database);
        let compound = [
            "begin not atomic set autocommit = 0; end",
            "begin not atomic start transaction; insert into t values (1); end",
            "if true then start transaction; insert into t values (1), (1); end if",
        ];
        let compound = compound.into_iter().filter(|_| is_mariadb(&database));
        for sql in ["call opens()", "call fails()", "call commits_no_more()"].into_iter().chain(compound) {
            let _ = execute(&engine, sql, &[]).await;
            execute(&engine, "insert into t values (2)", &[]).await.unwrap();
            assert_eq!(database.sql("select a from t").unwrap(), "2", "{sql}");
            execute(&engine, "delete from t", &[]).await.unwrap();
            let _ = query(&engine, sql, &[]).await;
            execute(&engine, "insert into t values (2)", &[]).await.unwrap();
            assert_eq!(database.sql("select a from t; delete from t").unwrap(), "2", "{sql}");
        }
    }
}
