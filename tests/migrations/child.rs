//! Another process that upgrades: this program once more, with one of its tests that does nothing where nobody has asked for it.

use std::process::{Child, Command, Stdio};

use bindery::migrate::{Direction, Target};
use bindery::session::{All, Databases};
use bindery::{MysqlDriver, PostgresDriver, Result, SqliteDriver};

use crate::ground::{BINDS, Ground};

const FOLDER: &str = "BINDERY_CHILD_FOLDER";
const DIRECTION: &str = "BINDERY_CHILD_DIRECTION";
const URL: &str = "BINDERY_CHILD_URL_";

impl Ground {
    /// Begins to upgrade every bind in a process of its own.
    pub(crate) fn upgrade_in_a_process(&self) -> Child {
        self.migrate_in_a_process(Direction::Up)
    }

    /// Begins to lead every bind up to the newest or down to nothing.
    pub(crate) fn migrate_in_a_process(&self, direction: Direction) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child::upgrades_where_it_is_asked_to", "--nocapture"]);
        command.env(FOLDER, self.folder.path().join("migrations")).env(DIRECTION, direction.to_string());
        for bind in BINDS {
            // The users of the tests' servers have no passwords; `Display` of a URL would hide one.
            command.env(format!("{URL}{bind}"), self.place(bind).url().to_string());
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// What it says when it is done.
pub(crate) const DONE: &str = "bindery's child is done: ";

#[tokio::test]
async fn upgrades_where_it_is_asked_to() -> Result<()> {
    let Ok(folder) = std::env::var(FOLDER) else { return Ok(()) };
    let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver).without_registered();
    let url = |bind: &str| std::env::var(format!("{URL}{bind}")).unwrap();
    let databases = BINDS.iter().fold(builder, |builder, bind| builder.bind(bind, url(bind).as_str())).connect().await?;
    let migrations = databases.migrations().directory(folder);
    let is_down = std::env::var(DIRECTION).is_ok_and(|direction| direction == Direction::Down.to_string());
    let report = if is_down { migrations.downgrade(All, Target::Nothing).await? } else { migrations.upgrade(All).await? };
    println!("{DONE}{}", report.binds.iter().map(|bind| bind.steps.len()).sum::<usize>());
    databases.close().await;
    Ok(())
}
