//! Statements: what is sent is what was said.

use bindery_core::ErrorKind;
use bindery_core::engine::{Dialect, Effect, Engine, Family, Param};
use bindery_core::value::{SqlType, Value, ValueRef};

use super::client::{Client, typed};
use super::ground::Ground;

/// Text that ends a literal in one dialect or another, or is a placeholder.
const TRICKY: [&str; 7] = ["it's", "\\'", "'; DROP TABLE notes; --", "$1", "?", "\"`/*", "a'||'b"];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn column(dialect: &Dialect, sql_type: SqlType) -> String {
    dialect.type_name(sql_type, None, None)
}

/// A parameter's value is a value, whatever it looks like.
pub async fn stmt_1_a_parameter_is_never_part_of_the_text<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare([format!("CREATE TABLE notes (id integer, note {})", column(ground.dialect(), SqlType::Text))]).await;
    let mut client = ground.client().await;
    let sql = format!("INSERT INTO notes VALUES ({}, {})", ground.placeholder(1), ground.placeholder(2));
    for (id, note) in (0..).zip(TRICKY) {
        let (id, note) = (Value::I64(id), text(note));
        client.run_with(&sql, &[typed(&id, SqlType::I32), typed(&note, SqlType::Text)]).await.unwrap();
    }
    let kept = ground.witness().await.rows("SELECT note FROM notes ORDER BY id").await.unwrap();
    assert_eq!(kept, TRICKY.map(|note| vec![text(note)]));
}

/// What stands between quotes or in a comment is no placeholder, and nothing is put before or behind the text.
pub async fn stmt_1_the_text_is_sent_as_it_is<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let sql = format!("SELECT '? $1 it''s', {} /* ? $1 */ -- ? $1", ground.placeholder(1));
    let found = client.rows_with(&sql, &[typed(&text("x"), SqlType::Text)]).await.unwrap();
    assert_eq!(found, [[text("? $1 it's"), text("x")]]);
}

/// `$1 IS NULL` says nothing of the type: the parameter must.
pub async fn stmt_2_a_null_is_sent_as_its_type<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let sql = format!("SELECT CASE WHEN {} IS NULL THEN 1 ELSE 0 END", ground.placeholder(1));
    for sql_type in ground.types(super::values::TYPES) {
        let found = client.rows_with(&sql, &[Param::new(ValueRef::Null, Some(sql_type))]).await;
        let found = found.unwrap_or_else(|error| panic!("NULL as {sql_type}: {error:?}"));
        assert_eq!(found.len(), 1);
        assert_eq!(one(&found), 1, "NULL as {sql_type}");
    }
}

/// A value that its type doesn't take is refused before anything is sent: the transaction knows nothing of it. What an error says
/// is where, not what.
pub async fn stmt_2_what_does_not_fit_is_refused_unsent<E: Engine + ?Sized>(ground: &Ground<E>) {
    let misfits = [
        (Value::I64(i64::MAX), SqlType::I16),
        (Value::I64(i64::MIN), SqlType::I32),
        (Value::U64(u64::MAX), SqlType::I64),
        (Value::Date(i32::MAX), SqlType::Date),
        (Value::Timestamp(i64::MAX), SqlType::Timestamp),
        (Value::Time(-1), SqlType::Time),
    ];
    for (number, (value, sql_type)) in misfits.into_iter().enumerate() {
        let table = format!("refused_{number}");
        ground.prepare([format!("CREATE TABLE {table} (id integer, c {})", column(ground.dialect(), sql_type))]).await;
        let mut client = ground.client().await;
        client.begun().await;
        let sql = format!("INSERT INTO {table} VALUES ({}, {})", ground.placeholder(1), ground.placeholder(2));
        let id = Value::I64(1);
        let params = [typed(&id, SqlType::I32), typed(&value, sql_type).for_column(Some("c"))];
        if let Err(error) = client.run_with(&sql, &params).await {
            assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidValue, Some("c")), "{value:?} as {sql_type}: {error:?}");
            // Nothing was sent, so nothing has failed.
            client.run(&format!("INSERT INTO {table} VALUES (2, NULL)")).await.unwrap();
            client.commit().await.unwrap();
            assert_eq!(ground.count(&table).await, 1, "{value:?} as {sql_type}");
        } else {
            client.commit().await.unwrap();
            let kept = ground.witness().await.value(&format!("SELECT c FROM {table}")).await;
            assert!(super::values::same(sql_type, &value, kept.as_ref()), "{value:?} as {sql_type} became {kept:?}");
        }
    }
}

/// Rows that have the new value already count: what was asked for is true of them.
pub async fn stmt_3_rows_matched_are_counted<E: Engine + ?Sized>(ground: &Ground<E>) {
    ground.prepare(["CREATE TABLE stars (id integer, n integer)", "INSERT INTO stars VALUES (1, 5), (2, 5), (3, 1)"]).await;
    let mut client = ground.client().await;
    for (sql, matched) in [
        ("UPDATE stars SET n = 5", 3),
        ("UPDATE stars SET n = 5", 3),
        ("UPDATE stars SET n = 5 WHERE id > 7", 0),
        ("INSERT INTO stars VALUES (4, 5), (5, 5)", 2),
        ("DELETE FROM stars WHERE id < 3", 2),
    ] {
        let rows = client.run(sql).await.unwrap().rows_affected;
        assert!(rows.is_none_or(|rows| rows == matched), "`{sql}` matched {matched} rows, and {rows:?} are told");
    }
}

/// The same text with a parameter of another type is another statement.
pub async fn stmt_4_the_same_text_with_another_type<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let sql = format!("SELECT {}", ground.placeholder(1));
    for _ in 0..3 {
        for (value, sql_type) in [
            (Value::I64(7), SqlType::I64),
            (text("seven"), SqlType::Text),
            (Value::Bytes(vec![7, 0]), SqlType::Bytes),
            (Value::F64(0.5), SqlType::F64),
        ] {
            let found = client.rows_with(&sql, &[typed(&value, sql_type)]).await;
            let found = found.unwrap_or_else(|error| panic!("{value:?} as {sql_type}: {error:?}"));
            let expected = match value {
                // Its protocol has one type for text and bytes, where there is no column to tell.
                Value::Bytes(bytes) if ground.family() == Family::MySql => Value::Text(String::from_utf8(bytes).unwrap()),
                value => value,
            };
            assert_eq!(found, [[expected]], "as {sql_type}");
        }
    }
}

/// However many statements there are, the server keeps no more of them than `statement_cache_size`.
pub async fn stmt_4_the_cache_is_bounded<E: Engine + ?Sized>(ground: &Ground<E>) {
    for size in [0, 3] {
        let engine = ground.engine_with(|pool| pool.statement_cache_size = size);
        let mut client = Client::of(&*engine, Effect::Write).await;
        for round in 0..20 {
            assert_eq!(client.number(&format!("SELECT {round}")).await, round);
        }
        let kept = match ground.family() {
            Family::Postgres => client.number("SELECT count(*) FROM pg_prepared_statements").await,
            // SQLite keeps its statements in the driver's own memory, where SQL can't see them.
            _ => 0,
        };
        assert!(kept <= size as i64, "{kept} prepared statements are kept, and `statement_cache_size` is {size}");
        assert_eq!(client.number("SELECT 3").await, 3, "a statement that the cache has dropped can be sent again");
    }
}

fn one(found: &super::client::Found) -> i64 {
    match found.first().map(Vec::as_slice) {
        Some([Value::I64(number)]) => *number,
        other => panic!("one number, not {other:?}"),
    }
}
