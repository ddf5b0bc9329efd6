//! Trees of expressions, by the type of their values, and how they are made at random.

use std::cell::RefCell;
use std::collections::HashMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

#[derive(Debug, Clone)]
pub(crate) enum Int {
    N,
    M,
    Small,
    /// of an unsigned column, less this: never below what its type takes on PostgreSQL
    Byte(u8),
    Literal(i64),
    Binary(Box<Int>, Arithmetic, Box<Int>),
    Divided(Box<Int>, Box<Int>),
    Remainder(Box<Int>, Box<Int>),
    Negative(Box<Int>),
    Length(Box<Text>),
    OfFloat(Box<Float>),
    OfDecimal(Box<Dec>),
    OfBool(Box<Bool>),
    OfDigits,
    Part(Part, Box<Date>),
    PartOfMoment(Part),
    Hour,
    Minute,
    SecondOfMoment,
    Json(Place),
    Case(Box<Case<Int>>),
    Coalesce(Box<Int>, Box<Int>),
    NullIf(Box<Int>, Box<Int>),
    /// over all rows: of those for which this holds, if it isn't left out
    Aggregate(Aggregate, Option<Box<Int>>),
}

#[derive(Debug, Clone)]
pub(crate) enum Float {
    X,
    Literal(f64),
    Binary(Box<Float>, Arithmetic, Box<Float>),
    Divided(Box<Float>, Box<Float>),
    Negative(Box<Float>),
    OfInt(Box<Int>),
    OfDecimal(Box<Dec>),
    OfDigits,
    Json(Place),
    Average,
    Case(Box<Case<Float>>),
    Coalesce(Box<Float>, Box<Float>),
}

#[derive(Debug, Clone)]
pub(crate) enum Dec {
    D,
    Literal(Decimal),
    Binary(Box<Dec>, Arithmetic, Box<Dec>),
    Negative(Box<Dec>),
    OfInt(Box<Int>),
    Sum,
    Case(Box<Case<Dec>>),
    Coalesce(Box<Dec>, Box<Dec>),
}

#[derive(Debug, Clone)]
pub(crate) enum Text {
    S,
    T,
    Literal(String),
    Lower(Box<Text>),
    Upper(Box<Text>),
    Trim(Box<Text>),
    Concat(Box<Text>, Box<Text>),
    Replace(Box<Text>, Box<Text>, Box<Text>),
    Substring(Box<Text>, u32, u32),
    OfInt(Box<Int>),
    OfBool(Box<Bool>),
    Json(Place),
    Case(Box<Case<Text>>),
    Coalesce(Box<Text>, Box<Text>),
    NullIf(Box<Text>, Box<Text>),
    Most(bool),
}

#[derive(Debug, Clone)]
pub(crate) enum Date {
    Day,
    Moment,
    Start(Start, Box<Date>),
    StartOfMoment(Start),
    Coalesce(Box<Date>, Box<Date>),
}

#[derive(Debug, Clone)]
pub(crate) enum Bool {
    F,
    Ints(Box<Int>, Comparison, Box<Int>),
    Floats(Box<Float>, Comparison, Box<Float>),
    Decimals(Box<Dec>, Comparison, Box<Dec>),
    Texts(Box<Text>, Comparison, Box<Text>),
    Dates(Box<Date>, Comparison, Box<Date>),
    And(Box<Bool>, Box<Bool>),
    Or(Box<Bool>, Box<Bool>),
    Not(Box<Bool>),
    Between(Box<Int>, Box<Int>, Box<Int>),
    In(Box<Int>, Vec<i64>, bool),
    /// among the values of `small`, or not; NULL among them
    InSelect(Box<Int>, bool),
    IsNull(Box<Text>, bool),
    Distinct(Box<Int>, Box<Int>, bool),
    DistinctFromNull(Box<Text>),
    Pattern(Box<Text>, Pattern, String),
    Json(Place),
    /// a row whose `m` is more than this row's expression
    Exists(Box<Int>),
    NowIsLater,
}

/// When, its value, else when, its value, and otherwise, if there is one.
#[derive(Debug, Clone)]
pub(crate) struct Case<T> {
    pub(crate) first: (Bool, T),
    pub(crate) second: (Bool, T),
    pub(crate) otherwise: Option<T>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Pattern {
    Like,
    NotLike,
    ILike,
    Contains,
    StartsWith,
    EndsWith,
    IContains,
    IStartsWith,
    IEndsWith,
    IEqual,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Year,
    Month,
    Day,
    Weekday,
    UnixSeconds,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Day,
    Week,
    Month,
    Year,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Name,
    First,
    Fraction,
    Truth,
    Nothing,
    Number,
    No,
    Odd,
    Root,
    Large,
    Digit,
    DigitOfArray,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Aggregate {
    Count,
    CountOfN,
    CountDistinct,
    Sum,
    Min,
    Max,
}

/// A function of the rows that have an expression in common, in the order of `n`, where NULLs come first or last, and then of `id`.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) call: Call,
    pub(crate) partition: Int,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
    /// of so many rows before each and behind it
    pub(crate) rows: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    RowNumber,
    /// these two in the order of `n` alone
    Rank,
    DenseRank,
    Ntile(u32),
    Lag(u32),
    Lead(u32),
    FirstValue,
    LastValue,
    Sum,
    Count,
}

type Tree<T> = BoxedStrategy<T>;

fn one_of<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> Tree<T> {
    prop::sample::select(values).boxed()
}

fn comparison() -> Tree<Comparison> {
    use Comparison::*;
    one_of(&[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
}

fn arithmetic() -> Tree<Arithmetic> {
    one_of(&[Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply])
}

fn place() -> Tree<Place> {
    use Place::*;
    one_of(&[Name, First, Fraction, Truth, Nothing, Number, No, Odd, Root, Large, Digit, DigitOfArray])
}

fn part() -> Tree<Part> {
    one_of(&[Part::Year, Part::Month, Part::Day, Part::Weekday, Part::UnixSeconds])
}

fn start_of() -> Tree<Start> {
    one_of(&[Start::Day, Start::Week, Start::Month, Start::Year])
}

fn literal() -> Tree<String> {
    prop_oneof!["[ab_%\\\\ 'N]{0,4}", Just("Notes".to_owned()), Just("日".to_owned()), Just("note".to_owned())].boxed()
}

fn boxed<T: Clone + std::fmt::Debug + 'static>(tree: Tree<T>) -> Tree<Box<T>> {
    tree.prop_map(Box::new).boxed()
}

/// Trees of a type and depth, made once: each is made of all those that are less deep.
macro_rules! kept {
    ($name:ident $ty:ident by $anew:ident) => {
        pub(crate) fn $name(depth: u32) -> Tree<$ty> {
            thread_local! {
                static KEPT: RefCell<HashMap<u32, Tree<$ty>>> = RefCell::default();
            }
            let known = KEPT.with_borrow(|kept| kept.get(&depth).cloned());
            known.unwrap_or_else(|| {
                let made = $anew(depth);
                KEPT.with_borrow_mut(|kept| kept.insert(depth, made.clone()));
                made
            })
        }
    };
}

fn case<T: Clone + std::fmt::Debug + 'static>(depth: u32, value: fn(u32) -> Tree<T>) -> Tree<Box<Case<T>>> {
    let branch = move || (bool(depth - 1), value(depth - 1));
    (branch(), branch(), proptest::option::of(value(depth - 1)))
        .prop_map(|(first, second, otherwise)| Box::new(Case { first, second, otherwise }))
        .boxed()
}

kept!(int Int by int_anew);

fn int_anew(depth: u32) -> Tree<Int> {
    let leaf = prop_oneof![
        3 => Just(Int::N),
        2 => Just(Int::M),
        1 => Just(Int::Small),
        1 => (0..=255_u8).prop_map(Int::Byte),
        2 => (-12..13_i64).prop_map(Int::Literal),
        1 => Just(Int::OfDigits),
        1 => part().prop_map(Int::PartOfMoment),
        1 => prop_oneof![Just(Int::Hour), Just(Int::Minute), Just(Int::SecondOfMoment)],
        1 => place().prop_map(Int::Json),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let int = || boxed(int(depth - 1));
    let aggregate =
        one_of(&[Aggregate::Count, Aggregate::CountOfN, Aggregate::CountDistinct, Aggregate::Sum, Aggregate::Min, Aggregate::Max]);
    prop_oneof![
        2 => leaf,
        4 => (int(), arithmetic(), int()).prop_map(|(a, operator, b)| Int::Binary(a, operator, b)),
        2 => (int(), int()).prop_map(|(a, b)| Int::Divided(a, b)),
        2 => (int(), int()).prop_map(|(a, b)| Int::Remainder(a, b)),
        1 => int().prop_map(Int::Negative),
        2 => boxed(text(depth - 1)).prop_map(Int::Length),
        1 => boxed(float(depth - 1)).prop_map(Int::OfFloat),
        1 => boxed(decimal(depth - 1)).prop_map(Int::OfDecimal),
        1 => boxed(bool(depth - 1)).prop_map(Int::OfBool),
        1 => (part(), boxed(date(depth - 1))).prop_map(|(part, date)| Int::Part(part, date)),
        2 => case(depth, self::int).prop_map(Int::Case),
        1 => (int(), int()).prop_map(|(a, b)| Int::Coalesce(a, b)),
        1 => (int(), int()).prop_map(|(a, b)| Int::NullIf(a, b)),
        1 => (aggregate, proptest::option::of(int())).prop_map(|(aggregate, most)| Int::Aggregate(aggregate, most)),
    ]
    .boxed()
}

kept!(float Float by float_anew);

fn float_anew(depth: u32) -> Tree<Float> {
    let leaf = prop_oneof![
        3 => Just(Float::X),
        2 => prop_oneof![Just(0.0), Just(0.1), Just(-3.5), Just(7.0)].prop_map(Float::Literal),
        1 => Just(Float::OfDigits),
        1 => Just(Float::Average),
        1 => place().prop_map(Float::Json),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let float = || boxed(float(depth - 1));
    prop_oneof![
        2 => leaf,
        4 => (float(), arithmetic(), float()).prop_map(|(a, operator, b)| Float::Binary(a, operator, b)),
        2 => (float(), float()).prop_map(|(a, b)| Float::Divided(a, b)),
        1 => float().prop_map(Float::Negative),
        1 => boxed(int(depth - 1)).prop_map(Float::OfInt),
        1 => boxed(decimal(depth - 1)).prop_map(Float::OfDecimal),
        1 => case(depth, self::float).prop_map(Float::Case),
        1 => (float(), float()).prop_map(|(a, b)| Float::Coalesce(a, b)),
    ]
    .boxed()
}

kept!(decimal Dec by decimal_anew);

fn decimal_anew(depth: u32) -> Tree<Dec> {
    let literal = (-1_000..1_000_i64, 0..3_u32).prop_map(|(digits, scale)| Dec::Literal(Decimal::new(digits, scale)));
    let leaf = prop_oneof![3 => Just(Dec::D), 2 => literal, 1 => Just(Dec::Sum)];
    if depth == 0 {
        return leaf.boxed();
    }
    let decimal = || boxed(decimal(depth - 1));
    prop_oneof![
        2 => leaf,
        4 => (decimal(), arithmetic(), decimal()).prop_map(|(a, operator, b)| Dec::Binary(a, operator, b)),
        1 => decimal().prop_map(Dec::Negative),
        1 => boxed(int(depth - 1)).prop_map(Dec::OfInt),
        1 => case(depth, self::decimal).prop_map(Dec::Case),
        1 => (decimal(), decimal()).prop_map(|(a, b)| Dec::Coalesce(a, b)),
    ]
    .boxed()
}

kept!(text Text by text_anew);

fn text_anew(depth: u32) -> Tree<Text> {
    let leaf = prop_oneof![
        3 => Just(Text::S),
        2 => Just(Text::T),
        2 => literal().prop_map(Text::Literal),
        1 => place().prop_map(Text::Json),
        1 => any::<bool>().prop_map(Text::Most),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let text = || boxed(text(depth - 1));
    prop_oneof![
        2 => leaf,
        1 => text().prop_map(Text::Lower),
        1 => text().prop_map(Text::Upper),
        1 => text().prop_map(Text::Trim),
        3 => (text(), text()).prop_map(|(a, b)| Text::Concat(a, b)),
        2 => (text(), text(), text()).prop_map(|(a, b, c)| Text::Replace(a, b, c)),
        2 => (text(), 1..4_u32, 0..5_u32).prop_map(|(text, start, length)| Text::Substring(text, start, length)),
        1 => boxed(int(depth - 1)).prop_map(Text::OfInt),
        1 => boxed(bool(depth - 1)).prop_map(Text::OfBool),
        1 => case(depth, self::text).prop_map(Text::Case),
        1 => (text(), text()).prop_map(|(a, b)| Text::Coalesce(a, b)),
        1 => (text(), text()).prop_map(|(a, b)| Text::NullIf(a, b)),
    ]
    .boxed()
}

kept!(date Date by date_anew);

fn date_anew(depth: u32) -> Tree<Date> {
    let leaf = prop_oneof![Just(Date::Day), Just(Date::Moment), start_of().prop_map(Date::StartOfMoment)];
    if depth == 0 {
        return leaf.boxed();
    }
    let date = || boxed(date(depth - 1));
    prop_oneof![
        leaf,
        (start_of(), date()).prop_map(|(start, date)| Date::Start(start, date)),
        (date(), date()).prop_map(|(a, b)| Date::Coalesce(a, b)),
    ]
    .boxed()
}

kept!(bool Bool by bool_anew);

fn bool_anew(depth: u32) -> Tree<Bool> {
    let leaf = prop_oneof![4 => Just(Bool::F), 1 => place().prop_map(Bool::Json), 1 => Just(Bool::NowIsLater)];
    if depth == 0 {
        return leaf.boxed();
    }
    let (bool, int, text) = (|| boxed(bool(depth - 1)), || boxed(int(depth - 1)), || boxed(text(depth - 1)));
    let pattern = one_of(&[
        Pattern::Like,
        Pattern::NotLike,
        Pattern::ILike,
        Pattern::Contains,
        Pattern::StartsWith,
        Pattern::EndsWith,
        Pattern::IContains,
        Pattern::IStartsWith,
        Pattern::IEndsWith,
        Pattern::IEqual,
    ]);
    let float = || boxed(float(depth - 1));
    let (decimal, date) = (|| boxed(decimal(depth - 1)), || boxed(date(depth - 1)));
    prop_oneof![
        1 => leaf,
        2 => (int(), comparison(), int()).prop_map(|(a, comparison, b)| Bool::Ints(a, comparison, b)),
        1 => (float(), comparison(), float()).prop_map(|(a, comparison, b)| Bool::Floats(a, comparison, b)),
        1 => (decimal(), comparison(), decimal()).prop_map(|(a, comparison, b)| Bool::Decimals(a, comparison, b)),
        2 => (text(), comparison(), text()).prop_map(|(a, comparison, b)| Bool::Texts(a, comparison, b)),
        1 => (date(), comparison(), date()).prop_map(|(a, comparison, b)| Bool::Dates(a, comparison, b)),
        2 => (bool(), bool()).prop_map(|(a, b)| Bool::And(a, b)),
        2 => (bool(), bool()).prop_map(|(a, b)| Bool::Or(a, b)),
        1 => bool().prop_map(Bool::Not),
        1 => (int(), int(), int()).prop_map(|(a, b, c)| Bool::Between(a, b, c)),
        1 => (int(), prop::collection::vec(-3..9_i64, 0..3), any::<bool>()).prop_map(|(a, list, negated)| Bool::In(a, list, negated)),
        1 => (int(), any::<bool>()).prop_map(|(a, negated)| Bool::InSelect(a, negated)),
        1 => (text(), any::<bool>()).prop_map(|(a, negated)| Bool::IsNull(a, negated)),
        1 => (int(), int(), any::<bool>()).prop_map(|(a, b, negated)| Bool::Distinct(a, b, negated)),
        1 => text().prop_map(Bool::DistinctFromNull),
        3 => (text(), pattern, literal()).prop_map(|(text, pattern, literal)| Bool::Pattern(text, pattern, literal)),
        1 => int().prop_map(Bool::Exists),
    ]
    .boxed()
}

pub(crate) fn window(depth: u32) -> Tree<Window> {
    let call = prop_oneof![
        one_of(&[Call::RowNumber, Call::Rank, Call::DenseRank, Call::FirstValue, Call::LastValue, Call::Sum, Call::Count]),
        (1..4_u32).prop_map(Call::Ntile),
        (0..3_u32).prop_map(Call::Lag),
        (0..3_u32).prop_map(Call::Lead),
    ];
    let rows = proptest::option::of((0..3_u32, 0..3_u32));
    (call, int(depth), any::<bool>(), any::<bool>(), rows)
        .prop_map(|(call, partition, descending, nulls_first, rows)| Window { call, partition, descending, nulls_first, rows })
        .boxed()
}
