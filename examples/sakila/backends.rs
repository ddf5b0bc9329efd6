use std::fmt;
use std::str::FromStr;

use bindery_testkit::MysqlFlavor;

/// What each of the three databases is, in the order of [`BINDS`](crate::args::BINDS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backends(pub(crate) [Backend; 3]);

/// What a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// a file
    Sqlite,
    /// a database on a server that the program starts and ends
    Postgres,
    /// the same, of MySQL's family
    Mysql(MysqlFlavor),
}

/// Each with its name.
const WORDS: [(&str, Backend); 4] = [
    ("sqlite", Backend::Sqlite),
    ("postgres", Backend::Postgres),
    ("mysql", Backend::Mysql(MysqlFlavor::MariaDb)), // what Linux distributions install for it
    ("oracle-mysql", Backend::Mysql(MysqlFlavor::MySql)),
];

impl FromStr for Backends {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let backends = text.split(',').map(str::parse).collect::<Result<Vec<_>, _>>()?;
        let backends: [Backend; 3] =
            backends.try_into().map_err(|_| "three are wanted, as in `sqlite,postgres,mysql`: of `default`, `people` and `rentals`")?;
        Ok(Backends(backends))
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = WORDS.iter().find(|(word, _)| *word == text);
        let words = || WORDS.map(|(word, _)| format!("`{word}`")).join(", ");
        known.map(|(_, backend)| *backend).ok_or_else(|| format!("`{text}` is none of {}", words()))
    }
}

impl fmt::Display for Backends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |backend| WORDS.iter().find(|(_, known)| *known == backend).map_or("", |(word, _)| *word);
        f.write_str(&self.0.map(word).join(","))
    }
}
