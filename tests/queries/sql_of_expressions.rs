//! The SQL of each construct of expressions, in the three dialects side by side: SQLite's, PostgreSQL's, MySQL's.

use bindery::engine::Dialect;
use bindery::prelude::*;
use bindery::query::{Expression, FrameBound, TableColumn, dense_rank, ntile, rank, row_number};
use bindery::schema::{Column, StaticTable, Table};
use bindery::value::Scalar;
use bindery::{AnyBind, BindKey};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

/// Not registered: only its SQL is looked at.
static S: StaticTable = StaticTable::new(|| {
    Table::new("s", BindKey::DEFAULT).columns_from([
        Column::of::<Option<i64>>("n"),
        Column::of::<f64>("x"),
        Column::of::<f32>("rate"),
        Column::of::<u64>("big"),
        Column::of::<Decimal>("price"),
        Column::of::<Option<String>>("name"),
        Column::of::<String>("code").type_override("citext"),
        Column::of::<bool>("flag"),
        Column::of::<NaiveDate>("day"),
        Column::of::<NaiveTime>("opens"),
        Column::of::<DateTime<Utc>>("at"),
        Column::of::<Value>("data"),
    ])
});

fn col<V: Scalar>(name: &'static str) -> TableColumn<V> {
    S.col(name)
}

fn n() -> TableColumn<Option<i64>> {
    col("n")
}

fn name() -> TableColumn<Option<String>> {
    col("name")
}

/// What stands between SELECT and FROM.
fn sql(expression: impl Expression<Bind = AnyBind>) -> String {
    let select = S.select().columns(expression.nullable());
    let text = |dialect: &Dialect| {
        let sql = select.to_sql(dialect).unwrap();
        let quoted = dialect.quote("s");
        sql.strip_prefix("SELECT ").unwrap().strip_suffix(&format!(" FROM {quoted}")).unwrap().to_owned()
    };
    [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql()].map(|dialect| text(&dialect)).join("\n")
}

#[test]
fn arithmetic() {
    insta::assert_snapshot!(sql(n() + 1), @r#"
    "s"."n" + ?
    "s"."n" + $1
    `s`.`n` + ?
    "#);
    insta::assert_snapshot!(sql((n() - 1) * 2), @r#"
    ("s"."n" - ?) * ?
    ("s"."n" - $1) * $2
    (`s`.`n` - ?) * ?
    "#);
    insta::assert_snapshot!(sql(value(1_i64) - n()), @r#"
    ? - "s"."n"
    $1 - "s"."n"
    ? - `s`.`n`
    "#);
    insta::assert_snapshot!(sql(n() / 2), @r#"
    ("s"."n") / NULLIF(?, 0)
    ("s"."n") / NULLIF($1, 0)
    (`s`.`n`) DIV NULLIF(?, 0)
    "#);
    insta::assert_snapshot!(sql(n() % 2), @r#"
    ("s"."n") % NULLIF(?, 0)
    ("s"."n") % NULLIF($1, 0)
    (`s`.`n`) % NULLIF(?, 0)
    "#);
    insta::assert_snapshot!(sql(-n()), @r#"
    (- ("s"."n"))
    (- ("s"."n"))
    (- (`s`.`n`))
    "#);
    insta::assert_snapshot!(sql(col::<u64>("big") / 2), @r#"
    ("s"."big") / NULLIF(?, 0)
    DIV("s"."big", NULLIF($1, 0))
    (`s`.`big`) DIV NULLIF(?, 0)
    "#);
    insta::assert_snapshot!(sql(col::<f64>("x") / 2.0), @r#"
    ("s"."x") / NULLIF(?, 0)
    ("s"."x") / NULLIF($1, 0)
    (`s`.`x`) / NULLIF(?, 0)
    "#);
    insta::assert_snapshot!(sql(col::<f32>("rate").cast::<f64>() * 2.0), @r#"
    (CAST("s"."rate" AS REAL)) * ?
    (CAST("s"."rate" AS double precision)) * $1
    (((`s`.`rate`) + 0e0)) * ?
    "#);
    insta::assert_snapshot!(sql(col::<Decimal>("price") + Decimal::ONE), @r#"
    decimal_add("s"."price", ?) COLLATE "decimal"
    "s"."price" + $1
    `s`.`price` + CAST(? AS DECIMAL(65, 30))
    "#);
    insta::assert_snapshot!(sql(-(col::<Decimal>("price") * Decimal::ONE)), @r#"
    (decimal_sub('0', decimal_mul("s"."price", ?) COLLATE "decimal")) COLLATE "decimal"
    (- ("s"."price" * $1))
    (- (`s`.`price` * CAST(? AS DECIMAL(65, 30))))
    "#);
}

#[test]
fn comparisons() {
    insta::assert_snapshot!(sql(n().between(1, 3)), @r#"
    (("s"."n") BETWEEN (?) AND (?))
    (("s"."n") BETWEEN ($1) AND ($2))
    ((`s`.`n`) BETWEEN (?) AND (?))
    "#);
    insta::assert_snapshot!(sql(n().is_distinct_from(1)), @r#"
    (("s"."n") IS NOT (?))
    (("s"."n") IS DISTINCT FROM ($1))
    (NOT ((`s`.`n`) <=> (?)))
    "#);
    insta::assert_snapshot!(sql(n().is_not_distinct_from(None)), @r#"
    (("s"."n") IS (?))
    (("s"."n") IS NOT DISTINCT FROM ($1))
    ((`s`.`n`) <=> (?))
    "#);
    insta::assert_snapshot!(sql(value("a").lt("b")), @r#"
    (? COLLATE "binary") < ?
    ($1 COLLATE "C") < $2
    ? < ?
    "#);
    insta::assert_snapshot!(sql(value(Decimal::ONE).lt(Decimal::TWO)), @r#"
    (? COLLATE "decimal") < ?
    $1 < $2
    CAST(? AS DECIMAL(65, 30)) < CAST(? AS DECIMAL(65, 30))
    "#);
}

#[test]
fn text() {
    insta::assert_snapshot!(sql(name().like("a%")), @r#"
    "s"."name" LIKE ? ESCAPE ('\')
    "s"."name" LIKE $1
    `s`.`name` LIKE ? ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(name().not_like("a%")), @r#"
    "s"."name" NOT LIKE ? ESCAPE ('\')
    "s"."name" NOT LIKE $1
    `s`.`name` NOT LIKE ? ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(name().ilike("a%")), @r#"
    LOWER("s"."name") LIKE LOWER(?) ESCAPE ('\')
    "s"."name" ILIKE $1
    LOWER(`s`.`name`) LIKE LOWER(?) ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(name().contains("a")), @r#"
    "s"."name" LIKE ? ESCAPE ('\')
    "s"."name" LIKE $1
    `s`.`name` LIKE ? ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(name().ieq("a")), @r#"
    LOWER("s"."name") = LOWER(?)
    LOWER("s"."name") = LOWER($1)
    LOWER(`s`.`name`) = LOWER(?)
    "#);
    insta::assert_snapshot!(sql(col::<String>("code").like("a%")), @r#"
    "s"."code" LIKE ? ESCAPE ('\')
    "s"."code" LIKE $1
    `s`.`code` LIKE ? ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(name().lower()), @r#"
    LOWER("s"."name")
    LOWER("s"."name")
    LOWER(`s`.`name`)
    "#);
    insta::assert_snapshot!(sql(name().upper()), @r#"
    UPPER("s"."name")
    UPPER("s"."name")
    UPPER(`s`.`name`)
    "#);
    insta::assert_snapshot!(sql(name().trim()), @r#"
    TRIM("s"."name")
    TRIM("s"."name")
    TRIM(`s`.`name`)
    "#);
    insta::assert_snapshot!(sql(name().length()), @r#"
    LENGTH("s"."name")
    CAST(CHAR_LENGTH("s"."name") AS bigint)
    CHAR_LENGTH(`s`.`name`)
    "#);
    insta::assert_snapshot!(sql(name().concat("!").concat(name())), @r#"
    (((("s"."name") || (?))) || ("s"."name"))
    (((("s"."name") || ($1))) || ("s"."name"))
    CONCAT(CONCAT(`s`.`name`, ?), `s`.`name`)
    "#);
    insta::assert_snapshot!(sql(name().replace("a", "b")), @r#"
    REPLACE("s"."name", ?, ?)
    REPLACE("s"."name", $1, $2)
    REPLACE(`s`.`name`, ?, ?)
    "#);
    insta::assert_snapshot!(sql(name().replace("a", name())), @r#"
    (CASE WHEN ("s"."name") IS NOT NULL THEN REPLACE("s"."name", ?, "s"."name") END)
    REPLACE("s"."name", $1, "s"."name")
    (CASE WHEN (`s`.`name`) IS NOT NULL THEN REPLACE(`s`.`name`, ?, `s`.`name`) END)
    "#);
    insta::assert_snapshot!(sql(name().substring(2, 3)), @r#"
    SUBSTR("s"."name", 2, 3)
    SUBSTRING("s"."name", 2, 3)
    SUBSTRING(`s`.`name`, 2, 3)
    "#);
}

#[test]
fn nulls_and_cases() {
    insta::assert_snapshot!(sql(n().coalesce(0)), @r#"
    COALESCE("s"."n", ?)
    COALESCE("s"."n", $1)
    COALESCE(`s`.`n`, ?)
    "#);
    insta::assert_snapshot!(sql(name().coalesce("none")), @r#"
    COALESCE("s"."name", ?) COLLATE "binary"
    COALESCE("s"."name", $1) COLLATE "C"
    COALESCE(`s`.`name`, ?)
    "#);
    insta::assert_snapshot!(sql(col::<String>("code").coalesce("none")), @r#"
    COALESCE("s"."code", ?)
    COALESCE("s"."code", $1)
    COALESCE(`s`.`code`, ?)
    "#);
    insta::assert_snapshot!(sql(col::<Decimal>("price").null_if(Decimal::ZERO)), @r#"
    NULLIF("s"."price", ?) COLLATE "decimal"
    NULLIF("s"."price", $1)
    NULLIF(`s`.`price`, CAST(? AS DECIMAL(65, 30)))
    "#);
    insta::assert_snapshot!(sql(when(n().gt(1), "many").when(n().eq(1), name()).otherwise("none")), @r#"
    ((CASE WHEN "s"."n" > ? THEN ? WHEN "s"."n" = ? THEN "s"."name" ELSE ? END)) COLLATE "binary"
    ((CASE WHEN "s"."n" > $1 THEN $2 WHEN "s"."n" = $3 THEN "s"."name" ELSE $4 END)) COLLATE "C"
    (CASE WHEN `s`.`n` > ? THEN ? WHEN `s`.`n` = ? THEN `s`.`name` ELSE ? END)
    "#);
    insta::assert_snapshot!(sql(when(n().gt(1), 2.5).or_null()), @r#"
    (CASE WHEN "s"."n" > ? THEN ? END)
    (CASE WHEN "s"."n" > $1 THEN $2 END)
    (CASE WHEN `s`.`n` > ? THEN ? END)
    "#);
}

#[test]
fn casts() {
    insta::assert_snapshot!(sql(n().cast::<f64>()), @r#"
    CAST("s"."n" AS REAL)
    CAST("s"."n" AS double precision)
    ((`s`.`n`) + 0e0)
    "#);
    insta::assert_snapshot!(sql(n().cast::<String>()), @r#"
    (CAST("s"."n" AS TEXT)) COLLATE "binary"
    (CAST("s"."n" AS text)) COLLATE "C"
    CAST(`s`.`n` AS CHAR)
    "#);
    insta::assert_snapshot!(sql(n().cast::<Decimal>()), @r#"
    (CAST("s"."n" AS TEXT)) COLLATE "decimal"
    CAST("s"."n" AS numeric)
    CAST(`s`.`n` AS DECIMAL(65, 30))
    "#);
    insta::assert_snapshot!(sql(col::<f64>("x").cast::<i64>()), @r#"
    CAST("s"."x" AS INTEGER)
    CAST(TRUNC("s"."x") AS bigint)
    CAST(TRUNCATE(`s`.`x`, 0) AS SIGNED)
    "#);
    insta::assert_snapshot!(sql(col::<Decimal>("price").cast::<f64>()), @r#"
    CAST("s"."price" AS REAL)
    CAST("s"."price" AS double precision)
    ((`s`.`price`) + 0e0)
    "#);
    insta::assert_snapshot!(sql(col::<bool>("flag").cast::<i64>()), @r#"
    CAST("s"."flag" AS INTEGER)
    CAST(CAST("s"."flag" AS integer) AS bigint)
    CAST(`s`.`flag` AS SIGNED)
    "#);
    insta::assert_snapshot!(sql(col::<bool>("flag").cast::<String>()), @r#"
    (CAST("s"."flag" AS TEXT)) COLLATE "binary"
    (CAST(CAST("s"."flag" AS integer) AS text)) COLLATE "C"
    CAST(`s`.`flag` AS CHAR)
    "#);
    insta::assert_snapshot!(sql(name().cast::<i64>()), @r#"
    CAST("s"."name" AS INTEGER)
    CAST("s"."name" AS bigint)
    CAST(`s`.`name` AS SIGNED)
    "#);
}

#[test]
fn dates_and_times() {
    insta::assert_snapshot!(sql(col::<NaiveDate>("day").year()), @r#"
    CAST(SUBSTR("s"."day", 1, 4) AS INTEGER)
    CAST(EXTRACT(YEAR FROM "s"."day") AS bigint)
    YEAR(`s`.`day`)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").month()), @r#"
    CAST(SUBSTR("s"."at", 6, 2) AS INTEGER)
    CAST(EXTRACT(MONTH FROM "s"."at" AT TIME ZONE 'UTC') AS bigint)
    MONTH(`s`.`at`)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").day()), @r#"
    CAST(SUBSTR("s"."at", 9, 2) AS INTEGER)
    CAST(EXTRACT(DAY FROM "s"."at" AT TIME ZONE 'UTC') AS bigint)
    DAYOFMONTH(`s`.`at`)
    "#);
    insta::assert_snapshot!(sql(col::<NaiveDate>("day").weekday()), @r#"
    ((CAST(STRFTIME('%w', SUBSTR("s"."day", 1, 10)) AS INTEGER) + 6) % 7 + 1)
    CAST(EXTRACT(ISODOW FROM "s"."day") AS bigint)
    (WEEKDAY(`s`.`day`) + 1)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").unix_seconds()), @r#"
    CAST(STRFTIME('%s', SUBSTR("s"."at", 1, 19)) AS INTEGER)
    CAST(FLOOR(EXTRACT(EPOCH FROM "s"."at" AT TIME ZONE 'UTC')) AS bigint)
    (TO_SECONDS(`s`.`at`) - 62167219200)
    "#);
    insta::assert_snapshot!(sql(col::<NaiveTime>("opens").hour()), @r#"
    CAST(SUBSTR("s"."opens", 1, 2) AS INTEGER)
    CAST(EXTRACT(HOUR FROM "s"."opens") AS bigint)
    HOUR(`s`.`opens`)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").minute()), @r#"
    CAST(SUBSTR("s"."at", 15, 2) AS INTEGER)
    CAST(EXTRACT(MINUTE FROM "s"."at" AT TIME ZONE 'UTC') AS bigint)
    MINUTE(`s`.`at`)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").second()), @r#"
    CAST(SUBSTR("s"."at", 18, 2) AS INTEGER)
    CAST(FLOOR(EXTRACT(SECOND FROM "s"."at" AT TIME ZONE 'UTC')) AS bigint)
    SECOND(`s`.`at`)
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").date()), @r#"
    SUBSTR("s"."at", 1, 10)
    CAST("s"."at" AT TIME ZONE 'UTC' AS date)
    DATE(`s`.`at`)
    "#);
    insta::assert_snapshot!(sql(col::<NaiveDate>("day").start_of_week()), @r#"
    DATE(SUBSTR("s"."day", 1, 10), '-6 days', 'weekday 1')
    CAST(DATE_TRUNC('week', CAST("s"."day" AS timestamp)) AS date)
    STR_TO_DATE(DATE_FORMAT(`s`.`day`, '%x %v Monday'), '%x %v %W')
    "#);
    insta::assert_snapshot!(sql(col::<DateTime<Utc>>("at").start_of_month()), @r#"
    (SUBSTR("s"."at", 1, 7) || '-01')
    CAST(DATE_TRUNC('month', CAST("s"."at" AT TIME ZONE 'UTC' AS timestamp)) AS date)
    CAST(DATE_FORMAT(`s`.`at`, '%Y-%m-01') AS DATE)
    "#);
    insta::assert_snapshot!(sql(col::<NaiveDate>("day").start_of_year()), @r#"
    (SUBSTR("s"."day", 1, 4) || '-01-01')
    CAST(DATE_TRUNC('year', CAST("s"."day" AS timestamp)) AS date)
    CAST(DATE_FORMAT(`s`.`day`, '%Y-01-01') AS DATE)
    "#);
    insta::assert_snapshot!(sql(now::<DateTime<Utc>>()), @r#"
    RTRIM(RTRIM(STRFTIME('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.')
    STATEMENT_TIMESTAMP()
    UTC_TIMESTAMP(6)
    "#);
    insta::assert_snapshot!(sql(now::<chrono::NaiveDateTime>()), @r#"
    RTRIM(RTRIM(STRFTIME('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.')
    (STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC')
    UTC_TIMESTAMP(6)
    "#);
}

#[test]
fn json() {
    insta::assert_snapshot!(sql(col::<Value>("data").key("a").text()), @r#"
    ((CASE JSON_TYPE("s"."data", ?) WHEN 'text' THEN JSON_EXTRACT("s"."data", ?) END)) COLLATE "binary"
    ((CASE JSONB_TYPEOF(("s"."data" -> $1)) WHEN 'string' THEN ("s"."data" ->> $2) END)) COLLATE "C"
    (CASE JSON_TYPE(JSON_EXTRACT(`s`.`data`, ?)) WHEN 'STRING' THEN JSON_UNQUOTE(JSON_EXTRACT(`s`.`data`, ?)) END)
    "#);
    insta::assert_snapshot!(sql(col::<Value>("data").key("a").index(0).integer()), @r#"
    (CASE JSON_TYPE("s"."data", ?) WHEN 'integer' THEN JSON_EXTRACT("s"."data", ?) END)
    (CASE WHEN JSONB_TYPEOF(("s"."data" -> $1 -> $2)) = 'number' AND ("s"."data" -> $3 ->> $4) ~ '^-?[0-9]{1,19}$' THEN CASE WHEN CAST(("s"."data" -> $5 ->> $6) AS numeric) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(("s"."data" -> $7 ->> $8) AS bigint) END END)
    (CASE WHEN JSON_TYPE(JSON_EXTRACT(`s`.`data`, ?)) = 'ARRAY' THEN (CASE WHEN JSON_TYPE(JSON_EXTRACT(`s`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER') THEN CASE WHEN CAST(JSON_EXTRACT(`s`.`data`, ?) AS DECIMAL(65, 0)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CAST(JSON_EXTRACT(`s`.`data`, ?) AS DECIMAL(65, 0)) AS SIGNED) END END) END)
    "#);
    insta::assert_snapshot!(sql(col::<Value>("data").key("a").float()), @r#"
    (CASE WHEN JSON_TYPE("s"."data", ?) IN ('integer', 'real') THEN CAST(JSON_EXTRACT("s"."data", ?) AS REAL) END)
    (CASE JSONB_TYPEOF(("s"."data" -> $1)) WHEN 'number' THEN CAST(("s"."data" ->> $2) AS double precision) END)
    (CASE WHEN JSON_TYPE(JSON_EXTRACT(`s`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN JSON_EXTRACT(`s`.`data`, ?) + 0e0 END)
    "#);
    insta::assert_snapshot!(sql(col::<Value>("data").key("a").boolean()), @r#"
    (CASE WHEN JSON_TYPE("s"."data", ?) IN ('true', 'false') THEN JSON_EXTRACT("s"."data", ?) END)
    (CASE JSONB_TYPEOF(("s"."data" -> $1)) WHEN 'boolean' THEN CAST(("s"."data" ->> $2) AS boolean) END)
    (CASE JSON_TYPE(JSON_EXTRACT(`s`.`data`, ?)) WHEN 'BOOLEAN' THEN JSON_UNQUOTE(JSON_EXTRACT(`s`.`data`, ?)) = 'true' END)
    "#);
}

#[test]
fn aggregates_and_windows() {
    insta::assert_snapshot!(sql(count().filter(n().gt(1))), @r#"
    COUNT((CASE WHEN "s"."n" > ? THEN ? END))
    COUNT((CASE WHEN "s"."n" > $1 THEN $2 END))
    COUNT((CASE WHEN `s`.`n` > ? THEN ? END))
    "#);
    insta::assert_snapshot!(sql(n().sum().filter(n().gt(1))), @r#"
    SUM((CASE WHEN "s"."n" > ? THEN "s"."n" END))
    CAST(SUM((CASE WHEN "s"."n" > $1 THEN "s"."n" END)) AS bigint)
    SUM((CASE WHEN `s`.`n` > ? THEN `s`.`n` END))
    "#);
    insta::assert_snapshot!(sql(count().over()), @r#"
    COUNT(*) OVER ()
    COUNT(*) OVER ()
    COUNT(*) OVER ()
    "#);
    insta::assert_snapshot!(sql(n().sum().over().partition_by((name(), n())).order_by(n().desc().nulls_last())), @r#"
    SUM("s"."n") OVER (PARTITION BY "s"."name", "s"."n" ORDER BY "s"."n" DESC NULLS LAST)
    CAST((SUM("s"."n") OVER (PARTITION BY "s"."name", "s"."n" ORDER BY "s"."n" DESC NULLS LAST)) AS bigint)
    SUM(`s`.`n`) OVER (PARTITION BY `s`.`name`, `s`.`n` ORDER BY ((`s`.`n`) IS NULL), `s`.`n` DESC)
    "#);
    insta::assert_snapshot!(sql(col::<Decimal>("price").sum().over().order_by(n().asc()).rows(FrameBound::Preceding(2), FrameBound::CurrentRow)), @r#"
    (decimal_sum("s"."price") OVER (ORDER BY "s"."n" ASC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)) COLLATE "decimal"
    SUM("s"."price") OVER (ORDER BY "s"."n" ASC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
    SUM(`s`.`price`) OVER (ORDER BY `s`.`n` ASC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
    "#);
    insta::assert_snapshot!(sql(row_number().over().order_by(n().asc())), @r#"
    ROW_NUMBER() OVER (ORDER BY "s"."n" ASC)
    ROW_NUMBER() OVER (ORDER BY "s"."n" ASC)
    ROW_NUMBER() OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(rank().over().order_by(n().asc())), @r#"
    RANK() OVER (ORDER BY "s"."n" ASC)
    RANK() OVER (ORDER BY "s"."n" ASC)
    RANK() OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(dense_rank().over().order_by(n().asc())), @r#"
    DENSE_RANK() OVER (ORDER BY "s"."n" ASC)
    DENSE_RANK() OVER (ORDER BY "s"."n" ASC)
    DENSE_RANK() OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(ntile(4).over().order_by(n().asc())), @r#"
    NTILE(4) OVER (ORDER BY "s"."n" ASC)
    CAST(NTILE(4) OVER (ORDER BY "s"."n" ASC) AS bigint)
    NTILE(4) OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(name().lag(1).over().order_by(n().asc())), @r#"
    (LAG("s"."name", 1) OVER (ORDER BY "s"."n" ASC)) COLLATE "binary"
    (LAG("s"."name", 1) OVER (ORDER BY "s"."n" ASC)) COLLATE "C"
    LAG(`s`.`name`, 1) OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(n().lead(2).over().order_by(n().asc())), @r#"
    LEAD("s"."n", 2) OVER (ORDER BY "s"."n" ASC)
    LEAD("s"."n", 2) OVER (ORDER BY "s"."n" ASC)
    LEAD(`s`.`n`, 2) OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(n().first_value().over().order_by(n().asc())), @r#"
    FIRST_VALUE("s"."n") OVER (ORDER BY "s"."n" ASC)
    FIRST_VALUE("s"."n") OVER (ORDER BY "s"."n" ASC)
    FIRST_VALUE(`s`.`n`) OVER (ORDER BY `s`.`n` ASC)
    "#);
    insta::assert_snapshot!(sql(n().last_value().over().rows(FrameBound::UnboundedPreceding, FrameBound::UnboundedFollowing)), @r#"
    LAST_VALUE("s"."n") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    LAST_VALUE("s"."n") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    LAST_VALUE(`s`.`n`) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    "#);
}

#[test]
fn subqueries() {
    insta::assert_snapshot!(sql(S.select().columns(n().max()).scalar()), @r#"
    (SELECT MAX("s"."n") FROM "s")
    (SELECT MAX("s"."n") FROM "s")
    (SELECT MAX(`s`.`n`) FROM `s`)
    "#);
    insta::assert_snapshot!(sql(S.select().columns(name()).limit(1).scalar()), @r#"
    (SELECT "s"."name" FROM "s" LIMIT 1) COLLATE "binary"
    (SELECT "s"."name" FROM "s" LIMIT 1) COLLATE "C"
    (SELECT `s`.`name` FROM `s` LIMIT 1)
    "#);
}
