//! From a tree to bindery's expression. `covered` reads this file: each public constructor of expressions is called here.

use bindery::prelude::*;
use bindery::query::{Alias, Expr, Expression, FrameBound, JsonPath, Order, Windowed, dense_rank, ntile, rank, row_number};
use bindery::sql;
use bindery::value::{HasDate, Scalar};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::sample::{Main, Sample};
use crate::tree::*;

type Built<T> = Expr<Option<T>, Main>;

fn other() -> Alias<Sample, Main> {
    Sample::alias("other")
}

macro_rules! arithmetic {
    ($a:expr, $operator:expr, $b:expr) => {
        match $operator {
            Arithmetic::Add => $a + $b,
            Arithmetic::Subtract => $a - $b,
            Arithmetic::Multiply => $a * $b,
        }
    };
}

macro_rules! comparison {
    ($a:expr, $comparison:expr, $b:expr) => {
        match $comparison {
            Comparison::Equal => $a.eq($b),
            Comparison::NotEqual => $a.ne($b),
            Comparison::Less => $a.lt($b),
            Comparison::LessOrEqual => $a.le($b),
            Comparison::Greater => $a.gt($b),
            Comparison::GreaterOrEqual => $a.ge($b),
        }
    };
}

fn case<T, V: Scalar<Base = V>>(tree: &Case<T>, value: fn(&T) -> Built<V>) -> Built<V> {
    let Case { first, second, otherwise } = tree;
    let case = when(bool(&first.0), value(&first.1)).when(bool(&second.0), value(&second.1));
    match otherwise {
        Some(otherwise) => case.otherwise(value(otherwise)).nullable(),
        None => case.or_null(),
    }
}

fn json(place: Place) -> JsonPath<Main> {
    match place {
        Place::Name => Sample::j.key("a").key("text"),
        Place::First => Sample::j.key("a").key("list").index(0),
        Place::Fraction => Sample::j.key("a").key("list").index(1),
        Place::Truth => Sample::j.key("a").key("list").index(2),
        Place::Nothing => Sample::j.key("a").key("list").index(3),
        Place::Number => Sample::j.key("n"),
        Place::No => Sample::j.key("b"),
        Place::Odd => Sample::j.key(r#"odd "key\"#),
        Place::Root => Sample::j.key("a"),
        Place::Large => Sample::j.index(0).key("n"),
        Place::Digit => Sample::j.key("0").key("n"),
        Place::DigitOfArray => Sample::j.key("a").key("0"),
    }
}

fn part<E: Expression<Value: Scalar<Base: HasDate>, Bind = Main>>(part: Part, date: E) -> Built<i64> {
    match part {
        Part::Year => date.year().nullable(),
        Part::Month => date.month().nullable(),
        Part::Day => date.day().nullable(),
        Part::Weekday => date.weekday().nullable(),
        Part::UnixSeconds => date.unix_seconds().nullable(),
    }
}

fn start<E: Expression<Value: Scalar<Base: HasDate<Date = NaiveDate>>, Bind = Main>>(start: Start, date: E) -> Built<NaiveDate> {
    match start {
        Start::Day => date.date().nullable(),
        Start::Week => date.start_of_week().nullable(),
        Start::Month => date.start_of_month().nullable(),
        Start::Year => date.start_of_year().nullable(),
    }
}

pub(crate) fn int(tree: &Int) -> Built<i64> {
    match tree {
        Int::N => Sample::n.on::<Sample>(),
        Int::M => sql!("{Sample::m}").expr::<i64>().of_bind::<Main>().nullable(),
        Int::Small => Sample::small.cast::<i64>(),
        Int::Byte(less) => (Sample::byte - *less).cast::<i64>().nullable(),
        Int::Literal(number) => value(*number).of_bind::<Main>().nullable(),
        Int::Binary(a, operator, b) => arithmetic!(int(a), operator, int(b)),
        Int::Divided(a, b) => int(a) / int(b),
        Int::Remainder(a, b) => int(a) % int(b),
        Int::Negative(a) => -int(a),
        Int::Length(a) => text(a).length(),
        Int::OfFloat(a) => float(a).cast::<i64>(),
        Int::OfDecimal(a) => decimal(a).cast::<i64>(),
        Int::OfBool(a) => bool(a).nullable().cast::<i64>(),
        Int::OfDigits => Sample::digits.cast::<i64>().nullable(),
        Int::Part(of, a) => part(*of, date(a)),
        Int::PartOfMoment(of) => part(*of, Sample::at),
        Int::Hour => Sample::time.hour().nullable(),
        Int::Minute => Sample::time.minute().nullable(),
        Int::SecondOfMoment => Sample::at.second(),
        Int::Json(place) => json(*place).integer(),
        Int::Case(a) => case(a, int),
        Int::Coalesce(a, b) => int(a).coalesce(int(b)),
        Int::NullIf(a, b) => int(a).null_if(int(b)),
        Int::Aggregate(function, most) => aggregate(*function, most.as_deref()),
    }
}

fn aggregate(function: Aggregate, most: Option<&Int>) -> Built<i64> {
    let other = other();
    macro_rules! scalar {
        ($aggregate:expr) => {
            match most {
                Some(most) => other.select().columns($aggregate.filter(Sample::m.of(&other).lt(int(most)))).scalar(),
                None => other.select().columns($aggregate).scalar(),
            }
        };
    }
    let n = Sample::n.of(&other);
    match function {
        Aggregate::Count => scalar!(count()),
        Aggregate::CountOfN => scalar!(n.count()),
        Aggregate::CountDistinct => scalar!(n.count_distinct()),
        Aggregate::Sum => scalar!(n.sum()),
        Aggregate::Min => scalar!(n.min()),
        Aggregate::Max => scalar!(n.max()),
    }
}

pub(crate) fn float(tree: &Float) -> Built<f64> {
    match tree {
        Float::X => Sample::x.into_expr(),
        Float::Literal(number) => value(*number).of_bind::<Main>().nullable(),
        Float::Binary(a, operator, b) => arithmetic!(float(a), operator, float(b)),
        Float::Divided(a, b) => float(a) / float(b),
        Float::Negative(a) => -float(a),
        Float::OfInt(a) => int(a).cast::<f64>(),
        Float::OfDecimal(a) => decimal(a).cast::<f64>(),
        Float::OfDigits => Sample::digits.cast::<f64>().nullable(),
        Float::Json(place) => json(*place).float(),
        Float::Average => other().select().columns(Sample::x.of(&other()).avg()).scalar(),
        Float::Case(a) => case(a, float),
        Float::Coalesce(a, b) => float(a).coalesce(float(b)),
    }
}

pub(crate) fn decimal(tree: &Dec) -> Built<Decimal> {
    match tree {
        Dec::D => Sample::d.into_expr(),
        Dec::Literal(number) => value(*number).of_bind::<Main>().nullable(),
        Dec::Binary(a, operator, b) => arithmetic!(decimal(a), operator, decimal(b)),
        Dec::Negative(a) => -decimal(a),
        Dec::OfInt(a) => int(a).cast::<Decimal>(),
        Dec::Sum => other().select().columns(Sample::d.of(&other()).sum()).scalar(),
        Dec::Case(a) => case(a, decimal),
        Dec::Coalesce(a, b) => decimal(a).coalesce(decimal(b)),
    }
}

pub(crate) fn text(tree: &Text) -> Built<String> {
    match tree {
        Text::S => Sample::s.into_expr(),
        Text::T => Sample::t.nullable(),
        Text::Literal(literal) => value(literal).of_bind::<Main>().nullable(),
        Text::Lower(a) => text(a).lower(),
        Text::Upper(a) => text(a).upper(),
        Text::Trim(a) => text(a).trim(),
        Text::Concat(a, b) => text(a).concat(text(b)),
        Text::Replace(a, b, c) => text(a).replace(text(b), text(c)),
        Text::Substring(a, start, length) => text(a).substring(*start, *length),
        Text::OfInt(a) => int(a).cast::<String>(),
        Text::OfBool(a) => bool(a).nullable().cast::<String>(),
        Text::Json(place) => json(*place).text(),
        Text::Case(a) => case(a, text),
        Text::Coalesce(a, b) => text(a).coalesce(text(b)),
        Text::NullIf(a, b) => text(a).null_if(text(b)),
        Text::Most(true) => other().select().columns(Sample::s.of(&other()).max()).scalar(),
        Text::Most(false) => other().select().columns(Sample::s.of(&other()).min()).scalar(),
    }
}

pub(crate) fn date(tree: &Date) -> Built<NaiveDate> {
    match tree {
        Date::Day => Sample::day.into_expr(),
        Date::Moment => Sample::at.date(),
        Date::Start(of, a) => start(*of, date(a)),
        Date::StartOfMoment(of) => start(*of, Sample::at),
        Date::Coalesce(a, b) => date(a).coalesce(date(b)),
    }
}

pub(crate) fn bool(tree: &Bool) -> Expr<bool, Main> {
    match tree {
        Bool::F => Sample::f.eq(true),
        Bool::Ints(a, comparison, b) => comparison!(int(a), comparison, int(b)),
        Bool::Floats(a, comparison, b) => comparison!(float(a), comparison, float(b)),
        Bool::Decimals(a, comparison, b) => comparison!(decimal(a), comparison, decimal(b)),
        Bool::Texts(a, comparison, b) => comparison!(text(a), comparison, text(b)),
        Bool::Dates(a, comparison, b) => comparison!(date(a), comparison, date(b)),
        Bool::And(a, b) => bool(a).and(bool(b)),
        Bool::Or(a, b) => bool(a).or(bool(b)),
        Bool::Not(a) => !bool(a),
        Bool::Between(a, b, c) => int(a).between(int(b), int(c)),
        Bool::In(a, list, false) => int(a).in_(list),
        Bool::In(a, list, true) => int(a).not_in(list),
        Bool::InSelect(a, false) => int(a).in_(other().select().columns(Sample::small.of(&other()).cast::<i64>())),
        Bool::InSelect(a, true) => int(a).not_in(other().select().columns(Sample::small.of(&other()).cast::<i64>())),
        Bool::IsNull(a, false) => text(a).is_null(),
        Bool::IsNull(a, true) => text(a).is_not_null(),
        Bool::Distinct(a, b, false) => int(a).is_distinct_from(int(b)),
        Bool::Distinct(a, b, true) => int(a).is_not_distinct_from(int(b)),
        Bool::DistinctFromNull(a) => text(a).is_distinct_from(None),
        Bool::Pattern(a, pattern, literal) => match pattern {
            Pattern::Like => text(a).like(literal),
            Pattern::NotLike => text(a).not_like(literal),
            Pattern::ILike => text(a).ilike(literal),
            Pattern::Contains => text(a).contains(literal),
            Pattern::StartsWith => text(a).starts_with(literal),
            Pattern::EndsWith => text(a).ends_with(literal),
            Pattern::IContains => text(a).icontains(literal),
            Pattern::IStartsWith => text(a).istarts_with(literal),
            Pattern::IEndsWith => text(a).iends_with(literal),
            Pattern::IEqual => text(a).ieq(literal),
        },
        Bool::Json(place) => json(*place).boolean().eq(true),
        Bool::Exists(a) => exists(other().select().filter(Sample::m.of(&other()).gt(int(a)))),
        Bool::NowIsLater => now::<DateTime<Utc>>().of_bind::<Main>().gt(Sample::at),
    }
}

pub(crate) fn window(tree: &Window) -> Built<i64> {
    let n = Sample::n;
    match tree.call {
        Call::RowNumber => of_main(over(tree, row_number().over())),
        Call::Rank => of_main(rank().over().partition_by(int(&tree.partition)).order_by(by_n(tree))),
        Call::DenseRank => of_main(dense_rank().over().partition_by(int(&tree.partition)).order_by(by_n(tree))),
        Call::Ntile(parts) => of_main(over(tree, ntile(parts).over())),
        Call::Lag(rows) => over(tree, n.lag(rows).over()).nullable(),
        Call::Lead(rows) => over(tree, n.lead(rows).over()).nullable(),
        Call::FirstValue => framed(tree, n.first_value().over()).nullable(),
        Call::LastValue => framed(tree, n.last_value().over()).nullable(),
        Call::Sum => framed(tree, n.sum().over()).nullable(),
        Call::Count => framed(tree, n.count().over()).nullable(),
    }
}

fn by_n(tree: &Window) -> Order<Main> {
    let order = if tree.descending { Sample::n.desc() } else { Sample::n.asc() };
    if tree.nulls_first { order.nulls_first() } else { order.nulls_last() }
}

fn over<V: Scalar, B>(tree: &Window, window: Windowed<V, B>) -> Windowed<V, B>
where
    B: bindery::SameDatabase<Main>,
{
    window.partition_by(int(&tree.partition)).order_by(by_n(tree)).order_by(Sample::id.asc())
}

/// Which names no column itself.
fn of_main(window: Windowed<i64, bindery::AnyBind>) -> Built<i64> {
    window.into_expr().of_bind::<Main>().nullable()
}

fn framed<V: Scalar<Base = i64>>(tree: &Window, window: Windowed<V, Main>) -> Windowed<V, Main> {
    let bound = |rows, some: fn(u32) -> FrameBound| if rows == 0 { FrameBound::CurrentRow } else { some(rows) };
    let window = match tree.rows {
        Some((2, 2)) => window.rows(FrameBound::UnboundedPreceding, FrameBound::UnboundedFollowing),
        Some((before, behind)) => window.rows(bound(before, FrameBound::Preceding), bound(behind, FrameBound::Following)),
        None => window,
    };
    over(tree, window)
}
