//! What a tree is for a row, by plain Rust: SQL's rules, with its NULL.

use chrono::{Datelike, Days, NaiveDate, Timelike};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use crate::sample::Sample;
use crate::tree::*;

/// Backends differ here, as `docs/TYPES.md` says (beyond a type's range, spaces at the end of text), or a float's last digit would decide.
pub(crate) struct Differs;

type Answer<T> = Result<Option<T>, Differs>;

/// A row among all rows.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) row: &'a Sample,
    pub(crate) all: &'a [Sample],
}

fn both<A, B, T>(a: Answer<A>, b: Answer<B>, combine: impl FnOnce(A, B) -> Answer<T>) -> Answer<T> {
    match (a?, b?) {
        (Some(a), Some(b)) => combine(a, b),
        _ => Ok(None),
    }
}

fn map<A, T>(a: Answer<A>, to: impl FnOnce(A) -> Answer<T>) -> Answer<T> {
    a?.map_or(Ok(None), to)
}

fn case<T, V>(tree: &Case<T>, row: Row<'_>, value: fn(&T, Row<'_>) -> Answer<V>) -> Answer<V> {
    let Case { first, second, otherwise } = tree;
    // Of a branch that isn't taken, a server may compute the value all the same.
    let (a, b) = (value(&first.1, row)?, value(&second.1, row)?);
    let otherwise = otherwise.as_ref().map_or(Ok(None), |otherwise| value(otherwise, row))?;
    let (is_first, is_second) = (bool(&first.0, row)?, bool(&second.0, row)?);
    Ok(if is_first == Some(true) {
        a
    } else if is_second == Some(true) {
        b
    } else {
        otherwise
    })
}

fn compared<T: PartialOrd>(a: &T, comparison: Comparison, b: &T) -> bool {
    match comparison {
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
        Comparison::Less => a < b,
        Comparison::LessOrEqual => a <= b,
        Comparison::Greater => a > b,
        Comparison::GreaterOrEqual => a >= b,
    }
}

pub(crate) fn int(tree: &Int, row: Row<'_>) -> Answer<i64> {
    let sample = row.row;
    match tree {
        Int::N => Ok(sample.n),
        Int::M => Ok(Some(sample.m)),
        Int::Small => Ok(sample.small.map(i64::from)),
        Int::Byte(less) => Ok(Some(i64::from(sample.byte) - i64::from(*less))),
        Int::Literal(number) => Ok(Some(*number)),
        Int::Binary(a, operator, b) => both(int(a, row), int(b, row), |a, b| {
            let result = match operator {
                Arithmetic::Add => a.checked_add(b),
                Arithmetic::Subtract => a.checked_sub(b),
                Arithmetic::Multiply => a.checked_mul(b),
            };
            result.ok_or(Differs).map(Some)
        }),
        Int::Divided(a, b) => both(int(a, row), int(b, row), |a, b| match b {
            0 => Ok(None),
            b => a.checked_div(b).ok_or(Differs).map(Some),
        }),
        Int::Remainder(a, b) => both(int(a, row), int(b, row), |a, b| match b {
            0 => Ok(None),
            b => a.checked_rem(b).ok_or(Differs).map(Some),
        }),
        Int::Negative(a) => map(int(a, row), |a| a.checked_neg().ok_or(Differs).map(Some)),
        Int::Length(a) => map(text(a, row), |a| Ok(i64::try_from(a.chars().count()).ok())),
        Int::OfFloat(a) => map(float(a, row), |a| {
            let is_close = a != a.round() && (a - a.round()).abs() < 1e-9 * a.abs().max(1.0);
            if a.abs() > 9e15 || is_close { Err(Differs) } else { Ok(Some(a.trunc() as i64)) }
        }),
        Int::OfDecimal(a) => map(decimal(a, row), |a| a.trunc().to_i64().ok_or(Differs).map(Some)),
        Int::OfBool(a) => map(bool(a, row), |a| Ok(Some(i64::from(a)))),
        Int::OfDigits => Ok(sample.digits.parse().ok()),
        Int::Part(of, a) => map(date(a, row), |a| {
            Ok(Some(match of {
                Part::Year => i64::from(a.year()),
                Part::Month => i64::from(a.month()),
                Part::Day => i64::from(a.day()),
                Part::Weekday => i64::from(a.weekday().number_from_monday()),
                Part::UnixSeconds => a.and_time(chrono::NaiveTime::MIN).and_utc().timestamp(),
            }))
        }),
        Int::PartOfMoment(of) => Ok(sample.at.map(|at| match of {
            Part::Year => i64::from(at.year()),
            Part::Month => i64::from(at.month()),
            Part::Day => i64::from(at.day()),
            Part::Weekday => i64::from(at.weekday().number_from_monday()),
            Part::UnixSeconds => at.timestamp(),
        })),
        Int::Hour => Ok(Some(sample.time.hour().into())),
        Int::Minute => Ok(Some(sample.time.minute().into())),
        Int::SecondOfMoment => Ok(sample.at.map(|at| at.second().into())),
        Int::Json(place) => Ok(json(*place, sample).and_then(Value::as_i64)),
        Int::Case(a) => case(a, row, int),
        Int::Coalesce(a, b) => Ok(int(a, row)?.or(int(b, row)?)),
        Int::NullIf(a, b) => {
            let (a, b) = (int(a, row)?, int(b, row)?);
            Ok(a.filter(|_| a != b))
        }
        Int::Aggregate(function, most) => aggregate(*function, most.as_deref(), row),
    }
}

fn aggregate(function: Aggregate, most: Option<&Int>, row: Row<'_>) -> Answer<i64> {
    let most = most.map(|most| int(most, row)).transpose()?;
    let is_meant = |other: &&Sample| most.is_none_or(|most| most.is_some_and(|most| other.m < most));
    let rows: Vec<_> = row.all.iter().filter(is_meant).collect();
    let numbers: Vec<_> = rows.iter().filter_map(|other| other.n).collect();
    let distinct = numbers.iter().collect::<std::collections::BTreeSet<_>>().len();
    Ok(match function {
        Aggregate::Count => i64::try_from(rows.len()).ok(),
        Aggregate::CountOfN => i64::try_from(numbers.len()).ok(),
        Aggregate::CountDistinct => i64::try_from(distinct).ok(),
        Aggregate::Sum => (!numbers.is_empty()).then(|| numbers.iter().sum()),
        Aggregate::Min => numbers.into_iter().min(),
        Aggregate::Max => numbers.into_iter().max(),
    })
}

pub(crate) fn float(tree: &Float, row: Row<'_>) -> Answer<f64> {
    let is_normal = |number: f64| if number == 0.0 || (1e-90..1e90).contains(&number.abs()) { Ok(Some(number)) } else { Err(Differs) };
    match tree {
        Float::X => Ok(row.row.x),
        Float::Literal(number) => Ok(Some(*number)),
        Float::Binary(a, operator, b) => both(float(a, row), float(b, row), |a, b| {
            is_normal(match operator {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
            })
        }),
        Float::Divided(a, b) => both(float(a, row), float(b, row), |a, b| if b == 0.0 { Ok(None) } else { is_normal(a / b) }),
        Float::Negative(a) => map(float(a, row), |a| Ok(Some(-a))),
        Float::OfInt(a) => map(int(a, row), |a| if a.abs() < 1 << 53 { Ok(Some(a as f64)) } else { Err(Differs) }),
        Float::OfDecimal(a) => map(decimal(a, row), |a| Ok(a.to_string().parse().ok())),
        Float::OfDigits => Ok(row.row.digits.parse().ok()),
        Float::Json(place) => Ok(json(*place, row.row).and_then(Value::as_f64)),
        Float::Average => {
            let numbers: Vec<_> = row.all.iter().filter_map(|other| other.x).collect();
            Ok(Some(numbers.iter().sum::<f64>() / numbers.len() as f64))
        }
        Float::Case(a) => case(a, row, float),
        Float::Coalesce(a, b) => Ok(float(a, row)?.or(float(b, row)?)),
    }
}

pub(crate) fn decimal(tree: &Dec, row: Row<'_>) -> Answer<Decimal> {
    // Digits for which there is room everywhere: rust_decimal has 28, MySQL 30 behind the point.
    let has_room = |number: Option<Decimal>, scale: u32| match number {
        Some(number) if scale <= 14 && number.abs() < Decimal::from(10_i64.pow(13)) => Ok(Some(number)),
        _ => Err(Differs),
    };
    match tree {
        Dec::D => Ok(row.row.d),
        Dec::Literal(number) => Ok(Some(*number)),
        Dec::Binary(a, operator, b) => both(decimal(a, row), decimal(b, row), |a, b| match operator {
            Arithmetic::Add => has_room(a.checked_add(b), a.scale().max(b.scale())),
            Arithmetic::Subtract => has_room(a.checked_sub(b), a.scale().max(b.scale())),
            Arithmetic::Multiply => has_room(a.checked_mul(b), a.scale() + b.scale()),
        }),
        Dec::Negative(a) => map(decimal(a, row), |a| Ok(Some(-a))),
        Dec::OfInt(a) => map(int(a, row), |a| has_room(Some(a.into()), 0)),
        Dec::Sum => Ok(Some(row.all.iter().filter_map(|other| other.d).sum())),
        Dec::Case(a) => case(a, row, decimal),
        Dec::Coalesce(a, b) => Ok(decimal(a, row)?.or(decimal(b, row)?)),
    }
}

pub(crate) fn text(tree: &Text, row: Row<'_>) -> Answer<String> {
    match tree {
        Text::S => Ok(row.row.s.clone()),
        Text::T => Ok(Some(row.row.t.clone())),
        Text::Literal(literal) => Ok(Some(literal.clone())),
        Text::Lower(a) => map(text(a, row), |a| Ok(Some(a.to_ascii_lowercase()))),
        Text::Upper(a) => map(text(a, row), |a| Ok(Some(a.to_ascii_uppercase()))),
        Text::Trim(a) => map(text(a, row), |a| Ok(Some(a.trim_matches(' ').to_owned()))),
        Text::Concat(a, b) => both(text(a, row), text(b, row), |a, b| Ok(Some(a + &b))),
        Text::Replace(a, b, c) => {
            let c = text(c, row)?;
            both(text(a, row), text(b, row), |a, b| {
                Ok(c.map(|c| match b.as_str() {
                    "" => a,
                    b => a.replace(b, &c),
                }))
            })
        }
        Text::Substring(a, start, length) => {
            map(text(a, row), |a| Ok(Some(a.chars().skip(*start as usize - 1).take(*length as usize).collect())))
        }
        Text::OfInt(a) => map(int(a, row), |a| Ok(Some(a.to_string()))),
        Text::OfBool(a) => map(bool(a, row), |a| Ok(Some(i64::from(a).to_string()))),
        Text::Json(place) => Ok(json(*place, row.row).and_then(Value::as_str).map(str::to_owned)),
        Text::Case(a) => case(a, row, text),
        Text::Coalesce(a, b) => Ok(text(a, row)?.or(text(b, row)?)),
        Text::NullIf(a, b) => {
            let (a, b) = (text(a, row)?, text(b, row)?);
            if let (Some(a), Some(b)) = (&a, &b) {
                no_spaces_at_end(a, b)?;
            }
            Ok(a.clone().filter(|_| a != b))
        }
        Text::Most(true) => Ok(row.all.iter().filter_map(|other| other.s.clone()).max()),
        Text::Most(false) => Ok(row.all.iter().filter_map(|other| other.s.clone()).min()),
    }
}

/// MySQL compares text as if the shorter one had spaces behind it.
fn no_spaces_at_end(a: &str, b: &str) -> Result<(), Differs> {
    if a.trim_end_matches(' ') == a && b.trim_end_matches(' ') == b && a.chars().chain(b.chars()).all(|letter| letter >= ' ') {
        return Ok(());
    }
    Err(Differs)
}

pub(crate) fn date(tree: &Date, row: Row<'_>) -> Answer<NaiveDate> {
    let start = |start: Start, date: NaiveDate| match start {
        Start::Day => Some(date),
        Start::Week => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())),
        Start::Month => date.with_day(1),
        Start::Year => date.with_day(1).and_then(|date| date.with_month(1)),
    };
    match tree {
        Date::Day => Ok(row.row.day),
        Date::Moment => Ok(row.row.at.map(|at| at.date_naive())),
        Date::Start(of, a) => map(date(a, row), |a| Ok(start(*of, a))),
        Date::StartOfMoment(of) => Ok(row.row.at.and_then(|at| start(*of, at.date_naive()))),
        Date::Coalesce(a, b) => Ok(date(a, row)?.or(date(b, row)?)),
    }
}

pub(crate) fn bool(tree: &Bool, row: Row<'_>) -> Answer<bool> {
    match tree {
        Bool::F => Ok(row.row.f),
        Bool::Ints(a, comparison, b) => both(int(a, row), int(b, row), |a, b| Ok(Some(compared(&a, *comparison, &b)))),
        Bool::Floats(a, comparison, b) => both(float(a, row), float(b, row), |a, b| {
            let is_exact = |number: f64| (number * 1024.0).fract() == 0.0;
            let is_close = (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
            if is_close && !(is_exact(a) && is_exact(b)) { Err(Differs) } else { Ok(Some(compared(&a, *comparison, &b))) }
        }),
        Bool::Decimals(a, comparison, b) => both(decimal(a, row), decimal(b, row), |a, b| Ok(Some(compared(&a, *comparison, &b)))),
        Bool::Texts(a, comparison, b) => both(text(a, row), text(b, row), |a, b| {
            no_spaces_at_end(&a, &b)?;
            Ok(Some(compared(&a, *comparison, &b)))
        }),
        Bool::Dates(a, comparison, b) => both(date(a, row), date(b, row), |a, b| Ok(Some(compared(&a, *comparison, &b)))),
        Bool::And(a, b) => Ok(match (bool(a, row)?, bool(b, row)?) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }),
        Bool::Or(a, b) => Ok(match (bool(a, row)?, bool(b, row)?) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }),
        Bool::Not(a) => map(bool(a, row), |a| Ok(Some(!a))),
        Bool::Between(a, b, c) => {
            let (a, b, c) = (int(a, row)?, int(b, row)?, int(c, row)?);
            Ok(match (a.zip(b).map(|(a, b)| a >= b), a.zip(c).map(|(a, c)| a <= c)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            })
        }
        Bool::In(a, list, negated) => {
            let a = int(a, row)?;
            if list.is_empty() {
                return Ok(Some(*negated));
            }
            Ok(a.map(|a| list.contains(&a) != *negated))
        }
        Bool::InSelect(a, negated) => map(int(a, row), |a| {
            let is_in = row.all.iter().any(|other| other.small.map(i64::from) == Some(a));
            // NULL is among them, so nothing is surely not.
            Ok(is_in.then_some(!*negated))
        }),
        Bool::IsNull(a, negated) => Ok(Some(text(a, row)?.is_none() != *negated)),
        Bool::Distinct(a, b, negated) => Ok(Some((int(a, row)? != int(b, row)?) != *negated)),
        Bool::DistinctFromNull(a) => Ok(Some(text(a, row)?.is_some())),
        Bool::Pattern(a, pattern, literal) => map(text(a, row), |a| matches(&a, *pattern, literal)),
        Bool::Json(place) => Ok(json(*place, row.row).and_then(Value::as_bool)),
        Bool::Exists(a) => {
            let a = int(a, row)?;
            Ok(Some(a.is_some_and(|a| row.all.iter().any(|other| other.m > a))))
        }
        Bool::NowIsLater => Ok(row.row.at.map(|at| at.year() < 2026)),
    }
}

fn matches(text: &str, pattern: Pattern, literal: &str) -> Answer<bool> {
    let ends_in_escape = literal.len() - literal.trim_end_matches('\\').len();
    if matches!(pattern, Pattern::Like | Pattern::NotLike | Pattern::ILike) && ends_in_escape % 2 == 1 {
        return Err(Differs);
    }
    let lower = |text: &str| text.to_ascii_lowercase().chars().collect::<Vec<_>>();
    let plain = |text: &str| text.chars().collect::<Vec<_>>();
    Ok(Some(match pattern {
        Pattern::Like => like(&plain(text), &plain(literal)),
        Pattern::NotLike => !like(&plain(text), &plain(literal)),
        Pattern::ILike => like(&lower(text), &lower(literal)),
        Pattern::Contains => text.contains(literal),
        Pattern::StartsWith => text.starts_with(literal),
        Pattern::EndsWith => text.ends_with(literal),
        Pattern::IContains => text.to_ascii_lowercase().contains(&literal.to_ascii_lowercase()),
        Pattern::IStartsWith => text.to_ascii_lowercase().starts_with(&literal.to_ascii_lowercase()),
        Pattern::IEndsWith => text.to_ascii_lowercase().ends_with(&literal.to_ascii_lowercase()),
        Pattern::IEqual => {
            no_spaces_at_end(text, literal)?;
            text.eq_ignore_ascii_case(literal)
        }
    }))
}

fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        ['\\', letter, rest @ ..] | [letter, rest @ ..] => text.first() == Some(letter) && like(&text[1..], rest),
    }
}

fn json(place: Place, sample: &Sample) -> Option<&Value> {
    let j = sample.j.as_ref()?;
    let list = || j.get("a")?.get("list");
    match place {
        Place::Name => j.get("a")?.get("text"),
        Place::First => list()?.get(0),
        Place::Fraction => list()?.get(1),
        Place::Truth => list()?.get(2),
        Place::Nothing => list()?.get(3),
        Place::Number => j.get("n"),
        Place::No => j.get("b"),
        Place::Odd => j.get(r#"odd "key\"#),
        Place::Root => j.get("a"),
        Place::Large => j.get(0)?.get("n"),
        Place::Digit => j.get("0")?.get("n"),
        Place::DigitOfArray => j.get("a")?.get("0"),
    }
}

pub(crate) fn window(tree: &Window, row: Row<'_>) -> Answer<i64> {
    let partition = int(&tree.partition, row)?;
    let mut rows = Vec::new();
    for other in row.all {
        if int(&tree.partition, Row { row: other, ..row })? == partition {
            rows.push(other);
        }
    }
    let key = |sample: &Sample| {
        let place = if tree.descending { sample.n.map(|n| -n) } else { sample.n };
        (sample.n.is_none() != tree.nulls_first, place)
    };
    rows.sort_by_key(|sample| (key(sample), sample.id));
    let place = rows.iter().position(|sample| sample.id == row.row.id).unwrap_or_default();
    let before = rows.iter().filter(|sample| key(sample) < key(row.row));
    let keys_before = before.clone().map(|sample| key(sample)).collect::<std::collections::BTreeSet<_>>().len();
    let value = |place: Option<usize>| place.and_then(|place| rows.get(place)).and_then(|sample| sample.n);
    let frame = match tree.rows {
        None => &rows[..=place],
        Some((2, 2)) => &rows[..],
        Some((before, behind)) => &rows[place.saturating_sub(before as usize)..rows.len().min(place + behind as usize + 1)],
    };
    let numbers: Vec<_> = frame.iter().filter_map(|sample| sample.n).collect();
    let number = |number: usize| i64::try_from(number).ok();
    Ok(match tree.call {
        Call::RowNumber => number(place + 1),
        Call::Rank => number(before.count() + 1),
        Call::DenseRank => number(keys_before + 1),
        Call::Ntile(parts) => {
            let (parts, all) = (parts as usize, rows.len());
            let (size, larger) = (all / parts, all % parts);
            let sizes = (0..parts).flat_map(|part| std::iter::repeat_n(part, size + usize::from(part < larger)));
            sizes.skip(place).map(|part| part + 1).next().and_then(number)
        }
        Call::Lag(rows) => value(place.checked_sub(rows as usize)),
        Call::Lead(rows) => value(Some(place + rows as usize)),
        Call::FirstValue => frame.first().and_then(|sample| sample.n),
        Call::LastValue => frame.last().and_then(|sample| sample.n),
        Call::Sum => (!numbers.is_empty()).then(|| numbers.iter().sum()),
        Call::Count => number(numbers.len()),
    })
}
