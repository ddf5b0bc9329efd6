use super::scanner::Scanner;
use crate::engine::Family;

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::migrate) struct ScriptStatement {
    pub(in crate::migrate) sql: String,
    /// the same without comments, and with `'…'` for each text: to know it by, and to show
    pub(in crate::migrate) code: String,
    /// where it begins, from 1
    pub(in crate::migrate) line: usize,
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
    use crate::migrate::files::Script;

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
