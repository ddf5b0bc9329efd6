use bindery_testkit::Proxy;

use super::*;

#[tokio::test]
async fn a_wrong_number_of_parameters_is_told_and_the_connection_works_on() {
    for database in databases() {
        for cache in [128, 0] {
            let engine = open_with(&database, |pool| (pool.size, pool.statement_cache_size) = (1, cache));
            let mut connection = engine.acquire(Effect::Read).await.unwrap();
            for (sql, values, words) in [
                ("select ?, ?", &[Value::I64(1)][..], "has 2 placeholders and was given 1 parameters; placeholders are `?`"),
                ("select 1", &[Value::I64(1)], "has 0 placeholders and was given 1 parameters"),
                ("select ?", &[], "has 1 placeholders and was given 0 parameters"),
                ("select :name", &[Value::I64(1)], "`:name`: placeholders are `?` here"),
                ("select ?, :name", &[Value::I64(1), Value::I64(1)], "`:name`"),
                ("select :name", &[], "has 1 placeholders and was given 0 parameters"),
            ] {
                let error = query_on(&mut *connection, sql, values).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error:?}");
                assert!(error.to_string().contains(words), "{sql}: {error}");
                assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]], "{sql}");
            }
            // What is no placeholder.
            let sql = "select ':name', \"?\", '12:30:00', /* a:name ? */ 1 as `:b`, 'it''s :x', 'a\\':b', ? -- :c ?\n";
            let row = query_on(&mut *connection, sql, &[Value::I64(7)]).await.unwrap();
            let expected = [text(":name"), text("?"), text("12:30:00"), Value::I64(1), text("it's :x"), text("a':b"), Value::I64(7)];
            assert_eq!(row, [expected]);
            // The client library sees through this one too late.
            let error = query_on(&mut *connection, "select '?', :name", &[Value::I64(1)]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
            assert!(error.to_string().contains("`:name`"), "{error}");
            connection.release(Fate::Clean);
            assert_eq!(query(&engine, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        }
    }
}

/// The driver itself speaks several statements at once: none of an application's may.
#[tokio::test]
async fn several_statements_in_one_text_are_refused() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb; create table kept (a int) engine innodb").unwrap();
        std::fs::write(database.server().folder().join("rows"), "1\n").unwrap();
        let rows = database.server().folder().join("rows").display().to_string();
        let engine = open_one(&database);
        for first in [
            "select 1",
            "insert into t values (1)",
            "lock tables t read",
            "unlock tables",
            "use mysql",
            "prepare a from 'select 1'",
            "create procedure p() select 1",
            "create trigger g before insert on t for each row set new.a = 1",
            "handler t open",
            "flush tables with read lock",
            "signal sqlstate '45000'",
            "get diagnostics @a = number",
            "help 'select'",
            "kill query 0",
            &format!("load data infile '{rows}' into table t"),
            "load index into cache t",
            "alter user root@localhost account unlock",
            "show warnings",
            "explain select 1",
            "call missing()",
            "set @a = 1",
            "do 1",
            "",
        ] {
            for separator in [";", "; ", " ; -- \n"] {
                let sql = format!("{first}{separator}drop table kept");
                let outcome = execute(&engine, &sql, &[]).await;
                assert_eq!(database.sql("show tables like 'kept'").unwrap(), "kept", "{sql}: {outcome:?}");
                assert!(outcome.is_err(), "{sql}");
            }
        }
        assert_eq!(execute(&engine, "select 1;", &[]).await.unwrap().rows_affected.unwrap_or(0), 0);
    }
}

#[tokio::test]
async fn what_can_not_be_prepared_is_sent_as_text() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb").unwrap();
        let rows = database.server().folder().join("rows");
        std::fs::write(&rows, "1\n2\n").unwrap();
        let engine = open_one(&database);
        let body = "create procedure p(n int) begin declare i int default 0; l: loop set i = i + 1; \
                    if i > n then leave l; end if; insert into t values (i); end loop; end";
        execute(&engine, body, &[]).await.unwrap();
        execute(&engine, "create trigger g before insert on t for each row begin set new.a = new.a * 10; end", &[]).await.unwrap();
        execute(&engine, "call p(?)", &[Value::I64(2)]).await.unwrap();
        let loaded = execute(&engine, &format!("load data infile '{}' into table t", rows.display()), &[]).await.unwrap();
        assert_eq!(loaded.rows_affected, Some(2));
        assert_eq!(database.sql("select a from t").unwrap(), "10\n20\n10\n20");
        // Where it gives rows there is no way.
        if !is_mariadb(&database) {
            let mut connection = engine.acquire(Effect::Write).await.unwrap();
            let error = query_on(&mut *connection, "lock tables t read", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
            assert!(error.to_string().contains("can't prepare this statement: run it by `execute` without parameters"), "{error}");
            connection.release(Fate::Clean);
        }
    }
}

#[tokio::test]
async fn of_a_call_the_first_result_is_given() {
    for database in databases() {
        let made = "create table t (a int) engine innodb;\nDELIMITER //\n\
            create procedure several() begin select 1 union select 2; select 'other'; insert into t values (1), (2); end//\n\
            create procedure none() insert into t values (3)//\n\
            create procedure fails() begin select 1; signal sqlstate '45000'; end//\n\
            create procedure takes(in n int, out m int) begin set m = n * 2; select n; end//\n";
        database.sql(made).unwrap();
        let engine = open_one(&database);
        for cache in 0..2 {
            let mut connection = engine.acquire(Effect::Write).await.unwrap();
            assert_eq!(query_on(&mut *connection, "call several()", &[]).await.unwrap(), [[Value::I64(1)], [Value::I64(2)]], "{cache}");
            assert_eq!(query_on(&mut *connection, "call none()", &[]).await.unwrap(), [[Value::Null; 0]; 0]);
            assert_eq!(execute_on(&mut *connection, "call several()", &[]).await.unwrap(), Executed::default());
            let error = query_on(&mut *connection, "call fails()", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CheckViolation, "{error:?}");
            let error = execute_on(&mut *connection, "call fails()", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CheckViolation, "{error:?}");
            assert_eq!(query_on(&mut *connection, "call takes(?, @m)", &[Value::I64(7)]).await.unwrap(), [[Value::I64(7)]]);
            assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
            connection.release(Fate::Clean);
        }
        assert_eq!(database.sql("select count(*) from t").unwrap(), "10");
    }
}

#[tokio::test]
async fn what_a_statement_leaves_reaches_nobody_else() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb; create table u (a int) engine innodb").unwrap();
        for sql in [
            "set sql_mode = ''",
            "set @@session.time_zone = '+01:00'",
            "set autocommit = 0",
            "create temporary table t (a int)",
            "lock tables t write",
            "use mysql",
            "prepare a from 'select 1'",
            "handler t open",
            "flush tables t with read lock",
        ] {
            let engine = open_one(&database);
            let before = id_of(&engine).await;
            execute(&engine, sql, &[]).await.unwrap();
            assert_ne!(id_of(&engine).await, before, "{sql}");
            // Nobody is kept from it.
            execute(&engine, "insert into u values (1)", &[]).await.unwrap();
            assert_eq!(
                database.sql("set lock_wait_timeout = 1; alter table t comment 'x'; select count(*) from u; truncate u").unwrap(),
                "1",
                "{sql}"
            );
            engine.close().await;
        }
    }
}

#[tokio::test]
async fn an_altered_table_is_seen_by_a_statement_that_was_prepared_before() {
    for database in databases() {
        database.sql("create table t (a int) engine innodb; insert into t values (1)").unwrap();
        let engine = open_one(&database);
        let all = "select * from t";
        assert_eq!(query(&engine, all, &[]).await.unwrap(), [[Value::I64(1)]]);
        for (alter, expected) in [
            ("alter table t add b varchar(9) default 'new'", vec![Value::I64(1), text("new")]),
            ("alter table t modify a varchar(20)", vec![text("1"), text("new")]),
            ("alter table t drop a", vec![text("new")]),
            ("alter table t add c datetime(6) default '2005-05-24'", vec![text("new"), Value::DateTime(1_116_892_800_000_000)]),
            ("drop table t; create table t (x double) engine innodb; insert into t values (0.5)", vec![Value::F64(0.5)]),
        ] {
            database.sql(alter).unwrap();
            assert_eq!(query(&engine, all, &[]).await.unwrap(), [expected], "{alter}");
        }
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let columns = connection.query(&Statement::new(all, &[], Effect::Read)).await.unwrap();
        assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x"]);
        connection.close_result().await.unwrap();
        connection.release(Fate::Clean);
    }
}

#[tokio::test]
async fn as_many_parameters_as_the_protocol_carries_and_one_more() {
    for database in databases() {
        let engine = open_one(&database);
        let sum = |number: usize| format!("select 0 in ({}?)", "?, ".repeat(number - 1));
        let most = vec![Value::I64(1); 65_535];
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        assert_eq!(query_on(&mut *connection, &sum(65_535), &most).await.unwrap(), [[Value::I64(0)]]);
        let error = query_on(&mut *connection, &sum(65_536), &vec![Value::I64(1); 65_536]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        assert!(error.to_string().contains("65,535"), "{error}");
        assert_eq!(query_on(&mut *connection, "select 7", &[]).await.unwrap(), [[Value::I64(7)]]);
        connection.release(Fate::Clean);
    }
}

#[tokio::test]
async fn rows_of_two_hundred_columns_are_bound_and_read() {
    for database in databases() {
        let columns: Vec<_> =
            (0..200).map(|number| format!("c{number} {}", ["int", "varchar(10)", "datetime(6)", "double"][number % 4])).collect();
        database.sql(&format!("create table t ({}) engine innodb", columns.join(", "))).unwrap();
        let engine = open_one(&database);
        let row = |at: i64| -> Vec<Value> {
            let value = |number: i64| match number % 5 {
                4 => Value::Null,
                _ => match number % 4 {
                    0 => Value::I64(at * 1000 + number),
                    1 => text(&format!("{at}-{number}")),
                    2 => Value::DateTime(at * 86_400_000_000 + number),
                    _ => Value::F64((at * 1000 + number) as f64 / 4.0),
                },
            };
            (0..200).map(value).collect()
        };
        let one = format!("({}?)", "?, ".repeat(199));
        let sql = format!("insert into t values {}", vec![one; 100].join(", "));
        for chunk in 0..3 {
            let values: Vec<_> = (0..100).flat_map(|at| row(chunk * 100 + at)).collect();
            assert_eq!(execute(&engine, &sql, &values).await.unwrap().rows_affected, Some(100));
        }
        let rows = query(&engine, "select * from t order by c0", &[]).await.unwrap();
        assert_eq!(rows, (0..300).map(row).collect::<Vec<_>>());
    }
}

/// One to prepare a statement, one to run it, and of a known one only that.
#[tokio::test]
async fn a_known_statement_takes_one_round_trip() {
    for database in databases() {
        let proxy = Proxy::before(&database.url()).unwrap();
        let engine = open_url(proxy.url(&database.url()).unwrap(), |pool| pool.size = 1);
        id_of(&engine).await;
        for (times, expected) in [(1, 2), (1, 1), (1, 1)] {
            let before = proxy.round_trips();
            for _ in 0..times {
                query(&engine, "select ?", &[Value::I64(7)]).await.unwrap();
            }
            assert_eq!(proxy.round_trips() - before, expected);
        }
    }
}

#[tokio::test]
async fn rows_affected_are_those_that_matched() {
    for database in databases() {
        database.sql("create table t (id int auto_increment primary key, a int) engine innodb; insert into t (a) values (1), (1)").unwrap();
        let engine = open_one(&database);
        for (sql, expected) in [
            ("update t set a = 1", 2),
            ("update t set a = 2 where id = 1", 1),
            ("update t set a = 2 where false", 0),
            ("delete from t where id = 2", 1),
            ("insert into t (a) values (1), (2), (3)", 3),
        ] {
            assert_eq!(execute(&engine, sql, &[]).await.unwrap().rows_affected, Some(expected), "{sql}");
        }
    }
}

#[tokio::test]
async fn of_rows_that_were_replaced_no_number_is_told() {
    for database in databases() {
        database.sql("create table t (id int auto_increment primary key, a int) engine innodb; insert into t values (1, 1)").unwrap();
        let engine = open(&database);
        for sql in [
            "replace into t values (1, 2)",
            "insert into t values (1, 2) on duplicate key update a = 3",
            "INSERT INTO t (a) VALUES (9) ON  DUPLICATE KEY UPDATE a = 3",
        ] {
            assert_eq!(execute(&engine, sql, &[]).await.unwrap(), Executed::default(), "{sql}");
        }
        // What MySQL 5.7 takes as text alone.
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "1\t7\n").unwrap();
        std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let load = format!("load data infile '{}' replace into table t", file.path().display());
        assert_eq!(execute(&engine, &load, &[]).await.unwrap(), Executed::default());
        let executed = execute(&engine, "insert into t (a) values (5), (6)", &[]).await.unwrap();
        assert_eq!(executed.rows_affected, Some(2));
        assert_eq!(executed.generated_keys.unwrap().of(2).last(), Some(4));
    }
}

/// Of rows that are long, fewer come at once.
#[tokio::test]
async fn rows_come_by_a_mebibyte_at_once() {
    for database in databases() {
        make_thousand(&database);
        let engine = open(&database);
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let sql = "select n, repeat('x', 100000) from thousand limit 200";
        connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
        let (mut most, mut rows) = (0, 0);
        loop {
            // So that more is there.
            tokio::time::sleep(Duration::from_millis(5)).await;
            let before = rows;
            let mut each = |_: &dyn Cells| {
                rows += 1;
                ControlFlow::Continue(())
            };
            let goes_on = connection.fetch(&mut each).await.unwrap();
            most = most.max(rows - before);
            if !goes_on {
                break;
            }
        }
        assert_eq!(rows, 200);
        assert!((1..=11).contains(&most), "{most}");
        connection.release(Fate::Clean);
    }
}
