use super::scanner::Scanner;
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

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::migrate) struct ScriptStatement {
    pub(in crate::migrate) sql: String,
    /// where it begins, from 1
    pub(in crate::migrate) line: usize,
}

const MARK: &str = "-- bindery:";

/// What a line says to bindery, however it is spaced: a directive that is overlooked may cost rows.
fn directive(line: &str) -> Option<String> {
    let (mark, directive) = line.trim().strip_prefix("--")?.split_once(':')?;
    mark.trim().eq_ignore_ascii_case("bindery").then(|| directive.trim().to_lowercase())
}

/// What a script must not say, with what to say instead.
fn refusal(statement: &ScriptStatement, family: Family) -> Option<&'static str> {
    let words = statement.words();
    match (family, words.first()?.as_str(), words.get(1).map(String::as_str)) {
        (Family::Sqlite, "PRAGMA", Some("FOREIGN_KEYS" | "DEFER_FOREIGN_KEYS")) => Some(
            "in a migration's transaction SQLite does not listen to this pragma: write `-- bindery: foreign-keys-off` at the top instead",
        ),
        (Family::MySql, "USE", _) => {
            Some("a bind's migrations are of its own database: take `USE` out, or make the other database a bind of its own")
        }
        _ => None,
    }
}

impl Script {
    /// Takes a file apart.
    pub(in crate::migrate) fn parse(text: &str, family: Family) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let mut script = Script { statements: Scanner::new(text, family).statements()?, ..Script::default() };
        let first = script.statements.first().map_or(usize::MAX, |statement| statement.line);
        for (at, line) in text.lines().enumerate() {
            let Some(directive) = directive(line) else { continue };
            let problem = |message: String| Error::new(ErrorKind::Migration, format!("line {}: {message}", at + 1));
            if at + 1 > first {
                let message = format!("`{MARK} {directive}` stands behind a statement, where it would mean nothing: move it to the top");
                return Err(problem(message));
            }
            script.direct(&directive).map_err(problem)?;
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

impl ScriptStatement {
    /// Its beginning, for messages: one line, up to the first text in it or what may be a password.
    pub(in crate::migrate) fn excerpt(&self) -> String {
        const MOST: usize = 80;
        const ENDS: [&str; 4] = ["'", "$", "identified", "password"];
        let lower = self.sql.to_ascii_lowercase();
        let end = ENDS.iter().filter_map(|end| lower.find(end)).min();
        let line = self.sql[..end.unwrap_or(self.sql.len())].split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MOST) {
            Some((end, _)) => format!("{} …", &line[..end]),
            None if end.is_some() => format!("{line} …"),
            None => line,
        }
    }

    /// As it stands in a file, with its end. A body that only another delimiter tells from its surroundings gets one.
    pub(in crate::migrate) fn written(&self, family: Family) -> String {
        let plain = format!("{};\n", self.sql);
        let is_one = Scanner::new(&plain, family).statements().is_ok_and(|statements| statements.len() == 1);
        if is_one || family != Family::MySql {
            return plain;
        }
        let delimiter = ["//", "$$", "%%%%"].into_iter().find(|delimiter| !self.sql.contains(delimiter)).unwrap_or("//");
        format!("DELIMITER {delimiter}\n{} {delimiter}\nDELIMITER ;\n", self.sql)
    }

    /// Its words, in capitals, those in texts and comments too.
    pub(in crate::migrate) fn words(&self) -> Vec<String> {
        let words = self.sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| !word.is_empty()).map(str::to_uppercase).collect()
    }

    /// Whether it is about the server's users and databases, and not about what is in one.
    pub(in crate::migrate) fn is_of_server(&self) -> bool {
        let words = self.words();
        let second = words.get(1).map_or("", String::as_str);
        match words.first().map_or("", String::as_str) {
            "CREATE" | "ALTER" | "DROP" => ["USER", "ROLE", "DATABASE", "TABLESPACE"].contains(&second),
            "FLUSH" | "SHUTDOWN" | "KILL" => true,
            "SET" => ["GLOBAL", "PERSIST", "PASSWORD"].contains(&second),
            _ => false,
        }
    }

    /// Whether it says who may do what.
    pub(in crate::migrate) fn is_of_rights(&self) -> bool {
        self.words().first().is_some_and(|word| word == "GRANT" || word == "REVOKE")
    }

    /// Whether it names a database or schema before a dot.
    pub(in crate::migrate) fn reaches_into(&self, database: &str) -> bool {
        let (sql, database) = (self.sql.to_lowercase(), database.to_lowercase());
        let plain = format!("{database}.");
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let named = sql.match_indices(&plain).any(|(at, _)| !sql[..at].ends_with(is_word));
        named || sql.contains(&format!("`{database}`."))
    }

    /// Whether PostgreSQL does it while others write, and may leave a half of it.
    pub(in crate::migrate) fn is_concurrent(&self) -> bool {
        self.words().iter().any(|word| word == "CONCURRENTLY")
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
        assert!(!Script::parse("-- bindery is used: here\nselect 1", Family::Sqlite).unwrap().foreign_keys_off);
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
            ("\npragma foreign_keys = off;", Family::Sqlite, "line 2: in a migration's transaction SQLite does not listen"),
            ("use other", Family::MySql, "line 1: a bind's migrations are of its own database"),
        ] {
            let error = Script::parse(text, family).unwrap_err();
            assert!(error.to_string().starts_with(problem), "{error}");
        }
    }

    #[test]
    fn what_is_not_of_one_database_is_seen() {
        let statement = |sql: &str| ScriptStatement { sql: sql.to_owned(), line: 1 };
        assert!(statement("create user a").is_of_server() && !statement("create table user (a int)").is_of_server());
        assert!(statement("delete from App.a").reaches_into("app") && statement("delete from `app`.a").reaches_into("app"));
        assert!(!statement("select myapp.a from myapp, app").reaches_into("app"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text =
            "delimiter //\ncreate trigger t before insert on a for each row if b then set c = 'x'; end if //\ndelimiter ;\nselect 1;";
        let script = Script::parse(text, Family::MySql).unwrap();
        let written: String = script.statements.iter().map(|statement| statement.written(Family::MySql)).collect();
        let sql = |script: Script| script.statements.into_iter().map(|statement| statement.sql).collect::<Vec<_>>();
        assert_eq!(sql(Script::parse(&written, Family::MySql).unwrap()), sql(script));
    }

    #[test]
    fn an_excerpt_is_one_line() {
        let statement = |sql: &str| ScriptStatement { sql: sql.to_owned(), line: 1 };
        assert_eq!(statement("create table t (\n  a int\n)").excerpt(), "create table t ( a int )");
        assert_eq!(statement("create user a identified by \"secret\"").excerpt(), "create user a …");
        assert_eq!(statement(r"insert into a values ('a\'secret')").excerpt(), "insert into a values ( …");
        assert!(statement(&"é".repeat(100)).excerpt().ends_with("é …"));
        assert_eq!(statement("create/**/unique index `i`").words()[..3], ["CREATE", "UNIQUE", "INDEX"]);
    }
}
