//! SQLite's foreign keys, off for one migration.

use bindery::{ErrorKind, Result};

use crate::ground::{Backend, Ground, Place};

const BEGIN: &str = "CREATE TABLE users (id integer PRIMARY KEY);\n\
                     CREATE TABLE posts (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE);\n\
                     INSERT INTO users VALUES (1), (2);\nINSERT INTO posts VALUES (1, 1), (2, 2);";

fn ground() -> Ground {
    let ground = Ground::new(Backend::Sqlite);
    ground.write("auth", "20261101000000_begin", BEGIN, None);
    ground
}

/// A table is made anew, as SQLite's documentation has it.
const REBUILD: &str = "CREATE TABLE users_new (id integer PRIMARY KEY, name text);\nINSERT INTO users_new (id) SELECT id FROM users;\n\
                       DROP TABLE users;\nALTER TABLE users_new RENAME TO users;";

#[tokio::test]
async fn a_table_that_is_made_anew_keeps_the_rows_that_refer_to_it() -> Result<()> {
    let ground = ground();
    ground.write("auth", "20261102000000_anew", &format!("-- bindery: foreign-keys-off\n{REBUILD}"), None);
    // One that comes after is looked at as ever, on the same connection.
    ground.write("auth", "20261103000000_orphan", "INSERT INTO posts VALUES (3, 99)", None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err();
    assert_eq!(
        error.problems(),
        ["bind `auth` failed, and is at 20261102000000 (done: up `20261101000000_begin`, up `20261102000000_anew`)"]
    );
    assert!(
        std::error::Error::source(&error).unwrap().to_string().starts_with("`20261103000000_orphan` failed on its way up"),
        "{error:?}"
    );
    assert_eq!(ground.by_hand("auth", "SELECT id, user_id FROM posts ORDER BY id"), [["1", "1"], ["2", "2"]]);
    assert_eq!(ground.history("auth").len(), 2);
    let schema = ground.by_hand("auth", "SELECT sql FROM sqlite_master WHERE name = 'posts'").concat();
    assert!(schema[0].contains("REFERENCES users (id)"), "{schema:?}");
    Ok(())
}

#[tokio::test]
async fn rows_that_would_refer_to_nothing_are_refused() -> Result<()> {
    let ground = ground();
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    // What was wrong before is not this migration's fault.
    let Place::File(path) = ground.place("auth") else { panic!("it is on SQLite") };
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO posts VALUES (7, 70)").unwrap();
    drop(other);
    ground.write("auth", "20261102000000_loses", "-- bindery: foreign-keys-off\nDELETE FROM users WHERE id = 2", None);
    let error = migrations.upgrade("auth").await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<bindery::Error>().unwrap();
    assert_eq!(source.kind(), ErrorKind::ForeignKeyViolation);
    assert_eq!(source.problems(), ["2 rows of `posts` refer to rows of `users` that are not there"]);
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM users"), [["2"]]);
    ground.write(
        "auth",
        "20261102000000_loses",
        "-- bindery: foreign-keys-off\nDELETE FROM posts WHERE id = 2; DELETE FROM users WHERE id = 2",
        None,
    );
    migrations.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT id FROM posts ORDER BY id"), [["1"], ["7"]]);
    Ok(())
}
