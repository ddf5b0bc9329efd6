//! Many migrations become one.

use bindery::Result;
use bindery::migrate::{Target, Version};

use crate::ground::{Backend, Ground, on_each_backend, steps};
use crate::upgrade::releases;

on_each_backend!(new_old_and_half_way, a_step_down_leaves_it, refused);

async fn new_old_and_half_way(backend: Backend) -> Result<()> {
    let (old, half, new) = (Ground::new(backend), Ground::new(backend), Ground::new(backend));
    for ground in [&old, &half, &new] {
        releases(ground);
        ground.write("auth", "20261104000000_more", "CREATE TABLE more (id integer PRIMARY KEY)", Some("DROP TABLE more"));
    }
    old.migrations().await.upgrade("auth").await?;
    half.migrations().await.upgrade_to("auth", Target::Steps(1)).await?;
    let up_to: Version = "20261103000000".parse()?;
    for ground in [&old, &half, &new] {
        let folder = ground.migrations().await.squash("auth", up_to, "first_three").await?;
        assert_eq!(folder, ground.folder.path().join("migrations/auth/20261103000001_first_three"));
        let mut left: Vec<_> = std::fs::read_dir(folder.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["20261103000001_first_three", "20261104000000_more"]);
    }
    // On the way down it is noted first too.
    let other = Ground::new(backend);
    releases(&other);
    other.migrations().await.upgrade("auth").await?;
    other.migrations().await.squash("auth", up_to, "first_three").await?;
    let migrations = other.migrations().await;
    assert_eq!(steps(&migrations.downgrade("auth", Target::Nothing).await?, "auth"), ["up 20261103000001", "down 20261103000001"]);
    assert_eq!(other.tables("auth"), Vec::<String>::new());
    // One that has them all notes it, and runs nothing.
    let migrations = old.migrations().await;
    let plan = migrations.plan("auth", bindery::migrate::Direction::Up, Target::Newest).await?;
    assert!(plan.to_string().contains("(noted only: the migrations that it stands for are there)"), "{plan}");
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261103000001"]);
    assert_eq!(old.history("auth"), ["20261103000001 applied 0", "20261104000000 applied 1"]);
    assert_eq!(old.by_hand("auth", "SELECT id FROM users ORDER BY id"), [["1"], ["2"]]);
    assert!(migrations.check("auth").await?[0].database.is_empty());
    // A new one runs it.
    let migrations = new.migrations().await;
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261103000001", "up 20261104000000"]);
    assert_eq!(new.by_hand("auth", "SELECT id, name FROM users ORDER BY id"), [["1", "ADA"], ["2", "BOB;"]]);
    for (ground, migrations) in [(&old, old.migrations().await), (&new, migrations)] {
        migrations.downgrade("auth", Target::Nothing).await?;
        assert_eq!(ground.tables("auth"), Vec::<String>::new());
    }
    // One in between can't, and says how it can.
    let error = half.migrations().await.upgrade("auth").await.unwrap_err();
    assert!(error.to_string().contains("of which some are applied and others are not (20261102000000, 20261103000000)"), "{error}");
    Ok(())
}

async fn a_step_down_leaves_it(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    // A comment at the end, and no semicolon.
    ground.write("auth", "20261104000000_more", "CREATE TABLE more (id integer PRIMARY KEY) -- the end", Some("DROP TABLE more"));
    ground.write("auth", "20261105000000_last", "CREATE TABLE last (id integer PRIMARY KEY)", Some("DROP TABLE last"));
    ground.migrations().await.upgrade("auth").await?;
    ground.migrations().await.squash("auth", "20261104000000".parse()?, "first_four").await?;
    let migrations = ground.migrations().await;
    let error = migrations.downgrade("auth", Target::Steps(2)).await.unwrap_err();
    assert!(error.to_string().contains("stands for the migrations up to 20261104000000 as a whole"), "{error}");
    assert_eq!(ground.tables("auth"), ["last", "more", "posts", "users"]);
    assert_eq!(steps(&migrations.downgrade("auth", Target::Steps(1)).await?, "auth"), ["up 20261104000001", "down 20261105000000"]);
    assert_eq!(ground.tables("auth"), ["more", "posts", "users"]);
    let before: Version = "20261104000000".parse()?;
    assert_eq!(steps(&migrations.downgrade("auth", before).await?, "auth"), Vec::<String>::new());
    assert_eq!(ground.by_hand("auth", "SELECT id FROM users ORDER BY id"), [["1"], ["2"]]);
    let new = Ground::new(backend);
    new.write("auth", "20261104000001_first_four", &ground.up_sql("auth", "20261104000001_first_four"), None);
    new.migrations().await.upgrade("auth").await?;
    assert_eq!(new.tables("auth"), ["more", "posts", "users"]);
    Ok(())
}

/// A rename is followed by those that refer to the table, also beside one that is made anew.
#[tokio::test]
async fn renames_beside_tables_that_are_made_anew_on_sqlite() -> Result<()> {
    let ground = Ground::new(Backend::Sqlite);
    let first =
        "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (id integer PRIMARY KEY, author integer REFERENCES users (id))";
    ground.write("auth", "20261101000000_users", first, None);
    ground.write("auth", "20261102000000_people", "ALTER TABLE users RENAME TO people", None);
    let anew = "-- bindery: foreign-keys-off\nCREATE TABLE new (id integer PRIMARY KEY, name text);\nDROP TABLE people;\nALTER TABLE new RENAME TO people";
    ground.write("auth", "20261103000000_anew", anew, None);
    ground.migrations().await.squash("auth", "20261103000000".parse()?, "three").await?;
    ground.migrations().await.upgrade("auth").await?;
    let posts = ground.by_hand("auth", "SELECT sql FROM sqlite_master WHERE name = 'posts'").concat();
    assert!(posts[0].contains("REFERENCES \"people\" (id)"), "{posts:?}");
    Ok(())
}

async fn refused(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    let error = migrations.squash("auth", "20261101000000".parse()?, "one").await.unwrap_err();
    assert_eq!(error.to_string(), "there are no two migrations up to 20261101000000 (bind `auth`)");
    let error = migrations.squash("auth", "20261103000000".parse()?, "a name").await.unwrap_err();
    assert!(error.to_string().starts_with("`a name` is no name of a migration"), "{error}");
    if backend != Backend::Sqlite {
        let setting = if backend == Backend::Postgres { "SET search_path = pg_temp" } else { "SET SESSION sql_mode = 'ANSI_QUOTES'" };
        ground.write("auth", "20261102000000_names", setting, None);
        let error = ground.migrations().await.squash("auth", "20261103000000".parse()?, "three").await.unwrap_err();
        assert!(error.to_string().starts_with("`20261102000000_names` sets something on its connection, in line 1: SET "), "{error}");
    }
    assert!(ground.folder.path().join("migrations/auth/20261101000000_users/up.sql").exists());
    Ok(())
}
