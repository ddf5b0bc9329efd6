//! What a statement is, by its first words: the few that bindery must know without asking the server.

use bindery_core::engine::Effect;
use bindery_core::{Error, ErrorKind, Result};

/// What the first words of a statement tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// A query, an INSERT, an UPDATE, a DELETE, …
    Plain,
    /// A procedure's call. It may give several results, and begin and end transactions.
    Call,
    /// MariaDB's compound statement, which is a procedure without a name:
    /// <https://mariadb.com/kb/en/using-compound-statements-outside-of-stored-programs/>.
    Compound,
    /// It commits the open transaction before it runs: <https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/>.
    CommitsImplicitly,
    /// It leaves something on its connection that whoever has it next would find: a setting, a temporary table, a prepared statement.
    LeavesTraces,
}

/// The first words of what writes rows, or changes what is in the database or who may use it.
const WRITING: [&str; 13] =
    ["INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "TRUNCATE", "CREATE", "ALTER", "DROP", "RENAME", "GRANT", "REVOKE", "OPTIMIZE"];
const COMMITTING: [&str; 20] = [
    "ALTER",
    "CREATE",
    "DROP",
    "RENAME",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "LOCK",
    "UNLOCK",
    "ANALYZE",
    "OPTIMIZE",
    "REPAIR",
    "CHECK",
    "FLUSH",
    "RESET",
    "INSTALL",
    "UNINSTALL",
    "CHANGE",
    "IMPORT",
    "CACHE",
];
/// What a compound statement begins with, but for `BEGIN NOT ATOMIC`.
const COMPOUND: [&str; 6] = ["IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR"];
const TRACING: [&str; 7] = ["SET", "USE", "PREPARE", "EXECUTE", "DEALLOCATE", "HANDLER", "LOCK"];

impl StatementKind {
    /// Looks at a statement, and refuses what is the session's own, and a write that was sent as a read.
    pub(crate) fn of(sql: &str, effect: Effect) -> Result<Self> {
        // What most statements begin with is seen at once.
        if starts_with(sql, "SELECT") || effect == Effect::Write && starts_with(sql, "INSERT") {
            return Ok(StatementKind::Plain);
        }
        let mut words = Words(sql);
        let first = words.next().unwrap_or("");
        let is = |word: &str| first.eq_ignore_ascii_case(word);
        let mut behind = words.clone();
        if is("BEGIN")
            && behind.next().is_some_and(|second| is_any(second, &["NOT"]))
            && behind.next().is_some_and(|third| is_any(third, &["ATOMIC"]))
        {
            return Ok(StatementKind::Compound);
        }
        if is_any(first, &["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA"])
            || is("START") && words.clone().next().is_some_and(|second| is_any(second, &["TRANSACTION"]))
        {
            let message =
                "BEGIN, COMMIT, ROLLBACK, XA and savepoints are not sent as statements: use the session's `begin`, `commit` and `rollback`";
            return Err(Error::new(ErrorKind::InvalidStatement, message));
        }
        if effect == Effect::Read && is_any(first, &WRITING) {
            let message = "this statement was sent as one that only reads: a raw statement that writes must say so by `writes()`";
            return Err(Error::new(ErrorKind::PermissionDenied, message));
        }
        let second = words.next().unwrap_or("");
        // A table may have that name: so it is the second word, or the one behind `OR REPLACE`.
        let is_word = |word: &str| is_any(word, &["TEMPORARY"]);
        let is_temporary =
            is_any(first, &["CREATE", "DROP"]) && (is_word(second) || is_any(second, &["OR"]) && words.nth(1).is_some_and(is_word));
        let commits = is_any(first, &COMMITTING)
            || is("LOAD") && is_any(second, &["INDEX"])
            || is("SET") && is_any(second, &["PASSWORD"])
            || is_any(first, &["START", "STOP"]) && is_any(second, &["SLAVE", "REPLICA", "ALL", "GROUP_REPLICATION"]);
        Ok(if is_temporary || is_any(first, &TRACING) && !commits {
            StatementKind::LeavesTraces
        } else if commits {
            StatementKind::CommitsImplicitly
        } else if is("CALL") {
            StatementKind::Call
        } else if is_any(first, &COMPOUND) {
            StatementKind::Compound
        } else {
            StatementKind::Plain
        })
    }

    /// Whether it may give several results, and begin and end transactions.
    pub(crate) fn is_procedure(self) -> bool {
        matches!(self, StatementKind::Call | StatementKind::Compound)
    }

    /// Whether it may have a label in it (`l:loop`), as the body of a routine, a trigger or an event has; also where it has such letters in a text.
    pub(crate) fn may_have_labels(self, sql: &str) -> bool {
        let is_label = |pair: &[u8]| matches!(pair, [b':', b'a'..=b'z' | b'_']);
        matches!(self, StatementKind::CommitsImplicitly | StatementKind::Compound) && sql.as_bytes().windows(2).any(is_label)
    }

    /// Whether whoever has the connection next would find something of it.
    pub(crate) fn leaves_traces(self, sql: &str) -> bool {
        match self {
            // What a compound statement sets stays; of what a procedure does, only some is seen.
            StatementKind::LeavesTraces | StatementKind::Compound => true,
            // Locks outlive the statement; nothing else that commits does.
            StatementKind::CommitsImplicitly => Words(sql).next().is_some_and(|first| is_any(first, &["LOCK", "FLUSH"])),
            StatementKind::Plain | StatementKind::Call => false,
        }
    }
}

/// Whether it may put rows in the place of others: what MySQL counts then is neither rows inserted nor rows matched.
pub(crate) fn may_replace(sql: &str) -> bool {
    let mut words = Words(sql);
    let first = words.next().unwrap_or("");
    let is = |word: &str| first.eq_ignore_ascii_case(word);
    is("REPLACE")
        || is("INSERT") && has_words(sql, ["ON", "DUPLICATE", "KEY"])
        || is("LOAD") && has_words(sql, ["REPLACE", "INTO", "TABLE"])
        || is("SET") && words.next().is_some_and(|second| is_any(second, &["STATEMENT"]))
}

/// Whether these words stand in it one behind the other, be it in a text.
fn has_words(sql: &str, words: [&str; 3]) -> bool {
    let [first, others @ ..] = words;
    let begins = |start: usize| {
        let is_bounded = !sql[..start].ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
        let mut found = Words(&sql[start..]);
        is_bounded
            && found.next().is_some_and(|word| is_any(word, &[first]))
            && others.iter().all(|other| found.next().is_some_and(|word| is_any(word, &[other])))
    };
    sql.char_indices().filter(|(_, letter)| letter.eq_ignore_ascii_case(&char::from(first.as_bytes()[0]))).any(|(start, _)| begins(start))
}

fn starts_with(sql: &str, word: &str) -> bool {
    sql.as_bytes().get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_any(word: &str, any: &[&str]) -> bool {
    any.iter().any(|one| word.eq_ignore_ascii_case(one))
}

/// The words of a statement, up to the first thing that is none.
#[derive(Clone)]
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = skip_space_and_comments(self.0);
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// Comments don't nest here, and one that begins with `/*!` or `/*M!` is run: <https://mariadb.com/kb/en/comment-syntax/>.
fn skip_space_and_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '\u{b}' || letter == ';' || letter == '(');
        if let Some(comment) = sql.strip_prefix('#').or_else(|| sql.strip_prefix("--")) {
            sql = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(run) = sql.strip_prefix("/*!").or_else(|| sql.strip_prefix("/*M!")) {
            sql = run.trim_start_matches(|digit: char| digit.is_ascii_digit());
        } else if let Some(comment) = sql.strip_prefix("/*") {
            sql = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(sql: &str) -> StatementKind {
        StatementKind::of(sql, Effect::Write).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    #[test]
    fn what_is_the_sessions_own_is_refused() {
        for sql in [
            "BEGIN",
            "begin work",
            " \n\tCommit;",
            "start transaction",
            "rollback to savepoint a",
            "savepoint a",
            "release savepoint a",
            "xa start 'a'",
            "-- a comment\nrollback",
            "# a comment\nrollback",
            "/* one */ commit",
            "/*! commit */",
            "/*M!100100 commit */",
            ";;commit",
            "\u{b}\u{c}commit",
        ] {
            for effect in [Effect::Read, Effect::Write] {
                assert_eq!(StatementKind::of(sql, effect).unwrap_err().kind(), ErrorKind::InvalidStatement, "{sql}");
            }
        }
    }

    #[test]
    fn other_statements_are_plain() {
        for sql in ["", "select 1", "committed", "begin_work()", "/* open", "-- only", "# only", "(select 1)", "é", "/* commit */ select 1"]
        {
            assert_eq!(kind(sql), StatementKind::Plain, "{sql}");
        }
        assert_eq!(kind("call p()"), StatementKind::Call);
        for sql in ["begin not atomic commit; end", "IF 1 THEN COMMIT; END IF", "loop", "while 0 do end while"] {
            assert_eq!(kind(sql), StatementKind::Compound, "{sql}");
            assert!(kind(sql).leaves_traces(sql), "{sql}");
        }
    }

    #[test]
    fn what_may_replace_rows_is_known() {
        for sql in [
            "replace into t values (1)",
            "/* a */ Replace t select 1",
            "insert into t values (1)\non duplicate\tkey update a = 2",
            "INSERT INTO t VALUES ('é')ON /* it is */ DUPLICATE KEY UPDATE a = 2",
            "insert into t select * from `b`on duplicate key update a = 2",
            "load data infile 'a' replace into table t",
            "set statement max_statement_time = 1 for replace into t values (1)",
        ] {
            assert!(may_replace(sql), "{sql}");
        }
        for sql in [
            "insert into `duplicates` (`is_duplicate`, `on`) values (?, ?)",
            "insert into duplicate values ('on the duplicate key')",
            "insert into t.on values (1)",
            "update t set a = replace(a, 'duplicate', '')",
            "set a = 1",
            "select 1",
            "",
        ] {
            assert!(!may_replace(sql), "{sql}");
        }
    }

    #[test]
    fn what_commits_on_its_own_is_known() {
        for sql in
            ["drop table temporary", "create index temporary on t (a)", "set password = ''", "load index into cache t", "stop replica"]
        {
            assert_eq!(kind(sql), StatementKind::CommitsImplicitly, "{sql}");
        }
        for sql in [
            "create table t (a int)",
            "ALTER TABLE t ADD b int",
            "/*!40000 alter table t disable keys */",
            "truncate t",
            "lock tables t read",
        ] {
            assert_eq!(kind(sql), StatementKind::CommitsImplicitly, "{sql}");
        }
    }

    #[test]
    fn what_outlives_the_statement_is_known() {
        for sql in [
            "set a = 1",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "use other",
            "create temporary table t (a int)",
            "create or replace temporary table t (a int)",
            "drop temporary table t",
            "prepare a from 'select 1'",
            "lock tables t read",
            "flush tables with read lock",
        ] {
            assert!(kind(sql).leaves_traces(sql), "{sql}");
        }
        for sql in ["select 1", "create table t (a int)", "create table temporary_things (a int)"] {
            assert!(!kind(sql).leaves_traces(sql), "{sql}");
        }
    }

    #[test]
    fn what_writes_is_not_sent_as_a_read() {
        for sql in
            ["insert into t values (1)", " /* a */ # b\n Update t set a = 1", "DROP TABLE t", "replace into t values (1)", "grant a to b"]
        {
            let error = StatementKind::of(sql, Effect::Read).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{sql}");
            assert!(error.to_string().contains("must say so by `writes()`"), "{error}");
        }
        for sql in
            ["select 1", "with a as (select 1) select * from a", "explain update t set a = 1", "show tables", "updated", "(select 1)", ""]
        {
            assert!(StatementKind::of(sql, Effect::Read).is_ok(), "{sql}");
        }
    }
}
