use std::sync::Arc;

use super::*;

const SETTINGS: &str = "select d.encoding, d.datcollate, d.datctype, to_jsonb(d) ->> 'datlocprovider', to_jsonb(d) ->> 'datlocale', \
                        to_jsonb(d) ->> 'daticulocale' from pg_database d where datname = ";

fn scratches(database: &TempPostgresDatabase) -> String {
    database.psql("select datname from pg_database where datname like 'bindery_scratch_%'").unwrap()
}

/// Runs SQL by psql in another database of the server.
fn psql_in(database: &TempPostgresDatabase, name: &str, sql: &str) -> String {
    database.psql(&format!("\\connect {name}\n{sql}")).unwrap()
}

/// A server of the test's own, whose databases nobody else makes and drops.
fn alone() -> TempPostgresDatabase {
    TempPostgres::start().unwrap().database().unwrap()
}

#[tokio::test]
async fn it_is_empty_and_gone_afterwards() {
    let database = alone();
    database.psql("create table t (a int); create extension citext").unwrap();
    let engine = open_one(&database);
    let mut lease = lease(&engine).await;
    let scratch = lease.create_scratch(catalog(&engine)).await.unwrap();
    let name = scratch.namespace().to_owned();
    assert_eq!(scratches(&database), name);
    assert!(name.len() <= 54, "{name}");
    assert_eq!(reflect_by(&*scratch).await, DatabaseDefinition::default());

    // Definitions are tried in it, without a trace in the other one.
    let mut trying = super::lease(&*scratch).await;
    trying.execute(&Statement::new("create table tried (a int)", &[], Effect::Write)).await.unwrap();
    drop(trying);
    assert!(reflect_by(&*scratch).await.table("tried").is_some());
    assert_eq!(database.psql("select count(*) from pg_class where relname = 'tried'").unwrap(), "0");

    lease.drop_scratch(catalog(&engine), Arc::clone(&scratch)).await.unwrap();
    assert_eq!(scratches(&database), "");
    let Err(error) = scratch.acquire(Effect::Read).await else { panic!("it is closed") };
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    // The bind's own connection is as it was.
    drop(lease);
    assert!(reflect_by(&engine).await.table("t").is_some());
}

#[tokio::test]
async fn two_at_once_are_two() {
    let database = alone();
    let engine = open(&database);
    let make = async || {
        let mut lease = lease(&engine).await;
        lease.create_scratch(catalog(&engine)).await.unwrap()
    };
    let (one, two) = tokio::join!(make(), make());
    assert_ne!(one.namespace(), two.namespace());
    for scratch in [one, two] {
        lease(&engine).await.drop_scratch(catalog(&engine), scratch).await.unwrap();
    }
    assert_eq!(scratches(&database), "");
}

#[tokio::test]
async fn it_has_the_encoding_and_the_locale_of_the_bind() {
    let database = alone();
    let version = version(&database);
    let mut makers = vec!["encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'", "encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"];
    if version >= 15 {
        makers.push("locale_provider icu icu_locale 'de-AT'");
    }
    if version >= 16 {
        makers.push("locale_provider icu icu_locale 'en-US' icu_rules '&a < g'");
    }
    if version >= 17 {
        makers.push("locale_provider builtin builtin_locale 'C.UTF-8'");
    }
    for (number, maker) in makers.iter().enumerate() {
        let name = format!("like_{number}");
        database.psql(&format!("create database {name} template template0 {maker}")).unwrap();
        let engine = open_url(database.url().with_path(&name), |_| {});
        let mut lease = lease(&engine).await;
        let scratch = lease.create_scratch(catalog(&engine)).await.unwrap();
        let settings = |name: &str| database.psql(&format!("{SETTINGS}'{name}'")).unwrap();
        assert_eq!(settings(scratch.namespace()), settings(&name), "{maker}");
        lease.drop_scratch(catalog(&engine), scratch).await.unwrap();
    }
    assert_eq!(scratches(&database), "");
}

#[tokio::test]
async fn names_mean_in_it_what_they_mean_in_the_binds() {
    let database = alone();
    let definitions = "create type size as enum ('s', 'm'); create table users (id bigserial primary key, size size default 's', n text collate \"C\"); \
                       create table orders (id int primary key, buyer bigint references users on delete cascade, check (id > 0)); \
                       create index ix on orders (buyer desc) where id > 7; create view sizes as select size, count(*) from users group by 1; \
                       create function f(users) returns size language sql as 'select $1.size';";
    database.psql(&format!("create schema \"the shop\"; set search_path = \"the shop\"; {definitions}")).unwrap();
    database.psql(&format!("create schema postgres; set search_path = postgres; {definitions}")).unwrap();
    database.psql(&format!("set search_path = public; {definitions}")).unwrap();
    // The last one is the schema of the user's name: `"$user", public`.
    for (path, schema) in [("public", "public"), ("missing,\\ \"the\\ shop\",public", "the shop"), ("\"$user\",\\ public", "postgres")] {
        let engine = open_url(with_search_path(&database, path), |_| {});
        let mut lease = lease(&engine).await;
        let scratch = lease.create_scratch(catalog(&engine)).await.unwrap();
        let mut found = query_on(&mut *scratch.acquire(Effect::Read).await.unwrap(), "select current_schema()::text", &[]).await.unwrap();
        assert_eq!(found.remove(0), [text(schema)], "{path}");
        psql_in(&database, scratch.namespace(), &format!("set search_path = \"{schema}\"; {definitions}"));
        assert_eq!(reflect_by(&*scratch).await, lease.reflect(catalog(&engine)).await.unwrap(), "{path}");
        lease.drop_scratch(catalog(&engine), scratch).await.unwrap();
    }
}

#[tokio::test]
async fn who_may_create_no_database_is_told_the_right() {
    let database = alone();
    database.psql("create role \"No-one\" login; create role maker login createdb").unwrap();
    let engine = open_url(database.url().with_user("No-one"), |_| {});
    let error = lease(&engine).await.create_scratch(catalog(&engine)).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    assert_eq!(
        error.to_string(),
        "the role \"No-one\" may create no database to try definitions in: give it the right by `ALTER ROLE \"No-one\" CREATEDB`, or do this by a bind \
         whose user has it (step `create a scratch database`, bind `default`)"
    );
    assert!(chain(&error).contains("42501"), "{error:?}");

    // No more than that right is needed, also for the current schema.
    database.psql("create schema maker authorization maker").unwrap();
    let engine = open_url(database.url().with_user("maker"), |_| {});
    let mut lease = lease(&engine).await;
    let scratch = lease.create_scratch(catalog(&engine)).await.unwrap();
    execute_on(&mut *scratch.acquire(Effect::Write).await.unwrap(), "create table maker.t (a int)", &[]).await.unwrap();
    assert!(reflect_by(&*scratch).await.table("t").is_some());
    lease.drop_scratch(catalog(&engine), scratch).await.unwrap();
    assert_eq!(scratches(&database), "");
}

#[tokio::test]
async fn no_other_database_is_dropped() {
    let database = alone();
    database.psql("create table t (a int)").unwrap();
    let engine = open_one(&database);
    let error = lease(&engine).await.drop_scratch(catalog(&engine), Arc::new(open(&database))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
    assert_eq!(database.psql("select count(*) from t").unwrap(), "0");
    // Whoever looks into it doesn't keep it.
    let mut lease = lease(&engine).await;
    let scratch = lease.create_scratch(catalog(&engine)).await.unwrap();
    let onlooker = open_url(database.url().with_path(scratch.namespace()), |_| {});
    let _looking = onlooker.acquire(Effect::Read).await.unwrap();
    lease.drop_scratch(catalog(&engine), scratch).await.unwrap();
    assert_eq!(scratches(&database), "");
}
