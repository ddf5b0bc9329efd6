use std::fmt::Debug;
use std::future::Future;

use bindery::Bind;
use bindery::prelude::*;
use bindery::query::{Operand, TypedColumn};
use bindery::schema::{Insertable, Model};
use bindery::session::{Builder, Models};
use bindery::value::{Comparable, Numeric, Ordered, Scalar};
use bindery::{MysqlDriver, PostgresDriver, Result, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

type Default = Bind<'d', 'e', 'f', 'a', 'u', 'l', 't'>;

/// A type of column, and the model that has one.
pub(crate) trait Column: Scalar<Base = Self> + Clone + Debug + PartialEq {
    type Row: Model<Key = i64, Bind = Default, ColumnBind = Default> + Insertable<Model = Self::Row> + Clone + Debug;
    const ID: TypedColumn<Self::Row, i64>;
    const VALUE: TypedColumn<Self::Row, Option<Self>>;

    fn row(id: i64, value: Option<Self>) -> Self::Row;
    fn value(row: Self::Row) -> Option<Self>;
}

/// A table of one nullable column for each type.
macro_rules! columns {
    ($($name:ident: $ty:ty;)+) => {$(
        pub(crate) mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[derive(bindery::Model, Clone, Debug)]
            #[model(table = "a_table", columns = Columns)]
            pub(crate) struct Row {
                #[column(primary_key)]
                id: i64,
                value: Option<$ty>,
            }

            impl $crate::column::Column for $ty {
                type Row = Row;
                const ID: bindery::query::TypedColumn<Row, i64> = Columns::id;
                const VALUE: bindery::query::TypedColumn<Row, Option<$ty>> = Columns::value;

                fn row(id: i64, value: Option<$ty>) -> Row {
                    Row { id, value }
                }

                fn value(row: Row) -> Option<$ty> {
                    row.value
                }
            }
        }
    )+};
}
pub(crate) use columns;

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What a list of values is kept in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    /// Oracle's, 5.7.
    MySql57,
}

impl Backend {
    pub(crate) const ALL: [Backend; 4] = [Backend::Sqlite, Backend::Postgres, Backend::MariaDb, Backend::MySql57];

    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Backend::MariaDb | Backend::MySql57)
    }
}

/// A database, for as long as this lives.
pub(crate) enum Place {
    Folder(TempDir),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

impl Place {
    pub(crate) fn new(backend: Backend) -> Self {
        let mysql = |flavor| Place::Mysql(TempMysql::shared(flavor).unwrap().database().unwrap());
        match backend {
            Backend::Sqlite => Place::Folder(tempfile::tempdir().unwrap()),
            Backend::Postgres => Place::Postgres(TempPostgres::shared().unwrap().database().unwrap()),
            Backend::MariaDb => mysql(MysqlFlavor::MariaDb),
            Backend::MySql57 => mysql(MysqlFlavor::MySql),
        }
    }

    /// The first value of a query, as the backend's own client sees it.
    pub(crate) fn witness(&self, query: &str) -> String {
        match self {
            Place::Folder(folder) => {
                let value =
                    rusqlite::Connection::open(folder.path().join("values.db")).unwrap().query_row(query, [], |row| row.get(0)).unwrap();
                match value {
                    rusqlite::types::Value::Text(text) => text,
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    value => panic!("{query} gives {value:?}"),
                }
            }
            Place::Postgres(database) => database.psql(query).unwrap(),
            Place::Mysql(database) => database.sql(query).unwrap(),
        }
    }

    /// With the tables of these models only.
    pub(crate) async fn databases<M: Models>(&self) -> Databases {
        match self {
            Place::Folder(folder) => databases::<M>(&folder.path().join("values.db")).await,
            Place::Postgres(database) => create::<M>(Databases::builder().bind("default", database.url())).await,
            Place::Mysql(database) => create::<M>(Databases::builder().bind("default", database.url())).await,
        }
    }
}

/// A file with the tables of these models only.
pub(crate) async fn databases<M: Models>(file: &std::path::Path) -> Databases {
    create::<M>(Databases::builder().bind("default", format!("sqlite:///{}", file.display()))).await
}

async fn create<M: Models>(builder: Builder) -> Databases {
    let builder = builder.driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver).without_registered().models::<M>();
    let databases = builder.connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    databases
}

/// Runs a check over many lists of values, each alone in the table of its type.
pub(crate) fn for_lists<T: Column>(
    backend: Backend,
    values: impl Strategy<Value = T>,
    check: impl AsyncFn(&Session, &[Option<T>]) -> Result<()>,
) {
    let place = Place::new(backend);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let databases = runtime.block_on(place.databases::<(T::Row,)>());
    let session = databases.session();
    // A statement on a server takes a hundred times as long.
    let (cases, longest) = if backend == Backend::Sqlite { (64, 24) } else { (8, 16) };
    let lists = prop::collection::vec(prop::option::weighted(0.9, values), 1..longest);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&lists, |list| {
        runtime.block_on(async {
            session.execute(T::Row::delete_all()).await.unwrap();
            let rows = list.iter().zip(0..).map(|(value, id)| T::row(id, value.clone()));
            session.execute(T::Row::insert(rows)).await.unwrap();
            check(&session, &list).await.unwrap();
        });
        Ok(())
    });
    outcome.unwrap();
}

/// Insert, get, equal; NULL too.
pub(crate) async fn round_trip<T: Column>(session: &Session, list: &[Option<T>]) -> Result<()> {
    for (value, id) in list.iter().zip(0..) {
        assert_eq!(&T::value(session.get::<T::Row>(id).await?.unwrap()), value);
        let given_back = session.insert(T::row(1_000 + id, value.clone())).await?;
        assert_eq!(&T::value(given_back), value);
    }
    let nulls = session.count(T::Row::select().filter(T::VALUE.is_null())).await?;
    assert_eq!(nulls as usize, 2 * list.iter().filter(|value| value.is_none()).count());
    Ok(())
}

/// `eq`, `ne`, `in_` and `group_by` see as equal what Rust does.
pub(crate) async fn equality<T: Column + Comparable + Operand<Option<T>, Bind = bindery::AnyBind>>(
    session: &Session,
    list: &[Option<T>],
) -> Result<()> {
    for pivot in list.iter().flatten() {
        let (equal, other): (Vec<_>, Vec<_>) =
            (0..).zip(list).filter(|(_, value)| value.is_some()).partition(|(_, value)| value.as_ref() == Some(pivot));
        assert_eq!(ids(session, T::Row::select().filter(T::VALUE.eq(pivot.clone()))).await?, numbers(equal.clone()));
        assert_eq!(ids(session, T::Row::select().filter(T::VALUE.in_([pivot.clone()]))).await?, numbers(equal));
        assert_eq!(ids(session, T::Row::select().filter(T::VALUE.ne(pivot.clone()))).await?, numbers(other));
    }
    let mut different: Vec<&T> = Vec::new();
    for value in list.iter().flatten() {
        if !different.contains(&value) {
            different.push(value);
        }
    }
    let counted = session.one(T::Row::select().columns(T::VALUE.count_distinct())).await?;
    assert_eq!(counted, (different.len() as i64,));
    Ok(())
}

/// `lt`, `order_by`, `min` and `max` agree with Rust's order.
pub(crate) async fn order<T: Column + Ordered + PartialOrd + Operand<Option<T>, Bind = bindery::AnyBind>>(
    session: &Session,
    list: &[Option<T>],
) -> Result<()> {
    for pivot in list.iter().flatten() {
        let less: Vec<_> = (0..).zip(list).filter(|(_, value)| value.as_ref().is_some_and(|value| value < pivot)).collect();
        assert_eq!(ids(session, T::Row::select().filter(T::VALUE.lt(pivot.clone()))).await?, numbers(less));
        let at_least: Vec<_> = (0..).zip(list).filter(|(_, value)| value.as_ref().is_some_and(|value| value >= pivot)).collect();
        assert_eq!(ids(session, T::Row::select().filter(T::VALUE.ge(pivot.clone()))).await?, numbers(at_least));
    }
    let mut sorted: Vec<_> = list.iter().flatten().cloned().collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let there = T::Row::select().filter(T::VALUE.is_not_null());
    let ascending: Vec<_> = session.all(there.clone().order_by(T::VALUE.asc())).await?.into_iter().filter_map(T::value).collect();
    assert_eq!(ascending, sorted);
    let (min, max) = session.one(T::Row::select().columns((T::VALUE.min(), T::VALUE.max()))).await?;
    assert_eq!((min.as_ref(), max.as_ref()), (sorted.first(), sorted.last()));
    sorted.reverse();
    let descending: Vec<_> = session.all(there.order_by(T::VALUE.desc())).await?.into_iter().filter_map(T::value).collect();
    assert_eq!(descending, sorted);
    Ok(())
}

/// The server's sum; an error stays one.
pub(crate) async fn sum<T: Column + Numeric>(session: &Session) -> Result<Option<T::Sum>> {
    Ok(session.one(T::Row::select().columns(T::VALUE.sum())).await?.0)
}

async fn ids<R: Model<Key = i64>>(session: &Session, select: bindery::query::Select<R, R::Bind>) -> Result<Vec<i64>> {
    let mut ids: Vec<_> = session.all(select).await?.iter().map(R::key).collect();
    ids.sort_unstable();
    Ok(ids)
}

fn numbers<T>(rows: Vec<(i64, T)>) -> Vec<i64> {
    rows.into_iter().map(|(id, _)| id).collect()
}
