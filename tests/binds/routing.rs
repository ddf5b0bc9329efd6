//! Every kind of statement on `auth`, where each other bind has tables of the same names and columns with other rows: what goes astray
//! finds those. Each in a session and in a transaction.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use futures_util::TryStreamExt;

use crate::models::{EVENTS, EVENTS_ON_DEFAULT, EVENTS_ON_META, Login, NewUser, User, World, on_default};

const ADA: &str = "1|ada@auth|Ada";
const BOB: &str = "2|bob@auth|NULL";

/// Runs a test in a session, and again in a transaction that is committed, each in a world of its own.
async fn each_way<F>(test: impl Fn(World, Session) -> F)
where
    F: Future<Output = World>,
{
    let world = World::filled().await;
    let session = world.session();
    assert_others_untouched(&test(world, session).await);

    let world = World::filled().await;
    let tx = world.session().begin().await.unwrap();
    let session = (*tx).clone();
    let world = test(world, session).await;
    tx.commit().await.unwrap();
    assert_others_untouched(&world);
}

/// The other binds' tables are as they were.
fn assert_others_untouched(world: &World) {
    for bind in ["default", "meta"] {
        let users = [format!("1|stray@{bind}|Stray"), format!("7|other@{bind}|NULL"), format!("8|third@{bind}|NULL")];
        assert_eq!(world.rows(bind, "users"), users);
        assert_eq!(world.rows(bind, "logins"), ["1|1", "2|1"]);
        assert_eq!(world.rows(bind, "events"), [format!("1|stray-{bind}|1")]);
    }
}

fn emails(users: Vec<User>) -> Vec<String> {
    users.into_iter().map(|user| user.email).collect()
}

#[tokio::test]
async fn a_select_of_a_model() {
    each_way(|world, session| async move {
        assert_eq!(emails(session.all(User::select().order_by(User::id.asc())).await.unwrap()), ["ada@auth", "bob@auth"]);
        assert_eq!(session.one(User::select().filter(User::id.eq(1_i64))).await.unwrap().email, "ada@auth");
        assert_eq!(session.first(User::select().order_by(User::id.desc())).await.unwrap().unwrap().email, "bob@auth");
        assert_eq!(session.optional(User::select().filter(User::id.eq(7_i64))).await.unwrap(), None);
        world
    })
    .await;
}

#[tokio::test]
async fn a_select_of_columns() {
    each_way(|world, session| async move {
        let query = User::select().columns((User::email, User::name)).order_by(User::id.asc());
        assert_eq!(session.all(query).await.unwrap(), [("ada@auth".into(), Some("Ada".into())), ("bob@auth".into(), None)]);
        world
    })
    .await;
}

#[tokio::test]
async fn aggregates_and_groups() {
    each_way(|world, session| async move {
        let query = User::select().columns((count(), User::id.max(), User::id.sum(), User::email.min(), User::name.count()));
        assert_eq!(session.one(query).await.unwrap(), (2, Some(2), Some(3), Some("ada@auth".into()), 1));
        let query = Login::select().columns((Login::user_id, count())).group_by(Login::user_id);
        assert_eq!(session.all(query).await.unwrap(), [(2, 1)]);
        world
    })
    .await;
}

#[tokio::test]
async fn count_and_exists() {
    each_way(|world, session| async move {
        assert_eq!(session.count(User::select()).await.unwrap(), 2);
        assert!(session.exists(User::select().filter(User::email.eq("ada@auth"))).await.unwrap());
        assert!(!session.exists(User::select().filter(User::email.like("stray%"))).await.unwrap());
        world
    })
    .await;
}

#[tokio::test]
async fn get_by_key() {
    each_way(|world, session| async move {
        assert_eq!(session.get::<User>(1).await.unwrap().unwrap().email, "ada@auth");
        assert_eq!(session.get::<User>(7).await.unwrap(), None);
        world
    })
    .await;
}

#[tokio::test]
async fn a_join() {
    each_way(|world, session| async move {
        let query = User::select().join::<Login>().columns((User::email, Login::id));
        assert_eq!(session.all(query).await.unwrap(), [("bob@auth".into(), 10)]);
        let query = Login::select().join_on::<User, _>(User::id.eq(Login::user_id)).columns((User::email, Login::id));
        assert_eq!(session.all(query).await.unwrap(), [("bob@auth".into(), 10)]);
        world
    })
    .await;
}

#[tokio::test]
async fn subqueries() {
    each_way(|world, session| async move {
        let query = User::select().filter(User::id.in_(Login::select().columns(Login::user_id)));
        assert_eq!(emails(session.all(query).await.unwrap()), ["bob@auth"]);
        let query = User::select().filter(!exists(Login::select().filter(Login::user_id.eq(User::id))));
        assert_eq!(emails(session.all(query).await.unwrap()), ["ada@auth"]);
        world
    })
    .await;
}

#[tokio::test]
async fn a_union() {
    each_way(|world, session| async move {
        let by_id = |id: i64| User::select().filter(User::id.eq(id));
        let query = by_id(1).union(by_id(2)).union_all(by_id(7)).order_by(User::id.desc());
        assert_eq!(emails(session.all(&query).await.unwrap()), ["bob@auth", "ada@auth"]);
        assert_eq!(session.count(query).await.unwrap(), 2);
        world
    })
    .await;
}

#[tokio::test]
async fn an_alias() {
    each_way(|world, session| async move {
        let other = User::alias("other");
        let query = User::select().join_alias(&other, User::id.of(&other).gt(User::id));
        let query = query.columns((User::email, User::email.of(&other)));
        assert_eq!(session.all(query).await.unwrap(), [("ada@auth".into(), "bob@auth".into())]);
        world
    })
    .await;
}

#[tokio::test]
async fn a_stream() {
    each_way(|world, session| async move {
        let users = session.stream(User::select().order_by(User::id.asc())).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(emails(users), ["ada@auth", "bob@auth"]);
        world
    })
    .await;
}

#[tokio::test]
async fn raw_sql() {
    each_way(|world, session| async move {
        let on = |bind: &str| raw(bind, "SELECT email FROM users WHERE id = ?").param(1_i64).rows::<(String,)>();
        assert_eq!(session.one(on("auth")).await.unwrap().0, "ada@auth");
        assert_eq!(session.count(raw("auth", "SELECT * FROM users")).await.unwrap(), 2);
        assert!(!session.exists(raw("auth", "SELECT * FROM users WHERE name = ?").param("Stray")).await.unwrap());
        let written = session.execute(raw("auth", "UPDATE users SET name = ? WHERE id = 2").param("Bob")).await.unwrap();
        assert_eq!(written.rows_affected, Some(1));
        let added = raw("auth", "INSERT INTO logins (user_id) VALUES (1) RETURNING user_id").writes().rows::<(i64,)>();
        assert_eq!(session.all(added).await.unwrap(), [(1,)]);
        world
    })
    .await;
    let world = World::filled().await;
    for bind in ["default", "meta"] {
        let found = world.session().one(raw(bind, "SELECT email FROM users WHERE id = 1").rows::<(String,)>()).await.unwrap();
        assert_eq!(found.0, format!("stray@{bind}"));
    }
}

#[tokio::test]
async fn a_bare_table() {
    each_way(|world, session| async move {
        let (id, kind) = (|| EVENTS.col::<i64>("id"), || EVENTS.col::<String>("kind"));
        let kinds = |rows: Vec<bindery::query::DynamicRow>| -> Result<Vec<String>> { rows.iter().map(|row| row.get("kind")).collect() };
        assert_eq!(kinds(session.all(EVENTS.select()).await.unwrap()).unwrap(), ["login"]);
        session.execute(EVENTS.insert([id().to(2_i64), kind().to("logout")])).await.unwrap();
        session.execute(EVENTS.update().set(kind().to("signed in")).filter(id().eq(1_i64))).await.unwrap();
        assert_eq!(kinds(session.all(EVENTS.select().order_by(id().asc())).await.unwrap()).unwrap(), ["signed in", "logout"]);
        session.execute(EVENTS.delete().filter(id().eq(2_i64))).await.unwrap();
        assert_eq!(session.count(EVENTS.select()).await.unwrap(), 1);
        world
    })
    .await;
}

#[tokio::test]
async fn an_insert() {
    let world = World::filled().await;
    let added = world.session().insert(NewUser { email: "eve@auth".into(), name: None }).await.unwrap();
    assert_eq!(added.id, 3);
    world.assert_only_on("auth", "users", &[ADA, BOB, "3|eve@auth|NULL"]);
    let tx = world.session().begin().await.unwrap();
    tx.insert_many(["fay", "gus"].map(|name| NewUser { email: format!("{name}@auth"), name: Some(name.into()) })).await.unwrap();
    tx.execute(User::insert([User { id: 20, email: "hal@auth".into(), name: None }])).await.unwrap();
    tx.commit().await.unwrap();
    world.assert_only_on("auth", "users", &["4|fay@auth|fay", "5|gus@auth|gus", "20|hal@auth|NULL"]);
    assert_others_untouched(&world);
}

#[tokio::test]
async fn an_update() {
    let world = World::filled().await;
    let set = |name: &str| User::update().set(User::name.to(name)).filter(User::id.eq(1_i64));
    assert_eq!(world.session().execute(set("Ada L.")).await.unwrap().rows_affected, Some(1));
    world.assert_only_on("auth", "users", &["1|ada@auth|Ada L.", BOB]);
    let tx = world.session().begin().await.unwrap();
    tx.execute(User::update_all().set(User::name.to("x"))).await.unwrap();
    tx.commit().await.unwrap();
    world.assert_only_on("auth", "users", &["1|ada@auth|x", "2|bob@auth|x"]);
    assert_others_untouched(&world);
}

#[tokio::test]
async fn a_delete() {
    let world = World::filled().await;
    assert_eq!(world.session().execute(User::delete().filter(User::id.eq(1_i64))).await.unwrap().rows_affected, Some(1));
    assert_eq!(world.rows("auth", "users"), [BOB]);
    let tx = world.session().begin().await.unwrap();
    tx.execute(EVENTS.delete_all()).await.unwrap();
    tx.execute(User::delete_all()).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["users", "logins", "events"] {
        assert_eq!(world.rows("auth", table), [""; 0], "the logins go with their users");
    }
    assert_others_untouched(&world);
}

#[tokio::test]
async fn a_statement_that_names_two_binds_fails_before_it_is_sent() {
    let world = World::filled().await;
    let session = world.session();
    // Models of two binds do not compile; a bare table has no bind in its type.
    let (id, on_meta) = (|| EVENTS.col::<i64>("id"), || EVENTS_ON_META.col::<i64>("id"));
    for error in [
        session.all(EVENTS.select().filter(id().eq(on_meta()))).await.unwrap_err(),
        session.all(EVENTS.select().filter(id().in_(EVENTS_ON_META.select().columns(on_meta())))).await.unwrap_err(),
        session.all(EVENTS.select().filter(exists(on_default::User::select()))).await.unwrap_err(),
        session.all(EVENTS.select().union(EVENTS_ON_DEFAULT.select())).await.unwrap_err(),
        session.execute(EVENTS.delete().filter(on_default::User::id.eq(1_i64))).await.unwrap_err(),
        session.execute(EVENTS.update_all().set(id().to(on_default::User::id))).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::CrossBind, "{error}");
    }
    assert_eq!(world.rows("auth", "events"), ["1|login|10"]);
    assert_others_untouched(&world);
}
