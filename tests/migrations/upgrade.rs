//! Up and down, over one bind and several.

use bindery::Result;
use bindery::migrate::{Direction, MigrationState, Target, Version};
use bindery::session::All;

use crate::ground::{Backend, Ground, on_each_backend, steps};

on_each_backend!(
    up_and_down_with_rows,
    by_steps_and_versions,
    every_bind_has_its_own,
    a_plan_runs_nothing,
    a_stamp_runs_nothing,
    what_fails_leaves_nothing_or_says_what,
    a_failing_bind_does_not_stop_the_others,
    the_history_says_who_and_when,
    bodies_and_directives,
);

const FIRST: &str = "20261101000000_users";
const SECOND: &str = "20261102000000_names";
const THIRD: &str = "20261103000000_posts";

/// Three releases of `auth`.
pub(crate) fn releases(ground: &Ground) {
    ground.write(
        "auth",
        FIRST,
        "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99) NOT NULL);\n-- two rows\nINSERT INTO users VALUES (1, 'ada'), (2, 'bob;');",
        Some("DROP TABLE users;"),
    );
    ground.write(
        "auth",
        SECOND,
        "ALTER TABLE users ADD COLUMN name varchar(99);\nUPDATE users SET name = upper(email);",
        Some("ALTER TABLE users DROP COLUMN name"),
    );
    ground.write("auth", THIRD, "CREATE TABLE posts (id integer PRIMARY KEY)", Some("DROP TABLE posts"));
}

fn version(name: &str) -> Version {
    name[..14].parse().unwrap()
}

async fn up_and_down_with_rows(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    let report = migrations.upgrade("auth").await?;
    assert_eq!(steps(&report, "auth"), ["up 20261101000000", "up 20261102000000", "up 20261103000000"]);
    assert_eq!(report.binds[0].current, Some(version(THIRD)));
    assert_eq!(ground.tables("auth"), ["posts", "users"]);
    assert_eq!(ground.by_hand("auth", "SELECT id, email, name FROM users ORDER BY id"), [["1", "ada", "ADA"], ["2", "bob;", "BOB;"]]);
    assert_eq!(ground.history("auth"), ["20261101000000 applied 2", "20261102000000 applied 2", "20261103000000 applied 1"]);

    let again = migrations.upgrade("auth").await?;
    assert_eq!(steps(&again, "auth"), Vec::<String>::new());
    let report = migrations.downgrade("auth", Target::Nothing).await?;
    assert_eq!(steps(&report, "auth"), ["down 20261103000000", "down 20261102000000", "down 20261101000000"]);
    assert_eq!((ground.tables("auth"), ground.history("auth"), report.binds[0].current), (vec![], vec![], None));
    migrations.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM users WHERE name IS NOT NULL"), [["2"]]);
    Ok(())
}

async fn by_steps_and_versions(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    assert_eq!(steps(&migrations.upgrade_to("auth", Target::Steps(1)).await?, "auth"), ["up 20261101000000"]);
    assert_eq!(steps(&migrations.upgrade_to("auth", version(SECOND)).await?, "auth"), ["up 20261102000000"]);
    let current = migrations.current("auth").await?.remove(0);
    assert_eq!(current.version, Some((version(SECOND), "names".to_owned())));
    assert_eq!(current.pending, [(version(THIRD), "posts".to_owned())]);
    assert_eq!(current.to_string(), "bind `auth` is at `20261102000000_names`, 1 behind the newest");
    // A moment between two of them.
    let between: Version = "20261101120000".parse()?;
    assert_eq!(steps(&migrations.downgrade("auth", between).await?, "auth"), ["down 20261102000000"]);
    assert_eq!(steps(&migrations.downgrade("auth", Target::Steps(5)).await?, "auth"), ["down 20261101000000"]);
    assert_eq!(steps(&migrations.upgrade_to("auth", Target::Steps(0)).await?, "auth"), Vec::<String>::new());
    Ok(())
}

async fn every_bind_has_its_own(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    let report = migrations.upgrade(All).await?;
    assert_eq!(
        report.binds.iter().map(|bind| (bind.bind.to_string(), bind.steps.len())).collect::<Vec<_>>(),
        [("default".to_owned(), 0), ("auth".to_owned(), 3)]
    );
    // Nothing to do leaves nothing behind.
    assert!(ground.by_hand("default", ground_tables(backend)).is_empty());
    // One that comes later needs nothing of the others; the version may be the same.
    ground.write("default", FIRST, "CREATE TABLE things (id integer PRIMARY KEY)", None);
    let report = migrations.upgrade(All).await?;
    assert_eq!((steps(&report, "default"), steps(&report, "auth")), (vec!["up 20261101000000".to_owned()], vec![]));
    assert_eq!(
        report.to_string().lines().map(|line| line.split(" in ").next().unwrap()).collect::<Vec<_>>(),
        ["bind `default` is at 20261101000000", "  up `20261101000000_users`", "bind `auth` is at 20261103000000; there was nothing to do"]
    );
    assert_eq!((ground.tables("default"), ground.tables("auth").len()), (vec!["things".to_owned()], 2));
    Ok(())
}

fn ground_tables(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "SELECT name FROM sqlite_master",
        Backend::Postgres => "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        Backend::MariaDb | Backend::MySql57 => "SELECT table_name FROM information_schema.tables WHERE table_schema = database()",
    }
}

async fn a_plan_runs_nothing(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    let plan = migrations.plan(All, Direction::Up, version(SECOND)).await?;
    assert!(ground.by_hand("auth", ground_tables(backend)).is_empty());
    let text = plan.to_string();
    let second = text.split("-- up 20261102000000_names\n").nth(1).unwrap();
    let statements = "ALTER TABLE users ADD COLUMN name varchar(99);\nUPDATE users SET name = upper(email);\n";
    let expected = if backend.is_mysql() { statements.to_owned() } else { format!("BEGIN;\n{statements}COMMIT;\n") };
    assert_eq!(second, expected);
    assert!(text.starts_with("-- bind `auth`\nCREATE TABLE "), "{text}");
    migrations.upgrade("auth").await?;
    assert_eq!(migrations.plan(All, Direction::Up, Target::Newest).await?.to_string(), "-- nothing to do\n");
    let down = migrations.plan("auth", Direction::Down, Target::Steps(2)).await?;
    assert_eq!(down.binds[0].steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["posts", "names"]);
    assert_eq!(ground.tables("auth"), ["posts", "users"]);
    Ok(())
}

async fn a_stamp_runs_nothing(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    migrations.stamp("auth", version(SECOND)).await?;
    assert_eq!(ground.history("auth"), ["20261101000000 stamped 0", "20261102000000 stamped 0"]);
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261103000000"]);
    assert_eq!(ground.tables("auth"), ["posts"]);
    let error = migrations.stamp("auth", Target::Steps(0)).await.unwrap_err();
    assert!(error.to_string().starts_with("a stamp says what is there: give it a version"), "{error}");
    assert_eq!(ground.history("auth").len(), 3);
    migrations.stamp("auth", Target::Nothing).await?;
    assert_eq!(ground.history("auth"), Vec::<String>::new());
    migrations.stamp("auth", Target::Newest).await?;
    assert_eq!(ground.history("auth").len(), 3);
    Ok(())
}

async fn what_fails_leaves_nothing_or_says_what(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    ground.write(
        "auth",
        FIRST,
        "CREATE TABLE users (id integer PRIMARY KEY);\nINSERT INTO users VALUES (1);\nINSERT INTO nobody VALUES ('secret');",
        Some("DROP TABLE users"),
    );
    let migrations = ground.migrations().await;
    let error = migrations.upgrade("auth").await.unwrap_err();
    assert_eq!(error.kind(), bindery::ErrorKind::Migration);
    let left = if backend.is_mysql() {
        "the first 2 statements have taken effect, and what comes next goes on behind them"
    } else {
        "nothing of it was kept"
    };
    let message = format!(
        "`20261101000000_users` failed on its way up at statement 3 of 3, line 3 of up.sql: INSERT INTO nobody VALUES ('…'); {left} (bind `auth`)"
    );
    assert_eq!(error.to_string(), message);
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<bindery::Error>().unwrap();
    assert_eq!(source.kind(), bindery::ErrorKind::Sql);
    if backend.is_mysql() {
        assert_eq!(ground.tables("auth"), ["users"]);
        assert_eq!(ground.history("auth"), ["20261101000000 applying 2"]);
        let current = migrations.current("auth").await?.remove(0);
        assert_eq!(current.unfinished, Some((version(FIRST), MigrationState::Applying)));
    } else {
        assert!(ground.by_hand("auth", ground_tables(backend)).is_empty());
    }
    // What failed is mended, and the rest is done.
    ground.write(
        "auth",
        FIRST,
        "CREATE TABLE users (id integer PRIMARY KEY);\nINSERT INTO users VALUES (1);\nINSERT INTO users VALUES (2);",
        None,
    );
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261101000000"]);
    assert_eq!(ground.by_hand("auth", "SELECT id FROM users ORDER BY 1"), [["1"], ["2"]]);
    assert_eq!(ground.history("auth"), ["20261101000000 applied 3"]);
    Ok(())
}

async fn a_failing_bind_does_not_stop_the_others(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    ground.write("default", FIRST, "CREATE TABLE a (id integer PRIMARY KEY)", None);
    ground.write("default", SECOND, "CREATE NONSENSE", None);
    let migrations = ground.migrations().await;
    let error = migrations.upgrade(All).await.unwrap_err();
    assert_eq!(error.problems().len(), 2);
    let [default, auth] = error.problems() else { panic!() };
    assert_eq!(default, "bind `default` failed, and is at 20261101000000 (done: up `20261101000000_users`)");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("`20261102000000_names` failed on its way up at statement 1 of 1"), "{source}");
    assert!(auth.starts_with("bind `auth` is at 20261103000000 (done: up `20261101000000_users`, up "), "{auth}");
    assert_eq!(ground.tables("auth"), ["posts", "users"]);

    migrations.downgrade("auth", Target::Nothing).await?;
    let error = migrations.clone().stop_at_failure().upgrade(All).await.unwrap_err();
    assert_eq!(error.problems()[1], "bind `auth` is at 20261101000000 (done: up `20261101000000_users`), and was stopped there");
    assert_eq!(ground.tables("auth"), ["users"]);
    Ok(())
}

async fn the_history_says_who_and_when(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await;
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(1);
    migrations.upgrade("auth").await?;
    let history = migrations.history("auth").await?;
    let first = &history[0];
    assert_eq!((first.name.as_str(), first.bind.as_str(), first.state), ("users", "auth", MigrationState::Applied));
    assert!(first.begun_at >= before && first.begun_at <= std::time::SystemTime::now(), "{first:?}");
    assert!(first.run_by.contains('@') && first.run_by.contains("migrations"), "{}", first.run_by);
    let text = std::fs::read(ground.folder.path().join("migrations/auth").join(FIRST).join("up.sql")).unwrap();
    let by_hand = std::process::Command::new("sha256sum").stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn();
    let mut by_hand = by_hand.unwrap();
    std::io::Write::write_all(by_hand.stdin.as_mut().unwrap(), &text).unwrap();
    let output = by_hand.wait_with_output().unwrap().stdout;
    assert_eq!(first.checksum, String::from_utf8(output).unwrap().split(' ').next().unwrap());
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM bindery_migrations WHERE begun_at IS NOT NULL"), [["3"]]);
    Ok(())
}

/// Semicolons that end nothing, on the real servers.
async fn bodies_and_directives(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let table = "CREATE TABLE a (id integer PRIMARY KEY, n integer);\n";
    let (up, down) = match backend {
        Backend::Sqlite => (
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET n = CASE WHEN new.id > 1 THEN 10 ELSE 20 END WHERE id = new.id; SELECT 1; END;",
            "DROP TABLE a",
        ),
        Backend::Postgres => (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.n := CASE WHEN new.id > 1 THEN 10 ELSE 20 END; RETURN new; END; $$;\n\
             CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();",
            "DROP TABLE a; DROP FUNCTION f()",
        ),
        Backend::MariaDb | Backend::MySql57 => (
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF new.id > 1 THEN SET new.n = 10; ELSE SET new.n = 20; END IF; END;\n\
             DELIMITER //\nCREATE PROCEDURE p() SET @a = 1 //\nDELIMITER ;\n",
            "DROP TABLE a; DROP PROCEDURE p",
        ),
    };
    ground.write("auth", FIRST, &format!("{table}{up}\nINSERT INTO a (id) VALUES (1), (2);"), Some(down));
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT n FROM a ORDER BY id"), [["20"], ["10"]]);
    if backend == Backend::Postgres {
        let concurrently =
            "-- bindery: no-transaction\nCREATE TABLE b (n integer);\nCREATE INDEX CONCURRENTLY i ON b (n);\nINSERT INTO b VALUES (1);";
        ground.write("auth", SECOND, concurrently, Some("DROP TABLE b"));
        migrations.upgrade("auth").await?;
        assert_eq!(ground.by_hand("auth", "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), [["t"]]);
        // As a dump begins: the history's table is found all the same.
        let dump = "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.c (n integer);";
        ground.write("auth", THIRD, dump, Some("SET search_path = pg_catalog; DROP TABLE public.c"));
        migrations.upgrade("auth").await?;
        assert_eq!(ground.history("auth").len(), 3);
        migrations.downgrade("auth", Target::Steps(1)).await?;
        assert_eq!(ground.tables("auth"), ["a", "b"]);
        // What an earlier try has left of an index is not taken for it.
        let unique = "-- bindery: no-transaction\nINSERT INTO b VALUES (1);\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON b (n);";
        ground.write("auth", THIRD, unique, None);
        for problem in ["at statement 2 of 2", "the index `u` is there and invalid: drop it"] {
            let error = migrations.upgrade("auth").await.unwrap_err();
            assert!(error.to_string().contains(problem), "{error}");
        }
        return Ok(());
    }
    migrations.downgrade("auth", Target::Nothing).await?;
    assert_eq!(ground.tables("auth"), Vec::<String>::new());
    Ok(())
}
