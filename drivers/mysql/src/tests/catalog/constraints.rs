use bindery_core::definition::{CheckDefinition, ForeignKeyDefinition, ReferentialAction};

use super::*;

#[tokio::test]
async fn foreign_keys_refer_to_any_table() {
    for database in databases() {
        let other = database.server().database().unwrap();
        other.sql("CREATE TABLE users (id int PRIMARY KEY) ENGINE=InnoDB").unwrap();
        let sql = format!(
            "SET foreign_key_checks = 0; \
             CREATE TABLE `from` (id int PRIMARY KEY, parent int, a int, b int, `select` int, \
             CONSTRAINT fk_self FOREIGN KEY (parent) REFERENCES `from` (id) ON DELETE CASCADE ON UPDATE NO ACTION, \
             CONSTRAINT fk_two FOREIGN KEY (a, b) REFERENCES pairs (x, y) ON DELETE SET NULL ON UPDATE RESTRICT, \
             CONSTRAINT `fk``other` FOREIGN KEY (`select`) REFERENCES `{}`.users (id) ON UPDATE CASCADE) ENGINE=InnoDB; \
             CREATE TABLE pairs (x int, y int, back int, PRIMARY KEY (x, y), FOREIGN KEY (back) REFERENCES `from` (id)) ENGINE=InnoDB",
            other.name()
        );
        let from = table(&database, "from", &sql).await;
        let mut to_itself = ForeignKeyDefinition::new("fk_self", ["parent"], "from", ["id"]);
        to_itself.on_delete = ReferentialAction::Cascade;
        let mut pair = ForeignKeyDefinition::new("fk_two", ["a", "b"], "pairs", ["x", "y"]);
        pair.on_delete = ReferentialAction::SetNull;
        let mut elsewhere = ForeignKeyDefinition::new("fk`other", ["select"], format!("{}.users", other.name()), ["id"]);
        elsewhere.on_update = ReferentialAction::Cascade;
        assert_eq!(from.foreign_keys, [to_itself, pair, elsewhere]);
        // The way back, without a name and a rule.
        let back = reflect(&database).await.table("pairs").unwrap().clone();
        assert_eq!(back.foreign_keys, [ForeignKeyDefinition::new("pairs_ibfk_1", ["back"], "from", ["id"])]);
        database.sql("SET foreign_key_checks = 0; DROP TABLE `from`, pairs").unwrap();
    }
}

#[tokio::test]
async fn checks_of_mariadb_belong_to_tables_and_columns() {
    let database = database_on(MysqlFlavor::MariaDb);
    let sql = "CREATE TABLE t (price decimal(10,2) CHECK (price > 0), name varchar(9), CHECK (price < 5), \
               CONSTRAINT `ck``name` CHECK ((name <> 'it''s)') AND (price <> 3)))";
    let table = table(&database, "t", sql).await;
    let mut of_column = CheckDefinition::new("", "`price` > 0");
    of_column.column = Some("price".to_owned());
    let named = CheckDefinition::new("ck`name", "`name` <> 'it\\'s)' and `price` <> 3");
    assert_eq!(table.checks, [of_column, CheckDefinition::new("CONSTRAINT_1", "`price` < 5"), named]);
}

/// MySQL 5.7 takes checks, and forgets them.
#[tokio::test]
async fn mysql_5_7_has_no_checks() {
    let database = database_on(MysqlFlavor::MySql);
    assert!(table(&database, "t", "CREATE TABLE t (price int CHECK (price > 0), CHECK (price < 5))").await.checks.is_empty());
}
