//! References of each kind, circles of them, and names that are words of SQL.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::place::{Backend, Place};

on_each_backend! {
    what_becomes_of_a_row_whose_reference_is_deleted,
    a_default_in_the_place_of_what_was_deleted,
    circles_are_created_and_dropped,
    names_that_are_words_or_have_quotes,
    defaults_of_the_server,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Owner {
    #[column(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Kept {
    #[column(primary_key)]
    id: i64,
    #[column(references = Owner::id)]
    by_no_action: Option<i64>,
    #[column(references = Owner::id, on_delete = restrict)]
    by_restrict: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Follows {
    #[column(primary_key)]
    id: i64,
    #[column(references = Owner::id, on_delete = cascade)]
    cascades: Option<i64>,
    #[column(references = Owner::id, on_delete = set_null)]
    is_nulled: Option<i64>,
}

async fn what_becomes_of_a_row_whose_reference_is_deleted(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Kept, Follows, Owner)>().await;
    databases.create_all(All).await?;
    assert_eq!(place.tables(), "follows kept owner");
    let session = databases.session();
    session.insert_many((1..=4).map(|id| Owner { id })).await?;
    session
        .insert_many([Kept { id: 1, by_no_action: Some(1), by_restrict: None }, Kept { id: 2, by_no_action: None, by_restrict: Some(2) }])
        .await?;
    session
        .insert_many([Follows { id: 1, cascades: Some(3), is_nulled: None }, Follows { id: 2, cascades: None, is_nulled: Some(4) }])
        .await?;
    for id in [1, 2] {
        let error = session.execute(Owner::delete().filter(Owner::id.eq(id))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
    }
    let error = session.insert(Follows { id: 3, cascades: Some(99), is_nulled: None }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
    session.execute(Owner::delete().filter(Owner::id.in_([3, 4]))).await?;
    assert_eq!(session.all(Follows::select()).await?, [Follows { id: 2, cascades: None, is_nulled: None }]);
    assert_eq!(session.count(Kept::select()).await?, 2);
    databases.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Inherits {
    #[column(primary_key)]
    id: i64,
    #[column(references = Owner::id, on_delete = set_default, sql_default = "1")]
    owner_id: i64,
}

async fn a_default_in_the_place_of_what_was_deleted(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Inherits, Owner)>().await;
    if matches!(backend, Backend::MariaDb | Backend::MySql57) {
        let error = databases.create_all(All).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.table(), error.column()),
            (ErrorKind::Unsupported, Some("inherits"), Some("owner_id")),
            "{error:?}"
        );
        assert_eq!(place.tables(), "");
        databases.close().await;
        return Ok(());
    }
    databases.create_all(All).await?;
    let session = databases.session();
    session.insert_many([1, 2].map(|id| Owner { id })).await?;
    session.execute(raw("default", "INSERT INTO inherits VALUES (1, 2)")).await?;
    session.execute(Owner::delete().filter(Owner::id.eq(2))).await?;
    assert_eq!(session.get::<Inherits>(1).await?, Some(Inherits { id: 1, owner_id: 1 }));
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Zone {
    #[column(primary_key)]
    id: i64,
    #[column(references = Keeper::id)]
    keeper_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Keeper {
    #[column(primary_key)]
    id: i64,
    #[column(references = Zone::id)]
    zone_id: Option<i64>,
    #[column(references = Self::id)]
    chief_id: Option<i64>,
}

async fn circles_are_created_and_dropped(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Zone, Keeper)>().await;
    let session = databases.session();
    for _ in 0..2 {
        databases.create_all(All).await?;
        databases.create_all(All).await?;
        assert_eq!(place.tables(), "keeper zone");
        session.insert(Zone { id: 1, keeper_id: None }).await?;
        session.insert(Keeper { id: 1, zone_id: Some(1), chief_id: Some(1) }).await?;
        session.execute(Zone::update_all().set(Zone::keeper_id.to(Some(1)))).await?;
        let error = session.execute(Zone::update_all().set(Zone::keeper_id.to(Some(9)))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error}");
        // With the rows that hold each other.
        databases.drop_all(All).await?;
        databases.drop_all(All).await?;
        assert_eq!(place.tables(), "");
    }
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "order")]
struct Order {
    #[column(primary_key)]
    id: i64,
    #[column(name = "select")]
    chosen: String,
    #[column(name = "group by \"x\"")]
    group: i32,
    #[column(name = "a`b")]
    tick: Option<i32>,
    #[column(name = "back\\slash")]
    slash: Option<i32>,
}

async fn names_that_are_words_or_have_quotes(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Order,)>().await;
    databases.create_all(All).await?;
    assert_eq!(place.tables(), "order");
    let session = databases.session();
    let order = |id: i64, group: i32| Order { id, chosen: "x".to_owned(), group, tick: Some(group), slash: None };
    assert_eq!(session.insert(order(1, 7)).await?, order(1, 7));
    session.insert_many([order(2, 7), order(3, 8)]).await?;
    session.execute(Order::update().set(Order::slash.to(Some(5))).filter(Order::tick.eq(8))).await?;
    let groups = Order::select().columns((Order::group, count(), Order::slash.max())).group_by(Order::group).order_by(Order::group.asc());
    assert_eq!(session.all(groups).await?, [(7, 2, None), (8, 1, Some(5))]);
    let unique = session.insert(order(1, 1)).await.unwrap_err();
    assert_eq!((unique.kind(), unique.table()), (ErrorKind::UniqueViolation, Some("order")));
    session.execute(Order::delete().filter(Order::chosen.eq("x"))).await?;
    databases.drop_all(All).await?;
    assert_eq!(place.tables(), "");
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Entry {
    #[column(primary_key, generated)]
    id: i64,
    #[column(sql_default = "7")]
    number: i32,
    #[column(sql_default = "'it''s'", max_length = 9)]
    text: String,
    #[column(sql_default = "0.50", type = decimal(5, 2))]
    rate: rust_decimal::Decimal,
}

async fn defaults_of_the_server(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Entry,)>().await;
    databases.create_all(All).await?;
    let session = databases.session();
    let given = NewEntry { number: Some(8), text: Some("x".to_owned()), rate: Some(rust_decimal::Decimal::TWO) };
    let left = || NewEntry { number: None, text: None, rate: None };
    let first = session.insert(left()).await?;
    assert_eq!((first.id, first.number, first.text.as_str(), first.rate), (1, 7, "it's", rust_decimal::Decimal::new(5, 1)));
    let rows = session.insert_many([left(), given, left()]).await?;
    assert_eq!(
        rows.iter().map(|row| (row.id, row.number, row.text.as_str())).collect::<Vec<_>>(),
        [(2, 7, "it's"), (3, 8, "x"), (4, 7, "it's")]
    );
    databases.close().await;
    Ok(())
}
