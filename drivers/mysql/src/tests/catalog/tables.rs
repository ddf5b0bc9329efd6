use super::*;

#[tokio::test]
async fn tables_are_told_with_their_options() {
    for database in databases() {
        let table = table(
            &database,
            "group",
            "CREATE TABLE `group` (`order` int) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 COLLATE=latin1_german1_ci \
            STATS_PERSISTENT=1 \
             AUTO_INCREMENT=7 COMMENT='it''s \\\\ a \"group\"'; \
             CREATE TABLE plain (a int); CREATE TABLE `x``y` (`a``b` int) ENGINE=MyISAM",
        )
        .await;
        let options = table.options.unwrap();
        assert!(options.starts_with("ENGINE=InnoDB COLLATE=latin1_german1_ci "), "{options}");
        for option in ["row_format=COMPRESSED", "key_block_size=8", "stats_persistent=1"] {
            assert!(options.to_ascii_lowercase().contains(&option.to_ascii_lowercase()), "{options}");
        }
        assert!(!options.contains("AUTO_INCREMENT"), "{options}");
        assert_eq!(table.comment.as_deref(), Some("it's \\ a \"group\""));
        let definition = reflect(&database).await;
        let names: Vec<_> = definition.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["group", "plain", "x`y"]);
        let plain = definition.table("plain").unwrap();
        assert_eq!((plain.options.as_deref(), &plain.comment), (Some("ENGINE=InnoDB COLLATE=utf8mb4_general_ci"), &None));
        assert_eq!(definition.table("x`y").unwrap().columns[0].name, "a`b");
        assert!(definition.views.is_empty() && definition.enumerations.is_empty() && definition.domains.is_empty());
        assert!(definition.others.is_empty(), "{:?}", definition.others);
    }
}

#[tokio::test]
async fn partitions_are_options() {
    for database in databases() {
        let sql = "CREATE TABLE t (id int, at date NOT NULL COMMENT '\\n PARTITION BY x') COMMENT='y' PARTITION BY RANGE (year(at)) \
                   (PARTITION old VALUES LESS THAN (2000), PARTITION rest VALUES LESS THAN MAXVALUE); \
                   CREATE TABLE h (id int NOT NULL) ROW_FORMAT=DYNAMIC PARTITION BY KEY (id) PARTITIONS 4";
        let options = table(&database, "t", sql).await.options.unwrap().replace('`', "");
        let expected = "ENGINE=InnoDB COLLATE=utf8mb4_general_ci PARTITION BY RANGE (year(at))\n\
                        (PARTITION old VALUES LESS THAN (2000) ENGINE = InnoDB,\n PARTITION rest VALUES LESS THAN MAXVALUE ENGINE = \
                        InnoDB)";
        assert_eq!(options, expected);
        let definition = reflect(&database).await;
        let options = definition.table("h").unwrap().options.as_deref().unwrap().replace('`', "");
        assert_eq!(options, "ENGINE=InnoDB COLLATE=utf8mb4_general_ci row_format=DYNAMIC PARTITION BY KEY (id)\nPARTITIONS 4");
        assert!(definition.tables.iter().all(|table| table.partition_of.is_none()));
    }
}

#[tokio::test]
async fn mariadb_s_versioned_tables_are_tables() {
    let database = database_on(MysqlFlavor::MariaDb);
    let table = table(&database, "t", "CREATE TABLE t (a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING").await;
    assert_eq!(table.options.as_deref(), Some("ENGINE=InnoDB COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING"));
    assert_eq!(column(&table, "b").options.as_deref(), Some("WITHOUT SYSTEM VERSIONING"));
    assert_eq!(table.columns.len(), 2);
}

#[tokio::test]
async fn views_have_columns_and_a_select_of_this_database() {
    for database in databases() {
        let sql = "CREATE TABLE t (id int PRIMARY KEY, `a``b` varchar(20) NOT NULL); CREATE TABLE gone (a int); CREATE VIEW lost AS \
        SELECT * FROM gone; \
                   CREATE VIEW v AS SELECT t.id, `a``b` AS `x``y`, concat('it''s', id) AS text FROM t; \
                   CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW few AS SELECT id FROM t WHERE id < 9 WITH LOCAL CHECK OPTION; DROP \
                   TABLE gone";
        database.sql(sql).unwrap();
        let definition = reflect(&database).await;
        let view = definition.view("v").unwrap();
        assert_eq!(view.sql, "select `t`.`id` AS `id`,`t`.`a``b` AS `x``y`,concat('it\\'s',`t`.`id`) AS `text` from `t`");
        let columns: Vec<_> =
            view.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str(), column.nullable)).collect();
        let text = columns[2].1;
        assert_eq!(columns, [("id", "int(11)", false), ("x`y", "varchar(20)", false), ("text", text, columns[2].2)]);
        assert!(text.starts_with("varchar("), "{text}");
        assert_eq!((&view.options, view.materialized, &view.comment), (&None, false, &None));
        let few = definition.view("few").unwrap();
        assert!(few.sql.starts_with("select `t`.`id` AS `id` from `t` where ") && few.sql.ends_with(" WITH LOCAL CHECK OPTION"), "{few:?}");
        let algorithm = if is_mariadb(&database) { "ALGORITHM=MERGE " } else { "" };
        assert_eq!(few.options.as_deref(), Some(format!("{algorithm}SQL SECURITY INVOKER").as_str()));
        // One that does not work any more is there still.
        assert_eq!(definition.view("lost").unwrap().sql, "select `gone`.`a` AS `a` from `gone`");
        assert_eq!(definition.tables.len(), 1);
    }
}

/// Where nothing but their case tells two databases apart, `information_schema` takes one for the other.
#[tokio::test]
async fn what_another_database_has_is_left_out() {
    for database in databases() {
        let (server, upper) = (database.server(), database.name().to_uppercase());
        let made = format!(
            "CREATE DATABASE {upper}; USE {upper}; CREATE TABLE t (a int PRIMARY KEY, b int, FOREIGN KEY (b) REFERENCES t (a)); CREATE \
            VIEW v AS SELECT 1; \
             CREATE PROCEDURE p() SELECT 1; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; CREATE EVENT e ON SCHEDULE \
             EVERY 1 DAY DO DO 1"
        );
        server.sql(&made).unwrap();
        let definition = reflect(&database).await;
        server.sql(&format!("DROP DATABASE {upper}")).unwrap();
        assert_eq!(definition, Default::default());
    }
}

#[tokio::test]
async fn a_user_with_rights_on_one_database_reflects_it() {
    for database in databases() {
        database.sql("CREATE TABLE t (a int PRIMARY KEY); CREATE VIEW v AS SELECT a FROM t").unwrap();
        let engine = open_url(user_url(&database, &format!("reads_{}", database.name())), |pool| pool.size = 1);
        let seen = reflect_by(&engine).await.unwrap();
        engine.close().await;
        assert_eq!(seen, reflect(&database).await);
    }
}
