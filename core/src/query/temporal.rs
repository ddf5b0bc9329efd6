use super::expression::Expression;
use super::node::{DatePart, Function, Start};
use super::text::{Lifted, call};
use super::{Expr, node::Node};
use crate::AnyBind;
use crate::value::{HasDate, HasTime, Scalar};

/// What can be done with dates, and with moments, which have one. Moments are in UTC. NULL gives NULL.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
/// use chrono::{DateTime, NaiveDate, Utc};
///
/// #[derive(Model)]
/// struct Payment { #[column(primary_key)] id: i64, at: DateTime<Utc>, cents: i64 }
///
/// #[derive(FromRow)]
/// struct Weekly { monday: NaiveDate, cents: Option<i64> }
///
/// let weeks = Payment::select().columns((Payment::at.start_of_week(), Payment::cents.sum())).group_by(Payment::at.start_of_week());
/// let sql = weeks.into::<Weekly>().filter(Payment::at.year().eq(2005)).to_sql(&Dialect::postgres())?;
/// assert!(sql.contains(r#"EXTRACT(YEAR FROM "payment"."at" AT TIME ZONE 'UTC')"#));
/// # Ok::<(), bindery::Error>(())
/// ```
pub trait DateExpression: Expression<Value: Scalar<Base: HasDate>> {
    /// The year.
    fn year(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Year)
    }

    /// The month, 1 to 12.
    fn month(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Month)
    }

    /// The day of the month, 1 to 31.
    fn day(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Day)
    }

    /// The day of the week: 1 for Monday to 7 for Sunday, as in ISO 8601.
    fn weekday(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Weekday)
    }

    /// The seconds since the beginning of 1970, a part of one cut off towards the past: of a date, those of its beginning. A difference of two is the seconds between them.
    fn unix_seconds(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::UnixSeconds)
    }

    /// The date.
    fn date(self) -> Expr<Lifted<Self, DateOf<Self>>, Self::Bind> {
        start(self, Start::Day)
    }

    /// The Monday of its week.
    fn start_of_week(self) -> Expr<Lifted<Self, DateOf<Self>>, Self::Bind> {
        start(self, Start::Week)
    }

    /// The first day of its month.
    fn start_of_month(self) -> Expr<Lifted<Self, DateOf<Self>>, Self::Bind> {
        start(self, Start::Month)
    }

    /// The first day of its year.
    fn start_of_year(self) -> Expr<Lifted<Self, DateOf<Self>>, Self::Bind> {
        start(self, Start::Year)
    }
}

/// What can be done with times of a day, and with moments, which have one. Moments are in UTC. NULL gives NULL.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
/// use chrono::NaiveTime;
///
/// #[derive(Model)]
/// struct Shop { #[column(primary_key)] id: i64, opens: NaiveTime }
///
/// let early = Shop::select().filter(Shop::opens.hour().lt(8));
/// assert!(early.to_sql(&Dialect::mysql())?.ends_with("WHERE HOUR(`shop`.`opens`) < ?"));
/// # Ok::<(), bindery::Error>(())
/// ```
pub trait TimeExpression: Expression<Value: Scalar<Base: HasTime>> {
    /// The hour, 0 to 23.
    fn hour(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Hour)
    }

    /// The minute, 0 to 59.
    fn minute(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Minute)
    }

    /// The second, 0 to 59, without its part.
    fn second(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        part(self, DatePart::Second)
    }
}

impl<E: Expression<Value: Scalar<Base: HasDate>>> DateExpression for E {}
impl<E: Expression<Value: Scalar<Base: HasTime>>> TimeExpression for E {}

/// The type of dates that goes with that of an expression.
type DateOf<E> = <<<E as Expression>::Value as Scalar>::Base as HasDate>::Date;

fn part<E: Expression>(expression: E, part: DatePart) -> Expr<Lifted<E, i64>, E::Bind> {
    call(Function::DatePart(part, E::Value::TYPE), [expression.into_expr().into_node()])
}

fn start<E: Expression, V: Scalar>(expression: E, start: Start) -> Expr<V, E::Bind> {
    call(Function::StartOf(start, E::Value::TYPE), [expression.into_expr().into_node()])
}

/// The moment at which the server runs the statement, in UTC; on SQLite it has milliseconds.
///
/// ```
/// use bindery::engine::Dialect;
/// use bindery::prelude::*;
/// use bindery::query::now;
/// use chrono::{DateTime, Utc};
///
/// #[derive(Model)]
/// struct Ticket { #[column(primary_key)] id: i64, ends: DateTime<Utc> }
///
/// let valid = Ticket::select().filter(Ticket::ends.gt(now::<DateTime<Utc>>()));
/// assert!(valid.to_sql(&Dialect::mysql())?.ends_with("WHERE `ticket`.`ends` > (UTC_TIMESTAMP(6))"));
/// # Ok::<(), bindery::Error>(())
/// ```
pub fn now<V: HasDate + HasTime>() -> Expr<V, AnyBind> {
    Expr::new(Node::Call(Function::Now, Vec::new(), V::TYPE))
}
