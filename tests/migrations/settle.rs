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
    rows_are_committed_with_their_note,
    a_mended_statement_is_not_taken_for_the_old_one,
    what_a_procedure_has_done_is_not_done_again,
    what_belongs_to_a_lost_connection_is_asked,
    a_way_back_that_was_cut_off_goes_on
);

mod on_mariadb {
    #[tokio::test]
    async fn a_statement_behind_set_is_not_repeated() -> bindery::Result<()> {
        super::a_statement_behind_set_is_not_repeated().await
    }
}

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
         `migrations.settle(\"auth\", \"20261101000000\".parse()?, Settlement::StatementsDone(2)).await?` where it has not taken effect, \
         `migrations.settle(\"auth\", \"20261101000000\".parse()?, Settlement::StatementsDone(3)).await?` where it has; then run this again (bind `auth`)"
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
    assert!(error.contains("line 1 of its up.sql is about the connection that is gone: SET @id = connection_id()"), "{error}");
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

/// Of a statement that is another one by now nobody knows whether the old one took effect.
async fn a_mended_statement_is_not_taken_for_the_old_one(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    cut_off(&ground, 1, false).await;
    ground.write(
        "auth",
        NAME,
        &UP.replace("ALTER TABLE users ADD COLUMN name", "CREATE TABLE audit (id integer);\nALTER TABLE users ADD COLUMN name"),
        None,
    );
    let migrations = ground.migrations().await;
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert!(
        error.contains("at statement 2 of 5, line 2 of up.sql: CREATE TABLE audit (id integer); whether it has taken effect does not show"),
        "{error}"
    );
    migrations.settle("auth", version(), Settlement::StatementsDone(1)).await?;
    migrations.upgrade("auth").await?;
    assert_eq!(ground.tables("auth"), ["audit", "users"]);
    Ok(())
}

/// Each statement of a procedure is committed on its own, also where the next one is refused.
async fn what_a_procedure_has_done_is_not_done_again(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let up = "CREATE TABLE log (id integer);\nCREATE TABLE users (id integer PRIMARY KEY);\nINSERT INTO users VALUES (1);\n\
              CREATE PROCEDURE p() BEGIN INSERT INTO log VALUES (1); INSERT INTO users VALUES (1); END;\nCALL p();";
    ground.write("auth", NAME, up, None);
    let migrations = ground.migrations().await;
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert!(error.contains("CALL p(); whether it has taken effect, or a part of it, is not known"), "{error}");
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM log"), [["1"]]);
    ground.by_hand("auth", "DELETE FROM users");
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert!(error.contains("Settlement::StatementsDone(4)"), "{error}");
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM log"), [["1"]]);
    ground.by_hand("auth", "INSERT INTO users VALUES (1)");
    migrations.settle("auth", version(), Settlement::StatementsDone(5)).await?;
    assert_eq!(steps(&migrations.upgrade("auth").await?, "auth"), ["up 20261101000000"]);
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM log"), [["1"]]);
    Ok(())
}

async fn what_belongs_to_a_lost_connection_is_asked(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let up = |last: &str| {
        format!(
            "CREATE TABLE parents (id integer PRIMARY KEY AUTO_INCREMENT, email varchar(99));\nCREATE TABLE children (parent integer);\n\
             INSERT INTO parents (email) VALUES ('ada@example.org');\n{last}"
        )
    };
    ground.write("auth", NAME, &up("INSERT INTO children VALUES (last_insert_id(), 'too many')"), None);
    ground.migrations().await.upgrade("auth").await.unwrap_err();
    ground.write("auth", NAME, &up("INSERT INTO children VALUES (last_insert_id())"), None);
    let error = ground.migrations().await.upgrade("auth").await.unwrap_err().to_string();
    assert!(
        error.contains("line 4 of its up.sql is about the connection that is gone: INSERT INTO children VALUES (last_insert_id())"),
        "{error}"
    );
    assert_eq!(ground.by_hand("auth", "SELECT count(*) FROM children"), [["0"]]);
    // What is not of it goes on, an address with an @ in it or not.
    ground.write("auth", NAME, &up("INSERT INTO children VALUES (1)"), None);
    ground.migrations().await.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT parent, email FROM children, parents"), [["1", "ada@example.org"]]);
    Ok(())
}

async fn a_way_back_that_was_cut_off_goes_on(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let down = |second: &str| format!("INSERT INTO log VALUES (1);\n{second};\nDROP TABLE users");
    ground.write("auth", NAME, "CREATE TABLE log (id integer);\nCREATE TABLE users (id integer)", Some(&down("CREATE NONSENSE")));
    let migrations = ground.migrations().await;
    migrations.upgrade("auth").await?;
    migrations.downgrade("auth", bindery::migrate::Target::Nothing).await.unwrap_err();
    assert_eq!(ground.history("auth"), ["20261101000000 reverting 1"]);
    let error = migrations.upgrade("auth").await.unwrap_err().to_string();
    assert!(
        error.contains("its way back was begun and is not through (1 of its statements have taken effect): a downgrade goes on with it"),
        "{error}"
    );
    ground.write(
        "auth",
        NAME,
        "CREATE TABLE log (id integer);\nCREATE TABLE users (id integer)",
        Some(&down("INSERT INTO log VALUES (2)")),
    );
    let migrations = ground.migrations().await;
    assert_eq!(steps(&migrations.downgrade("auth", bindery::migrate::Target::Nothing).await?, "auth"), ["down 20261101000000"]);
    assert_eq!(ground.by_hand("auth", "SELECT id FROM log ORDER BY 1"), [["1"], ["2"]]);
    assert_eq!((ground.tables("auth"), ground.history("auth")), (vec!["log".to_owned()], Vec::new()));
    Ok(())
}

/// MariaDB's `SET STATEMENT … FOR UPDATE …` sets nothing: it changes rows.
async fn a_statement_behind_set_is_not_repeated() -> Result<()> {
    let ground = Ground::new(Backend::MariaDb);
    let up = |last: &str| {
        format!(
            "CREATE TABLE accounts (balance integer);\nINSERT INTO accounts VALUES (1);\n\
             SET STATEMENT max_statement_time = 9 FOR UPDATE accounts SET balance = balance * 100;\n{last}"
        )
    };
    ground.write("auth", NAME, &up("CREATE NONSENSE"), None);
    for _ in 0..2 {
        ground.migrations().await.upgrade("auth").await.unwrap_err();
    }
    ground.write("auth", NAME, &up("INSERT INTO accounts VALUES (2)"), None);
    ground.migrations().await.upgrade("auth").await?;
    assert_eq!(ground.by_hand("auth", "SELECT balance FROM accounts ORDER BY 1"), [["2"], ["100"]]);
    Ok(())
}
