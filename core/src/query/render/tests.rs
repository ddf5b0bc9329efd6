//! What is sent beside the text: parameters, their types and their order.

use crate::BindKey;
use crate::engine::{Dialect, Family};
use crate::query::insert_rows::{InsertRows, InsertRun, Limits};
use crate::query::{Action, Condition, Expression, Query, Shape, TableExt, raw};
use crate::schema::{Column, StaticTable, Table};
use crate::value::{Scalar, SqlType, Value, ValueRef};

use super::{Renderer, Sql};

struct Mood;

impl Scalar for Mood {
    type Base = Mood;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Other("mood");

    fn into_value(self) -> crate::Result<Value> {
        Ok(Value::Text("happy".into()))
    }

    fn from_value(_: ValueRef<'_>) -> crate::Result<Self> {
        Ok(Mood)
    }
}

impl crate::value::Comparable for Mood {}

static PEOPLE: StaticTable = StaticTable::new(|| {
    Table::new("people", BindKey::DEFAULT)
        .column(Column::of::<i64>("id"))
        .column(Column::of::<String>("email").type_override("citext"))
        .column(Column::of::<Mood>("mood"))
        .column(Column::of::<String>("note"))
});

fn types(query: &impl Query) -> Vec<Option<SqlType>> {
    let rendered = query.render(&Dialect::postgres(), Shape::Rows).unwrap();
    rendered.params.iter().map(|param| param.sql_type).collect()
}

#[test]
fn the_server_infers_the_parameters_of_its_own_types() {
    let (email, mood, note) = (PEOPLE.col::<String>("email"), PEOPLE.col::<Mood>("mood"), PEOPLE.col::<String>("note"));
    let condition = email.clone().eq("a").and(mood.eq(Mood)).and(note.eq("b"));
    assert_eq!(types(&PEOPLE.select().filter(condition)), [None, None, Some(SqlType::Text)]);
    assert_eq!(types(&PEOPLE.select().filter(email.clone().in_(["a", "b"]))), [None, None]);
    assert_eq!(types(&PEOPLE.select().columns(email.clone().max()).having(email.clone().max().eq("a"))), [None]);
    assert_eq!(types(&raw("default", "select $1").param(1)), [None]);

    let update = PEOPLE.update_all().set(email.to("a"));
    let rendered = update.whole(&Dialect::postgres()).unwrap().unwrap();
    assert_eq!((rendered.params[0].sql_type, rendered.params[0].column), (None, Some("email")));
}

/// An insert of rows that give these columns.
fn insert(columns: &[(&'static str, Value)], rows: usize) -> InsertRows {
    let value = |column: &Column| columns.iter().find(|(name, _)| *name == column.name()).map(|(_, value)| value.clone());
    let mut insert = InsertRows::default();
    for _ in 0..rows {
        insert.push(&mut PEOPLE.columns().iter().map(value).collect(), rows);
    }
    insert
}

/// Its statements for a server that takes so many parameters.
fn runs(insert: &InsertRows, family: Family, parameters: usize) -> Vec<InsertRun<'_>> {
    insert.runs(&PEOPLE, family, Limits { rows: usize::MAX, parameters, bytes: usize::MAX })
}

#[test]
fn many_rows_are_one_array_for_each_column() {
    let note = |text: &str| ("note", Value::Text(text.into()));
    let insert = insert(&[("id", Value::I64(1)), note("a")], 70_000);
    let statements = runs(&insert, Family::Postgres, 65_535);
    let rendered = Renderer::new(&Dialect::postgres(), BindKey::DEFAULT).insert(&statements[0], None, false).unwrap();
    assert_eq!(&*rendered.sql, r#"INSERT INTO "people" ("id", "note") SELECT UNNEST(CAST($1 AS bigint[])), UNNEST(CAST($2 AS text[]))"#);
    let [ids, notes] = rendered.params.as_slice() else { panic!("{} parameters", rendered.params.len()) };
    assert_eq!((ids.sql_type, notes.column), (Some(SqlType::Array(&SqlType::I64)), Some("note")));
    assert!(matches!(ids.value, ValueRef::Array(ids) if ids.len() == 70_000));
    assert_eq!((statements.len(), runs(&insert, Family::Sqlite, 32_766).len()), (1, 5));
}

#[test]
fn the_text_of_a_single_row_is_written_once() {
    let insert = insert(&[("id", Value::I64(1))], 1);
    let statements = runs(&insert, Family::Sqlite, 999);
    let text = |dialect: &Dialect, returning| match Renderer::new(dialect, BindKey::DEFAULT)
        .insert(&statements[0], None, returning)
        .unwrap()
        .sql
    {
        Sql::OfTable(text) => text,
        _ => panic!("it is written each time"),
    };
    for dialect in [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql(), Dialect::sqlite().with_quotes('[', ']')] {
        assert!(std::ptr::eq(text(&dialect, true), text(&dialect, true)));
        assert!(text(&dialect, true).starts_with(text(&dialect, false)) && text(&dialect, true) != text(&dialect, false));
    }
}

#[test]
fn a_column_of_the_servers_own_type_is_not_sent_in_an_array() {
    let insert = insert(&[("id", Value::I64(1)), ("email", Value::Text("a".into()))], 5);
    let statements = runs(&insert, Family::Postgres, 6);
    assert_eq!(statements.iter().map(|run| run.rows).collect::<Vec<_>>(), [3, 2]);
    let rendered = Renderer::new(&Dialect::postgres(), BindKey::DEFAULT).insert(&statements[1], None, false).unwrap();
    assert_eq!(&*rendered.sql, r#"INSERT INTO "people" ("id", "email") VALUES ($1, $2), ($3, $4)"#);
    assert_eq!(
        rendered.params.iter().map(|param| param.sql_type).collect::<Vec<_>>(),
        [Some(SqlType::I64), None, Some(SqlType::I64), None]
    );
}

#[test]
fn rows_of_many_bytes_are_several_statements() {
    let insert = insert(&[("note", Value::Text("x".repeat(10 << 20)))], 7);
    let rows = |family| runs(&insert, family, 999).iter().map(|run| run.rows).collect::<Vec<_>>();
    assert_eq!(rows(Family::Postgres), [3, 3, 1]);
    assert_eq!(rows(Family::Sqlite), [3, 3, 1]);
    assert!(!runs(&insert, Family::Postgres, 999)[2].by_array, "one row is the statement that `insert` sends");
}

#[test]
fn an_expression_that_stands_twice_has_one_parameter_on_postgresql() {
    let long = || PEOPLE.col::<String>("note").gt("m");
    let grouped = PEOPLE.select().columns((long(), crate::query::count())).group_by(long());
    assert_eq!(
        grouped.to_sql(&Dialect::postgres()).unwrap(),
        r#"SELECT "people"."note" > $1, COUNT(*) FROM "people" GROUP BY "people"."note" > $1"#
    );
    assert_eq!(types(&grouped), [Some(SqlType::Text)]);
    let distinct = PEOPLE.select().columns(long()).distinct().order_by(long().asc()).offset(1);
    assert_eq!(
        distinct.to_sql(&Dialect::postgres()).unwrap(),
        r#"SELECT DISTINCT "people"."note" > $1 FROM "people" ORDER BY "people"."note" > $1 ASC LIMIT 9223372036854775807 OFFSET $2"#
    );
    assert_eq!(
        grouped.to_sql(&Dialect::sqlite()).unwrap(),
        r#"SELECT "people"."note" > ?, COUNT(*) FROM "people" GROUP BY "people"."note" > ?"#
    );
}
