use crate::migrate::files::ScriptStatement;

/// What can be known of a statement that was cut off, by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::migrate) enum StatementEffect {
    /// it changes rows, and is committed with the note of it
    Rows,
    /// it makes, changes or drops one thing of which the catalog shows whether it has
    Definition,
    /// it is about its connection alone: whatever it has done is gone with that
    Connection,
    /// nothing shows
    Hidden,
}

impl StatementEffect {
    pub(in crate::migrate) fn of(statement: &ScriptStatement) -> Self {
        const KINDS: [&str; 9] = ["TABLE", "INDEX", "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "TYPE", "DOMAIN", "SEQUENCE"];
        // What they change is not in the catalog, or comes back by doing it twice.
        const UNSEEN: [&str; 6] = ["EXCHANGE", "TRUNCATE", "IMPORT", "DISCARD", "RESTART", "SELECT"];
        let words = statement.words();
        let has = |word: &str| words.iter().any(|known| known == word);
        let is_early = |kind: &&str| words.iter().take(8).any(|word| word == kind);
        match words.first().map_or("", String::as_str) {
            "SET" if is_set_statement(&words) => StatementEffect::Hidden,
            "SET" | "RESET" | "PREPARE" | "DEALLOCATE" => StatementEffect::Connection,
            "CREATE" | "DROP" if is_temporary(&words) => StatementEffect::Connection,
            // Of several that it names, some may be done.
            "DROP" | "RENAME" if statement.code.contains(',') => StatementEffect::Hidden,
            "CREATE" if is_early(&"VIEW") => StatementEffect::Definition,
            "CREATE" | "ALTER" | "DROP" | "RENAME" | "COMMENT" if KINDS.iter().any(is_early) && !UNSEEN.iter().any(|word| has(word)) => {
                StatementEffect::Definition
            }
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "SELECT" | "MERGE" => StatementEffect::Rows,
            _ => StatementEffect::Hidden,
        }
    }
}

/// MariaDB's `SET STATEMENT … FOR UPDATE …` is that other statement.
fn is_set_statement(words: &[String]) -> bool {
    words.iter().take(2).eq(["SET", "STATEMENT"])
}

fn is_temporary(words: &[String]) -> bool {
    words.iter().take(4).any(|word| word == "TEMPORARY" || word == "TEMP")
}

/// Whether it leaves something on its connection that can't be had again by doing it once more on another: a variable that was computed, a
/// temporary table.
pub(in crate::migrate) fn leaves_a_value(statement: &ScriptStatement) -> bool {
    let (words, code) = (statement.words(), statement.code.to_uppercase());
    let has_variable = code.contains('@');
    match words.first().map_or("", String::as_str) {
        "SET" => is_computed(&code),
        "CREATE" | "DROP" => is_temporary(&words),
        "PREPARE" => true,
        "CALL" => has_variable,
        "ALTER" | "RENAME" | "COMMENT" => false,
        _ => has_variable && (code.contains(":=") || code.contains("INTO @")) || statement.calls(&["set_config"]),
    }
}

/// Whether it sets something that holds for the statements behind it.
pub(in crate::migrate) fn sets(statement: &ScriptStatement) -> bool {
    let words = statement.words();
    let is_setting = words.first().is_some_and(|first| first == "SET" || first == "RESET");
    is_setting && !is_set_statement(&words) || statement.calls(&["set_config"])
}

/// Whether it runs statements that nobody sees here, of which some may be committed though it fails.
pub(in crate::migrate) fn may_do_a_part(statement: &ScriptStatement) -> bool {
    const WORDS: [&str; 10] = ["CALL", "BEGIN", "DO", "EXECUTE", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"];
    let words = statement.words();
    words.first().is_some_and(|first| WORDS.contains(&first.as_str())) || is_set_statement(&words)
}

/// Whether what comes next asks for something that an earlier statement has left on its connection: up to the first that inserts, which
/// leaves its own.
pub(in crate::migrate) fn asks_for_the_last(rest: &[ScriptStatement]) -> Option<&ScriptStatement> {
    const FUNCTIONS: [&str; 3] = ["last_insert_id", "lastval", "currval"];
    let first_word = |statement: &ScriptStatement| statement.words().into_iter().next().unwrap_or_default();
    let inserts = |statement: &ScriptStatement| ["INSERT", "REPLACE"].contains(&first_word(statement).as_str());
    let end = rest.iter().position(inserts).map_or(rest.len(), |at| at + 1);
    rest[..end].iter().find(|statement| first_word(statement) != "CREATE" && statement.calls(&FUNCTIONS))
}

/// `SET @id = last_insert_id()`: a variable of the user's that is not set to a literal.
fn is_computed(code: &str) -> bool {
    // Two of them are the server's own.
    code.replace("@@", "").split('@').skip(1).any(|variable| {
        let value = variable.split_once('=').map_or("", |(_, value)| value.trim().trim_end_matches(','));
        let is_text = value.len() > 1 && value.starts_with('\'') && value.ends_with('\'') && value.matches('\'').count() == 2;
        !(is_text || value.parse::<f64>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Family;
    use crate::migrate::files::Script;

    fn statement(sql: &str) -> ScriptStatement {
        Script::parse(sql, Family::MySql).unwrap().statements.remove(0)
    }

    #[test]
    fn what_can_be_known_of_statements() {
        for (sql, effect) in [
            ("insert into a values (1)", StatementEffect::Rows),
            ("insert into a values ('ada@example.org')", StatementEffect::Rows),
            ("create table a (b int comment 'select, truncate')", StatementEffect::Definition),
            ("create table a (b int)", StatementEffect::Definition),
            ("CREATE DEFINER = root@localhost TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1", StatementEffect::Definition),
            ("create view v as select 1", StatementEffect::Definition),
            ("create table a select * from b", StatementEffect::Hidden),
            ("alter table a add b int", StatementEffect::Definition),
            ("alter table a exchange partition p with table b", StatementEffect::Hidden),
            ("alter sequence s restart", StatementEffect::Hidden),
            ("drop table a", StatementEffect::Definition),
            ("drop table a, b", StatementEffect::Hidden),
            ("rename table a to b, c to a", StatementEffect::Hidden),
            ("truncate table a", StatementEffect::Hidden),
            ("call p()", StatementEffect::Hidden),
            ("call p(@id)", StatementEffect::Hidden),
            ("set statement max_statement_time = 0 for update a set b = b + 1", StatementEffect::Hidden),
            ("/*!40103 set time_zone = '+00:00' */", StatementEffect::Connection),
            ("reset search_path", StatementEffect::Connection),
            ("select set_config('search_path', '', false)", StatementEffect::Rows),
            (
                "create definer = root@localhost trigger t after insert on a for each row insert into b values (1)",
                StatementEffect::Definition,
            ),
            ("set names utf8mb4", StatementEffect::Connection),
            ("set @@session.foreign_key_checks = 0", StatementEffect::Connection),
            ("set @name = 'ada'", StatementEffect::Connection),
            ("set @n = 5", StatementEffect::Connection),
            ("set @id = last_insert_id()", StatementEffect::Connection),
            ("select max(id) into @id from a", StatementEffect::Rows),
            ("select @id := max(id) from a", StatementEffect::Rows),
            ("create temporary table t (a int)", StatementEffect::Connection),
        ] {
            assert_eq!(StatementEffect::of(&statement(sql)), effect, "{sql}");
        }
    }

    #[test]
    fn what_is_left_on_a_connection_is_seen() {
        for sql in [
            "set @id = last_insert_id()",
            "set sql_mode = @old",
            "select max(id) into @id from a",
            "insert into a select @r := @r + 1 from b",
            "create temporary table t (a int)",
            "call p(@id)",
            "select set_config('search_path', '', false)",
        ] {
            assert!(leaves_a_value(&statement(sql)), "{sql}");
        }
        for sql in ["set @n = 5", "set names utf8mb4", "insert into a values ('ada@example.org')", "call p(1)", "select f(days := 10)"] {
            assert!(!leaves_a_value(&statement(sql)), "{sql}");
        }
        assert!(sets(&statement("set names utf8mb4")) && !sets(&statement("set statement a = 0 for delete from b")));
    }

    #[test]
    fn what_others_are_in_is_seen() {
        assert!(may_do_a_part(&statement("call p()")) && may_do_a_part(&statement("set statement a = 0 for delete from b")));
        assert!(!may_do_a_part(&statement("truncate a")) && !may_do_a_part(&statement("set names utf8mb4")));
        let rest = |text: &str| Script::parse(text, Family::MySql).unwrap().statements;
        let asks = rest("update a set b = 1; insert into c values (last_insert_id())");
        assert_eq!(asks_for_the_last(&asks).unwrap().line, 1);
        let own = rest("insert into a values ('last_insert_id()'); insert into c values (last_insert_id())");
        assert_eq!(asks_for_the_last(&own), None);
    }
}
