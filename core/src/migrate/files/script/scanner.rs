use super::ScriptStatement;
use crate::engine::Family;
use crate::{Error, ErrorKind, Result};

/// Finds where the statements of a script end. It knows of each family's SQL only what a semicolon may stand in: quotes, comments,
/// brackets, and the bodies of triggers, functions and procedures; and MySQL's `DELIMITER`, for bodies that are none of these.
///
/// The quotes: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>,
/// <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html>, <https://sqlite.org/lang_keywords.html>.
pub(in crate::migrate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    family: Family,
    delimiter: String,
    statements: Vec<ScriptStatement>,
    directives: Vec<Directive>,
    current: Current,
}

/// What a script says to bindery, in a comment of its own line or behind a statement: a directive that is overlooked may cost rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::migrate) struct Directive {
    pub(in crate::migrate) text: String,
    pub(in crate::migrate) line: usize,
    /// whether it stands before all statements
    pub(in crate::migrate) is_first: bool,
}

/// The statement that is being read.
#[derive(Default)]
struct Current {
    /// where its first token begins
    start: Option<usize>,
    /// where its last token ends
    end: usize,
    /// what it says so far, without comments and texts
    code: String,
    /// its first words, as far as they tell whether it has a body
    words: Vec<String>,
    brackets: usize,
    /// how many blocks of a body are open
    blocks: usize,
    /// the word before this one
    last_word: String,
}

impl<'a> Scanner<'a> {
    pub(in crate::migrate) fn new(text: &'a str, family: Family) -> Self {
        Scanner {
            text,
            at: 0,
            family,
            delimiter: ";".to_owned(),
            statements: Vec::new(),
            directives: Vec::new(),
            current: Current::default(),
        }
    }

    /// All of them, without the comments around each.
    pub(in crate::migrate) fn statements(self) -> Result<Vec<ScriptStatement>> {
        self.script().map(|(statements, _)| statements)
    }

    /// The statements, and what is said to bindery.
    pub(in crate::migrate) fn script(mut self) -> Result<(Vec<ScriptStatement>, Vec<Directive>)> {
        while let Some(letter) = self.rest().chars().next() {
            if letter.is_whitespace() || letter == '\u{feff}' {
                self.at += letter.len_utf8();
                self.current.space();
            } else if let Some(length) = self.comment()? {
                self.note_directive(&self.text[self.at..self.at + length]);
                self.at += length;
                self.current.space();
            } else if self.current.start.is_none() && self.family == Family::MySql && self.take_delimiter_command() {
            } else if self.ends_statement() {
                self.finish();
                self.at += self.delimiter.len();
            } else {
                let begin = self.at;
                self.current.start.get_or_insert(begin);
                let is_text = self.token(letter)?;
                self.current.end = self.at;
                let token = &self.text[begin..self.at];
                match executable(token) {
                    _ if is_text => self.current.code.push_str("'…'"),
                    Some(inside) => {
                        self.current.space();
                        match Scanner::new(inside, self.family).statements() {
                            Ok(inside) => inside.iter().for_each(|statement| self.current.code.push_str(&format!("{} ", statement.code))),
                            Err(_) => self.current.code.push_str(token),
                        }
                        self.current.space();
                    }
                    None => self.current.code.push_str(token),
                }
            }
        }
        self.finish();
        Ok((self.statements, self.directives))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn ends_statement(&self) -> bool {
        // Another delimiter is there so that nothing else need be looked at.
        self.rest().starts_with(&self.delimiter) && (self.delimiter != ";" || self.current.brackets == 0 && self.current.blocks == 0)
    }

    fn finish(&mut self) {
        let current = std::mem::take(&mut self.current);
        if let Some(start) = current.start {
            let sql = self.text[start..current.end].to_owned();
            self.statements.push(ScriptStatement { sql, code: current.code.trim_end().to_owned(), line: self.line_of(start) });
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    fn unended(&self, what: &str) -> Error {
        Error::new(ErrorKind::Migration, format!("line {}: {what} has no end", self.line_of(self.at)))
    }

    /// `-- bindery: …`, however it is spaced.
    fn note_directive(&mut self, comment: &str) {
        let said = comment.strip_prefix("--").and_then(|said| said.split_once(':'));
        if let Some((_, directive)) = said.filter(|(mark, _)| mark.trim().eq_ignore_ascii_case("bindery")) {
            let is_first = self.statements.is_empty() && self.current.start.is_none();
            self.directives.push(Directive { text: directive.trim().to_lowercase(), line: self.line_of(self.at), is_first });
        }
    }

    /// The length of the comment that begins here.
    fn comment(&self) -> Result<Option<usize>> {
        let rest = self.rest();
        let to_line_end = || rest.find('\n').unwrap_or(rest.len());
        // To MySQL two hyphens are a comment only before a space, so that `5--3` is 8.
        let is_dashes = rest
            .strip_prefix("--")
            .is_some_and(|after| self.family != Family::MySql || after.is_empty() || after.starts_with(char::is_whitespace));
        if is_dashes || self.family == Family::MySql && rest.starts_with('#') {
            return Ok(Some(to_line_end()));
        }
        // `/*! … */` is SQL to MySQL, and `/*M! … */` to MariaDB.
        let is_sql = self.family == Family::MySql && (rest.starts_with("/*!") || rest.starts_with("/*M!"));
        if !rest.starts_with("/*") || is_sql {
            return Ok(None);
        }
        self.block_comment().map(Some)
    }

    /// PostgreSQL's nest, and so do comments in what MySQL runs.
    fn block_comment(&self) -> Result<usize> {
        let rest = self.rest();
        let nests = self.family == Family::Postgres || rest.starts_with("/*!") || rest.starts_with("/*M!");
        let (mut depth, mut at) = (0, 0);
        loop {
            let Some(next) = rest[at..].find(['*', '/']) else { return Err(self.unended("this comment")) };
            at += next;
            if rest[at..].starts_with("*/") {
                depth -= 1;
                at += 2;
                if depth == 0 || !nests {
                    return Ok(at);
                }
            } else if rest[at..].starts_with("/*") {
                depth += 1;
                at += 2;
            } else {
                at += 1;
            }
        }
    }

    /// `DELIMITER //`, which MySQL's clients know, and no server.
    fn take_delimiter_command(&mut self) -> bool {
        let line = self.rest().lines().next().unwrap_or_default();
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some(word), Some(delimiter)) if word.eq_ignore_ascii_case("delimiter") => {
                self.delimiter = delimiter.to_owned();
                self.at += line.len();
                true
            }
            _ => false,
        }
    }

    /// Passes over one token that is neither space, comment nor the end of the statement. Whether it is a text.
    fn token(&mut self, letter: char) -> Result<bool> {
        let last_word = std::mem::take(&mut self.current.last_word);
        let is_mysql = self.family == Family::MySql;
        match letter {
            '\'' => return self.quoted(letter, is_mysql).map(|()| true),
            '"' => {
                self.quoted(letter, is_mysql)?;
                // Elsewhere it is a name. In MySQL it is one by the mode ANSI_QUOTES, and beside a dot it can be nothing else.
                return Ok(is_mysql && !self.rest().trim_start().starts_with('.') && !self.current.code.trim_end().ends_with('.'));
            }
            '`' if self.family != Family::Postgres => self.quoted('`', false)?,
            '[' if self.family == Family::Sqlite => self.quoted(']', false)?,
            '$' if self.family == Family::Postgres => return self.dollar(),
            '(' => {
                self.current.brackets += 1;
                self.at += 1;
            }
            ')' => {
                self.current.brackets = self.current.brackets.saturating_sub(1);
                self.at += 1;
            }
            // What is SQL to MySQL; comments are passed over elsewhere.
            '/' if self.rest().starts_with("/*") => self.at += self.block_comment()?,
            letter if is_word(letter) => {
                self.current.last_word = last_word;
                return self.word();
            }
            letter => self.at += letter.len_utf8(),
        }
        Ok(false)
    }

    /// A text or a name in quotes. A doubled quote stands for one, which comes to the same as two quoted parts side by side.
    fn quoted(&mut self, end: char, backslashes: bool) -> Result<()> {
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            if letter == '\\' && backslashes {
                letters.next();
            } else if letter == end {
                self.at += at + end.len_utf8();
                return Ok(());
            }
        }
        Err(self.unended("this quote"))
    }

    /// `$$ … $$`, `$body$ … $body$`; or a parameter, or something of no meaning here. Whether it is a text.
    fn dollar(&mut self) -> Result<bool> {
        let rest = self.rest();
        let tag = rest[1..].find('$').map(|end| &rest[..end + 2]);
        let is_tag =
            |tag: &&str| tag[1..tag.len() - 1].chars().all(is_word) && !tag[1..].starts_with(|letter: char| letter.is_ascii_digit());
        let Some(tag) = tag.filter(is_tag) else {
            self.at += 1;
            return Ok(false);
        };
        match rest[tag.len()..].find(tag) {
            Some(end) => {
                self.at += end + 2 * tag.len();
                Ok(true)
            }
            None => Err(self.unended(&format!("what begins with {tag}"))),
        }
    }

    /// A word, or a text that begins with one. Whether it is a text.
    fn word(&mut self) -> Result<bool> {
        let rest = self.rest();
        let length = rest.find(|letter| !is_word(letter) && letter != '$').unwrap_or(rest.len());
        // `END$$`: what looks like a letter of the word ends the statement.
        let length = if self.delimiter == ";" { length } else { rest.find(&self.delimiter).unwrap_or(length).min(length) };
        let word = rest[..length].to_uppercase();
        self.at += length;
        // PostgreSQL's `E'it\'s'`.
        if word == "E" && self.family == Family::Postgres && self.rest().starts_with('\'') {
            return self.quoted('\'', true).map(|()| true);
        }
        // `NEW.end` is a column.
        if !self.current.code.ends_with('.') {
            self.look_at(&word);
        }
        Ok(false)
    }

    /// Counts the blocks of a body.
    fn look_at(&mut self, word: &str) {
        const MOST_WORDS: usize = 8;
        let family = self.family;
        let current = &mut self.current;
        let after_end = current.last_word == "END";
        if current.has_body(family) {
            match word {
                // `END CASE` is one end; in MySQL's `END IF` and its like neither word counts.
                "CASE" if !after_end => current.blocks += 1,
                "IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR" if after_end && family == Family::MySql => current.blocks += 1,
                "BEGIN" if family != Family::Postgres => current.blocks += 1,
                "ATOMIC" if family == Family::Postgres && current.last_word == "BEGIN" => current.blocks += 1,
                "ATOMIC" if current.words == ["BEGIN", "NOT"] => current.blocks += 1,
                "END" => current.blocks = current.blocks.saturating_sub(1),
                _ => {}
            }
        }
        if current.words.len() < MOST_WORDS {
            current.words.push(word.to_owned());
        }
        current.last_word = word.to_owned();
    }
}

impl Current {
    /// One space, however many there are, and whatever comments between them.
    fn space(&mut self) {
        if !self.code.is_empty() && !self.code.ends_with(' ') {
            self.code.push(' ');
        }
    }

    /// Whether it makes something with a body. Between CREATE and what it makes stand `OR REPLACE`, `TEMP`, `DEFINER = root@localhost`; the
    /// first word that names what can be made is what it makes.
    fn has_body(&self, family: Family) -> bool {
        let made: &[&str] = match family {
            Family::Sqlite => &["TRIGGER"],
            Family::Postgres => &["FUNCTION", "PROCEDURE"],
            Family::MySql => &["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "PACKAGE"],
        };
        match self.words.first().map(String::as_str) {
            Some("CREATE" | "ALTER") => {
                let is_made = |word: &&str| made.contains(word) || ["TABLE", "INDEX", "VIEW", "SEQUENCE", "TYPE", "DOMAIN"].contains(word);
                self.words.iter().map(String::as_str).find(is_made).is_some_and(|word| made.contains(&word))
            }
            // MariaDB's block outside of a procedure.
            Some("BEGIN") => family == Family::MySql && self.words.get(1).is_some_and(|word| word == "NOT"),
            _ => false,
        }
    }
}

/// What MySQL takes from `/*! … */` and `/*!50003 … */`, and MariaDB from `/*M! … */`.
fn executable(token: &str) -> Option<&str> {
    let inside = token.strip_prefix("/*!").or_else(|| token.strip_prefix("/*M!"))?;
    Some(inside.strip_suffix("*/")?.trim_start_matches(|letter: char| letter.is_ascii_digit()))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str, family: Family) -> Vec<String> {
        Scanner::new(text, family).statements().unwrap().into_iter().map(|statement| statement.sql).collect()
    }

    const ALL: [Family; 3] = [Family::Sqlite, Family::Postgres, Family::MySql];

    #[test]
    fn semicolons_end_statements() {
        for family in ALL {
            assert_eq!(split("a;\n b (c;d) ;; -- e;\n/* f; */ g", family), ["a", "b (c;d)", "g"]);
            assert_eq!(split("a ';' \"x;\" 'it''s;' b; c", family), ["a ';' \"x;\" 'it''s;' b", "c"]);
            assert_eq!(split("-- nothing\n;", family), Vec::<String>::new());
            assert_eq!(split("a -- the first\n; b -- the end", family), ["a", "b"]);
        }
        assert_eq!(split("a `;`; b", Family::MySql), ["a `;`", "b"]);
        assert_eq!(split("a [;]; b", Family::Sqlite), ["a [;]", "b"]);
        assert_eq!(split("a[1]; b", Family::Postgres), ["a[1]", "b"]);
    }

    #[test]
    fn each_family_has_its_comments_and_quotes() {
        assert_eq!(split("a /* /* ; */ ; */ b; c", Family::Postgres), ["a /* /* ; */ ; */ b", "c"]);
        assert_eq!(split("a # ;\n b; c", Family::MySql), ["a # ;\n b", "c"]);
        assert_eq!(split("select 5--3; /*!40101 set a = 1; */; b", Family::MySql), ["select 5--3", "/*!40101 set a = 1; */", "b"]);
        assert_eq!(split(r"a '\';'; b", Family::MySql), [r"a '\';'", "b"]);
        assert_eq!(split(r"a '\'; b", Family::Postgres), [r"a '\'", "b"]);
        assert_eq!(split(r"a E'\';'; b", Family::Postgres), [r"a E'\';'", "b"]);
        assert_eq!(
            split("do $$ begin; end $$; do $x$ $$;$$ $x$; a $1; b", Family::Postgres),
            ["do $$ begin; end $$", "do $x$ $$;$$ $x$", "a $1", "b"]
        );
        assert_eq!(split("a$b$c; d", Family::Postgres), ["a$b$c", "d"]);
    }

    #[test]
    fn bodies_are_whole() {
        let trigger = "create temp trigger t after insert on a begin update b set c = case when d then 1 else 2 end; delete from e; end";
        assert_eq!(split(&format!("{trigger}; x"), Family::Sqlite), [trigger, "x"]);
        let function = "create or replace function f() returns int begin atomic select case when a then 1 end; select 2; end";
        assert_eq!(split(&format!("{function}; x"), Family::Postgres), [function, "x"]);
        let procedure = "create definer = root@localhost procedure p() begin if a then select 1; end if; case a when 1 then select 1; end case; \
                         w: while a do set a = 0; end while; begin select 2; end; end";
        assert_eq!(split(&format!("{procedure}; x"), Family::MySql), [procedure, "x"]);
        let block = "begin not atomic select 1; select 2; end";
        assert_eq!(split(&format!("{block}; x"), Family::MySql), [block, "x"]);
        assert_eq!(split("begin; update a set b = 1; commit", Family::MySql), ["begin", "update a set b = 1", "commit"]);
        let procedure = "create procedure p() begin for i in 1..2 do select i; end for; select 2; end";
        assert_eq!(split(&format!("{procedure}; x"), Family::MySql), [procedure, "x"]);
        let trigger = "create trigger t before insert on a for each row begin set new.end = new.begin; set new.b = 1; end";
        for family in [Family::Sqlite, Family::MySql] {
            assert_eq!(split(&format!("{trigger}; x"), family), [trigger, "x"]);
        }
        let table = "create table log (id int, event int, begin datetime)";
        assert_eq!(split(&format!("{table}; x"), Family::MySql), [table, "x"]);
    }

    #[test]
    fn mysql_has_delimiters() {
        let text = "delimiter //\ncreate trigger t before insert on a for each row if b then set c = 1; end if //\nDELIMITER ;\nx; y";
        let trigger = "create trigger t before insert on a for each row if b then set c = 1; end if";
        assert_eq!(split(text, Family::MySql), [trigger, "x", "y"]);
        let text = "delimiter $$\ncreate trigger t before insert on a for each row begin set b = 1; end$$\nselect a$b$$\ndrop table a1$$\ndelimiter ;\nx";
        let trigger = "create trigger t before insert on a for each row begin set b = 1; end";
        assert_eq!(split(text, Family::MySql), [trigger, "select a$b", "drop table a1", "x"]);
    }

    #[test]
    fn what_has_no_end_is_told_with_its_line() {
        for (text, problem) in [("a;\n'b", "line 2: this quote has no end"), ("/* a", "line 1: this comment has no end")] {
            let error = Scanner::new(text, Family::Postgres).statements().unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Migration, problem));
        }
        assert!(Scanner::new("$a$ b", Family::Postgres).statements().is_err());
    }

    #[test]
    fn code_is_without_texts_and_comments() {
        let code = |text: &str, family| Scanner::new(text, family).statements().unwrap().remove(0).code;
        for family in ALL {
            assert_eq!(code("insert  into a -- b\n values ('c''d', 1) /* e */", family), "insert into a values ('…''…', 1)");
        }
        assert_eq!(code(r#"insert into `a;` values ("it's \" c")"#, Family::MySql), "insert into `a;` values ('…')");
        assert_eq!(code("/*!50003 set a = 'b' */ /*M! c */d", Family::MySql), "set a = '…' c d");
        assert_eq!(code("/*!50003 begin /* why */ set a = 1 */", Family::MySql), "begin set a = 1");
        assert_eq!(code("do $$ drop table a $$ where \"b\" = E'c'", Family::Postgres), "do '…' where \"b\" = '…'");
    }

    #[test]
    fn lines_are_counted() {
        let statements = Scanner::new("\n-- a\nb;\n\nc", Family::Sqlite).statements().unwrap();
        assert_eq!(statements.iter().map(|statement| statement.line).collect::<Vec<_>>(), [3, 5]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z'\"`$;/*()\\-#\\[\\]\\\\é \n]{0,60}") {
            for family in ALL {
                let _ = Scanner::new(&text, family).statements();
            }
        }

        #[test]
        fn what_stands_in_quotes_is_left_alone(inside in "[a-z;\"()/*$ -]{0,20}") {
            for family in ALL {
                let text = format!("a '{inside}'");
                prop_assert_eq!(split(&format!("{text}; b"), family), [text, "b".to_owned()]);
            }
        }
    }
}
