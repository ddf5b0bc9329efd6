//! Values of MySQL's own types; the others are the conformance suite's.

use bindery_core::value::SqlType;

use super::*;

/// The types of the columns of a query, as bindery knows them.
async fn types(engine: &Mysql, sql: &str) -> Vec<Option<SqlType>> {
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    let columns = connection.query(&Statement::new(sql, &[], Effect::Read)).await.unwrap();
    let types = columns.iter().map(|column| column.sql_type).collect();
    connection.close_result().await.unwrap();
    connection.release(Fate::Clean);
    types
}

#[tokio::test]
async fn integers_of_each_width_at_their_limits() {
    use SqlType::{Bool, I8, I16, I32, I64, U8, U16, U32, U64};

    for database in databases() {
        database
            .sql(
                "create table t (b tinyint(1), a1 tinyint, a2 smallint, a3 mediumint, a4 int, a8 bigint, u1 tinyint unsigned, \
                 u2 smallint unsigned, u3 mediumint unsigned, u4 int unsigned, u8 bigint unsigned, y year, bits bit(64), bit1 bit) engine innodb; \
                 insert into t values (0, -128, -32768, -8388608, -2147483648, -9223372036854775808, 0, 0, 0, 0, 0, 1901, 0, 0), \
                 (1, 127, 32767, 8388607, 2147483647, 9223372036854775807, 255, 65535, 16777215, 4294967295, 18446744073709551615, 2155, \
                 18446744073709551615, 1), (127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0)",
            )
            .unwrap();
        let engine = open_one(&database);
        let sql = "select * from t order by b";
        let low = [0, -128, -32_768, -8_388_608, -2_147_483_648, i64::MIN, 0, 0, 0, 0, 0, 1901, 0, 0].map(Value::I64);
        let mut high =
            [1, 127, 32_767, 8_388_607, 2_147_483_647, i64::MAX, 255, 65_535, 16_777_215, 4_294_967_295, 0, 2155, 0, 1].map(Value::I64);
        (high[10], high[12]) = (Value::U64(u64::MAX), Value::U64(u64::MAX));
        let other = [127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0].map(Value::I64);
        assert_eq!(query(&engine, sql, &[]).await.unwrap(), [low.clone(), high.clone(), other]);
        let expected = [Bool, I8, I16, I32, I32, I64, U8, U16, U32, U32, U64, U16, U64, U64].map(Some);
        assert_eq!(types(&engine, sql).await, expected);
        // And back.
        let insert = format!("insert into t values ({}?)", "?, ".repeat(13));
        execute(&engine, "delete from t", &[]).await.unwrap();
        for row in [&low, &high] {
            execute(&engine, &insert, row).await.unwrap();
        }
        assert_eq!(query(&engine, sql, &[]).await.unwrap(), [low, high]);
        let stored = database.sql("select u8, a8, bits + 0 from t order by b").unwrap();
        assert_eq!(stored, "0\t-9223372036854775808\t0\n18446744073709551615\t9223372036854775807\t18446744073709551615");
    }
}

#[tokio::test]
async fn decimals_are_exact_both_ways() {
    for database in databases() {
        database
            .sql("create table t (id int, d decimal(65, 30), i decimal(65, 0), s decimal(5, 2), u decimal(20) unsigned) engine innodb")
            .unwrap();
        let engine = open_one(&database);
        let whole = "9".repeat(65);
        let fraction = format!("-{}.{}", "9".repeat(35), "9".repeat(30));
        let least = format!("0.{}1", "0".repeat(29));
        for (id, d, i, s, u) in [
            (1, fraction.as_str(), whole.as_str(), "-999.99", "99999999999999999999"),
            (2, least.as_str(), "0", "0.10", "0"),
            (3, "100", "-1", "2.50", "1"),
        ] {
            let values = [d, i, s, u].map(|text| Value::Decimal(text.to_owned()));
            let mut row = vec![Value::I64(id)];
            row.extend(values.clone());
            execute(&engine, "insert into t values (?, ?, ?, ?, ?)", &row).await.unwrap();
            let read = query(&engine, "select d, i, s, u from t where id = ?", &[Value::I64(id)]).await.unwrap();
            assert_eq!(read, [values.to_vec()]);
            let stored = database.sql(&format!("select d, i, s, u from t where id = {id}")).unwrap();
            let stored: Vec<_> = stored.split('\t').collect();
            let padded = if id == 3 { format!("100.{}", "0".repeat(30)) } else { d.to_owned() };
            assert_eq!(stored, [padded.as_str(), i, s, u]);
        }
        assert_eq!(types(&engine, "select d, i, s, u from t").await, [Some(SqlType::Decimal); 4]);
        // What does not fit is refused, by us or by the server, and never rounded.
        for text in [format!("0.{}1", "0".repeat(30)), "9".repeat(66), format!("1{}", "0".repeat(65))] {
            let error = execute(&engine, "insert into t (d) values (?)", &[Value::Decimal(text)]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        }
        let error = execute(&engine, "insert into t (s) values (?)", &[Value::Decimal("1000".to_owned())]).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidValue, Some("s")), "{error:?}");
    }
}

#[tokio::test]
async fn moments_at_their_limits_and_in_utc() {
    for database in databases() {
        database
            .sql(
                "set time_zone = '+05:45'; \
                 create table t (id int, d date, m datetime(6), s datetime, at timestamp(6) null, c time(6)) engine innodb; \
                 insert into t values (1, '0001-01-01', '0001-01-01 00:00:00', '9999-12-31 23:59:59', '1970-01-01 05:45:01', '00:00:00'), \
                 (2, '9999-12-31', '9999-12-31 23:59:59.999999', '0001-01-01', '2038-01-19 08:59:07.999999', '23:59:59.999999'), \
                 (3, null, null, null, null, null)",
            )
            .unwrap();
        let engine = open_one(&database);
        let (first, last) = (-62_135_596_800_000_000, 253_402_300_799_999_999);
        let rows = [
            [
                Value::Date(-719_162),
                Value::DateTime(first),
                Value::DateTime(253_402_300_799_000_000),
                Value::Timestamp(1_000_000),
                Value::Time(0),
            ],
            [
                Value::Date(2_932_896),
                Value::DateTime(last),
                Value::DateTime(first),
                Value::Timestamp(2_147_483_647_999_999),
                Value::Time(86_399_999_999),
            ],
            [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null],
        ];
        let sql = "select d, m, s, at, c from t order by id";
        assert_eq!(query(&engine, sql, &[]).await.unwrap(), rows);
        let expected = [SqlType::Date, SqlType::DateTime, SqlType::DateTime, SqlType::Timestamp, SqlType::Time].map(Some);
        assert_eq!(types(&engine, sql).await, expected);
        let before = database.sql("select d, m, s, at, c from t order by id").unwrap();
        execute(&engine, "delete from t", &[]).await.unwrap();
        for (id, row) in (1..).zip(&rows) {
            let mut values = vec![Value::I64(id)];
            values.extend(row.iter().cloned());
            execute(&engine, "insert into t values (?, ?, ?, ?, ?, ?)", &values).await.unwrap();
        }
        assert_eq!(query(&engine, sql, &[]).await.unwrap(), rows);
        assert_eq!(database.sql("select d, m, s, at, c from t order by id").unwrap(), before);
        // Beyond.
        for value in [Value::DateTime(last + 1), Value::Date(2_932_897), Value::DateTime(first - 366 * 2 * 86_400_000_000)] {
            let error = execute(&engine, "insert into t (m) values (?)", &[value]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        }
        let error = execute(&engine, "insert into t (at) values (?)", &[Value::Timestamp(2_147_483_648_000_000)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    }
}

/// They are errors of their cells, and the others of the row what they are.
#[tokio::test]
async fn what_is_no_moment_is_an_error_of_its_cell() {
    for database in databases() {
        database
            .sql(
                "set sql_mode = ''; create table t (id int, d date, m datetime, at timestamp null, c time(3)) engine innodb; \
                 insert into t values (1, '0000-00-00', '0000-00-00', '0000-00-00', '24:00:00'), (2, '2005-00-00', '2005-05-00', '0', '-00:00:01'), \
                 (3, '2005-00-24', '0000-00-00', '0000-00-00', '838:59:59')",
            )
            .unwrap();
        let engine = open_one(&database);
        for id in 1..4 {
            let mut connection = engine.acquire(Effect::Read).await.unwrap();
            let sql = format!("select id, d, m, at, c from t where id = {id}");
            connection.query(&Statement::new(&sql, &[], Effect::Read)).await.unwrap();
            let mut cells_seen = 0;
            let mut each = |cells: &dyn Cells| {
                assert_eq!(cells.value(0).unwrap(), ValueRef::I64(id));
                for column in 1..5 {
                    let error = cells.value(column).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Decode, "{id} {column}: {error:?}");
                    let words = if column == 4 { "`time_to_sec(…)`" } else { "make it NULL" };
                    assert!(error.to_string().contains(words), "{error}");
                    cells_seen += 1;
                }
                ControlFlow::Continue(())
            };
            while connection.fetch(&mut each).await.unwrap() {}
            connection.release(Fate::Clean);
            assert_eq!(cells_seen, 4);
        }
        let beyond = query(&engine, "select time_to_sec(c), cast(c as char) from t where id = 3", &[]).await.unwrap();
        assert_eq!(beyond[0][1], text("838:59:59.000"));
    }
}

#[tokio::test]
async fn texts_of_each_kind() {
    for database in databases() {
        database
            .sql(
                "create table t (id int, e enum ('sad', 'ünhappy') character set latin1, s set ('a', 'b', 'c'), l varchar(20) character set latin1, \
                 c char(8), w varchar(20) character set utf16, t text, b varbinary(20), f binary(4)) engine innodb; \
                 insert into t values (1, 'ünhappy', 'a,c', 'größer €', 'pad  ', 'weit 😀', 'ein Text', 0x00ff, 'ab')",
            )
            .unwrap();
        let engine = open_one(&database);
        let sql = "select e, s, l, c, w, t, b, f from t where id = ?";
        let row = vec![
            text("ünhappy"),
            text("a,c"),
            text("größer €"),
            text("pad"),
            text("weit 😀"),
            text("ein Text"),
            Value::Bytes(vec![0, 255]),
            Value::Bytes(b"ab\0\0".to_vec()),
        ];
        assert_eq!(query(&engine, sql, &[Value::I64(1)]).await.unwrap(), std::slice::from_ref(&row));
        let mut values = vec![Value::I64(2)];
        values.extend(row.iter().cloned());
        execute(&engine, "insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?)", &values).await.unwrap();
        assert_eq!(query(&engine, sql, &[Value::I64(2)]).await.unwrap(), [row]);
        let mut expected = vec![Some(SqlType::Text); 6];
        expected.extend([Some(SqlType::Bytes); 2]);
        assert_eq!(types(&engine, "select e, s, l, c, w, t, b, f from t").await, expected);
        // What the column's character set lacks is refused.
        let error = execute(&engine, "insert into t (l) values (?)", &[text("ж😀")]).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidValue, Some("l")), "{error:?}");

        database.sql("create table u (id int, a text collate utf8mb4_bin, b longblob) engine innodb").unwrap();
        for (id, value) in (1..).zip(["", " ", "trailing  ", "\0", "a\0b", "😀🇩🇪", "\r\n\t\\'\"%_", "\u{feff}"]) {
            let values = [Value::I64(id), text(value), Value::Bytes(value.as_bytes().to_vec())];
            execute(&engine, "insert into u values (?, ?, ?)", &values).await.unwrap();
            assert_eq!(query(&engine, "select * from u where id = ?", &values[..1]).await.unwrap(), [values]);
            let stored = database.sql(&format!("select concat(hex(a), ' ', hex(b)) from u where id = {id}")).unwrap();
            let hex: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(stored, format!("{hex} {hex}"));
        }
        // MySQL compares text without the spaces at its end.
        let same = query(&engine, "select 'a' = 'a ', 'a' like 'a '", &[]).await.unwrap();
        assert_eq!(same, [[Value::I64(1), Value::I64(0)]]);
    }
}

#[tokio::test]
async fn json_and_geometry() {
    for database in databases() {
        database.sql("create table t (id int, j json, g geometry, p point) engine innodb").unwrap();
        let engine = open_one(&database);
        let json = "{\"b\": [1, 2.5, null, \"ä😀\"], \"a\": {}}";
        execute(&engine, "insert into t (id, j) values (1, ?)", &[Value::Json(json.to_owned())]).await.unwrap();
        execute(&engine, "insert into t (id, j) values (2, ?)", &[text("[1]")]).await.unwrap();
        let read = query(&engine, "select j from t order by id", &[]).await.unwrap();
        if is_mariadb(&database) {
            // Text, as it was written.
            assert_eq!(read, [[text(json)], [text("[1]")]]);
            assert_eq!(types(&engine, "select j from t").await, [Some(SqlType::Text)]);
        } else {
            // The server's own form.
            let own = "{\"a\": {}, \"b\": [1, 2.5, null, \"ä😀\"]}";
            assert_eq!(read, [[Value::Json(own.to_owned())], [Value::Json("[1]".to_owned())]]);
            assert_eq!(types(&engine, "select j from t").await, [Some(SqlType::Json)]);
        }
        database.sql("update t set g = st_geomfromtext('POINT(1 2)', 4326), p = st_geomfromtext('POINT(1 2)')").unwrap();
        let point = [&[0xE6, 0x10, 0, 0, 1, 1, 0, 0, 0][..], &1_f64.to_le_bytes(), &2_f64.to_le_bytes()].concat();
        let rows = query(&engine, "select g from t where id = 1", &[]).await.unwrap();
        assert_eq!(rows, [[Value::Bytes(point.clone())]]);
        assert_eq!(types(&engine, "select g, p from t").await, [Some(SqlType::Bytes); 2]);
        execute(&engine, "update t set g = ? where id = 2", &[Value::Bytes(point)]).await.unwrap();
        assert_eq!(database.sql("select st_astext(g) from t where id = 2").unwrap(), "POINT(1 2)");
    }
}

/// Longer than one packet of the protocol.
#[tokio::test]
async fn values_of_many_megabytes() {
    for flavor in FLAVORS {
        let server =
            TempMysql::builder(flavor).setting("max_allowed_packet", "64M").setting("innodb_log_file_size", "256M").start().unwrap();
        let database = server.database().unwrap();
        database.sql("create table t (id int, a longblob, b longtext) engine innodb").unwrap();
        let engine = open_one(&database);
        // Just at the limit, and over it.
        for (id, length) in (1..).zip(if flavor == MysqlFlavor::MariaDb { vec![0xFF_FFFF - 4, 0x100_0000] } else { vec![0x100_0000] }) {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let values = [Value::I64(id), Value::Bytes(bytes), text(if id == 2 { "" } else { "short" })];
            execute(&engine, "insert into t values (?, ?, ?)", &values).await.unwrap();
            assert_eq!(database.sql(&format!("select length(a), md5(a) = md5(a) from t where id = {id}")).unwrap(), format!("{length}\t1"));
            let read = query(&engine, "select * from t where id = ?", &values[..1]).await.unwrap();
            assert!(read == [values], "{length}");
        }
    }
}
