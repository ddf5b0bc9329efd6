use super::*;

#[tokio::test]
async fn arrays_of_each_kind_go_and_come_back() {
    let server = Server::start().await;
    for (elements, element, written) in [
        (vec![Value::Bool(true), Value::Null], &SqlType::Bool, "{t,NULL}"),
        (vec![Value::I64(-1), Value::I64(7)], &SqlType::I16, "{-1,7}"),
        (vec![Value::I64(-1), Value::Null, Value::I64(7)], &SqlType::I32, "{-1,NULL,7}"),
        (vec![Value::I64(i64::MIN)], &SqlType::I64, "{-9223372036854775808}"),
        (vec![Value::F64(0.5)], &SqlType::F32, "{0.5}"),
        (vec![Value::F64(0.1), Value::F64(f64::INFINITY)], &SqlType::F64, "{0.1,Infinity}"),
        (vec![decimal("-1.50"), Value::Null, decimal("0")], &SqlType::Decimal, "{-1.50,NULL,0}"),
        (vec![text(""), text("NULL"), text("a,\"b\\ 🦀"), Value::Null], &SqlType::Text, r#"{"","NULL","a,\"b\\ 🦀",NULL}"#),
        (vec![Value::Bytes(vec![]), Value::Bytes(vec![255])], &SqlType::Bytes, r#"{"\\x","\\xff"}"#),
        (vec![Value::Date(12_927)], &SqlType::Date, "{2005-05-24}"),
        (vec![Value::Time(1)], &SqlType::Time, "{00:00:00.000001}"),
        (vec![Value::DateTime(0)], &SqlType::DateTime, "{\"1970-01-01 00:00:00\"}"),
        (vec![Value::Timestamp(0)], &SqlType::Timestamp, "{\"1970-01-01 05:30:00+05:30\"}"),
        (vec![Value::Uuid([1; 16])], &SqlType::Uuid, "{01010101-0101-0101-0101-010101010101}"),
        (vec![Value::Json("{\"a\": 1}".into())], &SqlType::Json, r#"{"{\"a\": 1}"}"#),
        (vec![], &SqlType::I64, "{}"),
        (vec![Value::Null], &SqlType::Text, "{NULL}"),
    ] {
        let value = Value::Array(elements);
        let sql_type = SqlType::Array(element);
        for batch in [
            server.query("SELECT $1, $1::text", &[typed(&value, sql_type)]).await.unwrap(),
            server.query_once("SELECT $1, $1::text", &[typed(&value, sql_type)]).await.unwrap(),
        ] {
            assert_eq!(batch.value(0, 1).unwrap(), ValueRef::Text(written));
            assert_eq!(batch.value(0, 0).unwrap(), value.as_ref());
        }
        // inferred: binary where the type is learnt, text where it isn't
        let name = bindery_core::engine::Dialect::postgres().type_name(sql_type, None, None).replace(" COLLATE \"C\"", "");
        let sql = format!("SELECT $1::{name}");
        for batch in [server.query(&sql, &[inferred(&value)]).await, server.query_once(&sql, &[inferred(&value)]).await] {
            assert_eq!(batch.unwrap().value(0, 0).unwrap(), value.as_ref(), "{sql}");
        }
    }
}

#[tokio::test]
async fn arrays_of_types_that_are_not_known_in_binary_go_as_text() {
    let server = Server::start().await;
    server.run("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'so so'); CREATE EXTENSION IF NOT EXISTS citext").await;
    for (ty, elements, expected) in [
        ("inet", vec![other("inet", "10.0.0.1"), Value::Null], vec![other("inet", "10.0.0.1"), Value::Null]),
        ("inet", vec![text("10.0.0.1")], vec![other("inet", "10.0.0.1")]),
        ("citext", vec![text("A \"quoted\", {one}\\")], vec![text("A \"quoted\", {one}\\")]),
        ("pg_temp.mood", vec![text("so so"), Value::Null, text("sad")], vec![text("so so"), Value::Null, text("sad")]),
        ("int", vec![text("1"), text("2")], vec![Value::I64(1), Value::I64(2)]),
    ] {
        let value = Value::Array(elements);
        let sql = format!("SELECT $1::{ty}[]");
        for batch in [server.query(&sql, &[inferred(&value)]).await, server.query_once(&sql, &[inferred(&value)]).await] {
            assert_eq!(batch.unwrap().value(0, 0).unwrap(), ValueRef::Array(&expected), "{ty}");
        }
    }
}

#[tokio::test]
async fn columns_of_rows_are_inserted_as_arrays() {
    let server = Server::start().await;
    server.run("CREATE TEMP TABLE rows (id bigint, name text, at timestamptz, amount numeric)").await;
    let count = 10_000_i64;
    let ids = Value::Array((0..count).map(Value::I64).collect());
    let names = Value::Array((0..count).map(|id| if id % 3 == 0 { Value::Null } else { Value::Text(format!("name {id}")) }).collect());
    let moments = Value::Array((0..count).map(|id| Value::Timestamp(id * 1_000_000)).collect());
    let amounts = Value::Array((0..count).map(|id| Value::Decimal(format!("{id}.25"))).collect());
    let params = [
        typed(&ids, SqlType::Array(&SqlType::I64)),
        typed(&names, SqlType::Array(&SqlType::Text)),
        typed(&moments, SqlType::Array(&SqlType::Timestamp)),
        typed(&amounts, SqlType::Array(&SqlType::Decimal)),
    ];
    server
        .query("INSERT INTO rows SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::numeric[])", &params)
        .await
        .unwrap();
    let right = "id::text || '.25' = amount::text AND extract(epoch FROM at) = id AND name IS NOT DISTINCT FROM \
                 CASE WHEN id % 3 = 0 THEN NULL ELSE 'name ' || id END";
    assert_eq!(server.texts(&format!("SELECT count(*) FROM rows WHERE {right}")).await, [Some("10000".to_owned())]);
}

#[tokio::test]
async fn an_array_within_an_array_is_refused() {
    let server = Server::start().await;
    let nested = Value::Array(vec![Value::Array(vec![Value::I64(1)])]);
    for params in [[typed(&nested, SqlType::Array(&SqlType::I64))], [inferred(&nested)]] {
        let Err(error) = server.query("SELECT $1::bigint[]", &params).await else { panic!("it was sent") };
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    }
    let Err(error) = server.query_once("SELECT $1::bigint[]", &[inferred(&nested)]).await else { panic!("it was sent") };
    assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
}

#[tokio::test]
async fn the_vectors_of_the_catalogs_are_arrays() {
    let server = Server::start().await;
    let batch = server.query("SELECT '1 2'::int2vector, '3 4'::oidvector", &[]).await.unwrap();
    assert_eq!(batch.value(0, 0).unwrap(), ValueRef::Array(&[Value::I64(1), Value::I64(2)]));
    assert_eq!(batch.value(0, 1).unwrap(), ValueRef::Array(&[Value::I64(3), Value::I64(4)]));
    let batch = server.query("SELECT $1::int2vector", &[inferred(&text("1 2"))]).await.unwrap();
    assert_eq!(batch.value(0, 0).unwrap(), ValueRef::Array(&[Value::I64(1), Value::I64(2)]));
}
