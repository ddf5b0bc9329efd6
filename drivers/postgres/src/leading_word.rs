//! What a statement is, by its first words: the few that bindery must know without asking the server.

use bindery_core::engine::Effect;
use bindery_core::{Error, ErrorKind, Result};

/// The first words of what writes rows, or changes what is in the database or who may use it.
const WRITING: [&str; 17] = [
    "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT", "REINDEX", "CLUSTER",
    "VACUUM", "REFRESH", "IMPORT", "REASSIGN",
];

/// Whether a statement leaves something on its connection, beyond its transaction, that whoever has it next would find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traces {
    /// None that its first words tell.
    None,
    /// A setting, a temporary table, a listener, a prepared statement.
    Left,
}

/// Refuses what is the session's own, and what the extended protocol can't do.
pub(crate) fn check(sql: &str) -> Result<Traces> {
    let mut words = Words(sql);
    let first = words.next().unwrap_or("");
    let is = |word: &str| first.eq_ignore_ascii_case(word);
    let second = |words: &mut Words<'_>, any: &[&str]| words.next().is_some_and(|word| is_any(word, any));
    if is_any(first, &["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"])
        || is("PREPARE") && second(&mut words.clone(), &["TRANSACTION"])
    {
        return Err(Error::new(
            ErrorKind::InvalidStatement,
            "BEGIN, COMMIT, ROLLBACK and savepoints are not sent as statements: use the session's `begin`, `commit` and `rollback`",
        ));
    }
    if is("COPY") {
        let message = "COPY is not sent as a statement: use the client that `session.native::<Postgres>(bind)` lends";
        return Err(Error::new(ErrorKind::InvalidStatement, message));
    }
    let leaves = if is("SET") {
        !second(&mut words, &["LOCAL", "TRANSACTION", "CONSTRAINTS"])
    } else if is("CREATE") {
        // At most behind `OR REPLACE LOCAL`.
        words.take(4).any(is_temporary)
    } else if is("SELECT") || is("WITH") {
        makes_temporary(sql)
    } else {
        is_any(first, &["RESET", "LISTEN", "UNLISTEN", "LOAD", "DISCARD", "PREPARE", "DEALLOCATE", "DECLARE"])
    };
    Ok(if leaves { Traces::Left } else { Traces::None })
}

fn is_any(word: &str, any: &[&str]) -> bool {
    any.iter().any(|one| word.eq_ignore_ascii_case(one))
}

fn is_temporary(word: &str) -> bool {
    is_any(word, &["TEMP", "TEMPORARY"])
}

/// Every word of it, those in quotes and comments too.
fn words_of(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// `SELECT … INTO TEMP t`: whoever came next would find that table before one of the same name that is everyone's.
fn makes_temporary(sql: &str) -> bool {
    let mut is_after_into = false;
    words_of(sql).any(|word| {
        let found = is_after_into && is_temporary(word);
        is_after_into = is_any(word, &["INTO"]) || is_after_into && is_any(word, &["LOCAL", "GLOBAL"]);
        found
    })
}

/// Refuses a statement that is sent as a read and begins with a word that writes. What else may write, only the server knows.
pub(crate) fn check_effect(sql: &str, effect: Effect) -> Result<()> {
    // What most statements begin with is seen at once.
    let selects = sql.as_bytes().get(..6).is_some_and(|first| first.eq_ignore_ascii_case(b"SELECT"));
    if effect == Effect::Read && !selects && Words(sql).next().is_some_and(|first| is_any(first, &WRITING)) {
        let message = "this statement was sent as one that only reads: a raw statement that writes must say so by `writes()`";
        return Err(Error::new(ErrorKind::PermissionDenied, message));
    }
    Ok(())
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

fn skip_space_and_comments(mut sql: &str) -> &str {
    loop {
        // An empty statement before the first is none.
        sql = sql.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '\u{b}' || letter == ';');
        if let Some(comment) = sql.strip_prefix("--") {
            sql = comment.split_once(['\n', '\r']).map_or("", |(_, rest)| rest);
        } else if sql.starts_with("/*") {
            sql = after_comment(sql);
        } else {
            return sql;
        }
    }
}

/// What stands after a comment; they nest.
fn after_comment(sql: &str) -> &str {
    let (mut depth, mut rest) = (0_u32, sql);
    while let Some(at) = rest.find(['/', '*']) {
        rest = &rest[at..];
        let mark = rest.get(..2);
        match mark {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {}
        }
        rest = &rest[if matches!(mark, Some("/*" | "*/")) { 2 } else { 1 }..];
        if depth == 0 {
            return rest;
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_sessions_own_is_refused() {
        for sql in [
            "BEGIN",
            "begin transaction",
            " \n\tCommit;",
            "end",
            "abort",
            "start transaction",
            "rollback to savepoint a",
            "savepoint a",
            "release a",
            "prepare transaction 'x'",
            "commit prepared 'x'",
            "-- a comment\nrollback",
            "-- a comment\rrollback",
            "/* one /* two */ * / */ commit",
            "/**/commit",
            ";;commit",
            "\u{b}\u{c}commit",
            "copy t from stdin",
            "COPY(select 1) to stdout",
        ] {
            assert_eq!(check(sql).unwrap_err().kind(), ErrorKind::InvalidStatement, "{sql}");
        }
    }

    #[test]
    fn other_statements_are_not() {
        for sql in
            ["", "select 1", "committed", "begin_work()", "/* open", "-- only", "(select 1)", "é", "/* commit */ select 1", "/*/é", "*/"]
        {
            assert_eq!(check(sql).unwrap(), Traces::None, "{sql}");
        }
        for sql in
            ["set local a = 1", "SET TRANSACTION READ ONLY", "create table t (a int)", "create table temp (a int)", "select a into b"]
        {
            assert!(check(sql).is_ok(), "{sql}");
        }
    }

    #[test]
    fn what_outlives_the_statement_is_known() {
        for sql in [
            "set a = 1",
            "SET SESSION a = 1",
            "reset all",
            "listen a",
            "create temp table t (a int)",
            "create or replace temporary view v as select 1",
            "create or replace local temporary view v as select 1",
            "select 1 as a into temp t",
            "SELECT 1 AS a INTO LOCAL TEMPORARY TABLE t",
            "with w as (select 1 as a) select a, 'into b' into temporary t from w",
            "prepare a as select 1",
            "discard all",
        ] {
            assert_eq!(check(sql).unwrap(), Traces::Left, "{sql}");
        }
    }

    #[test]
    fn what_writes_is_not_sent_as_a_read() {
        for sql in
            ["insert into t values (1) returning a", " /* a */ -- b\n Update t set a = 1", "DROP TABLE t", "truncate t", "grant a to b"]
        {
            let error = check_effect(sql, Effect::Read).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{sql}");
            assert!(error.to_string().contains("must say so by `writes()`"), "{error}");
            assert!(check_effect(sql, Effect::Write).is_ok(), "{sql}");
        }
        for sql in ["select 1", "with a as (select 1) table a", "explain update t set a = 1", "set a = 1", "updated", "(select 1)", ""] {
            assert!(check_effect(sql, Effect::Read).is_ok(), "{sql}");
        }
    }
}
