use std::collections::BTreeMap;

use super::reader::{Reader, unless_empty};
use crate::Result;
use crate::definition::TableDefinition;

/// The tables of a database, by name.
pub(super) type Tables = BTreeMap<String, Table>;

/// A table, and what its columns and indexes are compared with.
pub(super) struct Table {
    pub(super) definition: TableDefinition,
    /// its default
    pub(super) collation: Option<String>,
    pub(super) engine: Option<String>,
}

const TABLES: &str = "SELECT table_name, table_type, engine, table_collation, create_options, table_comment \
                      FROM information_schema.tables WHERE table_schema = database() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')";
/// What a table with partitions has among its options.
const PARTITIONED: &str = "partitioned";

type Row = (String, String, Option<String>, Option<String>, Option<String>, Option<String>);

impl Reader<'_> {
    /// The tables, without what is in them.
    pub(super) async fn tables(&mut self) -> Result<Tables> {
        let mut tables = Tables::new();
        for (name, kind, engine, collation, given, comment) in self.rows::<Row>(TABLES).await? {
            let given = given.unwrap_or_default();
            let mut options = Vec::new();
            options.extend(engine.as_ref().map(|engine| format!("ENGINE={engine}")));
            options.extend(collation.as_ref().map(|collation| format!("COLLATE={collation}")));
            options.extend(unless_empty(given.split(' ').filter(|option| *option != PARTITIONED).collect::<Vec<_>>().join(" ")));
            options.extend((kind == "SYSTEM VERSIONED").then(|| "WITH SYSTEM VERSIONING".to_owned()));
            if given.split(' ').any(|option| option == PARTITIONED) {
                options.extend(partitioning(&self.shown("TABLE", &name).await?));
            }
            let mut definition = TableDefinition::new(name.as_str());
            definition.options = unless_empty(options.join(" "));
            definition.comment = comment.and_then(unless_empty);
            tables.insert(name, Table { definition, collation, engine });
        }
        Ok(tables)
    }
}

/// How a table is divided, of the statement that makes it. MySQL has that in a comment that servers run.
fn partitioning(shown: &str) -> Option<String> {
    const WORDS: &str = "PARTITION BY";
    // No text has a line's end in it.
    let (at, _) = shown.match_indices('\n').find(|(at, _)| {
        let line = shown[at + 1..].trim_start_matches(' ');
        let run = line.strip_prefix("/*!").map_or(line, |run| run.trim_start_matches(|digit: char| digit.is_ascii_digit()).trim_start());
        run.starts_with(WORDS)
    })?;
    let found = shown[at..].trim();
    let plain = found.strip_suffix("*/").filter(|plain| !plain.contains("*/")).and_then(|plain| plain.split_once(WORDS));
    Some(plain.map_or_else(|| found.to_owned(), |(_, rest)| format!("{WORDS}{}", rest.trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_found_behind_the_columns() {
        let mariadb = "CREATE TABLE `t` (\n  `a` int COMMENT '\\n PARTITION BY x'\n) ENGINE=InnoDB\n PARTITION BY HASH (`a`)\nPARTITIONS 4";
        assert_eq!(partitioning(mariadb).unwrap(), "PARTITION BY HASH (`a`)\nPARTITIONS 4");
        let mysql = "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB\n/*!50100 PARTITION BY HASH (a)\nPARTITIONS 4 */";
        assert_eq!(partitioning(mysql).unwrap(), "PARTITION BY HASH (a)\nPARTITIONS 4");
        let with_algorithm = "CREATE TABLE `t` (\n  `a` int\n)\n/*!50100 PARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 (a) */";
        assert_eq!(partitioning(with_algorithm).unwrap(), "/*!50100 PARTITION BY KEY */ /*!50611 ALGORITHM = 1 */ /*!50100 (a) */");
        assert_eq!(partitioning("CREATE TABLE `t` (\n  `PARTITION BY` int\n)"), None);
    }
}
