//! Capabilities: what is claimed works, what is not claimed is refused.

use bindery_core::engine::{Effect, Engine, Fate, GlobalId, Statement, TransactionOptions};
use bindery_core::schema::{Column, Table};
use bindery_core::session::All;
use bindery_core::value::{SqlType, Value};
use bindery_core::{BindKey, ErrorKind};

use super::client::{Client, typed};
use super::ground::Ground;
use super::values::TYPES;

/// What the server can't do is refused, and the connection knows nothing of it.
pub async fn cap_1_what_is_not_claimed_is_refused<E: Engine + ?Sized>(ground: &Ground<E>) {
    if ground.expected().two_phase {
        return;
    }
    ground.prepare(["CREATE TABLE notes (id integer)"]).await;
    let mut connection = ground.engine().acquire(Effect::Write).await.unwrap();
    assert!(connection.two_phase().is_none(), "the engine gives a way to prepare transactions, and says that it can't");
    connection.release(Fate::Clean);

    let mut client = ground.client().await;
    let id = GlobalId::new("bindery-1").unwrap();
    let mut options = TransactionOptions::default();
    options.global_id = Some(&id);
    let error = client.begin(&options).await.expect_err("a transaction that can't be prepared began as one that can");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    client.run("INSERT INTO notes VALUES (1)").await.unwrap();
    assert_eq!(ground.count("notes").await, 1, "no transaction has begun");
    client.begun().await;
    let error = client.prepare(&id).await.expect_err("a transaction was prepared");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    client.commit().await.unwrap();
}

/// A table with a column of a type that the backend lacks is refused, and not made.
pub async fn cap_1_a_type_that_is_not_there_is_refused<E: Engine + ?Sized>(ground: &Ground<E>) {
    for sql_type in ground.without_types() {
        let table = Table::new("lacking", BindKey::DEFAULT).column(Column::new("c", *sql_type));
        let databases = ground.databases([&*Box::leak(Box::new(table))]).await;
        let error = databases.create_all(All).await.expect_err("a table was made of a type that the backend lacks");
        assert_eq!((error.kind(), error.column()), (ErrorKind::Unsupported, Some("c")), "{error:?}");
        databases.close().await;
        let error = ground.witness().await.rows("SELECT c FROM lacking").await.expect_err("the table was made all the same");
        assert_eq!(error.kind(), ErrorKind::Sql, "{error:?}");
    }
}

/// The capabilities are those that the joining file restates, on each connection; and so are the types that the backend lacks.
pub async fn cap_2_capabilities_are_as_restated<E: Engine + ?Sized>(ground: &Ground<E>) {
    let engine = ground.engine();
    for effect in [Effect::Read, Effect::Write] {
        let client = Client::of(&*engine, effect).await;
        let said = client.capabilities().unwrap();
        let mut expected = ground.expected().clone();
        assert!(said.server.starts_with(&expected.server), "the server is {}, and not {}", said.server, expected.server);
        expected.server.clone_from(&said.server);
        assert_eq!(*said, expected, "the capabilities are not those that the setup restates");
    }
    let lacking: Vec<_> = TYPES.into_iter().filter(|sql_type| !ground.dialect().has(*sql_type)).collect();
    assert_eq!(lacking, ground.without_types(), "the types that the dialect lacks are not those that the setup restates");
}

/// A statement can have as many parameters as is claimed.
pub async fn cap_2_as_many_parameters_are_taken<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let most = client.capabilities().unwrap().max_parameters;
    let list: Vec<_> = (1..=most).map(|number| ground.placeholder(number)).collect();
    let value = Value::I64(1);
    let params = vec![typed(&value, SqlType::I64); most];
    let sql = format!("SELECT 42 FROM (SELECT 1 AS a) AS one WHERE a IN ({})", list.join(", "));
    let found = client.rows_with(&sql, &params).await.unwrap_or_else(|error| panic!("{most} parameters: {error:?}"));
    assert_eq!(found, [[Value::I64(42)]]);
}

/// A statement can have as many bytes as is claimed, as far as bindery would send them.
pub async fn cap_2_as_many_bytes_are_taken<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    let most = client.capabilities().unwrap().max_statement_bytes.min(32 << 20) / 8 * 7;
    let halves = vec![Value::Text("x".repeat(most / 2)); 2];
    let params: Vec<_> = halves.iter().map(|half| typed(half, SqlType::Text)).collect();
    let sql = format!("SELECT CASE WHEN {} < {} THEN 1 ELSE 42 END", ground.placeholder(1), ground.placeholder(2));
    let found = client.rows_with(&sql, &params).await.unwrap_or_else(|error| panic!("{most} bytes: {error:?}"));
    assert_eq!(found, [[Value::I64(42)]]);
}

/// Rows that were written come back with the statement that wrote them.
pub async fn cap_2_written_rows_are_returned<E: Engine + ?Sized>(ground: &Ground<E>) {
    if !ground.expected().returning {
        return;
    }
    ground.prepare(["CREATE TABLE notes (id integer, n integer)"]).await;
    let mut client = ground.client().await;
    let insert = "INSERT INTO notes VALUES (1, 10), (2, 20) RETURNING n";
    let found = client.rows_of(&Statement::new(insert, &[], Effect::Write)).await.unwrap();
    assert_eq!(found, [[Value::I64(10)], [Value::I64(20)]]);
    assert_eq!(ground.count("notes").await, 2);
}

/// The keys of rows that were inserted together are told.
pub async fn cap_2_generated_keys_are_told<E: Engine + ?Sized>(ground: &Ground<E>) {
    if !ground.expected().generated_keys {
        return;
    }
    let columns = [Column::new("id", SqlType::I64).primary_key().generated(), Column::new("n", SqlType::I32)];
    let table = columns.into_iter().fold(Table::new("notes", BindKey::DEFAULT), Table::column);
    let databases = ground.databases([&*Box::leak(Box::new(table))]).await;
    databases.create_all(All).await.unwrap();
    databases.close().await;
    let mut client = ground.client().await;
    for start in [10, 20] {
        let sql = format!("INSERT INTO notes (n) VALUES ({start}), ({}), ({})", start + 1, start + 2);
        let keys = client.run(&sql).await.unwrap().generated_keys.expect("keys were generated, and none is told");
        let told: Vec<_> = keys.of(3).map(|key| [Value::I64(key)]).collect();
        let sql = format!("SELECT id FROM notes WHERE n >= {start} ORDER BY n");
        assert_eq!(ground.witness().await.rows(&sql).await.unwrap(), told, "other keys were generated than are told");
    }
}

/// Common table expressions, recursive ones too, and window functions are there where they are claimed.
pub async fn cap_2_expressions_and_windows_work<E: Engine + ?Sized>(ground: &Ground<E>) {
    let mut client = ground.client().await;
    if ground.expected().common_table_expressions {
        let counted = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT count(*) FROM n";
        assert_eq!(client.number(counted).await, 5);
    }
    if ground.expected().window_functions {
        let numbered = "SELECT max(place) FROM (SELECT row_number() OVER (ORDER BY a) AS place FROM (SELECT 1 AS a UNION ALL SELECT 2) AS two) AS numbered";
        assert_eq!(client.number(numbered).await, 2);
    }
}

/// A row that is locked is left out by whom asks for that, and an error at once for whom asks for that.
pub async fn cap_2_rows_are_locked<E: Engine + ?Sized>(ground: &Ground<E>) {
    if !ground.expected().row_locks {
        return;
    }
    let key = ground.dialect().type_name(SqlType::I64, None, None);
    ground.prepare([format!("CREATE TABLE notes (id {key} PRIMARY KEY)").as_str(), "INSERT INTO notes VALUES (1), (2)"]).await;
    // By its key alone: InnoDB locks what it looks at, too.
    let lock = |condition: &str, behind: &str| format!("SELECT id FROM notes WHERE id {condition} ORDER BY id FOR UPDATE{behind}");
    let mut holder = ground.client().await;
    holder.begun().await;
    assert_eq!(holder.rows_of(&Statement::new(&lock("= 1", ""), &[], Effect::Write)).await.unwrap(), [[Value::I64(1)]]);
    let mut other = ground.client().await;
    other.begun().await;
    if ground.expected().skip_locked {
        let free = other.rows_of(&Statement::new(&lock("> 0", " SKIP LOCKED"), &[], Effect::Write)).await.unwrap();
        assert_eq!(free, [[Value::I64(2)]], "a row that is locked was not left out");
    }
    if ground.expected().no_wait {
        let taken = lock("= 1", " NOWAIT");
        let error = other.rows_of(&Statement::new(&taken, &[], Effect::Write)).await.expect_err("a row that is locked was locked");
        assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
    }
    other.rollback().await.unwrap();
    holder.commit().await.unwrap();
}

/// A table that was made in a transaction goes with it.
pub async fn cap_2_ddl_is_rolled_back<E: Engine + ?Sized>(ground: &Ground<E>) {
    if !ground.expected().transactional_ddl {
        return;
    }
    let mut client = ground.client().await;
    client.begun().await;
    client.run("CREATE TABLE notes (id integer)").await.unwrap();
    client.run("INSERT INTO notes VALUES (1)").await.unwrap();
    client.rollback().await.unwrap();
    let error = client.rows("SELECT id FROM notes").await.expect_err("a table outlived the transaction that made it");
    assert_eq!(error.kind(), ErrorKind::Sql, "{error:?}");
}
