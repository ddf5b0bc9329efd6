//! What is refused, and how that is said.

use bindery::migrate::{Migrations, Target};
use bindery::session::All;
use bindery::{ErrorKind, Result};

use crate::ground::{Backend, Ground, Place, on_each_backend, steps};
use crate::upgrade::releases;

on_each_backend!(changed_files, two_keys_on_one_database, late_and_missing, no_way_back, a_folder_of_no_bind);

async fn problem(migrations: &Migrations, bind: &str) -> String {
    let error = migrations.upgrade(bind).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Migration);
    error.to_string()
}

async fn changed_files(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    migrations.upgrade_to("auth", Target::Steps(1)).await?;
    let before = std::fs::read_to_string(ground.folder.path().join("migrations/auth/20261101000000_users/up.sql")).unwrap();
    ground.write("auth", "20261101000000_users", &format!("{before}\n-- and more"), Some("DROP TABLE users"));
    let problem = problem(&migrations, "auth").await;
    assert!(problem.contains("`20261101000000_users` was changed after it was applied: get its up.sql back as it was"), "{problem}");
    assert_eq!(ground.history("auth"), ["20261101000000 applied 2"]);
    migrations.settle("auth", "20261101000000".parse()?, bindery::migrate::Settlement::Applied).await?;
    assert_eq!(migrations.upgrade("auth").await?.binds[0].steps.len(), 2);
    // Line ends are git's to change.
    let text = std::fs::read_to_string(ground.folder.path().join("migrations/auth/20261102000000_names/up.sql")).unwrap();
    ground.write("auth", "20261102000000_names", &text.replace('\n', "\r\n"), None);
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), Vec::<String>::new());
    Ok(())
}

async fn two_keys_on_one_database(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    ground.write("default", "20261105000000_things", "CREATE TABLE things (id integer PRIMARY KEY)", None);
    let url = ground.place("auth").url();
    let databases = ground.builder().bind("default", url).connect().await?;
    let migrations = databases.migrations().directory(ground.folder.path().join("migrations"));
    let error = migrations.upgrade(All).await.unwrap_err();
    // In the order of their versions, `auth` came first.
    assert_eq!(ground.tables("auth"), ["posts", "users"]);
    assert_eq!(
        error.problems(),
        [
            "bind `default` failed, and is at 20261103000000",
            "bind `auth` is at 20261103000000 (done: up `20261101000000_users`, up `20261102000000_names`, up `20261103000000_posts`)"
        ]
    );
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<bindery::Error>()).unwrap();
    let problem = source.problems().concat();
    assert!(
        problem.contains("`20261101000000_users` was applied here for bind `auth`: `auth` and `default` are one database"),
        "{problem}"
    );
    Ok(())
}

/// `"$user"` in PostgreSQL's search path means nothing until there is a schema of that name.
#[tokio::test]
async fn a_history_that_is_out_of_sight_on_postgres() -> Result<()> {
    let ground = Ground::new(Backend::Postgres);
    let up = "CREATE SCHEMA IF NOT EXISTS test; CREATE TABLE IF NOT EXISTS test.audit (n integer); INSERT INTO test.audit VALUES (1)";
    let Place::Postgres(database) = ground.place("auth") else { panic!("it is PostgreSQL") };
    let user = database.psql("SELECT current_user").unwrap();
    ground.write("auth", "20261101000000_audit", &up.replace("test", user.trim()), None);
    ground.write("auth", "20261102000000_more", "CREATE TABLE more (id integer)", None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err();
    let source = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    assert!(
        source.starts_with(&format!("the history of this bind is in the schema `public`, and the current schema is `{}` now", user.trim())),
        "{source}"
    );
    assert_eq!(ground.by_hand("auth", &format!("SELECT n FROM {}.audit", user.trim())), [["1"]]);
    let migrations = ground.builder().bind_option("auth", "options", "-c search_path=public").connect().await?.migrations();
    migrations.directory(ground.folder.path().join("migrations")).upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", &format!("SELECT n FROM {}.audit", user.trim())), [["1"]]);
    assert_eq!(ground.tables("auth"), ["more"]);
    Ok(())
}

/// What `CREATE INDEX CONCURRENTLY` has left behind is told where it matters, and does not hinder who cleans it up.
#[tokio::test]
async fn invalid_indexes_on_postgres() -> Result<()> {
    let ground = Ground::new(Backend::Postgres);
    ground.by_hand("auth", "CREATE TABLE users (a integer, b integer); INSERT INTO users VALUES (1, 1), (1, 1)");
    let Place::Postgres(database) = ground.place("auth") else { panic!("it is PostgreSQL") };
    for index in ["users_a", "users_b"] {
        assert!(database.psql(&format!("CREATE UNIQUE INDEX CONCURRENTLY {index} ON users ({})", &index[6..])).is_err());
    }
    let up = |sql: &str| format!("-- bindery: no-transaction\n{sql}");
    ground.write("auth", "20261101000000_again", &up("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_a ON public.users (a)"), None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("the index `users_a` is there and invalid, so it does nothing: drop it"), "{error:?}");
    let clean = "DROP INDEX CONCURRENTLY users_a;\nDROP INDEX CONCURRENTLY users_b;\nCREATE INDEX CONCURRENTLY users_c ON users (a, b)";
    ground.write("auth", "20261101000000_again", &up(clean), None);
    ground.by_hand("auth", "UPDATE bindery_migrations SET fingerprint = NULL");
    ground.migrations().await.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'users'::regclass"), [["users_c"]]);
    Ok(())
}

#[tokio::test]
async fn what_the_others_have_is_told_beside_one_that_fails() -> Result<()> {
    let ground = Ground::new(Backend::Sqlite);
    releases(&ground);
    ground.migrations().await.upgrade("auth").await?;
    ground.write("default", "no_version", "SELECT 1", None);
    let migrations = ground.migrations().await;
    for error in [migrations.current(All).await.unwrap_err(), migrations.check(All).await.unwrap_err()] {
        assert!(error.to_string().starts_with("1 of 2 binds can't be looked at"), "{error}");
        let [default, auth] = error.problems() else { panic!("{error}") };
        assert!(default.starts_with("`no_version` is no migration's name"), "{default}");
        assert!(auth.starts_with("bind `auth`"), "{auth}");
    }
    Ok(())
}

async fn late_and_missing(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    ground.write("auth", "20261101120000_late", "CREATE TABLE late (id integer PRIMARY KEY)", None);
    let late = problem(&migrations, "auth").await;
    assert!(late.starts_with("`20261101120000_late` is older than `20261103000000`, which is applied already"), "{late}");
    assert_eq!(steps(&migrations.clone().out_of_order().upgrade("auth").await?, "auth"), ["up 20261101120000"]);

    ground.remove("auth", "20261103000000_posts");
    let missing = problem(&migrations, "auth").await;
    assert!(missing.contains("`20261103000000_posts` is applied here, and there is no such migration"), "{missing}");
    assert_eq!(steps(&migrations.clone().ignore_missing().upgrade("auth").await?, "auth"), Vec::<String>::new());
    Ok(())
}

async fn no_way_back(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    ground.write("auth", "20261104000000_more", "CREATE TABLE more (id integer PRIMARY KEY)", None);
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    let error = migrations.downgrade("auth", Target::Nothing).await.unwrap_err();
    assert_eq!(error.to_string(), "`20261104000000_more` can't be undone: it has no down.sql (bind `auth`)");
    assert_eq!(ground.tables("auth"), ["more", "posts", "users"]);
    Ok(())
}

async fn a_folder_of_no_bind(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    ground.write("auht", "20261104000000_more", "CREATE TABLE more (id integer PRIMARY KEY)", None);
    let problem = problem(&ground.migrations().await, "auth").await;
    assert!(problem.contains("has migrations of no configured bind: `auht`; the configured binds are `default`, `auth`"), "{problem}");
    Ok(())
}
