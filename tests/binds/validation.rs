//! What `connect` refuses about the tables, all in one error.

use bindery::prelude::*;
use bindery::schema::{Column, Index, Reference, StaticTable, Table};
use bindery::session::Builder;
use bindery::value::Enumeration;
use bindery::{BindKey, Error, ErrorKind, SqliteDriver};

fn builder() -> Builder {
    Databases::builder().driver(SqliteDriver).without_registered().bind("default", "sqlite://").bind("auth", "sqlite://")
}

fn table(name: &'static str, bind: &'static str) -> Table {
    Table::new(name, BindKey::from_static(bind)).column(Column::of::<i64>("id").primary_key())
}

fn refers(name: &'static str, bind: &'static str, to_bind: Option<&'static str>, to: &'static str, column: &'static str) -> Table {
    let reference = Reference::to_named(to, column);
    let reference = match to_bind {
        Some(bind) => reference.on_bind(BindKey::from_static(bind)),
        None => reference,
    };
    table(name, bind).column(Column::of::<i64>("other_id").references(reference))
}

static USERS: StaticTable = StaticTable::new(|| table("users", "auth"));
static USERS_AGAIN: StaticTable = StaticTable::new(|| table("users", "auth"));
static USERS_ON_DEFAULT: StaticTable = StaticTable::new(|| table("users", "default"));
static LOGS: StaticTable = StaticTable::new(|| table("logs", "archive"));
static LOGS_ON_TYPO: StaticTable = StaticTable::new(|| table("logs", "auth_"));
static POSTS: StaticTable = StaticTable::new(|| refers("posts", "default", Some("auth"), "users", "id"));
static LOGINS: StaticTable = StaticTable::new(|| refers("logins", "auth", Some("auth"), "users", "uid"));
static GOOD: StaticTable = StaticTable::new(|| refers("profiles", "auth", None, "users", "id"));
static USER_WITH_ROLE: StaticTable = StaticTable::new(|| Table::new("user", BindKey::DEFAULT).column(Column::of::<i64>("role_id").index()));
static USER_ROLE: StaticTable = StaticTable::new(|| Table::new("user_role", BindKey::DEFAULT).column(Column::of::<i64>("id").index()));

async fn refused(builder: Builder) -> Error {
    let error = builder.connect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    error
}

#[tokio::test]
async fn what_fits_connects() {
    builder().tables([&*USERS, &*USERS_ON_DEFAULT, &*GOOD]).connect().await.unwrap();
}

#[tokio::test]
async fn an_unconfigured_bind_is_an_error_with_the_known_ones() {
    insta::assert_snapshot!(refused(builder().tables([&*LOGS])).await, @r"
    the tables do not fit the configured binds
      - table `logs` is on bind `archive`, which is not configured: the configured binds are `default`, `auth`
    ");
}

#[tokio::test]
async fn a_table_twice_on_one_bind_is_an_error() {
    insta::assert_snapshot!(refused(builder().tables([&*USERS, &*USERS_AGAIN])).await, @r"
    the tables do not fit the configured binds
      - bind `auth` has two tables named `users`: give one another name or another bind
    ");
}

#[tokio::test]
async fn a_foreign_key_across_binds_is_an_error() {
    insta::assert_snapshot!(refused(builder().tables([&*USERS, &*POSTS])).await, @r"
    the tables do not fit the configured binds
      - `posts.other_id` on bind `default` refers to `users.id` on bind `auth`: a foreign key can't span two databases; keep the value without `references`
    ");
}

#[tokio::test]
async fn a_foreign_key_to_a_column_that_is_not_there_is_an_error() {
    insta::assert_snapshot!(refused(builder().tables([&*USERS, &*LOGINS])).await, @r"
    the tables do not fit the configured binds
      - `logins.other_id` on bind `auth` refers to `users.uid`, and that table has no such column
    ");
}

#[tokio::test]
async fn two_indexes_of_one_name_on_a_bind_are_an_error() {
    // Both are `ix_user_role_id` by the convention.
    let error = refused(builder().tables([&*USER_WITH_ROLE, &*USER_ROLE])).await;
    insta::assert_snapshot!(error, @r#"
    the tables do not fit the configured binds
      - tables `user` and `user_role` on bind `default` have an index `ix_user_role_id` each: give one of them a name, by `index(columns(..), name = "..")`
    "#);
}

static LINES: StaticTable = StaticTable::new(|| {
    let both = || Reference::to_named("users", "id").and("uid");
    let own = |name: &'static str| vec!["id".into(), name.into()];
    table("lines", "auth")
        .foreign_key(None, own("missing"), both())
        .foreign_key(Some("fk_of_one"), vec!["id".into()], both())
        .column(Column::of::<i64>("shop"))
        .foreign_key(None, own("shop"), both())
});

#[tokio::test]
async fn a_foreign_key_of_several_columns_that_does_not_fit_is_an_error() {
    insta::assert_snapshot!(refused(builder().tables([&*USERS, &*LINES])).await, @r"
    the tables do not fit the configured binds
      - `lines.(id, missing)` on bind `auth` refers to `users.(id, uid)`, and its own table has no such column
      - `lines.id` on bind `auth` refers to `users.(id, uid)`: a foreign key refers to as many columns as it has
      - `lines.(id, shop)` on bind `auth` refers to `users.(id, uid)`, and that table has no such column
    ");
}

static INDEXED_TWICE: StaticTable = StaticTable::new(|| {
    let index = || Index::over_columns(["id"]);
    table("twice", "auth").add_index(index().filter("id > 5")).add_index(index().filter("id < 5")).add_index(index().unique())
});

#[tokio::test]
async fn two_indexes_of_one_table_have_two_names() {
    insta::assert_snapshot!(refused(builder().tables([&*INDEXED_TWICE])).await, @r#"
    the tables do not fit the configured binds
      - table `twice` on bind `auth` has two indexes `ix_twice_id`: give one of them a name, by `index(columns(..), name = "..")`
    "#);
}

fn of_mood(name: &'static str, bind: &'static str, labels: &'static [&'static str]) -> Table {
    table(name, bind).column(Column::of::<String>("mood").enumeration(Enumeration::new("mood", labels)))
}

static DAYS: StaticTable = StaticTable::new(|| of_mood("days", "auth", &["sad", "happy"]));
static NIGHTS: StaticTable = StaticTable::new(|| of_mood("nights", "auth", &["sad", "happy"]));
static WEEKS: StaticTable = StaticTable::new(|| of_mood("weeks", "auth", &["happy", "sad"]));
static WEEKS_ELSEWHERE: StaticTable = StaticTable::new(|| of_mood("weeks", "default", &["happy", "sad"]));

#[tokio::test]
async fn two_enumerations_of_one_name_and_other_values_on_a_bind_are_an_error() {
    builder().tables([&*DAYS, &*NIGHTS, &*WEEKS_ELSEWHERE]).connect().await.unwrap();
    insta::assert_snapshot!(refused(builder().tables([&*DAYS, &*NIGHTS, &*WEEKS])).await, @r#"
    the tables do not fit the configured binds
      - tables `days` and `weeks` on bind `auth` have an enumeration `mood` of other values each, sad, happy and happy, sad: give one another name, by `#[scalar(enumeration = "..")]`
    "#);
}

#[tokio::test]
async fn all_of_it_is_one_error() {
    let error = refused(builder().tables([&*USERS, &*USERS_AGAIN, &*LOGS, &*LOGS_ON_TYPO, &*POSTS, &*LOGINS])).await;
    assert_eq!(error.problems().len(), 5);
    insta::assert_snapshot!(error, @r"
    the tables do not fit the configured binds
      - bind `auth` has two tables named `users`: give one another name or another bind
      - table `logs` is on bind `archive`, which is not configured: the configured binds are `default`, `auth`
      - table `logs` is on bind `auth_`, which is not configured: the configured binds are `default`, `auth`
      - `posts.other_id` on bind `default` refers to `users.id` on bind `auth`: a foreign key can't span two databases; keep the value without `references`
      - `logins.other_id` on bind `auth` refers to `users.uid`, and that table has no such column
    ");
}

#[tokio::test]
async fn registered_models_of_an_unconfigured_bind_are_refused_too() {
    let error = refused(Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://")).await;
    assert!(error.problems().iter().any(|problem| problem.starts_with("table `document` is on bind `meta`, which is not configured")));
}
