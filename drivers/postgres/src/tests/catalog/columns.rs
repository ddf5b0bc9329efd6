//! Columns of tables: types, defaults, what the server makes of them.

use bindery_core::definition::{CheckDefinition, ColumnDefinition, DomainDefinition, EnumerationDefinition, Generation};
use bindery_core::value::SqlType::{self, *};

use super::*;

fn column(name: &str, type_name: &str, sql_type: impl Into<Option<SqlType>>) -> ColumnDefinition {
    let mut column = ColumnDefinition::new(name, type_name);
    column.sql_type = sql_type.into();
    column
}

fn nullable(name: &str, type_name: &str, sql_type: impl Into<Option<SqlType>>) -> ColumnDefinition {
    let mut column = column(name, type_name, sql_type);
    column.nullable = true;
    column
}

fn with_default(mut column: ColumnDefinition, default: &str) -> ColumnDefinition {
    column.default = Some(default.to_owned());
    column
}

fn collated(mut column: ColumnDefinition, collation: &str) -> ColumnDefinition {
    column.collation = Some(collation.to_owned());
    column
}

fn generated(mut column: ColumnDefinition, generation: Generation) -> ColumnDefinition {
    column.generation = Some(generation);
    column
}

/// One by one, so that a failure shows the column.
fn assert_columns(found: &[ColumnDefinition], expected: &[ColumnDefinition]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[tokio::test]
async fn every_type_has_the_servers_name_and_binderys() {
    let (_database, definition) = made(
        "create extension citext; create type mood as enum ('sad', 'happy'); create domain year as integer; \
         create domain leap_year as year; create type pair as (a int, b int); \
         create table t (a bool, b int2, c int4, d int8, e float4, f float8, g text, h varchar, i varchar(120), j char(3), k char, l bytea, \
         m numeric, n numeric(5, 2), o date, p time, q time(3), r timestamp, s timestamp(0), t timestamptz, u timestamptz(3), v uuid, w json, \
         x jsonb, y int[], z varchar(9)[], aa numeric(5, 2)[][], ab timestamptz[], ac mood, ad mood[], ae citext, af year, ag leap_year, \
         ah year[], ai inet, aj interval, ak timetz, al money, am pair, an int4range, ao \"char\", ap bit(3), aq name)",
    )
    .await;
    let arrays = [&I32, &Text, &Decimal, &Timestamp].map(Array);
    assert_columns(
        &definition.table("t").unwrap().columns,
        &[
            nullable("a", "boolean", Bool),
            nullable("b", "smallint", I16),
            nullable("c", "integer", I32),
            nullable("d", "bigint", I64),
            nullable("e", "real", F32),
            nullable("f", "double precision", F64),
            nullable("g", "text", Text),
            nullable("h", "character varying", Text),
            nullable("i", "character varying(120)", Text),
            nullable("j", "character(3)", Text),
            nullable("k", "character(1)", Text),
            nullable("l", "bytea", Bytes),
            nullable("m", "numeric", Decimal),
            nullable("n", "numeric(5,2)", Decimal),
            nullable("o", "date", Date),
            nullable("p", "time without time zone", Time),
            nullable("q", "time(3) without time zone", Time),
            nullable("r", "timestamp without time zone", DateTime),
            nullable("s", "timestamp(0) without time zone", DateTime),
            nullable("t", "timestamp with time zone", Timestamp),
            nullable("u", "timestamp(3) with time zone", Timestamp),
            nullable("v", "uuid", Uuid),
            nullable("w", "json", Json),
            nullable("x", "jsonb", Json),
            nullable("y", "integer[]", arrays[0]),
            nullable("z", "character varying(9)[]", arrays[1]),
            nullable("aa", "numeric(5,2)[]", arrays[2]),
            nullable("ab", "timestamp with time zone[]", arrays[3]),
            nullable("ac", "mood", None),
            nullable("ad", "mood[]", None),
            nullable("ae", "citext", None),
            nullable("af", "year", I32),
            nullable("ag", "leap_year", I32),
            nullable("ah", "year[]", None),
            nullable("ai", "inet", None),
            nullable("aj", "interval", None),
            nullable("ak", "time with time zone", None),
            nullable("al", "money", None),
            nullable("am", "pair", None),
            nullable("an", "int4range", None),
            nullable("ao", "\"char\"", None),
            nullable("ap", "bit(3)", None),
            nullable("aq", "name", None),
        ],
    );
}

#[tokio::test]
async fn defaults_collations_and_what_the_server_makes() {
    let (database, definition) = made(
        "create collation german (locale = 'C'); create schema far; create collation far.\"Other\" (locale = 'C'); \
         create type mood as enum ('sad', 'so-so'); create sequence shared; create sequence \"Odd 'one'\"; \
         create domain short as varchar(3) collate \"C\"; \
         create table \"Order\" ( \
           always bigint generated always as identity, by_default integer generated by default as identity (start with 100), \
           small smallserial, number serial, big bigserial, nullable_number serial, \
           of_another integer default nextval('shared'), \
           owned bigint default nextval('\"Odd ''one''\"'), \"select\" text not null default 'it''s', \
           at timestamptz not null default now(), day date default current_date, none text default null, \
           m mood default 'so-so', tags text[] not null default '{}', price numeric(5, 2) default 4.99, \
           own text collate \"C\", visible text collate german, hidden varchar(9) collate far.\"Other\", arrays text[] collate \"C\", \
           usual text collate \"default\", short short, shorter short collate german, \
           twice integer generated always as (by_default * 2) stored, dropped int); \
         alter table \"Order\" drop column dropped, add column last int not null default 1, alter column nullable_number drop not null; \
         alter sequence \"Odd 'one'\" owned by \"Order\".owned; \
         comment on column \"Order\".\"select\" is 'what''s chosen'",
    )
    .await;
    let table = definition.table("Order").unwrap();
    let mut select = with_default(column("select", "text", Text), "'it''s'::text");
    select.comment = Some("what's chosen".to_owned());
    let twice = Generation::Computed { sql: "(by_default * 2)".to_owned(), stored: true };
    let mut nullable_number = generated(column("nullable_number", "integer", I32), Generation::Serial);
    nullable_number.nullable = true;
    assert_columns(
        &table.columns,
        &[
            generated(column("always", "bigint", I64), Generation::AlwaysIdentity),
            generated(column("by_default", "integer", I32), Generation::Identity),
            generated(column("small", "smallint", I16), Generation::Serial),
            generated(column("number", "integer", I32), Generation::Serial),
            generated(column("big", "bigint", I64), Generation::Serial),
            nullable_number,
            with_default(nullable("of_another", "integer", I32), "nextval('shared'::regclass)"),
            generated(nullable("owned", "bigint", I64), Generation::Serial),
            select,
            with_default(column("at", "timestamp with time zone", Timestamp), "now()"),
            with_default(nullable("day", "date", Date), "CURRENT_DATE"),
            nullable("none", "text", Text),
            with_default(nullable("m", "mood", None), "'so-so'::mood"),
            with_default(column("tags", "text[]", Array(&Text)), "'{}'::text[]"),
            with_default(nullable("price", "numeric(5,2)", Decimal), "4.99"),
            collated(nullable("own", "text", Text), "\"C\""),
            collated(nullable("visible", "text", Text), "german"),
            collated(nullable("hidden", "character varying(9)", Text), "far.\"Other\""),
            collated(nullable("arrays", "text[]", Array(&Text)), "\"C\""),
            nullable("usual", "text", Text),
            nullable("short", "short", Text),
            collated(nullable("shorter", "short", Text), "german"),
            generated(nullable("twice", "integer", I32), twice),
            with_default(column("last", "integer", I32), "1"),
        ],
    );
    assert!(table.column("number").unwrap().is_identity());
    // Those of identities and of serial columns are their columns' matter.
    let sequences: Vec<_> = definition.others.iter().filter(|other| other.kind == "sequence").map(|other| &other.name).collect();
    assert_eq!(sequences, ["shared"]);

    if version(&database) >= 18 {
        database.psql("create table v (a int, b int generated always as (a + 1) virtual)").unwrap();
        let b = reflect(&database).await.table("v").unwrap().columns[1].clone();
        assert_eq!(b, generated(nullable("b", "integer", I32), Generation::Computed { sql: "(a + 1)".to_owned(), stored: false }));
    }
}

#[tokio::test]
async fn enumerations_and_domains() {
    let (_database, definition) = made(
        "create type mood as enum ('sad', 'happy'); alter type mood add value 'so, \"so\"' before 'happy'; create type nothing as enum (); \
         create schema far; create type far.mood as enum ('x'); create domain far.year as int; \
         create domain year as integer not null default 2000 constraint not_past check (value >= 1901 and value < 2155) check (value <> 13); \
         create domain plain as text; create domain \"Code\" as varchar(3) collate \"C\"; create domain moods as mood[]; \
         alter domain plain add constraint later check (value <> '') not valid",
    )
    .await;
    assert_eq!(
        definition.enumerations,
        [EnumerationDefinition::new("mood", ["sad", "so, \"so\"", "happy"]), EnumerationDefinition::new("nothing", [""; 0])]
    );
    let mut code = DomainDefinition::new("Code", "character varying(3)");
    code.collation = Some("\"C\"".to_owned());
    let mut plain = DomainDefinition::new("plain", "text");
    let mut later = CheckDefinition::new("later", "VALUE <> ''::text");
    later.options = Some("NOT VALID".to_owned());
    plain.checks.push(later);
    let mut year = DomainDefinition::new("year", "integer");
    (year.nullable, year.default) = (false, Some("2000".to_owned()));
    year.checks =
        vec![CheckDefinition::new("not_past", "(VALUE >= 1901) AND (VALUE < 2155)"), CheckDefinition::new("year_check", "VALUE <> 13")];
    assert_eq!(definition.domains, [code, DomainDefinition::new("moods", "mood[]"), plain, year]);
}
