use bindery_core::ErrorKind;
use bindery_core::engine::{Engine, Fate};
use bindery_core::value::Value;

use super::*;

async fn store(engine: &Sqlite, value: Value) -> Result<Value> {
    let row = query(engine, "SELECT ?", &[value]).await?.remove(0);
    Ok(row.into_iter().next().unwrap())
}

#[tokio::test]
async fn values_are_kept_as_documented() {
    for execution in every_execution() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        let text = |text: &str| Value::Text(text.into());
        for (given, kept) in [
            (Value::Null, Value::Null),
            (Value::Bool(true), Value::I64(1)),
            (Value::I64(i64::MIN), Value::I64(i64::MIN)),
            (Value::U64(i64::MAX as u64), Value::I64(i64::MAX)),
            (Value::F64(f64::MIN_POSITIVE), Value::F64(f64::MIN_POSITIVE)),
            (Value::F64(f64::NEG_INFINITY), Value::F64(f64::NEG_INFINITY)),
            (text("a\0b 'ü' \u{10ffff}"), text("a\0b 'ü' \u{10ffff}")),
            (text(""), text("")),
            (Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255])),
            (Value::Bytes(vec![]), Value::Bytes(vec![])),
            (Value::Decimal("-10.50".into()), text("-10.50")),
            (Value::Date(0), text("1970-01-01")),
            (Value::Time(1_500_000), text("00:00:01.5")),
            (Value::DateTime(-1), text("1969-12-31 23:59:59.999999")),
            (Value::Timestamp(0), text("1970-01-01 00:00:00")),
            (Value::Uuid([0xab, 0xcd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xff]), text("abcd0001-0203-0405-0607-08090a0b0cff")),
            (Value::Json("{\"a\": 1}".into()), text("{\"a\": 1}")),
        ] {
            assert_eq!(store(&engine, given).await.unwrap(), kept, "{execution:?}");
        }
        for (refused, kind) in [
            (Value::F64(f64::NAN), ErrorKind::InvalidValue),
            (Value::U64(u64::MAX), ErrorKind::InvalidValue),
            (Value::Date(i32::MAX), ErrorKind::InvalidValue),
            (Value::Timestamp(i64::MIN), ErrorKind::InvalidValue),
            (Value::Time(-1), ErrorKind::InvalidValue),
            (Value::Array(vec![Value::Null]), ErrorKind::Unsupported),
        ] {
            let error = query(&engine, "SELECT ?, ?", &[Value::Null, refused]).await.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().starts_with("parameter 2: "), "{error}");
        }
        engine.close().await;
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_an_error_of_its_cell_only() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    connection.query(&Statement::new("SELECT 'ok', CAST(x'ff' AS TEXT), 'ok'", &[], Effect::Read)).await.unwrap();
    let mut each = |cells: &dyn Cells| {
        assert_eq!(cells.value(0).unwrap(), ValueRef::Text("ok"));
        assert_eq!(cells.value(1).unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(cells.value(2).unwrap(), ValueRef::Text("ok"));
        ControlFlow::Break(())
    };
    assert!(connection.fetch(&mut each).await.unwrap());
    connection.release(Fate::CutOff);

    // each half of a letter, which are a letter together
    let mut connection = engine.acquire(Effect::Read).await.unwrap();
    connection.query(&Statement::new("SELECT CAST(x'c3' AS TEXT), CAST(x'bc' AS TEXT)", &[], Effect::Read)).await.unwrap();
    let mut each = |cells: &dyn Cells| {
        assert_eq!(cells.value(0).unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(cells.value(1).unwrap_err().kind(), ErrorKind::Decode);
        ControlFlow::Break(())
    };
    assert!(connection.fetch(&mut each).await.unwrap());
    connection.release(Fate::CutOff);
}

#[tokio::test]
async fn each_refusal_has_its_kind_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    for sql in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL, age INTEGER CHECK (age > 0), UNIQUE (name, age))",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id))",
        "CREATE TABLE strict (a INTEGER) STRICT",
        "INSERT INTO users VALUES (1, 'secret-value', 'Ada', 36)",
        "INSERT INTO posts VALUES (1, 1)",
    ] {
        execute(&engine, sql, &[]).await.unwrap();
    }
    let users = Some("users");
    for (sql, kind, table, column) in [
        ("INSERT INTO users VALUES (2, 'secret-value', 'B', 1)", ErrorKind::UniqueViolation, users, Some("email")),
        ("INSERT INTO users VALUES (1, 'c', 'C', 1)", ErrorKind::UniqueViolation, users, Some("id")),
        ("INSERT INTO users VALUES (3, 'd', 'Ada', 36)", ErrorKind::UniqueViolation, users, Some("name, age")),
        ("INSERT INTO users VALUES (4, 'e', NULL, 1)", ErrorKind::NotNullViolation, users, Some("name")),
        ("INSERT INTO users VALUES (5, 'f', 'F', -1)", ErrorKind::CheckViolation, None, None),
        ("INSERT INTO posts VALUES (2, 99)", ErrorKind::ForeignKeyViolation, None, None),
        ("DELETE FROM users", ErrorKind::ForeignKeyViolation, None, None),
        ("INSERT INTO users VALUES ('x', 'g', 'G', 1)", ErrorKind::CheckViolation, None, None),
        ("INSERT INTO strict VALUES ('x')", ErrorKind::CheckViolation, None, None),
        ("INSERT INTO nowhere VALUES (1)", ErrorKind::Sql, None, None),
        ("INSERT INTO", ErrorKind::Sql, None, None),
    ] {
        let error = execute(&engine, sql, &[]).await.unwrap_err();
        assert_eq!((error.kind(), error.table(), error.column()), (kind, table, column), "{sql}: {error:?}");
        let text = chain(&error);
        assert!(text.contains("caused by") && !text.contains("secret-value"), "{text}");
    }
}

#[tokio::test]
async fn the_decimal_functions_are_on_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    execute(&engine, "CREATE TABLE t (a DECIMAL_TEXT COLLATE decimal)", &[]).await.unwrap();
    execute(&engine, "INSERT INTO t VALUES ('10'), ('9.5'), ('-2.25')", &[]).await.unwrap();
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(query(&engine, "SELECT a FROM t ORDER BY a", &[]).await.unwrap(), [[text("-2.25")], [text("9.5")], [text("10")]]);
    assert_eq!(query(&engine, "SELECT decimal_sum(a) FROM t", &[]).await.unwrap(), [[text("17.25")]]);
    assert_eq!(query(&engine, "SELECT count(*) FROM t WHERE a = ?", &[Value::Decimal("9.50".into())]).await.unwrap(), [[Value::I64(1)]]);
}

#[tokio::test]
async fn capabilities_are_sqlites() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(file(folder.path()));
    let connection = engine.acquire(Effect::Read).await.unwrap();
    let capabilities = connection.capabilities();
    assert!(capabilities.server.starts_with("SQLite 3."));
    assert!(capabilities.returning && capabilities.transactional_ddl);
    let most: Vec<_> = (0..capabilities.max_parameters as i64).map(Value::I64).collect();
    connection.release(Fate::Clean);
    let sql = format!("SELECT count(*) FROM (VALUES {})", vec!["(?)"; most.len()].join(", "));
    assert_eq!(query(&engine, &sql, &most).await.unwrap(), [[Value::I64(32_766)]]);
}
