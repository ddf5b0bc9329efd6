use std::path::{Path, PathBuf};

use super::migration::{Body, Migration};
use crate::engine::Family;
use crate::migrate::{EmbeddedMigration, Version};
use crate::{BindKey, Error, ErrorKind, Result};

/// The migrations of one bind, in the order of their versions.
#[derive(Clone, Default)]
pub(in crate::migrate) struct MigrationSet {
    migrations: Vec<Migration>,
}

impl MigrationSet {
    /// Puts them in order; two of one version are a problem.
    pub(in crate::migrate) fn new(mut migrations: Vec<Migration>) -> Result<Self> {
        migrations.sort_by_key(|migration| migration.version);
        let twice = migrations.windows(2).find(|pair| pair[0].version == pair[1].version);
        if let Some([one, other]) = twice {
            let message = format!("the migrations `{one}` and `{other}` have one version: give the later one a newer one");
            return Err(Error::new(ErrorKind::Migration, message));
        }
        let set = MigrationSet { migrations };
        // As a squash leaves it that was cut off: a new database would get both.
        if let Some((old, squash)) = set.iter().find_map(|migration| Some((migration, set.replacing(migration.version)?))) {
            let message = format!("`{squash}` stands for `{old}`, which is there too: delete the folder of `{old}`");
            return Err(Error::new(ErrorKind::Migration, message));
        }
        Ok(set)
    }

    /// Reads `<folder>/<version>_<name>/{up.sql,down.sql}`. A folder that isn't there has no migrations.
    pub(in crate::migrate) fn read_folder(folder: &Path, family: Family) -> Result<Vec<Migration>> {
        let mut migrations = Vec::new();
        for path in folders_in(folder)? {
            let (version, name) = version_and_name(&file_name(&path))?;
            let up = read(&path.join("up.sql"))?.ok_or_else(|| {
                Error::new(ErrorKind::Migration, format!("`{}` has no up.sql: write it, or delete the folder", path.display()))
            })?;
            let down = read(&path.join("down.sql"))?;
            migrations.push(Migration::sql(version, name, &up, down.as_deref(), family)?);
        }
        Ok(migrations)
    }

    /// Those of a binary that are of this bind.
    pub(in crate::migrate) fn of_embedded(all: &[EmbeddedMigration], bind: BindKey, family: Family) -> Result<Vec<Migration>> {
        let own = all.iter().filter(|embedded| embedded.bind == bind.as_str());
        own.map(|embedded| {
            let (version, name) = version_and_name(embedded.folder)?;
            Migration::sql(version, name, embedded.up, embedded.down, family)
        })
        .collect()
    }

    pub(in crate::migrate) fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.migrations.iter()
    }

    /// What makes definitions: those in SQL, without who may do what.
    pub(in crate::migrate) fn of_definitions(&self) -> MigrationSet {
        let mut set = self.filtered(|migration| matches!(migration.body, Body::Sql { .. }));
        for migration in &mut set.migrations {
            if let Body::Sql { up, .. } = &mut migration.body {
                up.statements.retain(|statement| !statement.is_of_rights());
            }
        }
        set
    }

    pub(in crate::migrate) fn in_rust(&self) -> impl Iterator<Item = &Migration> {
        self.iter().filter(|migration| matches!(migration.body, Body::Rust(_)))
    }

    pub(in crate::migrate) fn filtered(&self, keep: impl Fn(&Migration) -> bool) -> MigrationSet {
        MigrationSet { migrations: self.iter().filter(|migration| keep(migration)).cloned().collect() }
    }

    pub(in crate::migrate) fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    pub(in crate::migrate) fn get(&self, version: Version) -> Option<&Migration> {
        self.iter().find(|migration| migration.version == version)
    }

    /// The migration that stands for another one, which was squashed.
    pub(in crate::migrate) fn replacing(&self, version: Version) -> Option<&Migration> {
        self.iter().find(|migration| migration.replaces().contains(&version))
    }
}

/// The folders of binds in a folder of migrations that are of no configured bind.
pub(in crate::migrate) fn unknown_folders(directory: &Path, is_known: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let names = folders_in(directory)?.iter().map(|path| file_name(path)).collect::<Vec<_>>();
    Ok(names.into_iter().filter(|name| !is_known(name)).collect())
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, error)),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        // One that begins with a dot is nobody's, or is being written.
        if path.is_dir() && !file_name(&path).starts_with('.') {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, error)),
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Migration, format!("`{}` can't be read", path.display())).with_source(error)
}

/// Of `20261129120305_users`.
pub(in crate::migrate) fn version_and_name(folder: &str) -> Result<(Version, String)> {
    let parts = folder.split_once('_').and_then(|(version, name)| Some((version.parse::<Version>().ok()?, name)));
    match parts {
        Some((version, name)) if is_name(name) => Ok((version, name.to_owned())),
        _ => {
            let message = format!(
                "`{}` is no migration's name: it is a version and a name of letters, digits, hyphens and underscores, such as 20261129120305_users",
                folder.escape_debug()
            );
            Err(Error::new(ErrorKind::Migration, message))
        }
    }
}

pub(in crate::migrate) fn check_name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    let message = format!("`{}` is no name of a migration: it is letters, digits, hyphens and underscores", name.escape_debug());
    Err(Error::new(ErrorKind::Migration, message))
}

fn is_name(name: &str) -> bool {
    const MOST: usize = 200;
    (1..=MOST).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_in_the_order_of_their_versions() {
        let folder = tempfile::tempdir().unwrap();
        for (name, down) in [("20261130000000_b", false), ("20261129120305_a-1", true)] {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join("up.sql"), "select 1;").unwrap();
            if down {
                std::fs::write(path.join("down.sql"), "select 2; select 3").unwrap();
            }
        }
        std::fs::write(folder.path().join("README"), "of no interest").unwrap();
        let set = MigrationSet::new(MigrationSet::read_folder(folder.path(), Family::Sqlite).unwrap()).unwrap();
        assert_eq!(set.iter().map(ToString::to_string).collect::<Vec<_>>(), ["20261129120305_a-1", "20261130000000_b"]);
        let down = |migration: &Migration| migration.script(crate::migrate::Direction::Down).map(|script| script.statements.len());
        assert_eq!(set.iter().map(down).collect::<Vec<_>>(), [Some(2), None]);
        assert!(MigrationSet::read_folder(&folder.path().join("none"), Family::Sqlite).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_migration_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let problem = |name: &str| {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            let error = MigrationSet::read_folder(folder.path(), Family::Sqlite).err().unwrap();
            std::fs::remove_dir(folder.path().join(name)).unwrap();
            error.to_string()
        };
        assert!(problem("20261129_users").starts_with("`20261129_users` is no migration's name"));
        assert!(problem("20261129120305_a b").starts_with("`20261129120305_a b` is no migration's name"));
        assert!(problem("20261129120305_users").ends_with("has no up.sql: write it, or delete the folder"));
    }

    #[test]
    fn a_squash_is_not_beside_what_it_stands_for() {
        let migration =
            |version: &str, up: &str| Migration::sql(version.parse().unwrap(), "m".to_owned(), up, None, Family::Sqlite).unwrap();
        let squash = migration("20261129120306", "-- bindery: replaces 20261129120304 20261129120305\nselect 1");
        let error = MigrationSet::new(vec![migration("20261129120305", ""), squash]).err().unwrap();
        let message = "`20261129120306_m` stands for `20261129120305_m`, which is there too: delete the folder of `20261129120305_m`";
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn two_of_one_version_are_told() {
        let migration = |name: &str| Migration::sql("20261129120305".parse().unwrap(), name.to_owned(), "", None, Family::Sqlite).unwrap();
        let error = MigrationSet::new(vec![migration("a"), migration("b")]).err().unwrap();
        let message = "the migrations `20261129120305_a` and `20261129120305_b` have one version: give the later one a newer one";
        assert_eq!(error.to_string(), message);
    }
}
