//! What was cut off in the middle, where definitions take no part in transactions: found out, or asked.

use std::time::{Duration, Instant};

use bindery::Result;
use bindery::migrate::{MigrationState, Settlement, Version};
use bindery_testkit::TempMysqlDatabase;

use crate::ground::{Backend, Ground, Place, on_each_mysql, steps};

on_each_mysql!(
    of_what_shows_it_is_found_out,
    of_what_does_not_show_it_is_asked,
    what_is_done_may_not_change,
    settings_are_set_again,
    rows_are_committed_with_their_note
);

const NAME: &str = "20261101000000_users";
const UP: &str = "CREATE TABLE users (id integer PRIMARY KEY);\nALTER TABLE users ADD COLUMN name varchar(9);\nTRUNCATE TABLE users;\nINSERT INTO users (id) VALUES (1);";

fn version() -> Version {
    "20261101000000".parse().unwrap()
}

/// The server loses the one who upgrades while statement `at` (from 0) waits; `took_effect`: as if that had been done all the same.
async fn cut_off(ground: &Ground, at: usize, took_effect: bool) {
    let migrations = ground.migrations().await;
    let statements: Vec<_> = UP.split('\n').collect();
    // As far as the statement before it, by a script that ends there in an error.
    let broken: Vec<_> = statements[..at].iter().copied().chain(["CREATE NONSENSE"]).collect();
    ground.write("auth", NAME, &broken.join("\n"), None);
    migrations.upgrade("auth").await.unwrap_err();
    assert_eq!(ground.history("auth"), [format!("20261101000000 applying {at}")]);
    ground.write("auth", NAME, UP, None);

    let Place::Mysql(database) = ground.place("auth") else { panic!("definitions take part in transactions here") };
    std::thread::scope(|scope| {
        // Who has read the table lets nobody change it before the end of the transaction.
        let reader = scope.spawn(|| database.sql("BEGIN; SELECT * FROM users; SELECT sleep(60)").is_err());
        until_one(database, "info LIKE 'SELECT sleep%'");
        let upgrade = tokio::spawn(async move { migrations.upgrade("auth").await.map(drop) });
        let waits = tokio::task::block_in_place(|| until_one(database, "state LIKE 'Waiting for table metadata lock%'"));
        database.sql(&format!("KILL {waits}")).unwrap();
        let error = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(upgrade)).unwrap().unwrap_err();
        assert!(error.to_string().contains(&format!("at statement {} of 4", at + 1)), "{error:?}");
        database.sql(&format!("KILL {}", until_one(database, "info LIKE 'SELECT sleep%'"))).unwrap();
        assert!(reader.join().unwrap());
    });
    if took_effect {
        ground.by_hand("auth", statements[at]);
    }
}

/// The connection of this database of which it is so, once there is one.
fn until_one(database: &TempMysqlDatabase, condition: &str) -> String {
    let sql = format!("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id() AND {condition}");
    let begun = Instant::now();
    loop {
        let found = database.sql(&sql).unwrap();
        if !found.trim().is_empty() {
            return found.trim().to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no connection of which {condition}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn of_what_shows_it_is_found_out(backend: Backend) -> Result<()> {
    for took_effect in [false, true] {
        let ground = Ground::new(backend);
        cut_off(&ground, 1, took_effect).await;
        let migrations = ground.migrations().await;
        assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261101000000"], "{took_effect}");
        assert_eq!(ground.by_hand("auth", "SELECT id, name FROM users"), [["1", "NULL"]]);
        assert_eq!(migrations.history("auth").await?[0].state, MigrationState::Applied);
    }
    Ok(())
}

async fn of_what_does_not_show_it_is_asked(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    cut_off(&ground, 2, true).await;
    ground.by_hand("auth", "INSERT INTO users (id) VALUES (7)"); // what a blind repetition would delete
    let migrations = ground.migrations().await;
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert_eq!(
        error,
        "`20261101000000_users`: it was cut off on its way up at statement 3 of 4, line 3 of up.sql: TRUNCATE TABLE users; whether it has taken effect does not show: look, and say so: \
         `settle(\"auth\", 20261101000000, Settlement::StatementsDone(2))` where it has not taken effect, `StatementsDone(3)` where it has; then run this again (bind `auth`)"
    );
    migrations.settle("auth", version(), Settlement::StatementsDone(3)).await?;
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261101000000"]);
    assert_eq!(ground.by_hand("auth", "SELECT id FROM users ORDER BY 1"), [["1"], ["7"]]);

    let error = migrations.settle("auth", version(), Settlement::StatementsDone(3)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`20261101000000_users` is applied: only of one that was cut off can some statements have taken effect (bind `auth`)"
    );
    Ok(())
}

async fn what_is_done_may_not_change(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    cut_off(&ground, 2, false).await;
    ground.write("auth", NAME, &UP.replace("varchar(9)", "varchar(10)"), None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err().to_string();
    assert!(error.contains("the first 2 statements of its up.sql, which have taken effect, were changed since"), "{error}");
    assert_eq!(
        ground
            .by_hand("auth", "SELECT column_type FROM information_schema.columns WHERE table_schema = database() AND table_name = 'users' AND column_name = 'name'"),
        [["varchar(9)"]]
    );
    Ok(())
}

async fn settings_are_set_again(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let up = |last: &str| format!("SET @name = 'ada';\nCREATE TABLE users (name varchar(9));\n{last}");
    ground.write("auth", NAME, &up("CREATE NONSENSE"), None);
    ground.migrations().await.upgrade("auth").await.unwrap_err();
    ground.write("auth", NAME, &up("INSERT INTO users VALUES (@name)"), None);
    ground.migrations().await.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT name FROM users"), [["ada"]]);

    // What was computed then is not computed anew.
    let computed = "SET @id = connection_id();\nINSERT INTO users VALUES (@id);\n";
    ground.write("auth", "20261102000000_id", &format!("{computed}CREATE NONSENSE"), None);
    ground.migrations().await.upgrade("auth").await.unwrap_err();
    ground.write("auth", "20261102000000_id", &format!("{computed}INSERT INTO users VALUES (@id)"), None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err().to_string();
    assert!(error.contains("what line 1 of its up.sql has made was of the connection that is gone: SET @id = connection_id()"), "{error}");
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM users"), [["2"]]);
    Ok(())
}

async fn rows_are_committed_with_their_note(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    ground.write("auth", NAME, "CREATE TABLE users (id integer)", None);
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    // The note of the second statement fails, as if the process had ended between the two.
    ground.by_hand(
        "auth",
        "DELIMITER //\nCREATE TRIGGER stop BEFORE UPDATE ON bindery_migrations FOR EACH ROW BEGIN IF NEW.statements_done = 2 THEN \
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stopped'; END IF; END //\nDELIMITER ;",
    );
    ground.write("auth", "20261102000000_rows", "ALTER TABLE users ADD COLUMN n integer;\nINSERT INTO users VALUES (1, 2)", None);
    migrations.upgrade("auth").await.unwrap_err();
    assert_eq!(ground.history("auth")[1], "20261102000000 applying 1");
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM users"), [["0"]]);
    ground.by_hand("auth", "DROP TRIGGER stop");
    migrations.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT id, n FROM users"), [["1", "2"]]);
    Ok(())
}
