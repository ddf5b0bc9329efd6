//! What changes definitions can be sent as a statement, whichever it is.

use super::*;

#[tokio::test]
async fn any_statement_of_a_definition_can_be_sent() {
    for database in databases() {
        let engine = open_one(&database);
        let extra = format!("{}_extra", database.name());
        let (create, alter, drop) =
            (format!("CREATE DATABASE {extra}"), format!("ALTER DATABASE {extra} CHARACTER SET latin1"), format!("DROP DATABASE {extra}"));
        let user = format!("made_{}@'127.0.0.1'", database.name());
        let (create_user, grant, revoke, drop_user) = (
            format!("CREATE USER {user}"),
            format!("GRANT SELECT ON *.* TO {user}"),
            format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user}"),
            format!("DROP USER {user}"),
        );
        let mut statements = vec![
            "CREATE TABLE t (a int PRIMARY KEY, b int, c text COMMENT ':name ? it''s', KEY (b)) ENGINE=InnoDB",
            "CREATE TABLE u LIKE t",
            "CREATE TABLE w ENGINE=InnoDB AS SELECT a, ':d' AS d FROM t",
            "ALTER TABLE t ADD COLUMN d varchar(9) DEFAULT ':d' COMMENT '?'",
            "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES u (a)",
            "ALTER TABLE t DROP FOREIGN KEY fk",
            "CREATE INDEX ix ON t (b, a)",
            "DROP INDEX ix ON t",
            "RENAME TABLE w TO w2",
            "TRUNCATE TABLE w2",
            "CREATE OR REPLACE VIEW v AS SELECT a, ':x' AS x FROM t",
            "ALTER VIEW v AS SELECT a FROM t",
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW main:BEGIN IF NEW.b > 0 THEN LEAVE main; END IF; SET NEW.b = 1; END",
            "CREATE TRIGGER g2 BEFORE UPDATE ON t FOR EACH ROW main:begin if new.b > 0 then leave main; end if; set new.b = 1; end main",
            "DROP TRIGGER g",
            "CREATE FUNCTION f(n int) RETURNS int DETERMINISTIC BEGIN DECLARE m int DEFAULT 0; l:loop set m = m + n; if m > 9 then leave \
            l; end if; end loop; RETURN m; END",
            "ALTER FUNCTION f COMMENT 'it''s'",
            "CREATE PROCEDURE p(IN n int) BEGIN DECLARE `:odd` text DEFAULT '?:x'; -- it's :x ?\n l:loop insert into u (a) values (n); \
            leave l; end loop; END",
            "ALTER PROCEDURE p COMMENT ':x'",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO l:begin delete from u; end",
            "ALTER EVENT e COMMENT ':x'",
            "DROP EVENT e",
            &create,
            &alter,
            &drop,
            &create_user,
            &grant,
            &revoke,
            &drop_user,
            "ANALYZE TABLE t",
            "OPTIMIZE TABLE u",
            "FLUSH TABLES",
            "DROP VIEW v",
        ];
        if is_mariadb(&database) {
            statements.extend([
                "CREATE SEQUENCE s",
                "ALTER SEQUENCE s INCREMENT BY 2",
                "DROP SEQUENCE s",
                "CREATE OR REPLACE TABLE w2 (a int)",
                "BEGIN NOT ATOMIC DECLARE n int DEFAULT 0; l:while n < 2 do insert into w2 values (n); set n = n + 1; end while; END",
            ]);
        }
        for cache in [128, 0] {
            let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
            for sql in &statements {
                execute(&engine, sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            }
            // They do what they say.
            assert_eq!(database.sql("SELECT f(4)").unwrap(), "12");
            assert_eq!(database.sql("CALL p(7); SELECT a FROM u").unwrap(), "7");
            assert_eq!(database.sql("INSERT INTO t (a, b) VALUES (1, 0); UPDATE t SET b = 0; SELECT b FROM t").unwrap(), "1");
            if is_mariadb(&database) {
                assert_eq!(database.sql("SELECT a FROM w2").unwrap(), "0\n1");
            }
            let comment = "SELECT column_comment FROM information_schema.columns WHERE table_schema = database() AND table_name = 't' AND \
            column_name = 'c'";
            assert_eq!(database.sql(comment).unwrap(), ":name ? it's");
            database.sql("DROP TABLE t, u, w2; DROP FUNCTION f; DROP PROCEDURE p").unwrap();
            engine.close().await;
        }
        engine.close().await;
    }
}

#[tokio::test]
async fn a_definition_with_a_label_is_one_statement_and_leaves_nothing() {
    for database in databases() {
        database
            .sql("CREATE TABLE kept (a int) ENGINE=InnoDB; CREATE TABLE t (a int) ENGINE=InnoDB; INSERT INTO t VALUES (1), (2)")
            .unwrap();
        let engine = open_one(&database);
        for (sql, kind) in [
            ("CREATE PROCEDURE p() l:begin end; DROP TABLE kept", ErrorKind::Sql),
            ("CREATE TABLE u (a int COMMENT ':x'); DROP TABLE kept", ErrorKind::Sql),
            ("CREATE TABLE kept (a int COMMENT ':x')", ErrorKind::Sql),
            ("CREATE PROCEDURE p() l:begin nonsense end", ErrorKind::Sql),
        ] {
            let error = execute(&engine, sql, &[]).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{sql}: {error:?}");
            assert_eq!(database.sql("SHOW TABLES").unwrap(), "kept\nt", "{sql}");
        }
        // The rows that it has written are counted, and its connection is used on.
        let id = id_of(&engine).await;
        let executed = execute(&engine, "CREATE TABLE u AS SELECT a, ':x' AS x FROM t", &[]).await.unwrap();
        assert_eq!(executed.rows_affected, Some(2));
        assert_eq!(id_of(&engine).await, id);
        assert_eq!(query(&engine, "SELECT @bindery_definition", &[]).await.unwrap(), [[Value::Null]]);
        // In a transaction it would commit that.
        let mut connection = begin(&engine).await.unwrap();
        let error = execute_on(&mut *connection, "CREATE TABLE v (a int COMMENT ':x')", &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        connection.rollback().await.unwrap();
        connection.release(Fate::Clean);
        engine.close().await;
    }
}
