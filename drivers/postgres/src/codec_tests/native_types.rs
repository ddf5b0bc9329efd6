use super::*;

const TYPES: &str = "
    CREATE EXTENSION IF NOT EXISTS citext;
    CREATE EXTENSION IF NOT EXISTS hstore;
    CREATE EXTENSION IF NOT EXISTS ltree;
    CREATE TYPE pg_temp.mood AS ENUM ('sad', 'so so', 'it''s ok');
    CREATE DOMAIN pg_temp.positive AS int CHECK (value > 0);
    CREATE TYPE pg_temp.part AS (id int, name text, size float8, mood pg_temp.mood);
";

#[tokio::test]
async fn what_the_driver_renders_is_what_the_server_writes() {
    let server = Server::start().await;
    server.run(TYPES).await;
    server.run("SET TIME ZONE 'UTC'").await; // ranges of timestamptz are rendered in UTC
    for expression in [
        "inet '192.168.0.1'",
        "inet '192.168.0.1/24'",
        "cidr '192.168.0.0/24'",
        "cidr '192.168.0.1'",
        "inet '::'",
        "inet '::1'",
        "inet '::2'",
        "inet '::1.2.3.4'",
        "inet '::ffff:1.2.3.4/100'",
        "inet '2001:db8::1:0:0:1'",
        "inet '1:0:2:0:3:0:4:0'",
        "inet '::1:0:0'",
        "cidr '2001:db8::/32'",
        "macaddr '08:00:2b:01:02:03'",
        "macaddr8 '08:00:2b:01:02:03:04:05'",
        "interval '0'",
        "interval '1 year 2 mons 3 days 04:05:06.789'",
        "interval '-1 year 2 days -00:00:00.5'",
        "interval '1 day -1 year'",
        "interval '-1 mon +3 days 04:00'",
        "interval '1000 hours'",
        "interval '178000000 years'",
        "interval '-2 days +3 hours'",
        "interval '1 mon 1 day'",
        "timetz '04:05:06.5+02'",
        "timetz '04:05:06-03:30'",
        "timetz '23:59:59.999999+05:30:15'",
        "bit '10101'",
        "varbit ''",
        "varbit '1111111100000000101'",
        "xml '<a>b</a>'",
        "pg_lsn '16/B374D848'",
        "'(1,2)'::tid",
        "'a & b'::text",
        "'$.a[*]'::jsonpath",
        "'123'::xid8",
        "int4range(1, 10)",
        "int8range(NULL, 5)",
        "numrange(1.50, 2.5, '[]')",
        "'empty'::int4range",
        "numrange('-infinity', 'infinity')",
        "tsrange('2005-05-24 22:53:30', NULL)",
        "tstzrange('2005-05-24 22:53:30Z', '2006-01-01Z', '[]')",
        "daterange('0044-03-15 BC', '2005-05-24')",
        "daterange('-infinity', 'infinity')",
        "int4multirange(int4range(1, 3), int4range(5, 8))",
        "'{}'::int8multirange",
        "'a=>1, \"b \\\"c\"=>NULL, \"\"=>\"\\\\\"'::hstore",
        "''::hstore",
        "'top.science.astronomy'::ltree",
        "to_tsvector('simple', 'it''s a \\\\ fat fat cat')",
        "setweight('cat:3 fat:1,2'::tsvector, 'A')",
        "''::tsvector",
        "'a:1A,2B,3C,4D'::tsvector",
        "ROW(1, 'a b', 2.5, NULL, '', 'x\"y', true)",
        "(1, 'say \"hi\"', 1e20, 'so so')::pg_temp.part",
        "ROW(ROW(1, 'x'), ARRAY[1, 2], ARRAY['a b', NULL, ''])",
        "(NULL, NULL, NULL, NULL)::pg_temp.part",
        "ROW('\\x00ff'::bytea, date '2005-05-24', '12:00'::time, 'abcd0001-0203-0405-0607-08090a0b0cff'::uuid)",
        "ROW(1.5::float4, 1e6::float4, 123456::float4, 1e-5::float4, 1e15::float8, 123456789012345::float8, 0.0001::float8, '-0'::float8, 'NaN'::float8)",
        "point '(1.5,-2)'",
        "line '{1,2,3}'",
        "lseg '[(1,2),(3,4)]'",
        "box '(3,4),(1,2)'",
        "path '((1,2),(3,4))'",
        "path '[(1,2),(3,4)]'",
        "polygon '((1,2),(3,4),(5,6))'",
        "circle '<(1,2),3e100>'",
        "ROW(ARRAY[box '(3,4),(1,2)', box '(1,1),(0,0)'])",
    ] {
        let batch = server.query(&format!("SELECT {expression}"), &[]).await.unwrap();
        let [Some(written)] = &server.texts(&format!("SELECT {expression}")).await[..] else { panic!("{expression}") };
        match batch.value(0, 0).unwrap_or_else(|error| panic!("{expression}: {error}")) {
            ValueRef::Other { text, .. } | ValueRef::Text(text) => assert_eq!(text, written, "{expression}"),
            value => panic!("{expression} is {}", value.kind_name()),
        }
    }
}

#[tokio::test]
async fn each_comes_as_its_kind() {
    let server = Server::start().await;
    server.run(TYPES).await;
    for (expression, expected) in [
        ("'it''s ok'::pg_temp.mood", text("it's ok")),
        ("'Ada'::citext", text("Ada")),
        ("'Ada'::name", text("Ada")),
        ("'ab'::char(4)", text("ab  ")),
        ("'a'::\"char\"", text("a")),
        ("''::\"char\"", text("")),
        ("7::pg_temp.positive", Value::I64(7)),
        ("ARRAY[7]::pg_temp.positive[]", Value::Array(vec![Value::I64(7)])),
        ("4294967295::oid", Value::I64(4_294_967_295)),
        ("'{\"b\":1,  \"a\":2}'::json", Value::Json("{\"b\":1,  \"a\":2}".into())),
        ("'{\"b\":1,  \"a\":2}'::jsonb", Value::Json("{\"a\": 2, \"b\": 1}".into())),
        ("inet '10.0.0.1'", other("inet", "10.0.0.1")),
        ("ARRAY[inet '10.0.0.1', NULL]", Value::Array(vec![other("inet", "10.0.0.1"), Value::Null])),
        ("int4range(1, 2)", other("int4range", "[1,2)")),
        ("(1, 'x', NULL, 'sad')::pg_temp.part", other("part", "(1,x,,sad)")),
        ("pg_notify('channel', '')", text("")),
        ("'<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>ü</a>'::xml", other("xml", "<a>ü</a>")),
        ("NULL::inet", Value::Null),
    ] {
        let batch = server.query(&format!("SELECT {expression}"), &[]).await.unwrap();
        assert_eq!(batch.value(0, 0).unwrap(), expected.as_ref(), "{expression}");
    }
}

#[tokio::test]
async fn the_servers_own_types_take_text() {
    let server = Server::start().await;
    server.run(TYPES).await;
    server.run(
        "CREATE TEMP TABLE t (mood pg_temp.mood, name citext, address inet, network cidr, document json, page xml, size pg_temp.positive,
            span interval, price money, flags bit(3), during tsrange, labels hstore, part pg_temp.part, tags pg_temp.mood[], letter \"char\", code varchar(4))",
    )
    .await;
    let given = [
        text("it's ok"),
        text("Ada"),
        text("10.0.0.1"),
        other("cidr", "10.0.0.0/8"),
        Value::Json("{\"b\":1}".into()),
        text("<a/>"),
        Value::I64(7),
        text("1 day"),
        text("$1.50"),
        text("101"),
        text("[2005-05-24,)"),
        text("a=>1"),
        text("(1,x,,sad)"),
        Value::Array(vec![text("sad"), text("so so")]),
        text("x"),
        text("abcd"),
    ];
    let placeholders: Vec<_> = (1..=given.len()).map(|number| format!("${number}")).collect();
    let sql = format!("INSERT INTO t VALUES ({})", placeholders.join(", "));
    let params: Vec<_> = given.iter().map(inferred).collect();
    let nulls: Vec<_> = given.iter().map(|_| inferred(&Value::Null)).collect();
    server.query(&sql, &params).await.unwrap();
    server.query_once(&sql, &params).await.unwrap();
    server.query(&sql, &nulls).await.unwrap();
    server.query_once(&sql, &nulls).await.unwrap();
    let row = r#"("it's ok",Ada,10.0.0.1,10.0.0.0/8,"{""b"":1}",<a/>,7,"1 day",$1.50,101,"[""2005-05-24 00:00:00"",)","""a""=>""1""","(1,x,,sad)","{sad,""so so""}",x,abcd)"#;
    let expected = [Some(row.to_owned()), Some(row.to_owned()), Some("(,,,,,,,,,,,,,,,)".to_owned()), Some("(,,,,,,,,,,,,,,,)".to_owned())];
    assert_eq!(server.texts("SELECT t::text FROM t").await, expected);

    // what is wrong is refused by the server, or by the driver where it knows
    assert_eq!(server.query("INSERT INTO t (mood) VALUES ($1)", &[inferred(&text("happy"))]).await.err().unwrap().kind(), ErrorKind::Sql);
    assert_eq!(
        server.query("INSERT INTO t (size) VALUES ($1)", &[inferred(&Value::I64(1 << 40))]).await.err().unwrap().kind(),
        ErrorKind::InvalidValue
    );
}

#[tokio::test]
async fn domains_take_what_their_base_takes() {
    let server = Server::start().await;
    server.run(TYPES).await;
    server.run("CREATE DOMAIN pg_temp.scores AS int[]; CREATE DOMAIN pg_temp.mail AS citext").await;
    server.run("CREATE TEMP TABLE t (a pg_temp.positive[], b pg_temp.scores, c pg_temp.mail)").await;
    let (scores, mail) = (Value::Array(vec![Value::I64(7), Value::Null]), text("Ada@example.org"));
    let params = [inferred(&scores), inferred(&scores), inferred(&mail)];
    server.query("INSERT INTO t VALUES ($1, $2, $3)", &params).await.unwrap();
    server.query_once("INSERT INTO t VALUES ($1, $2, $3)", &params).await.unwrap();
    let row = Some(r#"("{7,NULL}","{7,NULL}",Ada@example.org)"#.to_owned());
    assert_eq!(server.texts("SELECT t::text FROM t WHERE c = 'ada@EXAMPLE.org'").await, [row.clone(), row]);
    let batch = server.query("SELECT a, b, c FROM t", &[]).await.unwrap();
    for row in 0..2 {
        for (column, value) in [&scores, &scores, &mail].into_iter().enumerate() {
            assert_eq!(batch.value(row, column).unwrap(), value.as_ref());
        }
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_an_error_of_its_cell_only() {
    let server = Server::start().await;
    server.run("SET client_encoding TO 'LATIN1'").await;
    let batch = server.query("SELECT 'ok', chr(252), convert_to(chr(252), 'UTF8')", &[]).await.unwrap();
    let error = batch.value(0, 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.to_string(), "the text is not UTF-8: `client_encoding` was changed on this connection, set it to `UTF8` again");
    assert_eq!((batch.value(0, 0).unwrap(), batch.value(0, 2).unwrap()), (ValueRef::Text("ok"), ValueRef::Bytes("ü".as_bytes())));
}
