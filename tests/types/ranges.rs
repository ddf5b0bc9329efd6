//! The lowest and the highest value of each type that goes both ways.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use bindery::query::TypedColumn;
use bindery::value::Scalar;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::page::{Page, Table, backends, code};
use crate::place::Place;
use crate::sample::{Columns, Sample};

/// Microseconds of it.
const DAY: i128 = 86_400_000_000;

pub(crate) async fn ranges(page: &mut Page, places: &[Place]) {
    page.text("## Ranges");
    page.text(
        "The lowest and the highest value that goes both ways, as it stands in the database. An end is *not all* where the Rust type goes on beyond it; what is
beyond is refused with an error.",
    );
    let mut table = Table::of_backends(&["Rust type"]);
    macro_rules! of {
        ($name:expr, $column:ident, $ends:expr, $value:expr) => {
            Line { ends: $ends, value: $value }.row(&mut table, places, $name, Columns::$column).await;
        };
    }
    macro_rules! integers {
        ($($ty:ident)+) => {$(
            of!(stringify!($ty), $ty, $ty::MIN.into()..=$ty::MAX.into(), |at| at.try_into().unwrap());
        )+};
    }
    integers! { i8 i16 i32 i64 u8 u16 u32 u64 }
    // Their ends only, for there is nothing between that would be refused.
    of!("f32", f32, -1..=1, |sign| sign as f32 * f32::MAX);
    of!("f64", f64, -1..=1, |sign| sign as f64 * f64::MAX);
    of!("rust_decimal::Decimal", decimal, Decimal::MIN.mantissa()..=Decimal::MAX.mantissa(), |at| Decimal::from_i128_with_scale(at, 0));

    let chrono = chrono::DateTime::<chrono::Utc>::MIN_UTC.timestamp_micros().into()
        ..=chrono::DateTime::<chrono::Utc>::MAX_UTC.timestamp_micros().into();
    let time = micros(time::UtcDateTime::MIN.unix_timestamp_nanos())..=micros(time::UtcDateTime::MAX.unix_timestamp_nanos());
    let jiff = since_1970(jiff::civil::DateTime::MIN)..=since_1970(jiff::civil::DateTime::MAX);
    let jiff_utc = micros(jiff::Timestamp::MIN.as_nanosecond())..=micros(jiff::Timestamp::MAX.as_nanosecond());

    of!("chrono::NaiveDate", chrono_date, days(&chrono), |day| chrono_moment(day * DAY).date_naive());
    of!("time::Date", time_date, days(&time), |day| time_moment(day * DAY).date());
    of!("jiff::civil::Date", jiff_date, days(&jiff), |day| jiff_moment(day * DAY).date());

    of!("chrono::NaiveTime", chrono_time, 0..=DAY - 1, |at| chrono_moment(at).time());
    of!("time::Time", time_time, 0..=DAY - 1, |at| time_moment(at).time());
    of!("jiff::civil::Time", jiff_time, 0..=DAY - 1, |at| jiff_moment(at).time());

    of!("chrono::NaiveDateTime", chrono_date_time, chrono.clone(), |at| chrono_moment(at).naive_utc());
    of!("time::PrimitiveDateTime", time_date_time, time.clone(), |at| {
        time::PrimitiveDateTime::new(time_moment(at).date(), time_moment(at).time())
    });
    of!("jiff::civil::DateTime", jiff_date_time, jiff, jiff_moment);

    of!("chrono::DateTime<Utc>", chrono_timestamp, chrono, chrono_moment);
    of!("time::UtcDateTime", time_utc, time.clone(), time_moment);
    of!("time::OffsetDateTime", time_timestamp, time, |at| time_moment(at).into());
    of!("jiff::Timestamp", jiff_timestamp, jiff_utc, |at| jiff::Timestamp::from_nanosecond(at * 1_000).unwrap());

    of!("uuid::Uuid", uuid, i128::MIN..=i128::MAX, |at| Uuid::from_u128(at.cast_unsigned() ^ (1 << 127)));
    page.table(&table);
}

fn micros(nanos: i128) -> i128 {
    nanos.div_euclid(1_000)
}

fn days(micros: &RangeInclusive<i128>) -> RangeInclusive<i128> {
    micros.start().div_euclid(DAY)..=micros.end().div_euclid(DAY)
}

fn chrono_moment(micros: i128) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(micros.try_into().unwrap()).unwrap()
}

fn time_moment(micros: i128) -> time::UtcDateTime {
    time::UtcDateTime::from_unix_timestamp_nanos(micros * 1_000).unwrap()
}

fn jiff_moment(micros: i128) -> jiff::civil::DateTime {
    jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
        .checked_add(jiff::SignedDuration::from_micros(micros.try_into().unwrap()))
        .unwrap()
}

fn since_1970(moment: jiff::civil::DateTime) -> i128 {
    micros(moment.duration_since(jiff_moment(0)).as_nanos())
}

/// The values of a type in their order, each with its place on the line.
struct Line<T> {
    ends: RangeInclusive<i128>,
    value: fn(i128) -> T,
}

impl<T: Scalar + Clone + Debug + PartialEq> Line<T> {
    async fn row(&self, table: &mut Table, places: &[Place], name: &str, column: TypedColumn<Sample, Option<T>>) {
        let mut cells = Vec::new();
        for place in places {
            let lowest = self.end(place, column, *self.ends.start()).await;
            let highest = self.end(place, column, *self.ends.end()).await;
            cells.push(format!("{lowest} to {highest}"));
        }
        table.row([code(name)].into_iter().chain(backends(cells)));
    }

    /// The last value towards an end that goes both ways.
    async fn end(&self, place: &Place, column: TypedColumn<Sample, Option<T>>, end: i128) -> String {
        // Zero, or the beginning of 1970, is in every range.
        let (mut goes, mut refused) = (0, end);
        if self.goes(place, column, end).await {
            goes = end;
        } else {
            while goes.abs_diff(refused) > 1 {
                let between = goes + (refused - goes) / 2;
                *(if self.goes(place, column, between).await { &mut goes } else { &mut refused }) = between;
            }
        }
        assert!(self.goes(place, column, goes).await, "the last value that goes, goes again");
        let kept = code(&place.witness.cell("sample", column.name()));
        if goes == end { kept } else { format!("{kept} (not all)") }
    }

    async fn goes(&self, place: &Place, column: TypedColumn<Sample, Option<T>>, at: i128) -> bool {
        let value = (self.value)(at);
        match place.there_and_back(column, value.clone()).await {
            Ok(read) => {
                assert_eq!(read, Some(value), "`{}` came back as another value", column.name());
                true
            }
            Err(error) => {
                assert_eq!(error.kind(), bindery::ErrorKind::InvalidValue, "{error}");
                false
            }
        }
    }
}
