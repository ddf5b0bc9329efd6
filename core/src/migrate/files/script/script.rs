use super::ScriptStatement;
use super::scanner::{Directive, Scanner};
use crate::engine::Family;
use crate::migrate::Version;
use crate::{Error, ErrorKind, Result};

/// The SQL of one direction of a migration: its statements, and what its first lines say of how it is run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::migrate) struct Script {
    pub(in crate::migrate) statements: Vec<ScriptStatement>,
    /// `-- bindery: no-transaction`: statement by statement, also where definitions could be changed in a transaction
    pub(in crate::migrate) no_transaction: bool,
    /// `-- bindery: foreign-keys-off`: SQLite does not look at foreign keys while it runs, and at all of them before it is committed
    pub(in crate::migrate) foreign_keys_off: bool,
    /// `-- bindery: replaces 20261129120305 20261130080000`: the migrations that it was made from
    pub(in crate::migrate) replaces: Vec<Version>,
}

const MARK: &str = "-- bindery:";

/// What a script must not say, with what to say instead.
fn refusal(statement: &ScriptStatement, family: Family) -> Option<&'static str> {
    let words = statement.words();
    let first = words.first().map_or("", String::as_str);
    let has = |name: &str| words.iter().any(|word| word == name);
    match (family, first) {
        (Family::Sqlite, "PRAGMA") if has("FOREIGN_KEYS") => Some(
            "in a migration's transaction SQLite does not listen to this pragma: write `-- bindery: foreign-keys-off` at the top instead",
        ),
        (Family::Sqlite, "ATTACH" | "DETACH") => {
            Some("a bind's migrations are of its own database: make the other file a bind of its own, and move rows between them in Rust")
        }
        (Family::MySql, "USE") => {
            Some("a bind's migrations are of its own database: take `USE` out, or make the other database a bind of its own")
        }
        (Family::MySql, "SET") if has("AUTOCOMMIT") || has("COMPLETION_TYPE") => {
            Some("when something is committed is bindery's to say: take this setting out")
        }
        (Family::MySql, "LOCK" | "UNLOCK") => {
            Some("bindery writes its history between two statements, and could not beside such a lock: take it out")
        }
        // In a block they are of its own statements.
        (Family::MySql, first) if !["CREATE", "BEGIN"].contains(&first) && statement.calls(&["row_count", "found_rows"]) => Some(
            "bindery writes its history between two statements, and this is of that: put both into a procedure, or into a migration in Rust",
        ),
        _ => None,
    }
}

impl Script {
    /// Takes a file apart.
    pub(in crate::migrate) fn parse(text: &str, family: Family) -> Result<Self> {
        let (statements, directives) = Scanner::new(text, family).script()?;
        let mut script = Script { statements, ..Script::default() };
        for Directive { text, line, is_first } in directives {
            let problem = |message: String| Error::new(ErrorKind::Migration, format!("line {line}: {message}"));
            if !is_first {
                return Err(problem(format!("`{MARK} {text}` stands behind a statement, where it would mean nothing: move it to the top")));
            }
            script.direct(&text).map_err(problem)?;
        }
        for statement in &script.statements {
            if let Some(message) = refusal(statement, family) {
                return Err(Error::new(ErrorKind::Migration, format!("line {}: {message}", statement.line)));
            }
        }
        if script.foreign_keys_off && family != Family::Sqlite {
            return Err(Error::new(ErrorKind::Migration, "`-- bindery: foreign-keys-off` is for SQLite alone"));
        }
        if script.no_transaction && family == Family::Sqlite {
            let message = "SQLite's migrations are run in a transaction: `-- bindery: no-transaction` is for other databases";
            return Err(Error::new(ErrorKind::Migration, message));
        }
        Ok(script)
    }

    fn direct(&mut self, directive: &str) -> Result<(), String> {
        let mut words = directive.split([' ', ',']).filter(|word| !word.is_empty());
        match (words.next(), words.next()) {
            (Some("no-transaction"), None) => self.no_transaction = true,
            (Some("foreign-keys-off"), None) => self.foreign_keys_off = true,
            (Some("replaces"), Some(first)) => {
                for word in std::iter::once(first).chain(words) {
                    self.replaces.push(word.parse().map_err(|error: Error| error.to_string())?);
                }
            }
            _ => {
                return Err(format!(
                    "`{MARK} {directive}` is nothing that bindery knows: it knows `no-transaction`, `foreign-keys-off` and `replaces VERSION …`"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_say_how_it_is_run() {
        let text = "-- bindery: no-transaction\n-- bindery: replaces 20261129120305, 20261130080000\ncreate index concurrently i on t (a);";
        let script = Script::parse(text, Family::Postgres).unwrap();
        assert!(script.no_transaction && !script.foreign_keys_off);
        assert_eq!(script.replaces.iter().map(ToString::to_string).collect::<Vec<_>>(), ["20261129120305", "20261130080000"]);
        assert_eq!(script.statements[0].line, 3);
    }

    #[test]
    fn a_directive_is_seen_however_it_is_spaced() {
        for line in ["\u{feff}-- bindery: foreign-keys-off", "--bindery:foreign-keys-off", "  --  Bindery : Foreign-Keys-Off  "] {
            assert!(Script::parse(&format!("{line}\nselect 1"), Family::Sqlite).unwrap().foreign_keys_off, "{line}");
        }
        for text in [
            "-- bindery is used: here\nselect 1",
            "/*\n-- bindery: foreign-keys-off\n*/ select 1",
            "select '\n-- bindery: foreign-keys-off'",
        ] {
            assert!(!Script::parse(text, Family::Sqlite).unwrap().foreign_keys_off, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (text, family, problem) in [
            (
                "-- bindery: no-transactions\nselect 1",
                Family::Postgres,
                "line 1: `-- bindery: no-transactions` is nothing that bindery knows",
            ),
            ("\n-- bindery: replaces\nselect 1", Family::Postgres, "line 2: `-- bindery: replaces` is nothing that bindery knows"),
            ("-- bindery: replaces 5\n", Family::Postgres, "line 1: `5` is no version"),
            ("-- bindery: foreign-keys-off", Family::MySql, "`-- bindery: foreign-keys-off` is for SQLite alone"),
            ("-- bindery: no-transaction", Family::Sqlite, "SQLite's migrations are run in a transaction"),
            ("select 1;\n-- bindery: foreign-keys-off", Family::Sqlite, "line 2: `-- bindery: foreign-keys-off` stands behind a statement"),
            ("select 1; -- bindery: foreign-keys-off", Family::Sqlite, "line 1: `-- bindery: foreign-keys-off` stands behind a statement"),
            ("\npragma foreign_keys = off;", Family::Sqlite, "line 2: in a migration's transaction SQLite does not listen"),
            ("pragma /* of */ main.foreign_keys = off;", Family::Sqlite, "line 1: in a migration's transaction SQLite does not listen"),
            ("attach 'b.db' as b", Family::Sqlite, "line 1: a bind's migrations are of its own database"),
            ("use other", Family::MySql, "line 1: a bind's migrations are of its own database"),
            ("/*!50000 use other */", Family::MySql, "line 1: a bind's migrations are of its own database"),
            ("set autocommit = 0", Family::MySql, "line 1: when something is committed is bindery's to say"),
            ("select row_count()", Family::MySql, "line 1: bindery writes its history between two statements, and this is of that"),
            ("lock tables a write", Family::MySql, "line 1: bindery writes its history between two statements, and could not"),
        ] {
            let error = Script::parse(text, family).unwrap_err();
            assert!(error.to_string().starts_with(problem), "{error}");
        }
    }

    #[test]
    fn columns_may_be_called_as_functions_are() {
        for sql in [
            "alter table a add column row_count int",
            "insert into a (row_count, found_rows) values (1, 2)",
            "pragma defer_foreign_keys = on",
        ] {
            let family = if sql.starts_with("pragma") { Family::Sqlite } else { Family::MySql };
            assert!(Script::parse(sql, family).is_ok(), "{sql}");
        }
    }
}
