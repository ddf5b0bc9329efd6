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

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::migrate) struct ScriptStatement {
    pub(in crate::migrate) sql: String,
    /// the same without comments, and with `'…'` for each text: to know it by, and to show
    pub(in crate::migrate) code: String,
    /// where it begins, from 1
    pub(in crate::migrate) line: usize,
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

impl ScriptStatement {
    /// Its beginning, for messages: one line, without any text of it, which may be a password.
    pub(in crate::migrate) fn excerpt(&self) -> String {
        const MOST: usize = 80;
        let line = self.code.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(MOST) {
            Some((end, _)) => format!("{} …", &line[..end]),
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

    /// Its words, in capitals.
    pub(in crate::migrate) fn words(&self) -> Vec<String> {
        let words = self.code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.filter(|word| !word.is_empty()).map(str::to_uppercase).collect()
    }

    /// Whether it is about the server's users and databases, and not about what is in one.
    pub(in crate::migrate) fn is_of_server(&self, family: Family) -> bool {
        const KINDS: [&str; 11] =
            ["USER", "ROLE", "GROUP", "OWNED", "DATABASE", "TABLESPACE", "SYSTEM", "SERVER", "INSTANCE", "LOGFILE", "SUBSCRIPTION"];
        let all = self.words();
        let mut words = all.iter().map(String::as_str).filter(|word| !["OR", "REPLACE"].contains(word));
        let mut next = || words.next().unwrap_or_default();
        let (first, second, third) = (next(), next(), next());
        let has = |kinds: &[&str]| all.iter().any(|word| kinds.contains(&word.as_str()));
        match (first, family) {
            // A schema is a database to MySQL; to PostgreSQL a server is a foreign one, and of this database.
            ("CREATE" | "ALTER" | "DROP" | "RENAME" | "REASSIGN", family) => match (family, second) {
                (Family::MySql, "SCHEMA") => true,
                (Family::Postgres, "SERVER") => false,
                (Family::Postgres, "USER") => third != "MAPPING",
                (_, kind) => KINDS.contains(&kind),
            },
            ("COMMENT", _) => ["DATABASE", "ROLE", "TABLESPACE"].contains(&third),
            ("FLUSH" | "SHUTDOWN" | "KILL" | "RESET" | "PURGE" | "INSTALL" | "UNINSTALL", family) => family == Family::MySql,
            ("SET", Family::MySql) => has(&["GLOBAL", "PERSIST", "PERSIST_ONLY", "PASSWORD"]),
            _ => false,
        }
    }

    /// Whether it says who may do what.
    pub(in crate::migrate) fn is_of_rights(&self) -> bool {
        self.words().first().is_some_and(|word| word == "GRANT" || word == "REVOKE")
    }

    /// What it names before a dot: schemas or databases. A name that stands alone in it too is that of a table, whose columns are named so.
    pub(in crate::migrate) fn qualifiers(&self) -> Vec<String> {
        const ROWS: [&str; 3] = ["new", "old", "excluded"];
        let names = self.names();
        let is_alone = |name: &Name| names.iter().any(|other| other.text == name.text && other.is_alone());
        let before = names.iter().filter(|name| name.is_qualifier() && (name.is_of_table() || !is_alone(name)));
        before.map(|name| name.text.clone()).filter(|name| !ROWS.contains(&name.as_str())).collect()
    }

    /// The first of these databases that it names.
    pub(in crate::migrate) fn reaches_into<'d>(&self, databases: &'d [String]) -> Option<&'d str> {
        let named = self.qualifiers();
        databases.iter().map(String::as_str).find(|database| named.contains(&database.to_lowercase()))
    }

    /// Whether it calls one of these functions, which are given in small letters.
    pub(in crate::migrate) fn calls(&self, functions: &[&str]) -> bool {
        self.names().iter().any(|name| name.next == '(' && name.previous != '.' && functions.contains(&name.text.as_str()))
    }

    /// Whether it has this name, as it is or in quotes.
    pub(in crate::migrate) fn has_name(&self, name: &str) -> bool {
        self.names().iter().any(|known| known.text == name.to_lowercase())
    }

    fn names(&self) -> Vec<Name> {
        let (mut names, mut at) = (Vec::<Name>::new(), 0);
        let mut previous = ' ';
        while let Some(letter) = self.code[at..].chars().next() {
            let rest = &self.code[at..];
            let (text, length) = match letter {
                '`' | '"' => {
                    let inside = rest[1..].split(letter).next().unwrap_or_default();
                    (inside, (inside.len() + 2).min(rest.len()))
                }
                letter if is_of_name(letter) => {
                    let length = rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len());
                    (&rest[..length], length)
                }
                letter => {
                    if !letter.is_whitespace() {
                        previous = letter;
                    }
                    at += letter.len_utf8();
                    continue;
                }
            };
            let behind = if previous == ' ' { names.last().map_or_else(String::new, |last| last.text.clone()) } else { String::new() };
            at += length;
            let next = self.code[at..].trim_start().chars().next().unwrap_or(' ');
            names.push(Name { text: text.to_lowercase(), previous, next, behind });
            previous = ' ';
        }
        names
    }

    /// Whether PostgreSQL does it while others write, and may leave a half of it.
    pub(in crate::migrate) fn is_concurrent(&self) -> bool {
        self.words().iter().any(|word| word == "CONCURRENTLY")
    }
}

/// What may be a name in a statement, or one of SQL's own words.
struct Name {
    /// in small letters, without quotes
    text: String,
    /// the letter before it, spaces apart; a space where that is another name
    previous: char,
    /// the letter behind it, spaces apart
    next: char,
    /// the name before it, where nothing but a space is between
    behind: String,
}

impl Name {
    fn is_qualifier(&self) -> bool {
        self.next == '.' && self.previous != '.' && !self.text.starts_with(|letter: char| letter.is_ascii_digit())
    }

    /// Not of a user either: `root@localhost`.
    fn is_alone(&self) -> bool {
        self.next != '.' && self.next != '@' && !['.', '@'].contains(&self.previous)
    }

    /// Whether it stands where tables and what else is in a database are named, and not their columns.
    fn is_of_table(&self) -> bool {
        const WORDS: [&str; 16] = [
            "from",
            "join",
            "into",
            "update",
            "table",
            "exists",
            "references",
            "view",
            "trigger",
            "procedure",
            "function",
            "call",
            "event",
            "ignore",
            "only",
            "sequence",
        ];
        WORDS.contains(&self.behind.as_str())
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
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

    fn statement(sql: &str, family: Family) -> ScriptStatement {
        Script::parse(sql, family).unwrap().statements.remove(0)
    }

    #[test]
    fn what_is_of_the_server_is_seen() {
        for sql in [
            "create user a",
            "DROP SCHEMA a",
            "create or replace database a",
            "rename user a to b",
            "set global a = 1",
            "set a = 1, @@global.b = 2",
            "flush tables",
        ] {
            assert!(statement(sql, Family::MySql).is_of_server(Family::MySql), "{sql}");
        }
        for sql in
            ["alter system set a = 1", "drop owned by a", "create group a", "comment on database a is 'b'", "reassign owned by a to b"]
        {
            assert!(statement(sql, Family::Postgres).is_of_server(Family::Postgres), "{sql}");
        }
        for sql in [
            "create schema a",
            "create table user (a int)",
            "create server a foreign data wrapper b",
            "create user mapping for a server b",
            "reset a",
        ] {
            assert!(!statement(sql, Family::Postgres).is_of_server(Family::Postgres), "{sql}");
        }
    }

    #[test]
    fn what_is_of_another_database_is_seen() {
        let databases = ["other".to_owned(), "app".to_owned()];
        let reaches = |sql: &str| statement(sql, Family::MySql).reaches_into(&databases).map(str::to_owned);
        for sql in [
            "delete from App.a",
            "delete from `app`.a",
            "delete from app . a",
            "select app.a.b from a",
            "insert into app.a select 'app'",
            "insert into app.orders (app) values (1)",
            "create definer = app@localhost procedure p() delete from app.a",
            "select a from \"app\".a",
        ] {
            assert_eq!(reaches(sql).as_deref(), Some("app"), "{sql}");
        }
        for sql in [
            "select myapp.a from myapp",
            "insert into a values ('https://app.example.org')",
            "update app set app.b = 1",
            "select 1 -- app.a",
            "select a.app.b from a.app",
            "create table a (b decimal(5, 2) default 0.19)",
        ] {
            assert_eq!(reaches(sql), None, "{sql}");
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
    fn an_excerpt_is_one_line_without_texts() {
        let excerpt = |sql: &str| statement(sql, Family::MySql).excerpt();
        assert_eq!(excerpt("create table t (\n  a int -- what it is\n)"), "create table t ( a int )");
        assert_eq!(excerpt("create user a identified by \"secret\""), "create user a identified by '…'");
        assert_eq!(excerpt(r"insert into a values ('a\'secret')"), "insert into a values ('…')");
        assert!(excerpt(&"é".repeat(100)).ends_with("é …"));
        assert_eq!(statement("create/**/unique index `i`", Family::MySql).words()[..3], ["CREATE", "UNIQUE", "INDEX"]);
    }
}
