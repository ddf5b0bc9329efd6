use super::*;

/// `2005-05-24 22:53:30.25` in microseconds.
const MOMENT: i64 = 1_116_975_210_250_000;

fn scalars() -> Vec<(Value, SqlType, &'static str)> {
    vec![
        (Value::Bool(true), SqlType::Bool, "true"),
        (Value::Bool(false), SqlType::Bool, "false"),
        (Value::I64(-128), SqlType::I8, "-128"),
        (Value::I64(255), SqlType::U8, "255"),
        (Value::I64(i16::MIN.into()), SqlType::I16, "-32768"),
        (Value::I64(u16::MAX.into()), SqlType::U16, "65535"),
        (Value::I64(i32::MAX.into()), SqlType::I32, "2147483647"),
        (Value::I64(u32::MAX.into()), SqlType::U32, "4294967295"),
        (Value::I64(i64::MIN), SqlType::I64, "-9223372036854775808"),
        (Value::F64(f32::MAX.into()), SqlType::F32, "3.4028235e+38"),
        (Value::F64(-0.1), SqlType::F64, "-0.1"),
        (Value::F64(f64::MIN_POSITIVE), SqlType::F64, "2.2250738585072014e-308"),
        (Value::F64(f64::NEG_INFINITY), SqlType::F64, "-Infinity"),
        (Value::F64(f64::INFINITY), SqlType::F32, "Infinity"),
        (text(""), SqlType::Text, ""),
        (text("O'Hara \\ \"x\" \u{10ffff} 🦀 e\u{301} \u{7f}\r\n\t"), SqlType::Text, "O'Hara \\ \"x\" \u{10ffff} 🦀 e\u{301} \u{7f}\r\n\t"),
        (Value::Bytes(vec![]), SqlType::Bytes, "\\x"),
        (Value::Bytes(vec![0, 255, b'\\']), SqlType::Bytes, "\\x00ff5c"),
        (decimal("-12.50"), SqlType::Decimal, "-12.50"),
        (decimal("0.00"), SqlType::Decimal, "0.00"),
        (
            decimal("100000000000000000000000000000000000000000.000000001"),
            SqlType::Decimal,
            "100000000000000000000000000000000000000000.000000001",
        ),
        (Value::Date(12_927), SqlType::Date, "2005-05-24"),
        (Value::Date(-719_163), SqlType::Date, "0001-12-31 BC"),
        (Value::Date(-2_440_588), SqlType::Date, "4714-11-24 BC"),
        (Value::Date(2_145_042_905), SqlType::Date, "5874897-12-31"),
        (Value::Time(0), SqlType::Time, "00:00:00"),
        (Value::Time(86_399_999_999), SqlType::Time, "23:59:59.999999"),
        (Value::DateTime(MOMENT), SqlType::DateTime, "2005-05-24 22:53:30.25"),
        (Value::DateTime(-1), SqlType::DateTime, "1969-12-31 23:59:59.999999"),
        (Value::DateTime(-210_866_803_200_000_000), SqlType::DateTime, "4714-11-24 00:00:00 BC"),
        (Value::DateTime(i64::MAX), SqlType::DateTime, "294247-01-10 04:00:54.775807"),
        (Value::Timestamp(MOMENT), SqlType::Timestamp, "2005-05-25 04:23:30.25+05:30"), // in the session's zone
        (Value::Uuid([0xab, 0xcd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xff]), SqlType::Uuid, "abcd0001-0203-0405-0607-08090a0b0cff"),
        (Value::Json("{\"a\": [1, null]}".into()), SqlType::Json, "{\"a\": [1, null]}"),
    ]
}

#[tokio::test]
async fn each_kind_goes_and_comes_back() {
    let server = Server::start().await;
    for (value, sql_type, written) in scalars() {
        for batch in [
            server.query("SELECT $1, $1::text", &[typed(&value, sql_type)]).await.unwrap(),
            server.query_once("SELECT $1, $1::text", &[typed(&value, sql_type)]).await.unwrap(),
        ] {
            assert_eq!(batch.value(0, 1).unwrap(), ValueRef::Text(written), "{sql_type}");
            assert_eq!(batch.value(0, 0).unwrap(), value.as_ref(), "{sql_type}");
        }
        // NULL of its type, and the literal of the server
        let batch = server.query("SELECT $1, $1 IS NULL", &[typed(&Value::Null, sql_type)]).await.unwrap();
        assert_eq!((batch.value(0, 0).unwrap(), batch.value(0, 1).unwrap()), (ValueRef::Null, ValueRef::Bool(true)), "{sql_type}");
        let name = bindery_core::engine::Dialect::postgres().type_name(sql_type, None, None).replace(" COLLATE \"C\"", "");
        let sql = format!("SELECT CAST($${written}$$ AS {name})");
        let batch = server.query(&sql, &[]).await.unwrap();
        assert_eq!(batch.value(0, 0).unwrap(), value.as_ref(), "{sql}");
    }
    // an unsigned integer beyond i64 is a numeric, and is read as one
    let value = Value::U64(u64::MAX);
    let batch = server.query("SELECT $1, $1::text", &[typed(&value, SqlType::U64)]).await.unwrap();
    assert_eq!(column(&batch, 1), [text("18446744073709551615")]);
    assert_eq!(<u64 as bindery_core::value::Scalar>::from_value(batch.value(0, 0).unwrap()).unwrap(), u64::MAX);
}

#[tokio::test]
async fn nan_is_only_in_floats() {
    let server = Server::start().await;
    let batch = server.query("SELECT $1, $1::text", &[typed(&Value::F64(f64::NAN), SqlType::F64)]).await.unwrap();
    assert_eq!(column(&batch, 1), [text("NaN")]);
    assert!(matches!(batch.value(0, 0).unwrap(), ValueRef::F64(value) if value.is_nan()));
}

#[tokio::test]
async fn what_a_declared_type_does_not_take_is_refused_before_anything_is_sent() {
    for (value, sql_type, problem) in [
        (Value::I64(40_000), SqlType::I16, "the value is out of the range of PostgreSQL's `int2`"),
        (Value::I64(i64::from(i32::MIN) - 1), SqlType::I32, "the value is out of the range of PostgreSQL's `int4`"),
        (Value::U64(u64::MAX), SqlType::I64, "the value is out of the range of PostgreSQL's `int8`"),
        (Value::F64(0.1), SqlType::F32, "the value is not exact in `float4`: send an f32, or cast it in SQL (`$1::float8`)"),
        (Value::I64(i64::MAX), SqlType::F64, "the integer is not exact in `float8`"),
        (text("a\0b"), SqlType::Text, "PostgreSQL's text can't hold the character NUL (U+0000): send bytes, or leave it out"),
        (Value::Json("\0".into()), SqlType::Json, "PostgreSQL's text can't hold the character NUL (U+0000): send bytes, or leave it out"),
        (decimal("1e5"), SqlType::Decimal, "the decimal is not in plain notation: it is written as `-12.50`"),
        (decimal("-"), SqlType::Decimal, "the decimal is not in plain notation: it is written as `-12.50`"),
        (decimal("1."), SqlType::Decimal, "the decimal is not in plain notation: it is written as `-12.50`"),
        (decimal(&"9".repeat(131_073)), SqlType::Decimal, "PostgreSQL's decimals end at 131,072 digits before and 16,383 after the point"),
        (Value::Date(i32::MAX), SqlType::Date, "the value is out of the range of PostgreSQL's `date`"),
        (Value::Date(-2_440_589), SqlType::Date, "the value is out of the range of PostgreSQL's `date`"),
        (Value::Time(86_400_000_000), SqlType::Time, "the value is out of the range of PostgreSQL's `time`"),
        (Value::Time(-1), SqlType::Time, "the value is out of the range of PostgreSQL's `time`"),
        // of a type that the server infers
        (Value::Time(-1), SqlType::Other("timetz"), "the value is out of the range of PostgreSQL's `time`"),
        (Value::Date(i32::MAX), SqlType::Other("date"), "the value is out of the range of PostgreSQL's `date`"),
        (Value::DateTime(i64::MIN), SqlType::Other("timestamp"), "the value is out of the range of PostgreSQL's `timestamp`"),
        (Value::Timestamp(i64::MIN), SqlType::Timestamp, "the value is out of the range of PostgreSQL's `timestamptz`"),
        (Value::DateTime(0), SqlType::Timestamp, "a date and time without a zone can't be sent as `timestamptz`: send a type in UTC"),
        (text("\\x00"), SqlType::Bytes, "text can't be sent as `bytea`: send what the statement expects there, or cast it in SQL"),
        (
            Value::Array(vec![Value::Null, Value::I64(1 << 40)]),
            SqlType::Array(&SqlType::I32),
            "the value is out of the range of PostgreSQL's `int4`",
        ),
        (
            Value::Array(vec![text("a\0")]),
            SqlType::Array(&SqlType::Text),
            "PostgreSQL's text can't hold the character NUL (U+0000): send bytes, or leave it out",
        ),
    ] {
        let params = [inferred(&Value::Null), typed(&value, sql_type).for_column(Some("amount"))];
        let error = arguments(&params).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{problem}");
        assert_eq!(error.to_string(), format!("parameter 2: {problem} (column `amount`)"));
    }
}

#[tokio::test]
async fn what_an_inferred_type_does_not_take_is_refused_with_its_column() {
    let server = Server::start().await;
    for (sql, value, problem) in [
        ("SELECT $1 + 1::int2", Value::I64(40_000), "the value is out of the range of PostgreSQL's `int2`"),
        ("SELECT $1 = 1::oid", Value::I64(-1), "the value is out of the range of PostgreSQL's `oid`"),
        ("SELECT $1 = now()", Value::DateTime(0), "a date and time without a zone can't be sent as `timestamptz`: send a type in UTC"),
        (
            "SELECT $1 = current_date",
            Value::Timestamp(0),
            "a timestamp can't be sent as `date`: send what the statement expects there, or cast it in SQL",
        ),
        ("SELECT $1 = 1", Value::Bytes(vec![1]), "bytes can't be sent as `int4`: send what the statement expects there, or cast it in SQL"),
        (
            "SELECT $1 = 1",
            Value::Array(vec![]),
            "an array can't be sent as `int4`: send what the statement expects there, or cast it in SQL",
        ),
        (
            "SELECT $1 = ARRAY[1]",
            Value::Array(vec![Value::I64(1), text("1")]),
            "the array has values of several kinds for `int4`: send them as one kind",
        ),
    ] {
        let Err(error) = server.query(sql, &[inferred(&value).for_column(Some("amount"))]).await else { panic!("{sql} ran") };
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        assert_eq!(error.to_string(), format!("parameter 1: {problem} (column `amount`)"), "{sql}");
    }
}

#[tokio::test]
async fn a_value_of_another_kind_is_read_as_a_literal_is() {
    let server = Server::start().await;
    for (sql, value, expected) in [
        ("SELECT 'number ' || $1", Value::I64(5), text("number 5")),
        ("SELECT $1", Value::I64(5), text("5")),
        ("SELECT $1 + 1", text("41"), Value::I64(42)),
        ("SELECT $1 + 1", decimal("41"), Value::I64(42)),
        ("SELECT $1 + 1.5", Value::F64(0.1), decimal("1.6")),
        ("SELECT $1 + 1.5", Value::I64(-10_000), decimal("-9998.5")),
        ("SELECT $1 * 2::float8", Value::I64(1 << 53), Value::F64((1_i64 << 54) as f64)),
        ("SELECT $1 = date '2005-05-24'", text("2005-05-24"), Value::Bool(true)),
        ("SELECT $1 = date '0001-12-31 BC'", Value::Date(-719_163), Value::Bool(true)),
        ("SELECT $1 = timestamptz '2005-05-24 22:53:30.25Z'", Value::Timestamp(MOMENT), Value::Bool(true)),
        ("SELECT $1 = timestamp '2005-05-24 22:53:30.25'", Value::Timestamp(MOMENT), Value::Bool(true)),
        ("SELECT $1 = timestamp '2005-05-24 22:53:30.25'", Value::DateTime(MOMENT), Value::Bool(true)),
        ("SELECT $1 = time '00:00:00.5'", Value::Time(500_000), Value::Bool(true)),
        ("SELECT $1 = '\\x00ff'::bytea", Value::Bytes(vec![0, 255]), Value::Bool(true)),
        ("SELECT $1 = 'inf'::float8", Value::F64(f64::INFINITY), Value::Bool(true)),
        ("SELECT $1 = true", Value::Bool(true), Value::Bool(true)),
        ("SELECT $1 = 'abcd0001-0203-0405-0607-08090a0b0cff'::uuid", text("ABCD0001020304050607-08090a0b0cff"), Value::Bool(true)),
        ("SELECT $1 = '{\"b\": 1, \"a\": 2}'::jsonb", Value::Json("{\"a\":2,\"b\":1}".into()), Value::Bool(true)),
        ("SELECT $1 = ARRAY[1, NULL, 3]", Value::Array(vec![Value::I64(1), Value::Null, Value::I64(3)]), Value::Bool(true)),
        ("SELECT $1 = inet '10.0.0.0/8'", other("inet", "10.0.0.0/8"), Value::Bool(true)),
    ] {
        // Without a cache the driver doesn't know what the server infers, and the answer is the same.
        for batch in [server.query(sql, &[inferred(&value)]).await, server.query_once(sql, &[inferred(&value)]).await] {
            assert_eq!(batch.unwrap().value(0, 0).unwrap(), expected.as_ref(), "{sql}");
        }
    }
}

#[tokio::test]
async fn what_rust_has_no_value_for_is_an_error_of_its_cell() {
    let server = Server::start().await;
    for (sql, problem) in [
        ("'NaN'::numeric", "the numeric is NaN, which no exact decimal is: filter it out, or select it as `column::float8`"),
        ("'-Infinity'::numeric", "the numeric is infinite, which no exact decimal is: filter it out, or select it as `column::float8`"),
        ("'infinity'::date", "the date is infinite, which no date of a calendar is: filter it out, or select it as text (`column::text`)"),
        (
            "'-infinity'::timestamp",
            "the timestamp is infinite, which no date of a calendar is: filter it out, or select it as text (`column::text`)",
        ),
        (
            "'infinity'::timestamptz",
            "the timestamptz is infinite, which no date of a calendar is: filter it out, or select it as text (`column::text`)",
        ),
        (
            "'294276-12-31 23:59:59.999999'::timestamp",
            "the timestamp is after the year 294246, which 64 bits of microseconds since 1970 don't hold: select it as text (`column::text`)",
        ),
        ("'24:00'::time", "the time is 24:00, which no time of one day is: select it as text (`column::text`)"),
        ("1.50::money", "the driver can't read the type `money` in binary: select it as text (`column::text`)"),
        ("ARRAY[[1, 2], [3, 4]]", "the array has 2 dimensions, not one: select it as JSON (`to_jsonb(column)`) or as text"),
        ("'[0:1]={1,2}'::int[]", "the array counts from 0, not from 1: select `array(select unnest(column))`"),
    ] {
        let batch = server.query(&format!("SELECT 1, {sql}, 'ok'"), &[]).await.unwrap();
        let error = batch.value(0, 1).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Decode, problem), "{sql}");
        assert_eq!((batch.value(0, 0).unwrap(), batch.value(0, 2).unwrap()), (ValueRef::I64(1), ValueRef::Text("ok")));
        assert_eq!(batch.value(0, 3).unwrap_err().kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn aggregates_are_read_as_the_type_of_their_column() {
    use bindery_core::value::Scalar;
    let server = Server::start().await;
    let sql = "SELECT sum(v::bigint), sum(v::int), avg(v::int), max(v::int2), count(*), sum(v::float8) FROM generate_series(1, 4) v";
    let batch = server.query(sql, &[]).await.unwrap();
    assert_eq!(i64::from_value(batch.value(0, 0).unwrap()).unwrap(), 10);
    assert_eq!(i64::from_value(batch.value(0, 1).unwrap()).unwrap(), 10);
    assert_eq!(f64::from_value(batch.value(0, 2).unwrap()).unwrap(), 2.5);
    assert_eq!(rust_decimal_of(batch.value(0, 2).unwrap()), "2.5000000000000000");
    assert_eq!(i64::from_value(batch.value(0, 3).unwrap()).unwrap(), 4);
    assert_eq!(i32::from_value(batch.value(0, 3).unwrap()).unwrap(), 4);
    assert_eq!(u64::from_value(batch.value(0, 4).unwrap()).unwrap(), 4);
    assert_eq!(f64::from_value(batch.value(0, 5).unwrap()).unwrap(), 10.0);
}

fn rust_decimal_of(value: ValueRef<'_>) -> String {
    let ValueRef::Decimal(text) = value else { panic!("{}", value.kind_name()) };
    text.parse::<rust_decimal::Decimal>().unwrap().to_string()
}

#[test]
fn no_debug_or_error_has_a_value() {
    let params = [Param::new(ValueRef::Text("secret"), Some(SqlType::Text))];
    assert_eq!(format!("{:?}", arguments(&params).unwrap()), "[$1: text]");
    for value in [ValueRef::Text("secret\0"), ValueRef::Decimal("secret"), ValueRef::Text("secret")] {
        if let Err(error) = arguments(&[Param::new(value, Some(SqlType::Bytes))]) {
            assert!(!format!("{error:?}").contains("secret"));
        }
    }
}

#[tokio::test]
async fn columns_have_the_types_of_bindery() {
    let server = Server::start().await;
    server.run("CREATE TYPE pg_temp.mood AS ENUM ('sad')").await;
    let sql = "SELECT 1::int2 a, 1::int4 b, 1::int8 c, 1::numeric d, 'x'::text e, '{}'::uuid[] f, 'sad'::pg_temp.mood g, '::1'::inet h";
    let statement = server.client.prepare(sql).await.unwrap();
    let columns = crate::row_cells::columns(statement.columns());
    let types: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.sql_type)).collect();
    assert_eq!(
        types,
        [
            ("a", Some(SqlType::I16)),
            ("b", Some(SqlType::I32)),
            ("c", Some(SqlType::I64)),
            ("d", Some(SqlType::Decimal)),
            ("e", Some(SqlType::Text)),
            ("f", Some(SqlType::Array(&SqlType::Uuid))),
            ("g", Some(SqlType::Text)),
            ("h", None),
        ]
    );
}
