//! What MySQL and MariaDB give: the values that are read. Most of their types are those of columns only, so each has one.

use bindery_testkit::MysqlFlavor;

use crate::reading::{Reader, TEXTS, reader};
use crate::sample::State;

/// `kinds` has a value of each type, `texts` those that each Rust type might read, `edges` what only a column can hold.
pub(crate) const TABLES: &str = "
    SET sql_mode = 'NO_BACKSLASH_ESCAPES';
    CREATE TABLE kinds (
        k_tinyint_1 tinyint(1), k_tinyint tinyint, k_smallint smallint, k_mediumint mediumint, k_int int, k_bigint bigint, k_unsigned bigint unsigned,
        k_year year, k_bit bit(8), k_decimal decimal(10, 0), k_scale decimal(10, 2), k_float float, k_double double,
        k_enum enum('happy'), k_set set('read', 'write'), k_binary binary(16), k_varbinary varbinary(16), k_blob blob,
        k_date date, k_time time, k_datetime datetime(6), k_timestamp timestamp(6) NULL, k_json json, k_point point
    ) CHARACTER SET utf8mb4;
    INSERT INTO kinds VALUES (
        1, 1, 1, 1, 1, 1, 1, 2005, 1, 1, 1, 1, 1, 'happy', 'read,write', unhex('abcd000102030405060708090a0b0cff'),
        unhex('abcd000102030405060708090a0b0cff'), unhex('abcd000102030405060708090a0b0cff'), '2005-05-24', '22:53', '2005-05-24 22:53',
        '2005-05-24 22:53', '{}', point(1, 2)
    );
    CREATE TABLE edges (
        k_bit bit(64), k_zero_date date, k_no_month date, k_zero_datetime datetime, k_timestamp timestamp NULL, k_padded decimal(40, 30), k_scale decimal(40, 20),
        k_latin1 varchar(9) CHARACTER SET latin1, k_char char(4), k_float json, k_large json, k_point point
    ) CHARACTER SET utf8mb4;
    INSERT INTO edges VALUES (
        18446744073709551615, '0000-00-00', '2005-00-24', '0000-00-00', '2005-05-24 22:53', 2.5, 2.5, 'Jürgen', 'ab  ', '1e30',
        '18446744073709551616', point(1, 2)
    );";

/// The types of a server, each with values of it.
pub(crate) fn kinds(flavor: MysqlFlavor) -> Vec<(&'static str, Vec<String>)> {
    let one = |column: &str| vec![format!("{column} FROM kinds")];
    let texts = |cast: &str| TEXTS.iter().map(|text| cast.replace('?', text)).collect();
    let mut kinds = vec![
        ("`tinyint(1)`", one("k_tinyint_1")),
        ("`tinyint`", one("k_tinyint")),
        ("`smallint`", one("k_smallint")),
        ("`mediumint`", one("k_mediumint")),
        ("`int`", one("k_int")),
        ("`bigint`", one("k_bigint")),
        ("`bigint unsigned`", one("k_unsigned")),
        ("`year`", one("k_year")),
        ("`bit`", one("k_bit")),
        ("`decimal`", one("k_decimal")),
        ("`decimal(10, 2)`", one("k_scale")),
        ("`float`", one("k_float")),
        ("`double`", one("k_double")),
        ("texts", texts("?")),
        ("`enum`", one("k_enum")),
        ("`set`", one("k_set")),
        ("`binary`", one("k_binary")),
        ("`varbinary`", one("k_varbinary")),
        ("`blob`", one("k_blob")),
        ("`date`", one("k_date")),
        ("`time`", one("k_time")),
        ("`datetime`", one("k_datetime")),
        ("`timestamp`", one("k_timestamp")),
        ("`json`", one("k_json")),
        ("`point`", one("k_point")),
    ];
    if flavor == MysqlFlavor::MariaDb {
        kinds.push(("`uuid`", vec!["CAST('abcd0001-0203-0405-0607-08090a0b0cff' AS uuid)".to_owned()]));
        kinds.push(("`inet6`", vec!["CAST('::1' AS inet6)".to_owned()]));
    }
    kinds
}

/// The kinds that a Rust type reads of both servers; what one reads alone is said to be its own.
pub(crate) fn merged(mariadb: &[String], mysql: &[String]) -> Vec<String> {
    let mut merged: Vec<_> =
        mariadb.iter().map(|kind| if mysql.contains(kind) { kind.clone() } else { format!("{kind} (MariaDB)") }).collect();
    merged.extend(mysql.iter().filter(|kind| !mariadb.contains(kind)).map(|kind| format!("{kind} (MySQL 5.7)")));
    merged
}

pub(crate) const EDGES: &[(&str, Reader)] = &[
    ("NULL", reader!("i64" i64)),
    ("2", reader!("bool" bool)),
    ("256", reader!("u8" u8)),
    ("-1", reader!("u64" u64)),
    ("18446744073709551615", reader!("u64" u64)),
    ("18446744073709551615", reader!("i64" i64)),
    ("k_bit FROM edges -- all of bit(64)", reader!("u64" u64)),
    ("2.0", reader!("i64" i64)),
    ("9007199254740993", reader!("f64" f64)),
    ("0.1", reader!("f64" f64)),
    ("0.1e0", reader!("f32" f32)),
    ("0.1e0", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("2.50", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("k_scale FROM edges -- 2.5 in decimal(40, 20)", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("k_padded FROM edges -- 2.5 in decimal(40, 30)", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("79228162514264337593543950336", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("0.00000000000000000000000000001", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("1 / 3", reader!("rust_decimal::Decimal" rust_decimal::Decimal)),
    ("k_char FROM edges -- 'ab  ' in char(4)", reader!("String" String)),
    ("k_latin1 FROM edges -- 'Jürgen' in latin1", reader!("String" String)),
    ("x'41'", reader!("String" String)),
    ("'Ada'", reader!("Vec<u8>" Vec<u8>)),
    ("k_zero_date FROM edges -- the date 0000-00-00", reader!("chrono::NaiveDate" chrono::NaiveDate)),
    ("k_no_month FROM edges -- the date 2005-00-24", reader!("chrono::NaiveDate" chrono::NaiveDate)),
    ("k_zero_datetime FROM edges -- the datetime 0000-00-00", reader!("chrono::NaiveDateTime" chrono::NaiveDateTime)),
    ("TIME '24:00:00'", reader!("chrono::NaiveTime" chrono::NaiveTime)),
    ("TIME '-00:00:01'", reader!("chrono::NaiveTime" chrono::NaiveTime)),
    ("k_timestamp FROM edges -- '2005-05-24 22:53' in timestamp", reader!("chrono::NaiveDateTime" chrono::NaiveDateTime)),
    ("k_timestamp FROM edges -- '2005-05-24 22:53' in timestamp", reader!("jiff::Timestamp" jiff::Timestamp)),
    ("TIMESTAMP '2005-05-24 22:53:00'", reader!("jiff::Timestamp" jiff::Timestamp)),
    ("k_float FROM edges -- 1e30 in json", reader!("serde_json::Value" serde_json::Value)),
    ("k_large FROM edges -- 18446744073709551616 in json", reader!("serde_json::Value" serde_json::Value)),
    ("'{'", reader!("serde_json::Value" serde_json::Value)),
    ("k_point FROM edges -- a point", reader!("Vec<u8>" Vec<u8>)),
    ("'lost'", reader!("State" State)),
];
