use std::fmt::Write as _;
use std::path::PathBuf;

use super::draft::write_folder;
use super::migration::{Body, Migration};
use super::migration_set::check_name;
use super::script::Script;
use super::{Direction, Migrations, Version};
use crate::engine::Family;
use crate::{Error, ErrorKind, Result, ToBindKey};

impl Migrations {
    /// Makes one migration of all up to a version: their statements one after the other, under a new name. Their folders are deleted: where
    /// they are still needed, the version control has them.
    ///
    /// A new database gets the one; a database that has all that it stands for notes it, and runs nothing; one that has some of them is
    /// told to upgrade with an older release first.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`]: fewer than two migrations up to there, one in Rust among them, embedded ones, a folder that can't be written. Nothing is changed then.
    pub async fn squash(&self, bind: impl ToBindKey, up_to: Version, name: &str) -> Result<PathBuf> {
        let (_, bound) = self.databases().bound(bind.to_bind_key()?)?;
        let squash = async {
            if self.is_embedded() {
                return Err(problem("migrations in the binary can't be squashed: squash their folder, and build it anew"));
            }
            check_name(name)?;
            let set = self.set_of(bound).await?;
            let old: Vec<_> = set.iter().filter(|migration| migration.version <= up_to).collect();
            if old.len() < 2 {
                return Err(problem(format!("there are no two migrations up to {up_to}")));
            }
            if let Some(rust) = old.iter().find(|migration| matches!(migration.body, Body::Rust(_))) {
                return Err(problem(format!("`{rust}` is in Rust: squash those before it, or those behind it")));
            }
            let version = Version::from_number(0).after(old.last().map(|migration| migration.version));
            if set.get(version).is_some() {
                return Err(problem(format!("there is no version left between {up_to} and the next migration")));
            }
            let (directory, family) = (self.directory_of(bound.key), bound.engine.dialect().family());
            let files = [Some(("up.sql", up(&old, family))), down(&old, family).map(|down| ("down.sql", down))];
            let folder = write_folder(directory.join(format!("{version}_{name}")), files.into_iter().flatten().collect()).await?;
            for migration in old {
                let old = directory.join(migration.to_string());
                let failed = |error| problem(format!("`{}` can't be deleted: delete it by hand", old.display())).with_source(error);
                std::fs::remove_dir_all(&old).map_err(failed)?;
            }
            Ok(folder)
        };
        squash.await.map_err(|error| error.on_bind(bound.key))
    }
}

fn problem(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Migration, message)
}

fn up(old: &[&Migration], family: Family) -> String {
    let replaced: Vec<_> = old.iter().map(|migration| migration.version.to_string()).collect();
    let scripts: Vec<_> = old.iter().filter_map(|migration| Some((*migration, migration.script(Direction::Up)?))).collect();
    format!("-- bindery: replaces {}\n{}", replaced.join(" "), joined(&scripts, family))
}

/// `None` where one of them has no way back.
fn down(old: &[&Migration], family: Family) -> Option<String> {
    let scripts: Option<Vec<_>> = old.iter().rev().map(|migration| Some((*migration, migration.script(Direction::Down)?))).collect();
    scripts.map(|scripts| joined(&scripts, family))
}

fn joined(scripts: &[(&Migration, &Script)], family: Family) -> String {
    let mut text = String::new();
    if scripts.iter().any(|(_, script)| script.no_transaction) {
        text.push_str("-- bindery: no-transaction\n");
    }
    if scripts.iter().any(|(_, script)| script.foreign_keys_off) {
        text.push_str("-- bindery: foreign-keys-off\n");
    }
    for (migration, script) in scripts {
        // Writing to a String can't fail.
        let _ = writeln!(text, "-- {migration}");
        for statement in &script.statements {
            text.push_str(&statement.written(family));
        }
    }
    text
}
