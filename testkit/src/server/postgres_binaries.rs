use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable that names the folder of `postgres` and `initdb`, before any other.
const VARIABLE: &str = "BINDERY_POSTGRES_BIN";

/// Folders whose subfolders, one for each version, have a `bin`: Debian's and Ubuntu's, Homebrew's on both kinds of Mac, and with the
/// version in the name Red Hat's and SUSE's.
const PARENTS: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", ""),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
    ("/usr", "pgsql-"),
    ("/usr/lib", "postgresql"),
];

/// An installed PostgreSQL.
#[derive(Debug)]
pub(super) struct PostgresBinaries {
    folder: PathBuf,
    psql: PathBuf,
}

impl PostgresBinaries {
    pub(super) fn find() -> io::Result<Self> {
        let path: Vec<PathBuf> = env::var_os("PATH").iter().flat_map(env::split_paths).collect();
        Self::find_in(env::var_os(VARIABLE), &path, installed())
    }

    fn find_in(named: Option<OsString>, path: &[PathBuf], installed: Vec<PathBuf>) -> io::Result<Self> {
        let has_server = |folder: &Path| folder.join("postgres").is_file() && folder.join("initdb").is_file();
        let folder = match named.filter(|named| !named.is_empty()) {
            Some(named) => Some(PathBuf::from(&named)).filter(|folder| has_server(folder)).ok_or_else(|| {
                missing(format!("{VARIABLE} is {}, and there is no `postgres` and `initdb` in that folder", named.display()))
            })?,
            None => path.iter().chain(&installed).find(|folder| has_server(folder)).cloned().ok_or_else(|| {
                missing(format!(
                    "no PostgreSQL server is installed here: install it (`apt-get install postgresql`; Fedora: `dnf install postgresql-server`; \
                     macOS: `brew install postgresql`), or name the folder of its programs in {VARIABLE}"
                ))
            })?,
        };
        // A server's package may have no client; one of another version does as well.
        let psql = [&folder].into_iter().chain(path).chain(&installed).map(|folder| folder.join("psql")).find(|psql| psql.is_file());
        let psql =
            psql.ok_or_else(|| missing("`psql` is not installed here: install it (`apt-get install postgresql-client`)".to_owned()))?;
        Ok(PostgresBinaries { folder, psql })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn psql(&self) -> &Path {
        &self.psql
    }

    /// `15.19 (Debian 15.19-0+deb12u1)`.
    pub(super) fn version(&self) -> io::Result<String> {
        let output = Command::new(self.program("postgres")).arg("--version").output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        match text.trim().strip_prefix("postgres (PostgreSQL) ") {
            Some(version) if output.status.success() => Ok(version.to_owned()),
            _ => Err(io::Error::other(format!("{} doesn't tell its version", self.program("postgres").display()))),
        }
    }
}

/// The folders of the versions that are installed, the newest first.
fn installed() -> Vec<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = PARENTS
        .iter()
        .flat_map(|(parent, prefix)| fs::read_dir(parent).into_iter().flatten().flatten().map(move |entry| (entry, prefix)))
        .filter_map(|(entry, prefix)| Some((entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    folders.sort_unstable_by(|a, b| b.cmp(a));
    folders.into_iter().map(|(_, folder)| folder).collect()
}

fn missing(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        programs.iter().for_each(|program| fs::write(folder.path().join(program), "").unwrap());
        folder
    }

    #[test]
    fn a_missing_server_is_an_error_that_names_the_package() {
        let empty = folder_with(&[]);
        let error = PostgresBinaries::find_in(None, &[empty.path().to_owned()], vec![]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().contains("`apt-get install postgresql`"), "{error}");
        assert!(error.to_string().contains(VARIABLE), "{error}");
    }

    #[test]
    fn a_missing_client_is_an_error_that_names_the_package() {
        let server = folder_with(&["postgres", "initdb"]);
        let error = PostgresBinaries::find_in(None, &[server.path().to_owned()], vec![]).unwrap_err();
        assert!(error.to_string().contains("`apt-get install postgresql-client`"), "{error}");
    }

    #[test]
    fn the_variable_wins_and_must_be_right() {
        let (one, two) = (folder_with(&["postgres", "initdb", "psql"]), folder_with(&["postgres", "initdb"]));
        let path = [one.path().to_owned()];
        assert_eq!(PostgresBinaries::find_in(None, &path, vec![]).unwrap().folder, one.path());
        assert_eq!(PostgresBinaries::find_in(Some(OsString::new()), &path, vec![]).unwrap().folder, one.path());

        let named = PostgresBinaries::find_in(Some(two.path().into()), &path, vec![]).unwrap();
        assert_eq!((named.folder.as_path(), named.psql()), (two.path(), one.path().join("psql").as_path()));

        let error = PostgresBinaries::find_in(Some("/nowhere".into()), &path, vec![]).unwrap_err();
        assert!(error.to_string().starts_with("BINDERY_POSTGRES_BIN is /nowhere, and there is no `postgres`"), "{error}");
    }

    #[test]
    fn a_server_outside_the_path_is_found() {
        let server = folder_with(&["postgres", "initdb", "psql"]);
        assert_eq!(PostgresBinaries::find_in(None, &[], vec![server.path().to_owned()]).unwrap().folder, server.path());
    }
}
