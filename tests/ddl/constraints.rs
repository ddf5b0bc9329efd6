//! Checks, foreign keys over several columns, and comments.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::place::{Backend, Place};

on_each_backend! {
    a_check_refuses_a_row,
    a_foreign_key_of_several_columns,
    a_foreign_key_by_names,
    comments_are_in_the_database,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(check("cut <= length", name = "cut_is_shorter"), check("cut >= 0 AND title <> 'it''s'"))]
struct Film {
    #[column(primary_key)]
    id: i64,
    #[column(check = "length > 0")]
    length: i16,
    cut: i16,
    #[column(max_length = 20)]
    title: String,
}

async fn a_check_refuses_a_row(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Film,)>().await;
    databases.create_all(All).await?;
    databases.create_all(All).await?;
    let names = match backend {
        Backend::Postgres => place.rows(
            "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'c' AND conrelid = 'film'::regclass",
        ),
        Backend::MariaDb => place.rows(
            "SELECT group_concat(constraint_name ORDER BY 1 SEPARATOR ' ') FROM information_schema.check_constraints \
             WHERE constraint_schema = database()",
        ),
        // It reads them, and keeps none.
        Backend::MySql57 => place.rows("SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'CHECK'"),
        Backend::Sqlite => {
            let sql = place.rows("SELECT sql FROM sqlite_schema WHERE name = 'film'");
            let mut names: Vec<_> =
                sql.split("CONSTRAINT \"ck_").skip(1).map(|rest| format!("ck_{}", rest.split('"').next().unwrap())).collect();
            names.extend(sql.contains("CONSTRAINT \"cut_is_shorter\" CHECK (cut <= length)").then(|| "cut_is_shorter".to_owned()));
            names.sort();
            names.join(" ")
        }
    };
    let kept = backend != Backend::MySql57;
    assert_eq!(names, if kept { "ck_film_4982320f ck_film_length cut_is_shorter" } else { "0" });

    let session = databases.session();
    let film = |id, length, cut, title: &str| Film { id, length, cut, title: title.to_owned() };
    session.insert(film(1, 90, 80, "fits")).await?;
    for wrong in [film(2, 0, 0, "no length"), film(3, 90, 91, "longer"), film(4, 90, -1, "less"), film(5, 90, 80, "it's")] {
        let inserted = session.insert(wrong).await;
        match inserted {
            Err(error) if kept => assert_eq!(error.kind(), ErrorKind::CheckViolation, "{error}"),
            inserted => assert!(!kept && inserted.is_ok(), "{inserted:?}"),
        }
    }
    databases.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
struct Order {
    #[column(primary_key)]
    shop: i32,
    #[column(primary_key)]
    number: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "order_lines",
    foreign_key(columns(shop, order_number), references(Order::shop, Order::number), on_delete = cascade, on_update = cascade),
    foreign_key(columns(gift_shop, gift_number), references(Order::shop, Order::number), on_delete = set_null, name = "of_gift"),
)]
struct OrderLine {
    #[column(primary_key)]
    id: i64,
    shop: i32,
    order_number: i64,
    gift_shop: Option<i32>,
    gift_number: Option<i64>,
}

/// Refers to orders once, so that it can be joined by that.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(columns(shop, number), references(Order::shop, Order::number)))]
struct Parcel {
    #[column(primary_key)]
    id: i64,
    shop: i32,
    number: i64,
}

async fn a_foreign_key_of_several_columns(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(OrderLine, Order, Parcel)>().await;
    databases.create_all(All).await?;
    let keys = match backend {
        Backend::Postgres => place.rows(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'order_lines'::regclass ORDER BY 1",
        ),
        Backend::Sqlite => place.rows(
            r#"SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list('order_lines') ORDER BY id DESC, seq"#,
        ),
        Backend::MariaDb | Backend::MySql57 => place.rows(
            "SELECT k.constraint_name, column_name, k.referenced_table_name, referenced_column_name, update_rule, delete_rule \
             FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
             ON r.constraint_name = k.constraint_name AND r.constraint_schema = k.constraint_schema \
             WHERE k.constraint_schema = database() AND k.table_name = 'order_lines' ORDER BY 1, k.ordinal_position",
        ),
    };
    let expected = match backend {
        Backend::Postgres => {
            "fk_order_lines_shop_order_number_orders|FOREIGN KEY (shop, order_number) REFERENCES orders(shop, number) ON UPDATE CASCADE ON DELETE CASCADE\n\
             of_gift|FOREIGN KEY (gift_shop, gift_number) REFERENCES orders(shop, number) ON DELETE SET NULL"
        }
        Backend::Sqlite => {
            "orders|shop|shop|CASCADE|CASCADE\norders|order_number|number|CASCADE|CASCADE\n\
             orders|gift_shop|shop|NO ACTION|SET NULL\norders|gift_number|number|NO ACTION|SET NULL"
        }
        Backend::MariaDb | Backend::MySql57 => {
            "fk_order_lines_shop_order_number_orders|shop|orders|shop|CASCADE|CASCADE\n\
             fk_order_lines_shop_order_number_orders|order_number|orders|number|CASCADE|CASCADE\n\
             of_gift|gift_shop|orders|shop|NO ACTION|SET NULL\nof_gift|gift_number|orders|number|NO ACTION|SET NULL"
        }
    };
    // Servers say `RESTRICT` for no action, or leave it out.
    assert_eq!(keys.replace("RESTRICT", "NO ACTION"), expected);

    let session = databases.session();
    session.insert_many([Order { shop: 1, number: 1 }, Order { shop: 1, number: 2 }, Order { shop: 2, number: 1 }]).await?;
    let line = |id, shop, order_number, gift: Option<(i32, i64)>| {
        let (gift_shop, gift_number) = gift.unzip();
        OrderLine { id, shop, order_number, gift_shop, gift_number }
    };
    session.insert_many([line(1, 1, 1, Some((2, 1))), line(2, 1, 2, None)]).await?;
    let error = session.insert(line(3, 2, 2, None)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");

    let renumber = Order::update().set(Order::number.to(7)).filter(Order::shop.eq(1).and(Order::number.eq(2)));
    session.execute(renumber).await?;
    session.execute(Order::delete().filter(Order::shop.eq(2))).await?;
    assert_eq!(session.all(OrderLine::select().order_by(OrderLine::id.asc())).await?, [line(1, 1, 1, None), line(2, 1, 7, None)]);
    session.execute(Order::delete_all()).await?;
    assert_eq!(session.count(OrderLine::select()).await?, 0);

    // A join on the declared reference is one on all its columns.
    session.insert_many([Order { shop: 1, number: 1 }, Order { shop: 1, number: 2 }, Order { shop: 2, number: 1 }]).await?;
    session.insert_many([(1, 1, 2), (2, 2, 1)].map(|(id, shop, number)| Parcel { id, shop, number })).await?;
    let joined = Parcel::select().join::<Order>().columns((Parcel::id, Order::shop, Order::number)).order_by(Parcel::id.asc());
    assert_eq!(session.all(joined).await?, [(1, 1, 2), (2, 2, 1)]);
    databases.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "returns", foreign_key(columns(shop, number), references = "orders(shop, number)", on_update = cascade, name = "of_order"))]
struct Return {
    #[column(primary_key)]
    id: i64,
    shop: i32,
    number: i64,
    #[column(references = Self::id, on_update = cascade)]
    before: Option<i64>,
}

async fn a_foreign_key_by_names(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Return, Order)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    session.insert(Order { shop: 1, number: 1 }).await?;
    session.insert(Return { id: 1, shop: 1, number: 1, before: None }).await?;
    session.insert(Return { id: 2, shop: 1, number: 1, before: Some(1) }).await?;
    session.execute(Order::update_all().set(Order::number.to(5))).await?;
    assert_eq!(session.one(Return::select().filter(Return::id.eq(2))).await?.number, 5);
    if !matches!(backend, Backend::MariaDb | Backend::MySql57) {
        // InnoDB doesn't cascade an update to the table itself.
        session.execute(Return::update().set(Return::id.to(9)).filter(Return::id.eq(1))).await?;
        assert_eq!(session.one(Return::select().filter(Return::id.eq(2))).await?.before, Some(9));
    }
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(comment = "What's sold: \"goods\" \\ more")]
struct Item {
    #[column(primary_key, comment = "the shop's own")]
    id: i64,
    #[column(sql_default = "'x'", max_length = 9, comment = "it's a name")]
    name: String,
}

async fn comments_are_in_the_database(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Item,)>().await;
    databases.create_all(All).await?;
    let comments = match backend {
        Backend::Postgres => place
            .rows("SELECT obj_description('item'::regclass), col_description('item'::regclass, 1), col_description('item'::regclass, 2)"),
        Backend::MariaDb | Backend::MySql57 => {
            let table = place.rows("SELECT hex(table_comment) FROM information_schema.tables WHERE table_schema = database()");
            let table = String::from_utf8(
                table.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect(),
            )
            .unwrap();
            let columns = "SELECT column_comment FROM information_schema.columns WHERE table_schema = database() ORDER BY ordinal_position";
            format!("{table}|{}", place.rows(columns).replace('\n', "|"))
        }
        Backend::Sqlite => {
            let sql = place.rows("SELECT sql FROM sqlite_schema WHERE name = 'item'");
            assert!(!sql.contains("goods") && !sql.contains("own"), "{sql}");
            return Ok(());
        }
    };
    assert_eq!(comments, "What's sold: \"goods\" \\ more|the shop's own|it's a name");
    databases.close().await;
    Ok(())
}
