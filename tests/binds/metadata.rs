//! The registry of each bind.

use bindery::prelude::*;
use bindery::schema::{Model, registered};
use bindery::{BindKey, ErrorKind, SqliteDriver};

use crate::models::{self, BINDS, Document, Login, Post, Token, User, World, on_default};

fn names(databases: &Databases, bind: &str) -> Vec<&'static str> {
    databases.metadata(bind).unwrap().tables().map(|table| table.name()).collect()
}

#[tokio::test]
async fn the_default_registry_has_the_tables_that_name_no_bind() {
    let world = World::empty().await;
    assert_eq!(names(&world, "default"), ["events", "logins", "post", "users"]);
    let metadata = world.metadata(BindKey::DEFAULT).unwrap();
    assert!(std::ptr::eq(metadata.table("post").unwrap(), Post::table()));
}

#[tokio::test]
async fn a_registry_per_key_tagged_with_its_key() {
    let world = World::empty().await;
    assert_eq!(names(&world, "auth"), ["events", "logins", "token", "users"]);
    assert_eq!(names(&world, "meta"), ["document", "events", "logins", "users"]);
    for bind in BINDS {
        let metadata = world.metadata(bind).unwrap();
        assert_eq!(metadata.bind().as_str(), bind);
        assert!(metadata.tables().all(|table| table.bind().as_str() == bind));
    }
}

#[tokio::test]
async fn the_registry_of_an_unconfigured_bind_is_an_error() {
    let error = World::empty().await.metadata("logs").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownBind);
    assert_eq!(error.to_string(), "bind `logs` is not configured: the configured binds are `default`, `auth`, `meta` (bind `logs`)");
}

#[tokio::test]
async fn the_same_table_name_on_two_binds_is_two_tables() {
    let world = World::empty().await;
    let on = |bind| world.metadata(bind).unwrap().table("users").unwrap();
    assert!(std::ptr::eq(on("auth"), User::table()));
    assert!(std::ptr::eq(on("default"), on_default::User::table()));
    assert!(!std::ptr::eq(on("auth"), on("default")));
}

#[test]
fn the_link_time_registry_is_sorted_by_bind_and_name() {
    let found: Vec<_> = registered().iter().map(|table| (table.bind().to_string(), table.name())).collect();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(found, sorted);
    assert!(found.contains(&("auth".to_owned(), "users")));
}

#[tokio::test]
async fn explicit_tables_are_there_beside_the_registered_ones_and_once() {
    let builder =
        Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://").bind("meta", "sqlite://");
    let databases = builder.tables(models::bare_tables()).tables([&*models::EVENTS]).models::<(User, Login)>().connect().await.unwrap();
    assert_eq!(names(&databases, "auth"), ["events", "logins", "token", "users"]);
}

#[tokio::test]
async fn only_explicit_tables_are_there_without_the_registered_ones() {
    let databases = Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://");
    let databases = databases.without_registered().models::<(User,)>().tables([&*models::EVENTS]).connect().await.unwrap();
    assert_eq!(names(&databases, "auth"), ["events", "users"]);
    assert_eq!(names(&databases, "default"), [""; 0]);
}

#[tokio::test]
async fn a_child_inherits_its_bases_columns_and_bind() {
    let document = Document::table();
    assert_eq!(document.bind().as_str(), "meta");
    assert_eq!(document.columns().iter().map(|column| column.name()).collect::<Vec<_>>(), ["id", "title", "created_by"]);
    let token = Token::table();
    assert_eq!(token.bind().as_str(), "auth", "its own bind wins");
    assert_eq!(token.columns().iter().map(|column| column.name()).collect::<Vec<_>>(), ["id", "created_by"]);
}

#[tokio::test]
async fn an_abstract_parent_makes_no_table() {
    let world = World::created().await;
    for bind in BINDS {
        assert!(world.metadata(bind).unwrap().table("audited").is_none());
        assert!(!world.tables(bind).contains(&"audited".to_owned()));
    }
}
