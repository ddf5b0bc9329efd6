//! Rows land on the bind of their table, and nowhere else.

use bindery::ErrorKind;
use bindery::prelude::*;
use bindery::session::Atomicity;

use crate::models::{
    Audited, Document, NewAudited, NewDocument, NewLogin, NewPost, NewToken, NewUser, Post, Token, User, World, on_default, on_meta,
};

fn new_user(email: &str) -> NewUser {
    NewUser { email: email.into(), name: None }
}

#[tokio::test]
async fn several_rows_of_a_bind_in_one_statement() {
    let world = World::created().await;
    let session = world.session();
    let users = session.insert_many(["a", "b", "c"].map(new_user)).await.unwrap();
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [1, 2, 3]);
    let executed = session.execute(User::insert(["d", "e"].map(new_user))).await.unwrap();
    assert_eq!(executed.rows_affected, Some(2));
    world.assert_only_on("auth", "users", &["1|a|NULL", "2|b|NULL", "3|c|NULL", "4|d|NULL", "5|e|NULL"]);
    assert!(world.rows("default", "users").is_empty() && world.rows("meta", "users").is_empty());
}

#[tokio::test]
async fn objects_of_several_binds_in_one_session() {
    let world = World::created().await;
    let session = world.session();
    let user = session.insert(new_user("ada@auth")).await.unwrap();
    session.insert(NewPost { title: "notes".into() }).await.unwrap();
    session.insert(NewLogin { user_id: user.id }).await.unwrap();
    session.insert(on_meta::NewUser { email: "ada@meta".into(), name: None }).await.unwrap();
    world.assert_only_on("auth", "users", &["1|ada@auth|NULL"]);
    world.assert_only_on("auth", "logins", &["1|1"]);
    world.assert_only_on("default", "post", &["1|notes"]);
    world.assert_only_on("meta", "users", &["1|ada@meta|NULL"]);
    assert!(world.rows("default", "users").is_empty());
}

#[tokio::test]
async fn objects_of_two_binds_in_one_best_effort_transaction() {
    let world = World::created().await;
    let session = world.session();
    let tx = session.begin_with(Atomicity::BestEffort).await.unwrap();
    tx.insert(new_user("ada@auth")).await.unwrap();
    tx.insert(NewPost { title: "notes".into() }).await.unwrap();
    assert!(world.rows("auth", "users").is_empty() && world.rows("default", "post").is_empty(), "not yet committed");
    tx.commit().await.unwrap();
    world.assert_only_on("auth", "users", &["1|ada@auth|NULL"]);
    world.assert_only_on("default", "post", &["1|notes"]);

    let tx = session.begin_with(Atomicity::BestEffort).await.unwrap();
    tx.insert(new_user("bob@auth")).await.unwrap();
    tx.insert(NewPost { title: "more".into() }).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!((world.rows("auth", "users").len(), world.rows("default", "post").len()), (1, 1));
}

#[tokio::test]
async fn a_second_bind_never_joins_an_atomic_transaction_in_silence() {
    let world = World::created().await;
    let tx = world.session().begin().await.unwrap();
    tx.insert(new_user("ada@auth")).await.unwrap();
    let error = tx.insert(NewPost { title: "notes".into() }).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::NotAtomic, "default"));
    tx.commit().await.unwrap();
    world.assert_only_on("auth", "users", &["1|ada@auth|NULL"]);
    assert!(world.rows("default", "post").is_empty());
}

#[tokio::test]
async fn inherited_models_are_on_their_bind() {
    let world = World::created().await;
    let session = world.session();
    let audit = || NewAudited { created_by: "ada".into() };
    let document = session.insert(NewDocument { title: "notes".into(), audit: audit() }).await.unwrap();
    assert_eq!(document, Document { id: 1, title: "notes".into(), audit: Audited { created_by: "ada".into() } });
    session.insert(NewToken { audit: audit() }).await.unwrap();
    world.assert_only_on("meta", "document", &["1|notes|ada"]);
    world.assert_only_on("auth", "token", &["1|ada"]);

    let by_ada = session.all(Document::select().filter(Audited::created_by.eq("ada"))).await.unwrap();
    assert_eq!(by_ada, [document]);
    assert_eq!(session.count(Token::select().filter(Audited::created_by.eq("ada"))).await.unwrap(), 1);
}

#[tokio::test]
async fn the_same_table_name_on_three_binds_holds_three_sets_of_rows() {
    let world = World::created().await;
    let session = world.session();
    session.insert(new_user("x@auth")).await.unwrap();
    session.insert(on_default::NewUser { email: "x@default".into(), name: None }).await.unwrap();
    session.insert(on_meta::NewUser { email: "x@meta".into(), name: None }).await.unwrap();
    for bind in crate::models::BINDS {
        assert_eq!(world.rows(bind, "users"), [format!("1|x@{bind}|NULL")]);
    }
}

#[tokio::test]
async fn a_model_without_a_bind_is_on_default() {
    let world = World::created().await;
    world.session().execute(Post::insert([NewPost { title: "notes".into() }])).await.unwrap();
    world.assert_only_on("default", "post", &["1|notes"]);
}
