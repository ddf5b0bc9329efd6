//! What drafts and checks say, and what they refuse.

use bindery::migrate::{Question, Target};
use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::{MysqlFlavor, TempMysql};

use crate::ground::{Backend, Ground, on_each_backend, on_each_mysql};

on_each_backend!(
    renames_are_asked_for,
    losses_need_consent,
    what_was_changed_by_hand_is_told,
    an_older_database,
    what_is_not_looked_at_is_left
);

mod reaching_out {
    use super::{on_each_mysql, other_databases_are_left_alone};

    on_each_mysql!(other_databases_are_left_alone);
}

mod before {
    use bindery::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users", bind = "auth")]
    pub(super) struct User {
        #[column(primary_key, generated)]
        pub(super) id: i64,
        #[column(unique, max_length = 90)]
        pub(super) email: String,
        pub(super) name: Option<String>,
    }
}

mod after {
    use bindery::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "people", bind = "auth")]
    pub(super) struct Person {
        #[column(primary_key, generated)]
        pub(super) id: i64,
        #[column(unique, max_length = 90)]
        pub(super) email: String,
        pub(super) full_name: Option<String>,
    }
}

async fn migrations<M: bindery::session::Models>(ground: &Ground) -> Result<bindery::migrate::Migrations> {
    let databases = ground.builder().models::<M>().connect().await?;
    Ok(databases.migrations().directory(ground.folder.path().join("migrations")))
}

/// The first release, with two rows.
async fn begun(backend: Backend) -> Result<Ground> {
    let ground = Ground::new(backend);
    let migrations = migrations::<(before::User,)>(&ground).await?;
    migrations.draft("auth").await?.write("users").await?;
    migrations.upgrade("auth").await?;
    ground.by_hand("auth", "INSERT INTO users (email, name) VALUES ('ada', 'Ada'), ('bob', NULL)");
    Ok(ground)
}

async fn renames_are_asked_for(backend: Backend) -> Result<()> {
    let ground = begun(backend).await?;
    let migrations = migrations::<(after::Person,)>(&ground).await?;
    let mut draft = migrations.draft("auth").await?;
    let questions = draft.questions();
    assert_eq!(questions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["was the table `users` renamed to `people`?"]);
    let refused = draft.write("people").await.unwrap_err();
    assert_eq!((refused.kind(), refused.problems()), (ErrorKind::Migration, [questions[0].to_string()].as_slice()));
    draft.rename_table("users", "people")?;
    // One answer leads to the next question.
    let question = Question::Column { table: "people".into(), from: "name".into(), to: "full_name".into() };
    assert_eq!(draft.questions(), std::slice::from_ref(&question));
    let error = draft.rename_column("people", "nmae", "full_name").unwrap_err();
    assert!(error.to_string().starts_with("the column `people.nmae` can't have been renamed to `full_name`"), "{error}");
    assert_eq!(question.to_string(), "was the column `people.name` renamed to `people.full_name`?");
    draft.rename_column("people", "name", "full_name")?;
    assert_eq!(draft.questions(), []);
    let error = draft.rename_column("people", "name", "email").unwrap_err().to_string();
    assert!(
        error.starts_with("that can't be beside another answer: \"was the column `people.name` renamed to `people.full_name`?\""),
        "{error}"
    );
    draft.write("people").await?;
    assert_eq!(draft.write("people").await?, None);
    migrations.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT email, full_name FROM people ORDER BY id"), [["ada", "Ada"], ["bob", "NULL"]]);
    assert!(migrations.check("auth").await?[0].is_clean());
    migrations.downgrade("auth", Target::Steps(1)).await?;
    assert_eq!(ground.by_hand("auth", "SELECT email, name FROM users ORDER BY id"), [["ada", "Ada"], ["bob", "NULL"]]);
    Ok(())
}

async fn losses_need_consent(backend: Backend) -> Result<()> {
    let ground = begun(backend).await?;
    let migrations = migrations::<(after::Person,)>(&ground).await?;
    let mut draft = migrations.draft("auth").await?;
    for question in draft.questions() {
        draft.keep_apart(question);
    }
    let refused = draft.write("people").await.unwrap_err();
    assert!(refused.to_string().starts_with("this may lose rows or values: `consent_to` lets one change pass"), "{refused}");
    assert_eq!(refused.problems().len(), 1);
    assert!(refused.problems()[0].ends_with("the rows of `users` are lost"), "{refused}");
    assert_eq!(std::fs::read_dir(ground.folder.path().join("migrations/auth")).unwrap().count(), 1);
    // Of something that is not lost, it is of no use.
    let created = draft.changes().into_iter().find(|change| !change.is_destructive()).unwrap();
    draft.consent_to(&created).write("people").await.unwrap_err();
    let lost = draft.changes().into_iter().find(|change| change.is_destructive()).unwrap();
    draft.consent_to(&lost);
    let folder = draft.write("people").await?.unwrap();
    let up = std::fs::read_to_string(folder.join("up.sql")).unwrap();
    assert!(up.contains("-- LOSES: ") && up.contains("the rows of `users` are lost\n"), "{up}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    migrations.upgrade("auth").await?;
    assert_eq!(ground.tables("auth"), ["people"]);
    Ok(())
}

async fn what_was_changed_by_hand_is_told(backend: Backend) -> Result<()> {
    let ground = begun(backend).await?;
    let migrations = migrations::<(before::User,)>(&ground).await?;
    let clean = migrations.check("auth").await?.remove(0);
    assert_eq!(clean.to_string(), "bind `auth`: models, migrations and database are the same");
    ground.by_hand("auth", "ALTER TABLE users ADD COLUMN extra integer");
    ground.by_hand("auth", "CREATE VIEW v AS SELECT id FROM users");
    let check = migrations.check("auth").await?.remove(0);
    assert!(check.models.is_empty() && check.history.is_empty() && check.pending.is_empty(), "{check}");
    assert_eq!(check.database.len(), 2, "{check}");
    assert!(check.database[0].contains("`users.extra`") && check.database[1].contains("view `v`"), "{check}");

    ground.write("auth", "20991231000000_later", "CREATE TABLE later (id integer PRIMARY KEY)", None);
    let check = migrations.check("auth").await?.remove(0);
    assert_eq!(check.pending, ["20991231000000_later"]);
    assert_eq!(check.models.len(), 1, "{check}"); // no model says `later`
    let check = migrations.ignore_tables(["later"]).check("auth").await?.remove(0);
    assert!(check.models.is_empty(), "{check}");
    Ok(())
}

async fn an_older_database(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    // Made by `create_all`, long before anyone thought of migrations.
    ground.builder().models::<(before::User,)>().connect().await?.create_all("auth").await?;
    ground.by_hand("auth", "INSERT INTO users (email) VALUES ('ada')");
    ground.by_hand("auth", "CREATE INDEX by_hand ON users (email)");
    let same = migrations::<(before::User,)>(&ground).await?;
    let index = same.draft_from_database("auth").await?;
    assert_eq!(index.changes().iter().map(ToString::to_string).collect::<Vec<_>>(), ["index `by_hand` (`email`) of `users` is dropped"]);
    let baseline = same.draft_baseline("auth").await?.write("baseline").await?.unwrap();
    let up = std::fs::read_to_string(baseline.join("up.sql")).unwrap();
    assert!(up.contains("CREATE TABLE") && up.contains("by_hand") && !up.contains("bindery_migrations"), "{up}");
    let refused = same.draft_baseline("auth").await.unwrap_err();
    assert!(
        refused.to_string().starts_with("the database does not stand at its newest migration: upgrade it first, or `stamp` what it has"),
        "{refused}"
    );
    assert_eq!(same.draft_from_database("auth").await.unwrap_err().problems(), refused.problems());
    same.stamp("auth", Target::Newest).await?;
    assert!(same.draft_baseline("auth").await?.is_empty());

    let newer = migrations::<(after::Person,)>(&ground).await?;
    let mut draft = newer.draft("auth").await?;
    draft.rename_table("users", "people")?.rename_column("people", "name", "full_name")?;
    draft.write("people").await?;
    newer.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT email, full_name FROM people"), [["ada", "NULL"]]);
    assert!(newer.check("auth").await?[0].is_clean());

    // A new database gets the same.
    let fresh = Ground::new(backend);
    for entry in std::fs::read_dir(ground.folder.path().join("migrations/auth")).unwrap() {
        let folder = entry.unwrap().path();
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        fresh.write("auth", folder.file_name().unwrap().to_str().unwrap(), &text("up.sql"), Some(&text("down.sql")));
    }
    let newer = migrations::<(after::Person,)>(&fresh).await?;
    newer.upgrade("auth").await?;
    assert!(newer.check("auth").await?[0].is_clean());
    Ok(())
}

/// A scratch database is for definitions: what a script does elsewhere it would do in earnest.
async fn other_databases_are_left_alone(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let other =
        TempMysql::shared(if backend == Backend::MariaDb { MysqlFlavor::MariaDb } else { MysqlFlavor::MySql }).unwrap().database().unwrap();
    other.sql("CREATE TABLE log (id integer)").unwrap();
    let name = other.name();
    let migrations = migrations::<(before::User,)>(&ground).await?;
    for sql in [
        format!("INSERT INTO {name}.log VALUES (1)"),
        format!("INSERT INTO `{name}` . log VALUES (1)"),
        format!("/*!50000 DROP SCHEMA {name} */"),
    ] {
        ground.write("auth", "20261101000000_log", &sql, None);
        for error in [migrations.draft("auth").await.unwrap_err(), migrations.check("auth").await.unwrap_err()] {
            assert!(
                error.to_string().starts_with("`20261101000000_log` can't be tried in a scratch database: what stands in line 1"),
                "{error}"
            );
        }
        assert_eq!(other.sql("SELECT count(*) FROM log").unwrap().trim(), "0", "{sql}");
    }
    // A text is none of its names.
    let sql = format!("CREATE TABLE urls (url varchar(99));\nINSERT INTO urls VALUES ('https://{name}.example.org')");
    ground.write("auth", "20261101000000_log", &sql, None);
    assert!(!migrations.draft("auth").await?.is_empty());
    Ok(())
}

async fn what_is_not_looked_at_is_left(backend: Backend) -> Result<()> {
    let ground = begun(backend).await?;
    ground.write("auth", "20991230000000_view", "CREATE VIEW v AS SELECT id, email FROM users", Some("DROP VIEW v"));
    let migrations = migrations::<(before::User,)>(&ground).await?;
    migrations.upgrade("auth").await?;
    let draft = migrations.draft("auth").await?;
    assert!(draft.is_empty());
    assert_eq!(draft.not_compared(), ["view `v`"]);
    assert!(migrations.check("auth").await?[0].is_clean());
    let session = ground.builder().models::<(before::User,)>().connect().await?.session();
    assert_eq!(session.one(raw("auth", "SELECT count(*) FROM v").rows::<(i64,)>()).await?, (2,));
    Ok(())
}
