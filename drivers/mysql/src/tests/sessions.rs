//! What holds in each session, whatever the server's own settings are.

use super::*;

#[tokio::test]
async fn a_session_is_set_up_whatever_the_server_says() {
    for flavor in FLAVORS {
        let server = TempMysql::builder(flavor)
            .setting("autocommit", "0")
            .setting("completion_type", "CHAIN")
            .setting("sql_mode", "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES")
            .setting("default_time_zone", "+05:45")
            .setting("character_set_server", "latin1")
            .start()
            .unwrap();
        server.sql("set global autocommit = 0").unwrap();
        let database = server.database().unwrap();
        database
            .sql("create table t (id int auto_increment primary key, at timestamp null, name varchar(9)) engine innodb; commit")
            .unwrap();
        let engine = open_one(&database);

        // What is said is done.
        execute(&engine, "insert into t (id, name) values (1, \"a\\tb\")", &[]).await.unwrap();
        assert_eq!(database.sql("select name from t").unwrap(), "a\tb");
        // 0 is a key like any other.
        execute(&engine, "insert into t (id) values (?)", &[Value::I64(0)]).await.unwrap();
        assert_eq!(database.sql("select min(id) from t").unwrap(), "0");
        // A commit ends the transaction, and begins no other.
        let mut tx = begin(&engine).await.unwrap();
        execute_on(&mut *tx, "insert into t (id) values (5)", &[]).await.unwrap();
        tx.commit().await.unwrap();
        tx.release(Fate::Clean);
        execute(&engine, "insert into t (id) values (6)", &[]).await.unwrap();
        assert_eq!(database.sql("select count(*) from t where id in (5, 6)").unwrap(), "2");
        assert_eq!(open_transactions(&database), 0);
        // UTC.
        execute(&engine, "update t set at = '2005-05-24 12:00:00' where id = 1", &[]).await.unwrap();
        assert_eq!(database.sql("set time_zone = '+00:00'; select at from t where id = 1").unwrap(), "2005-05-24 12:00:00");
        assert_eq!(database.sql("select at from t where id = 1").unwrap(), "2005-05-24 17:45:00");
        let near = query(&engine, "select abs(timestampdiff(minute, now(), utc_timestamp()))", &[]).await.unwrap();
        assert_eq!(near, [[Value::I64(0)]]);
        // Literals compare by code point, as the columns that bindery makes.
        let compared = query(&engine, "select 'a' = 'A', 'ä' = 'a', '😀' = '😁', ? = 'Ada'", &[text("ada")]).await.unwrap();
        assert_eq!(compared, [[0, 0, 0, 0].map(Value::I64)]);
        // Strict.
        let error = execute(&engine, "insert into t (id, name) values (9, '0123456789')", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        let error = execute(&engine, "insert into t (id, at) values (9, '0000-00-00 00:00:00')", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    }
}

#[tokio::test]
async fn tcp_and_sockets() {
    for database in databases() {
        let user =
            "select concat(user, ' ', db, ' ', if(host like '127.0.0.1:%', 'tcp', host)) from information_schema.processlist where id = ";
        for (url, host) in [
            (database.url(), "tcp"),
            (database.socket_url(), "localhost"),
            (database.socket_url().with_parameter("ssl_mode", "required"), "localhost"),
        ] {
            let engine = open_url(url, |_| {});
            let id = id_of(&engine).await;
            assert_eq!(database.sql(&format!("{user}{id}")).unwrap(), format!("root {} {host}", database.name()));
            assert_eq!(query(&engine, "show status like 'Ssl_cipher'", &[]).await.unwrap(), [[text("Ssl_cipher"), text("")]]);
        }
    }
}

#[tokio::test]
async fn a_login_by_password_and_no_failure_shows_it() {
    /// Every character that a URL or SQL could stumble over; `SECRET` is what no text may show.
    const PASSWORD: &str = "SECRET p@s/s:w?o#r&d=%25+\"\\$ü🔑";
    for database in databases() {
        let url = user_url(&database, "pat");
        let sql = format!("set password for pat@'127.0.0.1' = password('{}')", PASSWORD.replace('\\', "\\\\"));
        database.sql(&sql).unwrap();
        let engine = open_url(url.clone().with_password(PASSWORD), |_| {});
        let user = query(&engine, "select current_user()", &[]).await.unwrap();
        assert_eq!(user, [[text("pat@127.0.0.1")]]);
        let connection = engine.acquire(Effect::Read).await.unwrap();
        for shown in [format!("{engine:?}"), format!("{:?}", connection.capabilities())] {
            assert!(!shown.contains("SECRET"), "{shown}");
        }
        connection.release(Fate::Clean);
    }
}
