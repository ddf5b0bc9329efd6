use super::*;
use crate::ServerError;

const SCHEMA: &str = "\
    create table a (id int primary key, name varchar(6) unique, age tinyint, born date not null) engine innodb; \
    create table b (a int, foreign key (a) references a (id)) engine innodb; \
    create table c (n int not null, m decimal(3, 1), e enum ('sad'), y year, d date) engine innodb; \
    create table locked (a int) engine innodb; insert into locked values (1); \
    insert into a values (1, 's3cret', 1, '2000-01-01'); insert into b values (1); \
    create view adults as select * from a where age >= 18 with check option;\n\
    DELIMITER //\n\
    create procedure refuse(secret text) begin signal sqlstate '45000' set message_text = secret; end//\n\
    create function twice(n int) returns int deterministic return n * 2//\n";

/// The server's number, the kind, the statement and its parameters, and the column that is told.
type Case<'a> = (u16, ErrorKind, &'static str, &'a [Value], Option<&'static str>);

fn code(error: &Error) -> u16 {
    let source = std::error::Error::source(error).unwrap_or_else(|| panic!("{error:?}"));
    source.downcast_ref::<ServerError>().unwrap_or_else(|| panic!("{error:?}")).code()
}

/// No text of an error, nor of what caused it, has the value that was hidden in the statement.
fn assert_hidden(error: &Error, hidden: &str) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    assert!(!shown.contains(hidden), "{shown}");
}

#[tokio::test]
async fn each_native_error_has_its_kind_and_shows_no_value() {
    use ErrorKind::*;

    for database in databases() {
        database.sql(SCHEMA).unwrap();
        let engine = open(&database);
        let hidden = "s3cret";
        let secret = text(hidden);
        let secret = std::slice::from_ref(&secret);
        let cases: [Case<'_>; 40] = [
            (1062, UniqueViolation, "insert into a values (1, 'bob', 1, '2000-01-01')", &[], None),
            (1062, UniqueViolation, "insert into a values (2, ?, 1, '2000-01-01')", secret, None),
            (1062, UniqueViolation, "insert into a values (2, 's3cret', 1, '2000-01-01')", &[], None),
            (1452, ForeignKeyViolation, "insert into b values (7)", &[], None),
            (1451, ForeignKeyViolation, "delete from a", &[], None),
            (1451, ForeignKeyViolation, "update a set id = 5", &[], None),
            (1048, NotNullViolation, "insert into a values (3, 'bob', 1, null)", &[], Some("born")),
            (1364, NotNullViolation, "insert into a (id) values (3)", &[], Some("born")),
            (1048, NotNullViolation, "update a set born = null", &[], Some("born")),
            (1369, CheckViolation, "insert into adults values (9, 'kid', 3, '2000-01-01')", &[], None),
            (1644, CheckViolation, "call refuse(?)", secret, None),
            (1644, CheckViolation, "signal sqlstate '45000' set message_text = 's3cret'", &[], None),
            (1406, InvalidValue, "update a set name = ?", &[Value::Text("s3cret-and-more".to_owned())], Some("name")),
            (1264, InvalidValue, "insert into c (n) values (?)", &[Value::I64(1 << 40)], Some("n")),
            (1264, InvalidValue, "insert into c (n, m) values (1, 1000)", &[], Some("m")),
            (1264, InvalidValue, "insert into c (n, y) values (1, 1800)", &[], Some("y")),
            (1366, InvalidValue, "insert into c (n) values (?)", secret, Some("n")),
            (1366, InvalidValue, "insert into c (n, m) values (1, ?)", secret, Some("m")),
            (1265, InvalidValue, "insert into c (n, e) values (1, ?)", secret, Some("e")),
            (1292, InvalidValue, "insert into c (n, d) values (1, ?)", secret, None),
            (1292, InvalidValue, "insert into c (n, d) values (1, '2024-02-30')", &[], None),
            (1292, InvalidValue, "insert into c (n, d) values (1, '0000-00-00')", &[], None),
            (1690, InvalidValue, "select 9223372036854775807 + ?", &[Value::I64(1)], None),
            (1690, InvalidValue, "select 18446744073709551615 + 1", &[], None),
            (1365, Sql, "insert into c (n) values (1 / 0)", &[], None),
            (1242, Sql, "select (select id from a union select 2)", &[], None),
            (1064, Sql, "selec 's3cret'", &[], None),
            (1064, Sql, "select 1; select 2", &[], None),
            (1054, Sql, "select missing from a", &[], None),
            (1052, Sql, "select id from a join a as b", &[], None),
            (1146, Sql, "select * from missing", &[], None),
            (1051, Sql, "drop table missing", &[], None),
            (1305, Sql, "call missing()", &[], None),
            (1050, Sql, "create table a (id int)", &[], None),
            (1222, Sql, "select 1 union select 1, 2", &[], None),
            (1055, Sql, "select id, max(age) from a group by age", &[], None),
            (1136, Sql, "insert into b values (1, 2)", &[], None),
            (1170, Unsupported, "create table d (a text primary key)", &[], None),
            (1295, Unsupported, "prepare p from 'select ?'", &[Value::I64(1)], None),
            (1049, Sql, "use nowhere", &[], None),
        ];
        for (number, kind, sql, values, column) in cases {
            let mut connection = engine.acquire(Effect::Write).await.unwrap();
            let error = match execute_on(&mut *connection, sql, values).await {
                Err(error) => error,
                Ok(executed) => panic!("{sql}: {executed:?}"),
            };
            assert_eq!(error.kind(), kind, "{sql}: {error:?}");
            if kind == Unsupported && number == 1295 {
                connection.release(Fate::Clean);
                continue;
            }
            assert_eq!(code(&error), number, "{sql}: {error:?}");
            assert_eq!(error.column(), column, "{sql}: {error:?}");
            assert_hidden(&error, hidden);
            // Outside a transaction it leaves the connection as it was.
            if kind != ConnectionLost {
                assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]], "{sql}");
            }
            connection.release(Fate::Clean);
        }
        assert_eq!(database.sql("select count(*) from a; select count(*) from c").unwrap(), "1\n0");
    }
}

/// What only one of them has, or refuses.
#[tokio::test]
async fn mariadb_and_mysql_refuse_what_they_have() {
    let [mariadb, mysql] = databases();
    let engine = open(&mariadb);
    mariadb.sql("create table t (a int, constraint small check (a < 10)) engine innodb; insert into t values (1)").unwrap();
    let error = execute(&engine, "insert into t values (?)", &[Value::I64(4711)]).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::CheckViolation, 4025), "{error:?}");
    assert_hidden(&error, "4711");
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    execute_on(&mut *connection, "set max_statement_time = 0.05", &[]).await.unwrap();
    let error = execute_on(&mut *connection, "select sleep(60)", &[]).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Timeout, 1969), "{error:?}");
    connection.release(Fate::Clean);
    // MySQL 5.7 reads a CHECK and forgets it.
    let engine = open(&mysql);
    mysql.sql("create table t (a int, constraint small check (a < 10)) engine innodb").unwrap();
    execute(&engine, "insert into t values (4711)", &[]).await.unwrap();
    make_thousand(&mysql);
    let slow = "select /*+ max_execution_time(20) */ count(*) from thousand a, thousand b, thousand c where a.n + b.n + c.n = 7";
    let error = query(&engine, slow, &[]).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Timeout, 3024), "{error:?}");
    let error = execute(&engine, "create table u (a text default 'x')", &[]).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::Unsupported, 1101), "{error:?}");
    assert!(error.to_string().contains("`max_length`"), "{error}");
    mysql.sql("create table j (j json)").unwrap();
    let error = execute(&engine, "insert into j values (?)", &[text("{s3cret")]).await.unwrap_err();
    assert_eq!((error.kind(), code(&error)), (ErrorKind::InvalidValue, 3140), "{error:?}");
    assert_hidden(&error, "s3cret");
}

#[tokio::test]
async fn locks_and_read_only_transactions_refuse() {
    on_both(async |flavor| {
        let database = database_on(flavor);
        database.sql(SCHEMA).unwrap();
        let engine = open(&database);
        let mut holder = begin(&engine).await.unwrap();
        execute_on(&mut *holder, "update locked set a = 2", &[]).await.unwrap();
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        execute_on(&mut *connection, "set innodb_lock_wait_timeout = 1", &[]).await.unwrap();
        let error = execute_on(&mut *connection, "update locked set a = 3", &[]).await.unwrap_err();
        assert_eq!((error.kind(), code(&error)), (ErrorKind::Locked, 1205), "{error:?}");
        connection.release(Fate::Clean);
        if is_mariadb(&database) {
            let error = query(&engine, "select * from locked for update nowait", &[]).await.unwrap_err();
            assert_eq!((error.kind(), code(&error)), (ErrorKind::Locked, 1205), "{error:?}");
        }
        holder.release(Fate::InTransaction);

        let mut options = TransactionOptions::default();
        options.read_only = true;
        let mut tx = begin_with(&engine, &options).await.unwrap();
        let error = execute_on(&mut *tx, "insert into locked values (5)", &[]).await.unwrap_err();
        assert_eq!((error.kind(), code(&error)), (ErrorKind::PermissionDenied, 1792), "{error:?}");
        // The transaction goes on.
        query_on(&mut *tx, "select * from locked", &[]).await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);

        // Someone cancels the statement.
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let waits = "select count(*) from locked where sleep(60)";
        let (failed, ()) = tokio::join!(execute_on(&mut *connection, waits, &[]), async {
            until("it sleeps", || seen(&database, "info like '%sleep(60)%'") == 1).await;
            let id = database.sql("select id from information_schema.processlist where info like 'select count(*) from locked%'").unwrap();
            database.sql(&format!("kill query {id}")).unwrap();
        });
        let error = failed.unwrap_err();
        assert_eq!((error.kind(), code(&error)), (ErrorKind::Interrupted, 1317), "{error:?}");
        connection.release(Fate::Clean);
    })
    .await;
}

#[tokio::test]
async fn a_user_is_refused_what_is_not_theirs() {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor).setting("max_connections", "20").start().unwrap();
        let (database, other) = (server.database().unwrap(), server.database().unwrap());
        other.sql("create table t (a int)").unwrap();
        let url = user_url(&database, "ada");
        server.sql("set password for ada@'127.0.0.1' = password('s3cret')").unwrap();
        let url = url.with_password("s3cret");
        let engine = open_url(url.clone(), |pool| pool.size = 40);
        let name = other.name();
        for sql in [format!("select * from {name}.t"), format!("insert into {name}.t values (1)"), format!("drop table {name}.t")] {
            let error = execute(&engine, &sql, &[]).await.unwrap_err();
            assert_eq!((error.kind(), code(&error)), (ErrorKind::PermissionDenied, 1142), "{sql}: {error:?}");
        }
        let error = execute(&engine, "set global max_connections = 5", &[]).await.unwrap_err();
        assert_eq!((error.kind(), code(&error)), (ErrorKind::PermissionDenied, 1227), "{error:?}");

        for (url, kind, number) in [
            (url.clone().with_password("wrong-s3cret"), ErrorKind::PermissionDenied, 1045),
            (database.url().with_user("ada"), ErrorKind::PermissionDenied, 1045),
            (url.clone().with_user("nobody"), ErrorKind::PermissionDenied, 1045),
            (url.clone().with_path(name), ErrorKind::PermissionDenied, 1044),
            (url.clone().with_path("mysql"), ErrorKind::PermissionDenied, 1044),
            (database.url().with_path("nowhere"), ErrorKind::Configuration, 1049),
        ] {
            let error = open_url(url, |_| {}).acquire(Effect::Read).await.err().unwrap();
            assert_eq!((error.kind(), code(&error)), (kind, number), "{error:?}");
            assert_hidden(&error, "s3cret");
        }

        let mut held = Vec::new();
        let error = loop {
            match engine.acquire(Effect::Read).await {
                Ok(connection) => held.push(connection),
                Err(error) => break error,
            }
        };
        assert_eq!((error.kind(), code(&error)), (ErrorKind::ConnectionLost, 1040), "{error:?}");
        assert!(error.to_string().contains("lower `pool_size`"), "{error}");
        held.into_iter().for_each(|connection| connection.release(Fate::Clean));
        engine.close().await;
        until("all are closed", || seen(&database, "user = 'ada'") == 0).await;
        server.sql("grant usage on *.* to ada@'127.0.0.1' with max_user_connections 1").unwrap();
        let engine = open_url(url, |_| {});
        let _one = engine.acquire(Effect::Read).await.unwrap();
        let error = engine.acquire(Effect::Read).await.err().unwrap();
        assert_eq!((error.kind(), code(&error)), (ErrorKind::ConnectionLost, 1226), "{error:?}");
    }
}

/// A login that the client library does not know.
#[tokio::test]
async fn an_unknown_way_to_log_in_is_told() {
    let database = database_on(MysqlFlavor::MySql);
    database.sql("create user sha@'127.0.0.1' identified with sha256_password by 's3cret'").unwrap();
    let url = database.url().with_user("sha").with_password("s3cret");
    let error = open_url(url, |_| {}).acquire(Effect::Read).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    assert!(error.to_string().contains("by a method that is not known here"), "{error}");
    assert_hidden(&error, "s3cret");
}

#[tokio::test]
async fn a_missing_table_is_explained() {
    let database = database_on(MysqlFlavor::MariaDb);
    let error = query(&open(&database), "select * from missing", &[]).await.unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        format!(
            "Sql: the statement names a table that is not in this database: `create_all` makes those that are declared\n  \
             caused by: ERROR 1146 (42S02): Table '{}.missing' doesn't exist",
            database.name()
        )
    );
}

#[tokio::test]
async fn what_is_larger_than_a_packet_is_refused() {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor).setting("max_allowed_packet", "1M").start().unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (a longblob) engine innodb").unwrap();
        let engine = open_one(&database);
        for length in [1 << 20, 20 << 20] {
            let error = execute(&engine, "insert into t values (?)", &[Value::Bytes(vec![7; length])]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{length}: {error:?}");
            assert!(error.to_string().contains("`max_allowed_packet`"), "{length}: {error}");
            let error = execute(&engine, &format!("insert into t values ('{}')", "x".repeat(length)), &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{length}: {error:?}");
        }
        execute(&engine, "insert into t values (?)", &[Value::Bytes(vec![7; 500_000])]).await.unwrap();
        assert_eq!(database.sql("select length(a) from t").unwrap(), "500000");

        // Its transaction can't go on, and has ended on the server, which takes a while, before anyone else is served.
        make_thousand(&database);
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t select a.n from thousand a, thousand b limit 100000", &[]).await.unwrap();
        let error = execute_on(&mut *tx, "insert into t values (?)", &[Value::Bytes(vec![7; 20 << 20])]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        tx.release(Fate::InTransaction);
        let next = engine.acquire(Effect::Write).await.unwrap();
        assert_eq!(seen(&database, "true"), 1, "{flavor:?}");
        next.release(Fate::Clean);
    }
}

#[tokio::test]
async fn a_write_that_is_sent_as_a_read_is_refused_before_it_is_sent() {
    let database = database_on(MysqlFlavor::MariaDb);
    database.sql("create table t (a int) engine innodb; insert into t values (1)").unwrap();
    let engine = open_one(&database);
    let mut tx = begin(&engine).await.unwrap();
    let sql = "/* note */ update t set a = a + 1";
    execute_on(&mut *tx, sql, &[]).await.unwrap();
    let queried = query_on(&mut *tx, sql, &[]).await.unwrap_err();
    let executed = tx.execute(&Statement::new(sql, &[], Effect::Read)).await.unwrap_err();
    for error in [queried, executed] {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
        assert!(error.to_string().contains("must say so by `writes()`"), "{error}");
    }
    // Nothing reached the server: the transaction goes on.
    tx.commit().await.unwrap();
    tx.release(Fate::Clean);
    assert_eq!(database.sql("select a from t").unwrap(), "2");
}
