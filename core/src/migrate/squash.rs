use std::fmt::Write as _;
use std::path::PathBuf;

use super::files::{Body, Migration, Script, check_name, write_folder};
use super::run::sets;
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
    /// [`ErrorKind::Migration`]: fewer than two migrations up to there, one in Rust among them, embedded ones, one that sets something on
    /// its connection before others, a folder that can't be written. Nothing is changed then.
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
                return Err(problem(format!("`{rust}` is in Rust: squash those before it")));
            }
            let version = Version::from_number(0).after(old.last().map(|migration| migration.version));
            if set.get(version).is_some() {
                return Err(problem(format!("there is no version left between {up_to} and the next migration")));
            }
            let (directory, family) = (self.directory_of(bound.key), bound.engine.dialect().family());
            let files = [Some(("up.sql", up(&old, family)?)), down(&old, family)?.map(|down| ("down.sql", down))];
            let folder = write_folder(directory.join(format!("{version}_{name}")), files.into_iter().flatten().collect()).await?;
            delete(old.iter().map(|migration| directory.join(migration.to_string())).collect()).await?;
            Ok(folder)
        };
        squash.await.map_err(|error| error.on_bind(bound.key))
    }
}

fn problem(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Migration, message)
}

async fn delete(folders: Vec<PathBuf>) -> Result<()> {
    let delete = move || {
        for folder in folders {
            let failed = |error| problem(format!("`{}` can't be deleted: delete it by hand", folder.display())).with_source(error);
            std::fs::remove_dir_all(&folder).map_err(failed)?;
        }
        Ok(())
    };
    tokio::task::spawn_blocking(delete)
        .await
        .map_err(|error| problem("the squashed folders were not deleted to the last").with_source(error))?
}

fn up(old: &[&Migration], family: Family) -> Result<String> {
    let replaced: Vec<_> = old.iter().map(|migration| migration.version.to_string()).collect();
    let scripts: Vec<_> = old.iter().filter_map(|migration| Some((*migration, migration.script(Direction::Up)?))).collect();
    Ok(format!("-- bindery: replaces {}\n{}", replaced.join(" "), joined(&scripts, family)?))
}

/// `None` where one of them has no way back.
fn down(old: &[&Migration], family: Family) -> Result<Option<String>> {
    let scripts: Option<Vec<_>> = old.iter().rev().map(|migration| Some((*migration, migration.script(Direction::Down)?))).collect();
    scripts.map(|scripts| joined(&scripts, family)).transpose()
}

/// Their statements as one text, which is read once more: what it replaces is deleted.
fn joined(scripts: &[(&Migration, &Script)], family: Family) -> Result<String> {
    // One after the other they have connections of their own.
    let before_others = scripts.split_last().map_or(&[] as &[_], |(_, others)| others);
    let mut statements = before_others.iter().flat_map(|(migration, script)| script.statements.iter().map(move |one| (migration, one)));
    if let Some((migration, setting)) = statements.find(|(_, one)| sets(one)) {
        return Err(problem(format!(
            "`{migration}` sets something on its connection, in line {}: {}; it would hold for those behind it too. Write the squash by hand: with \
             `-- bindery: replaces …` and their versions at its top, and their folders deleted",
            setting.line,
            setting.excerpt()
        )));
    }
    let mut text = String::new();
    if scripts.iter().any(|(_, script)| script.no_transaction) {
        text.push_str("-- bindery: no-transaction\n");
    }
    let keys_off = scripts.iter().any(|(_, script)| script.foreign_keys_off);
    if keys_off {
        text.push_str("-- bindery: foreign-keys-off\n");
    }
    let mut expected = Vec::new();
    for (migration, script) in scripts {
        // Writing to a String can't fail.
        let _ = writeln!(text, "-- {migration}");
        if keys_off {
            // Only where a table is made anew do others keep its name through a rename.
            let pragma = format!("PRAGMA legacy_alter_table = {}", if script.foreign_keys_off { "ON" } else { "OFF" });
            let _ = writeln!(text, "{pragma};");
            expected.push(pragma);
        }
        for statement in &script.statements {
            text.push_str(&statement.written(family));
            expected.push(statement.sql.clone());
        }
    }
    let read = Script::parse(&text, family)?;
    if !read.statements.iter().map(|statement| &statement.sql).eq(&expected) {
        return Err(problem("their statements can't be written one after the other so that they are read as they were"));
    }
    Ok(text)
}
