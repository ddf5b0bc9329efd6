use bindery_core::definition::Generation;
use bindery_core::value::SqlType;

use super::*;

#[tokio::test]
async fn types_are_the_server_s_and_bindery_s() {
    for database in databases() {
        let types = [
            ("tinyint(1)", Some(SqlType::Bool)),
            ("tinyint(4)", Some(SqlType::I8)),
            ("smallint(6)", Some(SqlType::I16)),
            ("mediumint(9)", Some(SqlType::I32)),
            ("int(11)", Some(SqlType::I32)),
            ("bigint(20)", Some(SqlType::I64)),
            ("tinyint(3) unsigned", Some(SqlType::U8)),
            ("smallint(5) unsigned", Some(SqlType::U16)),
            ("mediumint(8) unsigned", Some(SqlType::U32)),
            ("int(10) unsigned", Some(SqlType::U32)),
            ("bigint(20) unsigned", Some(SqlType::U64)),
            ("int(5) unsigned zerofill", Some(SqlType::U32)),
            ("float", Some(SqlType::F32)),
            ("double", Some(SqlType::F64)),
            ("decimal(10,2)", Some(SqlType::Decimal)),
            ("decimal(65,30) unsigned", Some(SqlType::Decimal)),
            ("year(4)", Some(SqlType::U16)),
            ("bit(3)", None),
            ("char(3)", Some(SqlType::Text)),
            ("varchar(20)", Some(SqlType::Text)),
            ("tinytext", Some(SqlType::Text)),
            ("mediumtext", Some(SqlType::Text)),
            ("longtext", Some(SqlType::Text)),
            ("enum('a','it''s','c,d')", Some(SqlType::Text)),
            ("set('x','y')", Some(SqlType::Text)),
            ("binary(16)", Some(SqlType::Bytes)),
            ("varbinary(5)", Some(SqlType::Bytes)),
            ("blob", Some(SqlType::Bytes)),
            ("longblob", Some(SqlType::Bytes)),
            ("date", Some(SqlType::Date)),
            ("time(6)", Some(SqlType::Time)),
            ("datetime(6)", Some(SqlType::Timestamp)),
            ("timestamp(3)", Some(SqlType::Timestamp)),
            ("json", Some(SqlType::Json)),
            ("point", None),
        ];
        let columns: Vec<_> = types.iter().enumerate().map(|(at, (name, _))| format!("c{at} {name} NULL")).collect();
        let table = table(&database, "t", &format!("CREATE TABLE t ({}) ENGINE=InnoDB", columns.join(", "))).await;
        for (column, (name, sql_type)) in table.columns.iter().zip(types) {
            assert_eq!((column.type_name.as_str(), column.sql_type), (name, sql_type), "{column:?}");
            assert_eq!(
                (&column.collation, &column.default, &column.generation, column.nullable),
                (&None, &None, &None, true),
                "{column:?}"
            );
        }
        assert_eq!(table.columns.len(), types.len());
        assert!(table.checks.is_empty(), "{:?}", table.checks);
    }
}

#[tokio::test]
async fn mariadb_s_own_types() {
    let database = database_on(MysqlFlavor::MariaDb);
    let sql = "CREATE TABLE t (id uuid, address inet6, old inet4, packed varchar(100) COMPRESSED, hidden int INVISIBLE DEFAULT 3, \
               changed datetime INVISIBLE DEFAULT now() ON UPDATE now(), plain longtext COLLATE utf8mb4_bin, checked json CHECK \
               (json_length(checked) > 1))";
    let table = table(&database, "t", sql).await;
    let of = |name: &str| (column(&table, name).type_name.as_str(), column(&table, name).sql_type);
    assert_eq!(of("id"), ("uuid", Some(SqlType::Uuid)));
    assert_eq!(of("address"), ("inet6", Some(SqlType::Text)));
    assert_eq!(of("old"), ("inet4", Some(SqlType::Text)));
    assert_eq!(of("packed"), ("varchar(100) /*M!100301 COMPRESSED*/", Some(SqlType::Text)));
    assert_eq!(column(&table, "hidden").options.as_deref(), Some("INVISIBLE"));
    let changed = column(&table, "changed");
    assert_eq!((changed.options.as_deref(), changed.on_update.as_deref()), (Some("INVISIBLE"), Some("CURRENT_TIMESTAMP")));
    // A check of one's own takes the place of the server's, so these are texts.
    assert_eq!((of("plain"), of("checked")), (("longtext", Some(SqlType::Text)), ("longtext", Some(SqlType::Text))));
    assert_eq!(column(&table, "checked").collation.as_deref(), Some("utf8mb4_bin"));
    assert_eq!(table.checks.len(), 1);
}

#[tokio::test]
async fn a_column_of_json_is_one_whatever_its_table_s_collation_is() {
    for database in databases() {
        for collation in ["utf8mb4_bin", "latin1_swedish_ci"] {
            let name = format!("t_{collation}");
            let table =
                table(&database, &name, &format!("CREATE TABLE {name} (`a``b` json NOT NULL, c longtext) COLLATE={collation}")).await;
            let json = column(&table, "a`b");
            assert_eq!(
                (json.type_name.as_str(), json.sql_type, &json.collation, json.nullable),
                ("json", Some(SqlType::Json), &None, false)
            );
            assert_eq!(column(&table, "c").type_name, "longtext");
            assert!(table.checks.is_empty(), "{:?}", table.checks);
        }
    }
}

#[tokio::test]
async fn collations_are_told_where_they_are_not_the_table_s() {
    for database in databases() {
        let sql = "CREATE TABLE t (a varchar(5), b varchar(5) COLLATE utf8mb4_bin, c varchar(5) CHARACTER SET latin1, d enum('x') COLLATE \
        ascii_bin, \
                   id char(36) CHARACTER SET ascii COLLATE ascii_bin, n int) COLLATE=utf8mb4_unicode_ci";
        let table = table(&database, "t", sql).await;
        let collations: Vec<_> = table.columns.iter().map(|column| column.collation.as_deref()).collect();
        assert_eq!(collations, [None, Some("utf8mb4_bin"), Some("latin1_swedish_ci"), Some("ascii_bin"), Some("ascii_bin"), None]);
        assert_eq!(column(&table, "id").sql_type, Some(SqlType::Uuid));
    }
}

#[tokio::test]
async fn defaults_are_the_same_sql_on_both() {
    for database in databases() {
        let defaults = [
            ("varchar(40) NOT NULL", "'it''s \\\\ a \"q\"'", Some("'it''s \\\\ a \"q\"'")),
            ("varchar(40)", "''", Some("''")),
            ("varchar(40)", "'NULL'", Some("'NULL'")),
            ("varchar(40)", "'CURRENT_TIMESTAMP'", Some("'CURRENT_TIMESTAMP'")),
            ("varchar(40)", "'5'", Some("'5'")),
            ("varchar(40)", "'a\\nb\\r\\tc'", Some("'a\\nb\\r\tc'")),
            ("varchar(40)", "'Jürgen €'", Some("'Jürgen €'")),
            ("varchar(40) CHARACTER SET latin1", "'Jürgen'", Some("'Jürgen'")),
            ("varchar(40)", "NULL", None),
            ("int", "5", Some("5")),
            ("int", "-3", Some("-3")),
            ("bigint unsigned", "18446744073709551615", Some("18446744073709551615")),
            ("decimal(10,2)", "1.5", Some("1.50")),
            ("double", "0.25", Some("0.25")),
            ("tinyint(1) NOT NULL", "TRUE", Some("1")),
            ("bit(3)", "b'101'", Some("b'101'")),
            ("year", "2020", Some("2020")),
            ("date", "'2020-01-31'", Some("'2020-01-31'")),
            ("time", "'10:00:00'", Some("'10:00:00'")),
            ("datetime", "'2020-01-31 10:00:00'", Some("'2020-01-31 10:00:00'")),
            ("datetime", "NOW()", Some("CURRENT_TIMESTAMP")),
            ("datetime(3)", "CURRENT_TIMESTAMP(3)", Some("CURRENT_TIMESTAMP(3)")),
            ("timestamp NOT NULL", "LOCALTIME", Some("CURRENT_TIMESTAMP")),
            ("timestamp NULL", "NULL", None),
            ("enum('a','b''c')", "'b''c'", Some("'b''c'")),
            ("set('x','y')", "'x,y'", Some("'x,y'")),
            ("binary(3)", "'abc'", Some("'abc'")),
            ("char(36) CHARACTER SET ascii", "'0'", Some("'0'")),
        ];
        let columns: Vec<_> =
            defaults.iter().enumerate().map(|(at, (name, default, _))| format!("c{at} {name} DEFAULT {default}")).collect();
        let table = table(&database, "t", &format!("CREATE TABLE t ({}, none int NOT NULL)", columns.join(", "))).await;
        for (column, (of, written, expected)) in table.columns.iter().zip(defaults) {
            assert_eq!(column.default.as_deref(), expected, "{of} DEFAULT {written}");
        }
        assert_eq!(column(&table, "none").default, None);
    }
}

#[tokio::test]
async fn expressions_are_defaults_too() {
    let database = database_on(MysqlFlavor::MariaDb);
    let sql = "CREATE SEQUENCE s; \
               CREATE TABLE t (id uuid DEFAULT uuid(), a int DEFAULT (1 + 2), b varchar(30) DEFAULT concat('a', \"b'c\"), c int DEFAULT \
               nextval(s), \
               d datetime DEFAULT (now() + INTERVAL 1 DAY), e text DEFAULT 'x', f date DEFAULT curdate())";
    let table = table(&database, "t", sql).await;
    let defaults: Vec<_> = table.columns.iter().map(|column| column.default.as_deref().unwrap()).collect();
    // The name of the database is left out.
    assert_eq!(
        defaults,
        ["uuid()", "(1 + 2)", "concat('a','b\\'c')", "nextval(`s`)", "(current_timestamp() + interval 1 day)", "'x'", "curdate()"]
    );
}

#[tokio::test]
async fn what_the_server_makes_of_a_column_is_told() {
    for database in databases() {
        let sql = "CREATE TABLE t (id int UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s \"the\" \\\\ key', a int NOT NULL, \
                   doubled int AS (a * 2) VIRTUAL, name varchar(50) AS (concat('x''y\\\\', a)) STORED COMMENT 'made', \
                   at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), touched datetime ON UPDATE now())";
        let table = table(&database, "t", sql).await;
        let id = column(&table, "id");
        assert_eq!((&id.generation, id.nullable, &id.default), (&Some(Generation::Identity), false, &None));
        assert_eq!(id.comment.as_deref(), Some("it's \"the\" \\ key"));
        let doubled = Generation::Computed { sql: "`a` * 2".to_owned(), stored: false };
        assert_eq!(column(&table, "doubled").generation, Some(doubled));
        let name = column(&table, "name");
        assert_eq!(name.generation, Some(Generation::Computed { sql: "concat('x\\'y\\\\',`a`)".to_owned(), stored: true }));
        assert_eq!((name.comment.as_deref(), name.default.as_deref()), (Some("made"), None));
        let at = column(&table, "at");
        assert_eq!((at.default.as_deref(), at.on_update.as_deref()), (Some("CURRENT_TIMESTAMP(6)"), Some("CURRENT_TIMESTAMP(6)")));
        let touched = column(&table, "touched");
        assert_eq!((touched.default.as_deref(), touched.on_update.as_deref(), touched.nullable), (None, Some("CURRENT_TIMESTAMP"), true));
        assert!(column(&table, "a").generation.is_none() && column(&table, "a").comment.is_none());
    }
}
