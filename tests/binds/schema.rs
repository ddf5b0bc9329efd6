//! Tables come and go on the binds that were asked for, and on no other.

use bindery::ErrorKind;
use bindery::prelude::*;

use crate::models::{BINDS, World};
use crate::witness;

const DEFAULT: [&str; 4] = ["events", "logins", "post", "users"];
const AUTH: [&str; 4] = ["events", "logins", "token", "users"];
const META: [&str; 4] = ["document", "events", "logins", "users"];
const NONE: [&str; 0] = [];

#[tokio::test]
async fn no_table_is_there_before_create_all() {
    let world = World::empty().await;
    assert!(BINDS.iter().all(|bind| !world.files.path(bind).exists()));
    let error = world.session().count(crate::models::User::select()).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str(), error.table()), (ErrorKind::Sql, "auth", Some("users")));
}

#[tokio::test]
async fn create_all_makes_the_tables_of_every_bind() {
    let world = World::empty().await;
    world.create_all(All).await.unwrap();
    assert_eq!(BINDS.map(|bind| world.tables(bind)), [DEFAULT, AUTH, META]);
}

#[tokio::test]
async fn create_all_of_one_bind_touches_no_other() {
    let world = World::empty().await;
    world.create_all("auth").await.unwrap();
    assert_eq!(world.tables("auth"), AUTH);
    assert!(!world.files.path("default").exists() && !world.files.path("meta").exists());
}

#[tokio::test]
async fn create_all_of_several_binds_touches_no_other() {
    let world = World::empty().await;
    world.create_all(["auth", "default"]).await.unwrap();
    assert_eq!((world.tables("default"), world.tables("auth")), (DEFAULT.map(str::to_owned).to_vec(), AUTH.map(str::to_owned).to_vec()));
    assert!(!world.files.path("meta").exists());
}

#[tokio::test]
async fn create_all_twice_keeps_the_rows() {
    let world = World::filled().await;
    world.create_all(All).await.unwrap();
    world.assert_only_on("auth", "users", &["1|ada@auth|Ada", "2|bob@auth|NULL"]);
}

#[tokio::test]
async fn an_unknown_bind_among_those_asked_for_creates_nothing() {
    let world = World::empty().await;
    let error = world.create_all(["auth", "logs"]).await.unwrap_err();
    assert_eq!((error.kind(), error.bind().unwrap().as_str()), (ErrorKind::UnknownBind, "logs"));
    assert!(BINDS.iter().all(|bind| !world.files.path(bind).exists()));
}

#[tokio::test]
async fn no_table_is_there_after_drop_all() {
    let world = World::filled().await;
    world.drop_all(All).await.unwrap();
    assert_eq!(BINDS.map(|bind| world.tables(bind)), [NONE; 3]);
}

#[tokio::test]
async fn drop_all_of_one_or_several_binds_touches_no_other() {
    let world = World::filled().await;
    world.drop_all("auth").await.unwrap();
    assert_eq!(BINDS.map(|bind| world.tables(bind).len()), [4, 0, 4]);
    assert_eq!(world.rows("default", "users").len(), 3);
    world.drop_all(["default", "auth"]).await.unwrap();
    assert_eq!(BINDS.map(|bind| world.tables(bind).len()), [0, 0, 4]);
    assert_eq!(world.rows("meta", "users").len(), 3);
}

#[tokio::test]
async fn constraints_follow_the_naming_convention_on_every_bind() {
    let world = World::created().await;
    for bind in BINDS {
        let ddl = witness::query(&world.files, bind, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").join("\n");
        for name in ["pk_events", "uq_users_email", "ix_users_name", "fk_logins_user_id_users", "fk_events_login_id_logins"] {
            assert!(ddl.contains(&format!("\"{name}\"")), "`{bind}` has no constraint {name}:\n{ddl}");
        }
    }
}
