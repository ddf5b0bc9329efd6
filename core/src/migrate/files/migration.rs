use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::script::{Script, ScriptStatement};
use crate::engine::Family;
use crate::migrate::{Direction, RustMigration, Version};
use crate::{Error, Result};

/// One migration of a bind.
#[derive(Clone)]
pub(in crate::migrate) struct Migration {
    pub(in crate::migrate) version: Version,
    pub(in crate::migrate) name: String,
    pub(in crate::migrate) body: Body,
}

#[derive(Clone)]
pub(in crate::migrate) enum Body {
    Sql { up: Script, checksum: String, down: Option<Script> },
    Rust(Arc<dyn RustMigration>),
}

impl Migration {
    pub(in crate::migrate) fn sql(version: Version, name: String, up: &str, down: Option<&str>, family: Family) -> Result<Self> {
        let parse = |text: &str, file: &str| {
            let script = Script::parse(text, family);
            script.map_err(|error| Error::new(error.kind(), format!("{version}_{name}/{file}: {error}")))
        };
        let down = down.map(|text| parse(text, "down.sql")).transpose()?;
        let body = Body::Sql { up: parse(up, "up.sql")?, checksum: checksum_of_file(up), down };
        Ok(Migration { version, name, body })
    }

    pub(in crate::migrate) fn rust(version: Version, name: String, migration: Arc<dyn RustMigration>) -> Self {
        Migration { version, name, body: Body::Rust(migration) }
    }

    /// That of its `up.sql`; empty in Rust, of which nobody knows the text.
    pub(in crate::migrate) fn checksum(&self) -> &str {
        match &self.body {
            Body::Sql { checksum, .. } => checksum,
            Body::Rust(_) => "",
        }
    }

    /// Its script in one direction; `None` in Rust, and where there is no way back.
    pub(in crate::migrate) fn script(&self, direction: Direction) -> Option<&Script> {
        match (&self.body, direction) {
            (Body::Sql { up, .. }, Direction::Up) => Some(up),
            (Body::Sql { down, .. }, Direction::Down) => down.as_ref(),
            (Body::Rust(_), _) => None,
        }
    }

    /// The migrations that it stands for.
    pub(in crate::migrate) fn replaces(&self) -> &[Version] {
        match &self.body {
            Body::Sql { up, .. } => &up.replaces,
            Body::Rust(_) => &[],
        }
    }
}

impl Migration {
    /// The newest version that it stands for, which is what a target is compared with: its own, unless it is a squash.
    pub(in crate::migrate) fn reach(&self) -> Version {
        self.replaces().iter().copied().max().unwrap_or(self.version)
    }

    /// Whether it would have to be divided to lead to this version.
    pub(in crate::migrate) fn is_divided_by(&self, version: Version) -> bool {
        self.replaces().iter().any(|replaced| *replaced <= version) && version < self.reach()
    }
}

/// As its folder is named.
impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.version, self.name)
    }
}

/// The same whatever ends the lines, and with or without a mark at the beginning: git and editors may change that on the way.
fn checksum_of_file(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.trim_start_matches('\u{feff}').replace("\r\n", "\n")))
}

/// Of statements that have taken effect: those before the one that has not may no longer change.
pub(in crate::migrate) fn checksum_of(statements: &[ScriptStatement]) -> String {
    let mut hash = Sha256::new();
    for statement in statements {
        hash.update(statement.sql.replace("\r\n", "\n"));
        hash.update([0]);
    }
    hexadecimal(&hash.finalize())
}

/// Of anything that has a text.
pub(in crate::migrate) fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_see_text_and_not_line_ends() {
        // printf 'select 1;\n' | sha256sum
        assert_eq!(checksum_of_file("select 1;\r\n"), "4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c");
        assert_eq!(checksum_of_file("select 1;\r\n"), checksum_of_file("select 1;\n"));
        assert_eq!(checksum_of_file("\u{feff}select 1;"), checksum_of_file("select 1;"));
        assert_ne!(checksum_of_file("select 1;"), checksum_of_file("select 2;"));
    }

    #[test]
    fn statements_that_run_together_differ() {
        let statements = |texts: &[&str]| {
            texts.iter().map(|sql| ScriptStatement { sql: (*sql).to_owned(), code: (*sql).to_owned(), line: 1 }).collect::<Vec<_>>()
        };
        assert_ne!(checksum_of(&statements(&["a", "b"])), checksum_of(&statements(&["ab"])));
        assert_ne!(checksum_of(&statements(&[])), checksum_of(&statements(&["a"])));
    }
}
