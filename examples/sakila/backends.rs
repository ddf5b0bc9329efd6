use std::fmt;
use std::str::FromStr;

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
}

impl FromStr for Backends {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let backends = text.split(',').map(str::parse).collect::<Result<Vec<_>, _>>()?;
        let backends: [Backend; 3] =
            backends.try_into().map_err(|_| "three are wanted, as in `sqlite,postgres,sqlite`: of `default`, `people` and `rentals`")?;
        Ok(Backends(backends))
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Backend::Sqlite),
            "postgres" => Ok(Backend::Postgres),
            _ => Err(format!("`{text}` is none of `sqlite` and `postgres`")),
        }
    }
}

impl fmt::Display for Backends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.map(|backend| match backend {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
        });
        f.write_str(&names.join(","))
    }
}
