use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::mysql_flavor::MysqlFlavor;

/// Where packages put servers and clients: Debian's, Red Hat's and SUSE's, Oracle's archives, Homebrew's on both kinds of Mac.
const USUAL: [&str; 9] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/libexec",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/mysql/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/mariadb/bin",
    "/opt/homebrew/opt/mysql/bin",
];
/// Homebrew's folders of one version each: `mysql@8.4`.
const PARENTS: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];
/// Where a folder that was installed for itself has its programs, below it.
const PLACES: [&str; 5] = ["", "bin", "sbin", "libexec", "scripts"];

/// An installed MariaDB or Oracle MySQL.
#[derive(Debug)]
pub(super) struct MysqlBinaries {
    pub(super) server: PathBuf,
    /// Makes the data folder; for Oracle MySQL the server itself does.
    pub(super) installer: PathBuf,
    pub(super) client: PathBuf,
    /// What the server says of itself after `Ver`: `10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)`.
    pub(super) version: String,
}

impl MysqlFlavor {
    /// The environment variable that names the folder of its server, before any other.
    fn variable(self) -> &'static str {
        match self {
            MysqlFlavor::MariaDb => "BINDERY_MARIADB_BIN",
            MysqlFlavor::MySql => "BINDERY_MYSQL_BIN",
        }
    }

    fn program(self) -> &'static str {
        match self {
            MysqlFlavor::MariaDb => "mariadbd",
            MysqlFlavor::MySql => "mysqld",
        }
    }

    /// Either does; each other's is the second choice, since a newer one of Oracle's lacks the older ways to log in.
    fn clients(self) -> [&'static str; 2] {
        match self {
            MysqlFlavor::MariaDb => ["mariadb", "mysql"],
            MysqlFlavor::MySql => ["mysql", "mariadb"],
        }
    }

    /// The name of its template's folder begins with it.
    pub(super) fn name(self) -> &'static str {
        match self {
            MysqlFlavor::MariaDb => "mariadb",
            MysqlFlavor::MySql => "mysql",
        }
    }

    fn is_missing(self) -> &'static str {
        match self {
            MysqlFlavor::MariaDb => {
                "no MariaDB server is installed here: install it (`apt-get install mariadb-server`; Fedora: `dnf install mariadb-server`; \
                 macOS: `brew install mariadb`), or name the folder of its programs in BINDERY_MARIADB_BIN"
            }
            MysqlFlavor::MySql => {
                "no Oracle MySQL server is installed here: install it (in bindery's repository `scripts/install-tools` fetches 5.7 for tests, \
                 on Linux on x86_64; Ubuntu: `apt-get install mysql-server`; macOS: `brew install mysql@8.4`), or name the folder of its `mysqld` in \
                 BINDERY_MYSQL_BIN"
            }
        }
    }
}

impl MysqlBinaries {
    pub(super) fn find(flavor: MysqlFlavor) -> io::Result<Self> {
        let path = env::var_os("PATH");
        let installed = path.iter().flat_map(env::split_paths).chain(installed()).collect::<Vec<_>>();
        Self::find_in(flavor, env::var_os(flavor.variable()), &installed, version)
    }

    fn find_in(
        flavor: MysqlFlavor,
        named: Option<OsString>,
        installed: &[PathBuf],
        version: impl Fn(&Path) -> Option<String>,
    ) -> io::Result<Self> {
        let named = named.filter(|named| !named.is_empty()).map(PathBuf::from);
        let named = named.filter(|named| flavor == MysqlFlavor::MariaDb || named.exists());
        let folders = named.as_deref().map_or_else(|| installed.to_vec(), below);
        let servers = folders.iter().map(|folder| folder.join(flavor.program())).filter(|program| program.is_file());
        let of_flavor = |server: PathBuf| {
            let version = version(&server)?;
            (version.contains("MariaDB") == (flavor == MysqlFlavor::MariaDb)).then_some((server, version))
        };
        let (server, version) = servers.filter_map(of_flavor).next().ok_or_else(|| {
            missing(match named {
                Some(named) => {
                    let (variable, program) = (flavor.variable(), flavor.program());
                    let whose = if flavor == MysqlFlavor::MySql { " of Oracle's" } else { "" };
                    format!("{variable} is {}, and there is no `{program}`{whose} in that folder or its `bin`", named.display())
                }
                None => flavor.is_missing().to_owned(),
            })
        })?;

        // What else is needed may be in a package, and a folder, of its own.
        let beside = below(prefix(&server));
        let find = |name: &str| beside.iter().chain(installed).map(|folder| folder.join(name)).find(|program| program.is_file());
        let installer = match flavor {
            MysqlFlavor::MySql => server.clone(),
            MysqlFlavor::MariaDb => find("mariadb-install-db").ok_or_else(|| {
                missing("`mariadb-install-db` is not installed here: install it (`apt-get install mariadb-server`)".to_owned())
            })?,
        };
        let client = flavor.clients().into_iter().find_map(find).ok_or_else(|| {
            missing("neither `mariadb` nor `mysql` is installed here: install one (`apt-get install mariadb-client`)".to_owned())
        })?;
        Ok(MysqlBinaries { server, installer, client, version })
    }

    /// The option that tells the server where the files are that were installed with it. It knows that itself, unless it was unpacked
    /// elsewhere than it was built for.
    pub(super) fn base(&self) -> Option<String> {
        let prefix = prefix(&self.server);
        let mut shares = ["share", "share/mysql", "share/mariadb"].iter();
        let has_messages = shares.any(|share| prefix.join(share).join("english/errmsg.sys").is_file());
        Some(format!("--basedir={}", prefix.to_str()?)).filter(|_| has_messages)
    }
}

/// The folder that a server was installed in with all that belongs to it.
fn prefix(server: &Path) -> &Path {
    let folder = server.parent().unwrap_or(server);
    match folder.file_name().and_then(OsStr::to_str) {
        Some("bin" | "sbin" | "libexec") => folder.parent().unwrap_or(folder),
        _ => folder,
    }
}

fn below(prefix: &Path) -> Vec<PathBuf> {
    PLACES.iter().map(|place| prefix.join(place)).collect()
}

fn installed() -> impl Iterator<Item = PathBuf> {
    let versions = PARENTS.iter().flat_map(|parent| fs::read_dir(parent).into_iter().flatten().flatten()).filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.starts_with("mariadb") || name.starts_with("mysql"))
    });
    let mut versions = versions.map(|entry| entry.path().join("bin")).collect::<Vec<_>>();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    USUAL.iter().map(PathBuf::from).chain(versions)
}

/// What a server answers; nothing where it doesn't run, as one that lacks a library.
fn version(server: &Path) -> Option<String> {
    let output = Command::new(server).args(["--no-defaults", "--version"]).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_once("Ver ")?.1.trim().to_owned())
}

fn missing(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for program in programs {
            let program = folder.path().join(program);
            fs::create_dir_all(program.parent().unwrap()).unwrap();
            fs::write(program, "").unwrap();
        }
        folder
    }

    /// A `mysqld` below a folder `maria` is MariaDB's.
    fn find(flavor: MysqlFlavor, named: Option<&Path>, installed: &[&Path]) -> io::Result<MysqlBinaries> {
        let installed = installed.iter().map(|folder| (*folder).to_owned()).collect::<Vec<_>>();
        MysqlBinaries::find_in(flavor, named.map(OsString::from), &installed, |server| {
            let is_mariadb = server.ends_with("mariadbd") || server.ends_with("maria/mysqld");
            Some(if is_mariadb { "10.11.19-MariaDB" } else { "5.7.29" }.to_owned())
        })
    }

    #[test]
    fn a_missing_server_is_an_error_that_names_the_package() {
        let empty = folder_with(&[]);
        let cases = [
            (MysqlFlavor::MariaDb, "`apt-get install mariadb-server`", "BINDERY_MARIADB_BIN"),
            (MysqlFlavor::MySql, "`scripts/install-tools` fetches 5.7", "BINDERY_MYSQL_BIN"),
        ];
        for (flavor, package, variable) in cases {
            let error = find(flavor, None, &[empty.path()]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
            assert!(error.to_string().contains(package) && error.to_string().contains(variable), "{error}");
        }
    }

    #[test]
    fn a_missing_client_or_installer_is_an_error_that_names_the_package() {
        let server = folder_with(&["mariadbd", "mariadb-install-db"]);
        let error = find(MysqlFlavor::MariaDb, None, &[server.path()]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().contains("`apt-get install mariadb-client`"), "{error}");

        let server = folder_with(&["mariadbd", "mariadb"]);
        let error = find(MysqlFlavor::MariaDb, None, &[server.path()]).unwrap_err();
        assert!(error.to_string().starts_with("`mariadb-install-db` is not installed here"), "{error}");
    }

    #[test]
    fn mariadb_is_no_oracle_mysql() {
        let both = folder_with(&["maria/mysqld", "maria/mariadb", "oracle/mysqld"]);
        let (maria, oracle) = (both.path().join("maria"), both.path().join("oracle"));
        let found = find(MysqlFlavor::MySql, None, &[&maria, &oracle]).unwrap();
        assert_eq!((found.server, found.client), (oracle.join("mysqld"), maria.join("mariadb")));
        assert_eq!(find(MysqlFlavor::MySql, None, &[&maria]).unwrap_err().kind(), io::ErrorKind::NotFound);

        let error = find(MysqlFlavor::MySql, Some(&maria), &[&oracle]).unwrap_err();
        assert!(error.to_string().ends_with("there is no `mysqld` of Oracle's in that folder or its `bin`"), "{error}");
    }

    #[test]
    fn the_variable_wins() {
        let (one, two) = (folder_with(&["mariadbd", "mariadb-install-db", "mysql"]), folder_with(&["sbin/mariadbd", "bin/mariadb"]));
        let found = find(MysqlFlavor::MariaDb, Some(two.path()), &[one.path()]).unwrap();
        assert_eq!(found.server, two.path().join("sbin/mariadbd"));
        assert_eq!(found.client, two.path().join("bin/mariadb"));
        assert_eq!(found.installer, one.path().join("mariadb-install-db"));
        assert_eq!(find(MysqlFlavor::MariaDb, Some(Path::new("")), &[one.path()]).unwrap().client, one.path().join("mysql"));

        let error = find(MysqlFlavor::MariaDb, Some(Path::new("/nowhere")), &[one.path()]).unwrap_err();
        assert!(error.to_string().starts_with("BINDERY_MARIADB_BIN is /nowhere, and there is no `mariadbd`"), "{error}");
    }

    #[test]
    fn a_folder_that_oracle_mysql_was_not_fetched_into_is_passed_over() {
        let installed = folder_with(&["mysqld", "mysql"]);
        let found = find(MysqlFlavor::MySql, Some(Path::new("/nowhere")), &[installed.path()]).unwrap();
        assert_eq!(found.server, installed.path().join("mysqld"));
    }

    #[test]
    fn a_server_that_was_unpacked_is_told_where() {
        let unpacked = folder_with(&["bin/mysqld", "bin/mysql", "share/english/errmsg.sys"]);
        let found = find(MysqlFlavor::MySql, Some(&unpacked.path().join("bin")), &[]).unwrap();
        assert_eq!(found.base(), Some(format!("--basedir={}", unpacked.path().display())));

        let elsewhere = folder_with(&["bin/mysqld", "bin/mysql"]);
        assert_eq!(find(MysqlFlavor::MySql, Some(elsewhere.path()), &[]).unwrap().base(), None);
    }
}
