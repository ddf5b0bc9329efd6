use std::fmt;
use std::sync::OnceLock;

use crate::Result;
use crate::engine::Family;

/// One text about a table in each family of SQL, written when it is first asked for. It follows from the table: so it tells no
/// two tables apart, and a copy of the table, which may be changed, starts without it.
#[derive(Default)]
pub(super) struct Texts {
    postgres: OnceLock<String>,
    mysql: OnceLock<String>,
    sqlite: OnceLock<String>,
}

impl Texts {
    pub(super) fn get_or_write(&self, family: Family, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        let text = match family {
            Family::Postgres => &self.postgres,
            Family::MySql => &self.mysql,
            Family::Sqlite => &self.sqlite,
        };
        match text.get() {
            Some(text) => Ok(text),
            None => {
                let written = write()?;
                Ok(text.get_or_init(|| written))
            }
        }
    }
}

impl Clone for Texts {
    fn clone(&self) -> Self {
        Texts::default()
    }
}

impl PartialEq for Texts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}
