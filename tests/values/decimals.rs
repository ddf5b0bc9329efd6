use bindery::prelude::*;
use bindery::value::{Comparable, Ordered, Scalar, SqlType, Value, ValueRef};
use bindery::{Error, ErrorKind, Result};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::column::{Backend, Column, Place, block_on, columns, databases, equality, for_lists, order, round_trip, sum};

columns! {
    decimals: Decimal;
}

fn a_decimal_over_its_whole_range(backend: Backend) {
    let largest = Decimal::MAX.mantissa();
    let mantissas = prop_oneof![8 => -largest..=largest, 4 => -1_000..1_000_i128, 1 => Just(largest), 1 => Just(-largest)];
    let values = (mantissas, 0..=28_u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale));
    for_lists(backend, values, async |session, list| {
        equality(session, list).await?;
        order(session, list).await?;
        round_trip(session, list).await?;
        for (value, id) in list.iter().zip(0..) {
            let read = Decimal::value(session.get(id).await?.unwrap());
            // Its scale too: `2.50` stays `2.50`. Zero has no sign. MySQL's column has one scale for all: `2.50` is `2.5`.
            let scale = |value: Decimal| if backend.is_mysql() { value.normalize().scale() } else { value.scale() };
            assert_eq!(read.map(|read| read.scale()), value.map(scale));
        }
        Ok(())
    });
}

fn a_sum_of_decimals_is_exact(backend: Backend) {
    let values = (any::<i64>(), 0..=9_u32).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    for_lists(backend, values, async |session, list| {
        let there: Vec<_> = list.iter().flatten().copied().collect();
        let expected = if there.is_empty() { None } else { Some(there.iter().sum::<Decimal>()) };
        assert_eq!(sum::<Decimal>(session).await?, expected);
        Ok(())
    });
}

#[test]
fn decimals_on_sqlite() {
    a_decimal_over_its_whole_range(Backend::Sqlite);
    a_sum_of_decimals_is_exact(Backend::Sqlite);
}

#[test]
fn decimals_on_postgres() {
    a_decimal_over_its_whole_range(Backend::Postgres);
    a_sum_of_decimals_is_exact(Backend::Postgres);
}

#[test]
fn decimals_on_mariadb() {
    a_decimal_over_its_whole_range(Backend::MariaDb);
    a_sum_of_decimals_is_exact(Backend::MariaDb);
}

#[test]
fn decimals_on_mysql_5_7() {
    a_decimal_over_its_whole_range(Backend::MySql57);
    a_sum_of_decimals_is_exact(Backend::MySql57);
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Price {
    #[column(primary_key)]
    id: i64,
    #[column(type = decimal(5, 2))]
    amount: Option<Decimal>,
}

/// PostgreSQL and MySQL would round it, SQLite keep it.
#[test]
fn a_decimal_with_more_places_than_its_column_is_refused() -> Result<()> {
    for backend in Backend::ALL {
        let place = Place::new(backend);
        block_on(async {
            let databases = place.databases::<(Price,)>().await;
            let session = databases.session();
            let price = |id: i64, amount: &str| Price { id, amount: Some(amount.parse().unwrap()) };
            session.insert_many([price(1, "2.5"), price(2, "2.5000"), price(3, "-2")]).await?;
            for error in [
                session.insert(price(4, "2.505")).await.unwrap_err(),
                session.execute(Price::insert([price(4, "1"), price(5, "2.505")])).await.unwrap_err(),
                session.execute(Price::update_all().set(Price::amount.to(Decimal::new(1, 3)))).await.unwrap_err(),
            ] {
                assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::InvalidValue, Some("price"), Some("amount")));
            }
            // Compared it may be.
            assert_eq!(session.count(Price::select().filter(Price::amount.lt(Decimal::new(2_505, 3)))).await?, 3);
            Ok::<(), Error>(())
        })?;
    }
    Ok(())
}

/// All the digits that MySQL has, where `rust_decimal` has 28.
#[derive(Clone, Debug, PartialEq)]
struct Digits(String);

impl Scalar for Digits {
    type Base = Digits;
    type Lifted<T: Scalar> = T;
    const TYPE: SqlType = SqlType::Decimal;

    fn into_value(self) -> Result<Value> {
        Ok(Value::Decimal(self.0))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self> {
        match value {
            ValueRef::Decimal(digits) => Ok(Digits(digits.to_owned())),
            value => Err(Error::unexpected_value("a decimal", value)),
        }
    }
}

impl Comparable for Digits {}
impl Ordered for Digits {}

#[derive(Model, Clone, Debug, PartialEq)]
struct Amount {
    #[column(primary_key)]
    id: i64,
    any: Option<Digits>,
    #[column(type = decimal(65, 0))]
    whole: Option<Digits>,
}

/// A float would have 16 of them.
#[test]
fn decimals_of_65_digits_compare_by_each_of_them() -> Result<()> {
    for backend in [Backend::MariaDb, Backend::MySql57] {
        let place = Place::new(backend);
        block_on(async {
            let databases = place.databases::<(Amount,)>().await;
            let session = databases.session();
            let any = |last: u8| Digits(format!("{}.{}{last}", "9".repeat(35), "9".repeat(29)));
            let whole = |last: u8| Digits(format!("{}{last}", "9".repeat(64)));
            session.insert_many((1..=3).map(|id| Amount { id: id.into(), any: Some(any(id)), whole: Some(whole(id)) })).await?;
            let ids = async |condition| {
                let rows = session.all(Amount::select().columns(Amount::id).filter(condition).order_by(Amount::any.asc())).await.unwrap();
                rows.into_iter().map(|(id,)| id).collect::<Vec<_>>()
            };
            assert_eq!(ids(Amount::any.eq(any(2))).await, [2]);
            assert_eq!(ids(Amount::any.lt(any(3))).await, [1, 2]);
            assert_eq!(ids(Amount::any.in_([any(1), any(3)])).await, [1, 3]);
            assert_eq!(ids(Amount::whole.eq(whole(2))).await, [2]);
            assert_eq!(ids(Amount::whole.ge(whole(2))).await, [2, 3]);
            let update = Amount::update().set(Amount::any.to(any(7))).filter(Amount::any.gt(any(2)));
            assert_eq!(session.execute(update).await?.rows_affected, Some(1));
            let greatest = session.one(Amount::select().columns((Amount::any.max(), Amount::whole.max()))).await?;
            assert_eq!(greatest, (Some(any(7)), Some(whole(3))));
            Ok::<(), Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn decimals_compare_as_numbers_not_as_text() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let databases = databases::<(decimals::Row,)>(&folder.path().join("decimals.db")).await;
        let session = databases.session();
        let rows = ["10.25", "9.5", "1.50", "1.5", "-2"].iter().zip(0..);
        session.execute(decimals::Row::insert(rows.map(|(text, id)| Decimal::row(id, Some(text.parse().unwrap()))))).await?;
        let texts = async |select: bindery::query::Select<decimals::Row, _>| {
            let rows = session.all(select).await.unwrap();
            rows.into_iter().map(|row| Decimal::value(row).unwrap().to_string()).collect::<Vec<_>>()
        };
        let select = || decimals::Row::select().order_by(Decimal::ID.asc());
        let value = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(texts(select().filter(Decimal::VALUE.lt(value("10.25")))).await, ["9.5", "1.50", "1.5", "-2"]);
        assert_eq!(texts(select().filter(Decimal::VALUE.eq(value("1.500")))).await, ["1.50", "1.5"]);
        assert_eq!(texts(select().filter(Decimal::VALUE.in_([value("1.5")]))).await, ["1.50", "1.5"]);
        assert_eq!(texts(decimals::Row::select().order_by(Decimal::VALUE.desc()).limit(2)).await, ["10.25", "9.5"]);
        let groups = decimals::Row::select().columns((Decimal::VALUE, count())).group_by(Decimal::VALUE);
        assert_eq!(session.count(groups).await?, 4);
        let big = decimals::Row::select().columns(Decimal::VALUE.sum()).group_by(Decimal::ID).having(Decimal::VALUE.sum().gt(value("9.5")));
        assert_eq!(session.all(big).await?, [(Some(value("10.25")),)]);
        // What stands in the file is the text itself.
        let witness = rusqlite::Connection::open(folder.path().join("decimals.db")).unwrap();
        let text: String = witness.query_row("SELECT value FROM a_table WHERE id = 2", [], |row| row.get(0)).unwrap();
        assert_eq!(text, "1.50");
        Ok(())
    })
}
