use super::migration::fingerprint;
use super::script::ScriptStatement;
use crate::definition::DatabaseDefinition;

/// What can be known of a statement that was cut off, by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
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

/// What a catalog shows of the things that a statement names, before it or after.
pub(super) struct Fingerprint {
    text: String,
    /// what `CREATE INDEX CONCURRENTLY` has left behind of an index that the statement names
    pub(super) invalid_index: Option<String>,
}

impl Effect {
    pub(super) fn of(statement: &ScriptStatement) -> Self {
        const KINDS: [&str; 9] = ["TABLE", "INDEX", "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "TYPE", "DOMAIN", "SEQUENCE"];
        // What they change is not in the catalog, or comes back by doing it twice.
        const UNSEEN: [&str; 6] = ["EXCHANGE", "TRUNCATE", "IMPORT", "DISCARD", "RESTART", "SELECT"];
        let words = statement.words();
        let first = words.first().map_or("", String::as_str);
        let has = |word: &str| words.iter().any(|known| known == word);
        let is_early = |kind: &&str| words.iter().take(8).any(|word| word == kind);
        let assigns_variable = statement.sql.contains(":=") || has("INTO") && statement.sql.contains('@');
        match first {
            "SET" if is_computed(&statement.sql) => Effect::Lost,
            "SET" => Effect::Setting,
            "PREPARE" => Effect::Lost,
            "CREATE" | "DROP" if words.iter().take(4).any(|word| word == "TEMPORARY" || word == "TEMP") => Effect::Lost,
            _ if assigns_variable => Effect::Lost,
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "SELECT" | "MERGE" => Effect::Rows,
            // Of several that it names, some may be done.
            "DROP" | "RENAME" if statement.sql.contains(',') => Effect::Hidden,
            "CREATE" if is_early(&"VIEW") => Effect::Definition,
            "CREATE" | "ALTER" | "DROP" | "RENAME" | "COMMENT" if KINDS.iter().any(is_early) && !UNSEEN.iter().any(|word| has(word)) => {
                Effect::Definition
            }
            _ => Effect::Hidden,
        }
    }
}

/// `SET @id = last_insert_id()`: a variable of the user's that is not set to a literal.
fn is_computed(sql: &str) -> bool {
    let mut variables = sql.split('@').skip(1).peekable();
    if !sql.contains('@') || sql.contains("@@") && !sql.replace("@@", "").contains('@') {
        return false;
    }
    variables.any(|variable| {
        let value = variable.split_once('=').map_or("", |(_, value)| value.trim().trim_end_matches(','));
        let is_text = value.len() > 1 && value.starts_with('\'') && value.ends_with('\'') && value.matches('\'').count() == 2;
        !(is_text || value.parse::<f64>().is_ok())
    })
}

/// Another release may see more, or write it otherwise: then they can't be compared.
const FORMAT: &str = concat!(env!("CARGO_PKG_VERSION"), " ");

impl Fingerprint {
    /// Of what the statement names, and of nothing that somebody else may change meanwhile.
    pub(super) fn of(definition: &DatabaseDefinition, statement: &ScriptStatement) -> Self {
        let sql = statement.sql.to_lowercase();
        let is_named = |name: &str| !name.is_empty() && sql.contains(&name.to_lowercase());
        let DatabaseDefinition { tables, views, enumerations, domains, others } = definition;
        let mut seen = String::new();
        for table in tables {
            let keys = table.primary_key.iter().chain(&table.uniques).map(|key| &key.name);
            let parts = table.indexes.iter().map(|index| &index.name).chain(table.foreign_keys.iter().map(|key| &key.name));
            let mut names = std::iter::once(&table.name).chain(keys).chain(parts).chain(table.checks.iter().map(|check| &check.name));
            if names.any(|name| is_named(name)) {
                seen.push_str(&format!("{table:?}"));
            }
        }
        views.iter().filter(|view| is_named(&view.name)).for_each(|view| seen.push_str(&format!("{view:?}")));
        enumerations.iter().filter(|one| is_named(&one.name)).for_each(|one| seen.push_str(&format!("{one:?}")));
        domains.iter().filter(|domain| is_named(&domain.name)).for_each(|domain| seen.push_str(&format!("{domain:?}")));
        let own_name = |name: &str| name.split('(').next().unwrap_or_default().to_owned();
        let named = || others.iter().filter(|other| is_named(&own_name(&other.name)));
        named().for_each(|other| seen.push_str(&format!("{other:?}")));
        let invalid_index = named().find(|other| other.kind == "invalid index").map(|other| other.name.clone());
        let mut text = format!("{FORMAT}{}", fingerprint(&seen));
        text.truncate(64);
        Fingerprint { text, invalid_index }
    }

    /// As it is kept in a history: 64 bytes at most.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether one that was kept is of this release.
    pub(super) fn is_comparable(&self, kept: &str) -> bool {
        kept.starts_with(FORMAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{OtherDefinition, TableDefinition};

    fn statement(sql: &str) -> ScriptStatement {
        ScriptStatement { sql: sql.to_owned(), line: 1 }
    }

    #[test]
    fn what_can_be_known_of_statements() {
        for (sql, effect) in [
            ("insert into a values (1)", Effect::Rows),
            ("create table a (b int)", Effect::Definition),
            ("CREATE DEFINER = root@localhost TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1", Effect::Definition),
            ("create view v as select 1", Effect::Definition),
            ("create table a select * from b", Effect::Hidden),
            ("alter table a add b int", Effect::Definition),
            ("alter table a exchange partition p with table b", Effect::Hidden),
            ("alter sequence s restart", Effect::Hidden),
            ("drop table a", Effect::Definition),
            ("drop table a, b", Effect::Hidden),
            ("rename table a to b, c to a", Effect::Hidden),
            ("truncate table a", Effect::Hidden),
            ("call p()", Effect::Hidden),
            ("set names utf8mb4", Effect::Setting),
            ("set @@session.foreign_key_checks = 0", Effect::Setting),
            ("set @name = 'ada'", Effect::Setting),
            ("set @n = 5", Effect::Setting),
            ("set @id = last_insert_id()", Effect::Lost),
            ("select max(id) into @id from a", Effect::Lost),
            ("select @id := max(id) from a", Effect::Lost),
            ("create temporary table t (a int)", Effect::Lost),
        ] {
            assert_eq!(Effect::of(&statement(sql)), effect, "{sql}");
        }
    }

    #[test]
    fn a_fingerprint_is_of_what_the_statement_names() {
        let statement = statement("ALTER TABLE Users ADD b int");
        let mut definition = DatabaseDefinition::default();
        let none = Fingerprint::of(&definition, &statement);
        definition.tables.push(TableDefinition::new("backup"));
        assert_eq!(Fingerprint::of(&definition, &statement).text(), none.text());
        definition.tables.push(TableDefinition::new("users"));
        let users = Fingerprint::of(&definition, &statement);
        assert_ne!(users.text(), none.text());
        assert!(users.is_comparable(none.text()) && !users.is_comparable("0.0.9 abc") && users.text().len() <= 64);
        definition.others.push(OtherDefinition::new("invalid index", "users_b", "CREATE INDEX …"));
        assert_eq!(Fingerprint::of(&definition, &statement).invalid_index, None);
    }
}
