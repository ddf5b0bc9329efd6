use super::*;
use crate::ServerError;

const SCHEMA: &str = "\
    create table a (id int primary key, name varchar(3) unique, age int check (age > 0), born date not null default 'today'); \
    create table b (a int references a, during int4range, exclude using gist (during with &&)); \
    create domain small as int check (value < 10); \
    create table c (s small, n numeric(3, 1), j jsonb, u uuid); \
    create type mood as enum ('sad'); \
    create function refuse() returns int language plpgsql as 'begin raise exception ''not today''; end'; \
    insert into a values (1, 'ada', 1); insert into b values (1, '[1,5)'); \
    create view adults as select * from a where age >= 18 with check option; \
    create role nobody login; create table secrets (a int)";

#[tokio::test]
async fn each_native_error_has_its_kind_and_shows_no_value() {
    use ErrorKind::*;

    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    database.psql(SCHEMA).unwrap();
    let engine = open(&database);
    let hidden = "s3cret-value";
    for (code, kind, sql, values, table, column) in [
        ("23505", UniqueViolation, "insert into a values ($1, 'bob', 1)", &[Value::I64(1)][..], Some("a"), Some("id")),
        ("23505", UniqueViolation, "insert into a values (2, $1, 1)", &[text("ada")], Some("a"), Some("name")),
        ("23503", ForeignKeyViolation, "insert into b values (7)", &[], Some("b"), None),
        ("23503", ForeignKeyViolation, "delete from a", &[], Some("b"), None),
        ("23502", NotNullViolation, "insert into a (id, born) values (3, null)", &[], Some("a"), Some("born")),
        ("23514", CheckViolation, "insert into a values (3, 'bob', $1)", &[Value::I64(-1)], Some("a"), None),
        ("23514", CheckViolation, "insert into c (s) values (11)", &[], None, None),
        ("23P01", CheckViolation, "insert into b values (1, '[2,3)')", &[], Some("b"), Some("during")),
        ("44000", CheckViolation, "insert into adults values (9, 'kid', 3)", &[], None, None),
        ("P0001", CheckViolation, "select refuse()", &[], None, None),
        ("22001", InvalidValue, "update a set name = $1", &[text(hidden)], None, None),
        ("22003", InvalidValue, "insert into c (n) values (1000)", &[], None, None),
        ("22003", InvalidValue, "select 2147483647 + $1::int", &[Value::I64(1)], None, None),
        ("22P02", InvalidValue, "select ($1::text)::int", &[text(hidden)], None, None),
        ("22P02", InvalidValue, "select ($1::text)::mood", &[text(hidden)], None, None),
        ("22P02", InvalidValue, "select ($1::text)::jsonb", &[text(hidden)], None, None),
        ("22P02", InvalidValue, "select ($1::text)::uuid", &[text(hidden)], None, None),
        ("22007", InvalidValue, "select ($1::text)::date", &[text(hidden)], None, None),
        ("22008", InvalidValue, "select '2024-13-13'::date", &[], None, None),
        ("22012", Sql, "select 1 / 0", &[], None, None),
        ("21000", Sql, "select (select g from generate_series(1, 2) g)", &[], None, None),
        ("42601", Sql, "selec 1", &[], None, None),
        ("42601", InvalidStatement, "select 1; select 2", &[], None, None),
        ("42703", Sql, "select missing from a", &[], None, None),
        ("42P01", Sql, "select * from missing", &[], None, None),
        ("42883", Sql, "select missing()", &[], None, None),
        ("42P07", Sql, "create table a ()", &[], None, None),
        ("2BP01", Sql, "drop table a", &[], None, None),
        ("0A000", Unsupported, "select count(*) from a for update", &[], None, None),
        ("25001", InvalidStatement, "vacuum", &[], None, None),
        ("25P02", TransactionAborted, "select 1 where 1 / 0 = 1", &[], None, None),
        ("25P01", InvalidStatement, "lock table a", &[], None, None),
        ("25006", PermissionDenied, "insert into a values (5)", &[], None, None),
        ("3F000", Sql, "create table missing.t (a int)", &[], None, None),
        ("42501", PermissionDenied, "select * from secrets", &[], None, None),
        ("55P03", Locked, "lock table a nowait", &[], None, None),
        ("57014", Timeout, "select pg_sleep(60)", &[], None, None),
        ("57014", Interrupted, "select pg_sleep(60), 1", &[], None, None),
        ("54023", Sql, "select concat()", &[], None, None),
    ] {
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let mut error = None;
        match code {
            "25001" | "25P02" | "55P03" => connection.begin(&TransactionOptions::default()).await.unwrap(),
            "25006" => {
                let mut options = TransactionOptions::default();
                options.read_only = true;
                connection.begin(&options).await.unwrap();
            }
            "42501" => drop(execute_on(&mut *connection, "set role nobody", &[]).await.unwrap()),
            "57014" if kind == Timeout => drop(execute_on(&mut *connection, "set statement_timeout = 50", &[]).await.unwrap()),
            _ => {}
        }
        if code == "25P02" {
            execute_on(&mut *connection, sql, &[]).await.unwrap_err();
        }
        if code == "55P03" {
            let mut other = begin(&engine).await.unwrap();
            execute_on(&mut *other, "lock table a", &[]).await.unwrap();
            error = Some(execute_on(&mut *connection, sql, values).await.unwrap_err());
            other.release(Fate::InTransaction);
        }
        if kind == Interrupted {
            let cancel = "select count(pg_cancel_backend(pid)) from pg_stat_activity where query like '%pg_sleep(60), 1%' and pid <> pg_backend_pid()";
            let (failed, ()) = tokio::join!(execute_on(&mut *connection, sql, values), async {
                let waiting = "application_name = 'bindery' and wait_event = 'PgSleep'";
                until("it sleeps", || seen(&database, waiting) == 1).await;
                database.psql(cancel).unwrap();
            });
            error = Some(failed.unwrap_err());
        }
        if code == "54023" {
            let many = format!("select concat({})", vec!["1"; 200].join(", "));
            error = Some(execute_on(&mut *connection, &many, &[]).await.unwrap_err());
        }
        let error = match error {
            Some(error) => error,
            None => execute_on(&mut *connection, sql, values).await.unwrap_err(),
        };
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        assert_eq!((error.table(), error.column()), (table, column), "{sql}: {error:?}");
        let said = std::error::Error::source(&error).unwrap().downcast_ref::<ServerError>().unwrap();
        assert_eq!(said.postgres().code().unwrap().code(), code, "{sql}: {error:?}");
        for shown in [error.to_string(), chain(&error), format!("{said:?}")] {
            assert!(!shown.contains(hidden) && !shown.contains("(ada)") && !shown.contains("-1"), "{sql}: {shown}");
        }
        connection.release(Fate::InTransaction);
    }
}

#[tokio::test]
async fn a_missing_table_is_explained() {
    let database = database();
    let error = query(&open(&database), "select * from missing", &[]).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "Sql: the statement names a table that is not in this database: `create_all` makes those that are declared\n  \
         caused by: ERROR 42P01: relation \"missing\" does not exist"
    );
}

#[tokio::test]
async fn a_wrong_number_of_parameters_is_told_before_anything_runs() {
    let database = database();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| pool.statement_cache_size = cache);
        let error = query(&engine, "select $1::int, $2::int", &[Value::I64(1)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
        assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
    }
}

#[tokio::test]
async fn transactions_that_run_into_each_other() {
    use bindery_core::engine::IsolationLevel;

    let database = database();
    database.psql("create table t (id int primary key, a int); insert into t values (1, 0), (2, 0)").unwrap();
    let engine = open(&database);
    let mut options = TransactionOptions::default();
    options.isolation = Some(IsolationLevel::RepeatableRead);
    let (mut one, mut two) = (engine.acquire(Effect::Write).await.unwrap(), engine.acquire(Effect::Write).await.unwrap());
    for tx in [&mut one, &mut two] {
        tx.begin(&options).await.unwrap();
        query_on(&mut **tx, "select * from t", &[]).await.unwrap();
    }
    execute_on(&mut *one, "update t set a = 1", &[]).await.unwrap();
    one.commit().await.unwrap();
    let error = execute_on(&mut *two, "update t set a = 2", &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::SerializationFailure, true), "{error:?}");
    two.rollback().await.unwrap();

    for (tx, id) in [(&mut one, 1), (&mut two, 2)] {
        tx.begin(&TransactionOptions::default()).await.unwrap();
        execute_on(&mut **tx, "update t set a = 3 where id = $1", &[Value::I64(id)]).await.unwrap();
    }
    let (first, second) = tokio::join!(
        execute_on(&mut *one, "update t set a = 4 where id = 2", &[]),
        execute_on(&mut *two, "update t set a = 4 where id = 1", &[])
    );
    let error = first.err().or(second.err()).unwrap();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Deadlock, true), "{error:?}");
}

#[tokio::test]
async fn a_lost_connection_tells_what_was_sent_and_why_it_ended() {
    let server = TempPostgres::start().unwrap();
    let database = server.database().unwrap();
    let engine = open_one(&database);
    let place = format!("the connection to the PostgreSQL server at 127.0.0.1:{} broke ", server.port());

    // The server ends a transaction that does nothing: nobody is waiting for an answer.
    let mut connection = begin(&engine).await.unwrap();
    execute_on(&mut *connection, "set local idle_in_transaction_session_timeout = 50", &[]).await.unwrap();
    // More than once: between the looks the task that drives the connection reads the server's last words.
    let mut looks = 0;
    until("the server has ended it", || {
        looks += usize::from(seen(&database, "true") == 0);
        looks == 5
    })
    .await;
    let mut error = execute_on(&mut *connection, "select 1", &[]).await.unwrap_err();
    for _ in 0..2 {
        assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
        assert_eq!(error.to_string(), format!("{place}before the statement was sent"));
        let said = std::error::Error::source(&error).unwrap().downcast_ref::<ServerError>().unwrap();
        assert_eq!(said.postgres().code().unwrap().code(), "25P03", "{error:?}");
        error = connection.commit().await.unwrap_err();
    }
    drop(connection);

    // In the middle of a statement: one that the server still gives a reason for, and one that it does not.
    let sleep = "select pg_sleep(60)";
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let (failed, ()) = tokio::join!(execute_on(&mut *connection, sleep, &[]), async {
        until("it sleeps", || seen(&database, "wait_event = 'PgSleep'") == 1).await;
        database.psql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'").unwrap();
    });
    let error = failed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert!(error.to_string().ends_with("; whether the statement took effect is not known"), "{error}");
    drop(connection);

    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    let (failed, ()) = tokio::join!(execute_on(&mut *connection, sleep, &[]), async {
        until("it sleeps", || seen(&database, "wait_event = 'PgSleep'") == 1).await;
        server.kill().unwrap();
    });
    let error = failed.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert_eq!(error.to_string(), format!("{place}before the server answered: whether the statement took effect is not known"));
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[tokio::test]
async fn the_message_has_the_way_out() {
    let database = database();
    database.psql("create type rol as enum ('a'); create table t (r rol, u uuid, v varchar(3))").unwrap();
    for cache in [128, 0] {
        let engine = open_with(&database, |pool| pool.statement_cache_size = cache);
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        for (sql, values, kind, words) in [
            ("update t set v = $1", &[text("long")][..], ErrorKind::InvalidValue, "value too long for type character varying(3)"),
            ("insert into t (r) select $1::text", &[text("a")], ErrorKind::Sql, "`#[column(type = \"…\")]` on the field"),
            ("select 1 from t where u = $1::text", &[text("a")], ErrorKind::Sql, "`#[column(type = \"…\")]` on the field"),
            ("select * from t where v = ?", &[], ErrorKind::Sql, "; placeholders are `$1`, `$2` here"),
            ("select ?", &[text("a")], ErrorKind::InvalidStatement, "has 0 placeholders and was given 1 parameters; placeholders are `$1`"),
            ("select $1::text", &[text("a"), text("b")], ErrorKind::InvalidStatement, "has 1 placeholders and was given 2 parameters"),
            ("select $1::text, $2::text", &[text("a")], ErrorKind::InvalidStatement, "has 2 placeholders and was given 1 parameters"),
        ] {
            let error = execute_on(&mut *connection, sql, values).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{sql}: {error:?}");
            assert!(error.to_string().contains(words), "{sql}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_write_that_is_sent_as_a_read_is_refused_before_it_is_sent() {
    let database = database();
    database.psql("create table t (a int); insert into t values (1)").unwrap();
    let sql = "/* note */ update t set a = a + 1 returning a";
    for (cache, expected) in [(128, "2"), (0, "3")] {
        let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, sql, &[]).await.unwrap();
        let queried = query_on(&mut *tx, sql, &[]).await.unwrap_err();
        let executed = tx.execute(&Statement::new(sql, &[], Effect::Read)).await.unwrap_err();
        for error in [queried, executed] {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
            assert!(error.to_string().contains("must say so by `writes()`"), "{error}");
        }
        // Nothing reached the server: the transaction goes on.
        tx.commit().await.unwrap();
        assert_eq!(database.psql("select a from t").unwrap(), expected);
    }
}
