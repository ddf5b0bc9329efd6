//! Migrations in Rust.

use bindery::migrate::{RustMigration, Settlement, Target};
use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::ground::{Backend, Ground, on_each_backend, on_each_mysql, steps};
use crate::upgrade::releases;

on_each_backend!(up_down_and_in_order, rows_move_to_another_bind, one_that_fails);

mod cut_off {
    use super::{on_each_mysql, one_that_the_server_refused, one_that_was_cut_off, one_without_a_connection};

    on_each_mysql!(one_that_was_cut_off, one_that_the_server_refused, one_without_a_connection);
}

/// Nothing is noted where it can't be run.
async fn one_without_a_connection(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let databases = ground.builder().bind_option("auth", "pool_size", 1).connect().await?;
    let migrations = databases.migrations().directory(ground.folder.path().join("migrations"));
    let migrations = migrations.rust("auth", "20261102120000_lengths", Lengths { repeatable: false, fails: false });
    let error = migrations.upgrade("auth").await.unwrap_err();
    let problem = std::error::Error::source(&error).unwrap().to_string();
    assert!(problem.contains("needs a connection beside that of the lock: give the bind a `pool_size` of 2 or more"), "{error}");
    assert_eq!(ground.history("auth").len(), 2);
    Ok(())
}

/// Counts the letters of each address.
struct Lengths {
    repeatable: bool,
    fails: bool,
}

#[async_trait::async_trait]
impl RustMigration for Lengths {
    async fn up(&self, session: &Session) -> Result<()> {
        session.execute(raw("auth", "UPDATE users SET name = 'x'").writes()).await?;
        for (id, email) in session.all(raw("auth", "SELECT id, email FROM users").rows::<(i32, String)>()).await? {
            let length = email.len();
            session.execute(raw("auth", bindery::sql!("UPDATE users SET name = {length.to_string()} WHERE id = {id}")).writes()).await?;
        }
        if self.fails { Err(bindery::Error::new(ErrorKind::NotFound, "no more")) } else { Ok(()) }
    }

    async fn down(&self, session: &Session) -> Result<()> {
        session.execute(raw("auth", "UPDATE users SET name = NULL").writes()).await.map(drop)
    }

    fn is_repeatable(&self) -> bool {
        self.repeatable
    }
}

const NAMES: &str = "SELECT name FROM users ORDER BY id";

async fn up_down_and_in_order(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let lengths = Lengths { repeatable: false, fails: false };
    let migrations = ground.migrations().await.rust("auth", "20261102120000_lengths", lengths);
    let report = migrations.upgrade("auth").await?;
    assert_eq!(steps(&report, "auth"), ["up 20261101000000", "up 20261102000000", "up 20261102120000", "up 20261103000000"]);
    assert_eq!(ground.by_hand("auth", NAMES), [["3"], ["4"]]);
    let plan = migrations.plan("auth", bindery::migrate::Direction::Down, Target::Steps(2)).await?;
    assert!(plan.to_string().ends_with("-- down 20261102120000_lengths\n-- (in Rust)\n"), "{plan}");
    migrations.downgrade("auth", Target::Steps(2)).await?;
    assert_eq!(ground.by_hand("auth", NAMES), [["NULL"], ["NULL"]]);
    assert_eq!(ground.history("auth"), ["20261101000000 applied 2", "20261102000000 applied 2"]);
    Ok(())
}

/// `users` of `auth` become `people` of `default`.
struct Move;

#[async_trait::async_trait]
impl RustMigration for Move {
    async fn up(&self, session: &Session) -> Result<()> {
        let users = session.all(raw("auth", "SELECT id, email FROM users").rows::<(i32, String)>()).await?;
        let others = session.databases().session();
        for (id, email) in users {
            others.execute(raw("default", bindery::sql!("DELETE FROM people WHERE id = {id}")).writes()).await?;
            others.execute(raw("default", bindery::sql!("INSERT INTO people (id, email) VALUES ({id}, {email})")).writes()).await?;
        }
        session.execute(raw("auth", "DROP TABLE users").writes()).await.map(drop)
    }

    fn is_repeatable(&self) -> bool {
        true
    }
}

async fn rows_move_to_another_bind(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    ground.write("default", "20261104000000_people", "CREATE TABLE people (id integer PRIMARY KEY, email varchar(99))", None);
    let migrations = ground.migrations().await.rust("auth", "20261104000001_move", Move);
    migrations.upgrade(All).await?;
    assert_eq!(ground.by_hand("default", "SELECT id, email FROM people ORDER BY 1"), [["1", "ada"], ["2", "bob;"]]);
    assert_eq!(ground.tables("auth"), ["posts"]);
    let error = migrations.downgrade("auth", Target::Steps(1)).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "this migration has no way back: nothing was done");
    // So nothing is noted either.
    assert_eq!(ground.history("auth").last().unwrap(), "20261104000001 applied 0");
    migrations.upgrade(All).await?;
    Ok(())
}

async fn one_that_fails(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let failing = Lengths { repeatable: true, fails: true };
    let migrations = ground.migrations().await.rust("auth", "20261102120000_lengths", failing);
    let error = migrations.upgrade("auth").await.unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(*problem, "bind `auth` failed, and is at 20261102000000 (done: up `20261101000000_users`, up `20261102000000_names`)");
    let causes: Vec<_> =
        std::iter::successors(std::error::Error::source(&error), |cause| cause.source()).map(ToString::to_string).collect();
    assert_eq!(causes, ["`20261102120000_lengths` failed on its way up (bind `auth`)", "no more"]);
    // Where there is a transaction it is undone.
    let names = if backend.is_mysql() { [["3"], ["4"]] } else { [["ADA"], ["BOB;"]] };
    assert_eq!(ground.by_hand("auth", NAMES), names);
    let migrations = ground.migrations().await.rust("auth", "20261102120000_lengths", Lengths { repeatable: true, fails: false });
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261102120000", "up 20261103000000"]);
    Ok(())
}

/// Doubles, and then says what MySQL does not support.
struct Doubles;

#[async_trait::async_trait]
impl RustMigration for Doubles {
    async fn up(&self, session: &Session) -> Result<()> {
        session.execute(raw("auth", "UPDATE users SET id = id + 10").writes()).await?;
        session.execute(raw("auth", "DELETE FROM users WHERE id IN (SELECT id FROM users LIMIT 1)").writes()).await.map(drop)
    }
}

async fn one_that_the_server_refused(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let migrations = ground.migrations().await.rust("auth", "20261102120000_doubles", Doubles);
    for _ in 0..2 {
        migrations.upgrade("auth").await.unwrap_err();
    }
    assert_eq!(ground.history("auth")[2], "20261102120000 applying 0");
    assert_eq!(ground.by_hand("auth", "SELECT id FROM users ORDER BY id"), [["11"], ["12"]]);
    Ok(())
}

async fn one_that_was_cut_off(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    releases(&ground);
    let lengths = |fails| Lengths { repeatable: false, fails };
    let migrations = ground.migrations().await.rust("auth", "20261102120000_lengths", lengths(true));
    migrations.upgrade("auth").await.unwrap_err();
    let migrations = ground.migrations().await.rust("auth", "20261102120000_lengths", lengths(false));
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert!(
        error.contains("it was begun on its way up, and failed or was cut off, and does not say that it may be run once more"),
        "{error}"
    );
    migrations.settle("auth", "20261102120000".parse()?, Settlement::NotApplied).await?;
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261102120000", "up 20261103000000"]);
    Ok(())
}
