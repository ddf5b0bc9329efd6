use bindery_core::definition::{IndexDefinition, IndexPart, KeyDefinition};

use super::*;

fn plain(name: &str) -> IndexPart {
    IndexPart::Column(name.to_owned())
}

fn with(name: &str, words: &str) -> IndexPart {
    IndexPart::ColumnWith(name.to_owned(), words.to_owned())
}

#[tokio::test]
async fn keys_and_indexes_are_told_apart() {
    for database in databases() {
        let sql = "CREATE TABLE t (a int, `b``c` int, name varchar(50) NOT NULL, body text NOT NULL, place point NOT NULL, \
                   PRIMARY KEY (`b``c`, a), UNIQUE KEY uq_name (name), UNIQUE KEY `uq``two` (name, a), UNIQUE KEY ux_body (body(10)), \
                   KEY ix_two (name, `b``c`), KEY ix_prefix (name, body(5)) COMMENT 'it''s slow', FULLTEXT KEY ft (name, body), SPATIAL \
                   KEY sp (place), \
                   KEY ix_tree (a) USING BTREE) ENGINE=InnoDB";
        let table = table(&database, "t", sql).await;
        assert_eq!(table.primary_key, Some(KeyDefinition::new("", ["b`c", "a"])));
        assert_eq!(table.uniques, [KeyDefinition::new("uq_name", ["name"]), KeyDefinition::new("uq`two", ["name", "a"])]);
        let mut fulltext = IndexDefinition::new("ft", [plain("name"), plain("body")]);
        fulltext.method = Some("FULLTEXT".to_owned());
        let mut prefix = IndexDefinition::new("ix_prefix", [plain("name"), with("body", "(5)")]);
        prefix.options = Some("COMMENT 'it''s slow'".to_owned());
        let mut spatial = IndexDefinition::new("sp", [plain("place")]);
        spatial.method = Some("SPATIAL".to_owned());
        let mut unique = IndexDefinition::new("ux_body", [with("body", "(10)")]);
        unique.unique = true;
        let tree = IndexDefinition::new("ix_tree", [plain("a")]);
        let two = IndexDefinition::new("ix_two", [plain("name"), plain("b`c")]);
        assert_eq!(table.indexes, [fulltext, prefix, tree, two, spatial, unique]);
    }
}

#[tokio::test]
async fn mariadb_s_own_indexes() {
    let database = database_on(MysqlFlavor::MariaDb);
    let sql = "CREATE TABLE t (a int, b int, body text, KEY ix_down (a DESC, b), UNIQUE KEY ux_down (b DESC), KEY ix_off (a) IGNORED, \
    UNIQUE KEY uq_long (body))";
    let table = table(&database, "t", sql).await;
    let mut off = IndexDefinition::new("ix_off", [plain("a")]);
    off.options = Some("IGNORED".to_owned());
    let mut unique = IndexDefinition::new("ux_down", [with("b", "DESC")]);
    unique.unique = true;
    assert_eq!(table.indexes, [IndexDefinition::new("ix_down", [with("a", "DESC"), plain("b")]), off, unique]);
    let mut long = KeyDefinition::new("uq_long", ["body"]);
    long.options = Some("USING HASH".to_owned());
    assert_eq!((table.uniques, table.primary_key), (vec![long], None));
}

/// Where the engine's own usual method is another, it is told.
#[tokio::test]
async fn in_memory_each_method_is_told() {
    for database in databases() {
        let sql = "CREATE TABLE t (a int PRIMARY KEY, b int, KEY usual (b), KEY tree (b) USING BTREE, UNIQUE KEY one (b) USING BTREE) \
        ENGINE=MEMORY";
        let table = table(&database, "t", sql).await;
        let methods: Vec<_> = table.indexes.iter().map(|index| (index.name.as_str(), index.method.as_deref())).collect();
        assert_eq!(methods, [("tree", Some("BTREE")), ("usual", Some("HASH"))]);
        assert_eq!(table.primary_key.unwrap().options.as_deref(), Some("USING HASH"));
        assert_eq!(table.uniques[0].options.as_deref(), Some("USING BTREE"));
    }
}
