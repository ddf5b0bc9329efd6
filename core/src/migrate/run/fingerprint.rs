use crate::definition::DatabaseDefinition;
use crate::migrate::files::{ScriptStatement, digest};

/// What a catalog shows of the things that a statement names, before it or after.
pub(in crate::migrate) struct Fingerprint {
    text: String,
}

impl Fingerprint {
    /// Of what the statement names, and of nothing that somebody else may change meanwhile.
    pub(in crate::migrate) fn of(definition: &DatabaseDefinition, statement: &ScriptStatement, server: &str) -> Self {
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
        others.iter().filter(|other| is_named(&own_name(&other.name))).for_each(|other| seen.push_str(&format!("{other:?}")));
        let mut text = format!("{}{}", prefix(statement, server), digest(&seen));
        text.truncate(LENGTH);
        Fingerprint { text }
    }

    /// As it is kept in a history: 64 bytes at most.
    pub(in crate::migrate) fn text(&self) -> &str {
        &self.text
    }
}

/// What the column of a history takes.
const LENGTH: usize = 64;

/// What two fingerprints must have in common to be compared: another statement names other things, and another server or another release
/// of bindery may see more, or write it otherwise.
fn prefix(statement: &ScriptStatement, server: &str) -> String {
    let about = digest(&format!("{}\0{server}", statement.sql));
    format!("{} {} ", env!("CARGO_PKG_VERSION"), &about[..16])
}

/// Whether one that was kept is of the same statement, as this release sees it on this server.
pub(in crate::migrate) fn is_comparable(kept: &str, statement: &ScriptStatement, server: &str) -> bool {
    kept.starts_with(&prefix(statement, server))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::TableDefinition;
    use crate::engine::Family;
    use crate::migrate::files::Script;

    #[test]
    fn a_fingerprint_is_of_what_the_statement_names() {
        let statement = |sql: &str| Script::parse(sql, Family::MySql).unwrap().statements.remove(0);
        let alter = statement("ALTER TABLE Users ADD b int");
        let mut definition = DatabaseDefinition::default();
        let none = Fingerprint::of(&definition, &alter, "8");
        definition.tables.push(TableDefinition::new("backup"));
        assert_eq!(Fingerprint::of(&definition, &alter, "8").text(), none.text());
        definition.tables.push(TableDefinition::new("users"));
        let users = Fingerprint::of(&definition, &alter, "8");
        assert_ne!(users.text(), none.text());
        assert_eq!(users.text().len(), LENGTH);
        assert!(is_comparable(none.text(), &alter, "8"));
        // Another server, another statement, another release.
        assert!(!is_comparable(none.text(), &alter, "9"));
        assert!(!is_comparable(none.text(), &statement("ALTER TABLE Users ADD c int"), "8"));
        assert!(!is_comparable("0.0.9 abc", &alter, "8"));
    }
}
