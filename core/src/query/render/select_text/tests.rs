//! Whatever was rendered before, a select is sent as if it were the first. So the selects here are small and much alike: what an outline forgot,
//! two of them would differ in alone.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::BindKey;
use crate::engine::{Dialect, LimitForm};
use crate::query::Shape;
use crate::query::lock::{Lock, Taken};
use crate::query::node::{
    AggregateFunction, ArithmeticOperator, Connective, DatePart, Function, Node, Operator, Over, Owner, Source, Start, WindowCall,
};
use crate::query::order::{Nulls, OrderKey};
use crate::query::render::{Rendered, Renderer};
use crate::query::select_query::{Join, Selected};
use crate::query::selection::Listed;
use crate::query::window::FrameBound;
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
        // Few, so that two are often the same: what is mixed up then is hard to see.
        (0..3_i64).prop_map(|number| Node::Value(Value::I64(number), SqlType::I64)),
        "[ab]{0,1}".prop_map(|text| Node::Value(Value::Text(text), SqlType::Text)),
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
        let operator = prop_oneof![Just(Operator::Equal), Just(Operator::Less)];
        let connective = prop_oneof![Just(Connective::And), Just(Connective::Or)];
        let aggregate = prop_oneof![
            Just(AggregateFunction::Max),
            Just(AggregateFunction::Sum),
            Just(AggregateFunction::Average),
            Just(AggregateFunction::CountDistinct)
        ];
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
            1 => (boxed(), vec(inner.clone(), 1..3), any::<bool>()).prop_map(|(node, list, negated)| Node::InList { node, list, negated }),
            1 => Just(Node::CountRows),
            1 => (boxed(), boxed(), boxed()).prop_map(|(node, low, high)| Node::Between { node, low, high }),
            1 => (boxed(), boxed(), any::<bool>()).prop_map(|(left, right, negated)| Node::Distinct { left, right, negated }),
            1 => (boxed(), boxed(), any::<bool>(), any::<bool>()).prop_map(|(node, pattern, ignoring_case, negated)| Node::Like {
                node,
                pattern,
                ignoring_case,
                negated
            }),
            1 => (boxed(), arithmetic(), boxed(), sql_type()).prop_map(|(a, operator, b, sql_type)| Node::Arithmetic(a, operator, b, sql_type)),
            1 => (boxed(), sql_type()).prop_map(|(node, sql_type)| Node::Negative(node, sql_type)),
            1 => (function(), vec(inner.clone(), 3..4), sql_type()).prop_map(|(function, nodes, sql_type)| Node::Call(function, nodes, sql_type)),
            1 => (boxed(), sql_type(), sql_type()).prop_map(|(node, from, to)| Node::Cast { node, from, to }),
            1 => (vec((inner.clone(), inner.clone()), 1..3), proptest::option::of(boxed()), sql_type())
                .prop_map(|(branches, otherwise, sql_type)| Node::Case { branches, otherwise, sql_type }),
            1 => (call(), boxed(), over(inner.clone()), sql_type())
                .prop_map(|(call, node, over, sql_type)| Node::Windowed(Box::new(Node::WindowCall(call, Some(node))), Box::new(over), sql_type)),
        ]
    })
}

fn arithmetic() -> impl Strategy<Value = ArithmeticOperator> {
    prop_oneof![Just(ArithmeticOperator::Add), Just(ArithmeticOperator::Divide), Just(ArithmeticOperator::Remainder)]
}

/// Each is given three arguments, and some make use of fewer.
fn function() -> impl Strategy<Value = Function> {
    let substring = |(start, length)| Function::Substring { start, length };
    prop_oneof![
        Just(Function::Lower),
        Just(Function::Replace),
        Just(Function::Coalesce),
        (1..3_u32, 0..2_u32).prop_map(substring),
        Just(Function::DatePart(DatePart::Year, SqlType::Date)),
        Just(Function::DatePart(DatePart::Year, SqlType::Timestamp)),
        Just(Function::DatePart(DatePart::Month, SqlType::Date)),
        Just(Function::StartOf(Start::Week, SqlType::Date)),
        Just(Function::StartOf(Start::Day, SqlType::Date)),
    ]
}

fn call() -> impl Strategy<Value = WindowCall> {
    prop_oneof![(0..3_u32).prop_map(WindowCall::Lag), Just(WindowCall::FirstValue), Just(WindowCall::LastValue)]
}

fn over(node: impl Strategy<Value = Node> + Clone + 'static) -> impl Strategy<Value = Over> {
    let key = (node.clone(), any::<bool>(), nulls()).prop_map(|(node, descending, nulls)| OrderKey { node, descending, nulls });
    let rows =
        prop_oneof![Just((FrameBound::Preceding(1), FrameBound::CurrentRow)), Just((FrameBound::CurrentRow, FrameBound::Following(1)))];
    (vec(node, 0..2), vec(key, 0..2), proptest::option::of(rows)).prop_map(|(partition_by, order_by, rows)| Over {
        partition_by,
        order_by,
        rows,
    })
}

fn nulls() -> impl Strategy<Value = Option<Nulls>> {
    prop_oneof![Just(None), Just(Some(Nulls::First)), Just(Some(Nulls::Last))]
}

fn lock() -> impl Strategy<Value = Lock> {
    (any::<bool>(), prop_oneof![Just(Taken::Wait), Just(Taken::Skip), Just(Taken::Fail)]).prop_map(|(shared, taken)| Lock { shared, taken })
}

fn listed() -> impl Strategy<Value = Listed> {
    (node(), any::<bool>()).prop_map(|(node, nullable)| Listed { node, nullable })
}

fn join() -> impl Strategy<Value = Join> {
    let alias = prop_oneof![Just("other"), Just("third")];
    (table(), alias, node(), any::<bool>()).prop_map(|(table, alias, condition, left)| Join {
        source: Source { table, alias: Some(alias.into()), body: None },
        condition: Some(condition),
        left,
    })
}

fn order() -> impl Strategy<Value = OrderKey> {
    (node(), any::<bool>(), nulls()).prop_map(|(node, descending, nulls)| OrderKey { node, descending, nulls })
}

prop_compose! {
    fn select()(
        table in table(),
        alias in proptest::option::weighted(0.2, prop_oneof![Just("other"), Just("n")]),
        joins in proptest::option::weighted(0.2, join()),
        selection in proptest::option::weighted(0.2, vec(listed(), 1..3)),
        distinct in proptest::bool::weighted(0.1),
        filter in proptest::option::weighted(0.2, node()),
        group_by in proptest::option::weighted(0.1, node()),
        having in proptest::option::weighted(0.1, node()),
        order_by in proptest::option::weighted(0.2, order()),
        limit in proptest::option::weighted(0.1, 0..3_u64),
        offset in proptest::option::weighted(0.1, 0..3_u64),
        lock in proptest::option::weighted(0.1, lock()),
    ) -> SelectQuery {
        let from = Source { table, alias: alias.map(Into::into), body: None };
        let (joins, group_by, order_by) = (joins.into_iter().collect(), group_by.into_iter().collect(), order_by.into_iter().collect());
        let selection = selection.map_or(Selected::All, Selected::These);
        SelectQuery { from, joins, selection, distinct, filter, group_by, having, order_by, limit, offset, lock, view: None }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![Just(Shape::Rows), (1..3_u64).prop_map(Shape::AtMost), Just(Shape::Count), Just(Shape::Exists)]
}

/// What is sent, and what for: the text, of each parameter the value, the type and the column, and what the server must have.
type Sent = Result<(String, Vec<(Value, Option<SqlType>, Option<String>)>, Vec<Need>), String>;

fn sent(rendered: &Rendered<'_>) -> Sent {
    let param = |param: &Param<'_>| (param.value.to_owned(), param.sql_type, param.column.map(str::to_owned));
    Ok((rendered.sql.to_owned(), rendered.params.iter().map(param).collect(), rendered.needs.clone()))
}

/// As it is rendered by whoever asks.
fn rendered(query: &SelectQuery, dialect: &Dialect, shape: Shape) -> Sent {
    let rendered = Renderer::new(dialect, BindKey::DEFAULT).select(query, shape).map_err(|error| error.to_string())?;
    sent(&rendered)
}

/// As it is rendered where nothing was before.
fn anew(query: &SelectQuery, dialect: &Dialect, shape: Shape) -> Sent {
    let mut renderer = Renderer::new(dialect, BindKey::DEFAULT);
    let writer = renderer.write_select(query, shape).map_err(|error| error.to_string())?;
    let rendered = renderer.rendered(writer, crate::engine::Effect::Read, query.from.table);
    sent(&rendered)
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
        lock: None,
        view: None,
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

/// Makes a tree, each of whose operands is the next one.
type Kind = fn(&mut dyn FnMut() -> Node) -> Node;

/// Trees of each kind that has more than one operand.
fn kinds() -> Vec<Kind> {
    vec![
        |next| Node::binary(next(), Operator::Less, next()),
        |next| Node::Chain(Connective::Or, vec![next(), next(), next()]),
        |next| Node::Between { node: next().into(), low: next().into(), high: next().into() },
        |next| Node::Distinct { left: next().into(), right: next().into(), negated: false },
        |next| Node::Like { node: next().into(), pattern: next().into(), ignoring_case: true, negated: true },
        |next| Node::Arithmetic(next().into(), ArithmeticOperator::Divide, next().into(), SqlType::I64),
        |next| Node::Call(Function::Coalesce, vec![next(), next()], SqlType::I64),
        |next| Node::Call(Function::Replace, vec![next(), next(), next()], SqlType::Text),
        |next| Node::Cast { node: Node::binary(next(), Operator::Equal, next()).into(), from: SqlType::Bool, to: SqlType::I64 },
        |next| Node::Case { branches: vec![(next(), next()), (next(), next())], otherwise: Some(next().into()), sql_type: SqlType::I64 },
        |next| {
            let key = |node| OrderKey { node, descending: true, nulls: Some(Nulls::Last) };
            let call = Node::WindowCall(WindowCall::Lag(1), Some(next().into()));
            let over = Over { partition_by: vec![next(), next()], order_by: vec![key(next()), key(next())], rows: None };
            Node::Windowed(call.into(), over.into(), SqlType::I64)
        },
    ]
}

/// Values that are alike say nothing of their order: what is kept then must have that of the parameters all the same.
#[test]
fn a_text_that_was_kept_of_equal_values_has_others_in_their_places() {
    for (number, kind) in kinds().into_iter().enumerate() {
        for dialect in [Dialect::postgres(), Dialect::sqlite(), Dialect::mysql()] {
            let query = |first: i64, step: i64| {
                let mut number = first;
                let mut next = || {
                    number += step;
                    Node::Value(Value::I64(number), SqlType::I64)
                };
                let listed = Listed { node: kind(&mut next), nullable: true };
                SelectQuery { selection: Selected::These(vec![listed]), ..notes_where(kind(&mut next)) }
            };
            rendered(&query(7, 0), &dialect, Shape::Rows).unwrap();
            let others = query(0, 1);
            assert_eq!(rendered(&others, &dialect, Shape::Rows), anew(&others, &dialect, Shape::Rows), "kind {number}");
        }
    }
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
                SelectQuery { selection: Selected::These(vec![Listed { node: by_text, nullable: true }]), offset: Some(offset), ..notes_where(by_id) };
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
