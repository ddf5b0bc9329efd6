//! Columns that the server computes.

use bindery::prelude::*;
use bindery::{ErrorKind, Result, table};

use crate::place::{Backend, Place};

on_each_backend! {
    the_server_computes_and_nobody_else,
    rows_that_may_be_there_already,
    a_bare_table_and_a_base,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Sale {
    #[column(primary_key, generated)]
    id: i64,
    price: i64,
    amount: i64,
    #[column(computed = "price * amount", index)]
    total: i64,
    #[column(computed = "nullif(amount, 0)")]
    sold: Option<i64>,
}

fn sale(price: i64, amount: i64) -> NewSale {
    NewSale::new(price, amount)
}

async fn the_server_computes_and_nobody_else(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Sale,)>().await;
    databases.create_all(All).await?;
    let kinds = match backend {
        Backend::Postgres => place
            .rows("SELECT string_agg(attgenerated, '' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'sale'::regclass AND attnum > 3"),
        Backend::Sqlite => place.rows("SELECT group_concat(iif(hidden = 3, 's', '?'), '') FROM pragma_table_xinfo('sale') WHERE cid > 2"),
        Backend::MariaDb | Backend::MySql57 => place.rows(
            "SELECT group_concat(if(extra LIKE 'STORED GENERATED%', 's', '?') SEPARATOR '') FROM information_schema.columns \
             WHERE table_schema = database() AND ordinal_position > 3",
        ),
    };
    assert_eq!(kinds, "ss");

    let session = databases.session();
    let first = session.insert(sale(5, 3)).await?;
    assert_eq!((first.total, first.sold), (15, Some(3)));
    let more = session.insert_many([sale(2, 2), sale(7, 0)]).await?;
    assert_eq!(more.iter().map(|sale| (sale.total, sale.sold)).collect::<Vec<_>>(), [(4, Some(2)), (0, None)]);
    // A whole model brings values of these columns too, and the server computes them all the same.
    let whole = |id| Sale { id, price: 10, amount: 10, total: -1, sold: None };
    assert_eq!(session.insert(whole(50)).await?, Sale { total: 100, sold: Some(10), ..whole(50) });
    session.execute(Sale::insert([whole(51), whole(52)])).await?;
    assert_eq!(place.rows("SELECT count(*), sum(total) FROM sale WHERE id > 50"), "2|200");

    let updated = session.update(Sale { amount: 2, ..first.clone() }).await?;
    assert_eq!(updated, Sale { amount: 2, total: 10, sold: Some(2), ..first.clone() });
    session.execute(Sale::update().set(Sale::price.to(1)).filter(Sale::total.eq(10))).await?;
    let cheap = session.all(Sale::select().filter(Sale::total.in_([2, 4])).order_by(Sale::total.desc())).await?;
    assert_eq!(cheap.iter().map(|sale| sale.total).collect::<Vec<_>>(), [4, 2]);

    let error = session.execute(Sale::update_all().set(Sale::total.to(5))).await.unwrap_err();
    assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::InvalidStatement, Some("sale"), Some("total")), "{error}");
    assert!(error.to_string().starts_with("the server computes the column from others: leave it out, and give those"), "{error}");
    let select = Sale::select().columns((Sale::price, Sale::amount, Sale::total));
    let error = session.execute(Sale::insert_from((Sale::price, Sale::amount, Sale::total), select)).await.unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidStatement, Some("total")), "{error}");
    session.execute(Sale::insert_from((Sale::price, Sale::amount), Sale::select().columns((Sale::price, Sale::amount)))).await?;
    databases.drop_all(All).await?;
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    #[column(primary_key, max_length = 20)]
    name: String,
    balance: i64,
    #[column(computed = "balance + 1")]
    next: i64,
    #[column(version, default = 1)]
    revision: i32,
}

async fn rows_that_may_be_there_already(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Account,)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    let account = |balance| NewAccount::new("ada".to_owned(), balance);
    session.insert(account(1)).await?;
    let upsert = Account::insert([account(5)]).on_conflict(Account::name).do_update(Account::balance);
    let rows = session.insert_returning(upsert).await?;
    assert_eq!((rows[0].balance, rows[0].next, rows[0].revision), (5, 6, 2));
    let error = session.execute(Account::insert([account(5)]).on_conflict(Account::name).do_update(Account::next)).await.unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidStatement, Some("next")), "{error}");

    let written = session.update(Account { balance: 8, ..rows[0].clone() }).await?;
    assert_eq!((written.next, written.revision), (9, 3));
    let error = session.update(rows[0].clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale);
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(abstract)]
struct Measured {
    width: i32,
    height: i32,
    #[column(computed = "width * height")]
    area: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Picture {
    #[column(primary_key)]
    id: i64,
    #[model(inherits)]
    size: Measured,
}

table! {
    #[table(comment = "without a struct", check("a < 100"))]
    static SUMS {
        #[column(primary_key)]
        a: i64,
        b: i64,
        #[column(computed = "a + b", comment = "of both")]
        c: i64,
    }
}

async fn a_bare_table_and_a_base(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases_with::<(Picture,)>([&*SUMS]).await;
    databases.create_all(All).await?;
    let session = databases.session();
    let picture = session.insert(NewPicture::new(1, NewMeasured::new(3, 4))).await?;
    assert_eq!(picture.size.area, 12);
    assert_eq!(Picture::table().columns().iter().filter(|column| column.is_computed()).count(), 1);

    let (a, b, c) = (SUMS.col::<i64>("a"), SUMS.col::<i64>("b"), SUMS.col::<i64>("c"));
    session.execute(SUMS.insert([a.to(1), b.to(2)])).await?;
    assert_eq!(place.rows("SELECT c FROM sums"), "3");
    let error = session.execute(SUMS.insert([a.to(2), b.to(2), c.to(5)])).await.unwrap_err();
    assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::InvalidStatement, Some("sums"), Some("c")), "{error}");
    databases.close().await;
    Ok(())
}
