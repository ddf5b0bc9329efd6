use crate::migrate::files::ScriptStatement;

/// What can be known of a statement that was cut off, by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::migrate) enum StatementEffect {
    /// it changes rows, and is committed with the note of it
    Rows,
    /// it makes, changes or drops one thing of which the catalog shows whether it has
    Definition,
    /// it sets something to what stands in it: that may be done as often as one likes
    Setting,
    /// it makes something of the connection alone, which is gone with that: a variable that was computed, a temporary table
    Lost,
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
        let is_temporary = || words.iter().take(4).any(|word| word == "TEMPORARY" || word == "TEMP");
        match words.first().map_or("", String::as_str) {
            // MariaDB's `SET STATEMENT … FOR UPDATE …` is that other statement.
            "SET" if words.get(1).is_some_and(|word| word == "STATEMENT") => StatementEffect::Hidden,
            "SET" if is_computed(&statement.code) => StatementEffect::Lost,
            "SET" | "RESET" => StatementEffect::Setting,
            "PREPARE" => StatementEffect::Lost,
            "CREATE" | "DROP" if is_temporary() => StatementEffect::Lost,
            // Of several that it names, some may be done.
            "DROP" | "RENAME" if statement.code.contains(',') => StatementEffect::Hidden,
            "CREATE" if is_early(&"VIEW") => StatementEffect::Definition,
            "CREATE" | "ALTER" | "DROP" | "RENAME" | "COMMENT" if KINDS.iter().any(is_early) && !UNSEEN.iter().any(|word| has(word)) => {
                StatementEffect::Definition
            }
            "CALL" if statement.code.contains('@') => StatementEffect::Lost,
            _ if assigns_variable(&statement.code) || has("SET_CONFIG") => StatementEffect::Lost,
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "SELECT" | "MERGE" => StatementEffect::Rows,
            _ => StatementEffect::Hidden,
        }
    }
}

/// Whether it runs statements that nobody sees here, of which some may be committed though it fails.
pub(in crate::migrate) fn may_do_a_part(statement: &ScriptStatement) -> bool {
    const WORDS: [&str; 10] = ["CALL", "BEGIN", "DO", "EXECUTE", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"];
    let words = statement.words();
    let first = words.first().map_or("", String::as_str);
    WORDS.contains(&first) || first == "SET" && words.get(1).is_some_and(|word| word == "STATEMENT")
}

/// Whether it asks for something of the statement before it on the same connection.
pub(in crate::migrate) fn asks_for_the_last(statement: &ScriptStatement) -> bool {
    const WORDS: [&str; 5] = ["LAST_INSERT_ID", "ROW_COUNT", "FOUND_ROWS", "LASTVAL", "CURRVAL"];
    let words = statement.words();
    words.first().is_some_and(|first| first != "CREATE") && words.iter().any(|word| WORDS.contains(&word.as_str()))
}

/// `SELECT a INTO @a`, `SELECT @a := 1`.
fn assigns_variable(code: &str) -> bool {
    code.contains(":=") || code.to_uppercase().contains("INTO @")
}

/// `SET @id = last_insert_id()`: a variable of the user's that is not set to a literal.
fn is_computed(code: &str) -> bool {
    let mut variables = code.split('@').skip(1).peekable();
    if !code.contains('@') || code.contains("@@") && !code.replace("@@", "").contains('@') {
        return false;
    }
    variables.any(|variable| {
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
            ("call p(@id)", StatementEffect::Lost),
            ("set statement max_statement_time = 0 for update a set b = b + 1", StatementEffect::Hidden),
            ("/*!40103 set time_zone = '+00:00' */", StatementEffect::Setting),
            ("reset search_path", StatementEffect::Setting),
            ("select set_config('search_path', '', false)", StatementEffect::Lost),
            (
                "create definer = root@localhost trigger t after insert on a for each row insert into b values (1)",
                StatementEffect::Definition,
            ),
            ("set names utf8mb4", StatementEffect::Setting),
            ("set @@session.foreign_key_checks = 0", StatementEffect::Setting),
            ("set @name = 'ada'", StatementEffect::Setting),
            ("set @n = 5", StatementEffect::Setting),
            ("set @id = last_insert_id()", StatementEffect::Lost),
            ("select max(id) into @id from a", StatementEffect::Lost),
            ("select @id := max(id) from a", StatementEffect::Lost),
            ("create temporary table t (a int)", StatementEffect::Lost),
        ] {
            assert_eq!(StatementEffect::of(&statement(sql)), effect, "{sql}");
        }
    }

    #[test]
    fn what_others_are_in_is_seen() {
        assert!(may_do_a_part(&statement("call p()")) && may_do_a_part(&statement("set statement a = 0 for delete from b")));
        assert!(!may_do_a_part(&statement("truncate a")) && !may_do_a_part(&statement("set names utf8mb4")));
        assert!(asks_for_the_last(&statement("insert into a values (last_insert_id())")));
        assert!(!asks_for_the_last(&statement("insert into a values ('last_insert_id()')")));
    }
}
