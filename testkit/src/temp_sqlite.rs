use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use bindery_core::config::DatabaseUrl;
use tempfile::TempDir;

/// A folder for one test's SQLite databases, one file for each bind, deleted with everything in it when this is dropped.
///
/// Nothing is made but the folder: SQLite makes a file when a bind is first used, so a file that isn't there is a bind that nothing
/// has reached.
///
/// ```
/// use bindery_core::config::{Config, DriverInfo};
/// use bindery_testkit::TempSqlite;
///
/// let files = TempSqlite::new()?;
/// let sqlite = DriverInfo { name: "sqlite", schemes: &["sqlite"], options: &[], parameters: &[] };
/// let config = Config::builder().bind("default", files.url("default")).bind("auth", files.url("auth")).resolve(&[sqlite])?;
/// assert_eq!(config.binds()[1].url().path(), files.path("auth").to_string_lossy());
/// assert!(!files.path("auth").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TempSqlite {
    folder: TempDir,
    url: DatabaseUrl,
}

impl TempSqlite {
    /// Makes the folder, where the system keeps its temporary files.
    ///
    /// # Errors
    /// Where that can't be done, or its path is no text (UTF-8), which a URL is.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("bindery-").tempdir()?;
        if folder.path().to_str().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the path of the temporary folder is not UTF-8"));
        }
        let url = DatabaseUrl::new("sqlite").map_err(io::Error::other)?;
        Ok(TempSqlite { folder, url })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file of a bind: `auth.db` in the folder.
    pub fn path(&self, bind: &str) -> PathBuf {
        self.folder().join(format!("{bind}.db"))
    }

    /// The URL of a bind's file.
    pub fn url(&self, bind: &str) -> DatabaseUrl {
        // `new` has seen that the folder is UTF-8, so nothing is lost.
        self.url.clone().with_path(self.path(bind).to_string_lossy())
    }

    /// Writes a `bindery.toml` in the folder, with the files of these binds by relative URLs, and gives its path.
    ///
    /// ```
    /// use bindery_testkit::TempSqlite;
    ///
    /// let files = TempSqlite::new()?;
    /// let config = files.config_file(["default", "auth"])?;
    /// let text = std::fs::read_to_string(config)?;
    /// assert_eq!(text, "[databases]\ndefault = \"sqlite:///default.db\"\nauth = \"sqlite:///auth.db\"\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn config_file<B: AsRef<str>>(&self, binds: impl IntoIterator<Item = B>) -> io::Result<PathBuf> {
        let mut text = String::from("[databases]\n");
        for bind in binds {
            let bind = bind.as_ref();
            writeln!(text, "{bind} = \"sqlite:///{bind}.db\"").map_err(io::Error::other)?;
        }
        let path = self.folder().join("bindery.toml");
        std::fs::write(&path, text)?;
        Ok(path)
    }
}
