//! `Databases<Sqlite>`, whose backend is statically known, and `Databases`, of mixed backends, behave alike: one test for both.

use bindery::engine::Engine;
use bindery::prelude::*;
use bindery::{ErrorKind, Sqlite, SqliteDriver};
use bindery_testkit::TempSqlite;
use futures_util::TryStreamExt;

use crate::models::{NewPost, NewUser, Post, User};
use crate::witness;

const EMAILS: [&str; 3] = ["ada@auth", "bob@auth", "eve@auth"];

fn new_user(email: &str) -> NewUser {
    NewUser { email: email.into(), name: None }
}

async fn run<E: Engine + ?Sized>(databases: Databases<E>, files: &TempSqlite) {
    databases.create_all(All).await.unwrap();
    let session: Session<E> = databases.session();

    // insert, select, stream
    let added = session.insert_many(EMAILS.map(new_user)).await.unwrap();
    assert_eq!(session.all(User::select().order_by(User::id.asc())).await.unwrap(), added);
    assert_eq!(session.get::<User>(2).await.unwrap().unwrap().email, "bob@auth");
    let streamed: Vec<User> = session.stream(User::select().order_by(User::id.asc())).try_collect().await.unwrap();
    assert_eq!(streamed, added);

    // transactions: commit, rollback, drop, nested
    let tx = session.begin().await.unwrap();
    tx.execute(User::update().set(User::name.to("Ada")).filter(User::id.eq(1_i64))).await.unwrap();
    let nested = tx.begin().await.unwrap();
    nested.execute(User::delete_all()).await.unwrap();
    assert_eq!(nested.count(User::select()).await.unwrap(), 0);
    nested.rollback().await.unwrap();
    let nested = tx.begin().await.unwrap();
    nested.execute(User::delete().filter(User::id.eq(3_i64))).await.unwrap();
    nested.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(witness::rows(files, "auth", "users"), ["1|ada@auth|Ada", "2|bob@auth|NULL"]);
    let tx = session.begin().await.unwrap();
    tx.execute(User::delete_all()).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = session.begin().await.unwrap();
    tx.execute(User::delete_all()).await.unwrap();
    drop(tx);
    assert_eq!(session.count(User::select()).await.unwrap(), 2);

    // errors
    let error = session.insert(new_user("ada@auth")).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str(), error.table()), (ErrorKind::UniqueViolation, "auth", Some("users")));
    let tx = session.begin().await.unwrap();
    tx.insert(NewPost { title: "notes".into() }).await.unwrap();
    assert_eq!(tx.insert(new_user("x")).await.unwrap_err().kind(), ErrorKind::NotAtomic);
    let clone = (*tx).clone();
    tx.commit().await.unwrap();
    assert_eq!(clone.count(Post::select()).await.unwrap_err().kind(), ErrorKind::TransactionOver);
    assert_eq!(databases.engine("logs").err().unwrap().kind(), ErrorKind::UnknownBind);

    assert_eq!(witness::rows(files, "default", "post"), ["1|notes"]);
    assert_eq!(witness::rows(files, "default", "users"), [""; 0]);
    databases.close().await;
    assert_eq!(session.count(User::select()).await.unwrap_err().kind(), ErrorKind::ConnectionLost);
}

async fn sqlite(files: &TempSqlite) -> Databases<Sqlite> {
    let builder = Databases::with_driver(SqliteDriver).without_registered().models::<(User, Post)>();
    builder.bind("default", files.url("default")).bind("auth", files.url("auth")).connect().await.unwrap()
}

#[tokio::test]
async fn a_session_of_one_backend() {
    let files = TempSqlite::new().unwrap();
    run::<Sqlite>(sqlite(&files).await, &files).await;
}

#[tokio::test]
async fn a_session_of_mixed_backends() {
    let files = TempSqlite::new().unwrap();
    let builder = Databases::builder().driver(SqliteDriver).without_registered().models::<(User, Post)>();
    let databases = builder.bind("default", files.url("default")).bind("auth", files.url("auth")).connect().await.unwrap();
    run::<dyn Engine>(databases, &files).await;
}

#[tokio::test]
async fn erased_databases() {
    let files = TempSqlite::new().unwrap();
    run(sqlite(&files).await.erase(), &files).await;
}

#[tokio::test]
async fn an_erased_session_stays_in_its_transaction() {
    async fn add(session: &Session) -> bindery::Result<User> {
        session.insert(new_user("ada@auth")).await
    }

    let files = TempSqlite::new().unwrap();
    let databases = sqlite(&files).await;
    databases.create_all(All).await.unwrap();
    let tx = databases.session().begin().await.unwrap();
    add(&tx.erase()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(witness::rows(&files, "auth", "users"), [""; 0]);
    add(&databases.session().erase()).await.unwrap();
    assert_eq!(witness::rows(&files, "auth", "users"), ["1|ada@auth|NULL"]);
}
