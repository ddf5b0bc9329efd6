use bindery_core::definition::OtherDefinition;

use super::*;

fn other(kind: &str, name: &str, sql: &str) -> OtherDefinition {
    OtherDefinition::new(kind, name, sql)
}

fn trigger(name: &str, sql: &str) -> OtherDefinition {
    let mut trigger = other("trigger", name, sql);
    trigger.table = Some("t".to_owned());
    trigger
}

#[tokio::test]
async fn triggers_routines_and_events_are_told_as_the_statements_that_make_them() {
    for database in databases() {
        let sql = "CREATE TABLE t (a int);\nDELIMITER //\n\
            CREATE TRIGGER first BEFORE INSERT ON t FOR EACH ROW BEGIN -- it's\n SET NEW.a = 1; END//\n\
            CREATE TRIGGER a_second BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2//\n\
            CREATE FUNCTION f(a int, b varchar(10) CHARACTER SET latin1) RETURNS varchar(20) CHARSET utf8mb4 DETERMINISTIC COMMENT \
            'it''s' RETURN concat(a, b)//\n\
            CREATE PROCEDURE p(IN a int, OUT `b c` decimal(5,2)) MODIFIES SQL DATA SQL SECURITY INVOKER BEGIN DELETE FROM t WHERE t.a = \
            a; END//\n\
            CREATE EVENT daily ON SCHEDULE EVERY 1 DAY COMMENT 'it''s' DO DELETE FROM t//\n\
            CREATE EVENT once ON SCHEDULE AT '2035-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO DELETE FROM t//\n\
            CREATE EVENT some ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2035-01-01 00:00:00' ENDS '2036-01-01 00:00:00' DO DELETE FROM \
            t//\n";
        database.sql(sql).unwrap();
        let expected = [
            other("event", "daily", "CREATE EVENT `daily` ON SCHEDULE EVERY 1 DAY COMMENT 'it''s' DO DELETE FROM t"),
            other(
                "event",
                "once",
                "CREATE EVENT `once` ON SCHEDULE AT '2035-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO DELETE FROM t",
            ),
            other(
                "event",
                "some",
                "CREATE EVENT `some` ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2035-01-01 00:00:00' ENDS '2036-01-01 00:00:00' DO \
                DELETE FROM t",
            ),
            other(
                "function",
                "f",
                "CREATE FUNCTION `f`(`a` int(11), `b` varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci) \
                 RETURNS varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DETERMINISTIC COMMENT 'it''s' RETURN concat(a, b)",
            ),
            other(
                "procedure",
                "p",
                "CREATE PROCEDURE `p`(IN `a` int(11), OUT `b c` decimal(5,2)) MODIFIES SQL DATA SQL SECURITY INVOKER \
                 BEGIN DELETE FROM t WHERE t.a = a; END",
            ),
            trigger("a_second", "CREATE TRIGGER `a_second` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `first` SET NEW.a = 2"),
            trigger("first", "CREATE TRIGGER `first` BEFORE INSERT ON `t` FOR EACH ROW BEGIN -- it's\n SET NEW.a = 1; END"),
        ];
        assert_eq!(reflect(&database).await.others, expected);
    }
}

#[tokio::test]
async fn sequences_of_mariadb_are_told() {
    let database = database_on(MysqlFlavor::MariaDb);
    database.sql("CREATE SEQUENCE `s``q` START WITH 5 INCREMENT BY 2; CREATE TABLE t (a int)").unwrap();
    let definition = reflect(&database).await;
    assert_eq!(definition.tables.len(), 1);
    let [sequence] = &definition.others[..] else { panic!("{:?}", definition.others) };
    assert_eq!((sequence.kind.as_str(), sequence.name.as_str()), ("sequence", "s`q"));
    assert!(sequence.sql.starts_with("CREATE SEQUENCE `s``q` start with 5 "), "{}", sequence.sql);
}
