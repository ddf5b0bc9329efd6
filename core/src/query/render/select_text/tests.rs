//! Whatever was rendered before, a select is sent as if it were the first. So the selects here are small and much alike: what an outline forgot,
//! two of them would differ in alone.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::BindKey;
use crate::engine::{Dialect, LimitForm};
use crate::query::Shape;
use crate::query::node::{Aggregate, Connective, Node, Operator, Owner, Source};
use crate::query::order::{Nulls, OrderKey};
use crate::query::render::Renderer;
use crate::query::select::{Join, Selected};
use crate::schema::{Column, StaticTable, Table};
use crate::value::Value;

static NOTES: StaticTable = StaticTable::new(|| {
    Table::new("notes", BindKey::DEFAULT)
        .column(Column::of::<i64>("id"))
        .column(Column::of::<String>("text"))
        .column(Column::of::<String>("kind").type_override("citext"))
});

/// Another table of the same name, with one column more, and a `text` that is a number.
static OTHER_NOTES: StaticTable = StaticTable::new(|| {
    Table::new("notes", BindKey::DEFAULT)
        .column(Column::of::<i64>("id"))
        .column(Column::of::<i64>("text"))
        .column(Column::of::<i64>("kind"))
        .column(Column::of::<i64>("more"))
});

fn table() -> impl Strategy<Value = &'static Table> {
    prop_oneof![Just(&NOTES), Just(&OTHER_NOTES)].prop_map(|table| -> &'static Table { table })
}

fn value() -> impl Strategy<Value = Node> {
    prop_oneof![
        any::<i64>().prop_map(|number| Node::Value(Value::I64(number), SqlType::I64)),
        "[a-z]{0,3}".prop_map(|text| Node::Value(Value::Text(text), SqlType::Text)),
        Just(Node::Value(Value::Null, SqlType::Text)),
    ]
}

fn column() -> impl Strategy<Value = Node> {
    let owner = prop_oneof![
        4 => Just(Owner::Table(BindKey::DEFAULT, "notes".into())),
        2 => Just(Owner::Alias("other".into())),
        1 => Just(Owner::Main),
    ];
    (owner, prop_oneof!["id", "text", "kind"]).prop_map(|(owner, name)| Node::Column(owner, name.into()))
}

fn node() -> impl Strategy<Value = Node> {
    prop_oneof![3 => column(), 1 => value()].prop_recursive(2, 6, 2, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let operator = prop_oneof![Just(Operator::Equal), Just(Operator::Less), Just(Operator::Like)];
        let connective = prop_oneof![Just(Connective::And), Just(Connective::Or)];
        let aggregate = prop_oneof![Just(Aggregate::Max), Just(Aggregate::Sum), Just(Aggregate::Average), Just(Aggregate::CountDistinct)];
        let sql_type =
            || prop_oneof![Just(SqlType::I64), Just(SqlType::Text), Just(SqlType::Decimal), Just(SqlType::Bytes), Just(SqlType::Bool)];
        prop_oneof![
            1 => (boxed(), operator, boxed()).prop_map(|(left, operator, right)| Node::Binary(left, operator, right)),
            1 => (connective, vec(inner.clone(), 2..4)).prop_map(|(connective, nodes)| Node::Chain(connective, nodes)),
            1 => boxed().prop_map(Node::Not),
            1 => (boxed(), any::<bool>()).prop_map(|(node, negated)| Node::IsNull { node, negated }),
            4 => (aggregate, boxed(), sql_type()).prop_map(|(aggregate, node, sql_type)| Node::Aggregate(aggregate, node, sql_type)),
            1 => (boxed(), vec(any::<i64>().prop_map(Value::I64), 1..3), any::<bool>()).prop_map(|(node, values, negated)| Node::InValues {
                node,
                values,
                sql_type: SqlType::I64,
                negated
            }),
            1 => (boxed(), vec(inner, 1..3), any::<bool>()).prop_map(|(node, list, negated)| Node::InList { node, list, negated }),
            1 => Just(Node::CountRows),
        ]
    })
}

fn join() -> impl Strategy<Value = Join> {
    let alias = prop_oneof![Just("other"), Just("third")];
    (table(), alias, node())
        .prop_map(|(table, alias, condition)| Join { source: Source { table, alias: Some(alias.into()) }, condition: Some(condition) })
}

fn order() -> impl Strategy<Value = OrderKey> {
    let nulls = prop_oneof![Just(None), Just(Some(Nulls::First)), Just(Some(Nulls::Last))];
    (node(), any::<bool>(), nulls).prop_map(|(node, descending, nulls)| OrderKey { node, descending, nulls })
}

prop_compose! {
    fn select()(
        table in table(),
        alias in proptest::option::weighted(0.2, prop_oneof![Just("other"), Just("n")]),
        joins in proptest::option::weighted(0.2, join()),
        selection in proptest::option::weighted(0.2, vec(node(), 1..3)),
        distinct in proptest::bool::weighted(0.1),
        filter in proptest::option::weighted(0.2, node()),
        group_by in proptest::option::weighted(0.1, node()),
        having in proptest::option::weighted(0.1, node()),
        order_by in proptest::option::weighted(0.2, order()),
        limit in proptest::option::weighted(0.1, 0..3_u64),
        offset in proptest::option::weighted(0.1, 0..3_u64),
    ) -> SelectQuery {
        let from = Source { table, alias: alias.map(Into::into) };
        let (joins, group_by, order_by) = (joins.into_iter().collect(), group_by.into_iter().collect(), order_by.into_iter().collect());
        let selection = selection.map_or(Selected::All, Selected::These);
        SelectQuery { from, joins, selection, distinct, filter, group_by, having, order_by, limit, offset }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![Just(Shape::Rows), (1..3_u64).prop_map(Shape::AtMost), Just(Shape::Count), Just(Shape::Exists)]
}

/// What is sent: the text, and of each parameter the value, the type and the column.
type Sent = Result<(String, Vec<(Value, Option<SqlType>, Option<String>)>), String>;

fn sent(sql: &str, params: &[Param<'_>]) -> Sent {
    let param = |param: &Param<'_>| (param.value.to_owned(), param.sql_type, param.column.map(str::to_owned));
    Ok((sql.to_owned(), params.iter().map(param).collect()))
}

/// As it is rendered by whoever asks.
fn rendered(query: &SelectQuery, dialect: &Dialect, shape: Shape) -> Sent {
    let rendered = Renderer::new(dialect, BindKey::DEFAULT).select(query, shape).map_err(|error| error.to_string())?;
    sent(&rendered.sql, &rendered.params)
}

/// As it is rendered where nothing was before.
fn anew(query: &SelectQuery, dialect: &Dialect, shape: Shape) -> Sent {
    let mut renderer = Renderer::new(dialect, BindKey::DEFAULT);
    let writer = renderer.write_select(query, shape).map_err(|error| error.to_string())?;
    let rendered = renderer.rendered(writer, crate::engine::Effect::Read, query.from.table);
    sent(&rendered.sql, &rendered.params)
}

fn notes_where(filter: Node) -> SelectQuery {
    SelectQuery {
        from: Source::plain(&NOTES),
        joins: Vec::new(),
        selection: Selected::All,
        distinct: false,
        filter: Some(filter),
        group_by: Vec::new(),
        having: None,
        order_by: Vec::new(),
        limit: None,
        offset: None,
    }
}

fn column_of_notes(name: &'static str) -> Node {
    Node::Column(Owner::Table(BindKey::DEFAULT, "notes".into()), name.into())
}

#[test]
fn a_list_of_values_is_found_whatever_its_length_where_it_is_one_parameter() {
    let is_found = |dialect: &Dialect, name: &'static str| {
        let query = |ids: Vec<Value>| {
            notes_where(Node::InValues { node: Box::new(column_of_notes(name)), values: ids, sql_type: SqlType::I64, negated: false })
        };
        let longer = query(vec![Value::I64(2), Value::I64(3)]);
        // Others may make room at any moment.
        (0..100).any(|_| {
            rendered(&query(vec![Value::I64(1)]), dialect, Shape::Rows).unwrap();
            Outline::of(&longer, dialect, Shape::Rows).is_some_and(|outline| SelectText::find(&outline, None).is_some())
        })
    };
    assert!(is_found(&Dialect::postgres(), "id"));
    assert!(!is_found(&Dialect::postgres(), "kind"), "the server's own types don't go in arrays");
    assert!(!is_found(&Dialect::sqlite(), "id"));
}

#[test]
fn texts_have_an_end() {
    for limit in 0..=MOST_TEXTS as u64 + 10 {
        let by_id = Node::binary(column_of_notes("id"), Operator::Equal, Node::Value(Value::I64(1), SqlType::I64));
        let query = SelectQuery { limit: Some(limit), ..notes_where(by_id) };
        assert_eq!(rendered(&query, &Dialect::sqlite(), Shape::Rows), anew(&query, &Dialect::sqlite(), Shape::Rows));
        assert!(TEXTS.read().unwrap().len() <= MOST_TEXTS);
    }
    let equals = |number| Node::binary(column_of_notes("id"), Operator::Equal, Node::Value(Value::I64(number), SqlType::I64));
    let any_of = |number| notes_where(Node::Chain(Connective::Or, (0..number).map(equals).collect()));
    assert!(Outline::of(&any_of(3), &Dialect::sqlite(), Shape::Rows).is_some());
    assert!(Outline::of(&any_of(1_000), &Dialect::sqlite(), Shape::Rows).is_none(), "put together at run time");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn a_select_is_sent_as_if_it_were_the_first(query in select(), shape in shape()) {
        let own = Dialect::postgres().with_quotes('[', ']').with_limit(LimitForm::OffsetFetch).without_types(&[SqlType::Bool]);
        for dialect in [Dialect::postgres(), own, Dialect::sqlite(), Dialect::mysql()] {
            let first = anew(&query, &dialect, shape);
            prop_assert_eq!(&rendered(&query, &dialect, shape), &first);
            prop_assert_eq!(&rendered(&query, &dialect, shape), &first);
        }
    }

    /// The same one with other values is found, and has those.
    #[test]
    fn each_has_its_own_values(ids in vec(any::<i64>(), 2..5), texts in vec("[a-z]{0,3}", 2..5), offset in 0..9_u64) {
        for (id, text) in ids.into_iter().zip(texts) {
            let by_id = Node::binary(column_of_notes("id"), Operator::Less, Node::Value(Value::I64(id), SqlType::I64));
            let by_text = Node::binary(column_of_notes("text"), Operator::Equal, Node::Value(Value::Text(text.clone()), SqlType::Text));
            // The one in the list is written first, and met last.
            let query =
                SelectQuery { selection: Selected::These(vec![by_text]), offset: Some(offset), ..notes_where(by_id) };
            let outline = Outline::of(&query, &Dialect::postgres(), Shape::Rows).unwrap();
            // Others may make room at any moment.
            let found = std::iter::repeat_with(|| {
                rendered(&query, &Dialect::postgres(), Shape::Rows).unwrap();
                SelectText::find(&outline, query.offset)
            });
            let (kept, params) = found.take(100).find_map(|found| found).unwrap();
            prop_assert_eq!(kept.sql(), r#"SELECT "notes"."text" = $1 FROM "notes" WHERE "notes"."id" < $2 LIMIT 9223372036854775807 OFFSET $3"#);
            let values: Vec<_> = params.iter().map(|param| param.value.to_owned()).collect();
            prop_assert_eq!(values, [Value::Text(text), Value::I64(id), Value::I64(i64::try_from(offset).unwrap())]);
        }
    }
}
